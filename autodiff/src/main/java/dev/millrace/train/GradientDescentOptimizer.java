package dev.millrace.train;

import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * Gradient descent: {@code var -= learningRate · gradient}. Of a sparse gradient, rows with the
 * same index are subtracted one after another, and other rows are not touched.
 */
public final class GradientDescentOptimizer extends Optimizer {
  private final Object learningRate;
  private Tensor rate;

  /**
   * @param learningRate a number, or a scalar tensor that is computed anew for each step
   */
  public GradientDescentOptimizer(Object learningRate) {
    this(learningRate, "GradientDescent");
  }

  /**
   * @param learningRate a number, or a scalar tensor that is computed anew for each step
   * @param name the name scope of the updates
   */
  public GradientDescentOptimizer(Object learningRate, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
  }

  @Override
  protected void prepare(Ops tf) {
    rate = hyperParameter(tf, learningRate, "learning_rate");
  }

  @Override
  protected Operation applyDense(Tensor gradient, Variable v) {
    return Updates.op("ResourceApplyGradientDescent", v, null)
        .input(as(rate, v.dtype()))
        .input(gradient)
        .build();
  }

  @Override
  protected Operation applySparseDuplicateIndices(Tensor rows, Variable v, Tensor indices) {
    Object factor = learningRate instanceof Number n ? n : as(rate, v.dtype());
    return Updates.scatterAdd(v, indices, rows.neg().mul(factor));
  }
}
