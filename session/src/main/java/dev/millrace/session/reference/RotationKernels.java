package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Sequences reversed up to their lengths, and axes turned round. */
final class RotationKernels {
  private RotationKernels() {}

  static void register(ReferenceKernels k) {
    k.add("ReverseSequence", RotationKernels::reverseSequence);
    k.add("Roll", RotationKernels::roll);
  }

  private static void reverseSequence(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    int seq = Dims.axis(c.attrs().getInt("seq_dim"), s.rank());
    int batch = Dims.axis(c.attrs().getInt("batch_dim"), s.rank());
    TensorValue lengths = Dims.requireRank(c.input(1), 1, "seq_lengths");
    if (seq == batch || lengths.size() != s.dim(batch)) {
      throw new InvalidArgumentException(
          "there must be a length for each of the "
              + s.dim(batch)
              + " sequences along another dimension than theirs, but dimension "
              + seq
              + " of "
              + s
              + " has "
              + lengths.size()
              + " lengths");
    }
    for (int i = 0; i < lengths.size(); i++) {
      long n = lengths.getLong(i);
      if (n < 0 || n > s.dim(seq)) {
        throw new InvalidArgumentException(
            "length " + n + " of sequence " + i + " lies outside [0, " + s.dim(seq) + "]");
      }
    }
    int[] strides = Dims.strides(s);
    int[] at = new int[x.size()];
    for (int i = 0; i < at.length; i++) {
      int k = (int) (i / strides[seq] % s.dim(seq));
      int length = (int) lengths.getLong((int) (i / strides[batch] % s.dim(batch)));
      at[i] = k < length ? i + (length - 1 - 2 * k) * strides[seq] : i;
    }
    c.output(0, Elements.pick(x, s, at));
  }

  /** What goes out at the end of an axis comes in at its beginning; shifts of one axis add up. */
  private static void roll(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    TensorValue shift = c.input(1);
    TensorValue axis = c.input(2);
    if (s.rank() == 0) {
      throw new InvalidArgumentException("a scalar has no axis to be turned round");
    }
    if (shift.shape().rank() > 1 || !shift.shape().equals(axis.shape())) {
      throw new InvalidArgumentException(
          "shift and axis must be scalars or vectors of one length, not of shapes "
              + shift.shape()
              + " and "
              + axis.shape());
    }
    long[] shifts = new long[s.rank()];
    for (int i = 0; i < axis.size(); i++) {
      int a = Dims.axis(axis.getLong(i), s.rank());
      shifts[a] = Math.floorMod(shifts[a] + shift.getLong(i), Math.max(1, s.dim(a)));
    }
    int[] strides = Dims.strides(s);
    int[][] tables = new int[s.rank()][];
    for (int i = 0; i < tables.length; i++) {
      int n = (int) s.dim(i);
      tables[i] = new int[n];
      for (int k = 0; k < n; k++) {
        tables[i][(int) ((k + shifts[i]) % n)] = k * strides[i];
      }
    }
    c.output(0, Elements.pick(x, s, Positions.sums(tables)));
  }
}
