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
 * FTRL-Proximal: follow the regularized leader, with L1 and L2 penalties (<a
 * href="https://research.google/pubs/pub41159/">McMahan et al., 2013</a>), which makes exact zeros.
 * The rate of a coordinate is {@code learningRate · accum^learningRatePower}. The shrinkage adds
 * {@code 2 · l2Shrinkage · var} to the gradient, but not to what is accumulated.
 *
 * <p>The slots {@code accum}, which begins with 0.1 unless said otherwise, and {@code linear} are
 * named {@code <variable>/Ftrl} and {@code <variable>/Ftrl_1}. Variables usually begin with 0: the
 * first step keeps only a part of any other value.
 */
public final class FtrlOptimizer extends Optimizer {
  private static final String ACCUM = "accum";
  private static final String LINEAR = "linear";

  private final Object learningRate;
  private final double learningRatePower;
  private final double initialAccumulator;
  private final double l1;
  private final double l2;
  private final double l2Shrinkage;
  private Tensor rateTensor;
  private Tensor powerTensor;
  private Tensor l1Tensor;
  private Tensor l2Tensor;
  private Tensor shrinkageTensor;

  /**
   * With power -0.5, accumulators that begin with 0.1, and no penalties.
   *
   * @param learningRate a number or a scalar tensor
   */
  public FtrlOptimizer(Object learningRate) {
    this(learningRate, 0, 0);
  }

  /** With penalties. */
  public FtrlOptimizer(Object learningRate, double l1, double l2) {
    this(learningRate, -0.5, 0.1, l1, l2, 0, "Ftrl");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param learningRatePower how the rate falls as gradients accumulate: 0 or below; 0 for a fixed
   *     rate
   * @param initialAccumulator what the accumulators begin with, 0 or above
   * @param l1 the strength of the L1 penalty, 0 or above
   * @param l2 the strength of the L2 penalty, which only stabilizes; 0 or above
   * @param l2Shrinkage the strength of the L2 penalty on the size of the variable, 0 or above
   * @param name the name scope of the updates and the name of the slots
   * @throws InvalidArgumentException if a number is out of its range
   */
  public FtrlOptimizer(
      Object learningRate,
      double learningRatePower,
      double initialAccumulator,
      double l1,
      double l2,
      double l2Shrinkage,
      String name) {
    super(name);
    if (!(learningRatePower <= 0)) {
      throw new InvalidArgumentException(
          "the learning rate's power must not be positive, but is " + learningRatePower);
    }
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.learningRatePower = learningRatePower;
    this.initialAccumulator = requireAtLeast(0, initialAccumulator, "the initial accumulator");
    this.l1 = requireAtLeast(0, l1, "the strength of the L1 penalty");
    this.l2 = requireAtLeast(0, l2, "the strength of the L2 penalty");
    this.l2Shrinkage = requireAtLeast(0, l2Shrinkage, "the strength of the L2 shrinkage");
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    for (Variable v : variables) {
      makeSlot(tf, v, ACCUM, Initializers.constant(initialAccumulator));
      zerosSlot(tf, v, LINEAR);
    }
  }

  @Override
  protected void prepare(Ops tf) {
    rateTensor = hyperParameter(tf, learningRate, "learning_rate");
    l1Tensor = hyperParameter(tf, l1, "l1_regularization_strength");
    l2Tensor = hyperParameter(tf, l2, "l2_regularization_strength");
    shrinkageTensor = hyperParameter(tf, l2Shrinkage, "l2_shrinkage_regularization_strength");
    powerTensor = hyperParameter(tf, learningRatePower, "learning_rate_power");
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
        step(l2Shrinkage > 0 ? "FtrlV2" : "Ftrl", v, indices)
            .input(slot(v, ACCUM).handle())
            .input(slot(v, LINEAR).handle());
    gradient(b, gradient, indices)
        .input(as(rateTensor, v.dtype()))
        .input(as(l1Tensor, v.dtype()))
        .input(as(l2Tensor, v.dtype()));
    if (l2Shrinkage > 0) {
      b.input(as(shrinkageTensor, v.dtype()));
    }
    return b.input(as(powerTensor, v.dtype())).build();
  }
}
