package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Follows beams back to their beginning, for what was kept of each step beside the symbols. */
final class BeamOrder {
  private final Ops tf;
  private final Tensor parents;
  private final Tensor lengths;
  private final int width;

  /**
   * @param parents [time, batch, width]
   * @param lengths [batch, width]
   */
  BeamOrder(Ops tf, Tensor parents, Tensor lengths, int width) {
    this.tf = tf;
    this.parents = parents;
    this.lengths = lengths;
    this.width = width;
  }

  /** For each beam, what stands at the beams it came from: of x, [time, batch · width, …]. */
  Tensor sorted(Tensor x) {
    Object time = Sizes.of(parents, 0);
    Object batch = Sizes.of(parents, 1);
    Tensor own =
        tf.tile(tf.reshape(tf.range(width), 1, 1, width), tf.stack(List.of(time, batch, 1)));
    Tensor longest = tf.cast(tf.reduceMax(lengths, 1), DataType.INT32);
    Tensor from = Seq2seq.gatherTree(own, parents, longest, tf.constant(width + 1));
    // Past its end a beam stays where it is.
    Tensor mask =
        tf.transpose(
            tf.sequenceMask(lengths, tf.cast(time, DataType.INT64), DataType.BOOL), 2, 0, 1);
    Tensor beams = tf.where(mask, from, own);
    Tensor times = tf.reshape(tf.range(time), -1, 1, 1);
    Tensor examples = tf.reshape(tf.range(batch), 1, -1, 1);
    Tensor zeros = tf.zerosLike(beams);
    Tensor at = tf.stack(List.of(tf.add(zeros, times), tf.add(zeros, examples), beams), 3);
    Tensor apart = tf.reshape(x, tf.stack(List.of(time, batch, width, -1)));
    return tf.reshape(tf.gatherNd(apart, at), tf.shapeTensor(x)).setShape(x.shape());
  }
}
