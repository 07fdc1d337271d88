package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Elements in another order: permuted and reversed dimensions. */
final class TransposeKernels {
  private TransposeKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Transpose", c -> c.output(0, transpose(c)));
    k.add("ConjugateTranspose", c -> c.output(0, conjugate(transpose(c))));
    k.add("InvertPermutation", TransposeKernels::invertPermutation);
    k.add("Reverse", TransposeKernels::reverse);
    k.add("ReverseV2", TransposeKernels::reverseV2);
  }

  /** Dimension {@code i} of the result is dimension {@code perm[i]} of the input. */
  private static TensorValue transpose(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    TensorValue perm = Dims.requireRank(c.input(1), 1, "perm");
    if (perm.size() != s.rank()) {
      throw new InvalidArgumentException(
          "perm "
              + perm
              + " must have one number for each of the "
              + s.rank()
              + " dimensions of shape "
              + s);
    }
    int[][] from = Positions.tables(s);
    int[][] tables = new int[s.rank()][];
    long[] dims = new long[s.rank()];
    boolean[] taken = new boolean[s.rank()];
    for (int i = 0; i < tables.length; i++) {
      long p = perm.getLong(i);
      if (p < 0 || p >= s.rank() || taken[(int) p]) {
        throw new InvalidArgumentException(
            "perm " + perm + " is no permutation of the numbers from 0 to below " + s.rank());
      }
      int axis = (int) p;
      taken[axis] = true;
      tables[i] = from[axis];
      dims[i] = s.dim(axis);
    }
    return Elements.pick(x, Shape.of(dims), Positions.sums(tables));
  }

  private static TensorValue conjugate(TensorValue x) {
    if (!x.dtype().isComplex()) {
      return x;
    }
    Object data = Elements.copyOf(x);
    for (int i = 1; i < 2 * x.size(); i += 2) {
      if (x.dtype() == DataType.COMPLEX64) {
        ((float[]) data)[i] *= -1;
      } else {
        ((double[]) data)[i] *= -1;
      }
    }
    return TensorValue.wrap(x.dtype(), x.shape(), data);
  }

  private static void invertPermutation(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 1, "x");
    int n = x.size();
    long[] inverse = new long[n];
    boolean[] taken = new boolean[n];
    for (int i = 0; i < n; i++) {
      long to = x.getLong(i);
      if (to < 0 || to >= n) {
        throw new InvalidArgumentException(to + " is not in [0, " + n + ")");
      }
      if (taken[(int) to]) {
        throw new InvalidArgumentException(to + " is in the permutation twice");
      }
      taken[(int) to] = true;
      inverse[(int) to] = i;
    }
    c.output(0, Dims.vector(x.dtype(), inverse));
  }

  /** The first form: a bool for each dimension. */
  private static void reverse(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue dims = Dims.requireRank(c.input(1), 1, "dims");
    if (dims.size() != x.shape().rank()) {
      throw new InvalidArgumentException(
          "dims has "
              + dims.size()
              + " values for the "
              + x.shape().rank()
              + " dimensions of shape "
              + x.shape());
    }
    boolean[] turned = new boolean[dims.size()];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = dims.getBoolean(i);
    }
    c.output(0, reversed(x, turned));
  }

  /** The second form: the axes. */
  private static void reverseV2(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue axes = Dims.requireRank(c.input(1), 1, "axis");
    boolean[] turned = new boolean[x.shape().rank()];
    for (int i = 0; i < axes.size(); i++) {
      int axis = Dims.axis(axes.getLong(i), turned.length);
      if (turned[axis]) {
        throw new InvalidArgumentException("axis " + axis + " is to be reversed twice");
      }
      turned[axis] = true;
    }
    c.output(0, reversed(x, turned));
  }

  private static TensorValue reversed(TensorValue x, boolean[] turned) {
    int[][] tables = Positions.tables(x.shape());
    for (int i = 0; i < tables.length; i++) {
      if (turned[i]) {
        int[] t = tables[i];
        int[] back = new int[t.length];
        for (int k = 0; k < t.length; k++) {
          back[k] = t[t.length - 1 - k];
        }
        tables[i] = back;
      }
    }
    return Elements.pick(x, x.shape(), Positions.sums(tables));
  }
}
