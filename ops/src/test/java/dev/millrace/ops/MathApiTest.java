package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MathApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
  private final Tensor i = tf.placeholder("i", DataType.INT32, 3);
  private final Tensor p = tf.placeholder("p", DataType.BOOL, 3);
  private final int start = graph.size();

  /** A method of Tensor's with an operand. */
  interface Binary {
    Tensor of(Tensor x, Object y);
  }

  private static Arguments binary(String name, String type, DataType result, Binary f) {
    return Arguments.of(name, type, result, f);
  }

  static Stream<Arguments> binaries() {
    DataType f = DataType.FLOAT32;
    DataType b = DataType.BOOL;
    return Stream.of(
        binary("add", "AddV2", f, Tensor::add),
        binary("sub", "Sub", f, Tensor::sub),
        binary("mul", "Mul", f, Tensor::mul),
        binary("truediv", "RealDiv", f, Tensor::div),
        binary("floordiv", "FloorDiv", f, Tensor::floorDiv),
        binary("mod", "FloorMod", f, Tensor::mod),
        binary("pow", "Pow", f, Tensor::pow),
        binary("Maximum", "Maximum", f, Tensor::maximum),
        binary("Minimum", "Minimum", f, Tensor::minimum),
        binary("SquaredDifference", "SquaredDifference", f, Tensor::squaredDifference),
        binary("Less", "Less", b, Tensor::less),
        binary("LessEqual", "LessEqual", b, Tensor::lessEqual),
        binary("Greater", "Greater", b, Tensor::greater),
        binary("GreaterEqual", "GreaterEqual", b, Tensor::greaterEqual),
        binary("Equal", "Equal", b, Tensor::equal),
        binary("NotEqual", "NotEqual", b, Tensor::notEqual));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("binaries")
  void aNumberTakesTheDtypeOfTheTensorItMeets(String name, String type, DataType result, Binary f) {
    Tensor y = f.of(x, 2);

    assertThat(Nodes.since(graph, start))
        .containsExactly(name + "/y = Const()", name + " = " + type + "(x, " + name + "/y)");
    assertThat(graph.output(name + "/y").constantValue()).isEqualTo(TensorValue.of(2f));
    assertThat(y.dtype()).isEqualTo(result);
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("binaries")
  void twoTensorsNeedNoConstant(String name, String type, DataType result, Binary f) {
    f.of(x, x);
    f.of(x, x);

    assertThat(Nodes.since(graph, start))
        .containsExactly(name + " = " + type + "(x, x)", name + "_1 = " + type + "(x, x)");
  }

  private static Arguments unary(String type, UnaryOperator<Tensor> f) {
    return Arguments.of(type, f);
  }

  static Stream<Arguments> unaries() {
    return Stream.of(
        unary("Neg", Tensor::neg),
        unary("Abs", Tensor::abs),
        unary("Sign", Tensor::sign),
        unary("Square", Tensor::square),
        unary("Sqrt", Tensor::sqrt),
        unary("Rsqrt", Tensor::rsqrt),
        unary("Exp", Tensor::exp),
        unary("Expm1", Tensor::expm1),
        unary("Log", Tensor::log),
        unary("Log1p", Tensor::log1p),
        unary("Sin", Tensor::sin),
        unary("Cos", Tensor::cos),
        unary("Tan", Tensor::tan),
        unary("Asin", Tensor::asin),
        unary("Acos", Tensor::acos),
        unary("Atan", Tensor::atan),
        unary("Sinh", Tensor::sinh),
        unary("Cosh", Tensor::cosh),
        unary("Tanh", Tensor::tanh),
        unary("Asinh", Tensor::asinh),
        unary("Acosh", Tensor::acosh),
        unary("Atanh", Tensor::atanh),
        unary("Sigmoid", Tensor::sigmoid),
        unary("Erf", Tensor::erf),
        unary("Erfc", Tensor::erfc),
        unary("Lgamma", Tensor::lgamma),
        unary("Digamma", Tensor::digamma),
        unary("Floor", Tensor::floor),
        unary("Ceil", Tensor::ceil),
        unary("Rint", Tensor::rint),
        unary("Round", Tensor::round),
        unary("Reciprocal", Tensor::reciprocal),
        unary("Relu", Tensor::relu),
        unary("Relu6", Tensor::relu6),
        unary("Elu", Tensor::elu),
        unary("Selu", Tensor::selu),
        unary("Softplus", Tensor::softplus),
        unary("Softsign", Tensor::softsign),
        unary("Softmax", Tensor::softmax),
        unary("LogSoftmax", Tensor::logSoftmax),
        unary("Identity", Tensor::identity),
        unary("StopGradient", Tensor::stopGradient));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unaries")
  void functionsOfOneTensorAreNamedByTheirType(String type, UnaryOperator<Tensor> f) {
    Tensor y = f.apply(x);

    assertThat(Nodes.since(graph, start)).containsExactly(type + " = " + type + "(x)");
    assertThat(y.dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
  }

  @Test
  void predicatesAreBool() {
    assertThat(List.of(x.isNan(), x.isInf(), x.isFinite(), p.logicalNot()))
        .allMatch(t -> t.dtype() == DataType.BOOL)
        .extracting(t -> t.op().type())
        .containsExactly("IsNan", "IsInf", "IsFinite", "LogicalNot");
  }

  @Test
  void aNumberMayStandFirst() {
    Tensor y = tf.sub(1, x);

    assertThat(Nodes.since(graph, start)).containsExactly("sub/x = Const()", "sub = Sub(sub/x, x)");
    assertThat(graph.output("sub/x").dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
  }

  @Test
  void twoJavaValuesMakeATensor() {
    assertThat(tf.add(1, 2).dtype()).isEqualTo(DataType.INT32);
    assertThat(tf.add("a", "b").op().type()).isEqualTo("Add");
    assertThat(tf.exp(1.0)).hasToString("Tensor(\"Exp:0\", shape=[], dtype=float32)");
    assertThat(graph.findOperation("Exp/x")).isNotNull();
  }

  @Test
  void broadcastingIsChecked() {
    assertThat(x.add(new float[] {1, 2, 3}).shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(x.mul(tf.placeholder(DataType.FLOAT32, 4, 1, 3)).shape())
        .isEqualTo(Shape.of(4, -1, 3));
    assertThatThrownBy(() -> x.add(new float[] {1, 2}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[?,3] and [2] do not broadcast")
        .hasMessageContaining("add");
  }

  @Test
  void dtypesOfTensorsAreNeverMixed() {
    assertThatThrownBy(() -> x.add(i))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("input 'y' is int32, but T is float32 by input 'x'")
        .hasMessageContaining("use cast");
    assertThatThrownBy(() -> i.mul(2.5))
        .hasMessageContaining("the float64 value 2.5 does not become int32 by itself")
        .hasMessageContaining("cast");
    assertThatThrownBy(() -> x.add(true)).hasMessageContaining("bool");
    assertThatThrownBy(() -> x.add("a")).hasMessageContaining("string");
  }

  @Test
  void integersDivideToFloats() {
    Tensor y = i.div(2);

    assertThat(y.dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "truediv/y = Const()",
            "truediv/Cast = Cast(i)",
            "truediv/Cast_1 = Cast(truediv/y)",
            "truediv = RealDiv(truediv/Cast, truediv/Cast_1)");
    assertThat(tf.placeholder(DataType.UINT8).div(3).dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(i.floorDiv(2).dtype()).isEqualTo(DataType.INT32);
    assertThat(i.mod(2).dtype()).isEqualTo(DataType.INT32);
    assertThatThrownBy(() -> i.div(x)).hasMessageContaining("'y' is float32, but T is int32");
  }

  @Test
  void logicIsOfBools() {
    assertThat(p.logicalAnd(true).shape()).isEqualTo(Shape.of(3));
    p.logicalOr(p);
    int before = graph.size();
    p.logicalXor(p);

    assertThat(Nodes.since(graph, before))
        .containsExactly(
            "LogicalXor/LogicalOr = LogicalOr(p, p)",
            "LogicalXor/LogicalAnd = LogicalAnd(p, p)",
            "LogicalXor/LogicalNot = LogicalNot(LogicalXor/LogicalAnd)",
            "LogicalXor = LogicalAnd(LogicalXor/LogicalOr, LogicalXor/LogicalNot)");
    assertThatThrownBy(() -> x.logicalAnd(p)).hasMessageContaining("must be bool");
  }

  @Test
  void castAddsNothingWhereTheDtypeIsRight() {
    assertThat(x.cast(DataType.FLOAT32)).isSameAs(x);
    assertThat(tf.cast(3, DataType.INT32).op().type()).isEqualTo("Const");
    Tensor y = x.cast(DataType.INT64);
    assertThat(y.dtype()).isEqualTo(DataType.INT64);
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(i.round()).isSameAs(i);
  }

  @Test
  void addNTakesAList() {
    assertThat(tf.addN(List.of(x)).asOutput()).isEqualTo(x.asOutput());
    tf.addN(List.of(x, x, x));
    assertThat(Nodes.since(graph, start)).containsExactly("AddN = AddN(x, x, x)");
    assertThatThrownBy(() -> tf.addN(List.of())).hasMessageContaining("at least one tensor");
  }

  @Test
  void clippingIsMinimumThenMaximum() {
    Tensor y = x.clipByValue(-1, 1);

    assertThat(Nodes.since(graph, start))
        .containsExactly(
            "clip_by_value/Minimum/y = Const()",
            "clip_by_value/Minimum = Minimum(x, clip_by_value/Minimum/y)",
            "clip_by_value/y = Const()",
            "clip_by_value = Maximum(clip_by_value/Minimum, clip_by_value/y)");
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 3));
    Tensor wide = tf.placeholder(DataType.FLOAT32, 2, 5, 3);
    assertThatThrownBy(() -> x.clipByValue(wide, 1)).hasMessageContaining("stretch");
  }

  @Test
  void matricesMultiply() {
    Tensor w = tf.placeholder("w", DataType.FLOAT32, 3, 5);
    assertThat(x.matmul(w).shape()).isEqualTo(Shape.of(-1, 5));
    Tensor t = x.matmul(w, true, false);
    assertThat(t.op().type()).isEqualTo("MatMul");
    assertThat(t.op().attrs().getBool("transpose_a")).isTrue();
    assertThat(x.matmul(new double[][] {{1}, {2}, {3}}).shape()).isEqualTo(Shape.of(-1, 1));
    assertThat(graph.findOperation("MatMul_2/b")).isNotNull();
    Tensor five = tf.placeholder("five", DataType.FLOAT32, 5, 5);
    assertThatThrownBy(() -> x.matmul(five)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> x.matmul(tf.placeholder(DataType.FLOAT32, 3)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("rank 2");
    assertThatThrownBy(() -> x.matmul(tf.placeholder(DataType.FLOAT64, 3, 3)))
        .hasMessageContaining("float64");
  }

  @Test
  void batchesOfMatricesMultiply() {
    Tensor a = tf.placeholder("a", DataType.FLOAT32, 7, 1, 2, 3);
    Tensor b = tf.placeholder("b", DataType.FLOAT32, 4, 5, 3);

    Tensor y = a.matmul(b, false, true);

    assertThat(y.op().type()).isEqualTo("BatchMatMulV2");
    assertThat(y.op().attrs().getBool("adj_y")).isTrue();
    assertThat(y.shape()).isEqualTo(Shape.of(7, 4, 2, 5));
    Tensor unknown = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    assertThat(x.matmul(unknown).op().type()).isEqualTo("BatchMatMulV2");
  }
}
