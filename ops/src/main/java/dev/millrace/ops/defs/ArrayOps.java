package dev.millrace.ops.defs;

import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Constants, placeholders, the identity family, and ops that tell or set sizes. */
final class ArrayOps {
  private static final String OUT_TYPE = "out_type: {int32, int64} = int32";

  private ArrayOps() {}

  static void register(OpRegistry r) {
    sources(r);
    identities(r);
    sizes(r);
    filled(r);
    broadcasting(r);
    valueDependent(r);
  }

  private static void sources(OpRegistry r) {
    r.add(
        OpDef.named("Const")
            .outputs("output: dtype")
            .attrs("value: tensor", "dtype: type")
            .shape(ArrayOps::constShape)
            .value((c, output, shape) -> KnownInts.of(c.attrs().getTensor("value"))));
    r.add(
        OpDef.named("Placeholder")
            .outputs("output: dtype")
            .attrs("dtype: type", "shape: shape = { unknown_rank: true }")
            .shape(ArrayOps::shapeFromAttr));
    r.add(
        OpDef.named("PlaceholderV2")
            .outputs("output: dtype")
            .attrs("dtype: type", "shape: shape")
            .shape(ArrayOps::shapeFromAttr));
    r.add(
        OpDef.named("PlaceholderWithDefault")
            .inputs("input: dtype")
            .outputs("output: dtype")
            .attrs("dtype: type", "shape: shape")
            .shape(ArrayOps::placeholderWithDefaultShape));
  }

  private static void constShape(ShapeContext c) {
    TensorValue v = c.attrs().getTensor("value");
    if (v.dtype() != c.attrs().getType("dtype")) {
      throw new InvalidArgumentException(
          "the value is " + v.dtype() + ", but attribute 'dtype' is " + c.attrs().getType("dtype"));
    }
    c.output(0, v.shape());
  }

  private static void shapeFromAttr(ShapeContext c) {
    c.output(0, c.attrs().getShape("shape"));
  }

  /** The default must fit the shape, which a fed value may fill in another way than the default. */
  private static void placeholderWithDefaultShape(ShapeContext c) {
    Shape s = c.attrs().getShape("shape");
    if (!s.isCompatibleWith(c.input(0))) {
      throw new InvalidArgumentException(
          "the default has shape " + c.input(0) + ", which does not fit the placeholder's, " + s);
    }
    c.output(0, s);
  }

  private static void identities(OpRegistry r) {
    for (String op : new String[] {"Identity", "Snapshot", "StopGradient"}) {
      r.add(identity(op));
    }
    r.add(identity("GuaranteeConst").stateful());
    r.add(identity("PreventGradient").attrs("message: string = ''"));
    r.add(
        OpDef.named("IdentityN")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("T: list(type) >= 1")
            .shape(ArrayOps::identityNShape)
            .value((c, output, shape) -> c.ints(output)));
    r.add(
        OpDef.named("CheckNumerics")
            .inputs("tensor: T")
            .outputs("output: T")
            .attrs("T: {bfloat16, half, float, double}", "message: string")
            .stateful()
            .shape(Shapes::unchanged));
    r.add(
        OpDef.named("EnsureShape")
            .inputs("input: T")
            .outputs("output: T")
            .attrs("shape: shape", "T: type")
            .shape(ArrayOps::ensureShape)
            .value(Values::same));
  }

  private static OpDef.Builder identity(String op) {
    return OpDef.named(op)
        .inputs("input: T")
        .outputs("output: T")
        .attrs("T: type")
        .shape(Shapes::passedOn)
        .value(Values::same);
  }

  private static void identityNShape(ShapeContext c) {
    for (int i = 0; i < c.inputCount(); i++) {
      c.output(i, c.input(i));
      HandleData h = c.handle(i);
      if (h != null) {
        c.outputHandle(i, h);
      }
    }
  }

  private static void ensureShape(ShapeContext c) {
    Shape want = c.attrs().getShape("shape");
    if (!want.isCompatibleWith(c.input(0))) {
      throw new InvalidArgumentException(
          "the tensor must be of shape " + want + ", but is " + c.input(0));
    }
    c.output(0, want.merge(c.input(0)));
  }

