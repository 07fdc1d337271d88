package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplainTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  /** The one line that has all of these, without its indent. */
  private static String line(String plan, String... parts) {
    List<String> lines =
        plan.lines().filter(l -> List.of(parts).stream().allMatch(l::contains)).toList();
    assertThat(lines).as("lines of %s in%n%s", List.of(parts), plan).hasSize(1);
    return lines.get(0).strip();
  }

  @Test
  void stepsTellKernelsMembersMemoryAndCosts() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 5);
    Variable w = tf.variable("w", new float[5][7]);
    Tensor squashed = x.matmul(w).mul(2).add(1).tanh();
    Tensor y = squashed.reduceSum();
    try (Session s = new Session(graph)) {
      SessionCallable call = s.callable().feed(x).fetch(y).build();
      assertThat(call.explain()).contains("the run tells its shapes").contains("MatMul (MatMul)");
      String plan = s.feed(x, new float[3][5]).explain(y);
      assertThat(line(plan, "segment 0")).contains("210 FLOP").contains("arena of ");
      assertThat(line(plan, "input x:0")).isEqualTo("input x:0 = %0 float32[3,5]");
      assertThat(line(plan, "= MatMul"))
          .contains("float32[3,7] @0 = MatMul 'MatMul' (%0, ")
          .contains("fast: MatMul")
          .endsWith(", 284 B, 210 FLOP");
      assertThat(line(plan, "= _Fused")).contains("const 2.0").contains("fast: FusedKernel");
      assertThat(plan)
          .containsSubsequence(
              "= _Fused",
              "    + mul (Mul)\n",
              "    + add (AddV2)\n",
              "    + Tanh (Tanh)\n",
              "    + Sum (Sum)\n",
              "output Sum:0 = %");
      assertThat(line(plan, "= ReadVariableOp")).contains("(in variable 'w')");
      assertThat(plan).doesNotContain("VarHandleOp");
      assertThat(call.explain()).isEqualTo("shapes as they were in the last run:\n" + plan);
      assertThat(call.set(0, new float[3][5]).explain()).isEqualTo(plan);
      assertThat(s.feed(x, new float[2][5]).explain(y)).contains("140 FLOP");
      assertThat(s.planStatistics().plans()).isEqualTo(1);
      String whole = s.feed(x, new float[3][5]).explain(squashed);
      assertThat(line(whole, "= _Fused")).contains("float32[3,7] @0 (in place of %3) = _Fused");
    }
  }

  @Test
  void explainingRunsNothing() {
    Variable v = tf.variable("v", new float[] {1});
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      String plan = s.runner().target(v.assignAdd(tf.constant(new float[] {1}))).explain();
      assertThat(line(plan, "AssignAddVariableOp")).contains("variable 'v'");
      assertThat(s.fetch(v).getFloat(0)).isEqualTo(1);
    }
  }

  @Test
  void loopsAndBranchesAreIndented() {
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor p = tf.placeholder("p", DataType.BOOL, new long[0]);
    List<Tensor> last =
        tf.whileLoop(
            (i, v) -> i.less(n),
            (i, v) -> List.of(i.add(1), v.matmul(v)),
            tf.constant(0),
            tf.constant(new float[4][4]),
            new LoopOptions());
    Tensor y = tf.cond(p, () -> last.get(1).softmax(), () -> last.get(1).exp());
    try (Session s = new Session(graph)) {
      String plan = s.feed(n, 3).feed(p, true).explain(y);
      assertThat(plan)
          .containsSubsequence(
              "loop '", "while:\n", "  segment 0", "= Less", "do:\n", "= MatMul", "128 FLOP")
          .containsSubsequence("branch '", "if false:\n", "= Exp", "if true:\n", "= Softmax");
      assertThat(plan.lines().filter(l -> l.contains("= MatMul")).findFirst())
          .hasValueSatisfying(l -> assertThat(l).startsWith("    "));
    }
  }

  @Test
  void shapesOfTheRunAreToldAfterIt() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1);
    Tensor y = tf.booleanMask(x, x.greater(0)).square().reduceSum();
    try (Session s = new Session(graph)) {
      Runner first = s.feed(x, new float[] {1, -1, 2});
      assertThat(first.explain(y)).contains("the run tells its shapes").contains("(Square)");
      s.feed(x, new float[] {1, -1, 2}).fetch(y);
      String after = s.feed(x, new float[] {1, -1, 2}).explain(y);
      assertThat(after).doesNotContain("the run tells its shapes").contains("float32[2]");
    }
  }

  @Test
  void fallingBackIsExplained() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 3);
    Tensor y = tf.strings().asString(x);
    try (Session s = new Session(graph)) {
      assertThat(line(s.feed(x, new float[3]).explain(y), "= AsString"))
          .contains("reference: there is no fast kernel of the type");
    }
    try (Session s = new Session(graph, SessionOptions.reference())) {
      assertThat(s.feed(x, new float[3]).explain(y))
          .startsWith("executed node by node with the reference kernels: the session's options")
          .contains("  AsString (AsString)\n");
    }
  }
}
