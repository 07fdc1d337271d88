package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/**
 * Adagrad by dual averaging, for sparse linear models: the variable follows from the sums of the
 * gradients and of their squares, and not from what it was before, so that penalties on rows that
 * were not seen for a while are made up for when they are (<a
 * href="https://jmlr.org/papers/v12/duchi11a.html">Duchi et al., 2011</a>). With {@code t} the
 * global step plus 1, {@code var = -sign(s) · max(|s| - l1 · t, 0) / (l2 · t + √q / learningRate)}
 * where {@code s} and {@code q} are the sums.
 *
 * <p>The slots {@code gradient_accumulator}, which begins with 0, and {@code
 * gradient_squared_accumulator} are named {@code <variable>/AdagradDA} and {@code
 * <variable>/AdagradDA_1}.
 */
public final class AdagradDaOptimizer extends Optimizer {
  private static final String SUM = "gradient_accumulator";
  private static final String SQUARES = "gradient_squared_accumulator";

  private final Object learningRate;
  private final Operand globalStep;
  private final double initialSquares;
  private final double l1;
  private final double l2;
  private Tensor rate;
  private Tensor step;

  /**
   * With sums of squares that begin with 0.1, without penalties.
   *
   * @param learningRate a number or a scalar tensor
   * @param globalStep how many steps there have been: give it to {@code minimize} as well
   */
  public AdagradDaOptimizer(Object learningRate, Operand globalStep) {
    this(learningRate, globalStep, 0.1, 0, 0);
  }

  /** With penalties. */
  public AdagradDaOptimizer(
      Object learningRate, Operand globalStep, double initialSquares, double l1, double l2) {
    this(learningRate, globalStep, initialSquares, l1, l2, "AdagradDA");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param globalStep how many steps there have been, an integer: give it to {@code minimize} as
   *     well
   * @param initialSquares what the sums of squares begin with
   * @param l1 the strength of the L1 penalty, 0 or above
   * @param l2 the strength of the L2 penalty, 0 or above
   * @param name the name scope of the updates and the name of the slots
   * @throws InvalidArgumentException if {@code initialSquares} is not positive, or a strength is
   *     below 0
   */
  public AdagradDaOptimizer(
      Object learningRate,
      Operand globalStep,
      double initialSquares,
      double l1,
      double l2,
      String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.initialSquares = requirePositive(initialSquares, "the initial sum of squares");
    this.l1 = requireAtLeast(0, l1, "the strength of the L1 penalty");
    this.l2 = requireAtLeast(0, l2, "the strength of the L2 penalty");
    if (globalStep == null || !globalStep.asOutput().dtype().isInteger()) {
      throw new InvalidArgumentException("dual averaging needs the global step, an integer");
    }
    this.globalStep = globalStep;
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    for (Variable v : variables) {
      zerosSlot(tf, v, SUM);
      makeSlot(tf, v, SQUARES, Initializers.constant(initialSquares));
    }
  }

  @Override
  protected void prepare(Ops tf) {
    rate = hyperParameter(tf, learningRate, "learning_rate");
    try (Scope where = tf.colocateWith(rate)) {
      Tensor now = globalStep instanceof Variable v ? Reads.of(v) : tf.tensor(globalStep);
      step = now.identity().add(1);
    }
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
    Ops tf = v.ops();
    Tensor now = step.identity();
    OpBuilder b =
        step("AdagradDA", v, indices).input(slot(v, SUM).handle()).input(slot(v, SQUARES).handle());
    return gradient(b, gradient, indices)
        .input(as(rate, v.dtype()))
        .input(tf.cast(l1, v.dtype()))
        .input(tf.cast(l2, v.dtype()))
        .input(now.cast(DataType.INT64))
        .build();
  }
}
