package dev.millrace.session.kernel;

import java.util.Arrays;

/**
 * Heap arrays for the intermediate values of steps, by worker, so that steps allocate none. The
 * steps of a plan instance run one after another and share them; nothing is kept in them from one
 * step to the next.
 */
public final class Scratch {
  /**
   * The elements of a block: what a worker handles at a time, small enough that several arrays stay
   * in the first-level cache.
   */
  public static final int BLOCK = 1024;

  private final float[][][] floats;
  private final double[][][] doubles;
  private final int[][][] ints;
  private final long[][][] longs;
  private final short[][][] shorts;
  private final byte[][][] bytes;
  private final BlockTemps[] temps;

  public Scratch(int workers) {
    floats = new float[workers][][];
    doubles = new double[workers][][];
    ints = new int[workers][][];
    longs = new long[workers][][];
    shorts = new short[workers][][];
    bytes = new byte[workers][][];
    temps = new BlockTemps[workers];
  }

  /** What an instruction on a block may use for itself; one for each worker. */
  public BlockTemps temps(int worker) {
    BlockTemps t = temps[worker];
    if (t == null) {
      t = new BlockTemps();
      temps[worker] = t;
    }
    return t;
  }

  /** Array number {@code k} of {@code worker}, with at least {@code n} elements. */
  public float[] floats(int worker, int k, int n) {
    float[][] of = floats[worker];
    if (of == null || of.length <= k) {
      of = of == null ? new float[Math.max(8, k + 1)][] : Arrays.copyOf(of, 2 * k);
      floats[worker] = of;
    }
    float[] a = of[k];
    if (a == null || a.length < n) {
      a = new float[Math.max(n, BLOCK)];
      of[k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public double[] doubles(int worker, int k, int n) {
    double[][] of = doubles[worker];
    if (of == null || of.length <= k) {
      of = of == null ? new double[Math.max(8, k + 1)][] : Arrays.copyOf(of, 2 * k);
      doubles[worker] = of;
    }
    double[] a = of[k];
    if (a == null || a.length < n) {
      a = new double[Math.max(n, BLOCK)];
      of[k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public int[] ints(int worker, int k, int n) {
    int[][] of = ints[worker];
    if (of == null || of.length <= k) {
      of = of == null ? new int[Math.max(8, k + 1)][] : Arrays.copyOf(of, 2 * k);
      ints[worker] = of;
    }
    int[] a = of[k];
    if (a == null || a.length < n) {
      a = new int[Math.max(n, BLOCK)];
      of[k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public long[] longs(int worker, int k, int n) {
    long[][] of = longs[worker];
    if (of == null || of.length <= k) {
      of = of == null ? new long[Math.max(8, k + 1)][] : Arrays.copyOf(of, 2 * k);
      longs[worker] = of;
    }
    long[] a = of[k];
    if (a == null || a.length < n) {
      a = new long[Math.max(n, BLOCK)];
      of[k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public short[] shorts(int worker, int k, int n) {
    short[][] of = shorts[worker];
    if (of == null || of.length <= k) {
      of = of == null ? new short[Math.max(8, k + 1)][] : Arrays.copyOf(of, 2 * k);
      shorts[worker] = of;
    }
    short[] a = of[k];
    if (a == null || a.length < n) {
      a = new short[Math.max(n, BLOCK)];
      of[k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public byte[] bytes(int worker, int k, int n) {
    byte[][] of = bytes[worker];
    if (of == null || of.length <= k) {
      of = of == null ? new byte[Math.max(8, k + 1)][] : Arrays.copyOf(of, 2 * k);
      bytes[worker] = of;
    }
    byte[] a = of[k];
    if (a == null || a.length < n) {
      a = new byte[Math.max(n, BLOCK)];
      of[k] = a;
    }
    return a;
  }
}
