package dev.millrace.graph.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Expands blocks in Snappy's raw format, which files of other writers may have. */
final class Snappy {
  /** A copy makes at most 64 bytes of three. */
  private static final int MOST_EXPANSION = 32;

  private Snappy() {}

  /**
   * The expanded content.
   *
   * @throws IllegalArgumentException if the content is not valid
   */
  static byte[] expand(ByteBuffer in) {
    try {
      int size = Varints.readLength(in);
      if (size > (long) in.remaining() * MOST_EXPANSION) {
        throw new IllegalArgumentException(size + " bytes cannot come of " + in.remaining());
      }
      byte[] out = new byte[size];
      int at = 0;
      while (in.hasRemaining()) {
        int tag = in.get() & 0xff;
        if ((tag & 3) == 0) {
          int n = literalLength(in, tag >> 2);
          in.get(out, at, n);
          at += n;
        } else {
          at = copy(in, tag, out, at);
        }
      }
      if (at != size) {
        throw new IllegalArgumentException("it ends after " + at + " of " + size + " bytes");
      }
      return out;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | NumberFormatException e) {
      throw new IllegalArgumentException("it is cut off, or lengths in it are wrong", e);
    }
  }

  private static int literalLength(ByteBuffer in, int code) {
    if (code < 60) {
      return code + 1;
    }
    int n = little(in, code - 59);
    if (n < 0 || n == Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a literal of " + Integer.toUnsignedString(n) + " bytes");
    }
    return n + 1;
  }

  private static int little(ByteBuffer in, int bytes) {
    int x = 0;
    for (int i = 0; i < bytes; i++) {
      x |= (in.get() & 0xff) << (8 * i);
    }
    return x;
  }

  private static int copy(ByteBuffer in, int tag, byte[] out, int at) {
    int length;
    int back;
    if ((tag & 3) == 1) {
      length = 4 + ((tag >> 2) & 7);
      back = ((tag >> 5) << 8) | (in.get() & 0xff);
    } else {
      length = 1 + (tag >> 2);
      back = little(in, (tag & 3) == 2 ? 2 : 4);
    }
    if (back <= 0 || back > at) {
      throw new IllegalArgumentException("a copy from " + back + " before byte " + at);
    }
    for (int i = 0; i < length; i++) { // byte by byte: a copy may overlap itself
      out[at + i] = out[at + i - back];
    }
    return at + length;
  }
}
