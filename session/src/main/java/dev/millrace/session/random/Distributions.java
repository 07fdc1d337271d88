package dev.millrace.session.random;

import dev.millrace.graph.Float16;

/**
 * Random numbers of several distributions from the bits of a {@link Philox} stream, bit for bit as
 * TensorFlow makes them (normal doubles up to the last place of sine, cosine and logarithm).
 *
 * <p>Every method fills elements {@code from} to before {@code to} of a tensor whose first element
 * uses block 0 of {@code stream}. An element depends on its index only, so that parts of a tensor
 * may be filled apart, in any order; element {@code i} goes to {@code out[i - from + at]}.
 */
public final class Distributions {
  /** Normal numbers at or beyond this many standard deviations are drawn again. */
  private static final double TRUNCATE_AT = 2;

  /** What a uniform number is raised to before its logarithm is taken. */
  private static final double LEAST_UNIFORM = 1.0e-7;

  private Distributions() {}

  /** The float in [0, 1) that the low 23 bits give. */
  public static float uniformFloat(int bits) {
    return Float.intBitsToFloat(127 << 23 | (bits & 0x7fffff)) - 1;
  }

  /** The double in [0, 1) that the low 20 bits of {@code high} and all of {@code low} give. */
  public static double uniformDouble(int high, int low) {
    long mantissa = (high & 0xfffffL) << 32 | (low & 0xffffffffL);
    return Double.longBitsToDouble(1023L << 52 | mantissa) - 1;
  }

  /** The half in [0, 1) that the low 10 bits give. */
  public static short uniformHalf(int bits) {
    return Float16.ofFloat(Float16.toFloat((short) (15 << 10 | (bits & 0x3ff))) - 1);
  }

  /** The bfloat16 in [0, 1) that the low 7 bits give. */
  public static short uniformBfloat16(int bits) {
    return Float16.bfloatOfFloat(Float16.bfloatToFloat((short) (127 << 7 | (bits & 0x7f))) - 1);
  }

