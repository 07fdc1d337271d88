package dev.millrace.session;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.checkpoint.BundleWriter;
import dev.millrace.graph.checkpoint.CheckpointFiles;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.graph.checkpoint.CheckpointStateFile;
import dev.millrace.ops.MetaGraph;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.SaverDef;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Saves variables to checkpoints that TensorFlow reads, and restores them from its own.
 *
 * <pre>{@code
 * Saver saver = Saver.of(graph);
 * saver.save(session, Path.of("models/m"), step);             // models/m-1000.index and so on
 * saver.restore(session, Saver.latestCheckpoint(Path.of("models")).orElseThrow());
 * }</pre>
 *
 * <p>A checkpoint appears in one instant: killed at any time, the program leaves the one before as
 * it was, and the file {@code checkpoint} naming it. Values go from and to the session's memory
 * directly, in pieces. What is restored is first read and verified whole, so that a failure leaves
 * the variables as they were.
 *
 * <p>A saver of an imported meta graph does what the graph's own nodes do: directly, where they
 * save and restore variables under constant names, else by running them. Not safe for use by
 * several threads at once.
 */
public final class Saver {
  private final Graph graph;
  private final List<SavedTensor> saved; // null where the graph's nodes save
  private final List<SavedTensor> restored; // null where they restore
  private final SaverDef def;
  private final boolean reshape;
  private final boolean padStep;
  private final KeptCheckpoints kept;

  Saver(SaverBuilder b, List<SavedTensor> saved, List<SavedTensor> restored, SaverDef def) {
    this.graph = b.graph;
    this.saved = saved == null ? null : List.copyOf(saved);
    this.restored = restored == null ? null : List.copyOf(restored);
    this.def = def;
    this.reshape = b.reshape;
    this.padStep = b.padStep;
    this.kept =
        new KeptCheckpoints(def.getMaxToKeep(), def.getKeepCheckpointEveryNHours(), b.clock);
  }

  /**
   * A saver of all global variables of the graph, which keeps the latest five checkpoints. It adds
   * the nodes by which TensorFlow saves and restores to the graph, in the scope {@code save}.
   *
   * @throws InvalidArgumentException if there are no variables
   */
  public static Saver of(Graph graph) {
    return new SaverBuilder(graph).build();
  }

  /** Begins a saver, to say what it saves, under what names, and what is kept. */
  public static SaverBuilder builder(Graph graph) {
    return new SaverBuilder(graph);
  }

  /**
   * The saver that a meta graph brings.
   *
   * @throws NotFoundException if it brings none
   */
  public static Saver of(MetaGraph meta) {
    SaverDef d = meta.saverDef();
    if (d == null) {
      throw new NotFoundException(
          "the meta graph has no saver; Saver.of(graph) makes one of the graph's variables");
    }
    return of(meta.graph(), d);
  }

  /** A saver that does what the nodes which {@code def} names do. */
  public static Saver of(Graph graph, SaverDef def) {
    graph.output(def.getFilenameTensorName());
    graph.output(def.getSaveTensorName());
    graph.operation(def.getRestoreOpName());
    SaverPattern nodes = new SaverPattern(graph, def);
    return new Saver(new SaverBuilder(graph), nodes.saved(), nodes.restored(), def);
  }

  // ---- saving

  /**
   * Saves to {@code prefix}, writes the meta graph beside it, notes the checkpoint in the
   * directory's file {@code checkpoint}, and deletes what is not to be kept.
   *
   * @return the checkpoint's name, which {@link #restore} takes
   * @throws dev.millrace.graph.FailedPreconditionException if a variable has no value yet
   */
  public Path save(Session session, Path prefix) {
    return save(session, prefix, new SaveOptions());
  }

  /** As {@link #save(Session, Path)}, to {@code prefix-globalStep}. */
  public Path save(Session session, Path prefix, long globalStep) {
    return save(session, prefix, new SaveOptions().globalStep(globalStep));
  }

  /** As {@link #save(Session, Path)}, with more to say. */
  public Path save(Session session, Path prefix, SaveOptions options) {
    Path target = withStep(prefix, options.globalStep());
    requireName(prefix, options.latestFilename());
    if (saved == null) {
      session
          .feed(def.getFilenameTensorName(), target.toString())
          .run(graph.output(def.getSaveTensorName()));
    } else {
      session.withState(
          state -> {
            try (BundleWriter w = new BundleWriter(target)) {
              for (SavedTensor t : saved) {
                t.save(state, w);
              }
              w.finish();
            }
          });
    }
    if (options.writeMetaGraph()) {
      metaGraph().write(CheckpointFiles.metaGraph(target));
    }
    if (options.writeState()) {
      kept.record(target, target.toAbsolutePath().getParent(), options.latestFilename());
    }
    return target;
  }

