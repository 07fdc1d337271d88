package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BlockTemps;

/**
 * Float blocks rounded to whole numbers. Adding and taking away a number whose last place is 1
 * rounds, and unlike {@link Math#floor} vectorises; numbers too large for that, infinities and NaN
 * are done again one by one where a block holds any.
 */
final class Roundings {
  /** 1.5 * 2^23. */
  private static final float ROUNDER = 12582912f;

  /** 2^22, up to which the sum's last place is 1. */
  private static final int LIMIT_BITS = 0x4a800000;

  private static final float HUGE = 1e38f;

  private Roundings() {}

  /** To the nearest; a half to the even one. */
  static void rint(float[] x, float[] z, int n, BlockTemps t) {
    boolean large = anyLarge(x, n, t);
    float[] kept = keep(large, x, z, n, t);
    for (int i = 0; i < n; i++) {
      z[i] = (x[i] + ROUNDER) - ROUNDER;
    }
    for (int i = 0; large && i < n; i++) {
      z[i] = (float) Math.rint(kept[i]);
    }
  }

  /** Down. */
  static void floor(float[] x, float[] z, int n, BlockTemps t) {
    boolean large = anyLarge(x, n, t);
    float[] kept = keep(large, x, z, n, t);
    for (int i = 0; i < n; i++) {
      float r = (x[i] + ROUNDER) - ROUNDER;
      // Any negative number, were it the least, times these is below -1.
      z[i] = r + Math.max(-1f, Math.min(0f, (x[i] - r) * HUGE * HUGE));
    }
    for (int i = 0; large && i < n; i++) {
      z[i] = (float) Math.floor(kept[i]);
    }
  }

  /** Up. */
  static void ceil(float[] x, float[] z, int n, BlockTemps t) {
    boolean large = anyLarge(x, n, t);
    float[] kept = keep(large, x, z, n, t);
    for (int i = 0; i < n; i++) {
      float r = (x[i] + ROUNDER) - ROUNDER;
      z[i] = r + Math.min(1f, Math.max(0f, (x[i] - r) * HUGE * HUGE));
    }
    for (int i = 0; large && i < n; i++) {
      z[i] = (float) Math.ceil(kept[i]);
    }
  }

  private static float[] keep(boolean needed, float[] x, float[] z, int n, BlockTemps t) {
    if (needed && x == z) {
      System.arraycopy(x, 0, t.f, 0, n);
      return t.f;
    }
    return x;
  }

  private static boolean anyLarge(float[] x, int n, BlockTemps t) {
    int[] bits = t.i;
    t.bits(x, bits, n);
    int p = 0;
    int q = 0;
    int r = 0;
    int s = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      p |= LIMIT_BITS - (bits[i] & Integer.MAX_VALUE);
      q |= LIMIT_BITS - (bits[i + 1] & Integer.MAX_VALUE);
      r |= LIMIT_BITS - (bits[i + 2] & Integer.MAX_VALUE);
      s |= LIMIT_BITS - (bits[i + 3] & Integer.MAX_VALUE);
    }
    for (; i < n; i++) {
      p |= LIMIT_BITS - (bits[i] & Integer.MAX_VALUE);
    }
    return (p | q | r | s) < 0;
  }
}
