package dev.millrace.train;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Adam: {@code m} and {@code v} are averages of the gradients and of their squares, {@code var -=
 * learningRate · √(1 - beta2ᵗ) / (1 - beta1ᵗ) · m / (√v + epsilon)} (<a
 * href="https://arxiv.org/abs/1412.6980">Kingma and Ba, 2014</a>, in the form before section 2.1,
 * so that epsilon is the paper's ε̂). A sparse gradient counts as 0 in the rows that it leaves out,
 * of which the averages go on decaying.
 *
 * <p>The slots {@code m} and {@code v} are named {@code <variable>/Adam} and {@code
 * <variable>/Adam_1}; the powers of the betas are the variables {@code beta1_power} and {@code
 * beta2_power}, which change after all updates.
 */
public final class AdamOptimizer extends Optimizer {
  private static final String MEAN = "m";
  private static final String SQUARES = "v";

  private final Object learningRate;
  private final Object beta1;
  private final Object beta2;
  private final Object epsilon;
  private Tensor rateTensor;
  private Tensor beta1Tensor;
  private Tensor beta2Tensor;
  private Tensor epsilonTensor;
  private Variable beta1Power;
  private Variable beta2Power;

  /** With learning rate 0.001, beta1 0.9, beta2 0.999 and epsilon 1e-8. */
  public AdamOptimizer() {
    this(0.001);
  }

  /** With beta1 0.9, beta2 0.999 and epsilon 1e-8. */
  public AdamOptimizer(Object learningRate) {
    this(learningRate, 0.9, 0.999, 1e-8);
  }

  /** With all hyper-parameters. */
  public AdamOptimizer(Object learningRate, Object beta1, Object beta2, Object epsilon) {
    this(learningRate, beta1, beta2, epsilon, "Adam");
  }

  /**
   * @param learningRate a number or a scalar tensor
   * @param beta1 how much of the gradients' average stays in a step: a number or a scalar tensor
   * @param beta2 how much of the squares' average stays in a step: a number or a scalar tensor
   * @param epsilon is added to the root: a number or a scalar tensor
   * @param name the name scope of the updates and the name of the slots
   */
  public AdamOptimizer(
      Object learningRate, Object beta1, Object beta2, Object epsilon, String name) {
    super(name);
    this.learningRate = requireNumberOrTensor(learningRate, "the learning rate");
    this.beta1 = requireNumberOrTensor(beta1, "beta1");
    this.beta2 = requireNumberOrTensor(beta2, "beta2");
    this.epsilon = requireNumberOrTensor(epsilon, "epsilon");
  }

  @Override
  protected List<Variable> otherVariables() {
    return beta1Power == null ? List.of() : List.of(beta1Power, beta2Power);
  }

  @Override
  protected void createSlots(Ops tf, List<Variable> variables) {
    if (beta1Power == null) {
      Variable first = Collections.min(variables, Comparator.comparing(Variable::name));
      try (Scope where = tf.colocateWith(first.handle())) {
        beta1Power = power(tf, beta1, "beta1_power", first);
        beta2Power = power(tf, beta2, "beta2_power", first);
      }
    }
    for (Variable v : variables) {
      zerosSlot(tf, v, MEAN);
      zerosSlot(tf, v, SQUARES);
    }
  }

  private static Variable power(Ops tf, Object beta, String powerName, Variable like) {
    Object initial = beta instanceof Number n ? n.floatValue() : beta;
    return tf.newVariable(powerName)
        .initialValue(initial)
        .trainable(false)
        .reference(like.isReference())
        .build();
  }

  @Override
  protected void prepare(Ops tf) {
    rateTensor = hyperParameter(tf, learningRate, "learning_rate");
    beta1Tensor = hyperParameter(tf, beta1, "beta1");
    beta2Tensor = hyperParameter(tf, beta2, "beta2");
    epsilonTensor = hyperParameter(tf, epsilon, "epsilon");
  }

  @Override
  protected Operation applyDense(Tensor gradient, Variable v) {
    return Updates.op("ResourceApplyAdam", v, null)
        .input(slot(v, MEAN).handle())
        .input(slot(v, SQUARES).handle())
        .input(Reads.cast(v.ops(), beta1Power, v.dtype()))
        .input(Reads.cast(v.ops(), beta2Power, v.dtype()))
        .input(as(rateTensor, v.dtype()))
        .input(as(beta1Tensor, v.dtype()))
        .input(as(beta2Tensor, v.dtype()))
        .input(as(epsilonTensor, v.dtype()))
        .input(gradient)
        .build();
  }

  /**
   * The averages of all rows decay, those of the gradient's rows take it in, and all rows follow
   * their averages: the same as with zeros in the other rows.
   */
  @Override
  protected Operation applySparse(Tensor rows, Variable v, Tensor indices) {
    Ops tf = v.ops();
    Tensor power1 = Reads.cast(tf, beta1Power, v.dtype());
    Tensor power2 = Reads.cast(tf, beta2Power, v.dtype());
    Tensor b1 = as(beta1Tensor, v.dtype());
    Tensor b2 = as(beta2Tensor, v.dtype());
    Tensor root = tf.sub(1, power2).sqrt();
    Tensor rate = as(rateTensor, v.dtype()).mul(root).div(tf.sub(1, power1));
    Tensor mean = average(slot(v, MEAN), b1, rows.mul(tf.sub(1, b1)), indices);
    Tensor squares = average(slot(v, SQUARES), b2, rows.mul(rows).mul(tf.sub(1, b2)), indices);
    Tensor step = rate.mul(mean).div(squares.sqrt().add(as(epsilonTensor, v.dtype())));
    return tf.group(v.assignSub(step), mean, squares);
  }

  /** The average after it has decayed and taken in {@code rows}. */
  private static Tensor average(Variable average, Tensor decay, Tensor rows, Tensor indices) {
    Ops tf = average.ops();
    Operation decayed = average.assign(Reads.product(average, decay)).operation();
    Operation added;
    try (Scope after = tf.controlDependencies(decayed)) {
      added = Updates.scatterAdd(average, indices, rows);
    }
    try (Scope after = tf.controlDependencies(added)) {
      return Reads.of(average);
    }
  }

  @Override
  protected Operation finish(Ops tf, List<Operation> updates, String opName) {
    List<Object> all = new ArrayList<>(updates);
    try (Scope after = tf.controlDependencies(updates.toArray());
        Scope where = tf.colocateWith(beta1Power.handle())) {
      all.add(beta1Power.assign(Reads.product(beta1Power, as(beta1Tensor, beta1Power.dtype()))));
      all.add(beta2Power.assign(Reads.product(beta2Power, as(beta2Tensor, beta2Power.dtype()))));
    }
    return tf.group(opName, all.toArray());
  }
}
