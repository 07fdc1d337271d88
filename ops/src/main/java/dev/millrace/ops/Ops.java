package dev.millrace.ops;

import dev.millrace.graph.Graph;

/**
 * The ops that graphs are written with: {@code Ops tf = Ops.of(graph)}.
 *
 * <pre>{@code
 * Ops tf = Ops.of(new Graph());
 * Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 784);
 * Variable w = tf.variable("w", Initializers.glorotUniform(), 784, 10);
 * Variable b = tf.variable("b", Initializers.zeros(), 10);
 * Tensor y = x.matmul(w).add(b).softmax().as("y");
 * }</pre>
 *
 * <p>Every call adds nodes to the graph and gives tensors; nothing is computed before a session
 * runs. Dtype and shape errors are thrown by the call that makes the node and name the line of the
 * program. Nodes are named as Python TensorFlow 1.15 names them.
 *
 * <p><b>Java values as tensors.</b> Where an argument is an {@code Object} that stands for a
 * tensor, it may be an operand ({@link Tensor}, {@link Variable}, any other {@link
 * dev.millrace.graph.Operand}), or a Java number, boolean, String, array or list, which becomes a
 * constant:
 *
 * <ul>
 *   <li>of the dtype of the tensor that it meets ({@code x.mul(2)} is of x's dtype), as long as its
 *       kind stays: a whole number becomes a real one, never the reverse, and bools are no numbers;
 *   <li>where it meets none, as Python's values: {@code double} and {@code float} float32, {@code
 *       int} int32, {@code long} int64, {@code short} int16, {@code byte} int8, {@code boolean}
 *       bool, String string. A float64 constant is {@code tf.constant(x, DataType.FLOAT64)};
 *   <li>a list or {@code Object[]} with tensors in it is packed into one tensor: {@code
 *       x.reshape(List.of(batch, -1))}.
 * </ul>
 *
 * <p>Between tensors there is no conversion: different dtypes are an error, and {@link #cast} the
 * answer.
 *
 * <p>There is one object a graph. The families stand in classes of their own, {@code MathApi} to
 * {@code SharedApi}, each built on the ones before; this is their public face.
 */
public final class Ops extends SharedApi {
  private Ops(Graph graph) {
    super(graph);
  }

  /** The ops of {@code graph}: the same object for the same graph. */
  public static Ops of(Graph graph) {
    return graph.attachment(Ops.class, () -> new Ops(graph));
  }

  @Override
  Ops self() {
    return this;
  }
}
