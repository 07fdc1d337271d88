package dev.millrace.graph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataLossException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  @TempDir private Path dir;

  private final Random random = new Random(7);

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static void write(Path prefix, Map<String, TensorValue> values) {
    try (BundleWriter w = new BundleWriter(prefix)) {
      values.forEach(w::add);
      w.finish();
    }
  }

  private static void write(Path prefix, String name, TensorValue value) {
    write(prefix, Map.of(name, value));
  }

  @Test
  void everyDtypeComesBack() throws IOException {
    Map<String, TensorValue> values = new LinkedHashMap<>();
    for (DataType t : Tensors.dtypes()) {
      for (Shape s :
          List.of(Shape.scalar(), Shape.of(0), Shape.of(3, 0), Shape.of(2, 3, 5), Shape.of(999))) {
        values.put("scope/" + t + s, Tensors.random(t, s, random));
      }
    }
    values.put("ünïcode", TensorValue.of("é"));
    Path prefix = dir.resolve("model.ckpt-7");
    write(prefix, values);
    assertThat(files()).containsExactly("model.ckpt-7.data-00000-of-00001", "model.ckpt-7.index");
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      assertThat(r.entries().keySet()).containsExactlyInAnyOrderElementsOf(values.keySet());
      values.forEach(
          (name, v) -> {
            assertThat(r.read(name)).as(name).isEqualTo(v);
            assertThat(r.entry(name).shape()).isEqualTo(v.shape());
            assertThat(r.entry(name).dtype()).isEqualTo(v.dtype());
          });
      r.verify();
    }
  }

  /** So many that the index has several blocks, with names that share beginnings. */
  @Test
  void manyTensorsTakeSeveralBlocksOfTheIndex() {
    Map<String, TensorValue> values = new LinkedHashMap<>();
    for (int i = 0; i < 12_000; i++) {
      values.put("layer_" + i % 7 + "/cell/" + i + "/kernel/of/some/length", TensorValue.of(i));
    }
    Path prefix = dir.resolve("many");
    write(prefix, values);
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      assertThat(r.entries()).hasSize(values.size());
      values.forEach((name, v) -> assertThat(r.read(name)).isEqualTo(v));
    }
  }

  @Test
  void bytesGoInAndOutWithoutAValue() {
    TensorValue v = Tensors.random(DataType.FLOAT32, Shape.of(700, 1000), random);
    Path prefix = dir.resolve("direct");
    ByteBuffer memory = ByteBuffer.allocateDirect(4 * v.size()).order(ByteOrder.LITTLE_ENDIAN);
    memory.asFloatBuffer().put(v.floats());
    try (BundleWriter w = new BundleWriter(prefix)) {
      w.add("w", DataType.FLOAT32, v.shape(), to -> to.write(memory.duplicate()));
      w.add("s", TensorValue.of("text"));
      w.finish();
    }
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      assertThat(r.read("w")).isEqualTo(v);
      ByteBuffer back = ByteBuffer.allocateDirect(4 * v.size()).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(r.readBytes("w", back)).isTrue();
      assertThat(back.flip()).isEqualTo(memory);
      assertThat(r.readBytes("w", null)).isTrue();
      assertThat(r.readBytes("s", back)).isFalse();
      assertThatThrownBy(() -> r.readBytes("w", ByteBuffer.allocate(8)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("'w'")
          .hasMessageContaining("2800000 bytes");
    }
  }

  @Test
  void partsArePutTogether() {
    Shape full = Shape.of(5, 4, 3);
    TensorValue v = Tensors.random(DataType.COMPLEX64, full, random);
    TensorSlice top = TensorSlice.parse("0,2:-:-");
    TensorSlice left = TensorSlice.parse("2,3:0,1:-");
    TensorSlice right = TensorSlice.parse("2,3:1,3:-");
    Path prefix = dir.resolve("parts");
    try (BundleWriter w = new BundleWriter(prefix)) {
      for (TensorSlice s : List.of(right, top, left)) {
        w.addSlice("p", full, s, Boxes.cut(v, s));
      }
      w.addSlice("q", full, TensorSlice.parse("0,5:-:0,3"), v);
      w.finish();
    }
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      assertThat(r.entry("p").slices()).containsExactlyInAnyOrder(top, left, right);
      assertThat(r.entry("q").slices()).isEmpty();
      assertThat(r.read("p")).isEqualTo(v);
      assertThat(r.read("q")).isEqualTo(v);
      for (String s : List.of("0,2:-:-", "1,3:1,2:1,1", "-:-:2,1", "4,1:0,4:0,3", "-:-:-")) {
        TensorSlice slice = TensorSlice.parse(s);
        assertThat(r.read("p", slice)).as(s).isEqualTo(Boxes.cut(v, slice));
        assertThat(r.read("q", slice)).as(s).isEqualTo(Boxes.cut(v, slice));
      }
      assertThatThrownBy(() -> r.read("p", TensorSlice.parse("4,2:-:-")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("'p'")
          .hasMessageContaining("exceeds");
    }
  }

  @Test
  void aMissingPartIsDamage() {
    Path prefix = dir.resolve("hole");
    try (BundleWriter w = new BundleWriter(prefix)) {
      w.addSlice("p", Shape.of(4), TensorSlice.parse("0,2"), TensorValue.ofInts(1, 2));
      w.finish();
    }
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      assertThat(r.read("p", TensorSlice.parse("1,1"))).isEqualTo(TensorValue.ofInts(2));
      assertThatThrownBy(() -> r.read("p"))
          .isInstanceOf(DataLossException.class)
          .hasMessageContaining("'p'")
          .hasMessageContaining("2 elements");
    }
  }

  @Test
  void severalWritersMakeOneCheckpointOfSeveralFiles() throws IOException {
    Path a = dir.resolve("tmp/part-0");
    Path b = dir.resolve("tmp/part-1");
    try (BundleWriter w = new BundleWriter(a)) {
      w.add("x", TensorValue.of(1f));
      w.addSlice("p", Shape.of(3), TensorSlice.parse("0,1"), TensorValue.ofLongs(10));
      w.finish();
    }
    try (BundleWriter w = new BundleWriter(b)) {
      w.add("y", TensorValue.of("two"));
      w.addSlice("p", Shape.of(3), TensorSlice.parse("1,2"), TensorValue.ofLongs(20, 30));
      w.finish();
    }
    Path merged = dir.resolve("all");
    CheckpointFiles.merge(List.of(a, b), merged);
    assertThat(files())
        .containsExactly("all.data-00000-of-00002", "all.data-00001-of-00002", "all.index", "tmp");
    assertThat(CheckpointReader.exists(a)).isFalse();
    try (CheckpointReader r = CheckpointReader.open(merged)) {
      assertThat(r.read("x")).isEqualTo(TensorValue.of(1f));
      assertThat(r.read("y")).isEqualTo(TensorValue.of("two"));
      assertThat(r.read("p")).isEqualTo(TensorValue.ofLongs(10, 20, 30));
    }
    write(a, "x", TensorValue.of(2f));
    write(b, "x", TensorValue.of(3f));
    assertThatThrownBy(() -> CheckpointFiles.merge(List.of(a, b), merged))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("'x'");
  }

  /** The new data file has another name, so that the old checkpoint is whole until the last. */
  @Test
  void aCheckpointIsReplacedInOneInstant() throws IOException {
    Path prefix = dir.resolve("m");
    for (int i = 0; i < 5; i++) {
      TensorValue v = TensorValue.of(i);
      byte[] before = i == 0 ? null : Files.readAllBytes(dir.resolve("m.index"));
      try (BundleWriter w = new BundleWriter(prefix)) {
        w.add("i", v);
        if (i > 0) {
          assertThat(Files.readAllBytes(dir.resolve("m.index"))).isEqualTo(before);
          try (CheckpointReader r = CheckpointReader.open(prefix)) {
            assertThat(r.read("i")).isEqualTo(TensorValue.of(i - 1));
          }
        }
        w.finish();
      }
      String data = i % 2 == 0 ? "m.data-00000-of-00001" : "m.data-00001-of-00002";
      assertThat(files()).containsExactly(data, "m.index");
      try (CheckpointReader r = CheckpointReader.open(prefix)) {
        assertThat(r.read("i")).isEqualTo(v);
      }
    }
    CheckpointFiles.delete(prefix);
    assertThat(files()).isEmpty();
  }

  @Test
  void whatIsNotFinishedLeavesNothing() throws IOException {
    try (BundleWriter w = new BundleWriter(dir.resolve("m"))) {
      w.add("x", TensorValue.of(1));
    }
    assertThat(files()).isEmpty();
    Files.createFile(dir.resolve("m.data-00000-of-00001.tempstate999999999-ab"));
    Files.createFile(dir.resolve("m.index.tempstate999999999-ab"));
    Files.createFile(dir.resolve("m2.index.tempstate999999999-ab"));
    Files.createFile(dir.resolve("m.index.tempstate123"));
    write(dir.resolve("m"), "x", TensorValue.of(1));
    assertThat(files())
        .containsExactly(
            "m.data-00000-of-00001",
            "m.index",
            "m.index.tempstate123",
            "m2.index.tempstate999999999-ab");
  }

  @Test
  void wrongUseIsToldByName() {
    try (BundleWriter w = new BundleWriter(dir.resolve("m"))) {
      w.add("x", TensorValue.of(1));
      assertThatThrownBy(() -> w.add("x", TensorValue.of(2)))
          .isInstanceOf(AlreadyExistsException.class)
          .hasMessageContaining("'x'");
      assertThatThrownBy(
              () ->
                  w.add(
                      "short", DataType.INT32, Shape.of(2), to -> to.write(ByteBuffer.allocate(4))))
          .isInstanceOf(InternalException.class)
          .hasMessageContaining("'short' takes 8 bytes, but 4");
      assertThatThrownBy(() -> w.add("v", TensorValue.zeros(DataType.VARIANT, Shape.scalar())))
          .isInstanceOf(UnimplementedException.class)
          .hasMessageContaining("'v'");
      assertThatThrownBy(
              () ->
                  w.addSlice("p", Shape.of(2), TensorSlice.parse("0,1"), TensorValue.ofInts(1, 2)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("'p'");
    }
    write(dir.resolve("m"), "x", TensorValue.of(1));
    try (CheckpointReader r = CheckpointReader.open(dir.resolve("m"))) {
      assertThatThrownBy(() -> r.read("y"))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("no tensor 'y'");
    }
    assertThatThrownBy(() -> CheckpointReader.open(dir.resolve("other")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("other.index");
    assertThatThrownBy(() -> CheckpointReader.open(dir))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("directory");
  }

  @Test
  void slicesInTextAreChecked() {
    for (String bad :
        List.of("1", "1,2,3", "a,b", "0,0", "-1,2", ",", "0,2:", "1,9223372036854775807")) {
      assertThatThrownBy(() -> TensorSlice.parse(bad))
          .as(bad)
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThat(TensorSlice.parse("0,2:-:3,4")).hasToString("0,2:-:3,4");
    assertThat(TensorSlice.parse("").rank()).isEqualTo(0);
    assertThat(TensorSlice.read(TensorSlice.parse("0,2:-").write()))
        .isEqualTo(TensorSlice.parse("0,2:-"));
  }

  /** Every byte of both files flipped, one at a time, and both cut off at every length. */
  @Test
  void damageNeverGoesUnnoticed() throws IOException {
    Map<String, TensorValue> values =
        Map.of(
            "a", TensorValue.ofFloats(1, 2, 3),
            "b", TensorValue.of("some text"),
            "c", TensorValue.ofLongs(-1));
    Path prefix = dir.resolve("m");
    write(prefix, values);
    for (String f : List.of("m.index", "m.data-00000-of-00001")) {
      byte[] good = Files.readAllBytes(dir.resolve(f));
      int unnoticed = 0;
      for (int i = 0; i < good.length; i++) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) (1 << (i % 8));
        unnoticed += survives(prefix, dir.resolve(f), bad, values) ? 1 : 0;
        if (i % 7 == 0) {
          byte[] cut = java.util.Arrays.copyOf(good, i);
          assertThat(survives(prefix, dir.resolve(f), cut, values)).as("%s to %s", f, i).isFalse();
        }
      }
      // The footer is padded with bytes that mean nothing.
      assertThat(unnoticed).as(f).isLessThanOrEqualTo(f.endsWith("index") ? 36 : 0);
      Files.write(dir.resolve(f), good);
    }
  }

  /** Whether the damaged file reads as if it were not; damage must come as DATA_LOSS. */
  private static boolean survives(
      Path prefix, Path file, byte[] content, Map<String, TensorValue> values) throws IOException {
    Files.write(file, content);
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      for (Map.Entry<String, TensorValue> e : values.entrySet()) {
        assertThat(r.read(e.getKey())).isEqualTo(e.getValue());
      }
      return true;
    } catch (MillraceException e) {
      assertThat(e).isInstanceOf(DataLossException.class);
      if (file.toString().contains(".data")) {
        assertThat(e).hasMessageMatching("(?s).*tensor '[abc]'.*");
      }
      return false;
    }
  }

  @Test
  void aBlockMayBeCompressed() {
    byte[] text = "abcabcabcabcabcabc, and so on".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer b = ByteBuffer.allocate(100);
    b.put((byte) text.length); // the size
    b.put((byte) (2 << 2))
        .put("abc".getBytes(StandardCharsets.US_ASCII)); // three bytes as they are
    b.put((byte) (((11 - 4) << 2) | 1)).put((byte) 3); // 11 bytes from 3 back
    b.put((byte) ((3 << 2) | 2)).putShort(Short.reverseBytes((short) 6)); // 4 bytes from 6 back
    b.put((byte) (60 << 2)).put((byte) 10).put(", and so on".getBytes(StandardCharsets.US_ASCII));
    assertThat(Snappy.expand(b.duplicate().flip())).isEqualTo(text);
    for (int n = 0; n < b.position(); n++) {
      ByteBuffer cut = b.duplicate().flip().limit(n);
      assertThatThrownBy(() -> Snappy.expand(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theStateFileComesBack() throws IOException {
    assertThat(CheckpointStateFile.read(dir, CheckpointStateFile.NAME)).isEmpty();
    Path a = dir.resolve("m-1");
    Path b = Path.of("/elsewhere/m-2");
    CheckpointStateFile s = new CheckpointStateFile(b, List.of(a, b), List.of(1.5, 2.5), 1.0);
    s.write(dir, CheckpointStateFile.NAME);
    assertThat(CheckpointStateFile.read(dir, CheckpointStateFile.NAME)).contains(s);
    assertThat(Files.readString(dir.resolve("checkpoint")))
        .contains("model_checkpoint_path: \"/elsewhere/m-2\"")
        .contains("all_model_checkpoint_paths: \"m-1\"");
    Files.writeString(dir.resolve("checkpoint"), "model_checkpoint_path: m-1");
    assertThatThrownBy(() -> CheckpointStateFile.read(dir, CheckpointStateFile.NAME))
        .isInstanceOf(DataLossException.class);
  }
}
