package dev.millrace.graph.record;

import java.util.zip.CRC32C;

/**
 * How a record lies in a file: its length in 8 bytes, a checksum of those in 4, the record, and its
 * checksum in 4; all little-endian.
 */
final class Frame {
  /** The bytes before a record. */
  static final int HEADER = 12;

  /** The bytes behind it. */
  static final int FOOTER = 4;

  private static final int MASK = 0xa282ead8;

  private Frame() {}

  /** The CRC32C of some bytes, masked, since a checksum of data with checksums in it is weak. */
  static int checksum(byte[] data, int at, int n) {
    CRC32C crc = new CRC32C();
    crc.update(data, at, n);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
