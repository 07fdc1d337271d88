package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * The long short-term memory as one op a step (LSTMBlockCell; TensorFlow's contrib LSTMBlockCell),
 * of float32 and float16. It computes what an {@link LSTMCell} with the same options does, with the
 * same variables {@code lstm_cell/kernel}, {@code …/bias}, {@code …/w_i_diag}, …; only the gradient
 * of {@link BlockOptions#cellClip} differs.
 */
public final class LSTMBlockCell extends LayerRNNCell {
  private final int units;
  private final double forgetBias;
  private final double cellClip;
  private final boolean peepholes;
  private BlockWeights weights;

  /** A cell with a forget bias of 1 and no extension. */
  public LSTMBlockCell(int units) {
    this(builder(units));
  }

  private LSTMBlockCell(Builder b) {
    super(b.name, b.reuse);
    this.units = b.units;
    this.forgetBias = b.forgetBias;
    this.cellClip = b.cellClip;
    this.peepholes = b.peepholes;
  }

  /** Begins a cell, to say more about it. */
  public static Builder builder(int units) {
    return new Builder(units);
  }

  /** Collects what is to be said about a cell. */
  public static final class Builder extends BlockOptions<Builder> {
    private Builder(int units) {
      super(units, "lstm_cell");
    }

    /** Makes the cell. */
    public LSTMBlockCell build() {
      return new LSTMBlockCell(this);
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
  protected void build(Ops tf, int inputSize, DataType dtype) {
    weights = BlockWeights.make(tf, inputSize, units, peepholes, dtype);
  }

  @Override
  protected CellResult step(Ops tf, Tensor inputs, Object state) {
    LSTMStateTuple before = LSTMStateTuple.from(state);
    Operation op =
        weights
            .addTo(
                tf,
                tf.op("LSTMBlockCell", null).input(inputs).input(before.c()).input(before.h()),
                units)
            .attr("forget_bias", (float) forgetBias)
            .attr("cell_clip", (float) cellClip)
            .build();
    Tensor h = tf.tensor(op.output(6));
    return new CellResult(h, new LSTMStateTuple(tf.tensor(op.output(1)), h));
  }
}
