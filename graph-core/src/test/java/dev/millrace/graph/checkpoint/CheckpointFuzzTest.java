package dev.millrace.graph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.StatusCode;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged checkpoints: whatever is in the files, it is one of our errors, or what was saved. {@code
 * -Dmillrace.fuzz=100000} is the long form.
 */
class CheckpointFuzzTest {
  private static final int TIMES = Integer.getInteger("millrace.fuzz", 2500);
  private static final Duration LIMIT = Duration.ofMinutes(60);

  @TempDir private Path dir;

  private final Map<String, TensorValue> values = new LinkedHashMap<>();

  @BeforeEach
  void valuesToSave() {
    Random random = new Random(5);
    values.put("a", Tensors.random(DataType.FLOAT32, Shape.of(3, 5), random));
    values.put("b/strings", Tensors.random(DataType.STRING, Shape.of(4), random));
    values.put("c/flags", Tensors.random(DataType.BOOL, Shape.of(7), random));
    values.put("d", Tensors.random(DataType.INT64, Shape.of(4, 3), random));
  }

  private static byte[] damage(byte[] bytes, Random r) {
    byte[] b = bytes.clone();
    int times = 1 + r.nextInt(3);
    for (int i = 0; i < times && b.length > 0; i++) {
      int at = r.nextInt(b.length);
      switch (r.nextInt(8)) {
        case 0 -> b = Arrays.copyOf(b, at);
        case 1 -> b[at] = (byte) r.nextInt();
        case 2 -> b = splice(b, at, at + 1 + r.nextInt(6), new byte[0]);
        case 3 -> b = splice(b, at, at, new byte[] {(byte) r.nextInt(), (byte) r.nextInt()});
        case 4 -> b[at] = (byte) 0xff;
        default -> b[at] ^= (byte) (1 << r.nextInt(8));
      }
    }
    return b;
  }

  private static byte[] splice(byte[] b, int from, int to, byte[] piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(b, 0, from);
    out.writeBytes(piece);
    int rest = Math.min(to, b.length);
    out.write(b, rest, b.length - rest);
    return out.toByteArray();
  }

  private void fuzz(Path prefix, List<Path> files, boolean mayDiffer) throws IOException {
    List<byte[]> good = new ArrayList<>();
    for (Path f : files) {
      good.add(Files.readAllBytes(f));
    }
    int noticed = 0;
    for (int i = 0; i < TIMES; i++) {
      Random r = new Random(i);
      int which = r.nextInt(files.size());
      Files.write(files.get(which), damage(good.get(which), r));
      noticed += reads(prefix, i, mayDiffer) ? 0 : 1;
      Files.write(files.get(which), good.get(which));
    }
    assertThat(noticed).isGreaterThan(TIMES / 2);
    assertThat(reads(prefix, -1, false)).isTrue();
  }

