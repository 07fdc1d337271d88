package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Tensor;

/** Tells a {@link BasicDecoder} what it gets at each step, and what its outputs mean. */
public interface Helper {
  /**
   * How it begins.
   *
   * @param finished bools [batch]: which sequences have no steps
   * @param inputs of the first step
   */
  record First(Tensor finished, Object inputs) {}

  /**
   * What comes next.
   *
   * @param finished bools [batch]: which sequences are over
   * @param inputs of the next step
   * @param state of the next step
   */
  record Next(Tensor finished, Object inputs, Object state) {}

  /** The number of examples: a number or a scalar tensor. */
  Object batchSize();

  /** The shape of a sample for one example: by default a scalar. */
  default Shape sampleShape() {
    return Shape.scalar();
  }

  /** The dtype of samples: by default int32. */
  default DataType sampleType() {
    return DataType.INT32;
  }

  /** Adds what comes before the first step. */
  First initialize();

  /**
   * Adds the choice of a symbol for each example.
   *
   * @param outputs of the step, [batch, classes]
   */
  Tensor sample(Tensor time, Tensor outputs, Object state);

  /** Adds the making of the next step's inputs. */
  Next next(Tensor time, Tensor outputs, Object state, Tensor samples);
}
