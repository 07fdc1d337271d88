package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * The plain recurrent cell: output and new state are {@code activation([x, state] · kernel + bias)}
 * (TensorFlow's BasicRNNCell). Variables {@code kernel} [inputs + units, units] and {@code bias}
 * [units], of zeros.
 */
public final class BasicRNNCell extends LayerRNNCell {
  private final int units;
  private Weights weights;

  /** A cell with tanh. */
  public BasicRNNCell(int units) {
    this(builder(units));
  }

  private BasicRNNCell(Builder b) {
    super(b);
    this.units = b.units;
  }

  /** Begins a cell, to say more about it. */
  public static Builder builder(int units) {
    return new Builder(units);
  }

  /** Collects what is to be said about a cell. */
  public static final class Builder extends CellOptions<Builder> {
    private final int units;

    private Builder(int units) {
      this.units = Units.checked(units);
    }

    /** Makes the cell. */
    public BasicRNNCell build() {
      return new BasicRNNCell(this);
    }
  }

  @Override
  public CellShape stateSize() {
    return CellShape.of(units);
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(units);
  }

  @Override
  protected void build(Ops tf, int inputSize, DataType dtype) {
    weights = addWeights(tf, null, dtype, inputSize + units, units);
  }

  @Override
  protected CellResult step(Ops tf, Tensor inputs, Object state) {
    Tensor next = activate(weights.apply(tf, inputs, Inputs.tensor(this, state, "state")));
    return new CellResult(next, next);
  }
}
