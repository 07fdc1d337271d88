package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * Select and SelectV2. The elements are chosen as bits, by masks, so that nothing is branched on.
 */
final class SelectKernels {
  private SelectKernels() {}

  static void register(FastKernels to) {
    to.add("Select", new Kernel());
    to.add("SelectV2", new Kernel());
  }

  private static final class Kernel implements InstructionKernel {
    /**
     * The shape that the condition has when its dimensions are aligned with the result's: Select
     * takes a vector for choosing rows, SelectV2 broadcasts.
     */
    private static Shape condition(NodeSpec node) {
      Shape c = node.inputShape(0);
      int rank = node.outputShape(0).rank();
      if (node.opType().equals("SelectV2") || c.rank() != 1 || rank < 2) {
        return c;
      }
      long[] dims = new long[rank];
      Arrays.fill(dims, 1);
      dims[0] = c.dim(0);
      return Shape.of(dims);
    }

    @Override
    public boolean supports(NodeSpec node) {
      Shape to = node.outputShape(0);
      int size = node.inputType(1).size();
      return size >= 1
          && size <= 8
          && Broadcast.fits(condition(node), to)
          && Broadcast.fits(node.inputShape(1), to)
          && Broadcast.fits(node.inputShape(2), to);
    }

    @Override
    public Instruction instruction(NodeSpec node) {
      Lane lane = Lane.moving(node.inputType(1).size());
      return new Instruction(lane, 0.5, Lane.I8, lane, lane) {
        @Override
        Shape shape(NodeSpec n, int i) {
          return i == 0 ? condition(n) : n.inputShape(i);
        }

        @Override
        void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
          lane.select((byte[]) x, y, w, z, n);
        }
      };
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return ElementwiseKernels.alike(node, input);
    }

    @Override
    public Step bind(BindContext node) {
      Shape to = node.outputShape(0);
      Shape c = condition(node);
      int block = Operand.blockFor(to, c, node.inputShape(1), node.inputShape(2));
      return new SelectStep(node, c, block);
    }
  }

  private static final class SelectStep extends RangeStep {
    private final Operand condition;
    private final Operand x;
    private final Operand y;
    private final Lane lane;
    private final Region z;
    private final Scratch scratch;
    private final int block;

    SelectStep(BindContext node, Shape c, int block) {
      super(node.pool(), (int) node.outputShape(0).numElements(), block, 0.7);
      this.block = block;
      this.lane = Lane.moving(node.inputType(1).size());
      this.condition = operand(node, 0, Lane.I8, c);
      this.x = operand(node, 1, lane, node.inputShape(1));
      this.y = operand(node, 2, lane, node.inputShape(2));
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    private Operand operand(BindContext node, int i, Lane l, Shape s) {
      return Operand.of(
          l,
          node.input(i),
          s,
          node.outputShape(0),
          i,
          block,
          node.scratch(),
          node.pool().threads());
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      byte[] c = (byte[]) condition.begin(worker);
      Object a = x.begin(worker);
      Object b = y.begin(worker);
      Object r = lane.block(scratch, worker, 3, Scratch.BLOCK);
      for (int at = from; at < to; at += block) {
        int n = Math.min(block, to - at);
        condition.load(c, at, n, worker);
        x.load(a, at, n, worker);
        y.load(b, at, n, worker);
        lane.select(c, a, b, r, n);
        lane.put(z, at, r, 0, n);
      }
    }
  }
}
