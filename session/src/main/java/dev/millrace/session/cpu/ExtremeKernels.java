package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/** Where the greatest are: ArgMax and ArgMin along a constant axis, InTopK. */
final class ExtremeKernels {
  private ExtremeKernels() {}

  static void register(FastKernels to) {
    to.add("ArgMax", new ArgExtreme(true));
    to.add("ArgMin", new ArgExtreme(false));
    to.add("InTopK", new InTopK());
    to.add("InTopKV2", new InTopK());
  }

  private record ArgExtreme(boolean max) implements FastKernel {
    private static int axis(NodeSpec node) {
      TensorValue v = node.constant(1);
      int rank = node.inputShape(0).rank();
      if (v == null || v.size() != 1 || v.getLong(0) < -rank || v.getLong(0) >= rank) {
        return -1;
      }
      return (int) (v.getLong(0) < 0 ? v.getLong(0) + rank : v.getLong(0));
    }

    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.inputType(0);
      int axis = axis(node);
      return t != DataType.BOOL
          && Lane.of(t) != null
          && axis >= 0
          && node.inputShape(0).dim(axis) > 0;
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.inputShape(0);
      int axis = axis(node);
      int inner = (int) s.sliceFrom(axis + 1).numElements();
      int outer = (int) s.slice(0, axis).numElements();
      return outer * inner == 0
          ? Steps.NOTHING
          : new ArgStep(node, max, outer, (int) s.dim(axis), inner);
    }
  }

  /** The place of the extreme of each column of {@code [outer, length, inner]}. */
  private static final class ArgStep extends RangeStep {
    private static final int TILE = 16;

    private final boolean max;
    private final boolean isInt;
    private final int length;
    private final int inner;
    private final int width;
    private final int tiles;
    private final Lane lane;
    private final Region x;
    private final Region z;
    private final Scratch scratch;

    ArgStep(BindContext node, boolean max, int outer, int length, int inner) {
      super(
          node.pool(),
          outer * ((inner + width(inner) - 1) / width(inner)),
          1,
          (double) length * width(inner));
      this.max = max;
      this.isInt = node.outputType(0) == DataType.INT32;
      this.length = length;
      this.inner = inner;
      this.width = width(inner);
      this.tiles = (inner + width - 1) / width;
      this.lane = Lane.of(node.inputType(0));
      this.x = node.input(0);
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    /** Columns are turned into rows some at a time. */
    private static int width(int inner) {
      return Math.min(inner, TILE);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object rows = lane.block(scratch, worker, 0, length * width);
      Object tile = lane.block(scratch, worker, 1, length * width);
      for (int item = from; item < to; item++) {
        int o = item / tiles;
        int column = item % tiles * width;
        int w = Math.min(width, inner - column);
        int base = o * length * inner + column;
        if (inner == 1) {
          lane.get(x, base, rows, 0, length);
        } else {
          for (int i = 0; i < length; i++) {
            lane.get(x, base + i * inner, tile, i * w, w);
          }
          lane.transpose(tile, length, w, w, rows, length);
        }
        for (int i = 0; i < w; i++) {
          put(o * inner + column + i, find(rows, i * length));
        }
      }
    }

    private void put(int at, int index) {
      if (isInt) {
        z.ints().put(at, index);
      } else {
        z.longs().put(at, index);
      }
    }

    private int find(Object rows, int at) {
      if (rows instanceof float[] a) {
        return ArgExtremes.find(a, at, length, max);
      } else if (rows instanceof double[] a) {
        return ArgExtremes.find(a, at, length, max);
      } else if (rows instanceof int[] a) {
        return ArgExtremes.find(a, at, length, max);
      }
      return ArgExtremes.find((long[]) rows, at, length, max);
    }
  }

  private static final class InTopK implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0) == DataType.FLOAT32
          && node.inputShape(0).rank() == 2
          && node.inputShape(1).rank() == 1
          && node.inputShape(0).dim(0) == node.inputShape(1).dim(0)
          && Indices.isIndex(node.inputType(1))
          && (node.inputCount() == 2 || node.inputShape(2).rank() == 0);
    }

    @Override
    public Step bind(BindContext node) {
      return new InTopKStep(node);
    }
  }

  private static final class InTopKStep extends RangeStep {
    private final Region x;
    private final Region targets;
    private final DataType targetType;
    private final Region k;
    private final DataType typeOfK;
    private final long fixed;
    private final int columns;
    private final Region z;
    private final Scratch scratch;

    InTopKStep(BindContext node) {
      super(node.pool(), (int) node.inputShape(0).dim(0), 1, 10 + node.inputShape(0).dim(1) * 0.8);
      this.x = node.input(0);
      this.targets = node.input(1);
      this.targetType = node.inputType(1);
      this.k = node.inputCount() > 2 ? node.input(2) : null;
      this.typeOfK = k == null ? null : node.inputType(2);
      this.fixed = k == null ? node.attrs().getInt("k") : 0;
      this.columns = (int) node.inputShape(0).dim(1);
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      long most = k == null ? fixed : Indices.get(k, typeOfK, 0);
      float[] row = scratch.floats(worker, 0, columns);
      for (int r = from; r < to; r++) {
        x.floats().get(r * columns, row, 0, columns);
        long target = Indices.get(targets, targetType, r);
        boolean in = target >= 0 && target < columns && isIn(row, (int) target, columns, most);
        z.bytes().put(r, (byte) (in ? 1 : 0));
      }
    }

    /** Whether fewer than k numbers are greater than the target's; false if any is not finite. */
    private static boolean isIn(float[] row, int target, int n, long k) {
      float p = row[target];
      int greater = 0;
      boolean finite = true;
      for (int i = 0; i < n; i++) {
        greater += row[i] > p ? 1 : 0;
        finite &= Math.abs(row[i]) <= Float.MAX_VALUE;
      }
      return finite && greater < k;
    }
  }
}
