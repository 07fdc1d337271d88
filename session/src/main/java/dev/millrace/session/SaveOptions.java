package dev.millrace.session;

import dev.millrace.graph.checkpoint.CheckpointStateFile;

/** How {@link Saver#save(Session, java.nio.file.Path, SaveOptions)} saves. */
public final class SaveOptions {
  private Long globalStep;
  private String latestFilename = CheckpointStateFile.NAME;
  private boolean writeMetaGraph = true;
  private boolean writeState = true;

  /** No step in the name; meta graph and state are written. */
  public SaveOptions() {}

  /** The number to put behind the checkpoint's name. */
  public SaveOptions globalStep(long step) {
    globalStep = step;
    return this;
  }

  /** What to call the file that names the latest checkpoint, in place of {@code checkpoint}. */
  public SaveOptions latestFilename(String name) {
    latestFilename = name;
    return this;
  }

  /** Whether the graph is written to {@code PREFIX.meta}: by default it is. */
  public SaveOptions writeMetaGraph(boolean write) {
    writeMetaGraph = write;
    return this;
  }

  /** Whether the checkpoint is noted as the latest, and old ones deleted: by default so. */
  public SaveOptions writeState(boolean write) {
    writeState = write;
    return this;
  }

  Long globalStep() {
    return globalStep;
  }

  String latestFilename() {
    return latestFilename;
  }

  boolean writeMetaGraph() {
    return writeMetaGraph;
  }

  boolean writeState() {
    return writeState;
  }
}
