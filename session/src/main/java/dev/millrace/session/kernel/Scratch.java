package dev.millrace.session.kernel;

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
    floats = new float[workers][8][];
    doubles = new double[workers][8][];
    ints = new int[workers][8][];
    longs = new long[workers][8][];
    shorts = new short[workers][8][];
    bytes = new byte[workers][8][];
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

  /** Array number {@code k} (0 to 7) of {@code worker}, with at least {@code n} elements. */
  public float[] floats(int worker, int k, int n) {
    float[] a = floats[worker][k];
    if (a == null || a.length < n) {
      a = new float[Math.max(n, BLOCK)];
      floats[worker][k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public double[] doubles(int worker, int k, int n) {
    double[] a = doubles[worker][k];
    if (a == null || a.length < n) {
      a = new double[Math.max(n, BLOCK)];
      doubles[worker][k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public int[] ints(int worker, int k, int n) {
    int[] a = ints[worker][k];
    if (a == null || a.length < n) {
      a = new int[Math.max(n, BLOCK)];
      ints[worker][k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public long[] longs(int worker, int k, int n) {
    long[] a = longs[worker][k];
    if (a == null || a.length < n) {
      a = new long[Math.max(n, BLOCK)];
      longs[worker][k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public short[] shorts(int worker, int k, int n) {
    short[] a = shorts[worker][k];
    if (a == null || a.length < n) {
      a = new short[Math.max(n, BLOCK)];
      shorts[worker][k] = a;
    }
    return a;
  }

  /** As {@link #floats}. */
  public byte[] bytes(int worker, int k, int n) {
    byte[] a = bytes[worker][k];
    if (a == null || a.length < n) {
      a = new byte[Math.max(n, BLOCK)];
      bytes[worker][k] = a;
    }
    return a;
  }
}
