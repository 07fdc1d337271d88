package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionStrategy;
import dev.millrace.ops.PartitionedVariable;
import dev.millrace.ops.Partitioners;
import dev.millrace.ops.Regularizers;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableGetter;
import dev.millrace.ops.VariableScope;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The programs of docs/variables.md. */
class VariableProgramsTest {
  private final Ops tf = Ops.of(new Graph());

  @Test
  void snippetsAreTested() throws IOException {
    Snippets.assertTested("variables.md", VariableProgramsTest.class);
  }

  @Test
  void making() {
    Variable first = tf.variable("w", Initializers.zeros(), 2, 3); // w
    Variable second = tf.variable("w", Initializers.zeros(), 2, 3); // w_1
    assertThat(first.name()).isEqualTo("w");
    assertThat(second.name()).isEqualTo("w_1");
  }

  @Test
  void asking() {
    Variable w;
    try (var names = tf.scope("encoder");
        var layer = tf.variableScope("layer")) {
      w = tf.getVariable("w", 2, 3); // layer/w
    }
    assertThat(w.name()).isEqualTo("layer/w");
  }

  @Test
  void nameScopesAreFresh() {
    tf.variableScope("layer").close();
    try (var layer = tf.variableScope("layer")) {
      Variable b = tf.getVariable("b", Initializers.zeros(), 3); // layer/b
      Tensor y = tf.add(b, 1); // layer_1/add
      assertThat(b.name()).isEqualTo("layer/b");
      assertThat(y.op().name()).isEqualTo("layer_1/add");
    }
  }

  Tensor project(Ops tf, Tensor x) {
    try (var s = tf.variableScope("projection", Reuse.AUTO_REUSE)) {
      Variable w = tf.getVariable("w", x.shape().dim(1), 2);
      return x.matmul(w);
    }
  }

  @Test
  void sharing() {
    Tensor left = project(tf, tf.ones(DataType.FLOAT32, 4, 3));
    Tensor right = project(tf, tf.zeros(DataType.FLOAT32, 4, 3));
    List<Variable> all = tf.trainableVariables(); // projection/w alone
    assertThat(all).hasSize(1);
    assertThat(left.shape()).isEqualTo(right.shape());
  }

  @Test
  void enteringAgain() {
    VariableScope tower;
    try (var s = tf.variableScope("tower")) {
      tf.getVariable("v", 5);
      tower = s;
    }
    try (var other = tf.variableScope("other");
        var again = tf.variableScope(tower, Reuse.TRUE)) {
      Variable v = tf.getVariable("v", 5); // tower/v
      Tensor y = v.mul(2); // other/tower/mul
      assertThat(v.name()).isEqualTo("tower/v");
      assertThat(y.op().name()).isEqualTo("other/tower/mul");
    }
    try (var again = tf.newVariableScope(tower).auxiliaryNameScope(false).open();
        var names = tf.scope(again.originalNameScope())) {
      Tensor z = tf.constant("z", 1); // tower/z
      assertThat(z.op().name()).isEqualTo("tower/z");
    }
  }

  @Test
  void defaultNames() {
    for (int i = 0; i < 3; i++) {
      try (var s = tf.variableScope(null, "block")) {
        tf.getVariable("w", 2); // block/w, block_1/w, block_2/w
      }
    }
    assertThat(tf.globalVariables().stream().map(Variable::name))
        .containsExactly("block/w", "block_1/w", "block_2/w");
  }

  @Test
  void handingOn() {
    try (var s =
        tf.newVariableScope("small")
            .initializer(Initializers.truncatedNormal(0, 0.01))
            .regularizer(Regularizers.l2(1e-4))
            .dtype(DataType.FLOAT64)
            .open()) {
      Variable w = tf.getVariable("w", 10, 10);
      assertThat(w.dtype()).isEqualTo(DataType.FLOAT64);
    }
    Tensor penalty = tf.losses().regularizationLoss(); // is part of no other loss by itself
    assertThat(penalty.dtype()).isEqualTo(DataType.FLOAT64);
  }

  @Test
  void getters() {
    VariableGetter shadow = (asked, next) -> next.apply(asked.withName(asked.name() + "_shadow"));
    try (var s = tf.newVariableScope("model").customGetter(shadow).open()) {
      Variable v = tf.getVariable("v", 3); // model/v_shadow
      assertThat(v.name()).isEqualTo("model/v_shadow");
    }
  }

  @Test
  void parts() {
    PartitionedVariable table =
        tf.sharedVariable("table")
            .shape(1000, 16)
            .partitioner(Partitioners.fixedSize(4))
            .getPartitioned(); // table/part_0 … table/part_3
    Tensor rows = tf.embeddingLookup(table, new int[] {3, 998}, PartitionStrategy.DIV, null);
    assertThat(table.parts()).hasSize(4);
    assertThat(rows.shape()).isEqualTo(Shape.of(2, 16));
  }
}
