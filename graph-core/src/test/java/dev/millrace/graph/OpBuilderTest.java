package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What building a node finds out, and what it says where something is wrong. */
class OpBuilderTest {
  private final Graph g = TestOps.graph();
  private Output f23;
  private Output f32;
  private Output i2;

  @BeforeEach
  void inputs() {
    f23 = TestOps.placeholder(g, "f23", DataType.FLOAT32, Shape.of(2, 3));
    f32 = TestOps.placeholder(g, "f32", DataType.FLOAT32, Shape.of(3, 2));
    i2 = TestOps.placeholder(g, "i2", DataType.INT32, Shape.of(2));
  }

  /** The message names the node with its scope, the op type and the inputs with type and shape. */
  private AbstractThrowableAssert<?, ? extends Throwable> failure(OpBuilder b) {
    int before = g.size();
    AbstractThrowableAssert<?, ? extends Throwable> a =
        assertThatThrownBy(b::build)
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("layer/bad")
            .satisfies(e -> assertThat(((MillraceException) e).nodeName()).isEqualTo("layer/bad"));
    assertThat(g.size()).isEqualTo(before);
    return a;
  }

  private OpBuilder bad(String type) {
    g.nameScope("layer/");
    return g.opBuilder(type, "bad");
  }

  @Test
  void typesAndLengthsFollowFromTheInputs() {
    Operation pack = g.opBuilder("Pack", "pack").inputList(List.of(f23, f23)).build();
    assertThat(pack.attrs().getInt("N")).isEqualTo(2);
    assertThat(pack.attrs().getType("T")).isEqualTo(DataType.FLOAT32);
    assertThat(pack.attrs().getInt("axis")).isZero();
    assertThat(pack.output(0).shape()).isEqualTo(Shape.of(2, 2, 3));

    Operation many = g.opBuilder("IdentityN", "many").inputList(List.of(f23, i2)).build();
    assertThat(many.attrs().getTypes("T")).containsExactly(DataType.FLOAT32, DataType.INT32);
    assertThat(many.outputs())
        .extracting(Output::dtype)
        .containsExactly(DataType.FLOAT32, DataType.INT32);
    assertThat(many.output(1).shape()).isEqualTo(Shape.of(2));

    Operation split = g.opBuilder("Split", "split").input(f23).attr("num_split", 3).build();
    assertThat(split.outputs()).hasSize(3).extracting(Output::name).contains("split:2");
  }

  @Test
  void flatInputsAreDividedByTheAttributes() {
    Operation pack =
        g.opBuilder("Pack", "pack").flatInputs(List.of(f23, f23, f23)).attr("N", 3).build();
    assertThat(pack.inputs()).containsExactly(f23, f23, f23);
    failure(bad("Pack").flatInputs(List.of(f23, f23)))
        .hasMessageContaining("attribute 'N', which tells the length of 'values', is missing");
    failure(bad("Pack").flatInputs(List.of(f23)).attr("N", 2))
        .hasMessageContaining("input 'values' takes 2 tensors, but 1 are left");
    failure(bad("Pack").flatInputs(List.of(f23, f23)).attr("N", 1))
        .hasMessageContaining("takes 1 inputs, not 2");
    failure(bad("Pack").flatInputs(List.of(f23)).attr("N", -1))
        .hasMessageContaining("takes -1 tensors");
    failure(bad("Pack").flatInputs(List.of(f23)).attr("N", (1L << 32) + 1))
        .hasMessageContaining("takes 4294967297 tensors");
  }

  @Test
  void shapesThatDoNotFit() {
    failure(bad("MatMul").input(f23).input(f23))
        .hasMessageContaining("MatMul: the inner dimensions differ: [2,3] times [2,3]")
        .hasMessageContaining("node:   layer/bad (MatMul)")
        .hasMessageContaining("inputs: f23:0 float32[2,3], f23:0 float32[2,3]");
    failure(bad("MatMul").input(f23).input(TestOps.constant(g, "v", new float[] {1})))
        .hasMessageContaining("input 1 must be of rank 2, but its shape is [1]");
  }

