package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/** A linear map of matrices side by side, with the variables {@code kernel} and {@code bias}. */
final class Linear {
  private Linear() {}

  /**
   * {@code [xs…] · kernel + bias}, the variables found or made in the current variable scope.
   *
   * @param xs matrices of known width
   * @param columns of the result
   */
  static Tensor of(Ops tf, int columns, Tensor... xs) {
    long rows = 0;
    for (Tensor x : xs) {
      Shape s = x.shape();
      if (!s.hasRank() || s.rank() != 2 || s.dim(1) == Shape.UNKNOWN) {
        throw InvalidArgumentException.atCall(
            "a projection takes matrices of known width, not " + x);
      }
      rows += s.dim(1);
    }
    DataType t = xs[0].dtype();
    Variable kernel = tf.getVariable("kernel", null, t, Shape.matrix(rows, columns));
    Variable bias = tf.getVariable("bias", Initializers.zeros(), t, Shape.vector(columns));
    Tensor all = xs.length == 1 ? xs[0] : tf.concat(List.of(xs), 1);
    return tf.biasAdd(tf.matmul(all, kernel), bias);
  }
}
