package dev.millrace.cli.conformance;

import dev.millrace.graph.GraphFiles;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One fixture: a file {@code family/OpType__variant.pb} with a graph, what to feed and what must
 * come out. {@link FixtureRunner} tells what its nodes mean.
 */
public final class FixtureCase {
  /** The nodes that are about the case, not under test. */
  private static final Pattern FIXED =
      Pattern.compile("(in|feed|out|want)/\\d+|init|step|step_count|tolerance|want_error");

  private static final String SUFFIX = ".pb";

  private final String name;
  private final Path file;

  private FixtureCase(String name, Path file) {
    this.name = name;
    this.file = file;
  }

  /**
   * The cases whose files lie in a folder and its subfolders, by name.
   *
   * @throws IOException if the folder cannot be read
   */
  public static List<FixtureCase> find(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> f.toString().endsWith(SUFFIX) && Files.isRegularFile(f))
          .map(f -> new FixtureCase(nameOf(folder.relativize(f)), f))
          .sorted((a, b) -> a.name.compareTo(b.name))
          .toList();
    }
  }

  private static String nameOf(Path relative) {
    String path = relative.toString().replace('\\', '/');
    return path.substring(0, path.length() - SUFFIX.length());
  }

  /** The file's path below the folder, without the ending: {@code array/ConcatV2__axis1}. */
  public String name() {
    return name;
  }

  /** The part of the name before the last slash; empty for a file in the folder itself. */
  public String family() {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }

  /**
   * Reads the case's graph.
   *
   * @throws dev.millrace.graph.MillraceException if it cannot be read
   */
  public GraphDef graph() {
    return GraphFiles.read(file);
  }

  /** The op types under test, those inside functions included. */
  public static Set<String> opTypes(GraphDef graph) {
    Set<String> types = new TreeSet<>();
    for (NodeDef n : graph.getNodeList()) {
      if (!FIXED.matcher(n.getName()).matches()) {
        types.add(n.getOp());
      }
    }
    List<FunctionDef> functions = graph.getLibrary().getFunctionList();
    functions.forEach(f -> f.getNodeDefList().forEach(n -> types.add(n.getOp())));
    functions.forEach(f -> types.remove(f.getSignature().getName())); // what calls one names it
    return types;
  }

  @Override
  public String toString() {
    return name;
  }
}
