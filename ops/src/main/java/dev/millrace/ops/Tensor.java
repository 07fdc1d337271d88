package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Map;

/**
 * A symbolic tensor: one output of an operation, with the methods that build on it.
 *
 * <pre>{@code
 * Tensor hidden = x.matmul(w).add(b).relu().as("hidden");
 * }</pre>
 *
 * <p>It holds no numbers; a session computes them. Two tensors are equal when they are the same
 * output; {@link #equal} builds the comparison of values.
 */
public final class Tensor implements TensorMethods {
  private final Ops ops;
  private final Output output;

  Tensor(Ops ops, Output output) {
    this.ops = ops;
    this.output = output;
  }

  @Override
  public Output asOutput() {
    return output;
  }

  @Override
  public Ops ops() {
    return ops;
  }

  /** The operation that computes this. */
  public Operation op() {
    return output.op();
  }

  /** The operation's name, a colon, and which of its outputs this is: {@code hidden/add:0}. */
  public String name() {
    return output.name();
  }

  /** The dtype of the elements. */
  public DataType dtype() {
    return output.dtype();
  }

  /** What is known of the shape while the graph is built. */
  public Shape shape() {
    return output.shape();
  }

  /** The graph that this belongs to. */
  public Graph graph() {
    return output.graph();
  }

  /** This under another name: an Identity called so in the current scope. */
  public Tensor as(String name) {
    return ops.finish(ops.op("Identity", name).input(output));
  }

  /**
   * Adds to what is known of the shape, and gives this back. A claim that nothing checks when the
   * graph runs: {@link #ensureShape} does.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if it contradicts what is known
   */
  public Tensor setShape(Shape shape) {
    output.setShape(shape);
    return this;
  }

  /** As {@link #setShape(Shape)}, -1 for a size that stays open. */
  public Tensor setShape(long... dims) {
    return setShape(Shape.of(dims));
  }

  /**
   * The value, computed by the interactive session that is open on the graph.
   *
   * @throws dev.millrace.graph.FailedPreconditionException if none is
   */
  public TensorValue eval() {
    return eval(Map.of());
  }

  /** The value, as {@link #eval()}, with numbers, arrays or values by the tensor they stand for. */
  public TensorValue eval(Map<? extends Operand, ?> feeds) {
    return graph().evaluator().eval(output, feeds);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Tensor t && output.equals(t.output);
  }

  @Override
  public int hashCode() {
    return output.hashCode();
  }

  /** As TensorFlow prints it: {@code Tensor("MatMul:0", shape=[?,10], dtype=float32)}. */
  @Override
  public String toString() {
    return "Tensor(\"" + name() + "\", shape=" + shape() + ", dtype=" + dtype() + ")";
  }
}
