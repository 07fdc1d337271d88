package dev.millrace.session.random;

/**
 * The Philox 4x32-10 counter-based generator of Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3" (SC 2011), keyed and counted as TensorFlow does it.
 *
 * <p>Block {@code n} of the stream, four 32-bit numbers, is a function of the key and of a 128-bit
 * counter that starts at {@code seed2 * 2^64} and goes up by one a block. So any block can be had
 * without those before it. Immutable.
 */
public final class Philox {
  /** 32-bit numbers in a block. */
  public static final int BLOCK = 4;

  private static final int ROUNDS = 10;
  private static final int KEY_STEP_0 = 0x9E3779B9;
  private static final int KEY_STEP_1 = 0xBB67AE85;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final long MIXING_KEY = 0x02461e293ec8f720L;

  private final long key;
  private final long counterLow;
  private final long counterHigh;

  /**
   * The stream of two seeds, from its beginning.
   *
   * @param seed the key
   * @param seed2 the upper half of the counter
   */
  public Philox(long seed, long seed2) {
    this(seed, 0, seed2);
  }

  private Philox(long key, long counterLow, long counterHigh) {
    this.key = key;
    this.counterLow = counterLow;
    this.counterHigh = counterHigh;
  }

  /**
   * The stream of the two seeds of a stateless operation, which are mixed by one block of the
   * generator itself, so that no part of them matters more than another.
   */
  public static Philox mixed(long seed, long seed2) {
    int[] mix = new int[BLOCK];
    new Philox(MIXING_KEY, seed, seed2).block(0, mix, 0);
    return new Philox(join(mix[0], mix[1]), 0, join(mix[2], mix[3]));
  }

  private static long join(int low, int high) {
    return (low & 0xffffffffL) | (long) high << 32;
  }

  /** The same stream from {@code blocks} (unsigned) later on. */
  public Philox skip(long blocks) {
    long low = counterLow + blocks;
    boolean carry = Long.compareUnsigned(low, blocks) < 0;
    return new Philox(key, low, carry ? counterHigh + 1 : counterHigh);
  }

  /**
   * Computes one block.
   *
   * @param n its number, counted from where this stands
   * @param to where the four numbers go
   * @param at the index of the first one
   */
  public void block(long n, int[] to, int at) {
    long low = counterLow + n;
    long high = Long.compareUnsigned(low, n) < 0 ? counterHigh + 1 : counterHigh;
    int c0 = (int) low;
    int c1 = (int) (low >>> 32);
    int c2 = (int) high;
    int c3 = (int) (high >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int i = 0; i < ROUNDS; i++) {
      long p0 = MULTIPLIER_0 * (c0 & 0xffffffffL);
      long p1 = MULTIPLIER_1 * (c2 & 0xffffffffL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += KEY_STEP_0;
      k1 += KEY_STEP_1;
    }
    to[at] = c0;
    to[at + 1] = c1;
    to[at + 2] = c2;
    to[at + 3] = c3;
  }
}
