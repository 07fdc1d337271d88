package dev.millrace.ops;

import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The densely connected layer of tf.contrib.layers: {@code relu(x · weights + biases)}. Its
 * variables are called {@code weights} and {@code biases}, and are in MODEL_VARIABLES too. With a
 * normalizer there are no biases.
 */
public final class FullyConnected {
  private static final Map<String, String> NAMES = Map.of("kernel", "weights", "bias", "biases");

  private final Ops ops;
  private final Dense dense;
  private String name;
  private Reuse reuse = Reuse.NONE;
  private UnaryOperator<Tensor> activation = Tensor::relu;
  private UnaryOperator<Tensor> normalizer;
  private boolean biased = true;

  FullyConnected(Ops ops, int units) {
    this.ops = ops;
    this.dense = new Dense(ops, units).kernelInitializer(Initializers.glorotUniform());
  }

  /** The name of the variable scope; by default {@code fully_connected}, made unique. */
  public FullyConnected name(String name) {
    this.name = name;
    return this;
  }

  /** Whether variables are made or shared; {@link Reuse#NONE} as around it. */
  public FullyConnected reuse(Reuse reuse) {
    this.reuse = reuse;
    return this;
  }

  /** What comes last: by default relu; null for nothing. */
  public FullyConnected activation(UnaryOperator<Tensor> activation) {
    this.activation = activation;
    return this;
  }

  /** What comes in place of the biases, before the activation; null for the biases. */
  public FullyConnected normalizer(UnaryOperator<Tensor> normalizer) {
    this.normalizer = normalizer;
    return this;
  }

  /** By default Glorot's uniform initializer (Xavier's). */
  public FullyConnected weightsInitializer(Initializer initializer) {
    dense.kernelInitializer(initializer);
    return this;
  }

  /** By default zeros; null for no biases. */
  public FullyConnected biasesInitializer(Initializer initializer) {
    biased = initializer != null;
    if (biased) {
      dense.biasInitializer(initializer);
    }
    return this;
  }

  /** Makes a loss of the weights, in REGULARIZATION_LOSSES. */
  public FullyConnected weightsRegularizer(Regularizer regularizer) {
    dense.kernelRegularizer(regularizer);
    return this;
  }

  /** Makes a loss of the biases, in REGULARIZATION_LOSSES. */
  public FullyConnected biasesRegularizer(Regularizer regularizer) {
    dense.biasRegularizer(regularizer);
    return this;
  }

  /** Whether the variables are trained: by default they are. */
  public FullyConnected trainable(boolean trainable) {
    dense.trainable(trainable);
    return this;
  }

  /** The variable [inputs, units]; null before the first use. */
  public Variable weights() {
    return dense.kernel();
  }

  /** The variable [units]; null before the first use, and where there are none. */
  public Variable biases() {
    return dense.bias();
  }

  /** Adds the layer for {@code x}; a second use shares the variables of the first. */
  public Tensor apply(Object x) {
    if (dense.scope() != null) {
      try (Scope names = ops.scope(dense.scope().originalNameScope())) {
        return finish(dense.apply(x));
      }
    }
    try (VariableScope s =
        ops.newVariableScope(name, "fully_connected")
            .reuse(reuse)
            .customGetter(FullyConnected::renamed)
            .open()) {
      Tensor y = dense.useBias(biased && normalizer == null).reuse(reuse).scope(s).apply(x);
      return finish(y);
    }
  }

  private Tensor finish(Tensor sum) {
    Tensor y = normalizer == null ? sum : normalizer.apply(sum);
    return activation == null ? y : activation.apply(y);
  }

  private static Variable renamed(VariableRequest asked, Function<VariableRequest, Variable> next) {
    int slash = asked.name().lastIndexOf('/') + 1;
    String own = asked.name().substring(slash);
    List<String> keys = new ArrayList<>(asked.collections());
    keys.add(GraphKeys.MODEL_VARIABLES);
    return next.apply(
        asked
            .withName(asked.name().substring(0, slash) + NAMES.getOrDefault(own, own))
            .withCollections(keys));
  }
}
