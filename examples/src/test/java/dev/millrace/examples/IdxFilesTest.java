package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFilesTest {
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;

  @TempDir private Path folder;

  /** Bytes of an IDX file: the elements count up from 0. */
  private static byte[] idx(int magic, int... dims) {
    int size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * dims.length + size).putInt(magic);
    for (int d : dims) {
      out.putInt(d);
    }
    for (int i = 0; i < size; i++) {
      out.put((byte) i);
    }
    return out.array();
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private LabelledImages read(byte[] images, byte[] labels) throws IOException {
    return IdxFiles.readLabelled(file("images", images), file("labels", labels));
  }

  @Test
  void readsImagesAndLabels() throws IOException {
    LabelledImages read = read(idx(IMAGES_MAGIC, 3, 10, 20), idx(LABELS_MAGIC, 3));
    assertThat(read.size()).isEqualTo(3);
    assertThat(read.pixels()[0]).hasSize(200).startsWith(0, 1 / 255f, 2 / 255f);
    assertThat(read.pixels()[1][55]).isEqualTo(255 / 255f);
    assertThat(read.pixels()[1][56]).isZero();
    assertThat(read.labels()).containsExactly(0, 1, 2);
  }

  @Test
  void readsZippedFilesWhateverTheirName() throws IOException {
    byte[] images = idx(IMAGES_MAGIC, 2, 2, 2);
    LabelledImages read = read(zipped(images), zipped(idx(LABELS_MAGIC, 2)));
    assertThat(read.pixels()[1]).containsExactly(4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f);
  }

  @Test
  void readsNoImages() throws IOException {
    assertThat(read(idx(IMAGES_MAGIC, 0, 28, 28), idx(LABELS_MAGIC, 0)).size()).isZero();
  }

  @Test
  void refusesAnotherMagicNumber() {
    assertThatThrownBy(() -> read(idx(LABELS_MAGIC, 3), idx(LABELS_MAGIC, 3)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("images")
                + " is not an IDX file of 3-dimensional bytes:"
                + " it starts with 0x00000801 instead of 0x00000803");
  }

  @Test
  void refusesFilesThatAreCutOff() {
    byte[] labels = idx(LABELS_MAGIC, 3);
    byte[] whole = idx(IMAGES_MAGIC, 3, 2, 2);
    for (int length : new int[] {0, 1, 3, 10, whole.length - 1}) {
      assertThatThrownBy(() -> read(Arrays.copyOf(whole, length), labels))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(folder.resolve("images") + " is cut off");
    }
  }

  @Test
  void refusesZippedFilesThatAreCutOff() throws IOException {
    byte[] zip = zipped(idx(IMAGES_MAGIC, 3, 20, 20));
    byte[] labels = idx(LABELS_MAGIC, 3);
    assertThatThrownBy(() -> read(Arrays.copyOf(zip, zip.length / 2), labels))
        .isInstanceOf(IOException.class)
        .hasMessage(folder.resolve("images") + " is cut off");
  }

  @Test
  void refusesFilesThatGoOn() {
    byte[] longer = Arrays.copyOf(idx(IMAGES_MAGIC, 1, 2, 2), 21);
    assertThatThrownBy(() -> read(longer, idx(LABELS_MAGIC, 1)))
        .isInstanceOf(IOException.class)
        .hasMessage(folder.resolve("images") + " goes on after its 4 elements");
  }

  @Test
  void refusesImpossibleSizes() {
    byte[] huge =
        ByteBuffer.allocate(16).putInt(IMAGES_MAGIC).putInt(1 << 20).putInt(1 << 20).array();
    assertThatThrownBy(() -> read(huge, idx(LABELS_MAGIC, 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("declares an impossible size: [1048576, 1048576]");
    byte[] negative = ByteBuffer.allocate(16).putInt(IMAGES_MAGIC).putInt(-1).array();
    assertThatThrownBy(() -> read(negative, idx(LABELS_MAGIC, 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("declares an impossible size: [-1]");
  }

  @Test
  void refusesAnotherNumberOfLabels() {
    assertThatThrownBy(() -> read(idx(IMAGES_MAGIC, 3, 2, 2), idx(LABELS_MAGIC, 4)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("images")
                + " has 3 images, but "
                + folder.resolve("labels")
                + " has 4 labels");
  }

  @Test
  void damagedFilesAreReportedAndNothingElse() throws IOException {
    Random random = new Random(1);
    byte[] plain = idx(IMAGES_MAGIC, 3, 4, 5);
    byte[] zip = zipped(plain);
    byte[] labels = idx(LABELS_MAGIC, 3);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] damaged = (i % 2 == 0 ? plain : zip).clone();
      damaged[random.nextInt(Math.min(damaged.length, 40))] = (byte) random.nextInt();
      damaged = Arrays.copyOf(damaged, damaged.length - random.nextInt(2));
      try {
        assertThat(read(damaged, labels).size()).isEqualTo(3);
      } catch (IOException e) {
        refused++;
        assertThat(e).hasMessageContaining(folder.toString());
      }
    }
    assertThat(refused).isBetween(500, 999);
  }

  @Test
  void findsTheTrainingAndTheTestSet() throws IOException {
    file("train-images-idx3-ubyte", idx(IMAGES_MAGIC, 6, 2, 2));
    file("train-labels-idx1-ubyte.gz", zipped(idx(LABELS_MAGIC, 6)));
    file("t10k-images-idx3-ubyte", idx(IMAGES_MAGIC, 4, 2, 2));
    file("t10k-labels-idx1-ubyte", idx(LABELS_MAGIC, 4));
    MnistData data = MnistData.read(folder);
    assertThat(data.train().size()).isEqualTo(6);
    assertThat(data.test().size()).isEqualTo(4);
    assertThat(data.atMost(5, 100).train().size()).isEqualTo(5);
    assertThat(data.atMost(5, 100).test().size()).isEqualTo(4);
  }

  @Test
  void dividesTheTestSetWhereItIsAlone() throws IOException {
    Path below = Files.createDirectory(folder.resolve("mnist"));
    Files.write(below.resolve("t10k-images-idx3-ubyte"), idx(IMAGES_MAGIC, 10, 2, 2));
    Files.write(below.resolve("t10k-labels-idx1-ubyte"), idx(LABELS_MAGIC, 10));
    MnistData data = MnistData.read(folder);
    assertThat(data.train().labels()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(data.test().labels()).containsExactly(8, 9);
  }

  @Test
  void tellsWhichFilesAreMissing() throws IOException {
    assertThatThrownBy(() -> MnistData.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no MNIST files in " + folder);
    file("t10k-images-idx3-ubyte", idx(IMAGES_MAGIC, 10, 2, 2));
    assertThatThrownBy(() -> MnistData.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessage(folder + " has t10k-images-idx3-ubyte but no t10k-labels-idx1-ubyte");
  }
}