  private dev.millrace.ops.MetaGraphWriter metaGraph() {
    return MetaGraph.writer(graph).saver(def);
  }

  private Path withStep(Path prefix, Long step) {
    if (step == null) {
      return prefix;
    }
    String suffix = String.format(Locale.ROOT, padStep ? "-%08d" : "-%d", step);
    return prefix.resolveSibling(prefix.getFileName() + suffix);
  }

  private static void requireName(Path prefix, String latest) {
    if (prefix.getFileName() == null || prefix.getFileName().toString().isEmpty()) {
      throw new InvalidArgumentException(
          "'"
              + prefix
              + "' is a directory; a checkpoint needs a name in it, as "
              + prefix
              + "/model");
    }
    if (prefix.getFileName().toString().equals(latest)) {
      throw new InvalidArgumentException(
          "a checkpoint cannot be called '" + latest + "': the file that names the latest is");
    }
  }

  // ---- restoring

  /**
   * Gives the session's variables the values of a checkpoint, of either version; they need no
   * initialising then.
   *
   * @param prefix as {@link #save} and {@link #latestCheckpoint} give it
   * @throws NotFoundException if there is no such checkpoint, or it lacks a variable
   * @throws InvalidArgumentException if a dtype or shape differs
   * @throws DataLossException if the checkpoint is damaged
   */
  public void restore(Session session, Path prefix) {
    if (restored == null) {
      if (!CheckpointReader.exists(prefix)) {
        CheckpointReader.open(prefix).close(); // tells what is missing
      }
      session
          .feed(def.getFilenameTensorName(), prefix.toString())
          .run(graph.operation(def.getRestoreOpName()));
      return;
    }
    session.withState(
        state -> {
          try (CheckpointReader r = CheckpointReader.open(prefix)) {
            requireAll(r);
            restored.forEach(t -> t.check(r, reshape));
            restored.forEach(t -> t.restore(state, r));
          }
        });
  }

  private void requireAll(CheckpointReader r) {
    List<String> missing =
        restored.stream()
            .map(SavedTensor::name)
            .distinct()
            .filter(n -> !r.contains(n))
            .sorted()
            .toList();
    if (!missing.isEmpty()) {
      throw new NotFoundException(
          "checkpoint "
              + r.prefix()
              + " has no "
              + some(missing)
              + "; it has "
              + some(List.copyOf(r.entries().keySet()))
              + ". To restore some of the variables, or by other names, say so with Saver.builder(graph).variables(…)");
    }
  }

  private static String some(List<String> names) {
    int n = 8;
    return names.size() <= n
        ? names.toString()
        : names.subList(0, n) + " and " + (names.size() - n) + " more";
  }

  // ---- what there is

  /**
   * The latest checkpoint of a directory, as its file {@code checkpoint} tells; nothing if there is
   * none, or it is gone.
   */
  public static Optional<Path> latestCheckpoint(Path directory) {
    return checkpointState(directory)
        .map(CheckpointStateFile::latest)
        .filter(CheckpointReader::exists);
  }

  /** What the file {@code checkpoint} of a directory tells. */
  public static Optional<CheckpointStateFile> checkpointState(Path directory) {
    return CheckpointStateFile.read(directory, CheckpointStateFile.NAME);
  }

  /** The checkpoints of this saver that are kept, the oldest first. */
  public List<Path> lastCheckpoints() {
    return kept.all();
  }

  /**
   * Takes over checkpoints that an earlier run has saved, the oldest first, so that they are
   * deleted in their turn: best those of {@link #checkpointState}. Such as are gone are left out.
   */
  public void recoverLastCheckpoints(List<Path> checkpoints) {
    kept.recover(checkpoints);
  }

  /** The nodes that save and restore, and what is kept, for meta graphs. */
  public SaverDef toProto() {
    return def;
  }

  /** The graph with this saver, as {@link #save} writes it. */
  public MetaGraphDef exportMetaGraph() {
    return metaGraph().build();
  }

  static LongSupplier systemClock() {
    return System::currentTimeMillis;
  }
}
