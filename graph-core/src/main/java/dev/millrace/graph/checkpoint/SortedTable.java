package dev.millrace.graph.checkpoint;

import java.util.Arrays;

/** What readers and writers of sorted tables agree on; docs/formats/checkpoint.md describes it. */
final class SortedTable {
  static final long MAGIC = 0xdb4775248b80fb57L;

  /** Two block handles, padded, and the magic number. */
  static final int FOOTER = 48;

  /** Behind each block: how it is compressed, and a checksum of the block and that. */
  static final int TRAILER = 5;

  static final byte UNCOMPRESSED = 0;
  static final byte SNAPPY = 1;

  private SortedTable() {}

  /** Where a block lies, without its trailer. */
  record Handle(long offset, long size) {}

  /** Compares keys as unsigned bytes. */
  static int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }
}
