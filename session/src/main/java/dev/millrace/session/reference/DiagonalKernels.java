package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Diagonals of tensors and of batches of matrices. */
final class DiagonalKernels {
  private DiagonalKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Diag", DiagonalKernels::diag);
    k.add("DiagPart", DiagonalKernels::diagPart);
    k.add("MatrixDiag", DiagonalKernels::matrixDiag);
    k.add("MatrixDiagPart", DiagonalKernels::matrixDiagPart);
    k.add("MatrixSetDiag", DiagonalKernels::matrixSetDiag);
    k.add("MatrixBandPart", DiagonalKernels::bandPart);
  }

  /** Element i of n goes to row i and column i of n × n, whatever the rank. */
  private static void diag(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue r = TensorValue.zeros(x.dtype(), x.shape().concat(x.shape()));
    Elements.place(x, r.data(), Positions.table(x.size(), x.size() + 1));
    c.output(0, r);
  }

  private static void diagPart(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    int half = s.rank() / 2;
    if (s.rank() == 0 || s.rank() % 2 != 0 || !s.slice(0, half).equals(s.sliceFrom(half))) {
      throw new InvalidArgumentException(
          "the second half of the dimensions must repeat the first, but the shape is " + s);
    }
    Shape to = s.slice(0, half);
    int n = Dims.count(to);
    c.output(0, Elements.pick(x, to, Positions.table(n, n + 1)));
  }

  private static void matrixDiag(KernelContext c) {
    TensorValue x = c.input(0);
    if (x.shape().rank() == 0) {
      throw new InvalidArgumentException("a diagonal is at least a vector, not a scalar");
    }
    Shape to = x.shape().concat(Shape.vector(x.shape().dim(-1)));
    TensorValue r = TensorValue.zeros(x.dtype(), to);
    Elements.place(x, r.data(), diagonals(to));
    c.output(0, r);
  }

  private static void matrixDiagPart(KernelContext c) {
    TensorValue x = c.input(0);
    c.output(0, Elements.pick(x, diagonalShape(matrices(x)), diagonals(x.shape())));
  }

  private static void matrixSetDiag(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue d = c.input(1);
    Shape want = diagonalShape(matrices(x));
    if (!d.shape().equals(want)) {
      throw new InvalidArgumentException(
          "the diagonals of " + x.shape() + " are of shape " + want + ", not " + d.shape());
    }
    Object data = Elements.copyOf(x);
    Elements.place(d, data, diagonals(x.shape()));
    c.output(0, TensorValue.wrap(x.dtype(), x.shape(), data));
  }

  private static Shape matrices(TensorValue x) {
    if (x.shape().rank() < 2) {
      throw new InvalidArgumentException(
          "a matrix is of rank 2 or more, not of shape " + x.shape());
    }
    return x.shape();
  }

  private static Shape diagonalShape(Shape matrices) {
    long n = Math.min(matrices.dim(-2), matrices.dim(-1));
    return matrices.slice(0, -2).concat(Shape.vector(n));
  }

  /** Where the diagonals of a batch of matrices lie. */
  private static int[] diagonals(Shape matrices) {
    int rows = (int) matrices.dim(-2);
    int columns = (int) matrices.dim(-1);
    int batch = Dims.count(matrices.dims(), 0, matrices.rank() - 2);
    return Positions.sums(
        Positions.table(batch, rows * columns),
        Positions.table(Math.min(rows, columns), columns + 1));
  }

  /** Zeros but for some diagonals below and above the main one; all of a side when negative. */
  private static void bandPart(KernelContext c) {
    TensorValue x = c.input(0);
    int rows = (int) matrices(x).dim(-2);
    int columns = (int) x.shape().dim(-1);
    long lower = side(c.input(1), "num_lower", rows);
    long upper = side(c.input(2), "num_upper", columns);
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      int row = i / columns % rows;
      int column = i % columns;
      if (row - column <= lower && column - row <= upper) {
        r.copy(i, x, i);
      }
    }
    c.output(0, r.value());
  }

  private static long side(TensorValue diagonals, String name, int size) {
    long n = Dims.requireScalar(diagonals, name).getLong(0);
    if (n > size) {
      throw new InvalidArgumentException(
          name + " must be negative or at most " + size + "; it is " + n);
    }
    return n < 0 ? size : n;
  }
}