  private static void sizes(OpRegistry r) {
    r.add(
        OpDef.named("Shape")
            .inputs("input: T")
            .outputs("output: out_type")
            .attrs("T: type", OUT_TYPE)
            .shape(c -> c.output(0, Shape.vector(c.input(0).rank())))
            .value((c, output, shape) -> KnownInts.ofShape(c.input(0))));
    r.add(
        OpDef.named("ShapeN")
            .inputs("input: N * T")
            .outputs("output: N * out_type")
            .attrs("N: int >= 1", "T: type", OUT_TYPE)
            .shape(ArrayOps::shapeNShape)
            .value((c, output, shape) -> KnownInts.ofShape(c.input(output))));
    r.add(
        OpDef.named("Rank")
            .inputs("input: T")
            .outputs("output: int32")
            .attrs("T: type")
            .shape(Shapes::scalar)
            .value(
                (c, output, shape) ->
                    c.input(0).hasRank() ? KnownInts.scalar(c.input(0).rank()) : null));
    r.add(
        OpDef.named("Size")
            .inputs("input: T")
            .outputs("output: out_type")
            .attrs("T: type", OUT_TYPE)
            .shape(Shapes::scalar)
            .value(ArrayOps::sizeValue));
    r.add(
        OpDef.named("InvertPermutation")
            .inputs("x: T")
            .outputs("y: T")
            .attrs("T: {int32, int64} = int32")
            .shape(c -> c.output(0, c.inputOfRank(0, 1)))
            .value(ArrayOps::inverseValue));
  }

  private static void shapeNShape(ShapeContext c) {
    for (int i = 0; i < c.inputCount(); i++) {
      c.output(i, Shape.vector(c.input(i).rank()));
    }
  }

  private static KnownInts sizeValue(ShapeContext c, int output, Shape shape) {
    long n = Shapes.elements(c.input(0));
    boolean fits = n != Shape.UNKNOWN && Values.wrap(c.outputType(output), n) == n;
    return fits ? KnownInts.scalar(n) : null;
  }

