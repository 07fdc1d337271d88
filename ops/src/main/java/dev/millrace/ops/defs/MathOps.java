package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;

/** Element-wise arithmetic, comparison and logic; casts, sums of several tensors, choices. */
final class MathOps {
  private static final String FLOATS = "{bfloat16, half, float, double}";
  private static final String FLOATS_COMPLEX =
      "{bfloat16, half, float, double, complex64, complex128}";
  private static final String SIGNED_COMPLEX =
      "{bfloat16, half, float, double, int32, int64, complex64, complex128}";
  private static final String NARROW_COMPLEX = "{half, float, double, complex64, complex128}";
  private static final String ARITHMETIC =
      "{bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64,"
          + " complex128}";
  private static final String ADDABLE =
      "{bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}";
  private static final String ADDABLE_STRINGS =
      "{bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128,"
          + " string}";
  private static final String ORDERED = "{bfloat16, half, float, double, int32, int64}";
  private static final String EQUATABLE =
      "{bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, quint8, qint8,"
          + " qint32, string, bool, complex128}";
  private static final String SUMMABLE =
      "{float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32,"
          + " bfloat16, uint16, complex128, half, uint32, uint64, variant}";

  private MathOps() {}

  static void register(OpRegistry r) {
    unaries(r);
    binaries(r);
    comparisons(r);
    logic(r);
    several(r);
    ComplexOps.register(r);
  }

