package dev.millrace.graph.record;

import com.google.protobuf.MessageLite;
import dev.millrace.graph.MaskedCrc32c;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a file of records (TFRecord): of serialized examples, events, or anything else. For one
 * thread at a time.
 *
 * <pre>{@code
 * try (RecordWriter w = RecordWriter.create(Path.of("train.tfrecord"))) {
 *   w.write(example);
 * }
 * }</pre>
 */
public final class RecordWriter implements Closeable {
  private final OutputStream out;
  private final byte[] header = new byte[Frame.HEADER];
  private final byte[] footer = new byte[Frame.FOOTER];

  /** Writes into {@code out}, as it is. */
  public RecordWriter(OutputStream out) {
    this.out = out;
  }

  /** Begins a file without compression; one that is there is replaced. */
  public static RecordWriter create(Path file) throws IOException {
    return create(file, Compression.NONE);
  }

  /** Begins a file; one that is there is replaced. */
  public static RecordWriter create(Path file, Compression compression) throws IOException {
    return new RecordWriter(
        compression.writing(new BufferedOutputStream(Files.newOutputStream(file))));
  }

  /** Adds a record. */
  public void write(byte[] record) throws IOException {
    ByteBuffer h = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    h.putLong(record.length);
    h.putInt(MaskedCrc32c.of(header, 0, Long.BYTES));
    ByteBuffer.wrap(footer)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MaskedCrc32c.of(record, 0, record.length));
    out.write(header);
    out.write(record);
    out.write(footer);
  }

  /** Adds a serialized message as a record. */
  public void write(MessageLite message) throws IOException {
    write(message.toByteArray());
  }

  /** Hands on what is buffered. */
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
