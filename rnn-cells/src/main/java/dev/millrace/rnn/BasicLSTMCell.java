package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * The long short-term memory without peepholes, clipping or projection, after Zaremba et al.,
 * "Recurrent Neural Network Regularization", 2014 (TensorFlow's BasicLSTMCell):
 *
 * <pre>
 * i, j, f, o = [x, h] · kernel + bias
 * c' = c * sigmoid(f + forgetBias) + sigmoid(i) * activation(j)
 * h' = activation(c') * sigmoid(o)
 * </pre>
 *
 * <p>The output is h'. Variables {@code kernel} [inputs + units, 4 units], its columns in the order
 * i, j, f, o, and {@code bias} [4 units], of zeros: the forget bias is added at every step and not
 * stored.
 */
public final class BasicLSTMCell extends LayerRNNCell {
  private final int units;
  private final double forgetBias;
  private final boolean stateIsTuple;
  private Weights weights;

  /** A cell with a forget bias of 1 and tanh. */
  public BasicLSTMCell(int units) {
    this(builder(units));
  }

  private BasicLSTMCell(Builder b) {
    super(b);
    this.units = b.units;
    this.forgetBias = b.forgetBias;
    this.stateIsTuple = b.stateIsTuple;
  }

  /** Begins a cell, to say more about it. */
  public static Builder builder(int units) {
    return new Builder(units);
  }

  /** Collects what is to be said about a cell. */
  public static final class Builder extends CellOptions<Builder> {
    private final int units;
    private double forgetBias = 1;
    private boolean stateIsTuple = true;

    private Builder(int units) {
      this.units = Units.checked(units);
    }

    /** What is added to the forget gate, so that a new network remembers; by default 1. */
    public Builder forgetBias(double bias) {
      this.forgetBias = bias;
      return this;
    }

    /** Whether the state is an {@link LSTMStateTuple}, or one tensor [c, h] of 2 units columns. */
    public Builder stateIsTuple(boolean tuple) {
      this.stateIsTuple = tuple;
      return this;
    }

    /** Makes the cell. */
    public BasicLSTMCell build() {
      return new BasicLSTMCell(this);
    }
  }

  @Override
  public CellShape stateSize() {
    return LstmState.size(stateIsTuple, units, units);
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(units);
  }

  @Override
  protected void build(Ops tf, int inputSize, DataType dtype) {
    weights = addWeights(tf, null, dtype, inputSize + units, 4 * units);
  }

  @Override
  protected CellResult step(Ops tf, Tensor inputs, Object state) {
    LSTMStateTuple before = LstmState.read(tf, this, state, stateIsTuple, units, units);
    List<Tensor> gates = tf.split(weights.apply(tf, inputs, before.h()), 4, 1);
    Tensor forget = tf.sigmoid(tf.add(gates.get(2), forgetBias));
    Tensor c =
        tf.add(
            tf.mul(before.c(), forget), tf.mul(tf.sigmoid(gates.get(0)), activate(gates.get(1))));
    Tensor h = tf.mul(activate(c), tf.sigmoid(gates.get(3)));
    return new CellResult(h, LstmState.write(tf, c, h, stateIsTuple));
  }
}
