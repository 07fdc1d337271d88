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
import java.util.Arrays;

/** Cumsum of float32 and float64 along a constant axis; sums are carried in double. */
final class RunningSumKernels {
  private RunningSumKernels() {}

  static void register(FastKernels to) {
    to.add("Cumsum", new Kernel());
  }

  private static final class Kernel implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.inputType(0);
      TensorValue axis = node.constant(1);
      int rank = node.inputShape(0).rank();
      return (t == DataType.FLOAT32 || t == DataType.FLOAT64)
          && axis != null
          && axis.shape().rank() == 0
          && axis.getLong(0) >= -rank
          && axis.getLong(0) < rank;
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return input == 0;
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.inputShape(0);
      if (s.numElements() == 0) {
        return Steps.NOTHING;
      }
      long axis = node.constant(1).getLong(0);
      int a = (int) (axis < 0 ? axis + s.rank() : axis);
      int outer = (int) s.slice(0, a).numElements();
      int inner = (int) s.sliceFrom(a + 1).numElements();
      int n = (int) s.dim(a);
      return inner == 1 ? new Rows(node, outer, n) : new Columns(node, outer, n, inner);
    }
  }

  private abstract static class SumStep extends RangeStep {
    final Region x;
    final Region z;
    final Lane lane;
    final Scratch scratch;
    final int n;
    final boolean exclusive;
    final boolean reverse;

    SumStep(BindContext node, int items, int n, double nsPerItem) {
      super(node.pool(), items, 1, nsPerItem);
      this.x = node.input(0);
      this.z = node.output(0);
      this.lane = Lane.of(node.inputType(0));
      this.scratch = node.scratch();
      this.n = n;
      this.exclusive = node.attrs().getBool("exclusive");
      this.reverse = node.attrs().getBool("reverse");
    }
  }

  /** Along the last axis: each row is read from one end to the other. */
  private static final class Rows extends SumStep {
    Rows(BindContext node, int rows, int n) {
      super(node, rows, n, n * 1.5);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object block = lane.block(scratch, worker, 0, Scratch.BLOCK);
      for (int row = from; row < to; row++) {
        double sum = 0;
        for (int done = 0; done < n; done += Scratch.BLOCK) {
          int m = Math.min(Scratch.BLOCK, n - done);
          int at = row * n + (reverse ? n - done - m : done);
          lane.get(x, at, block, 0, m);
          sum = block instanceof float[] a ? add(a, m, sum) : add((double[]) block, m, sum);
          lane.put(z, at, block, 0, m);
        }
      }
    }

    private double add(float[] a, int m, double before) {
      double sum = before;
      for (int k = 0; k < m; k++) {
        int i = reverse ? m - 1 - k : k;
        double next = sum + a[i];
        a[i] = (float) (exclusive ? sum : next);
        sum = next;
      }
      return sum;
    }

    private double add(double[] a, int m, double before) {
      double sum = before;
      for (int k = 0; k < m; k++) {
        int i = reverse ? m - 1 - k : k;
        double next = sum + a[i];
        a[i] = exclusive ? sum : next;
        sum = next;
      }
      return sum;
    }
  }

  /** Along another axis: the sums of neighbouring columns grow together. */
  private static final class Columns extends SumStep {
    private final int inner;
    private final int pieces;

    Columns(BindContext node, int outer, int n, int inner) {
      super(node, outer * pieces(inner), n, n * (20 + Math.min(inner, Scratch.BLOCK) * 0.7));
      this.inner = inner;
      this.pieces = pieces(inner);
    }

    private static int pieces(int inner) {
      return (inner + Scratch.BLOCK - 1) / Scratch.BLOCK;
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object block = lane.block(scratch, worker, 0, Scratch.BLOCK);
      double[] sums = scratch.doubles(worker, 1, Scratch.BLOCK);
      for (int item = from; item < to; item++) {
        int first = item % pieces * Scratch.BLOCK;
        int m = Math.min(Scratch.BLOCK, inner - first);
        Arrays.fill(sums, 0, m, 0);
        for (int k = 0; k < n; k++) {
          int at = (item / pieces * n + (reverse ? n - 1 - k : k)) * inner + first;
          lane.get(x, at, block, 0, m);
          if (block instanceof float[] a) {
            add(a, sums, m);
          } else {
            add((double[]) block, sums, m);
          }
          lane.put(z, at, block, 0, m);
        }
      }
    }

    private void add(float[] a, double[] sums, int m) {
      for (int j = 0; j < m; j++) {
        double next = sums[j] + a[j];
        a[j] = (float) (exclusive ? sums[j] : next);
        sums[j] = next;
      }
    }

    private void add(double[] a, double[] sums, int m) {
      for (int j = 0; j < m; j++) {
        double next = sums[j] + a[j];
        a[j] = exclusive ? sums[j] : next;
        sums[j] = next;
      }
    }
  }
}
