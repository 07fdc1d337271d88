package dev.millrace.rnn;

import dev.millrace.ops.LoopOptions;

/**
 * What everything that runs a cell in a loop over [batch, time, …] can be told.
 *
 * @param <B> the builder that extends this
 */
public abstract class LoopedOptions<B extends LoopedOptions<B>> extends UnrollOptions<B> {
  private static final int PARALLEL_ITERATIONS = 32;

  boolean timeMajor;
  private int parallelIterations = PARALLEL_ITERATIONS;
  private boolean swapMemory;

  LoopedOptions() {}

  /**
   * Whether inputs and outputs are [time, batch, …] in place of [batch, time, …], which saves
   * transposing them.
   */
  public B timeMajor(boolean timeMajor) {
    this.timeMajor = timeMajor;
    return self();
  }

  /** How many steps TensorFlow may run side by side; by default 32. It changes no result. */
  public B parallelIterations(int n) {
    this.parallelIterations = n;
    return self();
  }

  /** Whether TensorFlow may move what the gradient needs off the device. Changes no result. */
  public B swapMemory(boolean swap) {
    this.swapMemory = swap;
    return self();
  }

  /** Takes over what is said of lengths, dtype and the loop. */
  B likeLoop(LoopedOptions<?> other) {
    like(other);
    this.timeMajor = other.timeMajor;
    this.parallelIterations = other.parallelIterations;
    this.swapMemory = other.swapMemory;
    return self();
  }

  LoopOptions loopOptions() {
    return new LoopOptions().parallelIterations(parallelIterations).swapMemory(swapMemory);
  }
}
