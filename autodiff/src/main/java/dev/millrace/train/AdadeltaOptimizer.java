package dev.millrace.train;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/**
 * Adadelta: the step is the gradient times the root of an average of earlier steps' squares over
 * the root of an average of the gradients' squares, times the learning rate (<a
 * href="https://arxiv.org/abs/1212.5701">Zeiler, 2012</a>). The averages are the slots {@code
 * accum} (of gradients; {@code <variable>/Adadelta}) and {@code accum_update} (of steps; {@code
 * <variable>/Adadelta_1}); both begin with 0.
 */
public final class AdadeltaOptimizer extends Optimizer {
  private static final String GRADIENTS = "accum";
  private static final String UPDATES = "accum_update";

  private final Object learningRate;
  private final Object rho;
  private final Object epsilon;
  private Tensor rateTensor;
  private Tensor rhoTensor;
  private Tensor epsilonTensor;

  /** With learning rate 0.001, rho 0.95 and epsilon 1e-8. The paper's learning rate is 1. */
  public AdadeltaOptimizer() {
    this(0.001);
  }

  /** With rho 0.95 and epsilon 1e-8. */
  public AdadeltaOptimizer(Object learningRate) {
    this(learningRate, 0.95, 1e-8);
  }

  /** With all hyper-parameters. */
  public AdadeltaOptimizer(Object learningRate, Object rho, Object epsilon) {
    this(learningRate, rho, epsilon, "Adadelta");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param rho how much of the averages stays in a step: a number or a scalar tensor
   * @param epsilon is added to the averages inside both roots: a number or a scalar tensor
   * @param name the name scope of the updates and the name of the slots
   */
  public AdadeltaOptimizer(Object learningRate, Object rho, Object epsilon, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.rho = requireNumberOrTensor(rho, "rho");
    this.epsilon = requireNumberOrTensor(epsilon, "epsilon");
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    for (Variable v : variables) {
      zerosSlot(tf, v, GRADIENTS);
      zerosSlot(tf, v, UPDATES);
    }
  }

  @Override
  protected void prepare(Ops tf) {
    rateTensor = hyperParameter(tf, learningRate, "lr");
    rhoTensor = hyperParameter(tf, rho, "rho");
    epsilonTensor = hyperParameter(tf, epsilon, "epsilon");
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
        step("Adadelta", v, indices)
            .input(slot(v, GRADIENTS).handle())
            .input(slot(v, UPDATES).handle())
            .input(as(rateTensor, v.dtype()))
            .input(as(rhoTensor, v.dtype()))
            .input(as(epsilonTensor, v.dtype()));
    return gradient(b, gradient, indices).build();
  }
}
