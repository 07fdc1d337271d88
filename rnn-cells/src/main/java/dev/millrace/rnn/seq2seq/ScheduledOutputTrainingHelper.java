package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Tensor;
import java.util.function.UnaryOperator;

/**
 * Feeds the true inputs, and now and then what the decoder gave (TensorFlow's
 * ScheduledOutputTrainingHelper). Samples are bools: whether the next inputs are the outputs.
 */
public final class ScheduledOutputTrainingHelper extends TrainingHelper {
  private final Object probability;
  private final UnaryOperator<Tensor> nextInputs;
  private final Long seed;

  /** For inputs [batch, time, size], the size of the outputs. */
  public ScheduledOutputTrainingHelper(Tensor inputs, Object sequenceLength, Object probability) {
    this(inputs, sequenceLength, probability, false, UnaryOperator.identity(), null);
  }

  /**
   * For the inputs of all steps.
   *
   * @param inputs [batch, time, size], or with {@code timeMajor} [time, batch, size]
   * @param probability with which outputs are fed: a number, or a tensor, scalar or [batch]
   * @param nextInputs makes inputs of outputs
   * @param seed of the choice; null for none
   */
  public ScheduledOutputTrainingHelper(
      Tensor inputs,
      Object sequenceLength,
      Object probability,
      boolean timeMajor,
      UnaryOperator<Tensor> nextInputs,
      Long seed) {
    super(inputs, sequenceLength, timeMajor);
    this.probability = probability;
    this.nextInputs = nextInputs;
    this.seed = seed;
  }

  @Override
  public DataType sampleType() {
    return DataType.BOOL;
  }

  @Override
  public Tensor sample(Tensor time, Tensor outputs, Object state) {
    return Drawing.chosen(tf(), probability, batchSize(), seed);
  }

  @Override
  public Next next(Tensor time, Tensor outputs, Object state, Tensor samples) {
    Next base = super.next(time, outputs, state, samples);
    Object inputs =
        tf().cond(
                tf().reduceAll(base.finished()),
                () -> tf().identity(base.inputs()),
                () -> tf().where(samples, nextInputs.apply(outputs), base.inputs()));
    return new Next(base.finished(), inputs, base.state());
  }
}
