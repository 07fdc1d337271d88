package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.Arrays;

/** Ops that give the same elements another shape or order. */
final class ReshapeOps {
  private ReshapeOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Reshape")
            .inputs("tensor: T", "shape: Tshape")
            .outputs("output: T")
            .attrs("T: type", "Tshape: {int32, int64} = int32")
            .valueInputs(1)
            .shape(ReshapeOps::reshapeShape)
            .value(Values::same));
    r.add(
        OpDef.named("ExpandDims")
            .inputs("input: T", "dim: Tdim")
            .outputs("output: T")
            .attrs("T: type", "Tdim: {int32, int64} = int32")
            .valueInputs(1)
            .shape(ReshapeOps::expandDimsShape)
            .value(Values::same));
    r.add(
        OpDef.named("Squeeze")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("T: type", "squeeze_dims: list(int) >= 0 = []")
            .shape(ReshapeOps::squeezeShape)
            .value(Values::same));
    for (String op : new String[] {"Transpose", "ConjugateTranspose"}) {
      r.add(
          OpDef.named(op)
              .inputs("x: T", "perm: Tperm")
              .outputs("y: T")
              .attrs("T: type", "Tperm: {int32, int64} = int32")
              .valueInputs(1)
              .shape(ReshapeOps::transposeShape)
              .value(Values::same));
    }
    r.add(
        OpDef.named("Reverse")
            .inputs("tensor: T", "dims: bool")
            .outputs("output: T")
            .attrs(
                "T: {uint8, int8, uint16, int16, int32, int64, bool, half, float, double,"
                    + " complex64, complex128, string}")
            .shape(ReshapeOps::reverseShape));
    r.add(
        OpDef.named("ReverseV2")
            .inputs("tensor: T", "axis: Tidx")
            .outputs("output: T")
            .attrs(
                "Tidx: {int32, int64} = int32",
                "T: {uint8, int8, uint16, int16, int32, int64, bool, bfloat16, half, float, double,"
                    + " complex64, complex128, string}")
            .valueInputs(1)
            .shape(ReshapeOps::reverseV2Shape));
  }

  private static void reshapeShape(ShapeContext c) {
    c.inputOfRank(1, 1);
    Shape in = c.input(0);
    Shape out = c.shapeFromInput(1);
    if (!in.hasRank() || !out.hasRank()) {
      c.output(0, out);
      return;
    }
    long inElements = Shapes.elements(in);
    long outElements = Shapes.elements(out);
    int open = onlyUnknown(out);
    if (inElements != Shape.UNKNOWN && open >= 0) {
      c.output(0, out.withDim(open, missing(c, in, inElements, out)));
      return;
    }
    if (inElements != Shape.UNKNOWN && outElements != Shape.UNKNOWN && inElements != outElements) {
      throw cannot(in, out, "");
    }
    if (inElements == Shape.UNKNOWN && outElements != Shape.UNKNOWN && onlyUnknown(in) >= 0) {
      long rest = product(in, false);
      if (rest != 0 && outElements % rest != 0) {
        throw cannot(in, out, "");
      }
    }
    c.output(0, out);
  }

  /**
   * The size that the only unknown dimension of {@code out} must have; -1 where none is certain.
   *
   * <p>Among sizes of 0, any size would do. TensorFlow then takes the one that keeps the product of
   * the other dimensions, rounded down.
   */
  private static long missing(ShapeContext c, Shape in, long inElements, Shape out) {
    long rest = product(out, false);
    if (rest != 0) {
      if (inElements % rest != 0) {
        throw cannot(in, out, ": it does not divide by " + rest);
      }
      return inElements / rest;
    }
    if (inElements != 0) {
      throw cannot(in, out, "");
    }
    KnownInts spelled = c.ints(1);
    boolean certain = spelled != null && spelled.isFullyKnown() && in.isFullyDefined();
    return certain ? product(in, true) / product(out, true) : Shape.UNKNOWN;
  }

  private static InvalidArgumentException cannot(Shape in, Shape out, String why) {
    long n = Shapes.elements(in);
    String elements = n == Shape.UNKNOWN ? "" : " (" + n + " elements)";
    return new InvalidArgumentException("cannot reshape " + in + elements + " to " + out + why);
  }

  /** The only dimension that is not known, or -1 where there are none or several. */
  private static int onlyUnknown(Shape s) {
    int found = -1;
    for (int i = 0; i < s.rank(); i++) {
      if (s.dim(i) == Shape.UNKNOWN) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  /** The product of the known dimensions, those of 0 set aside or not. */
  private static long product(Shape s, boolean zerosAside) {
    long n = 1;
    for (long d : s.dims()) {
      n = d == Shape.UNKNOWN || (zerosAside && d == 0) ? n : Math.multiplyExact(n, d);
    }
    return n;
  }

  private static void expandDimsShape(ShapeContext c) {
    Shape where = c.input(1);
    if (Shapes.elements(where) > 1 || (where.isFullyDefined() && Shapes.elements(where) == 0)) {
      throw new InvalidArgumentException(
          "dim must be a tensor with a single value, but its shape is " + where);
    }
    Shape in = c.input(0);
    if (!in.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    long[] dim = Shapes.allInts(c, 1);
    if (dim == null) {
      c.output(0, Shape.ofRank(in.rank() + 1));
      return;
    }
    int at = Shapes.axis(dim[0], in.rank() + 1, "dim, for input " + in + ",");
    c.output(0, in.slice(0, at).concat(Shape.vector(1)).concat(in.sliceFrom(at)));
  }

  private static void squeezeShape(ShapeContext c) {
    Shape in = c.input(0);
    long[] asked = c.attrs().getInts("squeeze_dims");
    if (!in.hasRank() || (asked.length == 0 && !in.isFullyDefined())) {
      c.output(0, Shape.unknown());
      return;
    }
    boolean[] gone = new boolean[in.rank()];
    for (long a : asked) {
      gone[Shapes.axis(a, in.rank(), "a squeezed dimension of " + in)] = true;
    }
    Shape out = Shape.scalar();
    for (int i = 0; i < in.rank(); i++) {
      long d = in.dim(i);
      if (asked.length == 0 ? d != 1 : !gone[i]) {
        out = out.concat(Shape.vector(d));
      } else if (d != 1 && d != Shape.UNKNOWN) {
        throw new InvalidArgumentException(
            "only dimensions of 1 can be squeezed, but dimension " + i + " of " + in + " is " + d);
      }
    }
    c.output(0, out);
  }

  private static void transposeShape(ShapeContext c) {
    Shape in = c.input(0);
    long n = Shapes.vectorLength(c, 1);
    if (in.hasRank()) {
      if (n != Shape.UNKNOWN && n != in.rank()) {
        throw new InvalidArgumentException(
            "perm must have one element a dimension of " + in + ", but has " + n);
      }
      n = in.rank();
    }
    if (n == Shape.UNKNOWN) {
      c.output(0, Shape.unknown());
      return;
    }
    KnownInts perm = c.ints(1);
    long[] out = new long[(int) n];
    Arrays.fill(out, Shape.UNKNOWN);
    boolean[] used = new boolean[(int) n];
    for (int i = 0; i < n; i++) {
      Long from = Shapes.at(perm, i);
      if (from == null) {
        continue;
      }
      if (from < 0 || from >= n || used[from.intValue()]) {
        throw new InvalidArgumentException(
            "perm must have each of 0 to " + (n - 1) + " once, but is " + perm);
      }
      used[from.intValue()] = true;
      out[i] = in.dim(from.intValue());
    }
    c.output(0, Shape.of(out));
  }

  private static void reverseShape(ShapeContext c) {
    Shape in = c.input(0);
    requireRankAtMost8(in);
    long n = c.inputOfRank(1, 1).dim(0);
    if (in.hasRank() && n != Shape.UNKNOWN && n != in.rank()) {
      throw new InvalidArgumentException(
          "dims must have one element a dimension of " + in + ", but has " + n);
    }
    c.output(0, in.hasRank() || n == Shape.UNKNOWN ? in : Shape.ofRank((int) n));
  }

  private static void reverseV2Shape(ShapeContext c) {
    c.inputOfRank(1, 1);
    Shape in = c.input(0);
    requireRankAtMost8(in);
    c.output(0, in);
    KnownInts axes = c.ints(1);
    if (axes == null || !in.hasRank()) {
      return;
    }
    boolean[] reversed = new boolean[in.rank()];
    for (int i = 0; i < axes.size(); i++) {
      if (axes.isKnown(i)) {
        int a = Shapes.axis(axes.get(i), in.rank(), "a reversed axis of " + in);
        if (reversed[a]) {
          throw new InvalidArgumentException("axis " + a + " is given twice in " + axes);
        }
        reversed[a] = true;
      }
    }
  }

  private static void requireRankAtMost8(Shape in) {
    if (in.rank() > 8) {
      throw new InvalidArgumentException(
          "tensors of at most 8 dimensions can be reversed, but the shape is " + in);
    }
  }
}
