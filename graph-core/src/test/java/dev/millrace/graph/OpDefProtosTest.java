package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpDefProtosTest {
  private static OpDef read(String text) {
    dev.millrace.proto.OpDef.Builder b = dev.millrace.proto.OpDef.newBuilder();
    try {
      TextFormat.merge(text, b);
    } catch (TextFormat.ParseException e) {
      throw new IllegalArgumentException(text, e);
    }
    return OpDefProtos.read(b.build());
  }

  @Test
  void definitionsComeBack() {
    for (OpDef d : TestOps.registry().all()) {
      OpDef r = OpDefProtos.read(OpDefProtos.write(d));
      assertThat(r.name()).isEqualTo(d.name());
      assertThat(r.inputs()).isEqualTo(d.inputs());
      assertThat(r.outputs()).isEqualTo(d.outputs());
      assertThat(r.attrs()).isEqualTo(d.attrs());
      assertThat(r.attrs().keySet()).containsExactlyElementsOf(d.attrs().keySet());
      assertThat(r.isStateful()).isEqualTo(d.isStateful());
      assertThat(r.isCommutative()).isEqualTo(d.isCommutative());
    }
  }

  @Test
  void referenceTypesMakeReferences() {
    OpDef d = read("name: 'X' input_arg { name: 'x' type: DT_FLOAT_REF }");
    assertThat(d.inputs().get(0).isRef()).isTrue();
    assertThat(d.inputs().get(0).type()).isEqualTo(DataType.FLOAT32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input_arg { name: 'x' }",
        "input_arg { name: 'x' type: DT_FLOAT type_attr: 'T' }",
        "input_arg { name: 'x' type_attr: 'T' }",
        "input_arg { name: 'x' type_list_attr: 'T' } attr { name: 'T' type: 'type' }",
        "input_arg { name: 'x' type: DT_FLOAT number_attr: 'N' } attr { name: 'N' type: 'bool' }",
        "output_arg { name: 'x' type: 99 }",
        "attr { name: 'a' type: 'strange' }",
        "attr { name: 'a' type: 'list(strange)' }",
        "attr { name: 'a' type: 'int' default_value { type: 99 } }",
      })
  void damagedDefinitionsAreRefused(String text) {
    assertThatThrownBy(() -> read("name: 'X' " + text))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'X'");
  }
}