  /** Whether everything comes out, as it was saved unless it {@code mayDiffer}. */
  private boolean reads(Path prefix, int seed, boolean mayDiffer) {
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      for (String name : List.copyOf(r.entries().keySet())) {
        r.readBytes(name, null);
        TensorValue v = r.read(name);
        if (!mayDiffer) {
          assertThat(v).as("seed %d, %s", seed, name).isEqualTo(values.get(name));
        }
      }
      return true;
    } catch (MillraceException e) {
      assertThat(e.code())
          .as("seed %d: %s", seed, e)
          .isIn(
              StatusCode.DATA_LOSS,
              StatusCode.UNIMPLEMENTED,
              StatusCode.RESOURCE_EXHAUSTED,
              StatusCode.NOT_FOUND);
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @Test
  void damagedBundles() {
    Path prefix = dir.resolve("m");
    try (BundleWriter w = new BundleWriter(prefix)) {
      values.forEach(w::add);
      w.finish();
    }
    List<Path> files = List.of(BundleFiles.index(prefix), BundleFiles.data(prefix, 0, 1));
    Assertions.assertTimeoutPreemptively(LIMIT, () -> fuzz(prefix, files, false));
  }

  @Test
  void damagedFilesOfVersion1() {
    Path prefix = dir.resolve("one");
    try (SliceFileWriter w = new SliceFileWriter(prefix)) {
      values.forEach((n, v) -> w.add(n, v.shape(), TensorSlice.all(v.shape().rank()), v));
      w.finish();
    }
    Assertions.assertTimeoutPreemptively(LIMIT, () -> fuzz(prefix, List.of(prefix), false));
  }

  /** Records that say strange things behind right checksums. */
  @Test
  void strangeRecords() throws IOException {
    Path two = dir.resolve("m");
    try (BundleWriter w = new BundleWriter(two)) {
      values.forEach(w::add);
      w.addSlice("p", Shape.of(2), TensorSlice.parse("0,1"), TensorValue.ofInts(1));
      w.addSlice("p", Shape.of(2), TensorSlice.parse("1,1"), TensorValue.ofInts(2));
      w.finish();
    }
    Path one = dir.resolve("one");
    try (SliceFileWriter w = new SliceFileWriter(one)) {
      values.forEach((n, v) -> w.add(n, v.shape(), TensorSlice.all(v.shape().rank()), v));
      w.finish();
    }
    for (Path table : List.of(BundleFiles.index(two), one)) {
      Path prefix = table.equals(one) ? one : two;
      byte[] good = Files.readAllBytes(table);
      SortedMap<byte[], byte[]> records = records(table);
      Assertions.assertTimeoutPreemptively(
          LIMIT,
          () -> {
            for (int i = 0; i < TIMES; i++) {
              Files.write(table, damaged(records, new Random(i)));
              reads(prefix, i, true);
            }
          });
      Files.write(table, good);
      assertThat(reads(prefix, -1, true)).isTrue();
    }
  }

  private static SortedMap<byte[], byte[]> records(Path table) throws IOException {
    TreeMap<byte[], byte[]> all = new TreeMap<>(SortedTable::compare);
    try (TableReader t = new TableReader(table)) {
      for (int i = 0; i < t.blocks(); i++) {
        for (TableReader.Entry e : t.read(i)) {
          byte[] v = new byte[e.value().remaining()];
          e.value().duplicate().get(v);
          all.put(e.key(), v);
        }
      }
    }
    return all;
  }

  private static byte[] damaged(SortedMap<byte[], byte[]> records, Random r) throws IOException {
    TreeMap<byte[], byte[]> bad = new TreeMap<>(records);
    List<byte[]> keys = new ArrayList<>(records.keySet());
    byte[] key = keys.get(r.nextInt(keys.size()));
    byte[] value = bad.remove(key);
    boolean inKey = r.nextInt(5) == 0;
    bad.put(inKey ? damage(key, r) : key, inKey ? value : damage(value, r));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TableWriter w = new TableWriter(out);
    for (Map.Entry<byte[], byte[]> e : bad.entrySet()) {
      w.add(e.getKey(), e.getValue());
    }
    w.finish();
    return out.toByteArray();
  }

  @Test
  void damagedStateFiles() throws IOException {
    Path a = dir.resolve("m-1");
    new CheckpointStateFile(a, List.of(a, dir.resolve("m-2")), List.of(1.0, 2.0), 3)
        .write(dir, CheckpointStateFile.NAME);
    byte[] good = Files.readAllBytes(dir.resolve(CheckpointStateFile.NAME));
    for (int i = 0; i < TIMES; i++) {
      Files.write(dir.resolve(CheckpointStateFile.NAME), damage(good, new Random(i)));
      try {
        CheckpointStateFile.read(dir, CheckpointStateFile.NAME);
      } catch (MillraceException e) {
        assertThat(e.code()).isEqualTo(StatusCode.DATA_LOSS);
      }
    }
    assertThat(new String(good, StandardCharsets.UTF_8)).contains("m-1");
  }

  @Test
  void noise() {
    Random r = new Random(9);
    for (int i = 0; i < TIMES; i++) {
      byte[] b = new byte[r.nextInt(60)];
      r.nextBytes(b);
      try {
        Snappy.expand(ByteBuffer.wrap(b));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }
}
