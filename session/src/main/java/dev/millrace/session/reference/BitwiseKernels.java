package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;

/** Integers as rows of bits. */
final class BitwiseKernels {
  private BitwiseKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Invert", c -> c.output(0, Elementwise.mapLongs(c.input(0), x -> ~x)));
    k.add("PopulationCount", BitwiseKernels::populationCount);
    binary(k, "BitwiseAnd", (x, y, t) -> x & y);
    binary(k, "BitwiseOr", (x, y, t) -> x | y);
    binary(k, "BitwiseXor", (x, y, t) -> x ^ y);
    binary(k, "LeftShift", (x, y, t) -> x << distance(y, t));
    // Narrow unsigned numbers come as they are, so that only of 64 bits the sign matters.
    binary(
        k,
        "RightShift",
        (x, y, t) -> t == DataType.UINT64 ? x >>> distance(y, t) : x >> distance(y, t));
  }

  private static void binary(ReferenceKernels k, String type, Elementwise.Integers f) {
    k.add(type, c -> c.output(0, Elementwise.combineLongs(c.input(0), c.input(1), f)));
  }

  /** By how many bits is shifted: at least 0, and at most what leaves one bit. */
  private static long distance(long y, DataType t) {
    long most = 8L * t.size() - 1;
    return t == DataType.UINT64 && y < 0 ? most : Math.max(0, Math.min(y, most));
  }

  private static void populationCount(KernelContext c) {
    TensorValue x = c.input(0);
    long mask = x.dtype().size() == 8 ? -1 : (1L << (8 * x.dtype().size())) - 1;
    Result r = new Result(DataType.UINT8, x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setLong(i, Long.bitCount(x.getLong(i) & mask));
    }
    c.output(0, r.value());
  }
}
