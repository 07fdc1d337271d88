package dev.millrace.graph.record;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.MaskedCrc32c;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * Reads a file of records (TFRecord), and checks every length and record by its checksum. For one
 * thread at a time.
 */
public final class RecordReader implements Closeable {
  /** A broken length must not ask for more memory than its record could take. */
  private static final long MAX_RECORD = Integer.MAX_VALUE - 8;

  private final InputStream in;
  private final byte[] header = new byte[Frame.HEADER];
  private long offset;

  /** Reads from {@code in}, as it is. */
  public RecordReader(InputStream in) {
    this.in = in;
  }

  /** Opens a file without compression. */
  public static RecordReader open(Path file) throws IOException {
    return open(file, Compression.NONE);
  }

  /** Opens a file. */
  public static RecordReader open(Path file, Compression compression) throws IOException {
    return new RecordReader(
        compression.reading(new BufferedInputStream(Files.newInputStream(file))));
  }

  /** Where the next record begins, counting the bytes of the frames and before compression. */
  public long offset() {
    return offset;
  }

  /**
   * The next record, or null at the end.
   *
   * @throws DataLossException if the file ends within a record, or a checksum is wrong
   */
  public byte[] read() throws IOException {
    int n = readUpTo(header, Frame.HEADER);
    if (n == 0) {
      return null;
    }
    if (n < Frame.HEADER) {
      throw truncated();
    }
    ByteBuffer h = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long length = h.getLong();
    if (h.getInt() != MaskedCrc32c.of(header, 0, Long.BYTES) || length < 0 || length > MAX_RECORD) {
      throw corrupted();
    }
    byte[] record = readFully((int) length);
    byte[] footer = readFully(Frame.FOOTER);
    int want = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (want != MaskedCrc32c.of(record, 0, record.length)) {
      throw corrupted();
    }
    offset += Frame.HEADER + length + Frame.FOOTER;
    return record;
  }

  private byte[] readFully(int n) throws IOException {
    byte[] b;
    try {
      b = in.readNBytes(n); // grows with what there is, whatever a broken length says
    } catch (EOFException | ZipException e) {
      throw new DataLossException("the record at " + offset + " cannot be decompressed", e);
    }
    if (b.length < n) {
      throw truncated();
    }
    return b;
  }

  private int readUpTo(byte[] to, int n) throws IOException {
    try {
      return in.readNBytes(to, 0, n);
    } catch (EOFException | ZipException e) {
      throw new DataLossException("the record at " + offset + " cannot be decompressed", e);
    }
  }

  private DataLossException truncated() {
    return new DataLossException("the record at " + offset + " is cut off");
  }

  private DataLossException corrupted() {
    return new DataLossException("the record at " + offset + " is corrupted");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
