package dev.millrace.graph.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Numbers of seven bits a byte, the lowest first. */
final class Varints {
  private Varints() {}

  static void write(ByteArrayOutputStream to, long x) {
    long rest = x;
    while ((rest & ~0x7fL) != 0) {
      to.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    to.write((int) rest);
  }

  /**
   * The number at the buffer's position.
   *
   * @throws BufferUnderflowException if the buffer ends within it
   * @throws NumberFormatException if it has more than ten bytes
   */
  static long read(ByteBuffer from) {
    long x = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte b = from.get();
      x |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return x;
      }
    }
    throw new NumberFormatException("a number of more than ten bytes");
  }

  /** As {@link #read}, of a length: at least 0 and no more than what is left. */
  static int readLength(ByteBuffer from) {
    long n = read(from);
    if (n < 0 || n > Integer.MAX_VALUE) {
      throw new NumberFormatException("a length of " + Long.toUnsignedString(n));
    }
    return (int) n;
  }
}
