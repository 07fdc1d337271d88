package dev.millrace.graph.checkpoint;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.ResourceExhaustedException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * Reads a checkpoint: TensorFlow's version 2 ({@code PREFIX.index} and data files) and version 1
 * ({@code PREFIX} itself, or {@code PREFIX-00000-of-00002} and its like).
 *
 * <p>Opening reads what there is; a tensor's elements are read when asked for, in pieces, and their
 * checksum is verified each time. Safe for use by several threads.
 */
public abstract sealed class CheckpointReader implements AutoCloseable
    permits BundleReader, SliceFileReader {
  private final String prefix;

  CheckpointReader(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Opens a checkpoint.
   *
   * @param prefix as savers give it: without {@code .index}
   * @throws NotFoundException if there is no checkpoint of that name
   * @throws DataLossException if it is damaged
   */
  public static CheckpointReader open(Path prefix) {
    try {
      Path index = BundleFiles.index(prefix);
      if (Files.exists(index)) {
        return new BundleReader(prefix);
      }
      List<Path> files = SliceFileReader.files(prefix);
      if (files.isEmpty()) {
        throw new NotFoundException(
            "there is no checkpoint "
                + prefix
                + ": neither "
                + index.getFileName()
                + " nor a checkpoint of version 1"
                + (Files.isDirectory(prefix)
                    ? "; it is a directory, whose latest checkpoint Saver.latestCheckpoint names"
                    : ""));
      }
      return new SliceFileReader(prefix, files);
    } catch (IOException e) {
      throw BundleFiles.failed("read", prefix, e);
    }
  }

  /**
   * Opens a checkpoint by what saver nodes of version 1 call it: its name, or that of its files,
   * with {@code ?} and {@code *} for any characters.
   *
   * @throws NotFoundException if there is no such checkpoint
   * @throws DataLossException if it is damaged
   */
  public static CheckpointReader openPattern(Path pattern) {
    String name = String.valueOf(pattern.getFileName());
    if (name.indexOf('?') < 0 && name.indexOf('*') < 0 && name.indexOf('[') < 0) {
      return open(pattern);
    }
    try {
      List<Path> files = BundleFiles.matching(pattern);
      if (files.isEmpty()) {
        throw new NotFoundException("there is no file " + pattern);
      }
      return new SliceFileReader(pattern, files);
    } catch (IOException e) {
      throw BundleFiles.failed("read", pattern, e);
    }
  }

  /** Whether there is a checkpoint of that name; it may be damaged. */
  public static boolean exists(Path prefix) {
    try {
      return Files.exists(BundleFiles.index(prefix)) || !SliceFileReader.files(prefix).isEmpty();
    } catch (IOException e) {
      throw BundleFiles.failed("read", prefix, e);
    }
  }

  /** What was given to {@link #open}. */
  public String prefix() {
    return prefix;
  }

  /** The tensors by name. */
  public abstract SortedMap<String, CheckpointEntry> entries();

  /** Whether the checkpoint has a tensor of that name. */
  public boolean contains(String name) {
    return entries().containsKey(name);
  }

  /**
   * What is known of a tensor.
   *
   * @throws NotFoundException if there is no tensor of that name
   */
  public CheckpointEntry entry(String name) {
    CheckpointEntry e = entries().get(name);
    if (e == null) {
      throw new NotFoundException("checkpoint " + prefix + " has no tensor '" + name + "'");
    }
    return e;
  }

  /**
   * The value of a tensor, put together where it was saved in parts.
   *
   * @throws NotFoundException if there is no tensor of that name
   * @throws DataLossException if it is damaged; the message names it
   * @throws ResourceExhaustedException if it is too large for one value
   */
  public TensorValue read(String name) {
    CheckpointEntry e = entry(name);
    return read(e, TensorSlice.all(e.shape().rank()));
  }

  /**
   * A part of a tensor, whatever parts it was saved in.
   *
   * @throws NotFoundException as {@link #read(String)} does
   * @throws InvalidArgumentException if the slice does not lie inside the tensor
   */
  public TensorValue read(String name, TensorSlice slice) {
    CheckpointEntry e = entry(name);
    try {
      slice.shapeIn(e.shape());
    } catch (InvalidArgumentException x) {
      throw new InvalidArgumentException(
          "checkpoint " + prefix + ", tensor '" + name + "': " + x.getMessage(), x);
    }
    return read(e, slice);
  }

  private TensorValue read(CheckpointEntry e, TensorSlice slice) {
    try {
      if (e.slices().isEmpty()) {
        TensorValue whole = readPiece(e, null);
        return slice.isAll(e.shape()) ? whole : Boxes.cut(whole, slice);
      }
      if (e.slices().contains(slice)) {
        return readPiece(e, slice);
      }
      Shape shape = slice.shapeIn(e.shape());
      requireRoom(e, shape);
      TensorValue to = TensorValue.zeros(e.dtype(), shape);
      long filled = 0;
      for (TensorSlice stored : e.slices()) {
        TensorSlice common = stored.intersect(slice, e.shape());
        if (common != null) {
          Boxes.copy(readPiece(e, stored), stored, to, slice, common);
          filled += common.shapeIn(e.shape()).numElements();
        }
      }
      if (filled != to.size()) {
        throw new DataLossException(
            "its parts hold " + filled + " of the " + to.size() + " elements that are asked for");
      }
      return to;
    } catch (IOException x) {
      throw BundleFiles.failed("read", Path.of(prefix), x);
    } catch (MillraceException x) {
      throw about(e.name(), x);
    } catch (OutOfMemoryError x) {
      // One large array was asked for; nothing else is the worse for it.
      throw new ResourceExhaustedException(
          "checkpoint " + prefix + ": no memory for tensor '" + e.name() + "' of " + e.shape(), x);
    }
  }

  MillraceException about(String name, MillraceException x) {
    return MillraceException.of(
        x.code(), "checkpoint " + prefix + ", tensor '" + name + "': " + x.getMessage(), x);
  }

  /** Fails if the parts cannot hold that many elements, before room for them is made. */
  private static void requireRoom(CheckpointEntry e, Shape shape) {
    long stored = 0;
    for (TensorSlice s : e.slices()) {
      stored += s.shapeIn(e.shape()).numElements();
    }
    if (stored < shape.numElements()) {
      throw new DataLossException("its parts hold " + stored + " elements, too few for " + shape);
    }
  }

  /**
   * What was saved as one piece.
   *
   * @param slice one of the entry's; null for a tensor that was saved whole
   */
  abstract TensorValue readPiece(CheckpointEntry e, TensorSlice slice) throws IOException;

  /**
   * Reads the elements of a dense tensor that was saved whole, as they lie in memory.
   *
   * @param to a buffer that has room for just these; null to verify the checksum alone
   * @return whether that can be done; of a tensor in parts, or a checkpoint of version 1, it cannot
   * @throws DataLossException if the tensor is damaged; what is in the buffer is of no use then
   */
  public abstract boolean readBytes(String name, ByteBuffer to);

  /**
   * Reads everything and verifies every checksum.
   *
   * @throws DataLossException if something is damaged; the message names it
   */
  public void verify() {
    for (CheckpointEntry e : entries().values()) {
      if (!readBytes(e.name(), null)) {
        read(e.name());
      }
    }
  }

  @Override
  public abstract void close();
}