  @Test
  void dtypesThatDoNotFit() {
    failure(bad("Add").input(f23).input(i2))
        .hasMessageContaining("input 'y' is int32, but T is float32 by input 'x'")
        .hasMessageContaining("use cast");
    failure(bad("Add").input(f23).input(f23).attr("T", DataType.FLOAT64))
        .hasMessageContaining("input 'x' is float32, but T is float64");
    failure(bad("LoopCond").input(f23))
        .hasMessageContaining("input 'input' must be bool, but 'f23:0' is float32");
    Output b = TestOps.placeholder(g, "b", DataType.BOOL, Shape.scalar());
    failure(bad("Add").input(b).input(b))
        .hasMessageContaining("dtype bool of 'T' is not among those it takes");
    failure(bad("Assign").input(f23).input(f23))
        .hasMessageContaining("input 'ref' must be a reference to a variable");
    failure(bad("Pack").inputList(List.of(f23, i2)))
        .hasMessageContaining("input 'values' is int32, but T is float32");
    failure(
            bad("IdentityN")
                .inputList(List.of(f23))
                .attr("T", AttrValue.ofTypes(List.of(DataType.INT32))))
        .hasMessageContaining("must have the dtypes of attribute 'T'");
  }

  @Test
  void inputsMissingOrTooMany() {
    failure(bad("MatMul").input(f23)).hasMessageContaining("input 'b' is missing; got 1 of 2");
    failure(bad("MatMul").input(f23).input(f32).input(f32))
        .hasMessageContaining("takes 2 inputs, not 3");
    failure(bad("MatMul").inputList(List.of(f23, f32)))
        .hasMessageContaining("input 'a' is one tensor, not a list");
    failure(bad("Pack").input(f23)).hasMessageContaining("input 'values' is a list of tensors");
    failure(bad("Pack")).hasMessageContaining("input 'values' is a list of tensors");
    failure(bad("Pack").inputList(List.<Output>of()))
        .hasMessageContaining("attribute 'T' must be given");
    failure(bad("Pack").inputList(List.<Output>of()).attr("T", DataType.INT32))
        .hasMessageContaining("attribute 'N' must be at least 1, not 0");
  }

  @Test
  void inputsOfOtherGraphs() {
    Output other = TestOps.placeholder(TestOps.graph(), "other");
    failure(bad("Identity").input(other)).hasMessageContaining("'other:0' is of another graph");
  }

  @Test
  void attributesThatDoNotFit() {
    failure(bad("MatMul").input(f23).input(f32).attr("transposed", true))
        .hasMessageContaining("there is no attribute 'transposed'")
        .hasMessageContaining("transpose_a");
    failure(bad("MatMul").input(f23).input(f32).attr("transpose_a", 1))
        .hasMessageContaining("attribute 'transpose_a' must be a BOOL");
    failure(bad("Split").input(f23)).hasMessageContaining("attribute 'num_split' must be given");
    failure(bad("Split").input(f23).attr("num_split", 0))
        .hasMessageContaining("attribute 'num_split' must be at least 1, not 0");
    failure(bad("Split").input(f23).attr("num_split", 1L << 31))
        .hasMessageContaining("a list of 2147483648 tensors");
    failure(
            bad("Pool")
                .input(f23)
                .attr("padding", "FULL")
                .attr("ksize", AttrValue.ofInts(1, 2, 2, 1)))
        .hasMessageContaining("attribute 'padding' must be one of [SAME, VALID], not 'FULL'");
    failure(bad("Pool").input(f23).attr("padding", "SAME").attr("ksize", AttrValue.ofInts(2, 2)))
        .hasMessageContaining("attribute 'ksize' needs at least 4 items, not 2");
    failure(bad("Pool").input(f23).attr("padding", "SAME").attr("ksize", 2))
        .hasMessageContaining("attribute 'ksize' must be a list");
    failure(
            bad("Pool")
                .input(f23)
                .attr("padding", AttrValue.ofStrings(List.of("SAME")))
                .attr("ksize", AttrValue.ofInts(1, 2, 2, 1)))
        .hasMessageContaining("attribute 'padding' must not be a list");
  }

