package dev.millrace.session.cpu;

import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;

/** What is done to whole regions. */
final class Regions {
  private static final byte[] ZEROS = new byte[8192];

  private Regions() {}

  /** Makes every byte zero. */
  static void clear(Region r) {
    clear(r, 0);
  }

  /** Makes every byte from {@code from} on zero. */
  static void clear(Region r, int from) {
    ByteBuffer b = r.bytes();
    int n = b.capacity();
    for (int at = from; at < n; at += ZEROS.length) {
      b.put(at, ZEROS, 0, Math.min(ZEROS.length, n - at));
    }
  }
}
