package dev.millrace.graph.checkpoint;

import dev.millrace.graph.DataLossException;
import dev.millrace.graph.MaskedCrc32c;
import dev.millrace.graph.ResourceExhaustedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads a sorted table, block by block; every block's checksum is verified. Damage is a {@link
 * DataLossException}.
 */
final class TableReader implements Closeable {
  /** How many times as long as a block its keys may be; a writer that restarts makes 16 at most. */
  private static final int MOST_SHARING = 128;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private final List<Entry> index;

  /** A key and what is stored under it. */
  static final class Entry {
    private final byte[] key;
    private final ByteBuffer value;

    Entry(byte[] key, ByteBuffer value) {
      this.key = key;
      this.value = value;
    }

    byte[] key() {
      return key;
    }

    ByteBuffer value() {
      return value;
    }
  }

  TableReader(Path file) throws IOException {
    this.file = file;
    channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      size = channel.size();
      index = openIndex();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether the file ends as tables do. */
  static boolean isTable(Path file) throws IOException {
    try (FileChannel c = FileChannel.open(file, StandardOpenOption.READ)) {
      if (c.size() < SortedTable.FOOTER) {
        return false;
      }
      ByteBuffer b = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      readFully(c, b, c.size() - Long.BYTES);
      return b.getLong(0) == SortedTable.MAGIC;
    }
  }

  private List<Entry> openIndex() throws IOException {
    if (size < SortedTable.FOOTER) {
      throw new DataLossException(file + " has " + size + " bytes: it is no table, or is cut off");
    }
    ByteBuffer footer = ByteBuffer.allocate(SortedTable.FOOTER).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, footer, size - SortedTable.FOOTER);
    footer.flip();
    if (footer.getLong(SortedTable.FOOTER - Long.BYTES) != SortedTable.MAGIC) {
      throw new DataLossException(
          file + " does not end as a checkpoint's table does: it is none, or is cut off");
    }
    try {
      SortedTable.Handle meta = handle(footer);
      SortedTable.Handle at = handle(footer);
      entries(block(meta), meta);
      return entries(block(at), at);
    } catch (BufferUnderflowException | NumberFormatException e) {
      throw new DataLossException(file + " is damaged: its footer cannot be read", e);
    }
  }

  private static SortedTable.Handle handle(ByteBuffer from) {
    return new SortedTable.Handle(Varints.read(from), Varints.read(from));
  }

  private SortedTable.Handle blockOf(Entry e) {
    try {
      return handle(e.value().duplicate());
    } catch (BufferUnderflowException | NumberFormatException x) {
      throw new DataLossException(file + " is damaged: its index cannot be read", x);
    }
  }

  /** The blocks of the table, to be passed to {@link #read}. */
  int blocks() {
    return index.size();
  }

  /** The entries of block {@code i}. */
  List<Entry> read(int i) throws IOException {
    SortedTable.Handle h = blockOf(index.get(i));
    return entries(block(h), h);
  }

  /** What is stored under {@code key}, or null. */
  ByteBuffer find(byte[] key) throws IOException {
    int low = 0;
    int high = index.size();
    while (low < high) { // the first block whose last key is not below
      int mid = (low + high) >>> 1;
      if (SortedTable.compare(index.get(mid).key(), key) < 0) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    if (low == index.size()) {
      return null;
    }
    for (Entry e : read(low)) {
      if (Arrays.equals(e.key(), key)) {
        return e.value();
      }
    }
    return null;
  }

  private ByteBuffer block(SortedTable.Handle h) throws IOException {
    long end = size - SortedTable.FOOTER - SortedTable.TRAILER;
    if (h.offset() < 0 || h.size() < 0 || h.offset() > end || h.size() > end - h.offset()) {
      throw damaged(h, "it would lie outside the file", null);
    }
    if (h.size() > Integer.MAX_VALUE - 64) {
      throw new ResourceExhaustedException(
          file + ": a block of " + h.size() + " bytes is too large to be read");
    }
    int n = (int) h.size();
    ByteBuffer b = ByteBuffer.allocate(n + SortedTable.TRAILER).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, b, h.offset());
    CRC32C crc = new CRC32C();
    crc.update(b.array(), 0, n + 1);
    if (MaskedCrc32c.of(crc) != b.getInt(n + 1)) {
      throw damaged(h, "its checksum does not match", null);
    }
    byte compression = b.get(n);
    b.position(0).limit(n);
    switch (compression) {
      case SortedTable.UNCOMPRESSED -> {
        return b;
      }
      case SortedTable.SNAPPY -> {
        try {
          return ByteBuffer.wrap(Snappy.expand(b));
        } catch (IllegalArgumentException e) {
          throw damaged(h, e.getMessage(), e);
        }
      }
      default -> throw damaged(h, "its compression, " + compression + ", is unknown", null);
    }
  }

  private List<Entry> entries(ByteBuffer block, SortedTable.Handle h) {
    ByteBuffer b = block.order(ByteOrder.LITTLE_ENDIAN);
    int n = b.limit();
    long restarts = n < Integer.BYTES ? -1 : Integer.toUnsignedLong(b.getInt(n - Integer.BYTES));
    long end = n - Integer.BYTES * (restarts + 1);
    if (restarts < 0 || end < 0) {
      throw damaged(h, "its restart points cannot be read", null);
    }
    b.position(0).limit((int) end);
    List<Entry> all = new ArrayList<>();
    byte[] key = new byte[0];
    long keyBytes = 0;
    try {
      while (b.hasRemaining()) {
        int shared = Varints.readLength(b);
        int own = Varints.readLength(b);
        int value = Varints.readLength(b);
        if (shared > key.length || (long) own + value > b.remaining()) {
          throw damaged(h, "lengths in it are wrong", null);
        }
        keyBytes += shared + own;
        if (keyBytes > (long) MOST_SHARING * Math.max(n, 1024)) {
          throw damaged(h, "its keys would take " + keyBytes + " bytes and more", null);
        }
        byte[] next = Arrays.copyOf(key, shared + own);
        b.get(next, shared, own);
        if (!all.isEmpty() && SortedTable.compare(key, next) >= 0) {
          throw damaged(h, "its keys do not ascend", null);
        }
        key = next;
        all.add(new Entry(key, b.slice(b.position(), value).asReadOnlyBuffer()));
        b.position(b.position() + value);
      }
    } catch (BufferUnderflowException | NumberFormatException e) {
      throw damaged(h, "lengths in it are wrong", e);
    }
    return all;
  }

  private DataLossException damaged(SortedTable.Handle h, String why, Exception cause) {
    return new DataLossException(
        file
            + " is damaged: the block of "
            + h.size()
            + " bytes at "
            + h.offset()
            + " cannot be used: "
            + why,
        cause);
  }

  /** Fills {@code to}, from {@code position} of the file. */
  static void readFully(FileChannel from, ByteBuffer to, long position) throws IOException {
    long at = position;
    while (to.hasRemaining()) {
      int n = from.read(to, at);
      if (n < 0) {
        throw new java.io.EOFException("the file ends at byte " + at);
      }
      at += n;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
