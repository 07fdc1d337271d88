package dev.millrace.graph;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C checksums as TensorFlow stores them: rotated and shifted by a constant, so that a
 * checksum over data that holds checksums stays a good one.
 */
public final class MaskedCrc32c {
  private static final int DELTA = 0xa282ead8;

  private MaskedCrc32c() {}

  /** The stored form of the checksum {@code crc}. */
  public static int mask(int crc) {
    return Integer.rotateRight(crc, 15) + DELTA;
  }

  /** The checksum whose stored form is {@code masked}. */
  public static int unmask(int masked) {
    return Integer.rotateLeft(masked - DELTA, 15);
  }

  /** The stored checksum of what {@code crc} has seen. */
  public static int of(CRC32C crc) {
    return mask((int) crc.getValue());
  }

  /** The stored checksum of {@code length} bytes from {@code offset}. */
  public static int of(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return of(crc);
  }

  /** The stored checksum of the bytes between the buffer's position and limit, which stay. */
  public static int of(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return of(crc);
  }
}
