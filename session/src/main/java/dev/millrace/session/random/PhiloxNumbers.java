package dev.millrace.session.random;

/**
 * The numbers of a Philox stream one after another, whatever kind is asked for next: 32 bits are
 * taken for an int or a float, 64 for a long or a double. Bounded integers are exactly uniform,
 * since numbers that would favour some are passed over.
 */
public final class PhiloxNumbers {
  private final Philox stream;
  private final int[] block = new int[Philox.BLOCK];
  private long nextBlock;
  private int used = Philox.BLOCK;

  /**
   * @param stream from the first number on
   */
  public PhiloxNumbers(Philox stream) {
    this.stream = stream;
  }

  /** The next 32 bits. */
  int nextInt() {
    if (used == Philox.BLOCK) {
      stream.block(nextBlock++, block, 0);
      used = 0;
    }
    return block[used++];
  }

  /** The next 64 bits, the lower half first. */
  long nextLong() {
    long low = nextInt() & 0xffffffffL;
    return low | (long) nextInt() << 32;
  }

  /** The next number in [0, 1). */
  float nextFloat() {
    return Distributions.uniformFloat(nextInt());
  }

  /** The next number in [0, 1). */
  double nextDouble() {
    int high = nextInt();
    return Distributions.uniformDouble(high, nextInt());
  }

  /** An integer from 0 to {@code n - 1}; {@code n} is above 0. */
  int below(int n) {
    if ((n & (n - 1)) == 0) {
      return nextInt() & (n - 1);
    }
    int passedOver = Integer.remainderUnsigned(-1, n) + 1;
    int bits;
    do {
      bits = nextInt();
    } while (Integer.compareUnsigned(bits, passedOver) < 0);
    return Integer.remainderUnsigned(bits, n);
  }

  /** An integer from 0 to {@code n - 1}; {@code n} is above 0. */
  long below(long n) {
    if ((n & (n - 1)) == 0) {
      return nextLong() & (n - 1);
    }
    long passedOver = Long.remainderUnsigned(-1, n) + 1;
    long bits;
    do {
      bits = nextLong();
    } while (Long.compareUnsigned(bits, passedOver) < 0);
    return Long.remainderUnsigned(bits, n);
  }
}
