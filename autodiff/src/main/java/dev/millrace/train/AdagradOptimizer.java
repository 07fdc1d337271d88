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
 * Adagrad: {@code accumulator += gradient²; var -= learningRate · gradient / √accumulator} (<a
 * href="https://jmlr.org/papers/v12/duchi11a.html">Duchi et al., 2011</a>). There is no epsilon;
 * the accumulator, the slot {@code accumulator} named {@code <variable>/Adagrad}, begins above 0
 * instead.
 */
public final class AdagradOptimizer extends Optimizer {
  private static final String SLOT = "accumulator";

  private final Object learningRate;
  private final double initialAccumulator;
  private Tensor rate;

  /**
   * With accumulators that begin with 0.1.
   *
   * @param learningRate a number or a scalar tensor
   */
  public AdagradOptimizer(Object learningRate) {
    this(learningRate, 0.1);
  }

  /** With accumulators that begin with {@code initialAccumulator}. */
  public AdagradOptimizer(Object learningRate, double initialAccumulator) {
    this(learningRate, initialAccumulator, "Adagrad");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param initialAccumulator what the accumulators begin with
   * @param name the name scope of the updates and the name of the slots
   * @throws InvalidArgumentException unless {@code initialAccumulator} is positive
   */
  public AdagradOptimizer(Object learningRate, double initialAccumulator, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.initialAccumulator = requirePositive(initialAccumulator, "the initial accumulator");
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
        step("Adagrad", v, indices).input(slot(v, SLOT).handle()).input(as(rate, v.dtype()));
    return gradient(b, gradient, indices).build();
  }
}
