package dev.millrace.rnn;

import dev.millrace.ops.Reuse;
import java.util.Objects;

/**
 * What an LSTM in one op can be told.
 *
 * @param <B> the builder that extends this
 */
public abstract class BlockOptions<B extends BlockOptions<B>> {
  final int units;
  String name;
  Reuse reuse = Reuse.NONE;
  double forgetBias = 1;
  double cellClip = -1;
  boolean peepholes;

  BlockOptions(int units, String name) {
    this.units = Units.checked(units);
    this.name = name;
  }

  /** The name of the cell's scope. */
  public B name(String name) {
    this.name = Objects.requireNonNull(name);
    return self();
  }

  /** Whether to take over variables that exist in the scope, which then is not a new one. */
  public B reuse(Reuse reuse) {
    this.reuse = Objects.requireNonNull(reuse);
    return self();
  }

  /** What is added to the forget gate, so that a new network remembers; by default 1. */
  public B forgetBias(double bias) {
    this.forgetBias = bias;
    return self();
  }

  /**
   * Bounds the memory to [-clip, clip]; by default it has no bound. The gradient passes it as if it
   * had none.
   */
  public B cellClip(double clip) {
    this.cellClip = clip;
    return self();
  }

  /** Whether the gates see the memory; by default they do not. */
  public B usePeepholes(boolean use) {
    this.peepholes = use;
    return self();
  }

  @SuppressWarnings("unchecked") // every subclass is its own B
  private B self() {
    return (B) this;
  }
}
