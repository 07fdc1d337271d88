package dev.millrace.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Digits to learn from and digits to test on: the MNIST files where a directory has them, or digits
 * drawn by {@link Digits}.
 *
 * @param train the images to learn from
 * @param test images that training never sees
 * @param source where they come from, for people
 */
public record MnistData(LabelledImages train, LabelledImages test, String source) {
  private static final String IMAGES = "-images-idx3-ubyte";
  private static final String LABELS = "-labels-idx1-ubyte";

  /** How many of the test set's images train where the training set is missing. */
  private static final double TRAINING_SHARE = 0.8;

  /**
   * Reads the MNIST database's own files, gzipped or not, from a directory or its subdirectory
   * {@code mnist}. Where only the test set (t10k) is there, its first 8,000 images train and the
   * last 2,000 test.
   *
   * @throws IOException if files are missing or damaged; the message says which
   */
  public static MnistData read(Path directory) throws IOException {
    LabelledImages test = readSet(directory, "t10k").orElseThrow(() -> missing(directory));
    Optional<LabelledImages> train = readSet(directory, "train");
    if (train.isPresent()) {
      return new MnistData(train.get(), test, "MNIST");
    }
    int border = (int) (test.size() * TRAINING_SHARE);
    return new MnistData(
        test.range(0, border), test.range(border, test.size()), "the MNIST test set, divided");
  }

  /** Draws digits, other ones for training and for testing. */
  public static MnistData drawn(int train, int test, long seed) {
    LabelledImages all = Digits.draw(train + test, seed);
    return new MnistData(all.range(0, train), all.range(train, train + test), "drawn digits");
  }

  /** The first images of each part, as many as asked for or as there are. */
  public MnistData atMost(int trainSize, int testSize) {
    return new MnistData(
        train.range(0, Math.min(trainSize, train.size())),
        test.range(0, Math.min(testSize, test.size())),
        source);
  }

  private static Optional<LabelledImages> readSet(Path directory, String name) throws IOException {
    Optional<Path> images = find(directory, name + IMAGES);
    Optional<Path> labels = find(directory, name + LABELS);
    if (images.isEmpty() && labels.isEmpty()) {
      return Optional.empty();
    }
    if (images.isEmpty() || labels.isEmpty()) {
      throw new IOException(
          directory
              + " has "
              + name
              + (images.isEmpty()
                  ? LABELS + " but no " + name + IMAGES
                  : IMAGES + " but no " + name + LABELS));
    }
    return Optional.of(IdxFiles.readLabelled(images.get(), labels.get()));
  }

  private static Optional<Path> find(Path directory, String name) {
    for (Path folder : new Path[] {directory, directory.resolve("mnist")}) {
      for (String suffix : new String[] {"", ".gz"}) {
        Path file = folder.resolve(name + suffix);
        if (Files.isRegularFile(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  private static IOException missing(Path directory) {
    return new IOException(
        "no MNIST files in "
            + directory
            + " or its folder mnist: at least t10k"
            + IMAGES
            + " and t10k"
            + LABELS
            + " (either may end in .gz) are needed");
  }
}