  /** Uniform in [0, 1). */
  public static void uniform(Philox stream, float[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    for (long i = from; i < to; i++) {
      out[at++] = uniformFloat(bits.get(i));
    }
  }

  /** Uniform in [0, 1). */
  public static void uniform(Philox stream, double[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    for (long i = from; i < to; i++) {
      out[at++] = uniformDouble(bits.get(2 * i), bits.get(2 * i + 1));
    }
  }

  /** Uniform in [0, 1), as the bits of half. */
  public static void uniformHalf(Philox stream, short[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    for (long i = from; i < to; i++) {
      out[at++] = uniformHalf(bits.get(i));
    }
  }

  /** Uniform in [0, 1), as the bits of bfloat16. */
  public static void uniformBfloat16(Philox stream, short[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    for (long i = from; i < to; i++) {
      out[at++] = uniformBfloat16(bits.get(i));
    }
  }

  /** Integers in [low, high), each about as likely as any other. */
  public static void uniformInt(
      Philox stream, int low, int high, int[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    for (long i = from; i < to; i++) {
      out[at++] = low + Integer.remainderUnsigned(bits.get(i), high - low);
    }
  }

  /** Integers in [low, high), each about as likely as any other. */
  public static void uniformLong(
      Philox stream, long low, long high, long[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    for (long i = from; i < to; i++) {
      long drawn = (bits.get(2 * i) & 0xffffffffL) | (long) bits.get(2 * i + 1) << 32;
      out[at++] = low + Long.remainderUnsigned(drawn, high - low);
    }
  }

  /** Normal with mean 0 and standard deviation 1. */
  public static void normal(Philox stream, float[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    float[] pair = new float[2];
    for (long i = from; i < to; i++) {
      if (i == from || (i & 1) == 0) {
        boxMuller(bits.get(i & ~1L), bits.get(i | 1), pair);
      }
      out[at++] = pair[(int) (i & 1)];
    }
  }

  /** Normal with mean 0 and standard deviation 1. */
  public static void normal(Philox stream, double[] out, int at, long from, long to) {
    Bits bits = new Bits(stream);
    double[] pair = new double[2];
    for (long i = from; i < to; i++) {
      if (i == from || (i & 1) == 0) {
        long n = 2 * (i & ~1L);
        boxMuller(bits.get(n), bits.get(n + 1), bits.get(n + 2), bits.get(n + 3), pair);
      }
      out[at++] = pair[(int) (i & 1)];
    }
  }

  /**
   * Normal with mean 0 and standard deviation 1, redrawn until it is below two standard deviations.
   *
   * <p>Four elements at a time come from a stretch of {@link PhiloxStream#BLOCKS_PER_OUTPUT} blocks
   * of their own, pair after pair, leaving out what is too large.
   */
  public static void truncatedNormal(Philox stream, float[] out, int at, long from, long to) {
    float[] group = new float[4];
    float[] pair = new float[2];
    long filled = -1;
    for (long i = from; i < to; i++) {
      long g = i / group.length;
      if (g != filled) {
        Bits bits = new Bits(stream.skip(g * PhiloxStream.BLOCKS_PER_OUTPUT));
        int n = 0;
        for (long k = 0; n < group.length; k += 2) {
          boxMuller(bits.get(k), bits.get(k + 1), pair);
          for (int j = 0; j < 2 && n < group.length; j++) {
            if (Math.abs(pair[j]) < TRUNCATE_AT) {
              group[n++] = pair[j];
            }
          }
        }
        filled = g;
      }
      out[at++] = group[(int) (i % group.length)];
    }
  }

  /** The same for doubles: two at a time, from half as many blocks. */
  public static void truncatedNormal(Philox stream, double[] out, int at, long from, long to) {
    double[] group = new double[2];
    double[] pair = new double[2];
    long filled = -1;
    for (long i = from; i < to; i++) {
      long g = i / group.length;
      if (g != filled) {
        Bits bits = new Bits(stream.skip(g * (PhiloxStream.BLOCKS_PER_OUTPUT / 2)));
        int n = 0;
        for (long k = 0; n < group.length; k += 4) {
          boxMuller(bits.get(k), bits.get(k + 1), bits.get(k + 2), bits.get(k + 3), pair);
          for (int j = 0; j < 2 && n < group.length; j++) {
            if (Math.abs(pair[j]) < TRUNCATE_AT) {
              group[n++] = pair[j];
            }
          }
        }
        filled = g;
      }
      out[at++] = group[(int) (i % group.length)];
    }
  }

  /** Two normal floats of two uniform ones; the angle is a product of doubles, all else floats. */
  static void boxMuller(int x0, int x1, float[] pair) {
    float u = Math.max(uniformFloat(x0), (float) LEAST_UNIFORM);
    float angle = (float) (2 * Math.PI * uniformFloat(x1));
    float radius = (float) Math.sqrt(-2 * LibmFloats.log(u));
    LibmFloats.sinCos(angle, pair);
    pair[0] *= radius;
    pair[1] *= radius;
  }

  /** Two normal doubles of two uniform ones, each of which takes two numbers. */
  static void boxMuller(int x0, int x1, int x2, int x3, double[] pair) {
    double u = Math.max(uniformDouble(x0, x1), LEAST_UNIFORM);
    double angle = 2 * Math.PI * uniformDouble(x2, x3);
    double radius = Math.sqrt(-2 * Math.log(u));
    pair[0] = Math.sin(angle) * radius;
    pair[1] = Math.cos(angle) * radius;
  }

  /** The 32-bit numbers of a stream, a block kept at a time. */
  private static final class Bits {
    private final Philox stream;
    private final int[] block = new int[Philox.BLOCK];
    private long blockNumber = -1;

    Bits(Philox stream) {
      this.stream = stream;
    }

    int get(long i) {
      long n = i / Philox.BLOCK;
      if (n != blockNumber) {
        stream.block(n, block, 0);
        blockNumber = n;
      }
      return block[(int) (i % Philox.BLOCK)];
    }
  }
}
