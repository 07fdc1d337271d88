package dev.millrace.session.cpu;

import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;

/** What is done to whole regions. */
final class Regions {
  private static final byte[] ZEROS = new byte[8192];

  private Regions() {}

  /** Makes every byte zero. */
  static void clear(Region r) {
    ByteBuffer b = r.bytes();
    int n = b.capacity();
    for (int at = 0; at < n; at += ZEROS.length) {
      b.put(at, ZEROS, 0, Math.min(ZEROS.length, n - at));
    }
  }
}