  private static KnownInts inverseValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    if (k == null || !k.isFullyKnown()) {
      return null;
    }
    long[] inverse = new long[k.size()];
    Arrays.fill(inverse, -1);
    for (int i = 0; i < k.size(); i++) {
      long to = k.get(i);
      if (to < 0 || to >= k.size() || inverse[(int) to] != -1) {
        return null;
      }
      inverse[(int) to] = i;
    }
    return KnownInts.vector(inverse);
  }

  private static void filled(OpRegistry r) {
    r.add(
        OpDef.named("Fill")
            .inputs("dims: index_type", "value: T")
            .outputs("output: T")
            .attrs("T: type", "index_type: {int32, int64} = int32")
            .valueInputs(0)
            .shape(ArrayOps::fillShape)
            .value(ArrayOps::fillValue));
    r.add(
        OpDef.named("ZerosLike")
            .inputs("x: T")
            .outputs("y: T")
            .attrs("T: type")
            .shape(Shapes::unchanged)
            .value(Values::zeros));
    r.add(
        OpDef.named("OnesLike")
            .inputs("x: T")
            .outputs("y: T")
            .attrs(
                "T: {bfloat16, half, float, double, int8, uint8, int16, uint16, int32, int64,"
                    + " complex64, complex128, bool}")
            .shape(Shapes::unchanged)
            .value(Values::ones));
    r.add(
        OpDef.named("OneHot")
            .inputs("indices: TI", "depth: int32", "on_value: T", "off_value: T")
            .outputs("output: T")
            .attrs("axis: int = -1", "T: type", "TI: {uint8, int32, int64} = int64")
            .valueInputs(1)
            .shape(ArrayOps::oneHotShape));
  }

  private static void fillShape(ShapeContext c) {
    Shapes.requireScalar(c, 1, "the value");
    Shapes.spelled(c);
  }

  private static KnownInts fillValue(ShapeContext c, int output, Shape shape) {
    Long v = Shapes.at(c.ints(1), 0);
    return v == null ? null : Values.filled(v, shape);
  }

  private static void oneHotShape(ShapeContext c) {
    Long depth = Shapes.scalarInt(c, 1, "depth");
    Shapes.requireScalar(c, 2, "on_value");
    Shapes.requireScalar(c, 3, "off_value");
    if (depth != null && depth < 0) {
      throw new InvalidArgumentException("depth must not be negative, but is " + depth);
    }
    long axis = c.attrs().getInt("axis");
    Shape in = c.input(0);
    if (axis < -1 || (in.hasRank() && axis > in.rank())) {
      throw new InvalidArgumentException(
          "axis must be -1 or lie in [0, rank of the indices], but is "
              + axis
              + " for indices "
              + in);
    }
    if (!in.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    int at = axis == -1 ? in.rank() : (int) axis;
    Shape hot = Shape.vector(depth == null ? Shape.UNKNOWN : depth);
    c.output(0, in.slice(0, at).concat(hot).concat(in.sliceFrom(at)));
  }

  private static void broadcasting(OpRegistry r) {
    r.add(
        OpDef.named("BroadcastTo")
            .inputs("input: T", "shape: Tidx")
            .outputs("output: T")
            .attrs("T: type", "Tidx: {int32, int64} = int32")
            .valueInputs(1)
            .shape(ArrayOps::broadcastToShape)
            .value(ArrayOps::broadcastToValue));
    r.add(
        OpDef.named("BroadcastArgs")
            .inputs("s0: T", "s1: T")
            .outputs("r0: T")
            .attrs("T: {int32, int64} = int32")
            .shape(ArrayOps::broadcastArgsShape)
            .value(ArrayOps::broadcastArgsValue));
    r.add(
        OpDef.named("BroadcastGradientArgs")
            .inputs("s0: T", "s1: T")
            .outputs("r0: T", "r1: T")
            .attrs("T: {int32, int64} = int32")
            .allValueInputs()
            .shape(ArrayOps::broadcastGradientArgsShape)
            .value(
                (c, output, shape) -> {
                  long[][] axes = gradientArgs(c);
                  return axes == null ? null : KnownInts.vector(axes[output]);
                }));
  }

  private static void broadcastToShape(ShapeContext c) {
    Shape out = Shapes.spelledBy(c, 1);
    Shape in = c.input(0);
    if (!in.hasRank() || !out.hasRank()) {
      c.output(0, out);
      return;
    }
    Shape result = out;
    boolean fits = in.rank() <= out.rank();
    for (int i = 1; fits && i <= in.rank(); i++) {
      long a = in.dim(-i);
      long b = out.dim(-i);
      fits = a == 1 || a == b || a == Shape.UNKNOWN || b == Shape.UNKNOWN;
      if (a != 1 && b == Shape.UNKNOWN) {
        result = result.withDim(-i, a);
      }
    }
    if (!fits) {
      throw new InvalidArgumentException(
          "shape "
              + in
              + " does not broadcast to "
              + out
              + ": dimensions are matched from the last, and must be equal or 1");
    }
    c.output(0, result);
  }

  private static KnownInts broadcastToValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    if (k == null || !shape.isFullyDefined()) {
      return null;
    }
    int n = (int) shape.numElements();
    return k.size() == 1 && shape.rank() == 1 ? Values.pick(k, 0, 0, n) : Values.inShape(k, shape);
  }

  private static void broadcastArgsShape(ShapeContext c) {
    long n0 = c.inputOfRank(0, 1).dim(0);
    long n1 = c.inputOfRank(1, 1).dim(0);
    boolean known = n0 != Shape.UNKNOWN && n1 != Shape.UNKNOWN;
    c.output(0, Shape.vector(known ? Math.max(n0, n1) : Shape.UNKNOWN));
  }

  private static KnownInts broadcastArgsValue(ShapeContext c, int output, Shape shape) {
    KnownInts s0 = c.ints(0);
    KnownInts s1 = c.ints(1);
    return s0 == null || s1 == null
        ? null
        : KnownInts.ofShape(s0.toShape().broadcast(s1.toShape()));
  }

  private static void broadcastGradientArgsShape(ShapeContext c) {
    c.inputOfRank(0, 1);
    c.inputOfRank(1, 1);
    long[][] axes = gradientArgs(c);
    c.output(0, Shape.vector(axes == null ? Shape.UNKNOWN : axes[0].length));
    c.output(1, Shape.vector(axes == null ? Shape.UNKNOWN : axes[1].length));
  }

  private static long[][] gradientArgs(ShapeContext c) {
    long[] s0 = Shapes.allInts(c, 0);
    long[] s1 = Shapes.allInts(c, 1);
    return s0 == null || s1 == null ? null : Broadcasts.gradientAxes(s0, s1);
  }

  private static void valueDependent(OpRegistry r) {
    r.add(
        OpDef.named("Where")
            .inputs("input: T")
            .outputs("index: int64")
            .attrs(
                "T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8,"
                    + " qint32, bfloat16, uint16, complex128, half, uint32, uint64, bool} = bool")
            .valueInputs(0)
            .shape(ArrayOps::whereShape));
  }

  /** One row for each element that is not 0: how many there are, only the values tell. */
  private static void whereShape(ShapeContext c) {
    TensorValue v = c.constant(0);
    boolean countable = v != null && !v.dtype().isComplex() && !v.dtype().isQuantized();
    long rows = Shape.UNKNOWN;
    if (countable) {
      rows = 0;
      for (int i = 0; i < v.size(); i++) {
        rows += v.getDouble(i) != 0 ? 1 : 0;
      }
    }
    c.output(0, Shape.matrix(rows, c.input(0).rank()));
  }
}
