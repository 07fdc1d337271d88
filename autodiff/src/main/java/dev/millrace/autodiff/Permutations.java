package dev.millrace.autodiff;

import dev.millrace.graph.KnownInts;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** Orders of axes. */
final class Permutations {
  private Permutations() {}

  /** The order that undoes {@code perm}, an int32 or int64 vector: a constant if that is known. */
  static Tensor inverse(Tensor perm) {
    Ops tf = perm.ops();
    KnownInts k = perm.asOutput().knownInts();
    if (k != null && k.isFullyKnown()) {
      long[] p = k.toLongs();
      long[] inverse = new long[p.length];
      for (int i = 0; i < p.length; i++) {
        inverse[(int) (p[i] < 0 ? p[i] + p.length : p[i])] = i;
      }
      return Shapes.ints(tf, inverse);
    }
    return Build.op(tf, "InvertPermutation", perm);
  }
}