  @Test
  void everyKindOfAttribute() {
    AttrValue.Func f = new AttrValue.Func("f", Map.of("T", AttrValue.of(DataType.INT32)));
    Operation op =
        g.opBuilder("Attributes", "a")
            .attr("tensor", TensorValue.of(1))
            .attr("func", f)
            .attr("lf", new AttrValue.ListAttr(List.of(AttrValue.of(1f))))
            .attr("lshape", AttrValue.ofShapes(List.of(Shape.of(1, -1))))
            .attr("_hidden", AttrValue.ofInts(5))
            .build();
    assertThat(op.attrs().getString("s")).isEqualTo("text");
    assertThat(op.attrs().getInt("i")).isEqualTo(-3);
    assertThat(op.attrs().getFloat("f")).isEqualTo(1.5f);
    assertThat(op.attrs().getBool("b")).isTrue();
    assertThat(op.attrs().getType("type")).isEqualTo(DataType.FLOAT32);
    assertThat(op.attrs().getShape("shape")).isEqualTo(Shape.scalar());
    assertThat(op.attrs().getInts("li")).containsExactly(1, 2);
    assertThat(op.attrs().getFloats("lf")).containsExactly(1f);
    assertThat(op.attrs().getShapes("lshape")).containsExactly(Shape.of(1, -1));
    assertThat(op.attrs().getTensor("tensor")).isEqualTo(TensorValue.of(1));
    assertThat(op.attrs().getFunc("func")).isEqualTo(f);
    assertThat(op.attrs().getInts("_hidden")).containsExactly(5);
    assertThatThrownBy(() -> op.attrs().getInt("s"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("not of the kind Int");
    assertThatThrownBy(() -> op.attrs().getStrings("li"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("not of the kind Bytes");
    assertThatThrownBy(() -> op.attrs().getInt("none"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no attribute 'none'");
  }

  @Test
  void attributesDoNotChangeWithTheArraysTheyWereMadeOf() {
    byte[] raw = {1, 2};
    AttrValue.Bytes v = new AttrValue.Bytes(raw);
    raw[0] = 9;
    v.value()[1] = 9;
    assertThat(v.value()).containsExactly(1, 2);
    assertThat(v).isEqualTo(new AttrValue.Bytes(new byte[] {1, 2}));
  }

  @Test
  void aShapeFunctionThatFailsIsAnInternalErrorOfThatNode() {
    assertThatThrownBy(() -> g.opBuilder("Broken", "bad").input(f23).build())
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("the shape function of Broken failed")
        .hasMessageContaining("node:   bad (Broken)")
        .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aShapeFunctionMayAskForTheValuesItListsOnly() {
    OpRegistry r = TestOps.registry();
    r.add(OpDef.named("Nosy").inputs("x: int32").outputs("y: int32").shape(c -> c.ints(0)));
    Graph graph = new Graph(r);
    Output x = TestOps.constant(graph, "x", 1);
    assertThatThrownBy(() -> graph.opBuilder("Nosy", "n").input(x).build())
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("asks for the value of input 0");
  }

  @Test
  void sizesTooLargeToComputeWith() {
    OpRegistry r = TestOps.registry();
    r.add(
        OpDef.named("Flat")
            .inputs("x: T")
            .outputs("y: T")
            .attrs("T: type")
            .shape(c -> c.output(0, Shape.vector(Math.multiplyExact(c.input(0).dim(0), 4L)))));
    Graph graph = new Graph(r);
    Output x = TestOps.placeholder(graph, "x", DataType.FLOAT32, Shape.of(1L << 62));
    assertThatThrownBy(() -> graph.opBuilder("Flat", "bad").input(x).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("too large");
  }
}
