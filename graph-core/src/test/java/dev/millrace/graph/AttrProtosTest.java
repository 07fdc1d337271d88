package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttrProtosTest {
  /** A value of any kind, functions and lists holding others. */
  @Provide
  static Arbitrary<AttrValue> attrs() {
    return Arbitraries.randomValue(r -> value(r, 3));
  }

  static AttrValue value(Random r, int depth) {
    int kind = r.nextInt(depth > 0 ? 10 : 7);
    if (kind == 7) {
      int itemKind = r.nextInt(8);
      int n = r.nextInt(4);
      return new AttrValue.ListAttr(
          java.util.stream.IntStream.range(0, n).mapToObj(i -> item(itemKind, r, depth)).toList());
    }
    return kind == 8 ? new AttrValue.Placeholder("T" + r.nextInt(3)) : item(kind, r, depth);
  }

  private static AttrValue item(int kind, Random r, int depth) {
    DataType[] types = DataType.values();
    return switch (kind) {
      case 0 -> {
        byte[] b = new byte[r.nextInt(5)];
        r.nextBytes(b);
        yield new AttrValue.Bytes(b);
      }
      case 1 -> AttrValue.of(r.nextLong());
      case 2 -> AttrValue.of(r.nextFloat());
      case 3 -> AttrValue.of(r.nextBoolean());
      case 4 -> AttrValue.of(types[r.nextInt(types.length)]);
      case 5 ->
          AttrValue.of(
              r.nextInt(4) == 0 ? Shape.unknown() : Shape.of(r.nextInt(3) - 1, r.nextInt(9)));
      case 6 ->
          AttrValue.of(
              TensorProtosTest.random(types[r.nextInt(types.length)], Shape.of(r.nextInt(3)), r));
      default ->
          new AttrValue.Func(
              "f" + r.nextInt(3),
              depth == 0 ? Map.of() : Map.of("a", value(r, depth - 1), "b", value(r, depth - 1)));
    };
  }

  @Property
  void whatIsWrittenIsReadAgain(@ForAll("attrs") AttrValue v) {
    assertThat(AttrProtos.read(AttrProtos.write(v))).isEqualTo(v);
  }

  private static AttrValue read(String text) {
    dev.millrace.proto.AttrValue.Builder b = dev.millrace.proto.AttrValue.newBuilder();
    try {
      TextFormat.merge(text, b);
    } catch (TextFormat.ParseException e) {
      throw new IllegalArgumentException(text, e);
    }
    return AttrProtos.read(b.build());
  }

  @Test
  void textForms() {
    assertThat(read("s: 'x'")).isEqualTo(AttrValue.of("x"));
    assertThat(read("i: -1")).isEqualTo(AttrValue.of(-1));
    assertThat(read("f: nan")).isEqualTo(AttrValue.of(Float.NaN));
    assertThat(read("b: false")).isEqualTo(AttrValue.of(false));
    assertThat(read("type: DT_HALF")).isEqualTo(AttrValue.of(DataType.FLOAT16));
    assertThat(read("type: DT_FLOAT_REF")).isEqualTo(AttrValue.of(DataType.FLOAT32));
    assertThat(read("shape { unknown_rank: true }")).isEqualTo(AttrValue.of(Shape.unknown()));
    assertThat(read("shape {}")).isEqualTo(AttrValue.of(Shape.scalar()));
    assertThat(read("list {}")).isEqualTo(new AttrValue.ListAttr(List.of()));
    assertThat(read("list { type: [DT_INT8, DT_BOOL_REF] }"))
        .isEqualTo(AttrValue.ofTypes(List.of(DataType.INT8, DataType.BOOL)));
    assertThat(read("placeholder: 'T'")).isEqualTo(new AttrValue.Placeholder("T"));
    assertThat(read("func { name: 'f' attr { key: 'T' value { type: DT_INT32 } } }"))
        .isEqualTo(new AttrValue.Func("f", Map.of("T", AttrValue.of(DataType.INT32))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "type: DT_INVALID",
        "type: 99",
        "list { type: 99 }",
        "list { i: 1 b: true }",
        "shape { dim { size: -7 } }",
        "tensor { dtype: DT_FLOAT tensor_content: 'x' }",
        "func { name: 'f' attr { key: 'a' value {} } }",
      })
  void damagedValuesAreRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void errorsNameTheAttribute() {
    assertThatThrownBy(
            () ->
                AttrProtos.readAll(
                    Map.of("strides", dev.millrace.proto.AttrValue.getDefaultInstance())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("attribute 'strides': it has no value");
    assertThat(
            AttrProtos.readAll(Map.of("_mark", dev.millrace.proto.AttrValue.getDefaultInstance())))
        .isEmpty();
  }

  @Test
  void aListCannotHoldLists() {
    AttrValue.ListAttr nested =
        new AttrValue.ListAttr(List.of(new AttrValue.ListAttr(List.of(AttrValue.of(1)))));
    assertThatThrownBy(() -> AttrProtos.write(nested)).isInstanceOf(InvalidArgumentException.class);
  }
}
