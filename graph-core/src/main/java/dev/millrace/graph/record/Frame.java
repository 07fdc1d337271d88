package dev.millrace.graph.record;

/**
 * How a record lies in a file: its length in 8 bytes, a checksum of those in 4, the record, and its
 * checksum in 4 ({@link dev.millrace.graph.MaskedCrc32c}); all little-endian.
 */
final class Frame {
  /** The bytes before a record. */
  static final int HEADER = 12;

  /** The bytes behind it. */
  static final int FOOTER = 4;

  private Frame() {}
}
