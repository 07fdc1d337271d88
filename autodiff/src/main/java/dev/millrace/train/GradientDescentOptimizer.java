package dev.millrace.train;

import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * Gradient descent: {@code var -= learningRate · gradient}. Sparse gradients are made dense first,
 * so that an update touches all rows of the variable.
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
    return gradient
        .ops()
        .op("ResourceApplyGradientDescent", null)
        .input(v.handle())
        .input(as(rate, v.dtype()))
        .input(gradient)
        .build();
  }
}
