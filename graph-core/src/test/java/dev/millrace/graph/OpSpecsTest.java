package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.OpDef.AttrDef;
import dev.millrace.graph.OpDef.AttrKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The notation of op definitions. */
class OpSpecsTest {
  private static AttrDef attr(String spec) {
    return OpSpecs.attr(spec);
  }

  @ParameterizedTest
  @CsvSource({
    "a: string,       STRING, false",
    "a: int,          INT,    false",
    "a: float,        FLOAT,  false",
    "a: bool,         BOOL,   false",
    "a: type,         TYPE,   false",
    "a: shape,        SHAPE,  false",
    "a: tensor,       TENSOR, false",
    "a: func,         FUNC,   false",
    "a: list(int),    INT,    true",
    "a :list( type ), TYPE,   true",
    "a:list(func),    FUNC,   true",
  })
  void kinds(String spec, AttrKind kind, boolean list) {
    assertThat(attr(spec)).isEqualTo(new AttrDef("a", kind, list, null, null, null, null));
  }

  @Test
  void allowedValues() {
    assertThat(attr("T: {float, DT_INT32}").allowedTypes())
        .containsExactlyInAnyOrder(DataType.FLOAT32, DataType.INT32);
    assertThat(attr("T: list({half, string}) >= 2"))
        .isEqualTo(
            new AttrDef(
                "T",
                AttrKind.TYPE,
                true,
                Set.of(DataType.FLOAT16, DataType.STRING),
                null,
                2L,
                null));
    assertThat(attr("padding: {'SAME', \"VALID\"} = 'SAME'"))
        .isEqualTo(
            new AttrDef(
                "padding",
                AttrKind.STRING,
                false,
                null,
                Set.of("SAME", "VALID"),
                null,
                AttrValue.of("SAME")));
    assertThat(attr("T: realnumbertype").allowedTypes())
        .contains(DataType.INT8, DataType.BFLOAT16, DataType.UINT64)
        .doesNotContain(DataType.COMPLEX64, DataType.BOOL, DataType.QINT8);
    assertThat(attr("T: numbertype").allowedTypes())
        .contains(DataType.COMPLEX128, DataType.QINT32)
        .doesNotContain(DataType.BOOL, DataType.STRING);
    assertThat(attr("T: quantizedtype").allowedTypes()).hasSize(5);
  }

  @Test
  void defaults() {
    Map<String, AttrValue> want =
        Map.ofEntries(
            Map.entry("a: string = ''", AttrValue.of("")),
            Map.entry("a: string = 'x = y'", AttrValue.of("x = y")),
            Map.entry("a: int = -7", AttrValue.of(-7)),
            Map.entry("a: int >= 1 = 3", AttrValue.of(3)),
            Map.entry("a: float = 1e-4", AttrValue.of(1e-4f)),
            Map.entry("a: bool = true", AttrValue.of(true)),
            Map.entry("a: type = DT_INT64", AttrValue.of(DataType.INT64)),
            Map.entry("a: {float, half} = DT_HALF", AttrValue.of(DataType.FLOAT16)),
            Map.entry("a: shape = {}", AttrValue.of(Shape.scalar())),
            Map.entry("a: shape = { unknown_rank: true }", AttrValue.of(Shape.unknown())),
            Map.entry("a: list(int) = [1, -2]", AttrValue.ofInts(1, -2)),
            Map.entry("a: list(string) = []", AttrValue.ofStrings(List.of())),
            Map.entry("a: list(string) >= 1 = ['x']", AttrValue.ofStrings(List.of("x"))));
    want.forEach((spec, v) -> assertThat(attr(spec).defaultValue()).as(spec).isEqualTo(v));
    assertThat(attr("a: int >= 1 = 3").minimum()).isEqualTo(1);
  }

  @Test
  void arguments() {
    OpDef d =
        OpDef.named("X")
            .attrs("T: type", "N: int", "Ts: list(type)")
            .inputs("a: T", "b: float", "c: N * T", "d: N*int32", "e: Ts", "f: Ref(T)")
            .outputs("g: N * Ref(T)")
            .shape(c -> {})
            .build();
    assertThat(d.inputs())
        .containsExactly(
            new ArgDef("a", null, "T", null, null, false),
            new ArgDef("b", DataType.FLOAT32, null, null, null, false),
            new ArgDef("c", null, "T", "N", null, false),
            new ArgDef("d", DataType.INT32, null, "N", null, false),
            new ArgDef("e", null, null, null, "Ts", false),
            new ArgDef("f", null, "T", null, null, true));
    assertThat(d.outputs()).containsExactly(new ArgDef("g", null, "T", "N", null, true));
    assertThat(d.inputs())
        .extracting(ArgDef::isList)
        .containsExactly(false, false, true, true, true, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a: ",
        "a: strange",
        "a: int = x",
        "a: bool = yes",
        "a: string = x",
        "a: type = nil",
        "a: list(int) = 1",
        "a: shape = {3}",
        "a: tensor = 1",
        "a: {nil}",
        "a: int = ",
        ": int"
      })
  void mistakesAreFound(String spec) {
    assertThatThrownBy(() -> OpDef.named("X").attrs(spec).shape(c -> {}).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'X'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a: T", "a: N * float", "a: float float", "a: "})
  void argumentsMustBeWellFormed(String spec) {
    assertThatThrownBy(() -> OpDef.named("X").inputs(spec).shape(c -> {}).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'X'");
  }

  @Test
  void everyOpNeedsAShapeFunction() {
    assertThatThrownBy(() -> OpDef.named("X").build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no shape function");
  }

  @Test
  void aTypeIsDefinedOnce() {
    OpRegistry r = TestOps.registry();
    assertThatThrownBy(() -> r.add(OpDef.named("Const").shape(c -> {})))
        .isInstanceOf(AlreadyExistsException.class);
    assertThat(r.find("Const").attrs().keySet()).containsExactly("value", "dtype");
    assertThat(r.all()).extracting(OpDef::name).isSorted().contains("Const", "MatMul");
  }
}
