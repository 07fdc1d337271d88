package dev.millrace.cli;

import dev.millrace.graph.Graph;
import dev.millrace.graph.ImportOptions;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.ops.MetaGraph;
import dev.millrace.proto.SignatureDef;
import dev.millrace.session.SavedModel;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A graph from a file with a session to run it, and what the file says about it. */
final class GraphSession implements AutoCloseable {
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private final Session session;
  private final Saver saver;
  private final Map<String, SignatureDef> signatures;

  private GraphSession(Session session, Saver saver, Map<String, SignatureDef> signatures) {
    this.session = session;
    this.saver = saver;
    this.signatures = signatures;
  }

  /**
   * Opens a graph; a SavedModel's variables are restored, and its initialisation is run.
   *
   * @param tags which graph of a SavedModel
   */
  static GraphSession open(GraphFile file, Set<String> tags, SessionOptions options) {
    if (file.kind() == GraphFile.Kind.SAVED_MODEL) {
      SavedModel m = SavedModel.load(file.path(), tags, options);
      return new GraphSession(m.session(), saver(m.metaGraph()), m.signatures());
    }
    MetaGraph m = MetaGraph.importInto(new Graph(), file.graphs().get(0), new ImportOptions());
    return new GraphSession(new Session(m.graph(), options), saver(m), m.signatures());
  }

  private static Saver saver(MetaGraph m) {
    return m.saverDef() == null ? null : Saver.of(m);
  }

  Session session() {
    return session;
  }

  Graph graph() {
    return session.graph();
  }

  /** The file's own saver, or null. */
  Saver saver() {
    return saver;
  }

  /** The ways to call the graph, by name. */
  Map<String, SignatureDef> signatures() {
    return signatures;
  }

  /** Restores by the file's saver, or else the variables whose names the checkpoint has. */
  void restore(Path checkpoint) {
    (saver == null ? byNames(checkpoint) : saver).restore(session, checkpoint);
  }

  private Saver byNames(Path checkpoint) {
    Map<String, Output> found = new TreeMap<>();
    try (CheckpointReader r = CheckpointReader.open(checkpoint)) {
      for (Operation op : graph().operations()) {
        if (VARIABLES.contains(op.type()) && r.contains(op.name())) {
          found.put(op.name(), op.output(0));
        }
      }
    }
    return Saver.builder(graph()).variables(found).allowEmpty(true).build();
  }

  @Override
  public void close() {
    session.close();
  }
}
