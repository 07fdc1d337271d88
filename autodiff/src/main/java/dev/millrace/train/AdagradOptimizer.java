package dev.millrace.train;

import dev.millrace.graph.InvalidArgumentException;
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
    if (!(initialAccumulator > 0)) {
      throw new InvalidArgumentException(
          "the initial accumulator must be positive, but is " + initialAccumulator);
    }
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.initialAccumulator = initialAccumulator;
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
    return gradient
        .ops()
        .op("ResourceApplyAdagrad", null)
        .input(v.handle())
        .input(slot(v, SLOT).handle())
        .input(as(rate, v.dtype()))
        .input(gradient)
        .build();
  }
}
