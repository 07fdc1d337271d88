package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class VariableTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @Test
  void aVariableIsBuiltAsTensorFlowsResourceVariable() {
    Variable w;
    try (var s = tf.scope("layer")) {
      w = tf.variable("w", new float[][] {{1, 2, 3}});
    }

    assertThat(Nodes.of(graph))
        .containsExactly(
            "layer/w/Initializer/initial_value = Const()",
            "layer/w = VarHandleOp()",
            "layer/w/IsInitialized/VarIsInitializedOp = VarIsInitializedOp(layer/w)",
            "layer/w/Assign = AssignVariableOp(layer/w, layer/w/Initializer/initial_value)",
            "layer/w/Read/ReadVariableOp = ReadVariableOp(layer/w)");
    assertThat(w.name()).isEqualTo("layer/w");
    assertThat(w.dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(w.shape()).isEqualTo(Shape.of(1, 3));
    assertThat(w.op().attrs().getString("shared_name")).isEqualTo("layer/w");
    assertThat(w.op().attrs().getString("container")).isEmpty();
    assertThat(w.op().attrs().getShape("shape")).isEqualTo(Shape.of(1, 3));
    assertThat(w.handle().dtype()).isEqualTo(DataType.RESOURCE);
    assertThat(w.value().shape()).isEqualTo(Shape.of(1, 3));
    assertThat(w.asOutput()).isEqualTo(w.value().asOutput());
    assertThat(w.initialValue().asOutput().constantValue().size()).isEqualTo(3);
    assertThat(w.isInitialized().dtype()).isEqualTo(DataType.BOOL);
    assertThat(tf.isVariableInitialized(w)).isEqualTo(w.isInitialized());
    assertThat(w).hasToString("Variable(\"layer/w\", shape=[1,3], dtype=float32)");
  }

  @Test
  void namesAreMadeUnique() {
    assertThat(tf.variable(0).name()).isEqualTo("Variable");
    assertThat(tf.variable(0).name()).isEqualTo("Variable_1");
    assertThat(tf.variable("v", 0).initializer().name()).isEqualTo("v/Assign");
    assertThat(tf.variable("v", 0).initializer().name()).isEqualTo("v_1/Assign");
  }

  @Test
  void initializersMakeTheInitialValueInTheVariablesScope() {
    tf.setRandomSeed(5);
    Variable w = tf.variable("w", Initializers.glorotUniform(), 3, 5);

    assertThat(w.initialValue().name()).isEqualTo("w/Initializer/random_uniform:0");
    double limit = Math.sqrt(6.0 / 8);
    assertThat(graph.output("w/Initializer/random_uniform/max").constantValue())
        .isEqualTo(TensorValue.of((float) limit));
    assertThat(graph.operation("w/Initializer/random_uniform/RandomUniform").attrs().getInt("seed"))
        .isEqualTo(5);
    assertThat(tf.variable("i", Initializers.ones(), DataType.INT32, 2).dtype())
        .isEqualTo(DataType.INT32);
    Variable own = tf.variable("f", (t, shape, dtype) -> t.fill(shape, 3.0).as("own"), 2);
    assertThat(own.initialValue().name()).isEqualTo("f/Initializer/own:0");
  }

  @Test
  void theInitialValueMayBeAnyTensor() {
    Variable a = tf.variable("a", tf.zeros(DataType.FLOAT64, 2));
    Variable b = tf.variable("b", a);
    Variable c = tf.newVariable("c").initialValue((Supplier<Tensor>) () -> a.mul(2)).build();

    assertThat(a.dtype()).isEqualTo(DataType.FLOAT64);
    assertThat(b.initialValue()).isEqualTo(a.value());
    assertThat(c.initialValue().name()).isEqualTo("c/Initializer/mul:0");
  }

  @Test
  void openControlDependenciesDoNotApply() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32);
    try (var s = tf.controlDependencies(x)) {
      tf.variable("v", 1.0);
      assertThat(Nodes.line(tf.noOp("after"))).isEqualTo("after = NoOp(^x)");
    }
    assertThat(graph.operations().stream().filter(o -> o.name().startsWith("v")))
        .allMatch(o -> o.controlInputs().isEmpty());
  }

  @Test
  void collections() {
    Variable a = tf.variable("a", 1.0);
    Variable b = tf.newVariable("b").initialValue(1.0).trainable(false).build();
    Variable c =
        tf.newVariable("c")
            .initialValue(1.0)
            .trainable(false)
            .collections(GraphKeys.LOCAL_VARIABLES)
            .build();

    assertThat(tf.globalVariables()).containsExactly(a, b);
    assertThat(tf.trainableVariables()).containsExactly(a);
    assertThat(tf.localVariables()).containsExactly(c);
    assertThat(a.trainable()).isTrue();
    assertThat(b.trainable()).isFalse();
    assertThat(graph.collection(GraphKeys.GLOBAL_VARIABLES, "b")).containsExactly(b);
    assertThat(Nodes.line(tf.globalVariablesInitializer()))
        .isEqualTo("init = NoOp(^a/Assign, ^b/Assign)");
    assertThat(Nodes.line(tf.localVariablesInitializer())).isEqualTo("init_1 = NoOp(^c/Assign)");
  }

  @Test
  void anInitializerOfNothingIsANoOp() {
    assertThat(Nodes.line(tf.globalVariablesInitializer())).isEqualTo("init = NoOp()");
  }

  @Test
  void variablesAreOperandsWithATensorsMethods() {
    Variable w = tf.variable("w", new float[] {1, 2});
    assertThat(Nodes.line(w.mul(2).op())).isEqualTo("mul = Mul(w/Read/ReadVariableOp, mul/y)");
    assertThat(tf.add(1, w).shape()).isEqualTo(Shape.of(2));
  }

  @Test
  void aFreshReadObeysControlDependencies() {
    Variable w = tf.variable("w", 1.0);
    Assigned a = w.assign(2);
    Tensor r;
    try (var s = tf.controlDependencies(a)) {
      r = w.readValue();
    }
    assertThat(Nodes.line(r.op().input(0).op()))
        .isEqualTo("Read/ReadVariableOp = ReadVariableOp(w, ^AssignVariableOp)");
    assertThat(r.name()).isEqualTo("Identity:0");
  }

  @Test
  void assignmentsReadWhatTheyLeft() {
    Variable w = tf.variable("w", new float[] {1, 2});
    int before = graph.size();

    Assigned a = w.assignAdd(new double[] {1, 1});

    assertThat(Nodes.since(graph, before))
        .containsExactly("Const = Const()", "AssignAddVariableOp = AssignAddVariableOp(w, Const)");
    assertThat(a.operation().name()).isEqualTo("AssignAddVariableOp");
    Tensor y;
    try (var s = tf.controlDependencies(tf.placeholder("later", DataType.FLOAT32))) {
      y = a.mul(2);
    }
    assertThat(Nodes.line(y.op().input(0).op()))
        .isEqualTo("ReadVariableOp = ReadVariableOp(w, ^AssignAddVariableOp)");
    assertThat(a.value()).isSameAs(a.value());
    assertThat(a.value().shape()).isEqualTo(Shape.of(2));
    assertThat(a.variable()).isSameAs(w);
    assertThat(Nodes.line(a.assignSub(new float[2]).op()))
        .isEqualTo("AssignSubVariableOp = AssignSubVariableOp(w, Const_1)");
    assertThat(graph.operation("Const_1").controlInputs()).containsExactly(a.operation());
  }

  @Test
  void assignedValuesAreChecked() {
    Variable w = tf.variable("w", new float[] {1, 2});
    Tensor ints = tf.placeholder(DataType.INT32, 2);
    assertThatThrownBy(() -> w.assign(new float[3]))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("variable 'w' is of shape [2] and cannot take")
        .hasMessageContaining("of shape [3]");
    assertThatThrownBy(() -> w.assign(ints)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> w.assign("text")).hasMessageContaining("string");
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThatThrownBy(() -> tf.newVariable("v").build())
        .hasMessageContaining("variable 'v' needs an initial value or an initializer");
    assertThatThrownBy(() -> tf.newVariable("v").initializer(Initializers.zeros()).build())
        .hasMessageContaining("needs a fully known shape");
    assertThatThrownBy(() -> tf.variable("v", Initializers.zeros(), -1, 2))
        .hasMessageContaining("needs a fully known shape for its initializer, not [?,2]");
    assertThatThrownBy(() -> tf.newVariable("v").initialValue(new float[2]).shape(3).build())
        .hasMessageContaining("is to be of shape [3], but its initial value is of shape [2]");
    Tensor ints = tf.constant(1);
    assertThatThrownBy(() -> tf.variable("v", ints, DataType.FLOAT32))
        .hasMessageContaining("is to be float32, but its initial value 'Const:0' is int32");
  }

  @Test
  void shapesThatMayChange() {
    Variable v = tf.newVariable("v").initialValue(new float[2]).validateShape(false).build();
    assertThat(v.shape()).isEqualTo(Shape.unknown());
    assertThat(v.assign(new float[5]).operation().type()).isEqualTo("AssignVariableOp");
  }

  @Test
  void rowsAreReadByThemselves() {
    Variable w = tf.variable("w", new float[4][3]);
    int before = graph.size();

    Tensor rows = w.gather(new int[] {0, 2});

    assertThat(rows.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(Nodes.since(graph, before))
        .containsExactly(
            "Gather/indices = Const()",
            "Gather = ResourceGather(w, Gather/indices)",
            "Gather/Identity = Identity(Gather)");
    assertThat(w.gather(new int[] {0}, 1).op().type()).isEqualTo("GatherV2");
  }
}
