package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayersTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Layers layers = tf.layers();
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);

  private List<String> variables() {
    return tf.globalVariables().stream().map(Variable::name).toList();
  }

  @Test
  void denseIsBuiltAsTensorFlowsIs() {
    Tensor y = layers.dense(x, 2, Tensor::relu);

    assertThat(graph.operations().stream().map(Operation::name))
        .containsExactly(
            "x",
            "dense/kernel/Initializer/random_uniform/shape",
            "dense/kernel/Initializer/random_uniform/min",
            "dense/kernel/Initializer/random_uniform/max",
            "dense/kernel/Initializer/random_uniform/RandomUniform",
            "dense/kernel/Initializer/random_uniform/sub",
            "dense/kernel/Initializer/random_uniform/mul",
            "dense/kernel/Initializer/random_uniform",
            "dense/kernel",
            "dense/kernel/IsInitialized/VarIsInitializedOp",
            "dense/kernel/Assign",
            "dense/kernel/Read/ReadVariableOp",
            "dense/bias/Initializer/zeros",
            "dense/bias",
            "dense/bias/IsInitialized/VarIsInitializedOp",
            "dense/bias/Assign",
            "dense/bias/Read/ReadVariableOp",
            "dense/MatMul",
            "dense/BiasAdd",
            "dense/Relu");
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 2));
    assertThat(tf.trainableVariables().stream().map(Variable::shape))
        .containsExactly(Shape.of(3, 2), Shape.of(2));
  }

  @Test
  void layersOfOneKindAreCounted() {
    Tensor h = layers.dense(layers.dense(x, 2), 2);
    try (var s = tf.variableScope("tower")) {
      h = layers.dense(h, 2);
    }
    assertThat(h.name()).isEqualTo("tower/dense/BiasAdd:0");
    assertThat(variables())
        .containsExactly(
            "dense/kernel",
            "dense/bias",
            "dense_1/kernel",
            "dense_1/bias",
            "tower/dense/kernel",
            "tower/dense/bias");
  }

  @Test
  void leadingDimensionsStay() {
    Tensor sequence = tf.placeholder("s", DataType.FLOAT64, -1, 7, 3);
    Tensor y = layers.dense(sequence, 4);
    assertThat(y.shape()).isEqualTo(Shape.of(-1, 7, 4));
    assertThat(y.dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(graph.findOperation("dense/Tensordot")).isNotNull();
    assertThat(tf.trainableVariables().get(0).dtype()).isEqualTo(DataType.FLOAT64);
  }

  @Test
  void aLayerThatIsUsedAgainSharesItsVariables() {
    Dense d = layers.newDense(2).name("d").activation(Tensor::tanh);
    assertThat(d.kernel()).isNull();
    Tensor first = d.apply(x);
    Tensor second = d.apply(tf.placeholder("z", DataType.FLOAT32, 5, 3));
    assertThat(first.name()).isEqualTo("d/Tanh:0");
    assertThat(second.name()).isEqualTo("d/Tanh_1:0");
    assertThat(variables()).containsExactly("d/kernel", "d/bias");
    assertThat(d.kernel().name()).isEqualTo("d/kernel");
    assertThat(d.bias().shape()).isEqualTo(Shape.of(2));
    assertThat(d.scope().name()).isEqualTo("d");
    assertThatThrownBy(() -> d.useBias(false))
        .hasMessageContaining("layer 'd' has its variables already; say useBias before");
    assertThatThrownBy(() -> d.apply(tf.zeros(DataType.FLOAT32, 5, 4)))
        .hasMessageContaining("layer 'd' takes tensors [..., 3]");
  }

  @Test
  void layersOfOneNameShareWhereTheyAreTold() {
    layers.dense(x, 2, null, "d");
    assertThatThrownBy(() -> layers.dense(x, 2, null, "d"))
        .isInstanceOf(AlreadyExistsException.class);
    Tensor again = layers.newDense(2).name("d").reuse(Reuse.TRUE).apply(x);
    assertThat(again.name()).isEqualTo("d_2/BiasAdd:0");
    assertThat(variables()).containsExactly("d/kernel", "d/bias");
    try (var s = tf.variableScope("", Reuse.AUTO_REUSE)) {
      layers.dense(x, 2, null, "d");
    }
    assertThat(variables()).hasSize(2);
    assertThatThrownBy(() -> layers.newDense(2).name("e").reuse(Reuse.TRUE).apply(x))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> layers.newDense(5).name("d").reuse(Reuse.TRUE).apply(x))
        .hasMessageContaining("with shape [3,5], but it has shape [3,2]");
  }

  @Test
  void aLayerThatSharesNeedsNoName() {
    layers.newDense(2).reuse(Reuse.AUTO_REUSE).apply(x);
    layers.newDense(2).reuse(Reuse.TRUE).apply(x);
    assertThat(variables()).containsExactly("dense/kernel", "dense/bias");
  }

  @Test
  void aNetworkCalledTwiceInAScopeSharesItsLayers() {
    for (int i = 0; i < 2; i++) {
      try (var s = tf.variableScope("net", Reuse.AUTO_REUSE)) {
        layers.dense(layers.dense(x, 4), 2);
      }
    }
    assertThat(variables())
        .containsExactly(
            "net/dense/kernel", "net/dense/bias", "net/dense_1/kernel", "net/dense_1/bias");
  }

  @Test
  void whatIsSaidOfTheVariables() {
    try (var s = tf.newVariableScope("s").initializer(Initializers.ones()).open()) {
      Dense d =
          layers
              .newDense(2)
              .biasInitializer(Initializers.constant(3))
              .kernelConstraint(Tensor::relu)
              .biasConstraint(Tensor::abs)
              .kernelRegularizer(Regularizers.l2(0.1))
              .biasRegularizer(Regularizers.l1(0.1))
              .trainable(false);
      d.apply(x);
      assertThat(d.kernel().initialValue().name()).isEqualTo("s/dense/kernel/Initializer/ones:0");
      assertThat(d.bias().initialValue().op().type()).isEqualTo("Const");
      assertThat(d.kernel().constraint()).isNotNull();
      assertThat(d.bias().constraint()).isNotNull();
    }
    assertThat(tf.trainableVariables()).isEmpty();
    assertThat(tf.regularizationLosses().stream().map(Tensor::name))
        .containsExactly(
            "s/dense/kernel/Regularizer/l2_regularizer:0",
            "s/dense/bias/Regularizer/l1_regularizer:0");
  }

  @Test
  void sharedVariablesAreNotRegularizedAgain() {
    for (Reuse r : List.of(Reuse.NONE, Reuse.TRUE)) {
      layers.newDense(2).name("d").reuse(r).kernelRegularizer(Regularizers.l2(1)).apply(x);
    }
    assertThat(tf.regularizationLosses()).hasSize(1);
  }

  @Test
  void withoutBias() {
    Dense d = layers.newDense(2).useBias(false).kernelInitializer(Initializers.zeros());
    assertThat(d.apply(x).name()).isEqualTo("dense/MatMul:0");
    assertThat(d.bias()).isNull();
  }

  @Test
  void denseRefusesWhatItCannotTake() {
    assertThatThrownBy(() -> layers.newDense(0)).hasMessageContaining("one unit or more, not 0");
    assertThatThrownBy(() -> layers.dense(tf.placeholder(DataType.FLOAT32, 3, -1), 2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the last of known size");
    assertThatThrownBy(() -> layers.dense(tf.placeholder(DataType.FLOAT32, 3), 2))
        .hasMessageContaining("two dimensions or more");
    assertThatThrownBy(() -> layers.dense(tf.placeholder(DataType.INT32, 3, 3), 2))
        .hasMessageContaining("takes floating-point tensors, not")
        .hasMessageContaining("int32[3,3]");
  }

  @Test
  void fullyConnectedIsContribs() {
    FullyConnected f = layers.newFullyConnected(2).weightsRegularizer(Regularizers.l2(1));
    Tensor y = f.apply(x);
    assertThat(y.name()).isEqualTo("fully_connected/Relu:0");
    assertThat(variables()).containsExactly("fully_connected/weights", "fully_connected/biases");
    assertThat(graph.collection(GraphKeys.MODEL_VARIABLES))
        .containsExactly(f.weights(), f.biases());
    assertThat(f.weights().initialValue().name())
        .isEqualTo("fully_connected/weights/Initializer/random_uniform:0");
    assertThat(layers.fullyConnected(y, 2, null).name()).isEqualTo("fully_connected_1/BiasAdd:0");
    assertThat(f.apply(x).name()).isEqualTo("fully_connected/Relu_1:0");
    assertThat(variables()).hasSize(4);
    assertThat(tf.regularizationLosses()).hasSize(1);
  }

  @Test
  void fullyConnectedSharesByName() {
    layers.newFullyConnected(2).name("f").apply(x);
    layers.newFullyConnected(2).name("f").reuse(Reuse.TRUE).apply(x);
    assertThat(variables()).containsExactly("f/weights", "f/biases");
    assertThatThrownBy(() -> layers.newFullyConnected(2).reuse(Reuse.TRUE).apply(x))
        .hasMessageContaining("is always a new one");
  }

  @Test
  void aNormalizerStandsInPlaceOfTheBiases() {
    Tensor y =
        layers
            .newFullyConnected(2)
            .normalizer(t -> t.mul(2))
            .activation(Tensor::sigmoid)
            .trainable(false)
            .biasesRegularizer(Regularizers.l1(1))
            .weightsInitializer(Initializers.zeros())
            .apply(x);
    assertThat(Nodes.line(y.op()))
        .isEqualTo("fully_connected/Sigmoid = Sigmoid(fully_connected/mul)");
    assertThat(variables()).containsExactly("fully_connected/weights");
    assertThat(tf.trainableVariables()).isEmpty();
    layers.newFullyConnected(2).biasesInitializer(null).apply(x);
    layers.newFullyConnected(2).biasesInitializer(Initializers.ones()).apply(x);
    assertThat(variables())
        .containsExactly(
            "fully_connected/weights",
            "fully_connected_1/weights",
            "fully_connected_2/weights",
            "fully_connected_2/biases");
  }

  @Test
  void dropoutIsInItsScope() {
    assertThat(layers.dropout(x, 0.5, false).name()).isEqualTo("dropout/Identity:0");
    assertThat(layers.dropout(x, 0.5, true).name()).isEqualTo("dropout_1/dropout/mul_1:0");
    Tensor training = tf.placeholder("training", DataType.BOOL);
    Tensor y =
        layers.newDropout(0.5).seed(3).noiseShape(new int[] {-1, 1}).training(training).apply(x);
    assertThat(Nodes.line(y.op()))
        .isEqualTo("dropout_2/Select = Select(training, dropout_2/dropout/mul_1, x)");
    assertThatThrownBy(() -> layers.dropout(x, 0.5, 1))
        .hasMessageContaining("training is a boolean or a bool tensor, not 1");
    assertThatThrownBy(() -> layers.dropout(new int[] {1}, 0.5, true))
        .hasMessageContaining("takes floating-point tensors");
  }

  @Test
  void flattenKeepsTheBatch() {
    assertThat(layers.flatten(tf.placeholder(DataType.INT32, -1, 2, 3)).shape())
        .isEqualTo(Shape.of(-1, 6));
    assertThat(layers.flatten(tf.placeholder(DataType.INT32, 4, -1, 3)).shape())
        .isEqualTo(Shape.of(4, -1));
    assertThat(layers.flatten(tf.placeholder(DataType.INT32, -1, -1, 3)).shape())
        .isEqualTo(Shape.of(-1, -1));
    assertThat(layers.flatten(tf.placeholder(DataType.INT32, 0, 2, 3)).shape())
        .isEqualTo(Shape.of(0, 6));
    assertThat(layers.flatten(tf.placeholder(DataType.INT32, 5)).shape()).isEqualTo(Shape.of(5, 1));
    assertThatThrownBy(() -> layers.flatten(1)).hasMessageContaining("one dimension or more");
    assertThatThrownBy(() -> layers.flatten(tf.placeholder(DataType.INT32, Shape.unknown())))
        .hasMessageContaining("one dimension or more");
  }
}
