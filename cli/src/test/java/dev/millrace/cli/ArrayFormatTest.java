package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayFormatTest {
  /** The {@code .txt} files are what NumPy printed of the arrays beside them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f4_vector",
        "f8_exponents",
        "f8_small",
        "f8_mixed_scale",
        "f8_matrix",
        "f4_summarized",
        "f4_cube",
        "f4_wrapped",
        "f8_special",
        "f8_only_special",
        "f8_negative_zero",
        "f4_scalar",
        "f4_whole_scalar",
        "f8_tiny_scalar",
        "f2_matrix",
        "f8_big_endian",
        "f4_fortran",
        "c16_vector",
        "c8_fortran",
        "i1_vector",
        "i2_big_endian",
        "i4_summarized",
        "i8_scalar",
        "i8_matrix",
        "u1_vector",
        "u2_vector",
        "u4_vector",
        "u8_vector",
        "b1_vector"
      })
  void printsAsNumpyDoes(String name) throws IOException {
    try (InputStream npy = ArrayFormatTest.class.getResourceAsStream("/npy/" + name + ".npy");
        InputStream txt = ArrayFormatTest.class.getResourceAsStream("/npy/" + name + ".txt")) {
      String want = new String(txt.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(ArrayFormat.format(NpyFiles.read(npy))).isEqualTo(want);
    }
  }

  @Test
  void printsTextInQuotes() {
    assertThat(ArrayFormat.format(TensorValue.of("say \"no\"\n")))
        .isEqualTo("\"say \\\"no\\\"\\n\"");
    assertThat(ArrayFormat.format(TensorValue.of(new String[] {"a", ""})))
        .isEqualTo("[\"a\" \"\"]");
  }

  @Test
  void printsTheShapeOfEmptyMatrices() {
    assertThat(ArrayFormat.format(TensorValue.ofFloats())).isEqualTo("[]");
    TensorValue v = TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3));
    assertThat(ArrayFormat.format(v)).isEqualTo("[] of shape [0,3]");
  }

  @Test
  void printsBfloat16WithTheFewestDigits() {
    TensorValue v = TensorValue.of(new float[] {0.1f, 2.5f}, DataType.BFLOAT16);
    assertThat(ArrayFormat.format(v)).isEqualTo("[0.1 2.5]");
  }
}
