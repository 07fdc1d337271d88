package dev.millrace.ops.defs;

import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;

/** Shape functions, and parts of them, that several ops share. */
final class Shapes {
  private Shapes() {}

  // ---- whole shape functions

  /** The op has no outputs. */
  static void none(ShapeContext c) {}

  /** Output 0 has input 0's shape. */
  static void unchanged(ShapeContext c) {
    c.output(0, c.input(0));
  }

  /** Output 0 has input 0's shape, and is a handle to the same thing where it is a handle. */
  static void passedOn(ShapeContext c) {
    c.output(0, c.input(0));
    HandleData h = c.handle(0);
    if (h != null) {
      c.outputHandle(0, h);
    }
  }

  /** Output 0 has input 0's shape, which is of rank 1 at least. */
  static void unchangedVectors(ShapeContext c) {
    c.output(0, c.inputOfRankAtLeast(0, 1));
  }

  /** Output 0 is a scalar. */
  static void scalar(ShapeContext c) {
    c.output(0, Shape.scalar());
  }

  /** Output 0 has the shape to which inputs 0 and 1 broadcast. */
  static void broadcast(ShapeContext c) {
    c.output(0, c.input(0).broadcast(c.input(1)));
  }

  /** All inputs have one shape, and output 0 too. */
  static void allAlike(ShapeContext c) {
    c.output(0, merged(c, 0, c.inputCount()));
  }

  /** Output 0 has the shape that input 0, a vector of sizes, spells. */
  static void spelled(ShapeContext c) {
    c.output(0, spelledBy(c, 0));
  }

  // ---- parts

  /**
   * What is known of the one shape that inputs {@code from} (inclusive) to {@code to} (exclusive)
   * have.
   *
   * @throws InvalidArgumentException if two of them differ
   */
  static Shape merged(ShapeContext c, int from, int to) {
    Shape s = c.input(from);
    for (int i = from + 1; i < to; i++) {
      if (!s.isCompatibleWith(c.input(i))) {
        throw new InvalidArgumentException(
            "inputs "
                + from
                + " to "
                + (to - 1)
                + " must have one shape, but input "
                + i
                + " is "
                + c.input(i)
                + " where "
                + s
                + " came before");
      }
      s = s.merge(c.input(i));
    }
    return s;
  }

  /**
   * What is known when {@code a} and {@code b} are one dimension.
   *
   * @param what names the dimension in the error
   * @throws InvalidArgumentException if they differ
   */
  static long mergeDims(long a, long b, String what) {
    if (a != Shape.UNKNOWN && b != Shape.UNKNOWN && a != b) {
      throw new InvalidArgumentException(what + " must be equal, but are " + a + " and " + b);
    }
    return a == Shape.UNKNOWN ? b : a;
  }

  /** The sum of two dimensions, unknown where one is. */
  static long add(long a, long b) {
    return a == Shape.UNKNOWN || b == Shape.UNKNOWN ? Shape.UNKNOWN : Math.addExact(a, b);
  }

  /** The product of two dimensions, unknown where one is and the other is not 0. */
  static long multiply(long a, long b) {
    if (a == 0 || b == 0) {
      return 0;
    }
    return a == Shape.UNKNOWN || b == Shape.UNKNOWN ? Shape.UNKNOWN : Math.multiplyExact(a, b);
  }

  /**
   * {@code axis} counted from the front.
   *
   * @param rank the rank it must lie in
   * @param what names the axis in the error
   * @throws InvalidArgumentException unless {@code -rank <= axis < rank}
   */
  static int axis(long axis, int rank, String what) {
    if (axis < -rank || axis >= rank) {
      throw new InvalidArgumentException(
          what + " must lie in [" + -rank + ", " + rank + "), but is " + axis);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Input {@code i} must be a scalar. */
  static void requireScalar(ShapeContext c, int i, String what) {
    Shape s = c.input(i);
    if (s.hasRank() && s.rank() != 0) {
      throw new InvalidArgumentException(what + " must be a scalar, but its shape is " + s);
    }
  }

  /** Input {@code i} must be of that rank at most. */
  static void requireRankAtMost(ShapeContext c, int i, int rank, String what) {
    Shape s = c.input(i);
    if (s.hasRank() && s.rank() > rank) {
      throw new InvalidArgumentException(
          what + " must be of rank " + rank + " at most, but input " + i + " is of shape " + s);
    }
  }

  /** The value of input {@code i}, an integer scalar; null where it is not known. */
  static Long scalarInt(ShapeContext c, int i, String what) {
    requireScalar(c, i, what);
    KnownInts k = c.ints(i);
    return k != null && k.isKnown(0) ? Long.valueOf(k.get(0)) : null;
  }

  /**
   * Element {@code i} of {@code k}, or null where {@code k} is null or the element is not known.
   */
  static Long at(KnownInts k, int i) {
    return k != null && k.isKnown(i) ? Long.valueOf(k.get(i)) : null;
  }

  /**
   * The shape that input {@code i}, a vector of sizes none of which may be left open, spells.
   *
   * @throws InvalidArgumentException if a size is known to be negative
   */
  static Shape spelledBy(ShapeContext c, int i) {
    c.inputOfRank(i, 1);
    KnownInts k = c.ints(i);
    if (k != null) {
      requireNotNegative(k, "the sizes in input " + i);
    }
    return c.shapeFromInput(i);
  }

  /** The known elements of {@code k} must be 0 at least. */
  static void requireNotNegative(KnownInts k, String what) {
    for (int i = 0; i < k.size(); i++) {
      if (k.isKnown(i) && k.get(i) < 0) {
        throw new InvalidArgumentException(what + " must not be negative, but are " + k);
      }
    }
  }

  /**
   * The number of elements of input {@code i}, a vector: from its shape, or else its value; -1
   * where neither tells.
   */
  static long vectorLength(ShapeContext c, int i) {
    Shape s = c.inputOfRank(i, 1);
    if (s.dim(0) != Shape.UNKNOWN) {
      return s.dim(0);
    }
    KnownInts k = c.ints(i);
    return k == null ? Shape.UNKNOWN : k.size();
  }

  /**
   * The elements of input {@code i}, an integer tensor of any rank, in row-major order; null unless
   * all are known.
   */
  static long[] allInts(ShapeContext c, int i) {
    KnownInts k = c.ints(i);
    if (k != null) {
      return k.isFullyKnown() ? k.toLongs() : null;
    }
    TensorValue v = c.constant(i);
    if (v != null) {
      return v.toLongs();
    }
    return elements(c.input(i)) == 0 ? new long[0] : null;
  }

  /**
   * The number of elements of a shape; -1 where it is not known.
   *
   * @throws InvalidArgumentException if there are more than 2^63-1
   */
  static long elements(Shape s) {
    try {
      return s.numElements();
    } catch (ArithmeticException e) {
      throw new InvalidArgumentException("shape " + s + " has too many elements", e);
    }
  }
}
