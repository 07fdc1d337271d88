package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/**
 * Cast among floats of all widths, booleans, and integers but uint32 and uint64. As TensorFlow does
 * on x86: reals are cut off towards zero, what the integer type cannot hold becomes the least int32
 * (int64), and of that and of integers that are too wide the low bits stay.
 */
final class CastKernel implements InstructionKernel {
  static void register(FastKernels to) {
    to.add("Cast", new CastKernel());
  }

  @Override
  public boolean supports(NodeSpec node) {
    boolean truncates = node.attrs().has("Truncate") && node.attrs().getBool("Truncate");
    return !truncates && isSupported(node.inputType(0)) && isSupported(node.outputType(0));
  }

  private static boolean isSupported(DataType t) {
    return switch (t) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64, UINT8, UINT16, BOOL ->
          true;
      default -> false;
    };
  }

  @Override
  public boolean isFusible(NodeSpec node) {
    return Casts.direct(node.inputType(0), node.outputType(0)) != null;
  }

  @Override
  public Instruction instruction(NodeSpec node) {
    Casts.Loop loop = Casts.direct(node.inputType(0), node.outputType(0));
    Lane in = Casts.lane(node.inputType(0));
    return new Instruction(Casts.lane(node.outputType(0)), 0.5, in) {
      @Override
      void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
        loop.run(x, z, n);
      }
    };
  }

  @Override
  public boolean mayOverwrite(NodeSpec node, int input, int output) {
    return ElementwiseKernels.alike(node, input);
  }

  @Override
  public Step bind(BindContext node) {
    return new CastStep(node);
  }

  private static final class CastStep extends RangeStep {
    private final DataType from;
    private final DataType to;
    private final Lane in;
    private final Lane out;
    private final Casts.Loop direct;
    private final Region x;
    private final Region z;
    private final Scratch scratch;

    CastStep(BindContext node) {
      super(node.pool(), (int) node.outputShape(0).numElements(), Scratch.BLOCK, 1.5);
      this.from = node.inputType(0);
      this.to = node.outputType(0);
      this.in = Casts.lane(from);
      this.out = Casts.lane(to);
      this.direct = Casts.direct(from, to);
      this.x = node.input(0);
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    @Override
    void range(int first, int last, int chunk, int worker) {
      Object a = in.block(scratch, worker, 0, Scratch.BLOCK);
      Object b = out.block(scratch, worker, 1, Scratch.BLOCK);
      double[] reals = scratch.doubles(worker, 2, Scratch.BLOCK);
      long[] integers = scratch.longs(worker, 2, Scratch.BLOCK);
      for (int at = first; at < last; at += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, last - at);
        in.get(x, at, a, 0, n);
        if (direct != null) {
          direct.run(a, b, n);
        } else if (from.isFloating()) {
          Casts.toReals(from, a, reals, n);
          Casts.ofReals(to, reals, b, n);
        } else {
          Casts.toIntegers(from, a, integers, n);
          Casts.ofIntegers(to, integers, b, n);
        }
        out.put(z, at, b, 0, n);
      }
    }
  }
}
