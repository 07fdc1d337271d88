package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** ReverseSequence and Roll: whole slices are copied where the axes leave any. */
final class RotationKernels {
  private RotationKernels() {}

  static void register(FastKernels to) {
    to.add("ReverseSequence", new ReverseSequence());
    to.add("Roll", new Roll());
  }

  private static final class ReverseSequence implements FastKernel {
    private static int axis(NodeSpec node, String attr) {
      long a = node.attrs().getInt(attr);
      return (int) (a < 0 ? a + node.inputShape(0).rank() : a);
    }

    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense()
          && Indices.isIndex(node.inputType(1))
          && node.inputShape(1)
              .equals(Shape.vector(node.inputShape(0).dim(axis(node, "batch_dim"))));
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.inputShape(0);
      int seq = axis(node, "seq_dim");
      int batch = axis(node, "batch_dim");
      int inner = (int) s.sliceFrom(Math.max(seq, batch) + 1).numElements();
      if (s.numElements() == 0) {
        return Steps.NOTHING;
      }
      return new ReverseStep(node, seq, batch, (int) (s.numElements() / inner), inner);
    }
  }

  /** The slices behind the later of the two axes keep their elements. */
  private static final class ReverseStep extends PickStep {
    private final Region lengths;
    private final DataType lengthType;
    private final int time;
    private final int timeStep;
    private final int sequences;
    private final int sequenceStep;

    ReverseStep(BindContext node, int seq, int batch, int slices, int inner) {
      super(node, node.input(0), slices, inner);
      Shape s = node.inputShape(0);
      this.lengths = node.input(1);
      this.lengthType = node.inputType(1);
      this.time = (int) s.dim(seq);
      this.timeStep = (int) (s.sliceFrom(seq + 1).numElements() / inner);
      this.sequences = (int) s.dim(batch);
      this.sequenceStep = (int) (s.sliceFrom(batch + 1).numElements() / inner);
    }

    @Override
    public void run() {
      for (int i = 0; i < sequences; i++) {
        long n = Indices.get(lengths, lengthType, i);
        if (n < 0 || n > time) {
          throw new InvalidArgumentException(
              "length " + n + " of sequence " + i + " lies outside [0, " + time + "]");
        }
      }
      super.run();
    }

    @Override
    int source(int item) {
      int k = item / timeStep % time;
      int length = (int) Indices.get(lengths, lengthType, item / sequenceStep % sequences);
      return k < length ? item + (length - 1 - 2 * k) * timeStep : item;
    }
  }

  private static final class Roll implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense()
          && Indices.isIndex(node.inputType(1))
          && Indices.isIndex(node.inputType(2))
          && node.inputShape(0).rank() > 0
          && node.inputShape(1).rank() <= 1
          && node.inputShape(1).equals(node.inputShape(2));
    }

    @Override
    public Step bind(BindContext node) {
      return node.inputShape(0).numElements() == 0 ? Steps.NOTHING : new RollStep(node);
    }
  }

  /** Row by row: each comes from another row, and is itself turned round. */
  private static final class RollStep extends RangeStep {
    private final Region x;
    private final Region shift;
    private final DataType shiftType;
    private final Region axis;
    private final DataType axisType;
    private final Region z;
    private final int[] dims;
    private final int[] shifts;
    private final int count;
    private final int rowBytes;
    private final int elementBytes;

    RollStep(BindContext node) {
      super(node.pool(), rows(node), 1, 40 + rowBytes(node) * 0.06);
      this.x = node.input(0);
      this.shift = node.input(1);
      this.shiftType = node.inputType(1);
      this.axis = node.input(2);
      this.axisType = node.inputType(2);
      this.z = node.output(0);
      Shape s = node.inputShape(0);
      this.dims = Arrays.stream(s.dims()).mapToInt(d -> (int) d).toArray();
      this.shifts = new int[dims.length];
      this.count = (int) node.inputShape(1).numElements();
      this.rowBytes = rowBytes(node);
      this.elementBytes = node.inputType(0).size();
    }

    private static int rows(BindContext node) {
      return (int) node.inputShape(0).slice(0, -1).numElements();
    }

    private static int rowBytes(BindContext node) {
      return (int) node.inputShape(0).dim(-1) * node.inputType(0).size();
    }

    @Override
    public void run() {
      Arrays.fill(shifts, 0);
      for (int i = 0; i < count; i++) {
        long a = Indices.get(axis, axisType, i);
        if (a < -dims.length || a >= dims.length) {
          throw new InvalidArgumentException(
              "axis "
                  + a
                  + " is outside ["
                  + -dims.length
                  + ", "
                  + dims.length
                  + ") of a value of rank "
                  + dims.length);
        }
        int d = (int) (a < 0 ? a + dims.length : a);
        long by = Math.floorMod(Indices.get(shift, shiftType, i), (long) dims[d]);
        shifts[d] = (int) ((shifts[d] + by) % dims[d]);
      }
      super.run();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      ByteBuffer src = x.bytes();
      ByteBuffer dst = z.bytes();
      int turned = shifts[dims.length - 1] * elementBytes;
      for (int row = from; row < to; row++) {
        int p = source(row) * rowBytes;
        int q = row * rowBytes;
        dst.put(q + turned, src, p, rowBytes - turned);
        dst.put(q, src, p + rowBytes - turned, turned);
      }
    }

    private int source(int row) {
      int rest = row;
      int step = 1;
      int source = 0;
      for (int d = dims.length - 2; d >= 0; d--) {
        int k = rest % dims[d] - shifts[d];
        source += (k < 0 ? k + dims[d] : k) * step;
        rest /= dims[d];
        step *= dims[d];
      }
      return source;
    }
  }
}
