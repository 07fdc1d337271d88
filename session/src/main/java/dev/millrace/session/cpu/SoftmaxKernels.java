package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.session.kernel.AbsorbingKernel;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/**
 * Softmax, LogSoftmax and the two cross-entropies, of floats and doubles, over the last dimension.
 */
final class SoftmaxKernels {
  private SoftmaxKernels() {}

  static void register(FastKernels to) {
    to.add("Softmax", new Kernel());
    to.add("LogSoftmax", new Kernel());
    to.add("SoftmaxCrossEntropyWithLogits", new Kernel());
    to.add("SparseSoftmaxCrossEntropyWithLogits", new Kernel());
  }

  private static final class Kernel implements AbsorbingKernel {
    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.inputType(0);
      int rank = node.inputShape(0).rank();
      if ((t != DataType.FLOAT32 && t != DataType.FLOAT64) || rank < 1) {
        return false;
      }
      return switch (node.opType()) {
        case "SoftmaxCrossEntropyWithLogits" ->
            rank == 2 && node.inputShape(0).equals(node.inputShape(1));
        case "SparseSoftmaxCrossEntropyWithLogits" ->
            rank == 2
                && node.inputShape(1).rank() == 1
                && node.inputShape(1).dim(0) == node.inputShape(0).dim(0);
        default -> true;
      };
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return input == 0 && node.inputShape(0).equals(node.outputShape(output));
    }

    @Override
    public int absorbable(NodeSpec node) {
      return node.inputShape(0).numElements() == 0 ? -1 : 0;
    }

    /** Adds the bias of the logits to each row. */
    @Override
    public FastKernel absorbing(NodeSpec node, NodeSpec producer) {
      boolean isBias =
          producer.opType().startsWith("BiasAdd")
              && producer.inputCount() == 2
              && producer.inputType(0) == node.inputType(0)
              && producer.inputShape(0).equals(node.inputShape(0))
              && producer.inputShape(1).rank() == 1
              && producer.inputShape(1).dim(0) == node.inputShape(0).dim(-1)
              && !BiasAdd.isChannelsFirst(producer);
      return isBias ? new Biased(node.opType()) : null;
    }

