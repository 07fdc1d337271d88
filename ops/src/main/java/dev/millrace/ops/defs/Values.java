package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.ValueFn;
import java.util.function.LongBinaryOperator;

/**
 * Value functions, and parts of them, that several ops share: shape arithmetic on the known
 * elements of small integer tensors. Results wrap as the output's dtype does.
 */
final class Values {
  private Values() {}

  /** The output's elements are input 0's, in the output's shape. */
  static KnownInts same(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    if (k == null && shape.isFullyDefined()) {
      // The elements of a constant of higher rank can become a vector.
      TensorValue v = c.constant(0);
      return v == null || v.size() != Shapes.elements(shape)
          ? null
          : KnownInts.of(v.reshape(shape));
    }
    return inShape(k, shape);
  }

  /** Zeros in the output's shape. */
  static KnownInts zeros(ShapeContext c, int output, Shape shape) {
    return filled(0, shape);
  }

  /** Ones in the output's shape. */
  static KnownInts ones(ShapeContext c, int output, Shape shape) {
    return filled(1, shape);
  }

  /** {@code value} in every element of {@code shape}; null where the size is not known. */
  static KnownInts filled(long value, Shape shape) {
    if (!shape.isFullyDefined()) {
      return null;
    }
    int n = (int) shape.numElements();
    KnownInts.Builder b = KnownInts.builder(shape.rank() == 0, n);
    for (int i = 0; i < n; i++) {
      b.set(i, value);
    }
    return b.build();
  }

  /** {@code k} as a scalar or vector, as {@code shape} has it; null where that does not fit. */
  static KnownInts inShape(KnownInts k, Shape shape) {
    if (k == null || shape.rank() < 0 || shape.rank() > 1) {
      return null;
    }
    boolean scalar = shape.rank() == 0;
    boolean fits = scalar ? k.size() == 1 : shape.isCompatibleWith(Shape.vector(k.size()));
    if (!fits) {
      return null;
    }
    KnownInts.Builder b = KnownInts.builder(scalar, k.size());
    for (int i = 0; i < k.size(); i++) {
      b.copy(i, k, i);
    }
    return b.build();
  }

  /** {@code x} as the integer type {@code t}, or bool, keeps it. */
  static long wrap(DataType t, long x) {
    return switch (t) {
      case INT8 -> (byte) x;
      case INT16 -> (short) x;
      case INT32 -> (int) x;
      case UINT8 -> x & 0xff;
      case UINT16 -> x & 0xffff;
      case UINT32 -> x & 0xffffffffL;
      case BOOL -> x != 0 ? 1 : 0;
      default -> x;
    };
  }

  /** An element-wise function of one integer. */
  static ValueFn unary(java.util.function.LongUnaryOperator f) {
    return (c, output, shape) -> {
      KnownInts k = c.ints(0);
      if (k == null) {
        return null;
      }
      KnownInts.Builder b = KnownInts.builder(k.isScalar(), k.size());
      for (int i = 0; i < k.size(); i++) {
        if (k.isKnown(i)) {
          b.set(i, wrap(c.outputType(output), f.applyAsLong(k.get(i))));
        }
      }
      return b.build();
    };
  }

  /** An element-wise function of two integers, with broadcasting. */
  static ValueFn binary(LongBinaryOperator f) {
    return binary(f, false);
  }

  /** As {@link #binary(LongBinaryOperator)}, where nothing is known if the second is 0. */
  static ValueFn division(LongBinaryOperator f) {
    return binary(f, true);
  }

  private static ValueFn binary(LongBinaryOperator f, boolean divides) {
    return (c, output, shape) -> {
      KnownInts x = c.ints(0);
      KnownInts y = c.ints(1);
      DataType t = c.outputType(output);
      // A long holds no uint64 above 2^63, for which these functions would be wrong.
      if (x == null || y == null || t == DataType.UINT64) {
        return null;
      }
      if (x.size() != y.size() && x.size() != 1 && y.size() != 1) {
        return null;
      }
      int n = x.size() == 1 ? y.size() : x.size();
      KnownInts.Builder b = KnownInts.builder(x.isScalar() && y.isScalar(), n);
      for (int i = 0; i < n; i++) {
        int ix = x.size() == 1 ? 0 : i;
        int iy = y.size() == 1 ? 0 : i;
        if (x.isKnown(ix) && y.isKnown(iy) && !(divides && y.get(iy) == 0)) {
          b.set(i, wrap(t, f.applyAsLong(x.get(ix), y.get(iy))));
        }
      }
      return b.build();
    };
  }

  /**
   * The reduction of a vector over all of it, of a scalar over nothing, or of either over no axis.
   *
   * @param start the value for an empty vector; null where there is none
   */
  static ValueFn reduction(Long start, LongBinaryOperator f) {
    return (c, output, shape) -> {
      KnownInts k = c.ints(0);
      long[] axes = Shapes.allInts(c, 1);
      if (k == null || axes == null || c.outputType(output) == DataType.UINT64) {
        return null;
      }
      if (k.isScalar() || axes.length == 0) {
        return inShape(k, shape);
      }
      if (!k.isFullyKnown() || (k.size() == 0 && start == null)) {
        return null;
      }
      long r = start != null ? start : k.get(0);
      for (int i = start != null ? 0 : 1; i < k.size(); i++) {
        r = wrap(c.outputType(output), f.applyAsLong(r, k.get(i)));
      }
      return filled(r, shape);
    };
  }

  /** Elements {@code from}, {@code from + step}, … of {@code k}, {@code n} of them, as a vector. */
  static KnownInts pick(KnownInts k, long from, long step, int n) {
    KnownInts.Builder b = KnownInts.builder(false, n);
    for (int i = 0; i < n; i++) {
      b.copy(i, k, Math.toIntExact(from + i * step));
    }
    return b.build();
  }
}
