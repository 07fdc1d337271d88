package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * The weighted cross-entropy of sequences; {@link #build} adds it. By default it is averaged over
 * steps and examples: the sum of the losses by the sum of the weights, 0 where that is 0.
 */
public final class SequenceLoss {
  private final Tensor logits;
  private final Object targets;
  private final Tensor weights;
  private boolean averageAcrossTimesteps = true;
  private boolean averageAcrossBatch = true;
  private boolean sumOverTimesteps;
  private boolean sumOverBatch;
  private BinaryOperator<Tensor> lossFunction;

  /**
   * @param logits [batch, time, classes]
   * @param targets integers [batch, time]
   * @param weights [batch, time]: 0 for steps that do not count
   */
  SequenceLoss(Tensor logits, Object targets, Tensor weights) {
    this.logits = logits;
    this.targets = targets;
    this.weights = weights;
    requireRank(logits, 3, "the logits are [batch, time, classes]");
    requireRank(weights, 2, "the weights are [batch, time]");
  }

  private static void requireRank(Tensor x, int rank, String what) {
    if (x.shape().hasRank() && x.shape().rank() != rank) {
      throw InvalidArgumentException.atCall(what + ", not " + x);
    }
  }

  /** Whether to average over the steps. */
  public SequenceLoss averageAcrossTimesteps(boolean average) {
    this.averageAcrossTimesteps = average;
    return this;
  }

  /** Whether to average over the examples. */
  public SequenceLoss averageAcrossBatch(boolean average) {
    this.averageAcrossBatch = average;
    return this;
  }

  /** Whether to sum over the steps and divide by how many count. */
  public SequenceLoss sumOverTimesteps(boolean sum) {
    this.sumOverTimesteps = sum;
    return this;
  }

  /** Whether to sum over the examples and divide by how many count. */
  public SequenceLoss sumOverBatch(boolean sum) {
    this.sumOverBatch = sum;
    return this;
  }

  /**
   * The loss of each step, from labels [batch · time] and logits [batch · time, classes]; by
   * default the sparse softmax cross-entropy.
   */
  public SequenceLoss lossFunction(BinaryOperator<Tensor> f) {
    this.lossFunction = f;
    return this;
  }

  /**
   * Adds the loss.
   *
   * @return a scalar; [batch] or [time] where only the other is averaged or summed; [batch, time]
   *     where neither is
   * @throws InvalidArgumentException if steps or examples are to be both averaged and summed
   */
  public Tensor build() {
    if ((averageAcrossTimesteps && sumOverTimesteps) || (averageAcrossBatch && sumOverBatch)) {
      throw InvalidArgumentException.atCall(
          "a sequence loss is averaged or summed, not both: switch averaging off");
    }
    Ops tf = logits.ops();
    try (Scope s = tf.scope("sequence_loss")) {
      Tensor labels = targets instanceof Operand o ? tf.tensor(o) : tf.constant(targets);
      requireRank(labels, 2, "the targets are [batch, time]");
      Tensor flatLabels = tf.reshape(labels, -1);
      Tensor flat = flat(tf);
      Tensor loss =
          lossFunction == null
              ? tf.sparseSoftmaxCrossEntropyWithLogits(flatLabels, flat)
              : lossFunction.apply(flatLabels, flat);
      loss = tf.mul(loss, tf.reshape(weights, -1));
      boolean overTime = averageAcrossTimesteps || sumOverTimesteps;
      boolean overBatch = averageAcrossBatch || sumOverBatch;
      if ((averageAcrossTimesteps && sumOverBatch) || (averageAcrossBatch && sumOverTimesteps)) {
        throw InvalidArgumentException.atCall(
            "a sequence loss is averaged over both steps and examples or summed over both");
      }
      boolean average = averageAcrossTimesteps || averageAcrossBatch;
      if (overTime && overBatch) {
        return tf.divNoNan(tf.reduceSum(loss), total(tf, average));
      }
      Tensor each = tf.reshape(loss, tf.shapeTensor(weights)).setShape(weights.shape());
      if (!overTime && !overBatch) {
        return each;
      }
      int axis = overBatch ? 0 : 1;
      return tf.divNoNan(tf.reduceSum(each, axis), total(tf, average, axis));
    }
  }

  private Tensor flat(Ops tf) {
    long classes = logits.shape().dim(2);
    return classes == Shape.UNKNOWN
        ? tf.reshape(logits, List.of(-1, logits.shapeTensor().get(2)))
        : tf.reshape(logits, -1, classes);
  }

  /** The sum of the weights, or how many are not 0. */
  private Tensor total(Ops tf, boolean average, int... axes) {
    Tensor each = average ? weights : tf.cast(tf.notEqual(weights, 0), weights.dtype());
    return tf.reduceSum(each, axes);
  }
}
