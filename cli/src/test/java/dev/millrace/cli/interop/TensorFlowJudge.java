package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * TensorFlow 1.15.0, running graphs in a JVM of its own. There with the Maven profile {@code
 * interop} only.
 */
final class TensorFlowJudge {
  private static final String JARS = System.getProperty("millrace.interop.jars", "");

  private TensorFlowJudge() {}

  /** Whether TensorFlow is there. */
  static boolean isPresent() {
    return !JARS.isEmpty();
  }

  /**
   * What TensorFlow gives for each graph, by name; {@code Judge} says what a graph looks like.
   *
   * @param work an empty folder
   * @throws IOException if TensorFlow does not run, or fails on a graph
   */
  static Map<String, List<TensorValue>> run(Map<String, GraphDef> graphs, Path work)
      throws IOException, InterruptedException {
    Map<String, String> refused = new LinkedHashMap<>();
    Map<String, List<TensorValue>> results = run(graphs, work, refused);
    for (Map.Entry<String, String> e : refused.entrySet()) {
      throw new IOException("TensorFlow fails on " + e.getKey() + ": " + e.getValue());
    }
    return results;
  }

  /**
   * What TensorFlow gives for each graph, by name.
   *
   * @param work an empty folder
   * @param refused gets the messages of graphs on which TensorFlow fails, by name
   * @throws IOException if TensorFlow does not run
   */
  static Map<String, List<TensorValue>> run(
      Map<String, GraphDef> graphs, Path work, Map<String, String> refused)
      throws IOException, InterruptedException {
    Path in = Files.createDirectories(work.resolve("graphs"));
    for (Map.Entry<String, GraphDef> g : graphs.entrySet()) {
      GraphFiles.write(in.resolve(g.getKey() + ".pb"), g.getValue());
    }
    return judge(graphs.keySet(), in, work, refused);
  }

  /**
   * What TensorFlow gives for each SavedModel, by name.
   *
   * @param models the directories
   * @param tags those of the graph to load, in each
   * @param work an empty folder
   * @throws IOException if TensorFlow does not run, or fails on a model
   */
  static Map<String, List<TensorValue>> runModels(Map<String, Path> models, String tags, Path work)
      throws IOException, InterruptedException {
    Path in = Files.createDirectories(work.resolve("graphs"));
    for (Map.Entry<String, Path> m : models.entrySet()) {
      Files.writeString(in.resolve(m.getKey() + ".model"), m.getValue() + "\n" + tags + "\n");
    }
    Map<String, String> refused = new LinkedHashMap<>();
    Map<String, List<TensorValue>> results = judge(models.keySet(), in, work, refused);
    if (!refused.isEmpty()) {
      throw new IOException("TensorFlow fails: " + refused);
    }
    return results;
  }

  private static Map<String, List<TensorValue>> judge(
      Set<String> names, Path in, Path work, Map<String, String> refused)
      throws IOException, InterruptedException {
    Path out = Files.createDirectories(work.resolve("results"));
    Path log = work.resolve("tensorflow.log");
    Process p =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                JARS + File.separator + "*",
                Path.of("src", "interop", "Judge.java").toString(),
                in.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (p.waitFor() != 0) {
      throw new IOException("TensorFlow did not run: " + Files.readString(log));
    }
    Map<String, List<TensorValue>> results = new LinkedHashMap<>();
    for (String name : names) {
      List<TensorValue> values = read(name, out.resolve(name + ".out"), refused);
      if (values != null) {
        results.put(name, values);
      }
    }
    return results;
  }

  private static List<TensorValue> read(String name, Path file, Map<String, String> refused)
      throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      int n = in.readInt();
      if (n < 0) {
        refused.put(name, in.readUTF() + ": " + in.readUTF());
        return null;
      }
      List<TensorValue> values = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        values.add(readTensor(in));
      }
      return values;
    }
  }

  private static TensorValue readTensor(DataInputStream in) throws IOException {
    DataType dtype = DataType.ofName(in.readUTF());
    long[] dims = new long[in.readInt()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = in.readLong();
    }
    if (dtype == DataType.STRING) {
      TensorValue v = TensorValue.zeros(dtype, Shape.of(dims));
      for (int i = 0; i < v.size(); i++) {
        v.strings()[i] = in.readNBytes(in.readInt());
      }
      return v;
    }
    ByteBuffer b = ByteBuffer.wrap(in.readNBytes(in.readInt())).order(ByteOrder.nativeOrder());
    TensorValue v = TensorValue.zeros(dtype, Shape.of(dims));
    Object d = v.data();
    if (d instanceof float[] a) {
      b.asFloatBuffer().get(a);
    } else if (d instanceof double[] a) {
      b.asDoubleBuffer().get(a);
    } else if (d instanceof int[] a) {
      b.asIntBuffer().get(a);
    } else if (d instanceof long[] a) {
      b.asLongBuffer().get(a);
    } else if (d instanceof byte[] a) {
      b.get(a);
    } else {
      throw new IOException("results of " + dtype + " are not read");
    }
    return v;
  }
}
