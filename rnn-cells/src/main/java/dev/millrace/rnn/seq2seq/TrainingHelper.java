package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Feeds the true inputs of each step, whatever the decoder gives (TensorFlow's TrainingHelper).
 * Samples are the likeliest classes.
 */
public class TrainingHelper implements Helper {
  private final Ops tf;
  private final Object inputs;
  private final List<TensorArray> steps = new ArrayList<>();
  private final Tensor lengths;
  private final Object batch;
  private final Object zeros;

  /** For inputs [batch, time, …]. */
  public TrainingHelper(Object inputs, Object sequenceLength) {
    this(inputs, sequenceLength, false);
  }

  /**
   * For the inputs of all steps.
   *
   * @param inputs [batch, time, …], or with {@code timeMajor} [time, batch, …]; a tensor or a
   *     structure of them
   * @param sequenceLength integers [batch]
   */
  public TrainingHelper(Object inputs, Object sequenceLength, boolean timeMajor) {
    List<Object> flat = Nest.flatten(inputs);
    this.tf = Sizes.ops(flat.get(0), "the input of a TrainingHelper");
    this.inputs = inputs;
    this.lengths = Sizes.integers(tf, sequenceLength, "sequenceLength");
    this.batch = Sizes.of(lengths, 0);
    List<Tensor> none = new ArrayList<>();
    for (Object x : flat) {
      Shape s = ((Tensor) x).shape();
      if (!s.hasRank() || s.rank() < 2) {
        throw InvalidArgumentException.atCall(
            "the inputs of all steps are [batch, time, …], not " + x);
      }
      Tensor all = timeMajor ? (Tensor) x : DynamicDecode.swapped((Tensor) x);
      steps.add(
          tf.newTensorArray(all.dtype())
              .size(all.shapeTensor().get(0))
              .elementShape(all.shape().sliceFrom(1))
              .build()
              .unstack(all));
      none.add(tf.zerosLike(all.get(0)));
    }
    this.zeros = Nest.pack(inputs, none);
  }

  /** What to build with. */
  final Ops tf() {
    return tf;
  }

  @Override
  public Object batchSize() {
    return batch;
  }

  @Override
  public First initialize() {
    Tensor finished = tf.equal(lengths, 0);
    return new First(finished, inputsAt(tf.constant(0), finished));
  }

  @Override
  public Tensor sample(Tensor time, Tensor outputs, Object state) {
    return tf.argMax(outputs, -1, DataType.INT32);
  }

  @Override
  public Next next(Tensor time, Tensor outputs, Object state, Tensor samples) {
    Tensor next = tf.add(time, 1);
    Tensor finished = tf.lessEqual(lengths, tf.cast(next, lengths.dtype()));
    return new Next(finished, inputsAt(next, finished), state);
  }

  /** The inputs of a step; zeros once all examples are over, where there may be no more. */
  private Object inputsAt(Tensor time, Tensor finished) {
    return tf.<Object>cond(
        tf.reduceAll(finished),
        () -> Nest.map(zeros, tf::identity),
        () -> {
          Iterator<TensorArray> next = steps.iterator();
          return Nest.map(inputs, x -> next.next().read(time));
        });
  }
}