  private static void unaries(OpRegistry r) {
    unary(r, "{bfloat16, half, float, double, int8, int16, int32, int64}", "Abs");
    unary(r, SIGNED_COMPLEX, "Sign", "Square", "Reciprocal", "Inv", "Round");
    unary(r, SIGNED_COMPLEX, "Tan", "Asin", "Acos", "Atan");
    unary(r, FLOATS_COMPLEX, "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt");
    unary(r, FLOATS_COMPLEX, "Sin", "Cos", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh");
    unary(r, FLOATS_COMPLEX, "Sigmoid", "Tanh");
    unary(r, FLOATS, "Erf", "Erfc", "Lgamma", "Digamma", "Floor", "Ceil", "Rint");
    r.add(unary("Neg", SIGNED_COMPLEX).value(Values.unary(x -> -x)));
    for (String op : new String[] {"IsNan", "IsInf", "IsFinite"}) {
      r.add(
          OpDef.named(op)
              .inputs("x: T")
              .outputs("y: bool")
              .attrs("T: " + FLOATS)
              .shape(Shapes::unchanged));
    }
    for (String op :
        new String[] {
          "InvGrad", "ReciprocalGrad", "SqrtGrad", "RsqrtGrad", "SigmoidGrad", "TanhGrad"
        }) {
      r.add(
          OpDef.named(op)
              .inputs("y: T", "dy: T")
              .outputs("z: T")
              .attrs("T: " + FLOATS_COMPLEX)
              .shape(Shapes::allAlike));
    }
    r.add(
        OpDef.named("Cast")
            .inputs("x: SrcT")
            .outputs("y: DstT")
            .attrs("SrcT: type", "DstT: type", "Truncate: bool = false")
            .shape(Shapes::unchanged)
            .value(MathOps::castValue));
  }

  private static void unary(OpRegistry r, String types, String... ops) {
    for (String op : ops) {
      r.add(unary(op, types));
    }
  }

  private static OpDef.Builder unary(String op, String types) {
    return OpDef.named(op)
        .inputs("x: T")
        .outputs("y: T")
        .attrs("T: " + types)
        .shape(Shapes::unchanged);
  }

  private static void binaries(OpRegistry r) {
    r.add(binary("Add", ADDABLE_STRINGS).value(Values.binary((x, y) -> x + y)));
    r.add(binary("AddV2", ADDABLE).commutative().value(Values.binary((x, y) -> x + y)));
    r.add(binary("Sub", ARITHMETIC).value(Values.binary((x, y) -> x - y)));
    r.add(binary("Mul", ARITHMETIC).commutative().value(Values.binary((x, y) -> x * y)));
    r.add(binary("Div", ARITHMETIC).value(Values.division((x, y) -> x / y)));
    r.add(binary("RealDiv", ARITHMETIC));
    r.add(binary("FloorDiv", ARITHMETIC).value(Values.division(Math::floorDiv)));
    r.add(binary("TruncateDiv", ARITHMETIC).value(Values.division((x, y) -> x / y)));
    r.add(binary("Mod", ORDERED).value(Values.division((x, y) -> x % y)));
    r.add(binary("FloorMod", ORDERED).value(Values.division(Math::floorMod)));
    r.add(binary("TruncateMod", ORDERED).value(Values.division((x, y) -> x % y)));
    r.add(binary("Pow", SIGNED_COMPLEX));
    r.add(binary("SquaredDifference", SIGNED_COMPLEX).commutative());
    r.add(binary("Maximum", ORDERED).value(Values.binary(Math::max)));
    r.add(binary("Minimum", ORDERED).value(Values.binary(Math::min)));
    for (String op : new String[] {"DivNoNan", "MulNoNan", "Xdivy", "Xlogy"}) {
      r.add(binary(op, NARROW_COMPLEX));
    }
    r.add(
        OpDef.named("Atan2")
            .inputs("y: T", "x: T")
            .outputs("z: T")
            .attrs("T: " + FLOATS)
            .shape(Shapes::broadcast));
    r.add(
        OpDef.named("NextAfter")
            .inputs("x1: T", "x2: T")
            .outputs("output: T")
            .attrs("T: {double, float} = float")
            .shape(Shapes::broadcast));
  }

  private static OpDef.Builder binary(String op, String types) {
    return OpDef.named(op)
        .inputs("x: T", "y: T")
        .outputs("z: T")
        .attrs("T: " + types)
        .shape(Shapes::broadcast);
  }

  private static void comparisons(OpRegistry r) {
    for (String op : new String[] {"Less", "LessEqual", "Greater", "GreaterEqual"}) {
      r.add(
          OpDef.named(op)
              .inputs("x: T", "y: T")
              .outputs("z: bool")
              .attrs("T: realnumbertype")
              .shape(Shapes::broadcast));
    }
    for (String op : new String[] {"Equal", "NotEqual"}) {
      r.add(
          OpDef.named(op)
              .inputs("x: T", "y: T")
              .outputs("z: bool")
              .attrs("T: " + EQUATABLE, "incompatible_shape_error: bool = true")
              .commutative()
              .shape(MathOps::equalityShape));
    }
    r.add(
        OpDef.named("ApproximateEqual")
            .inputs("x: T", "y: T")
            .outputs("z: bool")
            .attrs("T: numbertype", "tolerance: float = 1e-05")
            .commutative()
            .shape(Shapes::allAlike));
  }

  /**
   * As broadcasting; but where it is asked for, inputs that do not broadcast are unequal as a
   * whole, and give one truth value.
   */
  private static void equalityShape(ShapeContext c) {
    if (c.attrs().getBool("incompatible_shape_error")) {
      Shapes.broadcast(c);
      return;
    }
    Shape x = c.input(0);
    Shape y = c.input(1);
    if (!x.hasRank() || !y.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    boolean open = false;
    for (int i = 1; i <= Math.min(x.rank(), y.rank()); i++) {
      long a = x.dim(-i);
      long b = y.dim(-i);
      if (a == 1 || b == 1 || (a == b && a != Shape.UNKNOWN)) {
        continue;
      }
      if (a != Shape.UNKNOWN && b != Shape.UNKNOWN) {
        c.output(0, Shape.scalar());
        return;
      }
      open = true;
    }
    c.output(0, open ? Shape.unknown() : x.broadcast(y));
  }

  private static void logic(OpRegistry r) {
    for (String op : new String[] {"LogicalAnd", "LogicalOr"}) {
      r.add(
          OpDef.named(op)
              .inputs("x: bool", "y: bool")
              .outputs("z: bool")
              .commutative()
              .shape(Shapes::broadcast));
    }
    r.add(OpDef.named("LogicalNot").inputs("x: bool").outputs("y: bool").shape(Shapes::unchanged));
    r.add(
        OpDef.named("Select")
            .inputs("condition: bool", "t: T", "e: T")
            .outputs("output: T")
            .attrs("T: type")
            .shape(MathOps::selectShape));
    r.add(
        OpDef.named("SelectV2")
            .inputs("condition: bool", "t: T", "e: T")
            .outputs("output: T")
            .attrs("T: type")
            .shape(c -> c.output(0, c.input(1).broadcast(c.input(2)).broadcast(c.input(0)))));
  }

  /** The condition is a scalar, or a vector that chooses rows, or of the choices' shape. */
  private static void selectShape(ShapeContext c) {
    Shape data = Shapes.merged(c, 1, 3);
    Shape cond = c.input(0);
    if (!cond.hasRank() || !data.hasRank() || cond.rank() == 0) {
      c.output(0, data);
    } else if (cond.rank() == 1 && data.rank() > 0) {
      long rows =
          Shapes.mergeDims(
              data.dim(0), cond.dim(0), "the rows of the choices and a condition that is a vector");
      c.output(0, data.withDim(0, rows));
    } else if (!data.isCompatibleWith(cond)) {
      throw new InvalidArgumentException(
          "the condition must be a scalar, a vector with one element a row, or of the choices'"
              + " shape "
              + data
              + ", but its shape is "
              + cond);
    } else {
      c.output(0, data.merge(cond));
    }
  }

  private static void several(OpRegistry r) {
    r.add(
        OpDef.named("AddN")
            .inputs("inputs: N * T")
            .outputs("sum: T")
            .attrs("N: int >= 1", "T: " + SUMMABLE)
            .commutative()
            .shape(Shapes::allAlike));
    r.add(
        OpDef.named("AccumulateNV2")
            .inputs("inputs: N * T")
            .outputs("sum: T")
            .attrs("N: int >= 1", "T: numbertype", "shape: shape")
            .commutative()
            .shape(
                c ->
                    c.output(
                        0,
                        Shapes.merged(c, 0, c.inputCount()).merge(c.attrs().getShape("shape")))));
    r.add(
        OpDef.named("ClipByValue")
            .inputs("t: T", "clip_value_min: T", "clip_value_max: T")
            .outputs("output: T")
            .attrs("T: numbertype")
            .shape(Shapes::unchanged));
  }

  private static KnownInts castValue(ShapeContext c, int output, Shape shape) {
    DataType to = c.outputType(output);
    KnownInts k = c.ints(0);
    if (k != null) {
      return c.inputType(0) == DataType.UINT64
          ? null
          : Values.unary(x -> x).value(c, output, shape);
    }
    TensorValue v = c.constant(0);
    if (v == null
        || !c.inputType(0).isFloating()
        || v.shape().rank() > 1
        || v.size() > KnownInts.MAX_SIZE) {
      return null;
    }
    KnownInts.Builder b = KnownInts.builder(v.shape().rank() == 0, v.size());
    for (int i = 0; i < v.size(); i++) {
      double x = v.getDouble(i);
      if (to == DataType.BOOL) {
        b.set(i, x != 0 ? 1 : 0);
      } else if (Math.abs(x) < Integer.MAX_VALUE && Values.wrap(to, (long) x) == (long) x) {
        // What a number outside the type becomes is the machine's affair.
        b.set(i, (long) x);
      }
    }
    return b.build();
  }
}