    @Override
    public Step bind(BindContext node) {
      int columns = (int) node.inputShape(0).dim(-1);
      int rows = columns == 0 ? 0 : (int) (node.inputShape(0).numElements() / columns);
      if (columns == 0 && node.outputCount() == 2) {
        return new NothingStep(node);
      }
      Region labels = node.inputCount() > 1 ? node.input(1) : null;
      return new RowStep(node, node.opType(), rows, columns, labels, null);
    }
  }

  /** Of rows to which a bias, the last input, is added first. */
  private record Biased(String op) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return true;
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return input == 0 && node.inputShape(0).equals(node.outputShape(output));
    }

    @Override
    public Step bind(BindContext node) {
      int columns = (int) node.inputShape(0).dim(-1);
      int rows = (int) (node.inputShape(0).numElements() / columns);
      int last = node.inputCount() - 1;
      Region labels = last > 1 ? node.input(1) : null;
      return new RowStep(node, op, rows, columns, labels, node.input(last));
    }
  }

  /** The losses of rows of no classes are 0, as sums of nothing. */
  private static final class NothingStep implements Step {
    private final Region loss;

    NothingStep(BindContext node) {
      loss = node.output(0);
    }

    @Override
    public void run() {
      Regions.clear(loss);
    }
  }

  /** Works on as many rows as a block holds, at least one. */
  private static final class RowStep extends RangeStep {
    private final Lane lane;
    private final String op;
    private final boolean intLabels;
    private final int columns;
    private final int rowsPerBlock;
    private final Region x;
    private final Region labels; // null of a softmax
    private final Region bias; // null for none
    private final Region z;
    private final Region gradient;
    private final Scratch scratch;

    RowStep(BindContext node, String op, int rows, int columns, Region labels, Region bias) {
      super(
          node.pool(),
          rows,
          Math.max(1, Scratch.BLOCK / Math.max(1, columns)),
          columns * (node.inputType(0) == DataType.FLOAT32 ? 2.5 : 20));
      this.lane = Lane.of(node.inputType(0));
      this.op = op;
      this.columns = columns;
      this.rowsPerBlock = Math.max(1, Scratch.BLOCK / Math.max(1, columns));
      this.x = node.input(0);
      this.labels = labels;
      this.intLabels = labels != null && node.inputType(1) == DataType.INT32;
      this.bias = bias;
      this.z = node.output(0);
      this.gradient = node.outputCount() > 1 ? node.output(1) : null;
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      if (lane == Lane.F32 && columns > Scratch.BLOCK) {
        for (int row = from; row < to; row++) {
          longRow(row, worker);
        }
        return;
      }
      int most = rowsPerBlock * columns;
      Object a = lane.block(scratch, worker, 0, most);
      Object e = lane.block(scratch, worker, 1, most);
      Object b = bias == null ? null : lane.block(scratch, worker, 4, columns);
      if (bias != null) {
        lane.get(bias, 0, b, 0, columns);
      }
      for (int row = from; row < to; row += rowsPerBlock) {
        int rows = Math.min(rowsPerBlock, to - row);
        lane.get(x, row * columns, a, 0, rows * columns);
        if (bias != null) {
          addBias(a, b, rows);
        }
        if (lane == Lane.F32) {
          floats((float[]) a, (float[]) e, row, rows, worker);
        } else {
          doubles((double[]) a, (double[]) e, row, rows, worker);
        }
      }
    }

    private void addBias(Object a, Object b, int rows) {
      if (lane == Lane.F32) {
        SoftmaxF32.addBias((float[]) a, (float[]) b, rows, columns);
      } else {
        SoftmaxF64.addBias((double[]) a, (double[]) b, rows, columns);
      }
    }

    /** One row of floats that is longer than a block. */
    private void longRow(int row, int worker) {
      float[] a = scratch.floats(worker, 0, columns);
      float[] e = scratch.floats(worker, 1, columns);
      double sum = LongRowsF32.exp(x, row * columns, bias, a, e, columns, scratch, worker);
      switch (op) {
        case "Softmax" -> {
          LongRowsF32.scale(e, (float) (1 / sum), columns);
          z.floats().put(row * columns, e, 0, columns);
        }
        case "LogSoftmax" -> {
          LongRowsF32.shift(a, (float) Math.log(sum), columns);
          z.floats().put(row * columns, a, 0, columns);
        }
        case "SparseSoftmaxCrossEntropyWithLogits" -> {
          int label = (int) classes(row, 1, worker)[0];
          LongRowsF32.scale(e, (float) (1 / sum), columns);
          e[label] -= 1;
          z.floats().put(row, (float) (Math.log(sum) - a[label]));
          gradient.floats().put(row * columns, e, 0, columns);
        }
        default -> {
          float[] y = scratch.floats(worker, 2, columns);
          float[] loss = scratch.floats(worker, 3, 1);
          labels.floats().get(row * columns, y, 0, columns);
          SoftmaxF32.loss(a, e, y, loss, 1, columns);
          z.floats().put(row, loss[0]);
          gradient.floats().put(row * columns, e, 0, columns);
        }
      }
    }

    private void floats(float[] a, float[] e, int row, int rows, int worker) {
      int n = rows * columns;
      SoftmaxF32.shift(a, rows, columns);
      SoftmaxF32.exp(a, e, n, scratch, worker);
      switch (op) {
        case "Softmax" -> {
          SoftmaxF32.normalize(e, rows, columns);
          z.floats().put(row * columns, e, 0, n);
        }
        case "LogSoftmax" -> {
          SoftmaxF32.subtractLog(a, e, rows, columns);
          z.floats().put(row * columns, a, 0, n);
        }
        default -> {
          float[] loss = scratch.floats(worker, 3, rowsPerBlock);
          if (op.equals("SoftmaxCrossEntropyWithLogits")) {
            float[] y = scratch.floats(worker, 2, rowsPerBlock * columns);
            labels.floats().get(row * columns, y, 0, n);
            SoftmaxF32.loss(a, e, y, loss, rows, columns);
          } else {
            SoftmaxF32.loss(a, e, classes(row, rows, worker), loss, rows, columns);
          }
          z.floats().put(row, loss, 0, rows);
          gradient.floats().put(row * columns, e, 0, n);
        }
      }
    }

    private void doubles(double[] a, double[] e, int row, int rows, int worker) {
      int n = rows * columns;
      SoftmaxF64.shift(a, rows, columns);
      SoftmaxF64.exp(a, e, n);
      switch (op) {
        case "Softmax" -> {
          SoftmaxF64.normalize(e, rows, columns);
          z.doubles().put(row * columns, e, 0, n);
        }
        case "LogSoftmax" -> {
          SoftmaxF64.subtractLog(a, e, rows, columns);
          z.doubles().put(row * columns, a, 0, n);
        }
        default -> {
          double[] loss = scratch.doubles(worker, 3, rowsPerBlock);
          if (op.equals("SoftmaxCrossEntropyWithLogits")) {
            double[] y = scratch.doubles(worker, 2, rowsPerBlock * columns);
            labels.doubles().get(row * columns, y, 0, n);
            SoftmaxF64.loss(a, e, y, loss, rows, columns);
          } else {
            SoftmaxF64.loss(a, e, classes(row, rows, worker), loss, rows, columns);
          }
          z.doubles().put(row, loss, 0, rows);
          gradient.doubles().put(row * columns, e, 0, n);
        }
      }
    }

    /** The classes of some rows, each checked. */
    private long[] classes(int row, int rows, int worker) {
      long[] c = scratch.longs(worker, 0, rowsPerBlock);
      if (intLabels) {
        int[] i = scratch.ints(worker, 0, rowsPerBlock);
        labels.ints().get(row, i, 0, rows);
        for (int r = 0; r < rows; r++) {
          c[r] = i[r];
        }
      } else {
        labels.longs().get(row, c, 0, rows);
      }
      for (int r = 0; r < rows; r++) {
        if (c[r] < 0 || c[r] >= columns) {
          throw new InvalidArgumentException(
              "label "
                  + c[r]
                  + " of row "
                  + (row + r)
                  + " is outside the "
                  + columns
                  + " classes, [0, "
                  + columns
                  + ")");
        }
      }
      return c;
    }
  }
}
