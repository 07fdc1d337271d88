package dev.millrace.rnn;

import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What every cell with weights can be told.
 *
 * @param <B> the builder that extends this
 */
public abstract class CellOptions<B extends CellOptions<B>> {
  String name;
  Reuse reuse = Reuse.NONE;
  UnaryOperator<Tensor> activation = Tensor::tanh;

  /** For builders. */
  protected CellOptions() {}

  static final class None extends CellOptions<None> {}

  /** The name of the cell's scope; by default that of its class, as {@code lstm_cell}. */
  public B name(String name) {
    this.name = Objects.requireNonNull(name);
    return self();
  }

  /** Whether to take over variables that exist in the scope, which then is not a new one. */
  public B reuse(Reuse reuse) {
    this.reuse = Objects.requireNonNull(reuse);
    return self();
  }

  /** The function of the inner states; by default tanh. */
  public B activation(UnaryOperator<Tensor> activation) {
    this.activation = Objects.requireNonNull(activation);
    return self();
  }

  @SuppressWarnings("unchecked") // every subclass is its own B
  private B self() {
    return (B) this;
  }
}
