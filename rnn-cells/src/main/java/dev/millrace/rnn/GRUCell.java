package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * The gated recurrent unit of Cho et al., "Learning Phrase Representations using RNN
 * Encoder-Decoder", 2014 (TensorFlow's GRUCell):
 *
 * <pre>
 * [r, u] = sigmoid([x, h] · gates/kernel + gates/bias)
 * c      = activation([x, r * h] · candidate/kernel + candidate/bias)
 * h'     = u * h + (1 - u) * c
 * </pre>
 *
 * <p>The output is h'. The gates' bias begins as ones, the candidate's as zeros.
 */
public final class GRUCell extends LayerRNNCell {
  private final int units;
  private final Initializer kernelInitializer;
  private final Initializer biasInitializer;
  private Weights gates;
  private Weights candidate;

  /** A cell with tanh. */
  public GRUCell(int units) {
    this(builder(units));
  }

  private GRUCell(Builder b) {
    super(b);
    this.units = b.units;
    this.kernelInitializer = b.kernelInitializer;
    this.biasInitializer = b.biasInitializer;
  }

  /** Begins a cell, to say more about it. */
  public static Builder builder(int units) {
    return new Builder(units);
  }

  /** Collects what is to be said about a cell. */
  public static final class Builder extends CellOptions<Builder> {
    private final int units;
    private Initializer kernelInitializer;
    private Initializer biasInitializer;

    private Builder(int units) {
      this.units = Units.checked(units);
    }

    /** The initializer of both kernels; by default the variable scope's. */
    public Builder kernelInitializer(Initializer initializer) {
      this.kernelInitializer = initializer;
      return this;
    }

    /** The initializer of both biases, in place of ones for the gates and zeros for the rest. */
    public Builder biasInitializer(Initializer initializer) {
      this.biasInitializer = initializer;
      return this;
    }

    /** Makes the cell. */
    public GRUCell build() {
      return new GRUCell(this);
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
    int rows = inputSize + units;
    gates = weights(tf, "gates", Initializers.constant(1), dtype, rows, 2 * units);
    candidate = weights(tf, "candidate", Initializers.zeros(), dtype, rows, units);
  }

  private Weights weights(
      Ops tf, String name, Initializer bias, DataType dtype, int rows, int columns) {
    return new Weights(
        addVariable(tf, name + "/kernel", kernelInitializer, dtype, rows, columns),
        addVariable(
            tf, name + "/bias", biasInitializer == null ? bias : biasInitializer, dtype, columns));
  }

  @Override
  protected CellResult step(Ops tf, Tensor inputs, Object state) {
    Tensor h = Inputs.tensor(this, state, "state");
    List<Tensor> ru = tf.split(tf.sigmoid(gates.apply(tf, inputs, h)), 2, 1);
    Tensor rh = tf.mul(ru.get(0), h);
    Tensor c = activate(candidate.apply(tf, inputs, rh));
    Tensor u = ru.get(1);
    Tensor next = tf.add(tf.mul(u, h), tf.mul(tf.sub(1, u), c));
    return new CellResult(next, next);
  }
}
