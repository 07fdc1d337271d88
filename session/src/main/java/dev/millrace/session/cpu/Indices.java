package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.session.memory.Region;

/** Integers that say where something is. */
final class Indices {
  private Indices() {}

  /** Whether {@link #get} reads that dtype. */
  static boolean isIndex(DataType t) {
    return t == DataType.INT32 || t == DataType.INT64 || t == DataType.UINT8;
  }

  /** Element {@code i} of a tensor of that dtype. */
  static long get(Region r, DataType t, int i) {
    return switch (t) {
      case INT32 -> r.ints().get(i);
      case INT64 -> r.longs().get(i);
      default -> Byte.toUnsignedLong(r.bytes().get(i));
    };
  }
}
