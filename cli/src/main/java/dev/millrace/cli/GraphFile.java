package dev.millrace.cli;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SavedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a path holds: a graph, a meta graph, or the meta graphs of a SavedModel. A file's name says
 * little ({@code .pb} is any of them), so its content does.
 *
 * @param kind what it is
 * @param path the file, or a SavedModel's directory
 * @param graphs the graphs; a plain one is in a meta graph that has nothing else
 */
record GraphFile(Kind kind, Path path, List<MetaGraphDef> graphs) {
  /** The forms of graphs on disk. */
  enum Kind {
    GRAPH,
    META_GRAPH,
    SAVED_MODEL
  }

  private static final List<String> MODEL_FILES = List.of("saved_model.pb", "saved_model.pbtxt");

  /**
   * Reads what is there.
   *
   * @throws NotFoundException if there is no such file, or a directory holds no SavedModel
   * @throws DataLossException if a file is damaged
   */
  static GraphFile read(Path path) {
    if (Files.isDirectory(path)) {
      for (String name : MODEL_FILES) {
        if (Files.exists(path.resolve(name))) {
          return model(path, path.resolve(name));
        }
      }
      throw new NotFoundException(
          "the directory " + path + " holds no SavedModel: no " + String.join(" or ", MODEL_FILES));
    }
    if (path.getFileName() != null && MODEL_FILES.contains(path.getFileName().toString())) {
      Path parent = path.toAbsolutePath().getParent();
      return model(parent, path);
    }
    MillraceException mistake = null;
    if (!path.toString().endsWith(".meta")) {
      try {
        GraphDef g = GraphFiles.read(path);
        if (isGraph(g)) {
          MetaGraphDef only = MetaGraphDef.newBuilder().setGraphDef(g).build();
          return new GraphFile(Kind.GRAPH, path, List.of(only));
        }
      } catch (DataLossException | InvalidArgumentException e) {
        mistake = e;
      }
    }
    try {
      MetaGraphDef m = GraphFiles.read(path, MetaGraphDef.getDefaultInstance());
      if (isGraph(m.getGraphDef())) {
        return new GraphFile(Kind.META_GRAPH, path, List.of(m));
      }
    } catch (DataLossException | InvalidArgumentException e) {
      mistake = mistake == null ? e : mistake;
    }
    throw mistake != null ? mistake : new DataLossException(path + " holds no graph");
  }

  private static GraphFile model(Path directory, Path file) {
    SavedModel m = GraphFiles.read(file, SavedModel.getDefaultInstance());
    return new GraphFile(Kind.SAVED_MODEL, directory, m.getMetaGraphsList());
  }

  /** Bytes of another message read as a graph give nodes without a type, or none. */
  private static boolean isGraph(GraphDef g) {
    return g.getNodeCount() > 0
        && g.getNodeList().stream().noneMatch(n -> n.getOp().isEmpty() || n.getName().isEmpty());
  }

  /**
   * The graph with just these tags; of a file that has only one, that one.
   *
   * @throws NotFoundException if there is none; the message tells which there are
   */
  MetaGraphDef tagged(Set<String> tags) {
    if (kind != Kind.SAVED_MODEL) {
      return graphs.get(0);
    }
    Set<List<String>> there = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    for (MetaGraphDef m : graphs) {
      Set<String> own = new TreeSet<>(m.getMetaInfoDef().getTagsList());
      if (own.equals(tags)) {
        return m;
      }
      there.add(List.copyOf(own));
    }
    throw new NotFoundException(
        "the model in " + path + " has no graph tagged " + tags + "; there are " + there);
  }
}
