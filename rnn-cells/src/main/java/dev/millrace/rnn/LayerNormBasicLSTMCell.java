package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableScope;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The long short-term memory with layer normalization (Ba et al., "Layer Normalization", 2016) and
 * recurrent dropout (Semeniuta et al., "Recurrent Dropout without Memory Loss", 2016); TensorFlow's
 * contrib LayerNormBasicLSTMCell.
 *
 * <pre>
 * i, j, f, o = each of [x, h] · kernel, normalized
 * c' = normalized(c * sigmoid(f + forgetBias) + sigmoid(i) * dropout(activation(j)))
 * h' = activation(c') * sigmoid(o)
 * </pre>
 *
 * <p>Variables {@code kernel} [inputs + units, 4 units] and, in each of the scopes {@code input},
 * {@code transform}, {@code forget}, {@code output} and {@code state}, {@code gamma} and {@code
 * beta} [units]; without normalization {@code kernel} and {@code bias}.
 */
public final class LayerNormBasicLSTMCell extends ScopedRNNCell {
  private static final double EPSILON = 1e-12;
  private static final double HALF_EPSILON = 1e-3;

  private final int units;
  private final double forgetBias;
  private final UnaryOperator<Tensor> activation;
  private final boolean layerNorm;
  private final double normGain;
  private final double normShift;
  private final KeepProbability keep;
  private final Long seed;

  /** A cell with layer normalization and no dropout. */
  public LayerNormBasicLSTMCell(int units) {
    this(builder(units));
  }

  private LayerNormBasicLSTMCell(Builder b) {
    super(b.name, b.reuse);
    this.units = b.units;
    this.forgetBias = b.forgetBias;
    this.activation = b.activation;
    this.layerNorm = b.layerNorm;
    this.normGain = b.normGain;
    this.normShift = b.normShift;
    this.keep = b.keep;
    this.seed = b.seed;
  }

  /** Begins a cell, to say more about it. */
  public static Builder builder(int units) {
    return new Builder(units);
  }

  /** Collects what is to be said about a cell. */
  public static final class Builder extends CellOptions<Builder> {
    private final int units;
    private double forgetBias = 1;
    private boolean layerNorm = true;
    private double normGain = 1;
    private double normShift;
    private KeepProbability keep = KeepProbability.ALL;
    private Long seed;

    private Builder(int units) {
      this.units = Units.checked(units);
    }

    /** What is added to the forget gate, so that a new network remembers; by default 1. */
    public Builder forgetBias(double bias) {
      this.forgetBias = bias;
      return this;
    }

    /** Whether to normalize: by default yes. Without it the gates have a bias. */
    public Builder layerNorm(boolean on) {
      this.layerNorm = on;
      return this;
    }

    /** What the normalized gates are first multiplied by and shifted by; by default 1 and 0. */
    public Builder norm(double gain, double shift) {
      this.normGain = gain;
      this.normShift = shift;
      return this;
    }

    /**
     * The probability that an element of the new memory is kept; by default 1.
     *
     * @param probability a number in (0, 1] or a scalar tensor
     */
    public Builder dropoutKeepProbability(Object probability) {
      this.keep = KeepProbability.of("dropoutKeepProbability", probability);
      return this;
    }

    /** The dropout's seed. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Makes the cell. */
    public LayerNormBasicLSTMCell build() {
      return new LayerNormBasicLSTMCell(this);
    }
  }

  @Override
  public CellShape stateSize() {
    return LstmState.size(true, units, units);
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(units);
  }

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    Tensor x = Inputs.matrix(this, inputs);
    LSTMStateTuple before = LSTMStateTuple.from(state);
    List<Tensor> gates = tf.split(linear(tf, tf.concat(1, x, before.h())), 4, 1);
    Tensor i = norm(tf, gates.get(0), "input");
    Tensor j = norm(tf, gates.get(1), "transform");
    Tensor f = norm(tf, gates.get(2), "forget");
    Tensor o = norm(tf, gates.get(3), "output");
    Tensor g = keep.dropout(tf, activation.apply(j), seed);
    Tensor c =
        tf.add(tf.mul(before.c(), tf.sigmoid(tf.add(f, forgetBias))), tf.mul(tf.sigmoid(i), g));
    c = norm(tf, c, "state");
    Tensor h = tf.mul(activation.apply(c), tf.sigmoid(o));
    return new CellResult(h, new LSTMStateTuple(c, h));
  }

  private Tensor linear(Ops tf, Tensor x) {
    DataType t = x.dtype();
    Shape kernel = Shape.matrix(x.shape().dim(1), 4L * units);
    Tensor out = tf.matmul(x, tf.getVariable("kernel", null, t, kernel));
    if (layerNorm) {
      return out;
    }
    return tf.biasAdd(out, tf.getVariable("bias", null, t, Shape.vector(4L * units)));
  }

  /** Mean 0 and variance 1 over the units, then scaled and shifted as learnt. */
  private Tensor norm(Ops tf, Tensor x, String scope) {
    if (!layerNorm) {
      return x;
    }
    try (VariableScope s = tf.variableScope(scope)) {
      Shape shape = Shape.vector(units);
      DataType t = x.dtype();
      Variable gamma = tf.getVariable("gamma", Initializers.constant(normGain), t, shape);
      Variable beta = tf.getVariable("beta", Initializers.constant(normShift), t, shape);
      List<Tensor> moments = tf.moments(x, true, 1);
      Tensor mean = moments.get(0);
      double epsilon = t == DataType.FLOAT16 ? HALF_EPSILON : EPSILON;
      Tensor scale = tf.mul(tf.rsqrt(tf.add(moments.get(1), epsilon)), gamma);
      return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
    }
  }
}
