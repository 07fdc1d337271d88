package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import org.junit.jupiter.api.Test;

/** Whole small programs, their nodes named and ordered as Python TensorFlow 1.15 makes them. */
class GraphNamesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @Test
  void softmaxRegression() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 784);
    Variable w = tf.variable("w", tf.zeros(DataType.FLOAT32, 784, 10));
    Variable b = tf.variable("b", Initializers.zeros(), 10);
    Tensor y = x.matmul(w).add(b).softmax().as("y");
    Operation init = tf.globalVariablesInitializer();

    assertThat(Nodes.of(graph))
        .containsExactly(
            "x = Placeholder()",
            "zeros/shape_as_tensor = Const()",
            "zeros/Const = Const()",
            "zeros = Fill(zeros/shape_as_tensor, zeros/Const)",
            "w = VarHandleOp()",
            "w/IsInitialized/VarIsInitializedOp = VarIsInitializedOp(w)",
            "w/Assign = AssignVariableOp(w, zeros)",
            "w/Read/ReadVariableOp = ReadVariableOp(w)",
            "b/Initializer/zeros = Const()",
            "b = VarHandleOp()",
            "b/IsInitialized/VarIsInitializedOp = VarIsInitializedOp(b)",
            "b/Assign = AssignVariableOp(b, b/Initializer/zeros)",
            "b/Read/ReadVariableOp = ReadVariableOp(b)",
            "MatMul = MatMul(x, w/Read/ReadVariableOp)",
            "add = AddV2(MatMul, b/Read/ReadVariableOp)",
            "Softmax = Softmax(add)",
            "y = Identity(Softmax)",
            "init = NoOp(^w/Assign, ^b/Assign)");
    assertThat(init.name()).isEqualTo("init");
    assertThat(y).hasToString("Tensor(\"y:0\", shape=[?,10], dtype=float32)");
  }
}
