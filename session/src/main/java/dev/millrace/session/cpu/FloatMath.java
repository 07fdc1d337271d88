package dev.millrace.session.cpu;

import static dev.millrace.session.cpu.Fma.mad;

import dev.millrace.session.kernel.BlockTemps;

/**
 * Functions of float blocks, written as loops that the JIT compiles to vector instructions: no
 * branches, no calls, and bits reinterpreted by bulk copies. Every result of an infinity, a NaN, a
 * zero or a subnormal number is right. The errors given are the largest found over samples of all
 * bit patterns, in units of the last place of the exact result.
 *
 * <p>{@code z} may be the array {@code x}; {@code n} is at most a block.
 */
// The coefficients stand with more digits than a float holds, as they are known.
@SuppressWarnings("FloatingPointLiteralPrecision")
final class FloatMath {
  private static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts, the first with so few bits that its multiples are exact. */
  private static final float LN2_HI = 0.6933594f;

  private static final float LN2_LO = -0.00021219444f;

  /** 1.5 * 2^23: adding it rounds to an integer, which the low bits of the sum then are. */
  private static final float ROUNDER = 12582912f;

  private static final int ROUNDER_BITS = 0x4B400000;
  private static final int SQRT_HALF_BITS = 0x3f3504f3;
  private static final int ONE_BITS = 0x3f800000;
  private static final int LEAST_NORMAL_BITS = 0x00800000;
  private static final int GREATEST_FINITE_BITS = 0x7f7fffff;

  private FloatMath() {}

  /** The exponential: 2^k e^r with r = x - k ln 2 and a polynomial for e^r. At most 1 ulp off. */
  static void exp(float[] x, float[] z, int n, BlockTemps t) {
    float[] m = t.f;
    for (int i = 0; i < n; i++) {
      float v = Math.min(Math.max(x[i], -104f), 89f);
      float k = mad(v, LOG2_E, ROUNDER);
      m[i] = k;
      k -= ROUNDER;
      z[i] = expReduced(mad(k, -LN2_LO, mad(k, -LN2_HI, v)));
    }
    int[] a = t.i;
    int[] b = t.j;
    t.bits(m, a, n);
    for (int i = 0; i < n; i++) {
      // Two factors, for 2^k itself may be out of range where 2^k e^r is not.
      int k = a[i] - ROUNDER_BITS;
      int half = k >> 1;
      a[i] = (half + 127) << 23;
      b[i] = (k - half + 127) << 23;
    }
    t.floats(a, m, n);
    float[] s = t.g;
    t.floats(b, s, n);
    for (int i = 0; i < n; i++) {
      z[i] = z[i] * m[i] * s[i];
    }
  }

  /** e^r for |r| up to ln 2 / 2. */
  private static float expReduced(float r) {
    return mad(expTail(r), r * r, r) + 1f;
  }

  /** (e^r - 1 - r) / r^2, fitted for the least error of e^r, 0.06 ulp. */
  private static float expTail(float r) {
    float p = mad(0.0013813145f, r, 0.008369419f);
    p = mad(p, r, 0.041668456f);
    p = mad(p, r, 0.16666515f);
    return mad(p, r, 0.49999994f);
  }

  /** e^x - 1, without cancellation near 0. At most 2 ulp off. */
  static void expm1(float[] x, float[] z, int n, BlockTemps t) {
    float[] m = t.f;
    for (int i = 0; i < n; i++) {
      float v = Math.min(Math.max(x[i], -18f), 89f);
      float k = mad(v, LOG2_E, ROUNDER);
      m[i] = k;
      k -= ROUNDER;
      float r = mad(k, -LN2_LO, mad(k, -LN2_HI, v));
      z[i] = mad(expTail(r), r * r, r);
    }
    int[] a = t.i;
    t.bits(m, a, n);
    for (int i = 0; i < n; i++) {
      a[i] = (a[i] - ROUNDER_BITS + 126) << 23; // half of 2^k, since 2^128 is out of range
    }
    t.floats(a, m, n);
    for (int i = 0; i < n; i++) {
      z[i] = 2f * mad(m[i], z[i], m[i] - 0.5f);
    }
  }

  /**
   * The logistic function 1 / (1 + e^-x): at most 3 ulp off, for negative x too, where a form in
   * tanh loses the relative precision. What would be subnormal is 0.
   */
  static void sigmoid(float[] x, float[] z, int n, BlockTemps t) {
    float[] m = t.f;
    for (int i = 0; i < n; i++) {
      float v = Math.min(Math.max(-x[i], -87f), 89f);
      float k = mad(v, LOG2_E, ROUNDER);
      m[i] = k;
      k -= ROUNDER;
      z[i] = expReduced(mad(k, -LN2_LO, mad(k, -LN2_HI, v)));
    }
    int[] a = t.i;
    t.bits(m, a, n);
    for (int i = 0; i < n; i++) {
      a[i] = (a[i] - ROUNDER_BITS + 127) << 23; // 2^128 becomes infinity, and the quotient 0
    }
    t.floats(a, m, n);
    for (int i = 0; i < n; i++) {
      z[i] = 1f / mad(z[i], m[i], 1f);
    }
  }

  /**
   * The hyperbolic tangent: x P(x^2) / Q(x^2), with P and Q of degree 4 fitted for the least
   * relative error up to 9.02, from where on the result is 1. At most 6 ulp off.
   */
  static void tanh(float[] x, float[] z, int n, BlockTemps t) {
    for (int i = 0; i < n; i++) {
      float v = Math.min(Math.max(x[i], -9.02f), 9.02f);
      float y = v * v;
      float p = mad(y, 1.33188e-08f, 2.058329e-05f);
      p = mad(p, y, 0.003494023f);
      p = mad(p, y, 0.13379708f);
      p = mad(p, y, 1.0f);
      float q = mad(y, 7.761909e-07f, 0.0003283074f);
      q = mad(q, y, 0.02587103f);
      q = mad(q, y, 0.46713024f);
      q = mad(q, y, 1f);
      z[i] = v * p / q;
    }
  }

