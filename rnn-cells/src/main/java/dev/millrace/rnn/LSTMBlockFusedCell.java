package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * The long short-term memory as one op for all steps (BlockLSTM; TensorFlow's contrib
 * LSTMBlockFusedCell), of float32 and float16. Variables as those of an {@link LSTMCell}, in the
 * scope {@code lstm_fused_cell}.
 *
 * <pre>{@code
 * LSTMBlockFusedCell lstm = new LSTMBlockFusedCell(64);
 * LSTMBlockFusedCell.Result r = lstm.call(x); // x: [time, batch, size]
 * }</pre>
 */
public final class LSTMBlockFusedCell {
  private final LayerScope scope;
  private final int units;
  private final double forgetBias;
  private final double cellClip;
  private final boolean peepholes;
  private BlockWeights weights;

  /** An LSTM with a forget bias of 1 and no extension. */
  public LSTMBlockFusedCell(int units) {
    this(builder(units));
  }

  private LSTMBlockFusedCell(Builder b) {
    this.scope = new LayerScope(b.name, b.reuse);
    this.units = b.units;
    this.forgetBias = b.forgetBias;
    this.cellClip = b.cellClip;
    this.peepholes = b.peepholes;
  }

  /** Begins an LSTM, to say more about it. */
  public static Builder builder(int units) {
    return new Builder(units);
  }

  /** Collects what is to be said about an LSTM. */
  public static final class Builder extends BlockOptions<Builder> {
    private Builder(int units) {
      super(units, "lstm_fused_cell");
    }

    /** Makes the LSTM. */
    public LSTMBlockFusedCell build() {
      return new LSTMBlockFusedCell(this);
    }
  }

  /**
   * What an LSTM over time gives.
   *
   * @param outputs [time, batch, units]; zeros past an example's length
   * @param state the state after the last step of each example
   */
  public record Result(Tensor outputs, LSTMStateTuple state) {}

  /** Runs over all steps from a state of zeros. */
  public Result call(Tensor inputs) {
    return call(inputs, null, null);
  }

  /**
   * Runs over the steps that each example has.
   *
   * @param inputs [time, batch, size]
   * @param initialState null for zeros
   * @param sequenceLength integers [batch], none greater than time; null for all steps
   */
  public Result call(Tensor inputs, LSTMStateTuple initialState, Object sequenceLength) {
    Shape s = inputs.shape();
    if (!s.hasRank() || s.rank() != 3 || s.dim(2) == Shape.UNKNOWN) {
      throw InvalidArgumentException.atCall(
          "an LSTMBlockFusedCell takes [time, batch, size] of known size, not " + inputs);
    }
    Ops tf = inputs.ops();
    return scope.inside(tf, () -> run(tf, inputs, initialState, sequenceLength));
  }

  private Result run(Ops tf, Tensor inputs, LSTMStateTuple initialState, Object sequenceLength) {
    DataType t = inputs.dtype();
    int size = Math.toIntExact(inputs.shape().dim(2));
    if (weights == null) {
      weights = BlockWeights.make(tf, size, units, peepholes, t);
    }
    Object batch = size(tf, inputs, 1);
    Object time = size(tf, inputs, 0);
    LSTMStateTuple before = initialState;
    if (before == null) {
      Tensor zeros = RNNCell.zeros(tf, batch, Shape.vector(units), t);
      before = new LSTMStateTuple(zeros, zeros);
    }
    Tensor lengths =
        sequenceLength == null
            ? null
            : sequenceLength instanceof Operand o
                ? tf.tensor(o)
                : tf.constant("sequence_length", sequenceLength);
    Tensor last =
        lengths == null
            ? tf.cast(tf.convertToTensor(time, DataType.INT32), DataType.INT64)
            : tf.cast(tf.reduceMax(lengths), DataType.INT64);
    Operation op =
        weights
            .addTo(
                tf,
                tf.op("BlockLSTM", null)
                    .input(last)
                    .input(inputs)
                    .input(before.c())
                    .input(before.h()),
                units)
            .attr("forget_bias", (float) forgetBias)
            .attr("cell_clip", (float) cellClip)
            .build();
    Tensor memories = tf.tensor(op.output(1));
    Tensor outputs = tf.tensor(op.output(6));
    if (lengths == null) {
      return new Result(outputs, new LSTMStateTuple(memories.get(-1), outputs.get(-1)));
    }
    Tensor mask = tf.transpose(tf.sequenceMask(lengths, time, t), 1, 0);
    outputs = tf.mul(outputs, tf.expandDims(mask, -1));
    return new Result(
        outputs,
        new LSTMStateTuple(
            at(tf, lengths, batch, before.c(), memories),
            at(tf, lengths, batch, before.h(), outputs)));
  }

  private static Object size(Ops tf, Tensor x, int axis) {
    long known = x.shape().dim(axis);
    return known == Shape.UNKNOWN ? x.shapeTensor().get(axis) : (Object) (int) known;
  }

  /** The state of each example after its last step: the first one of an example without steps. */
  private Tensor at(Ops tf, Tensor lengths, Object batch, Tensor first, Tensor all) {
    Tensor states = tf.concat(0, tf.expandDims(first, 0), all);
    Tensor n = tf.cast(tf.convertToTensor(batch, DataType.INT32), lengths.dtype());
    Tensor rows = tf.add(tf.mul(lengths, n), tf.range(n));
    return tf.gather(tf.reshape(states, -1, units), rows);
  }
}
