package dev.millrace.graph.checkpoint;

import dev.millrace.graph.MaskedCrc32c;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Writes a sorted table; keys come in ascending order. */
final class TableWriter {
  /** TensorFlow's. */
  private static final int BLOCK_SIZE = 1 << 18;

  private static final int RESTART_INTERVAL = 16;

  private final OutputStream to;
  private final Block data = new Block(RESTART_INTERVAL);
  private final Block index = new Block(1);
  private long written;
  private byte[] last;

  TableWriter(OutputStream to) {
    this.to = to;
  }

  void add(byte[] key, byte[] value) throws IOException {
    if (last != null && SortedTable.compare(last, key) >= 0) {
      throw new IllegalArgumentException("keys of a table must ascend");
    }
    data.add(key, value);
    last = key;
    if (data.size() >= BLOCK_SIZE) {
      finishData();
    }
  }

  private void finishData() throws IOException {
    if (data.size() > 0) {
      index.add(last, handle(write(data)));
    }
  }

  /** Writes what is left, the index and the footer. Does not close the stream. */
  void finish() throws IOException {
    finishData();
    SortedTable.Handle meta = write(new Block(1));
    SortedTable.Handle at = write(index);
    byte[] footer = new byte[SortedTable.FOOTER];
    ByteBuffer b = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN);
    b.put(handle(meta)).put(handle(at));
    b.putLong(SortedTable.FOOTER - Long.BYTES, SortedTable.MAGIC);
    to.write(footer);
  }

  private SortedTable.Handle write(Block block) throws IOException {
    byte[] content = block.finish();
    CRC32C crc = new CRC32C();
    crc.update(content);
    crc.update(SortedTable.UNCOMPRESSED);
    SortedTable.Handle h = new SortedTable.Handle(written, content.length);
    to.write(content);
    to.write(SortedTable.UNCOMPRESSED);
    to.write(little(MaskedCrc32c.of(crc)));
    written += content.length + SortedTable.TRAILER;
    return h;
  }

  private static byte[] handle(SortedTable.Handle h) {
    ByteArrayOutputStream b = new ByteArrayOutputStream();
    Varints.write(b, h.offset());
    Varints.write(b, h.size());
    return b.toByteArray();
  }

  private static byte[] little(int x) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(x).array();
  }

  /** Entries of which each leaves out what its key has in common with the one before. */
  private static final class Block {
    private final int interval;
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final ByteArrayOutputStream restarts = new ByteArrayOutputStream();
    private int count;
    private byte[] before = new byte[0];

    Block(int interval) {
      this.interval = interval;
    }

    int size() {
      return entries.size();
    }

    void add(byte[] key, byte[] value) {
      int shared = 0;
      if (count % interval == 0) {
        restarts.writeBytes(little(entries.size()));
      } else {
        int end = Math.min(key.length, before.length);
        while (shared < end && key[shared] == before[shared]) {
          shared++;
        }
      }
      Varints.write(entries, shared);
      Varints.write(entries, key.length - shared);
      Varints.write(entries, value.length);
      entries.write(key, shared, key.length - shared);
      entries.writeBytes(value);
      before = key;
      count++;
    }

    /** The bytes of the block, which begins anew. */
    byte[] finish() {
      if (count == 0) {
        restarts.writeBytes(little(0)); // there is always one
      }
      entries.writeBytes(restarts.toByteArray());
      entries.writeBytes(little(restarts.size() / Integer.BYTES));
      byte[] all = entries.toByteArray();
      entries.reset();
      restarts.reset();
      count = 0;
      return all;
    }
  }
}
