package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.millrace.proto.ResourceHandleProto;
import dev.millrace.proto.TensorProto;
import dev.millrace.proto.TensorShapeProto;
import dev.millrace.proto.VariantTensorDataProto;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form in which TensorFlow writes a tensor, and our own. */
class TensorProtosTest {
  private static TensorValue read(String text) {
    return TensorProtos.read(proto(text));
  }

  private static TensorProto proto(String text) {
    TensorProto.Builder b = TensorProto.newBuilder();
    try {
      com.google.protobuf.TextFormat.merge(text, b);
    } catch (com.google.protobuf.TextFormat.ParseException e) {
      throw new IllegalArgumentException(text, e);
    }
    return b.build();
  }

  static TensorValue random(DataType t, Shape shape, Random r) {
    TensorValue v = TensorValue.zeros(t, shape);
    Object data = v.data();
    for (int i = 0; i < Array.getLength(data); i++) {
      if (data instanceof float[] a) {
        a[i] = Float.intBitsToFloat(r.nextInt());
      } else if (data instanceof double[] a) {
        a[i] = Double.longBitsToDouble(r.nextLong());
      } else if (data instanceof int[] a) {
        a[i] = r.nextInt();
      } else if (data instanceof long[] a) {
        a[i] = r.nextLong();
      } else if (data instanceof short[] a) {
        a[i] = (short) r.nextInt();
      } else if (t == DataType.BOOL) {
        ((byte[]) data)[i] = (byte) r.nextInt(2);
      } else if (data instanceof byte[] a) {
        a[i] = (byte) r.nextInt();
      } else if (data instanceof byte[][] a) {
        a[i] = new byte[r.nextInt(4)];
        r.nextBytes(a[i]);
      } else if (t == DataType.RESOURCE) {
        ((Object[]) data)[i] = ResourceHandleProto.newBuilder().setName("r" + i).build();
      } else {
        ((Object[]) data)[i] = VariantTensorDataProto.newBuilder().setTypeName("v" + i).build();
      }
    }
    return v;
  }

  @Property
  void whatIsWrittenIsReadAgain(
      @ForAll DataType t,
      @ForAll @Size(max = 3) List<@IntRange(max = 3) Integer> dims,
      @ForAll Random r) {
    Shape shape = Shape.of(dims.stream().mapToLong(d -> d).toArray());
    TensorValue v = random(t, shape, r);
    assertThat(TensorProtos.read(TensorProtos.write(v))).isEqualTo(v);
  }

  @ParameterizedTest
  @EnumSource
  void constantFilledValuesAreWrittenAsOneElement(DataType t) {
    TensorValue one = random(t, Shape.scalar(), new Random(3));
    int parts = t.isComplex() ? 2 : 1;
    Object many = Array.newInstance(one.data().getClass().getComponentType(), 100 * parts);
    for (int i = 0; i < 100 * parts; i++) {
      Array.set(many, i, Array.get(one.data(), i % parts));
    }
    TensorValue v = TensorValue.wrap(t, Shape.of(4, 25), many);
    TensorProto p = TensorProtos.write(v);
    assertThat(TensorProtos.read(p)).isEqualTo(v);
    if (t.isDense()) {
      assertThat(p.getSerializedSize()).isLessThan(50);
      assertThat(p.getTensorContent().size()).isZero();
    }
  }

  @Test
  void signedZerosAreNotOneValue() {
    TensorProto p = TensorProtos.write(TensorValue.ofFloats(0f, -0f));
    assertThat(p.getTensorContent().size()).isEqualTo(8);
    assertThat(TensorProtos.read(p)).isEqualTo(TensorValue.ofFloats(0f, -0f));
  }

  /** The forms that TensorFlow's Python writes. */
  @Test
  void denseNumbersAreBytes() {
    TensorProto p = TensorProtos.write(TensorValue.ofInts(1, 256));
    assertThat(p.getTensorContent().toByteArray()).containsExactly(1, 0, 0, 0, 0, 1, 0, 0);
    assertThat(p.getIntValCount()).isZero();
    assertThat(TensorProtos.write(TensorValue.of(7)).getIntVal(0)).isEqualTo(7);
    assertThat(TensorProtos.write(TensorValue.of(2.5f)).getFloatVal(0)).isEqualTo(2.5f);
    assertThat(TensorProtos.write(TensorValue.of("hi")).getStringVal(0).toStringUtf8())
        .isEqualTo("hi");
    assertThat(TensorProtos.write(TensorValue.of(1.0, DataType.FLOAT16)).getHalfVal(0))
        .isEqualTo(0x3c00);
    assertThat(TensorProtos.write(TensorValue.ofInts()).getSerializedSize())
        .isEqualTo(proto("dtype: DT_INT32 tensor_shape { dim {} }").getSerializedSize());
  }

