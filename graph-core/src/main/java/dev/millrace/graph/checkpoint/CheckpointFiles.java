package dev.millrace.graph.checkpoint;

import dev.millrace.graph.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is done with whole checkpoints: joining the parts that several writers made, deleting. */
public final class CheckpointFiles {
  private CheckpointFiles() {}

  /**
   * Makes one checkpoint, of several data files, out of several; those are gone afterwards.
   *
   * @param parts checkpoints of version 2, in the order in which their data files are numbered;
   *     tensors of one name must be different parts of the same tensor
   * @param merged the name of the new one, which appears in one instant, complete
   */
  public static void merge(List<Path> parts, Path merged) {
    if (parts.isEmpty()) {
      throw new InvalidArgumentException("there are no checkpoints to merge into " + merged);
    }
    BundleIndex index = new BundleIndex();
    List<Path> data = new ArrayList<>();
    try {
      for (Path part : parts) {
        try (BundleReader r = new BundleReader(part)) {
          Map<Integer, Integer> numbers = new HashMap<>();
          for (int shard : r.shardsWithData()) {
            numbers.put(shard, data.size());
            data.add(BundleFiles.data(part, shard, r.shardCount()));
          }
          index.addAll(r, k -> numbers.getOrDefault(k, 0));
        }
      }
      Files.createDirectories(merged.toAbsolutePath().getParent());
      index.publish(merged, data);
      for (Path part : parts) {
        if (!part.equals(merged)) {
          Files.deleteIfExists(BundleFiles.index(part));
        }
      }
    } catch (IOException e) {
      throw BundleFiles.failed("merge into", merged, e);
    }
  }

  /** Deletes the directories in which these checkpoints were, where nothing else is in them. */
  public static void deleteEmptyDirectories(List<Path> prefixes) {
    for (Path p : prefixes) {
      try {
        Files.deleteIfExists(p.toAbsolutePath().getParent());
      } catch (DirectoryNotEmptyException e) {
        // it holds other things, and stays
      } catch (IOException e) {
        throw BundleFiles.failed("delete the directory of", p, e);
      }
    }
  }

  /** Deletes a checkpoint of either version and its meta graph, as far as they are there. */
  public static void delete(Path prefix) {
    try {
      // The index first: what is left without it is no checkpoint.
      Files.deleteIfExists(BundleFiles.index(prefix));
      for (Path p : BundleFiles.dataFiles(prefix)) {
        Files.deleteIfExists(p);
      }
      for (Path p : SliceFileReader.files(prefix)) {
        Files.deleteIfExists(p);
      }
      Files.deleteIfExists(metaGraph(prefix));
    } catch (IOException e) {
      throw BundleFiles.failed("delete", prefix, e);
    }
  }

  /** The file in which a saver puts the meta graph that goes with a checkpoint. */
  public static Path metaGraph(Path prefix) {
    return prefix.resolveSibling(prefix.getFileName() + ".meta");
  }
}
