package dev.millrace.train;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;

/**
 * RMSProp: {@code rms} is an average of the gradients' squares, {@code momentum = m · momentum +
 * learningRate · gradient / √(rms + epsilon); var -= momentum} (<a
 * href="http://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf">Hinton's lecture
 * 6e</a>). The centered variant divides by an estimate of the gradients' standard deviation, {@code
 * √(rms - mg² + epsilon)} with {@code mg} the average of the gradients (<a
 * href="https://arxiv.org/abs/1308.0850">Graves, 2013</a>).
 *
 * <p>The slots {@code rms}, which begins with 1, {@code mg} (centered only) and {@code momentum}
 * are named {@code <variable>/RMSProp}, {@code …_1} and so on, in that order.
 */
public final class RmsPropOptimizer extends Optimizer {
  private static final String RMS = "rms";
  private static final String MEAN = "mg";
  private static final String MOMENTUM = "momentum";

  private final Object learningRate;
  private final Object decay;
  private final Object momentum;
  private final Object epsilon;
  private final boolean centered;
  private Tensor rateTensor;
  private Tensor decayTensor;
  private Tensor momentumTensor;
  private Tensor epsilonTensor;

  /** With decay 0.9, no momentum and epsilon 1e-10. */
  public RmsPropOptimizer(Object learningRate) {
    this(learningRate, 0.9, 0.0, 1e-10);
  }

  /** Not centered. */
  public RmsPropOptimizer(Object learningRate, Object decay, Object momentum, Object epsilon) {
    this(learningRate, decay, momentum, epsilon, false);
  }

  /** Centered or not. */
  public RmsPropOptimizer(
      Object learningRate, Object decay, Object momentum, Object epsilon, boolean centered) {
    this(learningRate, decay, momentum, epsilon, centered, "RMSProp");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param decay how much of the averages stays in a step: a number or a scalar tensor
   * @param momentum how much of the last step is added to the next: a number or a scalar tensor
   * @param epsilon is added inside the root: a number or a scalar tensor
   * @param centered whether to subtract the square of the gradients' average
   * @param name the name scope of the updates and the name of the slots
   */
  public RmsPropOptimizer(
      Object learningRate,
      Object decay,
      Object momentum,
      Object epsilon,
      boolean centered,
      String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.decay = requireNumberOrTensor(decay, "the decay");
    this.momentum = requireNumberOrTensor(momentum, "the momentum");
    this.epsilon = requireNumberOrTensor(epsilon, "epsilon");
    this.centered = centered;
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    for (Variable v : variables) {
      makeSlot(tf, v, RMS, Initializers.ones());
      if (centered) {
        zerosSlot(tf, v, MEAN);
      }
      zerosSlot(tf, v, MOMENTUM);
    }
  }

  @Override
  protected void prepare(Ops tf) {
    rateTensor = hyperParameter(tf, learningRate, "learning_rate");
    decayTensor = hyperParameter(tf, decay, "decay");
    momentumTensor = hyperParameter(tf, momentum, "momentum");
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
    OpBuilder b = step(centered ? "CenteredRMSProp" : "RMSProp", v, indices);
    if (centered) {
      b.input(slot(v, MEAN).handle());
    }
    b.input(slot(v, RMS).handle())
        .input(slot(v, MOMENTUM).handle())
        .input(as(rateTensor, v.dtype()))
        .input(as(decayTensor, v.dtype()))
        .input(as(momentumTensor, v.dtype()))
        .input(as(epsilonTensor, v.dtype()));
    return gradient(b, gradient, indices).build();
  }
}
