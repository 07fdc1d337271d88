package dev.millrace.graph.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.InvalidArgumentException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordFilesTest {
  @TempDir private Path folder;

  private static final byte[][] RECORDS = {
    "first".getBytes(StandardCharsets.UTF_8), {}, new byte[300]
  };

  private static List<byte[]> readAll(RecordReader in) throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (byte[] r = in.read(); r != null; r = in.read()) {
      all.add(r);
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsRead(Compression compression) throws IOException {
    Path file = folder.resolve("records");
    try (RecordWriter w = RecordWriter.create(file, compression)) {
      for (byte[] r : RECORDS) {
        w.write(r);
      }
    }
    try (RecordReader in = RecordReader.open(file, compression)) {
      assertThat(readAll(in)).containsExactly(RECORDS);
      assertThat(in.offset()).isEqualTo(3 * 16 + 305);
    }
    assertThat(Files.size(file)).isGreaterThan(50);
  }

  private static byte[] file(byte[]... records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RecordWriter w = new RecordWriter(out)) {
      for (byte[] r : records) {
        w.write(r);
      }
    }
    return out.toByteArray();
  }

  @Test
  void aFrameIsTensorFlows() throws IOException {
    byte[] got = file("abc".getBytes(StandardCharsets.UTF_8));
    // As TensorFlow's reader takes it: length, its masked checksum, the record, its masked
    // checksum.
    assertThat(got).hasSize(19);
    assertThat(HexFormat.of().formatHex(got, 0, 8)).isEqualTo("0300000000000000");
    assertThat(new String(got, 12, 3, StandardCharsets.UTF_8)).isEqualTo("abc");
  }

  @Test
  void damageIsFound() throws IOException {
    byte[] whole = file("abc".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2});
    for (int i = 0; i < whole.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] broken = whole.clone();
        broken[i] ^= (byte) (1 << bit);
        RecordReader in = new RecordReader(new ByteArrayInputStream(broken));
        assertThatThrownBy(() -> readAll(in)).isInstanceOf(DataLossException.class);
      }
    }
  }

  @Test
  void anEndWithinARecordIsFound() throws IOException {
    byte[] whole = file("abc".getBytes(StandardCharsets.UTF_8));
    for (int n = 1; n < whole.length; n++) {
      RecordReader in = new RecordReader(new ByteArrayInputStream(Arrays.copyOf(whole, n)));
      assertThatThrownBy(in::read)
          .isInstanceOf(DataLossException.class)
          .hasMessageContaining("the record at 0 is cut off");
    }
    assertThat(new RecordReader(new ByteArrayInputStream(new byte[0])).read()).isNull();
  }

  @Test
  void aCompressionThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> Compression.ofName("BZ2"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'', ZLIB or GZIP");
  }
}
