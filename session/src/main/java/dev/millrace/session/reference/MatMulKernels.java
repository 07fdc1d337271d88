package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Products of matrices, and of batches of them. */
final class MatMulKernels {
  private MatMulKernels() {}

  static void register(ReferenceKernels k) {
    k.add("MatMul", MatMulKernels::matMul);
    k.add("BatchMatMul", c -> batchMatMul(c, false));
    k.add("BatchMatMulV2", c -> batchMatMul(c, true));
    k.add("Cross", MatMulKernels::cross);
  }

  private static void matMul(KernelContext c) {
    TensorValue a = Dims.requireRank(c.input(0), 2, "a");
    TensorValue b = Dims.requireRank(c.input(1), 2, "b");
    c.output(
        0, multiply(c, a, c.attrs().getBool("transpose_a"), b, c.attrs().getBool("transpose_b")));
  }

  /** The last two dimensions are matrices; those before broadcast, or must be equal. */
  private static void batchMatMul(KernelContext c, boolean broadcast) {
    TensorValue a = c.input(0);
    TensorValue b = c.input(1);
    if (a.shape().rank() < 2 || b.shape().rank() < 2) {
      throw new InvalidArgumentException(
          "matrices need at least rank 2; the shapes are " + a.shape() + " and " + b.shape());
    }
    if (!broadcast && !a.shape().slice(0, -2).equals(b.shape().slice(0, -2))) {
      throw new InvalidArgumentException(
          "the batches of " + a.shape() + " and " + b.shape() + " differ");
    }
    // For real numbers the adjoint is the transpose.
    c.output(0, multiply(c, a, c.attrs().getBool("adj_x"), b, c.attrs().getBool("adj_y")));
  }

  /** The vector product of vectors of three elements. */
  private static void cross(KernelContext c) {
    TensorValue a = c.input(0);
    TensorValue b = c.input(1);
    Dims.requireSame(a, "a", b, "b");
    if (a.shape().rank() == 0 || a.shape().dim(-1) != 3) {
      throw new InvalidArgumentException(
          "vector products are of vectors of 3 elements, not of shape " + a.shape());
    }
    Result r = new Result(a.dtype(), a.shape());
    boolean real = a.dtype().isFloating();
    for (int i = 0; i < a.size(); i++) {
      int j = i - i % 3 + (i + 1) % 3;
      int k = i - i % 3 + (i + 2) % 3;
      if (real) {
        r.setDouble(i, a.getDouble(j) * b.getDouble(k) - a.getDouble(k) * b.getDouble(j));
      } else {
        r.setLong(i, a.getLong(j) * b.getLong(k) - a.getLong(k) * b.getLong(j));
      }
    }
    c.output(0, r.value());
  }

  private static TensorValue multiply(
      KernelContext c, TensorValue a, boolean transposeA, TensorValue b, boolean transposeB) {
    DataType t = a.dtype();
    if (!t.isFloating() && !t.isInteger()) {
      throw Elementwise.unsupported(c, t);
    }
    Matrices x = new Matrices(a, transposeA);
    Matrices y = new Matrices(b, transposeB);
    if (x.columns != y.rows) {
      throw new InvalidArgumentException(
          "the inner dimensions differ: "
              + x.columns
              + " columns against "
              + y.rows
              + " rows, of shapes "
              + a.shape()
              + transposed(transposeA)
              + " and "
              + b.shape()
              + transposed(transposeB));
    }
    Shape batch = x.batch.broadcast(y.batch);
    int[] xAt = Broadcast.positions(x.batch, batch);
    int[] yAt = Broadcast.positions(y.batch, batch);
    Result r = new Result(t, batch.concat(Shape.matrix(x.rows, y.columns)));
    for (int n = 0; n < xAt.length; n++) {
      if (t.isFloating()) {
        multiplyReals(x, xAt[n], y, yAt[n], r, n);
      } else {
        multiplyIntegers(x, xAt[n], y, yAt[n], r, n);
      }
    }
    return r.value();
  }

  private static String transposed(boolean yes) {
    return yes ? " (transposed)" : "";
  }

  private static void multiplyReals(Matrices x, int xn, Matrices y, int yn, Result r, int n) {
    double[] row = new double[y.columns];
    double[] right = y.reals(yn);
    for (int i = 0; i < x.rows; i++) {
      Arrays.fill(row, 0);
      for (int l = 0; l < x.columns; l++) {
        double f = x.value.getDouble(x.at(xn, i, l));
        for (int j = 0; j < row.length; j++) {
          row[j] += f * right[l * row.length + j];
        }
      }
      for (int j = 0; j < row.length; j++) {
        r.setDouble((n * x.rows + i) * row.length + j, row[j]);
      }
    }
  }

  private static void multiplyIntegers(Matrices x, int xn, Matrices y, int yn, Result r, int n) {
    for (int i = 0; i < x.rows; i++) {
      for (int j = 0; j < y.columns; j++) {
        long sum = 0;
        for (int l = 0; l < x.columns; l++) {
          sum += x.value.getLong(x.at(xn, i, l)) * y.value.getLong(y.at(yn, l, j));
        }
        r.setLong((n * x.rows + i) * y.columns + j, sum);
      }
    }
  }

  /** A batch of matrices, as they lie or transposed. */
  private static final class Matrices {
    final TensorValue value;
    final Shape batch;
    final int rows;
    final int columns;
    private final int rowStride;
    private final int columnStride;

    Matrices(TensorValue value, boolean transpose) {
      this.value = value;
      batch = value.shape().slice(0, value.shape().rank() - 2);
      int m = (int) value.shape().dim(-2);
      int n = (int) value.shape().dim(-1);
      rows = transpose ? n : m;
      columns = transpose ? m : n;
      rowStride = transpose ? 1 : n;
      columnStride = transpose ? n : 1;
    }

    int at(int matrix, int row, int column) {
      return matrix * rows * columns + row * rowStride + column * columnStride;
    }

    /** One matrix, row by row. */
    double[] reals(int matrix) {
      double[] r = new double[rows * columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          r[i * columns + j] = value.getDouble(at(matrix, i, j));
        }
      }
      return r;
    }
  }
}
