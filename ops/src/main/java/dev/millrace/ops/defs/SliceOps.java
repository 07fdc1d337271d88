package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;

/** Slices, and their counterparts that pad and repeat. */
final class SliceOps {
  private static final String[] MASKS = {
    "begin_mask: int = 0",
    "end_mask: int = 0",
    "ellipsis_mask: int = 0",
    "new_axis_mask: int = 0",
    "shrink_axis_mask: int = 0"
  };

  private SliceOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Slice")
            .inputs("input: T", "begin: Index", "size: Index")
            .outputs("output: T")
            .attrs("T: type", "Index: {int32, int64}")
            .valueInputs(1, 2)
            .shape(SliceOps::sliceShape)
            .value(SliceOps::sliceValue));
    r.add(
        OpDef.named("StridedSlice")
            .inputs("input: T", "begin: Index", "end: Index", "strides: Index")
            .outputs("output: T")
            .attrs("T: type", "Index: {int32, int64}")
            .attrs(MASKS)
            .valueInputs(1, 2, 3)
            .shape(SliceOps::stridedSliceShape)
            .value(SliceOps::stridedSliceValue));
    r.add(
        OpDef.named("StridedSliceGrad")
            .inputs("shape: Index", "begin: Index", "end: Index", "strides: Index", "dy: T")
            .outputs("output: T")
            .attrs("T: type", "Index: {int32, int64}")
            .attrs(MASKS)
            .valueInputs(0)
            .shape(Shapes::spelled));
    r.add(
        OpDef.named("ResourceStridedSliceAssign")
            .inputs("ref: resource", "begin: Index", "end: Index", "strides: Index", "value: T")
            .attrs("T: type", "Index: {int32, int64}")
            .attrs(MASKS)
            .stateful()
            .shape(SliceOps::sliceAssignShape));
    r.add(
        OpDef.named("Tile")
            .inputs("input: T", "multiples: Tmultiples")
            .outputs("output: T")
            .attrs("T: type", "Tmultiples: {int32, int64} = int32")
            .valueInputs(1)
            .shape(SliceOps::tileShape));
    r.add(
        OpDef.named("Pad")
            .inputs("input: T", "paddings: Tpaddings")
            .outputs("output: T")
            .attrs("T: type", "Tpaddings: {int32, int64} = int32")
            .valueInputs(1)
            .shape(SliceOps::padShape));
    r.add(
        OpDef.named("PadV2")
            .inputs("input: T", "paddings: Tpaddings", "constant_values: T")
            .outputs("output: T")
            .attrs("T: type", "Tpaddings: {int32, int64} = int32")
            .valueInputs(1)
            .shape(SliceOps::padShape));
    r.add(
        OpDef.named("MirrorPad")
            .inputs("input: T", "paddings: Tpaddings")
            .outputs("output: T")
            .attrs("T: type", "Tpaddings: {int32, int64} = int32", "mode: {'REFLECT', 'SYMMETRIC'}")
            .valueInputs(1)
            .shape(SliceOps::mirrorPadShape));
    r.add(
        OpDef.named("MirrorPadGrad")
            .inputs("input: T", "paddings: Tpaddings")
            .outputs("output: T")
            .attrs("T: type", "Tpaddings: {int32, int64} = int32", "mode: {'REFLECT', 'SYMMETRIC'}")
            .valueInputs(1)
            .shape(SliceOps::unpadded));
    r.add(
        OpDef.named("TileGrad")
            .inputs("input: T", "multiples: int32")
            .outputs("output: T")
            .attrs("T: type")
            .valueInputs(1)
            .shape(SliceOps::untiled));
  }

  private static void sliceShape(ShapeContext c) {
    long n =
        Shapes.mergeDims(
            Shapes.vectorLength(c, 1),
            Shapes.vectorLength(c, 2),
            "the numbers of elements of begin and size");
    Shape in = c.input(0);
    if (in.hasRank()) {
      n = Shapes.mergeDims(in.rank(), n, "the input's rank and the number of elements of begin");
    }
    if (n == Shape.UNKNOWN) {
      c.output(0, Shape.unknown());
      return;
    }
    long[] out = new long[(int) n];
    for (int i = 0; i < n; i++) {
      out[i] = sliced(in.dim(i), Shapes.at(c.ints(1), i), Shapes.at(c.ints(2), i), i);
    }
    c.output(0, Shape.of(out));
  }

  /** The size of a dimension of which {@code size} elements from {@code begin} are taken. */
  private static long sliced(long dim, Long begin, Long size, int i) {
    boolean outside = begin != null && (begin < 0 || (dim != Shape.UNKNOWN && begin > dim));
    boolean wrong = size != null && size < -1;
    boolean tooFar = begin != null && size != null && dim != Shape.UNKNOWN && size > dim - begin;
    if (outside || wrong || tooFar) {
      throw new InvalidArgumentException(
          "dimension "
              + i
              + " has "
              + (dim == Shape.UNKNOWN ? "an unknown number of" : dim)
              + " elements, so that one cannot take "
              + (size == null ? "any" : size)
              + " from "
              + begin
              + " on");
    }
    if (size == null) {
      return Shape.UNKNOWN;
    }
    if (size >= 0) {
      return size;
    }
    return begin == null || dim == Shape.UNKNOWN ? Shape.UNKNOWN : dim - begin;
  }

  private static KnownInts sliceValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    if (k == null || k.isScalar() || !shape.isFullyDefined()) {
      return k != null && k.isScalar() ? k : null;
    }
    Long begin = Shapes.at(c.ints(1), 0);
    return begin == null ? null : Values.pick(k, begin, 1, (int) shape.dim(0));
  }

  private static void stridedSliceShape(ShapeContext c) {
    StridedSliceSpec s = spec(c, c.input(0));
    c.output(0, s == null ? Shape.unknown() : s.outputShape());
  }

  /** Whether the value fits the slice, only the run tells: no values are asked for here. */
  private static void sliceAssignShape(ShapeContext c) {
    StateOps.variableShape(c, 0, c.attrs().getType("T"));
    Shape s = c.inputOfRank(1, 1);
    for (int i = 2; i <= 3; i++) {
      if (!s.isCompatibleWith(c.inputOfRank(i, 1))) {
        throw new InvalidArgumentException(
            "begin, end and strides must be of one length, but their shapes are "
                + c.input(1)
                + ", "
                + c.input(2)
                + " and "
                + c.input(3));
      }
      s = s.merge(c.input(i));
    }
  }

  /** Null where the rank of the input or the number of indices is not known. */
  private static StridedSliceSpec spec(ShapeContext c, Shape in) {
    long n = Shape.UNKNOWN;
    for (int i = 1; i <= 3; i++) {
      n =
          Shapes.mergeDims(
              n, Shapes.vectorLength(c, i), "the numbers of elements of begin, end and strides");
    }
    if (n == Shape.UNKNOWN || !in.hasRank()) {
      return null;
    }
    return StridedSliceSpec.of(
        in, (int) n, c.ints(1), c.ints(2), c.ints(3), StridedSliceSpec.Masks.of(c.attrs()));
  }

  private static KnownInts stridedSliceValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    if (k == null || !shape.isFullyDefined()) {
      return null;
    }
    if (k.isScalar()) {
      return Values.inShape(k, shape);
    }
    StridedSliceSpec s = spec(c, Shape.vector(k.size()));
    if (s == null || !s.isFullyKnown()) {
      return null;
    }
    int n = (int) s.processingShape().dim(0);
    return Values.inShape(Values.pick(k, s.begin(0), s.stride(0), n), shape);
  }

  private static void tileShape(ShapeContext c) {
    long n = Shapes.vectorLength(c, 1);
    Shape in = c.input(0);
    if (in.hasRank()) {
      n = Shapes.mergeDims(in.rank(), n, "the input's rank and the number of multiples");
    }
    if (n == Shape.UNKNOWN) {
      c.output(0, Shape.unknown());
      return;
    }
    KnownInts multiples = c.ints(1);
    if (multiples != null) {
      Shapes.requireNotNegative(multiples, "multiples");
    }
    long[] out = new long[(int) n];
    for (int i = 0; i < n; i++) {
      Long m = Shapes.at(multiples, i);
      out[i] = Shapes.multiply(in.dim(i), m == null ? Shape.UNKNOWN : m);
    }
    c.output(0, Shape.of(out));
  }

  private static void padShape(ShapeContext c) {
    if (c.inputCount() == 3) {
      Shapes.requireScalar(c, 2, "constant_values");
    }
    padded(c, -1);
  }

  /** A border that reflects leaves the edge out, and so can be one element less wide. */
  private static void mirrorPadShape(ShapeContext c) {
    padded(c, c.attrs().getString("mode").equals("REFLECT") ? 1 : 0);
  }

  /**
   * Each dimension grows by the two numbers in its row of input 1.
   *
   * @param less a border must be at most the dimension less this; -1 where it may be any
   */
  private static void padded(ShapeContext c, int less) {
    Shape pads = c.inputOfRank(1, 2);
    Shapes.mergeDims(pads.dim(1), 2, "the number of columns of paddings, and 2,");
    TensorValue v = c.constant(1);
    long n = v == null ? pads.dim(0) : v.shape().dim(0);
    Shape in = c.input(0);
    if (in.hasRank()) {
      n = Shapes.mergeDims(in.rank(), n, "the input's rank and the number of rows of paddings");
    }
    if (n == Shape.UNKNOWN || v == null) {
      c.output(0, Shape.ofRank((int) n));
      return;
    }
    long[] out = new long[(int) n];
    for (int i = 0; i < n; i++) {
      long before = v.getLong(2 * i);
      long after = v.getLong(2 * i + 1);
      long dim = in.dim(i);
      if (before < 0 || after < 0) {
        throw new InvalidArgumentException(
            "paddings must not be negative, but are "
                + before
                + " and "
                + after
                + " for dimension "
                + i);
      }
      if (less >= 0 && dim != Shape.UNKNOWN && Math.max(before, after) > dim - less) {
        throw new InvalidArgumentException(
            "dimension "
                + i
                + " has "
                + dim
                + " elements, so that its mirrored borders can have at most "
                + Math.max(0, dim - less)
                + ", not "
                + before
                + " and "
                + after);
      }
      out[i] = Shapes.add(dim, Math.addExact(before, after));
    }
    c.output(0, Shape.of(out));
  }

  /** Each dimension shrinks by the two numbers in its row of input 1. */
  private static void unpadded(ShapeContext c) {
    Shape pads = c.inputOfRank(1, 2);
    Shapes.mergeDims(pads.dim(1), 2, "the number of columns of paddings, and 2,");
    TensorValue v = c.constant(1);
    Shape in = c.input(0);
    long n = v == null ? pads.dim(0) : v.shape().dim(0);
    if (in.hasRank()) {
      n = Shapes.mergeDims(in.rank(), n, "the input's rank and the number of rows of paddings");
    }
    if (n == Shape.UNKNOWN || v == null) {
      c.output(0, Shape.ofRank((int) n));
      return;
    }
    Shape out = in.hasRank() ? in : Shape.ofRank((int) n);
    for (int i = 0; i < n; i++) {
      long less = Math.addExact(v.getLong(2 * i), v.getLong(2 * i + 1));
      if (in.dim(i) != Shape.UNKNOWN) {
        if (less > in.dim(i)) {
          throw new InvalidArgumentException(
              "dimension " + i + " of " + in + " is no larger than its borders, " + less);
        }
        out = out.withDim(i, in.dim(i) - less);
      }
    }
    c.output(0, out);
  }

  /** Each dimension is divided by its multiple. */
  private static void untiled(ShapeContext c) {
    long n = Shapes.vectorLength(c, 1);
    Shape in = c.input(0);
    if (in.hasRank()) {
      n = Shapes.mergeDims(in.rank(), n, "the input's rank and the number of multiples");
    }
    if (n == Shape.UNKNOWN) {
      c.output(0, Shape.unknown());
      return;
    }
    Shape out = Shape.ofRank((int) n);
    for (int i = 0; i < n; i++) {
      Long m = Shapes.at(c.ints(1), i);
      if (m != null && in.dim(i) != Shape.UNKNOWN) {
        if (m <= 0 || in.dim(i) % m != 0) {
          throw new InvalidArgumentException(
              "dimension " + i + " of " + in + " is not " + m + " times anything");
        }
        out = out.withDim(i, in.dim(i) / m);
      }
    }
    c.output(0, out);
  }
}
