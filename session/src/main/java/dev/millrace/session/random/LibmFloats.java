package dev.millrace.session.random;

/**
 * Logarithm, sine and cosine of floats to the last bit as the C library of Linux (glibc 2.28 and
 * later) gives them, since TensorFlow's normal numbers are made of these. All three compute in
 * double and round once; their errors before rounding are too large for the rounding to be always
 * the nearest, so that {@link Math} would give other floats now and then. The method and constants
 * are those of Arm's Optimized Routines (S. Nagy and W. Dijkstra, 2017-2018).
 */
final class LibmFloats {
  // ---- the logarithm: 1/c and log c for a c in each sixteenth of [0.7, 1.4), and a polynomial

  private static final int LEAST = 0x3f330000; // the bits of the least mantissa
  private static final double[] INVERSE = {
    0x1.661ec79f8f3bep+0, 0x1.571ed4aaf883dp+0, 0x1.49539f0f010bp+0, 0x1.3c995b0b80385p+0,
    0x1.30d190c8864a5p+0, 0x1.25e227b0b8eap+0, 0x1.1bb4a4a1a343fp+0, 0x1.12358f08ae5bap+0,
    0x1.0953f419900a7p+0, 0x1p+0, 0x1.e608cfd9a47acp-1, 0x1.ca4b31f026aap-1,
    0x1.b2036576afce6p-1, 0x1.9c2d163a1aa2dp-1, 0x1.886e6037841edp-1, 0x1.767dcf5534862p-1
  };
  private static final double[] LOG = {
    -0x1.57bf7808caadep-2, -0x1.2bef0a7c06ddbp-2, -0x1.01eae7f513a67p-2, -0x1.b31d8a68224e9p-3,
    -0x1.6574f0ac07758p-3, -0x1.1aa2bc79c81p-3, -0x1.a4e76ce8c0e5ep-4, -0x1.1973c5a611cccp-4,
    -0x1.252f438e10c1ep-5, 0, 0x1.aa5aa5df25984p-5, 0x1.c5e53aa362eb4p-4,
    0x1.526e57720db08p-3, 0x1.bc2860d22477p-3, 0x1.1058bc8a07ee1p-2, 0x1.4043057b6ee09p-2
  };
  private static final double LN2 = 0x1.62e42fefa39efp-1;

  // ---- sine and cosine on an eighth of the circle

  private static final double[] SINE = {
    -0x1.555545995a603p-3, 0x1.1107605230bc4p-7, -0x1.994eb3774cf24p-13
  };
  private static final double[] COSINE = {
    -0x1.ffffffd0c621cp-2, 0x1.55553e1068f19p-5, -0x1.6c087e89a359dp-10, 0x1.99343027bf8c3p-16
  };
  private static final double QUARTERS = 0x1.45F306DC9C883p+23; // 2^24 quarters of a turn
  private static final double HALF_PI = 0x1.921FB54442D18p0;
  private static final float DIRECT = 0.75f;
  private static final float TINY = 0x1p-12f;

  private LibmFloats() {}

  /** The natural logarithm of a positive, normal number. */
  static float log(float x) {
    int bits = Float.floatToRawIntBits(x);
    int above = bits - LEAST;
    int part = (above >> 19) & 15;
    int exponent = above >> 23;
    double r = Float.intBitsToFloat(bits - (above & 0xff800000)) * INVERSE[part] - 1;
    double y = LOG[part] + exponent * LN2;
    double r2 = r * r;
    double p = 0x1.5575b0be00b6ap-2 * r - 0x1.ffffef20a4123p-2;
    p = -0x1.00ea348b88334p-2 * r2 + p;
    return (float) (p * r2 + (y + r));
  }

  /** Sine and cosine of an angle in [0, 120). */
  static void sinCos(float angle, float[] pair) {
    if (angle < TINY) {
      pair[0] = angle;
      pair[1] = 1;
      return;
    }
    double x = angle;
    int quarter = 0;
    if (angle >= DIRECT) {
      quarter = ((int) (x * QUARTERS) + 0x800000) >> 24;
      x -= quarter * HALF_PI;
    }
    double x2 = x * x;
    float sine = (float) sine(x, x2);
    float cosine = (float) cosine(x2);
    boolean swapped = (quarter & 1) != 0;
    float s = swapped ? cosine : sine;
    float c = swapped ? sine : cosine;
    pair[0] = (quarter & 2) != 0 ? -s : s;
    pair[1] = ((quarter + 1) & 2) != 0 ? -c : c;
  }

  private static double sine(double x, double x2) {
    double x3 = x * x2;
    double high = SINE[1] + x2 * SINE[2];
    return x + x3 * SINE[0] + x3 * x2 * high;
  }

  private static double cosine(double x2) {
    double x4 = x2 * x2;
    double high = COSINE[2] + x2 * COSINE[3];
    return 1 + x2 * COSINE[0] + x4 * COSINE[1] + x4 * x2 * high;
  }
}
