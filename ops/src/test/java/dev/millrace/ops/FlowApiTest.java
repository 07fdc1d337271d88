package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor a = tf.placeholder("a", DataType.FLOAT32);
  private final Tensor b = tf.placeholder("b", DataType.FLOAT32);

  @Test
  void groupWaitsForAll() {
    Variable v = tf.variable("v", 0.0);
    Assigned added = v.assignAdd(1.0);
    int before = graph.size();

    Operation g = tf.group("train", a, List.of(b.op(), a), added);

    assertThat(Nodes.since(graph, before))
        .containsExactly("train = NoOp(^a, ^b, ^AssignAddVariableOp)");
    assertThat(tf.group(a).name()).isEqualTo("group_deps");
    assertThat(tf.group().controlInputs()).isEmpty();
    assertThat(g.numOutputs()).isZero();
    assertThatThrownBy(() -> tf.group(a, "text")).hasMessageContaining("neither an operation nor");
  }

  @Test
  void groupGathersPerDeviceFirst() {
    Tensor c;
    Tensor d;
    try (var s = tf.device("/cpu:0")) {
      c = a.neg();
    }
    try (var s = tf.device("/device:GPU:0")) {
      d = a.exp();
    }
    int before = graph.size();

    tf.group(c, d);

    assertThat(Nodes.since(graph, before))
        .containsExactly(
            "group_deps/NoOp = NoOp(^Neg)",
            "group_deps/NoOp_1 = NoOp(^Exp)",
            "group_deps = NoOp(^group_deps/NoOp, ^group_deps/NoOp_1)");
    assertThat(graph.operation("group_deps/NoOp").device()).isEqualTo(c.op().device());
  }

  @Test
  void tupleHoldsAllBackUntilAllAreThere() {
    List<Tensor> both = tf.tuple(List.of(a, b), List.of(a.neg()));

    assertThat(both).extracting(Tensor::dtype).containsOnly(DataType.FLOAT32);
    assertThat(Nodes.since(graph, 3))
        .containsExactly(
            "tuple/group_deps = NoOp(^a, ^b, ^Neg)",
            "tuple/control_dependency = Identity(a, ^tuple/group_deps)",
            "tuple/control_dependency_1 = Identity(b, ^tuple/group_deps)");
    assertThat(both.get(1).op().colocationGroups()).containsExactly("b");
    assertThatThrownBy(() -> tf.tuple(List.of())).hasMessageContaining("at least one");
  }

  @Test
  void scopesNameAndOrder() {
    try (var outer = tf.scope("outer");
        var wait = tf.controlDependencies(a)) {
      Tensor c = tf.constant(1.0);
      assertThat(Nodes.line(c.op())).isEqualTo("outer/Const = Const(^a)");
      try (var free = tf.clearControlDependencies()) {
        assertThat(Nodes.line(tf.constant(1.0).op())).isEqualTo("outer/Const_1 = Const()");
      }
      try (var again = tf.scope(outer.name())) {
        assertThat(b.neg().name()).isEqualTo("outer/Neg:0");
      }
      try (var inner = tf.scope("inner")) {
        assertThat(b.neg().name()).isEqualTo("outer/inner/Neg:0");
      }
    }
    try (var s = tf.scope("outer")) {
      assertThat(b.add(1).op().input(1).name()).isEqualTo("outer_1/add/y:0");
    }
    try (var s = tf.colocateWith(a)) {
      assertThat(b.neg().op().colocationGroups()).containsExactly("a");
    }
    try (var s = tf.controlDependencies(List.of(a, b.op()))) {
      assertThat(Nodes.line(tf.noOp("stop"))).isEqualTo("stop = NoOp(^a, ^b)");
    }
  }

  @Test
  void oneOpsObjectAGraph() {
    assertThat(Ops.of(graph)).isSameAs(tf);
    assertThat(Ops.of(new Graph())).isNotSameAs(tf);
    assertThat(a.ops()).isSameAs(tf);
    assertThat(tf.op("Neg", "minus").input(a).build().name()).isEqualTo("minus");
  }

  @Test
  void tensorsOfAnotherGraphAreRefused() {
    Tensor foreign = Ops.of(new Graph()).placeholder("z", DataType.FLOAT32);
    assertThatThrownBy(() -> a.add(foreign)).hasMessageContaining("'z:0' is of another graph");
  }
}
