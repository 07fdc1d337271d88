package dev.millrace.session.queue;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.session.state.Wait;
import java.util.function.Consumer;

/**
 * Collects gradients until so many have come as are asked for. Those computed from values that are
 * too old are dropped. Safe for concurrent use.
 *
 * @param <G> the gradients
 */
public final class GradientAccumulator<G> extends WaitingLine {
  /** The arithmetic of gradients. */
  public interface Arithmetic<G> {
    /** The sum so far with one more; {@code sum} is null for the first. */
    G add(G sum, G gradient);

    /** What is given for a sum of {@code count} gradients. */
    G result(G sum, int count);
  }

  private final String name;
  private final Arithmetic<G> arithmetic;
  private G sum;
  private int count;
  private long globalStep;

  public GradientAccumulator(String name, Arithmetic<G> arithmetic) {
    this.name = name;
    this.arithmetic = arithmetic;
  }

  /** Adds a gradient, unless it is of an older step than the present one. */
  public void apply(long localStep, G gradient) {
    locked(
        () -> {
          if (localStep >= globalStep) {
            sum = arithmetic.add(sum, gradient);
            count++;
          }
        });
    flush();
  }

  /** How many gradients there are. */
  public int count() {
    int[] n = new int[1];
    locked(() -> n[0] = count);
    return n[0];
  }

  /** Sets the present step. */
  public void setGlobalStep(long step) {
    locked(() -> globalStep = step);
  }

  /** Takes what has been collected, as soon as there are {@code n} gradients; a step is over. */
  public Wait take(long n, Consumer<G> result, Runnable changed) {
    if (n <= 0) {
      throw new InvalidArgumentException(
          "the number of gradients to wait for must be positive, not " + n);
    }
    Take t = new Take(n, result, changed);
    enter(t, false);
    return t;
  }

  private final class Take extends Attempt {
    private final long wanted;
    private final Consumer<G> result;
    private G taken;

    Take(long wanted, Consumer<G> result, Runnable changed) {
      super(
          GradientAccumulator.this,
          "taking from accumulator '" + GradientAccumulator.this.name + "'",
          changed);
      this.wanted = wanted;
      this.result = result;
    }

    @Override
    Result run() {
      if (count < wanted) {
        return Result.NOTHING;
      }
      taken = arithmetic.result(sum, count);
      sum = null;
      count = 0;
      globalStep++;
      return Result.ALL;
    }

    @Override
    void results() {
      result.accept(taken);
    }
  }
}
