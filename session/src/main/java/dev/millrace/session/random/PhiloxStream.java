package dev.millrace.session.random;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The random numbers of one node in one session: a Philox stream and how far it has been used. Safe
 * for concurrent use; runs at the same time get different parts of the stream.
 */
public final class PhiloxStream {
  /**
   * Blocks that TensorFlow sets aside for every number that an op puts out. Most lie idle: they are
   * there for distributions that draw again.
   */
  public static final int BLOCKS_PER_OUTPUT = 256;

  private final Philox start;
  private final AtomicLong used = new AtomicLong();

  private PhiloxStream(Philox start) {
    this.start = start;
  }

  /**
   * The stream of an op's attributes {@code seed} and {@code seed2}; both 0 give one that nobody
   * can foretell.
   */
  public static PhiloxStream ofSeeds(long seed, long seed2) {
    if (seed == 0 && seed2 == 0) {
      SecureRandom random = new SecureRandom();
      return new PhiloxStream(new Philox(random.nextLong(), random.nextLong()));
    }
    return new PhiloxStream(new Philox(seed, seed2));
  }

  /** Takes the blocks for one run of an op that puts out {@code n} numbers. */
  public Philox reserveOutputs(long n) {
    return reserveBlocks(n * BLOCKS_PER_OUTPUT);
  }

  /** Takes the next {@code blocks} blocks; the answer starts at the first of them. */
  public Philox reserveBlocks(long blocks) {
    return start.skip(used.getAndAdd(blocks));
  }
}
