package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.CellContext;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.memory.Region;

/** What kernels on arrays, lists and stacks share. */
final class Cells {
  private Cells() {}

  /** Whether input {@code i} is a dense tensor of known shape, and so lies in memory. */
  static boolean isDense(NodeSpec n, int i) {
    return n.inputType(i).isDense() && n.inputShape(i) != null;
  }

  /** Whether input {@code i} is an int32 scalar in memory. */
  static boolean isInt(NodeSpec n, int i) {
    return n.inputType(i) == DataType.INT32 && isDense(n, i) && n.inputShape(i).rank() == 0;
  }

  /** Whether input {@code i} is an int32 vector in memory. */
  static boolean isInts(NodeSpec n, int i) {
    return n.inputType(i) == DataType.INT32 && isDense(n, i) && n.inputShape(i).rank() == 1;
  }

  /** Whether input {@code i}, a scalar or vector of sizes, is known before the run. */
  static boolean isKnownShape(NodeSpec n, int i) {
    TensorValue v = n.constant(i);
    return v != null
        && (v.dtype() == DataType.INT32 || v.dtype() == DataType.INT64)
        && (v.shape().rank() == 1 || (v.shape().rank() == 0 && v.getLong(0) == -1));
  }

  /** The shape that {@link #isKnownShape} found. */
  static Shape knownShape(NodeSpec n, int i) {
    TensorValue v = n.constant(i);
    return v.shape().rank() == 0 ? Shape.unknown() : Shape.of(v.toLongs());
  }

  /** Whether the vector in memory is 0, 1, 2 and so on. */
  static boolean isCount(Region indices, int n) {
    for (int i = 0; i < n; i++) {
      if (indices.ints().get(i) != i) {
        return false;
      }
    }
    return true;
  }

  /** What is behind input {@code i}, a handle or list. */
  static <T> T object(CellContext c, int i, Class<T> kind, String what) {
    TensorValue v = c.cell(i);
    if (v.shape().rank() == 0 && kind.isInstance(v.objects()[0])) {
      return kind.cast(v.objects()[0]);
    }
    throw new InvalidArgumentException("input " + i + " is no " + what);
  }

  static TensorValue handle(Object o) {
    return TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {o});
  }

  /** {@code n} before the dimensions of a shape. */
  static Shape rows(long n, Shape row) {
    return Shape.vector(n).concat(row);
  }

  /** Sets bytes to zero. */
  static void zero(Region to, long at, long bytes) {
    for (long p = at; p < at + bytes; p++) {
      to.bytes().put((int) p, (byte) 0);
    }
  }
}