  /**
   * The natural logarithm: e ln 2 + ln m with m between sqrt(1/2) and sqrt(2), and a polynomial for
   * ln m (S. Moshier's, of the Cephes library). At most 1 ulp off.
   */
  static void log(float[] x, float[] z, int n, BlockTemps t) {
    int[] a = t.i;
    int[] b = t.j;
    t.bits(x, a, n);
    int odd = outsideNormal(a, b, n);
    float[] m = t.f;
    float[] e = t.g;
    float[] kept = odd < 0 && x == z ? keep(x, t.h, n) : x;
    for (int i = 0; i < n; i++) {
      int w = a[i] + (ONE_BITS - SQRT_HALF_BITS);
      b[i] = ((w >> 23) - 127) + ROUNDER_BITS;
      a[i] = (w & 0x7fffff) + SQRT_HALF_BITS;
    }
    t.floats(a, m, n);
    t.floats(b, e, n);
    for (int i = 0; i < n; i++) {
      z[i] = logReduced(m[i] - 1f, e[i] - ROUNDER);
    }
    if (odd < 0) {
      patchLog(kept, z, n);
    }
  }

  private static float[] keep(float[] x, float[] to, int n) {
    System.arraycopy(x, 0, to, 0, n);
    return to;
  }

  /** ln(1 + f) + e ln 2. */
  private static float logReduced(float f, float e) {
    float p = mad(0.070376836f, f, -0.1151461f);
    p = mad(p, f, 0.116769984f);
    p = mad(p, f, -0.12420141f);
    p = mad(p, f, 0.14249323f);
    p = mad(p, f, -0.16668057f);
    p = mad(p, f, 0.20000714f);
    p = mad(p, f, -0.24999994f);
    p = mad(p, f, 0.3333333f);
    float square = f * f;
    float r = p * f * square;
    r = mad(e, LN2_LO, r);
    r = mad(-0.5f, square, r);
    return mad(e, LN2_HI, f + r);
  }

  /** Negative if any of the bit patterns is not of a positive normal number. */
  private static int outsideNormal(int[] bits, int[] work, int n) {
    for (int i = 0; i < n; i++) {
      work[i] = (bits[i] - LEAST_NORMAL_BITS) | (GREATEST_FINITE_BITS - bits[i]);
    }
    int p = 0;
    int q = 0;
    int r = 0;
    int s = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      p |= work[i];
      q |= work[i + 1];
      r |= work[i + 2];
      s |= work[i + 3];
    }
    for (; i < n; i++) {
      p |= work[i];
    }
    return p | q | r | s;
  }

  private static void patchLog(float[] x, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[i];
      if (!(v >= Float.MIN_NORMAL && v < Float.POSITIVE_INFINITY)) {
        z[i] = (float) Math.log(v);
      }
    }
  }

  /** ln(1 + x), without cancellation near 0. At most 2 ulp off. */
  static void log1p(float[] x, float[] z, int n, BlockTemps t) {
    // With u = 1 + x rounded, ln(1 + x) = ln u + (x - (u - 1)) / u to the first order of what
    // rounding lost.
    float[] u = t.h;
    int[] a = t.i;
    int[] b = t.j;
    for (int i = 0; i < n; i++) {
      u[i] = 1f + x[i];
    }
    t.bits(u, a, n);
    int odd = outsideNormal(a, b, n);
    float[] m = t.f;
    float[] e = t.g;
    for (int i = 0; i < n; i++) {
      int w = a[i] + (ONE_BITS - SQRT_HALF_BITS);
      b[i] = ((w >> 23) - 127) + ROUNDER_BITS;
      a[i] = (w & 0x7fffff) + SQRT_HALF_BITS;
    }
    t.floats(a, m, n);
    t.floats(b, e, n);
    if (odd < 0) {
      for (int i = 0; i < n; i++) {
        float v = u[i];
        boolean normal = v >= Float.MIN_NORMAL && v < Float.POSITIVE_INFINITY;
        z[i] =
            normal
                ? logReduced(m[i] - 1f, e[i] - ROUNDER) + (x[i] - (v - 1f)) / v
                : (float) Math.log1p(x[i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        z[i] = logReduced(m[i] - 1f, e[i] - ROUNDER) + (x[i] - (u[i] - 1f)) / u[i];
      }
    }
  }

  /** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). At most 3 ulp off. */
  static void softplus(float[] x, float[] z, int n, BlockTemps t) {
    float[] p = t.p;
    float[] q = t.q;
    for (int i = 0; i < n; i++) {
      p[i] = -Math.abs(x[i]);
      q[i] = Math.max(x[i], 0f);
    }
    exp(p, p, n, t);
    log1p(p, p, n, t);
    for (int i = 0; i < n; i++) {
      z[i] = q[i] + p[i];
    }
  }

  /** x where it is positive, else {@code alpha} (e^x - 1), all times {@code scale}. */
  static void elu(float[] x, float[] z, int n, BlockTemps t, float alpha, float scale) {
    float[] p = t.p;
    float[] q = t.q;
    for (int i = 0; i < n; i++) {
      p[i] = Math.min(x[i], 0f);
      q[i] = Math.max(x[i], 0f);
    }
    expm1(p, p, n, t);
    for (int i = 0; i < n; i++) {
      z[i] = scale * q[i] + scale * alpha * p[i];
    }
  }
}
