package dev.millrace.train;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/**
 * Adagrad with L1 and L2 penalties, by forward-backward splitting: {@code accumulator += gradient²;
 * r = learningRate / √accumulator; p = var - r · gradient; var = sign(p) · max(|p| - r · l1, 0) /
 * (1 + r · l2)} (<a
 * href="https://papers.nips.cc/paper/3793-efficient-learning-using-forward-backward-splitting">Duchi
 * and Singer, 2009</a>). The slot {@code accumulator} is named {@code <variable>/ProximalAdagrad}.
 */
public final class ProximalAdagradOptimizer extends Optimizer {
  private static final String SLOT = "accumulator";

  private final Object learningRate;
  private final double initialAccumulator;
  private final double l1;
  private final double l2;
  private Tensor rate;
  private Tensor l1Tensor;
  private Tensor l2Tensor;

  /**
   * With accumulators that begin with 0.1, without penalties.
   *
   * @param learningRate a number or a scalar tensor
   */
  public ProximalAdagradOptimizer(Object learningRate) {
    this(learningRate, 0.1, 0, 0);
  }

  /** With penalties. */
  public ProximalAdagradOptimizer(
      Object learningRate, double initialAccumulator, double l1, double l2) {
    this(learningRate, initialAccumulator, l1, l2, "ProximalAdagrad");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param initialAccumulator what the accumulators begin with
   * @param l1 the strength of the L1 penalty, 0 or above
   * @param l2 the strength of the L2 penalty, 0 or above
   * @param name the name scope of the updates and the name of the slots
   * @throws InvalidArgumentException if {@code initialAccumulator} is not positive, or a strength
   *     is below 0
   */
  public ProximalAdagradOptimizer(
      Object learningRate, double initialAccumulator, double l1, double l2, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.initialAccumulator = requirePositive(initialAccumulator, "the initial accumulator");
    this.l1 = requireAtLeast(0, l1, "the strength of the L1 penalty");
    this.l2 = requireAtLeast(0, l2, "the strength of the L2 penalty");
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    for (Variable v : variables) {
      makeSlot(tf, v, SLOT, Initializers.constant(initialAccumulator));
    }
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
        step("ProximalAdagrad", v, indices)
            .input(slot(v, SLOT).handle())
            .input(as(rate, v.dtype()))
            .input(as(l1Tensor, v.dtype()))
            .input(as(l2Tensor, v.dtype()));
    return gradient(b, gradient, indices).build();
  }
}
