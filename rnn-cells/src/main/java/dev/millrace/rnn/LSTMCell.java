package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/**
 * The long short-term memory with its usual extensions (TensorFlow's LSTMCell): peepholes (Gers et
 * al., "Learning to forget", 1999), clipping, and a projection of the output (Sak et al., "Long
 * Short-Term Memory Recurrent Neural Network Architectures for Large Scale Acoustic Modeling",
 * 2014).
 *
 * <pre>
 * i, j, f, o = [x, h] · kernel + bias
 * c' = clip(sigmoid(f + forgetBias + w_f_diag * c) * c + sigmoid(i + w_i_diag * c) * activation(j))
 * h' = sigmoid(o + w_o_diag * c') * activation(c')
 * h' = clip(h' · projection/kernel)
 * </pre>
 *
 * <p>The output is h'. Variables {@code kernel} [inputs + outputs, 4 units], its columns in the
 * order i, j, f, o; {@code bias} [4 units], of zeros; with peepholes {@code w_f_diag}, {@code
 * w_i_diag} and {@code w_o_diag} [units]; with a projection {@code projection/kernel} [units,
 * outputs].
 */
public final class LSTMCell extends LayerRNNCell {
  private final int units;
  private final int outputs;
  private final boolean peepholes;
  private final Double cellClip;
  private final Initializer initializer;
  private final Double projectionClip;
  private final boolean projects;
  private final double forgetBias;
  private final boolean stateIsTuple;
  private Weights weights;
  private Variable forgetPeephole;
  private Variable inputPeephole;
  private Variable outputPeephole;
  private Variable projection;

  /** A cell with a forget bias of 1, tanh, and no extension. */
  public LSTMCell(int units) {
    this(builder(units));
  }

  private LSTMCell(Builder b) {
    super(b);
    this.units = b.units;
    this.outputs = b.projection == null ? b.units : b.projection;
    this.peepholes = b.peepholes;
    this.cellClip = b.cellClip;
    this.initializer = b.initializer;
    this.projectionClip = b.projectionClip;
    this.projects = b.projection != null;
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
    private boolean peepholes;
    private Double cellClip;
    private Initializer initializer;
    private Integer projection;
    private Double projectionClip;
    private double forgetBias = 1;
    private boolean stateIsTuple = true;

    private Builder(int units) {
      this.units = Units.checked(units);
    }

    /** Whether the gates see the memory; by default they do not. */
    public Builder usePeepholes(boolean use) {
      this.peepholes = use;
      return this;
    }

    /** Bounds the memory to [-clip, clip]; by default it has no bound. */
    public Builder cellClip(double clip) {
      this.cellClip = checked(clip);
      return this;
    }

    /** The initializer of the kernels and peepholes; by default the variable scope's. */
    public Builder initializer(Initializer initializer) {
      this.initializer = initializer;
      return this;
    }

    /** Projects the output to {@code outputs} columns. */
    public Builder projection(int outputs) {
      this.projection = Units.checked(outputs);
      return this;
    }

    /** Bounds the projected output to [-clip, clip]. */
    public Builder projectionClip(double clip) {
      this.projectionClip = checked(clip);
      return this;
    }

    /** What is added to the forget gate, so that a new network remembers; by default 1. */
    public Builder forgetBias(double bias) {
      this.forgetBias = bias;
      return this;
    }

    /** Whether the state is an {@link LSTMStateTuple}, or c and h side by side in one tensor. */
    public Builder stateIsTuple(boolean tuple) {
      this.stateIsTuple = tuple;
      return this;
    }

    private static double checked(double clip) {
      if (!(clip >= 0)) {
        throw InvalidArgumentException.atCall("a clip is 0 at least, not " + clip);
      }
      return clip;
    }

    /** Makes the cell. */
    public LSTMCell build() {
      return new LSTMCell(this);
    }
  }

  @Override
  public CellShape stateSize() {
    return LstmState.size(stateIsTuple, units, outputs);
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(outputs);
  }

  @Override
  protected void build(Ops tf, int inputSize, DataType dtype) {
    weights = addWeights(tf, initializer, dtype, inputSize + outputs, 4 * units);
    if (peepholes) {
      forgetPeephole = addVariable(tf, "w_f_diag", initializer, dtype, units);
      inputPeephole = addVariable(tf, "w_i_diag", initializer, dtype, units);
      outputPeephole = addVariable(tf, "w_o_diag", initializer, dtype, units);
    }
    if (projects) {
      projection = addVariable(tf, "projection/kernel", initializer, dtype, units, outputs);
    }
  }

  @Override
  protected CellResult step(Ops tf, Tensor inputs, Object state) {
    LSTMStateTuple before = LstmState.read(tf, this, state, stateIsTuple, units, outputs);
    List<Tensor> gates = tf.split(weights.apply(tf, inputs, before.h()), 4, 1);
    Tensor forget = tf.add(gates.get(2), forgetBias);
    forget = tf.sigmoid(peep(tf, forget, forgetPeephole, before.c()));
    Tensor in = tf.sigmoid(peep(tf, gates.get(0), inputPeephole, before.c()));
    Tensor c = tf.add(tf.mul(forget, before.c()), tf.mul(in, activate(gates.get(1))));
    c = clip(tf, c, cellClip);
    Tensor out = tf.sigmoid(peep(tf, gates.get(3), outputPeephole, c));
    Tensor h = tf.mul(out, activate(c));
    if (projects) {
      h = clip(tf, tf.matmul(h, projection), projectionClip);
    }
    return new CellResult(h, LstmState.write(tf, c, h, stateIsTuple));
  }

  private static Tensor peep(Ops tf, Tensor gate, Variable diagonal, Tensor memory) {
    return diagonal == null ? gate : tf.add(gate, tf.mul(diagonal, memory));
  }

  private static Tensor clip(Ops tf, Tensor x, Double at) {
    return at == null ? x : tf.clipByValue(x, -at, at);
  }
}
