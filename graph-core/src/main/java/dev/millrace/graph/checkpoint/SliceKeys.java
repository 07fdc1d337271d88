package dev.millrace.graph.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The keys under which tables file the parts of tensors. They begin with a zero byte, which no
 * tensor's name does, and compare as the name, then the numbers do.
 */
final class SliceKeys {
  private SliceKeys() {}

  static byte[] of(String name, TensorSlice slice) {
    ByteArrayOutputStream b = new ByteArrayOutputStream();
    writeNumber(b, 0);
    writeText(b, name.getBytes(StandardCharsets.UTF_8));
    writeNumber(b, slice.rank());
    for (long x : slice.numbers()) {
      writeSigned(b, x);
    }
    return b.toByteArray();
  }

  static boolean isSlice(byte[] key) {
    return key.length > 0 && key[0] == 0;
  }

  /** The number of bytes, then they, the highest first. */
  private static void writeNumber(ByteArrayOutputStream to, int x) {
    int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(x) + 7) / 8;
    to.write(bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      to.write(x >>> (8 * i));
    }
  }

  /** 0 becomes 0 255, and 255 becomes 255 0, so that 0 1 can end the text. */
  private static void writeText(ByteArrayOutputStream to, byte[] text) {
    for (byte c : text) {
      to.write(c);
      if (c == 0) {
        to.write(0xff);
      } else if (c == (byte) 0xff) {
        to.write(0);
      }
    }
    to.write(0);
    to.write(1);
  }

  /**
   * As few bytes as hold 7 bits of the number each, with its sign; the first bits tell how many,
   * and are flipped for negative numbers.
   */
  private static void writeSigned(ByteArrayOutputStream to, long x) {
    long magnitude = x < 0 ? ~x : x;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(magnitude);
    int length = bits / 7 + 1;
    byte[] all = new byte[length];
    for (int i = 0; i < length; i++) {
      int shift = 8 * (length - 1 - i);
      all[i] = (byte) (shift >= Long.SIZE ? (x < 0 ? -1 : 0) : x >> shift);
    }
    // A mark of `length` ones, which may go on into the second byte.
    int mark = 0xffff << (16 - length);
    all[0] ^= (byte) (mark >> 8);
    if (length > 8) {
      all[1] ^= (byte) mark;
    }
    to.writeBytes(all);
  }
}
