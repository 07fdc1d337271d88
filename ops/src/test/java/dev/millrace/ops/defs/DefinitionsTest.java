package dev.millrace.ops.defs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.UnimplementedException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the definitions say beside shapes. */
class DefinitionsTest {
  private final Graph graph = new Graph();

  private Output placeholder(DataType t) {
    return graph
        .opBuilder("Placeholder", "x")
        .attr("dtype", t)
        .attr("shape", Shape.of(2, 2))
        .build()
        .output(0);
  }

  @Test
  void theProviderIsFound() {
    OpRegistry own = new OpRegistry();
    new StandardOps().register(own);
    assertThat(own.all()).isNotEmpty();
    assertThat(OpRegistry.global().all())
        .extracting(OpDef::name)
        .containsAll(own.all().stream().map(OpDef::name).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "Add, BOOL",
    "Sub, STRING",
    "Exp, INT32",
    "Erf, COMPLEX64",
    "Maximum, UINT8",
    "Abs, UINT8",
    "Softmax, INT32",
    "Less, COMPLEX64",
    "Less, STRING",
    "MatMul, INT8",
    "Relu, COMPLEX64",
    "DivNoNan, BFLOAT16",
    "L2Loss, INT32",
    "LogicalNot, INT32",
    "OnesLike, STRING",
    "CheckNumerics, INT32",
    "Xdivy, INT32",
    "Round, INT8",
    "Mod, UINT8",
    "Pow, INT16"
  })
  void refusesTheDtypesThatTensorFlowRefuses(String op, DataType t) {
    OpDef def = OpRegistry.global().get(op);
    Output x = placeholder(t);
    assertThatThrownBy(
            () -> {
              var b = graph.opBuilder(op, "op").input(x);
              if (def.inputs().size() == 2) {
                b.input(x);
              }
              if (def.attrs().containsKey("message")) {
                b.attr("message", "m");
              }
              b.build();
            })
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(op)
        .hasMessageContaining(t.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "Add, STRING",
    "Sub, UINT16",
    "Equal, STRING",
    "Equal, BOOL",
    "Less, UINT64",
    "Round, INT32",
    "Relu, UINT8",
    "NextAfter, FLOAT64",
    "MatMul, INT64",
    "Square, INT64",
    "Maximum, FLOAT16"
  })
  void takesTheDtypesThatTensorFlowTakes(String op, DataType t) {
    Output x = placeholder(t);
    var b = graph.opBuilder(op, "op").input(x);
    if (OpRegistry.global().get(op).inputs().size() == 2) {
      b.input(x);
    }
    assertThat(b.build().output(0).shape()).isEqualTo(Shape.of(2, 2));
  }

  @Test
  void neverConvertsADtypeSilently() {
    Output x = placeholder(DataType.FLOAT32);
    Output n = placeholder(DataType.INT32);
    assertThatThrownBy(() -> graph.opBuilder("Add", "sum").input(x).input(n).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("float32")
        .hasMessageContaining("int32")
        .hasMessageContaining("use cast");
  }

  @Test
  void randomAndStatefulOpsAreNeverMerged() {
    OpRegistry r = OpRegistry.global();
    for (String op :
        new String[] {
          "RandomUniform",
          "RandomUniformInt",
          "RandomStandardNormal",
          "TruncatedNormal",
          "VarHandleOp",
          "ReadVariableOp",
          "AssignVariableOp",
          "Assert",
          "CheckNumerics"
        }) {
      assertThat(r.get(op).isStateful()).as(op).isTrue();
    }
    assertThat(r.get("Identity").isStateful()).isFalse();
    assertThat(r.get("ReadVariableOp").isStateShape()).isTrue();
    assertThat(r.get("AddV2").isCommutative()).isTrue();
    assertThat(r.get("Sub").isCommutative()).isFalse();
  }

  @Test
  void defaultsAreTensorFlows() {
    assertThat(attr("Equal", "incompatible_shape_error")).isEqualTo(AttrValue.of(true));
    assertThat(attr("ArgMax", "output_type")).isEqualTo(AttrValue.of(DataType.INT64));
    assertThat(attr("LeakyRelu", "alpha")).isEqualTo(AttrValue.of(0.2f));
    assertThat(attr("OneHot", "axis")).isEqualTo(AttrValue.of(-1));
    assertThat(attr("BiasAdd", "data_format")).isEqualTo(AttrValue.of("NHWC"));
    assertThat(attr("Placeholder", "shape")).isEqualTo(AttrValue.of(Shape.unknown()));
    assertThat(attr("TopKV2", "sorted")).isEqualTo(AttrValue.of(true));
    assertThat(attr("ApproximateEqual", "tolerance")).isEqualTo(AttrValue.of(1e-5f));
    assertThat(attr("VarHandleOp", "shared_name")).isEqualTo(AttrValue.of(""));
    assertThat(attr("Squeeze", "squeeze_dims")).isEqualTo(AttrValue.ofInts());
  }

  private static AttrValue attr(String op, String name) {
    return OpRegistry.global().get(op).attrs().get(name).defaultValue();
  }

  @Test
  void theAxisOfAConcatDecidesItsShapeWhereverItStands() {
    OpDef concat = OpRegistry.global().get("ConcatV2");
    assertThat(concat.isValueInput(2, 3)).isTrue();
    assertThat(concat.isValueInput(2, 4)).isFalse();
    assertThat(concat.isValueInput(3, 4)).isTrue();
    assertThat(OpRegistry.global().get("Concat").isValueInput(0, 3)).isTrue();
    assertThat(OpRegistry.global().get("Range").isValueInput(1, 3)).isTrue();
  }

  @Test
  void aFormatThatIsNotThereIsRefused() {
    Output x = placeholder(DataType.FLOAT32);
    Output b =
        graph
            .opBuilder("Placeholder", "b")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(2))
            .build()
            .output(0);
    assertThatThrownBy(
            () ->
                graph
                    .opBuilder("BiasAdd", "add")
                    .input(x)
                    .input(b)
                    .attr("data_format", "NCWH")
                    .build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("NCWH");
  }

  @Test
  void aConstantMustBeOfItsDtype() {
    assertThatThrownBy(
            () ->
                graph
                    .opBuilder("Const", "c")
                    .attr("dtype", DataType.INT32)
                    .attr("value", dev.millrace.graph.TensorValue.of(1f))
                    .build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the value is float32");
  }

  @ParameterizedTest
  @CsvSource({
    "'1,2,2,1', '1,2,2,1', NCHW_VECT_C, packs of four",
    "'2,2,2,1', '2,2,2,1', NHWC, pooling over the batch",
    "'1,2,2,1', '2,2,2,1', NHWC, pooling over the batch"
  })
  void poolingThatNothingComputesIsRefused(
      String ksize, String strides, String format, String message) {
    Output x =
        graph
            .opBuilder("Placeholder", "images")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(2, 4, 4, 4))
            .build()
            .output(0);
    assertThatThrownBy(
            () ->
                graph
                    .opBuilder("MaxPool", "pool")
                    .input(x)
                    .attr("ksize", ints(ksize))
                    .attr("strides", ints(strides))
                    .attr("padding", "SAME")
                    .attr("data_format", format)
                    .build())
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("pool (MaxPool)")
        .hasMessageContaining("float32[2,4,4,4]")
        .hasMessageContaining(message);
  }

  private static AttrValue ints(String list) {
    return AttrValue.ofInts(
        Arrays.stream(list.split(",", -1)).mapToLong(Long::parseLong).toArray());
  }
}
