package dev.millrace.bench;

import dev.millrace.graph.InvalidArgumentException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** What a workload's {@code .properties} file says: how to run its graph. */
final class Manifest {
  private final Path file;
  private final Properties properties = new Properties();

  private Manifest(Path file) {
    this.file = file;
  }

  /**
   * Reads {@code folder/workload.properties}.
   *
   * @throws IOException if it cannot be read
   */
  static Manifest read(Path folder, String workload) throws IOException {
    Manifest m = new Manifest(folder.resolve(workload + ".properties"));
    if (!Files.isRegularFile(m.file)) {
      throw new IOException("there is no workload '" + workload + "': no file " + m.file);
    }
    try (Reader in = Files.newBufferedReader(m.file)) {
      m.properties.load(in);
    }
    return m;
  }

  /** The file of the graph. */
  Path graph() {
    return file.resolveSibling(required("graph"));
  }

  /** The names of the placeholders, in the order of feeding. */
  List<String> placeholders() {
    return list("placeholders");
  }

  /** The operations to run first, once. */
  List<String> initTargets() {
    return list("init.targets");
  }

  /** The operation that trains, or an empty string if the graph has none. */
  String trainTarget() {
    return properties.getProperty("train.target", "").strip();
  }

  /** The trainable variables, in the order of creation. */
  List<String> trainable() {
    return list("trainable");
  }

  /** The scalar to fetch. */
  String loss() {
    return required("loss");
  }

  /** Whether the inputs are made once, not copied in at each step. */
  boolean residentFeeds() {
    return properties.getProperty("feed", "copy").equals("resident");
  }

  int steps() {
    return number("bench.steps", 100);
  }

  int warmup() {
    return number("bench.warmup", 20);
  }

  private List<String> list(String key) {
    String value = properties.getProperty(key, "").strip();
    return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
  }

  private String required(String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new InvalidArgumentException(file + " does not tell the " + key);
    }
    return value.strip();
  }

  private int number(String key, int otherwise) {
    String value = properties.getProperty(key);
    try {
      return value == null ? otherwise : Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException(file + ": " + key + " is no number: " + value, e);
    }
  }
}
