package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataTypeTest {
  @ParameterizedTest
  @EnumSource
  void numberAndNamesLeadBack(DataType t) {
    assertThat(DataType.ofNumber(t.number())).isSameAs(t);
    assertThat(DataType.ofNumber(t.number() + DataType.REF_OFFSET)).isSameAs(t);
    assertThat(DataType.ofName(t.tfName())).isSameAs(t);
    assertThat(DataType.ofName(t.toString())).isSameAs(t);
    assertThat(DataType.ofName("DT_" + t.tfName().toUpperCase(Locale.ROOT))).isSameAs(t);
  }

  @ParameterizedTest
  @EnumSource
  void numbersAreThoseOfTheProtocolBuffers(DataType t) {
    assertThat(dev.millrace.proto.DataType.forNumber(t.number()).name())
        .isEqualTo("DT_" + t.tfName().toUpperCase(Locale.ROOT));
    assertThat(dev.millrace.proto.DataType.forNumber(t.number() + 100).name())
        .isEqualTo("DT_" + t.tfName().toUpperCase(Locale.ROOT) + "_REF");
  }

  @ParameterizedTest
  @EnumSource
  void elementsTakeTheBytesOfTheirArray(DataType t) {
    Object storage = TensorValue.newStorage(t, 3);
    int length = java.lang.reflect.Array.getLength(storage);
    int bytes =
        storage instanceof float[] || storage instanceof int[]
            ? 4
            : storage instanceof double[] || storage instanceof long[]
                ? 8
                : storage instanceof short[] ? 2 : storage instanceof byte[] ? 1 : 0;
    assertThat(length * bytes).isEqualTo(3 * t.size());
    assertThat(t.isDense()).isEqualTo(bytes > 0);
  }

  @Test
  void classesOfTypes() {
    Set<DataType> floating = EnumSet.noneOf(DataType.class);
    Set<DataType> integers = EnumSet.noneOf(DataType.class);
    for (DataType t : DataType.values()) {
      if (t.isFloating()) {
        floating.add(t);
      }
      if (t.isInteger()) {
        integers.add(t);
      }
      assertThat(t.isNumeric()).isEqualTo(t.isFloating() || t.isInteger() || t.isComplex());
      assertThat(t.isUnsigned()).isEqualTo(t.tfName().startsWith("uint"));
      assertThat(t.isQuantized()).isEqualTo(t.tfName().startsWith("q"));
    }
    assertThat(floating)
        .containsExactlyInAnyOrder(
            DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT32, DataType.FLOAT64);
    assertThat(integers)
        .extracting(DataType::tfName)
        .containsExactlyInAnyOrder(
            "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64");
  }

  @Test
  void strangersAreRefused() {
    for (int n : new int[] {-1, 0, 24, 100, 124, 201}) {
      assertThatThrownBy(() -> DataType.ofNumber(n))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(String.valueOf(n));
    }
    assertThatThrownBy(() -> DataType.ofName("float8"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("float8");
  }
}
