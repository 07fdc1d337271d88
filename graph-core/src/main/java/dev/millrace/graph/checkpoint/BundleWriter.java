package dev.millrace.graph.checkpoint;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MaskedCrc32c;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.proto.BundleEntryProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes a checkpoint of TensorFlow's version 2, tensor by tensor, without keeping any.
 *
 * <p>The checkpoint appears, or takes the place of one with the same name, in one instant, in
 * {@link #finish}: what was there stays readable until then, whatever happens to the program or the
 * machine. {@link #close} without it leaves nothing.
 */
public final class BundleWriter implements AutoCloseable {
  private final Path prefix;
  private final BundleIndex index;
  private final Path temporary;
  private final FileChannel data;
  private final Buffered out;
  private boolean finished;

  /** Writes the elements of a tensor, the same number of bytes as its dtype and shape ask for. */
  @FunctionalInterface
  public interface Elements {
    /** Writes them in row-major order, little-endian. */
    void writeTo(WritableByteChannel to) throws IOException;
  }

  /**
   * Begins a checkpoint; directories are made as needed.
   *
   * @param prefix its name: {@code PREFIX.index} and a data file come of it
   */
  public BundleWriter(Path prefix) {
    this.prefix = prefix;
    this.index = new BundleIndex();
    try {
      Files.createDirectories(prefix.toAbsolutePath().getParent());
      BundleFiles.deleteAbandoned(prefix);
      temporary = BundleFiles.temporary(BundleFiles.data(prefix, 0, 1));
      data = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw BundleFiles.failed("write", prefix, e);
    }
    out = new Buffered(data);
  }

  /**
   * Adds a tensor.
   *
   * @throws AlreadyExistsException if there is one of that name
   */
  public void add(String name, TensorValue value) {
    index.add(name, value.shape(), write(name, value));
  }

  /**
   * Adds a dense tensor whose elements {@code elements} writes.
   *
   * @throws InternalException if it writes too many or too few
   */
  public void add(String name, DataType dtype, Shape shape, Elements elements) {
    index.add(name, shape, write(name, dtype, shape, elements));
  }

  /**
   * Adds a part of a tensor; a reader puts the parts together.
   *
   * @param full the shape of the whole tensor
   * @param slice what part of it {@code value} is
   */
  public void addSlice(String name, Shape full, TensorSlice slice, TensorValue value) {
    Shape part = slice.shapeIn(full);
    if (!part.equals(value.shape())) {
      throw new InvalidArgumentException(
          "tensor '"
              + name
              + "': the part "
              + slice
              + " of "
              + full
              + " has the shape "
              + part
              + ", not "
              + value.shape());
    }
    if (slice.isAll(full)) {
      add(name, value);
    } else {
      index.addSlice(name, full, slice, write(name, value));
    }
  }

  private BundleEntryProto write(String name, TensorValue v) {
    if (v.dtype() != DataType.STRING) {
      return write(name, v.dtype(), v.shape(), to -> DenseElements.write(v, to));
    }
    long from = out.written();
    CRC32C crc = new CRC32C();
    try {
      StringElements.write(v, out, crc);
    } catch (IOException e) {
      throw BundleFiles.failed("write", prefix, e);
    }
    return entry(v.dtype(), v.shape(), from, crc);
  }

  private BundleEntryProto write(String name, DataType dtype, Shape shape, Elements elements) {
    if (!dtype.isDense()) {
      throw new UnimplementedException(
          "tensor '" + name + "' is of " + dtype + ", which checkpoints cannot hold");
    }
    long from = out.written();
    CRC32C crc = out.begin();
    try {
      elements.writeTo(out);
    } catch (IOException e) {
      throw BundleFiles.failed("write", prefix, e);
    }
    out.end();
    long want = shape.numElements() * dtype.size();
    if (out.written() - from != want) {
      throw new InternalException(
          "tensor '"
              + name
              + "' takes "
              + want
              + " bytes, but "
              + (out.written() - from)
              + " were written");
    }
    return entry(dtype, shape, from, crc);
  }

  private BundleEntryProto entry(DataType dtype, Shape shape, long from, CRC32C crc) {
    return BundleEntryProto.newBuilder()
        .setDtypeValue(dtype.number())
        .setShape(ShapeProtos.write(shape))
        .setOffset(from)
        .setSize(out.written() - from)
        .setCrc32C(MaskedCrc32c.of(crc))
        .build();
  }

  /** Completes the checkpoint. */
  public void finish() {
    if (finished) {
      throw new FailedPreconditionException("checkpoint " + prefix + " is finished already");
    }
    try {
      out.flush();
      data.force(true);
      data.close();
      index.publish(prefix, java.util.List.of(temporary));
      finished = true;
    } catch (IOException e) {
      throw BundleFiles.failed("write", prefix, e);
    }
  }

  /** Gives up what is not finished. */
  @Override
  public void close() {
    if (finished) {
      return;
    }
    try {
      data.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw BundleFiles.failed("close", prefix, e);
    }
  }

  /** Joins small writes, counts bytes, and sees them for the checksum. */
  private static final class Buffered implements WritableByteChannel {
    private final FileChannel to;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    private CRC32C crc;
    private long written;

    Buffered(FileChannel to) {
      this.to = to;
    }

    CRC32C begin() {
      crc = new CRC32C();
      return crc;
    }

    void end() {
      crc = null;
    }

    long written() {
      return written;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      int n = from.remaining();
      while (from.hasRemaining()) {
        // In pieces, so that the checksum finds in the cache what is written.
        int piece = Math.min(buffer.remaining(), from.remaining());
        ByteBuffer part = from.slice(from.position(), piece);
        if (crc != null) {
          crc.update(part.duplicate());
        }
        buffer.put(part);
        from.position(from.position() + piece);
        if (!buffer.hasRemaining()) {
          flush();
        }
      }
      written += n;
      return n;
    }

    void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
      buffer.clear();
    }

    @Override
    public boolean isOpen() {
      return to.isOpen();
    }

    @Override
    public void close() {
      // the writer closes the file
    }
  }
}
