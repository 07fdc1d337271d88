package dev.millrace.session.reader;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.record.Compression;
import dev.millrace.graph.record.RecordReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The kinds of readers. */
final class Openers {
  private Openers() {}

  private static Path path(byte[] work) {
    return Path.of(new String(work, StandardCharsets.UTF_8));
  }

  private static byte[] key(byte[] work, long number) {
    byte[] tail = (":" + number).getBytes(StandardCharsets.UTF_8);
    byte[] k = new byte[work.length + tail.length];
    System.arraycopy(work, 0, k, 0, work.length);
    System.arraycopy(tail, 0, k, work.length, tail.length);
    return k;
  }

  /** The piece of work itself, once. */
  static Records.Opener identity() {
    return work -> new Once(work, work);
  }

  /** A whole file as one record. */
  static Records.Opener wholeFiles() {
    return work -> new Once(work, Files.readAllBytes(path(work)));
  }

  private static final class Once implements Records {
    private Item item;

    Once(byte[] key, byte[] value) {
      item = new Item(key, value);
    }

    @Override
    public Item next() {
      Item i = item;
      item = null;
      return i;
    }

    @Override
    public boolean isOver() {
      return item == null;
    }

    @Override
    public void close() {}
  }

  /** Lines, without their ends; carriage returns are left out. */
  static Records.Opener lines(long skipped) {
    return work -> new Lines(work, skipped);
  }

  private static final class Lines implements Records {
    private final byte[] work;
    private final InputStream in;
    private long number;

    Lines(byte[] work, long skipped) throws IOException {
      this.work = work;
      in = new BufferedInputStream(Files.newInputStream(path(work)));
      while (number < skipped && line() != null) {
        number++;
      }
    }

    @Override
    public Item next() throws IOException {
      byte[] line = line();
      return line == null ? null : new Item(key(work, ++number), line);
    }

    private byte[] line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int b = in.read();
      if (b < 0) {
        return null;
      }
      for (; b >= 0 && b != '\n'; b = in.read()) {
        if (b != '\r') {
          line.write(b);
        }
      }
      return line.toByteArray();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** Framed records; a key tells where its record begins. */
  static Records.Opener framed(Compression compression) {
    return work -> {
      RecordReader in = RecordReader.open(path(work), compression);
      return new Records() {
        @Override
        public Item next() throws IOException {
          byte[] k = key(work, in.offset());
          byte[] record = in.read();
          return record == null ? null : new Item(k, record);
        }

        @Override
        public void close() throws IOException {
          in.close();
        }
      };
    };
  }

  /**
   * Records of one length.
   *
   * @param hop how far apart records begin; 0 for one behind the other
   */
  static Records.Opener fixed(long header, long record, long footer, long hop, Compression c) {
    if (header < 0 || record <= 0 || footer < 0 || hop < 0) {
      throw new InvalidArgumentException(
          "header_bytes "
              + header
              + ", footer_bytes "
              + footer
              + " and hop_bytes "
              + hop
              + " must be 0 at least, and record_bytes "
              + record
              + " more");
    }
    return work -> new Fixed(work, header, record, footer, hop == 0 ? record : hop, c);
  }

  private static final class Fixed implements Records {
    private final byte[] work;
    private final InputStream in;
    private final int record;
    private final int hop;
    private byte[] window = {}; // what has been read and not been hopped over
    private byte[] tail = {}; // what may turn out to be the footer
    private final int footer;
    private long number;

    Fixed(byte[] work, long header, long record, long footer, long hop, Compression c)
        throws IOException {
      this.work = work;
      this.record = Math.toIntExact(record);
      this.footer = Math.toIntExact(footer);
      this.hop = Math.toIntExact(hop);
      in = c.reading(new BufferedInputStream(Files.newInputStream(path(work))));
      if (in.readNBytes(Math.toIntExact(header)).length < header) {
        tail = new byte[0];
      } else {
        tail = in.readNBytes(this.footer);
      }
    }

    /** The next {@code n} bytes before the footer, or fewer at the end. */
    private byte[] take(int n) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(tail);
      all.write(in.readNBytes(n));
      byte[] bytes = all.toByteArray();
      int given = Math.min(n, Math.max(0, bytes.length - footer));
      tail = Arrays.copyOfRange(bytes, given, bytes.length);
      return Arrays.copyOf(bytes, given);
    }

    @Override
    public Item next() throws IOException {
      if (number > 0) {
        int kept = Math.max(0, window.length - hop);
        int gap = hop - window.length;
        window = Arrays.copyOfRange(window, window.length - kept, window.length);
        if (gap > 0 && take(gap).length < gap) {
          return null;
        }
      }
      byte[] more = take(record - window.length);
      byte[] value = new byte[window.length + more.length];
      System.arraycopy(window, 0, value, 0, window.length);
      System.arraycopy(more, 0, value, window.length, more.length);
      window = value;
      return value.length < record ? null : new Item(key(work, number++), value);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** What was compressed, whole. */
  static byte[] decompress(byte[] bytes, Compression c) throws IOException {
    return c.reading(new ByteArrayInputStream(bytes)).readAllBytes();
  }
}