  @ParameterizedTest
  @CsvSource({
    "DT_FLOAT,     'float_val: 1 float_val: 2',             1.0 2.0 2.0",
    "DT_DOUBLE,    'double_val: 1.5',                       1.5 1.5 1.5",
    "DT_INT32,     'int_val: [-1, 2, 3]',                   -1.0 2.0 3.0",
    "DT_INT16,     'int_val: -5',                           -5.0 -5.0 -5.0",
    "DT_INT8,      'int_val: -5',                           -5.0 -5.0 -5.0",
    "DT_UINT8,     'int_val: [1, 200]',                     1.0 200.0 200.0",
    "DT_UINT16,    'int_val: 60000',                        60000.0 60000.0 60000.0",
    "DT_QINT8,     'int_val: -5',                           -5.0 -5.0 -5.0",
    "DT_QUINT8,    'int_val: 250',                          250.0 250.0 250.0",
    "DT_QINT32,    'int_val: -5',                           -5.0 -5.0 -5.0",
    "DT_QINT16,    'int_val: -5',                           -5.0 -5.0 -5.0",
    "DT_QUINT16,   'int_val: 65535',                        65535.0 65535.0 65535.0",
    "DT_INT64,     'int64_val: -5000000000',                -5.0E9 -5.0E9 -5.0E9",
    "DT_UINT32,    'uint32_val: 4294967295',                4.294967295E9 4.294967295E9 4.294967295E9",
    "DT_UINT64,    'uint64_val: 9223372036854775808',       9.223372036854775808E18 9.223372036854775808E18 9.223372036854775808E18",
    "DT_BOOL,      'bool_val: [true, false]',               1.0 0.0 0.0",
    "DT_HALF,      'half_val: [15360, 49152]',              1.0 -2.0 -2.0",
    "DT_BFLOAT16,  'half_val: 16256',                       1.0 1.0 1.0",
    "DT_COMPLEX64, 'scomplex_val: [1, 2, 3, 4]',            1.0 3.0 3.0",
    "DT_COMPLEX128,'dcomplex_val: [5, 6]',                  5.0 5.0 5.0",
    "DT_FLOAT,     '',                                      0.0 0.0 0.0",
    "DT_BOOL,      '',                                      0.0 0.0 0.0",
    "DT_COMPLEX64, '',                                      0.0 0.0 0.0",
    "DT_FLOAT,     'float_val: [1, 2, 3, 4, 5]',            1.0 2.0 3.0",
    "DT_COMPLEX64, 'scomplex_val: [1, 2, 3]',               1.0 1.0 1.0",
  })
  void typedFieldsRepeatTheirLastValue(String dtype, String field, String want) {
    TensorValue v = read("dtype: " + dtype + " tensor_shape { dim { size: 3 } } " + field);
    double[] got = v.toDoubles();
    String[] wanted = want.split(" ", -1);
    assertThat(got).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(got[i]).isEqualTo(Double.parseDouble(wanted[i]));
    }
  }

  @Test
  void imaginaryPartsAreRepeatedToo() {
    assertThat(
            read("dtype: DT_COMPLEX64 tensor_shape { dim { size: 2 } } scomplex_val: [1, 2]")
                .floats())
        .containsExactly(1, 2, 1, 2);
    assertThat(
            read("dtype: DT_COMPLEX128 tensor_shape { dim { size: 2 } } dcomplex_val: [1, 2]")
                .doubles())
        .containsExactly(1, 2, 1, 2);
  }

  @Test
  void strings() {
    String two = "dtype: DT_STRING tensor_shape { dim { size: 2 } } ";
    assertThat(read(two + "string_val: 'a' string_val: 'b'").toJava())
        .isEqualTo(new String[] {"a", "b"});
    assertThat(read(two + "string_val: 'a'").toJava()).isEqualTo(new String[] {"a", "a"});
    assertThat(read(two).toJava()).isEqualTo(new String[] {"", ""});
    assertThat(read(two + "tensor_content: '\\001\\002abc'").toJava())
        .isEqualTo(new String[] {"a", "bc"});
    for (String content : List.of("\\001\\002ab", "\\001\\002abcd", "\\001", "\\377\\377")) {
      assertThatThrownBy(() -> read(two + "tensor_content: '" + content + "'"))
          .as(content)
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void handlesAndVariantsStayMessages() {
    TensorValue r = read("dtype: DT_RESOURCE resource_handle_val { name: 'v' container: 'c' }");
    assertThat(((ResourceHandleProto) r.objects()[0]).getName()).isEqualTo("v");
    TensorValue v = read("dtype: DT_VARIANT tensor_shape { dim { size: 2 } } variant_val {}");
    assertThat(v.objects()).containsOnly(VariantTensorDataProto.getDefaultInstance());
    assertThat(read("dtype: DT_VARIANT").objects())
        .containsOnly(VariantTensorDataProto.getDefaultInstance());
    TensorValue live = TensorValue.wrap(DataType.VARIANT, Shape.scalar(), new Object[] {"live"});
    assertThatThrownBy(() -> TensorProtos.write(live))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("lives in a session");
    assertThatThrownBy(() -> read("dtype: DT_RESOURCE tensor_content: 'x'"))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void everyDenseTypeIsReadFromBytes() {
    Random r = new Random(5);
    for (DataType t : DataType.values()) {
      if (!t.isDense()) {
        continue;
      }
      byte[] bytes = new byte[5 * t.size()];
      r.nextBytes(bytes);
      bytes[0] = 0;
      TensorProto p =
          TensorProto.newBuilder()
              .setDtypeValue(t.number())
              .setTensorShape(ShapeProtos.write(Shape.of(5)))
              .setTensorContent(ByteString.copyFrom(bytes))
              .build();
      TensorValue v = TensorProtos.read(p);
      if (t == DataType.BOOL) {
        assertThat(v.toLongs()).containsOnly(0, 1).hasSize(5);
      } else {
        assertThat(TensorProtos.write(v).getTensorContent()).isEqualTo(p.getTensorContent());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dtype: DT_INVALID float_val: 1",
        "dtype: DT_FLOAT_REF float_val: 1",
        "dtype: 24",
        "dtype: 100",
        "dtype: -1",
        "dtype: DT_FLOAT tensor_shape { unknown_rank: true }",
        "dtype: DT_FLOAT tensor_shape { unknown_rank: true dim { size: 1 } }",
        "dtype: DT_FLOAT tensor_shape { dim { size: -1 } }",
        "dtype: DT_FLOAT tensor_shape { dim { size: -2 } }",
        "dtype: DT_FLOAT tensor_content: '123'",
        "dtype: DT_FLOAT tensor_content: '12345'",
        "dtype: DT_FLOAT tensor_shape { dim { size: 0 } } tensor_content: '1234'",
        "dtype: DT_FLOAT tensor_shape { dim { size: 4611686018427387905 } } tensor_content: '1234'",
        "dtype: DT_FLOAT tensor_shape { dim { size: 4294967296 } dim { size: 4294967296 } }",
        "dtype: DT_STRING tensor_shape { dim { size: 1000000000 } } tensor_content: 'abc'",
      })
  void damagedTensorsAreRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void tooLargeAValueIsRefused() {
    assertThatThrownBy(
            () -> read("dtype: DT_INT8 tensor_shape { dim { size: 4294967296 } } int_val: 1"))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("too many");
    // More than the tests' heap has: an error like any other.
    assertThatThrownBy(
            () -> read("dtype: DT_DOUBLE tensor_shape { dim { size: 2147483000 } } double_val: 1"))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("no memory");
  }

  @Test
  void shapes() {
    for (Shape s : List.of(Shape.unknown(), Shape.scalar(), Shape.of(-1, 0, 1L << 40))) {
      assertThat(ShapeProtos.read(ShapeProtos.write(s))).isEqualTo(s);
    }
    TensorShapeProto.Builder many = TensorShapeProto.newBuilder();
    for (int i = 0; i < 255; i++) {
      many.addDimBuilder().setSize(1);
    }
    assertThatThrownBy(() -> ShapeProtos.read(many.build()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("254");
    assertThat(ShapeProtos.read(many.removeDim(0).build()).rank()).isEqualTo(254);
  }

  @Test
  void signallingNansKeepTheirBits() {
    int bits = 0xff972010;
    float nan = Float.intBitsToFloat(bits);
    for (DataType t : List.of(DataType.FLOAT32, DataType.COMPLEX64)) {
      int parts = t.isComplex() ? 2 : 1;
      float[] x = new float[parts];
      Arrays.fill(x, nan);
      TensorValue v = TensorValue.wrap(t, Shape.of(1), x);
      float[] again = TensorProtos.read(TensorProtos.write(v)).floats();
      assertThat(Float.floatToRawIntBits(again[parts - 1])).as(t.name()).isEqualTo(bits);
    }
  }
}
