package dev.millrace.train;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * Gradient descent with L1 and L2 penalties, by forward-backward splitting: {@code p = var -
 * learningRate · gradient; var = sign(p) · max(|p| - learningRate · l1, 0) / (1 + learningRate ·
 * l2)} (<a
 * href="https://papers.nips.cc/paper/3793-efficient-learning-using-forward-backward-splitting">Duchi
 * and Singer, 2009</a>). The L1 penalty makes exact zeros.
 */
public final class ProximalGradientDescentOptimizer extends Optimizer {
  private final Object learningRate;
  private final double l1;
  private final double l2;
  private Tensor rate;
  private Tensor l1Tensor;
  private Tensor l2Tensor;

  /**
   * Without penalties.
   *
   * @param learningRate a number or a scalar tensor
   */
  public ProximalGradientDescentOptimizer(Object learningRate) {
    this(learningRate, 0, 0);
  }

  /** With penalties. */
  public ProximalGradientDescentOptimizer(Object learningRate, double l1, double l2) {
    this(learningRate, l1, l2, "ProximalGradientDescent");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param l1 the strength of the L1 penalty, 0 or above
   * @param l2 the strength of the L2 penalty, 0 or above
   * @param name the name scope of the updates
   * @throws InvalidArgumentException if a strength is below 0
   */
  public ProximalGradientDescentOptimizer(Object learningRate, double l1, double l2, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.l1 = requireAtLeast(0, l1, "the strength of the L1 penalty");
    this.l2 = requireAtLeast(0, l2, "the strength of the L2 penalty");
  }

  @Override
  protected void prepare(Ops tf) {
    rate = hyperParameter(tf, learningRate, "learning_rate");
    l1Tensor = hyperParameter(tf, l1, "l1_regularization_strength");
    l2Tensor = hyperParameter(tf, l2, "l2_regularization_strength");
  }

  @Override
  protected Operation applyDense(Tensor gradient, Variable v) {
    return step(gradient, null, v);
  }

  @Override
  protected Operation applySparse(Tensor rows, Variable v, Tensor indices) {
    return step(rows, indices, v);
  }

  private Operation step(Tensor gradient, Tensor indices, Variable v) {
    OpBuilder b =
        step("ProximalGradientDescent", v, indices)
            .input(as(rate, v.dtype()))
            .input(as(l1Tensor, v.dtype()))
            .input(as(l2Tensor, v.dtype()));
    return gradient(b, gradient, indices).build();
  }
}
