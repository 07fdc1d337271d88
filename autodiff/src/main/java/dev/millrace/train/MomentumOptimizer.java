package dev.millrace.train;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/**
 * Gradient descent with momentum: {@code accumulation = momentum · accumulation + gradient; var -=
 * learningRate · accumulation}. With Nesterov's variant, {@code var -= learningRate · (gradient +
 * momentum · accumulation)} (<a href="http://proceedings.mlr.press/v28/sutskever13.html">Sutskever
 * et al., 2013</a>). The accumulation is the slot {@code momentum}, named {@code
 * <variable>/Momentum}.
 */
public final class MomentumOptimizer extends Optimizer {
  private static final String SLOT = "momentum";

  private final Object learningRate;
  private final Object momentum;
  private final boolean nesterov;
  private Tensor rate;
  private Tensor decay;

  /**
   * @param learningRate a number or a scalar tensor
   * @param momentum a number or a scalar tensor, usually a little below 1
   */
  public MomentumOptimizer(Object learningRate, Object momentum) {
    this(learningRate, momentum, false);
  }

  /** With or without Nesterov's variant. */
  public MomentumOptimizer(Object learningRate, Object momentum, boolean nesterov) {
    this(learningRate, momentum, nesterov, "Momentum");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param momentum a number or a scalar tensor, usually a little below 1
   * @param nesterov whether to use Nesterov's variant
   * @param name the name scope of the updates and the name of the slots
   */
  public MomentumOptimizer(Object learningRate, Object momentum, boolean nesterov, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.momentum = requireNumberOrTensor(momentum, "the momentum");
    this.nesterov = nesterov;
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    for (Variable v : variables) {
      zerosSlot(tf, v, SLOT);
    }
  }

  @Override
  protected void prepare(Ops tf) {
    rate = hyperParameter(tf, learningRate, "learning_rate");
    decay = hyperParameter(tf, momentum, "momentum");
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
        step("Momentum", v, indices).input(slot(v, SLOT).handle()).input(as(rate, v.dtype()));
    return gradient(b, gradient, indices)
        .input(as(decay, v.dtype()))
        .attr("use_nesterov", nesterov)
        .build();
  }
}
