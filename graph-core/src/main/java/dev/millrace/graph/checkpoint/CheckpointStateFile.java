package dev.millrace.graph.checkpoint;

import com.google.protobuf.TextFormat;
import dev.millrace.graph.DataLossException;
import dev.millrace.proto.CheckpointState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The file in a directory of checkpoints, called {@code checkpoint}, that names the latest and all
 * that are kept.
 *
 * @param latest the latest checkpoint
 * @param all all that are kept, the oldest first
 * @param times when they were written, in seconds since 1970; as many as checkpoints, or none
 * @param preserved when the last was written that is kept for good; 0 for never
 */
public record CheckpointStateFile(
    Path latest, List<Path> all, List<Double> times, double preserved) {
  /** The name of the file. */
  public static final String NAME = "checkpoint";

  /** Takes copies of the lists. */
  public CheckpointStateFile {
    all = List.copyOf(all);
    times = List.copyOf(times);
  }

  /**
   * Reads the file of a directory; nothing if there is none, or it names no checkpoint.
   *
   * @param name {@link #NAME}, or what the saver was told to call it
   * @throws DataLossException if the file cannot be understood
   */
  public static Optional<CheckpointStateFile> read(Path directory, String name) {
    Path file = directory.resolve(name);
    CheckpointState.Builder b = CheckpointState.newBuilder();
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      TextFormat.getParser().merge(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), b);
    } catch (TextFormat.ParseException e) {
      throw new DataLossException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw BundleFiles.failed("read", file, e);
    }
    if (b.getModelCheckpointPath().isEmpty()) {
      return Optional.empty();
    }
    try {
      List<Path> all = new ArrayList<>();
      b.getAllModelCheckpointPathsList().forEach(p -> all.add(directory.resolve(p)));
      return Optional.of(
          new CheckpointStateFile(
              directory.resolve(b.getModelCheckpointPath()),
              all,
              b.getAllModelCheckpointTimestampsList(),
              b.getLastPreservedTimestamp()));
    } catch (InvalidPathException e) {
      throw new DataLossException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Writes the file of a directory, in one instant. Checkpoints in the directory or below are named
   * relative to it, so that it can be moved.
   */
  public void write(Path directory, String name) {
    CheckpointState.Builder b =
        CheckpointState.newBuilder().setModelCheckpointPath(relative(directory, latest));
    all.forEach(p -> b.addAllModelCheckpointPaths(relative(directory, p)));
    b.addAllAllModelCheckpointTimestamps(times);
    if (preserved != 0) {
      b.setLastPreservedTimestamp(preserved);
    }
    Path file = directory.resolve(name);
    Path temporary = BundleFiles.temporary(file);
    try {
      Files.createDirectories(directory);
      try (FileChannel c =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer text =
            ByteBuffer.wrap(
                TextFormat.printer().printToString(b.build()).getBytes(StandardCharsets.UTF_8));
        while (text.hasRemaining()) {
          c.write(text);
        }
        c.force(true);
      }
      BundleFiles.publish(temporary, file);
    } catch (IOException e) {
      throw BundleFiles.failed("write", file, e);
    }
  }

  private static String relative(Path directory, Path checkpoint) {
    Path d = directory.toAbsolutePath().normalize();
    Path c = checkpoint.toAbsolutePath().normalize();
    return (c.startsWith(d) ? d.relativize(c) : c).toString();
  }
}
