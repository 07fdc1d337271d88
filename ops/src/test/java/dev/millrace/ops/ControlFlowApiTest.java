package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlFlowApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor p = tf.placeholder("p", DataType.BOOL, new long[0]);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 2, 3);
  private final Tensor y = tf.placeholder("y", DataType.FLOAT32, 4, 3);

  private static List<String> types(FunctionBody b) {
    return b.graph().operations().stream().map(Operation::type).toList();
  }

  // ---- cond

  @Test
  void condIsOneNodeWithAFunctionForEachBranch() {
    Tensor z = tf.cond(p, () -> x.add(1), () -> y);

    assertThat(z.name()).isEqualTo("cond:0");
    assertThat(z.op().type()).isEqualTo("StatelessIf");
    assertThat(z.shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(z.op().inputs()).extracting(Output::name).containsExactly("p:0", "x:0", "y:0");
    assertThat(z.op().attrs().getFunc("then_branch").name()).isEqualTo("cond_true_1");
    assertThat(z.op().attrs().getFunc("else_branch").name()).isEqualTo("cond_false_1");
    assertThat(types(z.op().function("then_branch")))
        .containsExactly("Const", "Placeholder", "AddV2", "Placeholder");
    assertThat(tf.cond(p, () -> x, () -> x).name()).isEqualTo("cond_1:0");
  }

  @Test
  void branchesWithEffectsMakeAStatefulNode() {
    Variable v = tf.variable("v", 1f);
    Tensor z = tf.cond(p, () -> v.assignAdd(2), () -> v);

    assertThat(z.op().type()).isEqualTo("If");
    assertThat(z.shape()).isEqualTo(Shape.scalar());
    assertThat(z.op().inputs())
        .extracting(Output::name)
        .containsExactly("p:0", "v:0", "v/Read/ReadVariableOp:0");
  }

  @Test
  void branchesGiveStructures() {
    List<Tensor> l = tf.cond(p, () -> List.of(x, y), () -> List.of(x.neg(), y.neg()));
    Map<String, Tensor> m = tf.cond(p, () -> Map.of("a", x), () -> Map.of("a", x.neg()));
    List<Object> none = tf.cond(p, () -> List.of(), () -> List.of());

    assertThat(l).extracting(Tensor::name).containsExactly("cond:0", "cond:1");
    assertThat(m.get("a").shape()).isEqualTo(x.shape());
    assertThat(none).isEmpty();
  }

  @Test
  void anOperationAsResultIsTheNode() {
    Variable v = tf.variable("v", 1f);
    Operation op = tf.cond(p, () -> v.assignAdd(2).operation(), () -> tf.noOp());

    assertThat(op.type()).isEqualTo("If");
    assertThat(op.numOutputs()).isZero();
  }

  @Test
  void controlDependenciesOnTheOutsideAreTheNodes() {
    Operation before = tf.noOp("before");
    Operation returned = tf.noOp("returned");
    Operation op =
        tf.cond(
            p,
            () -> {
              try (var wait = tf.controlDependencies(before)) {
                return tf.noOp();
              }
            },
            () -> returned);
    assertThat(op.controlInputs()).containsExactly(before, returned);
  }

  @Test
  void whatIsKnownBehindAHandleStays() {
    Variable v = tf.variable("v", Initializers.zeros(), 2, 3);
    Variable w = tf.variable("w", Initializers.zeros(), 4, 3);
    Output handle = tf.cond(p, () -> tf.tensor(v.handle()), () -> tf.tensor(w.handle())).asOutput();
    assertThat(handle.handleData().shape()).isEqualTo(Shape.of(-1, 3));
  }

  @Test
  void thePredicateIsAScalarBool() {
    assertThatThrownBy(() -> tf.cond(true, () -> x, () -> x))
        .hasMessageContaining("the predicate of 'cond' is a Java boolean")
        .hasMessageContaining("use 'if'");
    assertThatThrownBy(() -> tf.cond(x, () -> x, () -> x))
        .hasMessageContaining("must be a scalar bool, but is 'x:0' float32[2,3]")
        .hasMessageContaining("compare it");
    assertThatThrownBy(() -> tf.cond(x.less(y.get(0)), () -> x, () -> x))
        .hasMessageContaining("take reduceAll()");
    assertThatThrownBy(() -> tf.cond("p", () -> x, () -> x))
        .hasMessageContaining("must be a scalar bool tensor, not p");
  }

  @Test
  void branchesMustAgree() {
    Tensor i = tf.placeholder("i", DataType.INT32, 2);
    assertThatThrownBy(() -> tf.cond(p, () -> x, () -> i))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("result 0 of the 'then' branch of 'cond' is 'x:0' float32[2,3]")
        .hasMessageContaining("of the 'else' branch of 'cond' 'i:0' int32[2]")
        .hasMessageContaining("cast one of them");
    assertThatThrownBy(() -> tf.<Object>cond(p, () -> List.of(x), () -> List.of(x, y)))
        .hasMessageContaining("results of one structure")
        .hasMessageContaining("gives [*]")
        .hasMessageContaining("[*, *]");
    assertThatThrownBy(() -> tf.<Object>cond(p, () -> x, () -> tf.noOp()))
        .hasMessageContaining("results of one structure");
    assertThatThrownBy(() -> tf.<Object>cond(p, () -> 1, () -> 2))
        .hasMessageContaining("must give tensors, but gives 1 of class Integer; take tf.constant");
    assertThatThrownBy(() -> tf.<Object>cond(p, () -> null, () -> 2))
        .hasMessageContaining("the 'then' branch of 'cond_4' gives null");
  }

  // ---- several branches

  @Test
  void caseOfIsAChainOfConds() {
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor z =
        tf.caseOf(
            List.of(
                tf.when(n.less(0), () -> tf.constant(1f)),
                tf.when(n.equal(0), () -> x.reduceSum())),
            () -> y.reduceSum());

    assertThat(z.name()).isEqualTo("case/cond:0");
    assertThat(types(z.op().function("else_branch"))).contains("StatelessIf");
    assertThat(z.op().controlInputs()).isEmpty();
    assertThatThrownBy(() -> tf.<Tensor>caseOf(List.of(), () -> x))
        .hasMessageContaining("needs a case");
  }

  @Test
  void exclusiveCasesAndMissingDefaultsAreChecked() {
    Tensor q = p.logicalNot();
    List<Case<Tensor>> cases = List.of(tf.when(p, () -> x), tf.when(q, () -> x.neg()));
    Tensor z = tf.caseOf(cases, null, true);

    assertThat(z.op().controlInputs())
        .extracting(Operation::type)
        .containsExactly("Assert", "Assert");
    Tensor one = tf.caseOf(List.of(tf.when(p, () -> x)), null);
    assertThat(one.op().controlInputs()).extracting(Operation::type).containsExactly("Assert");
  }

  @Test
  void switchCaseIsOneNode() {
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor z = tf.switchCase(n, List.of(() -> x, () -> y), () -> x.neg());

    assertThat(z.op().type()).isEqualTo("Case");
    assertThat(z.shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(z.op().name()).isEqualTo("switch_case");
    assertThatThrownBy(() -> tf.<Tensor>switchCase(n, List.of()))
        .hasMessageContaining("needs a branch");
    assertThatThrownBy(
            () -> tf.<Tensor>switchCase(n, List.of(() -> x, () -> tf.cast(y, DataType.INT32))))
        .hasMessageContaining("of branch 1 of 'switch_case_1'");
  }

  @Test
  void assertThatFailsWhenRun() {
    Operation check = tf.assertThat(p, List.of("p is", p, 3));

    assertThat(check.type()).isEqualTo("Assert");
    assertThat(check.name()).isEqualTo("Assert");
    assertThat(check.inputs())
        .extracting(Output::dtype)
        .containsExactly(DataType.BOOL, DataType.STRING, DataType.BOOL, DataType.INT32);
  }

  @Test
  void initializedValueReadsOrComputes() {
    Variable v = tf.variable("v", x.reduceSum());
    Tensor value = v.initializedValue();

    assertThat(value.shape()).isEqualTo(Shape.scalar());
    assertThat(types(value.op().function("then_branch"))).contains("ReadVariableOp");
    assertThat(value.op().inputs()).contains(v.initialValue().asOutput(), v.handle());
  }
}
