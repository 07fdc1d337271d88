package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files under {@code npy} were written by NumPy 2.4. */
class NpyFilesTest {
  private static TensorValue resource(String name) throws IOException {
    try (InputStream in = NpyFilesTest.class.getResourceAsStream("/npy/" + name + ".npy")) {
      return NpyFiles.read(in);
    }
  }

  private static TensorValue value(DataType dtype, Object data, long... dims) {
    return TensorValue.wrap(dtype, Shape.of(dims), data);
  }

  @Test
  void readsFloats() throws IOException {
    assertThat(resource("f4_vector")).isEqualTo(TensorValue.ofFloats(0.1f, 0.2f, 1 / 3f));
    assertThat(resource("f8_special"))
        .isEqualTo(TensorValue.ofDoubles(Double.NEGATIVE_INFINITY, 1.25, -3, Double.NaN));
    assertThat(resource("f4_scalar")).isEqualTo(TensorValue.of(129.98f));
    assertThat(resource("f2_matrix").dtype()).isEqualTo(DataType.FLOAT16);
    assertThat(resource("f2_matrix").shape()).isEqualTo(Shape.of(2, 20));
  }

  @Test
  void readsBigEndianFiles() throws IOException {
    assertThat(resource("f8_big_endian"))
        .isEqualTo(value(DataType.FLOAT64, new double[] {1.5, -2.25, 1e3, 0.5}, 2, 2));
    assertThat(resource("i2_big_endian"))
        .isEqualTo(value(DataType.INT16, new short[] {-3, -2, -1, 0, 1, 2}, 6));
  }

  @Test
  void readsFortranOrder() throws IOException {
    float[] counting = new float[24];
    for (int i = 0; i < 24; i++) {
      counting[i] = i;
    }
    assertThat(resource("f4_fortran")).isEqualTo(value(DataType.FLOAT32, counting, 2, 3, 4));
    assertThat(resource("c8_fortran"))
        .isEqualTo(
            value(DataType.COMPLEX64, new float[] {0, 5, 1, 4, 2, 3, 3, 2, 4, 1, 5, 0}, 2, 3));
  }

  @Test
  void readsComplexNumbers() throws IOException {
    assertThat(resource("c16_vector"))
        .isEqualTo(value(DataType.COMPLEX128, new double[] {1, 2, 3.5, -1}, 2));
  }

  @Test
  void readsIntegersOfEveryWidth() throws IOException {
    assertThat(resource("i1_vector")).isEqualTo(value(DataType.INT8, new byte[] {-128, 127}, 2));
    assertThat(resource("u1_vector")).isEqualTo(value(DataType.UINT8, new byte[] {0, -1}, 2));
    assertThat(resource("u2_vector")).isEqualTo(value(DataType.UINT16, new short[] {0, -1}, 2));
    assertThat(resource("u4_vector")).isEqualTo(value(DataType.UINT32, new int[] {0, -1}, 2));
    assertThat(resource("u8_vector")).isEqualTo(value(DataType.UINT64, new long[] {-1, 1}, 2));
    assertThat(resource("i8_scalar")).isEqualTo(TensorValue.of(7L));
    assertThat(resource("i8_matrix"))
        .isEqualTo(value(DataType.INT64, new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 0, 1}, 2, 2));
  }

  @Test
  void readsBools() throws IOException {
    assertThat(resource("b1_vector")).isEqualTo(value(DataType.BOOL, new byte[] {1, 0}, 2));
  }

  @Test
  void readsByteStringsAndText() throws IOException {
    byte[] last = {'b', 'e', ' ', (byte) 0xff};
    assertThat(resource("s_vector"))
        .isEqualTo(value(DataType.STRING, new byte[][] {{'t', 'o'}, {}, last}, 3));
    TensorValue text = resource("u_matrix");
    assertThat(text.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(text.getString(0)).isEqualTo("a");
    assertThat(text.getString(1)).isEqualTo("\u00e9\ud83d\ude00");
    assertThat(text.getString(2)).isEmpty();
    assertThat(text.getString(3)).isEqualTo("xyz");
  }

  @Test
  void readsEmptyArraysAndVersion2() throws IOException {
    assertThat(resource("f4_empty")).isEqualTo(value(DataType.FLOAT32, new float[0], 0, 3));
    assertThat(resource("f4_version2"))
        .isEqualTo(value(DataType.FLOAT32, new float[] {1, 2, 3, 4}, 2, 2));
  }

  @Test
  void refusesWhatTensorsCannotHold() {
    assertThatThrownBy(() -> resource("object"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("|O");
    assertThatThrownBy(() -> resource("record"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("descr");
  }

  @Test
  void writesTheBytesThatNumpyWrites() throws IOException {
    for (String name :
        new String[] {
          "f4_vector",
          "f8_matrix",
          "f4_cube",
          "f4_scalar",
          "f2_matrix",
          "c16_vector",
          "i1_vector",
          "i8_matrix",
          "u2_vector",
          "u8_vector",
          "b1_vector",
          "f4_empty",
          "s_vector"
        }) {
      try (InputStream in = NpyFilesTest.class.getResourceAsStream("/npy/" + name + ".npy")) {
        byte[] numpy = in.readAllBytes();
        TensorValue value = NpyFiles.read(new ByteArrayInputStream(numpy));
        assertThat(NpyFiles.toBytes(value)).as(name).isEqualTo(numpy);
      }
    }
  }

  @Test
  void refusesToWriteWhatNumpyCannotHold() {
    TensorValue bfloat = TensorValue.zeros(DataType.BFLOAT16, Shape.vector(2));
    assertThatThrownBy(() -> NpyFiles.toBytes(bfloat))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("bfloat16");
    TensorValue zeroAtEnd = value(DataType.STRING, new byte[][] {{1, 0}}, 1);
    assertThatThrownBy(() -> NpyFiles.toBytes(zeroAtEnd))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("zero byte");
  }

  @Test
  void errorsNameTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.npy");
    Files.writeString(file, "no array at all");
    assertThatThrownBy(() -> NpyFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": not a .npy file");
    NpyFiles.write(file, TensorValue.ofInts(1, 2, 3));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> NpyFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": the file is cut off");
  }
}
