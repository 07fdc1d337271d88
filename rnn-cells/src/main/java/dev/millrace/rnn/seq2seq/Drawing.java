package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Random choices, with the numbers that TensorFlow's distributions draw by the same seeds. */
final class Drawing {
  private Drawing() {}

  /** For each example, true with {@code probability}. */
  static Tensor chosen(Ops tf, Object probability, Object batch, Long seed) {
    Tensor p =
        probability instanceof Operand o
            ? tf.tensor(o)
            : tf.constant(probability, DataType.FLOAT32);
    Tensor uniform = tf.randomUniform(tf.stack(List.of(batch)), p.dtype(), 0, 1, seed);
    return tf.less(uniform, p);
  }

  /** For each row a class drawn by its logits, int32. */
  static Tensor classes(Ops tf, Tensor logits, Long seed) {
    return tf.squeeze(tf.multinomial(logits, 1, DataType.INT32, seed), 1);
  }
}
