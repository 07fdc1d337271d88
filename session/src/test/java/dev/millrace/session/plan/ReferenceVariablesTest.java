package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Variables by reference, in both modes alike. */
class ReferenceVariablesTest {
  private final RawGraph g = new RawGraph();
  private final Output v = variable("v", Shape.of(3));
  private final Operation init = change("Assign", v, g.constant(1, 2, 3));

  private Output variable(String name, Shape s) {
    return g.graph
        .opBuilder("VariableV2", name)
        .attr("dtype", DataType.FLOAT32)
        .attr("shape", s)
        .build()
        .output(0);
  }

  private Operation change(String type, Output... inputs) {
    return g.node(type, List.of(), inputs);
  }

  private Session session(SessionOptions.Mode mode) {
    Session s = new Session(g.graph, SessionOptions.builder().mode(mode).build());
    s.run(init);
    return s;
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void withoutEdgesTheOrderOfCreationHolds(SessionOptions.Mode mode) {
    Output before = g.op("Neg", v);
    Operation add = change("AssignAdd", v, g.constant(10, 10, 10));
    Output between = g.op("Neg", v);
    Operation put = change("Assign", v, g.constant(7, 8, 9));
    Output after = g.op("Neg", v);
    try (Session s = session(mode)) {
      Fetches f = s.runner().target(put).target(add).fetch(List.of(before, between, after));
      assertThat(f.value(0).floats()).containsExactly(-1, -2, -3);
      assertThat(f.value(1).floats()).containsExactly(-11, -12, -13);
      assertThat(f.value(2).floats()).containsExactly(-7, -8, -9);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anIdentityIsASnapshot(SessionOptions.Mode mode) {
    Output read = g.op("Identity", v);
    Operation add = change("AssignAdd", v, g.constant(10, 10, 10));
    Output old = g.after(List.of(add), "Neg", read);
    Output now = g.after(List.of(add), "Neg", v);
    try (Session s = session(mode)) {
      Fetches f = s.runner().fetch(List.of(old, now));
      assertThat(f.value(0).floats()).containsExactly(-1, -2, -3);
      assertThat(f.value(1).floats()).containsExactly(-11, -12, -13);
    }
  }

  /** The value is looked at when its user begins, so after the user's other inputs. */
  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aUserSeesWhatItsOtherInputsHaveDone(SessionOptions.Mode mode) {
    // The write comes after the user in the order of creation, but the user needs its result.
    Output later = g.placeholder(3);
    Operation add = change("AssignAdd", v, g.constant(10, 10, 10));
    Output done = g.after(List.of(add), "Identity", g.constant(0, 0, 0));
    Output sum = g.op("Add", v, g.op("Mul", done, later));
    try (Session s = session(mode)) {
      TensorValue x = s.runner().feed(later, new float[] {1, 1, 1}).fetch(List.of(sum)).value(0);
      assertThat(x.floats()).containsExactly(11, 12, 13);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void theReferenceThatAnAssignmentGivesOnIsReadAfterIt(SessionOptions.Mode mode) {
    Output once = change("AssignAdd", v, g.constant(1, 1, 1)).output(0);
    Output twice = change("AssignSub", once, g.constant(0, 1, 2)).output(0);
    Output same = change("RefIdentity", twice).output(0);
    Output result = g.op("Neg", same);
    try (Session s = session(mode)) {
      Fetches f = s.runner().fetch(List.of(result, same));
      assertThat(f.value(0).floats()).containsExactly(-2, -2, -2);
      assertThat(f.value(1).floats()).containsExactly(2, 2, 2);
      assertThat(s.runner().fetch(List.of(v)).value(0).floats()).containsExactly(2, 2, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void useBeforeAValueIsAFailedPrecondition(SessionOptions.Mode mode) {
    Output read = g.op("Identity", v);
    Operation add = change("AssignAdd", v, g.constant(1, 1, 1));
    Operation scatter = change("ScatterAdd", v, g.ints(0), g.constant(1f));
    Output there = g.graph.opBuilder("IsVariableInitialized", null).input(v).build().output(0);
    try (Session s = new Session(g.graph, SessionOptions.builder().mode(mode).build())) {
      for (Operation op : List.of(read.op(), add, scatter)) {
        assertThatThrownBy(() -> s.run(op))
            .isInstanceOf(FailedPreconditionException.class)
            .hasMessageContaining("'v'")
            .hasMessageContaining("not initialized");
      }
      assertThat(s.runner().fetch(List.of(there)).value(0)).isEqualTo(TensorValue.of(false));
      s.run(init);
      assertThat(s.runner().fetch(List.of(there)).value(0)).isEqualTo(TensorValue.of(true));
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aResourceOfTheSameNameIsAnotherVariable(SessionOptions.Mode mode) {
    Output handle =
        g.graph
            .opBuilder("VarHandleOp", null)
            .attr("shared_name", "v")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(2))
            .build()
            .output(0);
    Operation assign = g.assign(handle, g.constant(5, 6));
    try (Session s = session(mode)) {
      s.run(assign);
      Fetches f = s.runner().fetch(List.of(v, g.read(handle)));
      assertThat(f.value(0).floats()).containsExactly(1, 2, 3);
      assertThat(f.value(1).floats()).containsExactly(5, 6);
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void anAssignmentMayChangeTheShapeIfItSaysSo(SessionOptions.Mode mode) {
    Output x = g.placeholder(-1);
    Operation resize =
        g.graph.opBuilder("Assign", null).input(v).input(x).attr("validate_shape", false).build();
    Operation keep = change("Assign", v, x);
    Output twice = g.op("Add", v, v);
    try (Session s = session(mode)) {
      assertThat(s.runner().fetch(List.of(twice)).value(0).floats()).containsExactly(2, 4, 6);
      s.runner().feed(x, new float[] {4, 5}).target(resize).run();
      assertThat(s.runner().fetch(List.of(twice)).value(0).floats()).containsExactly(8, 10);
      assertThatThrownBy(() -> s.runner().feed(x, new float[] {1, 2, 3, 4}).target(keep).run())
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("validate_shape");
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void aReferenceCannotBeFed(SessionOptions.Mode mode) {
    Operation add = change("AssignAdd", v, g.constant(1, 1, 1));
    Output twice = g.op("Add", v, v);
    try (Session s = session(mode)) {
      assertThat(s.runner().feed(v, new float[] {3, 3, 3}).fetch(List.of(twice)).value(0).floats())
          .containsExactly(6, 6, 6);
      assertThatThrownBy(() -> s.runner().feed(v, new float[] {3, 3, 3}).target(add).run())
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("reference");
    }
  }

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void countersStopAtTheirLimit(SessionOptions.Mode mode) {
    OpBuilder b =
        g.graph
            .opBuilder("VariableV2", "n")
            .attr("dtype", DataType.INT32)
            .attr("shape", Shape.scalar());
    Output n = b.build().output(0);
    Operation zero = change("Assign", n, g.constant(TensorValue.of(0)));
    Output next = g.graph.opBuilder("CountUpTo", null).input(n).attr("limit", 2).build().output(0);
    try (Session s = session(mode)) {
      s.run(zero);
      assertThat(s.runner().fetch(List.of(next)).value(0)).isEqualTo(TensorValue.of(0));
      assertThat(s.runner().fetch(List.of(next)).value(0)).isEqualTo(TensorValue.of(1));
      assertThatThrownBy(() -> s.runner().fetch(List.of(next)))
          .isInstanceOf(OutOfRangeException.class)
          .hasMessageContaining("'n'");
    }
  }

  /** Each run has a variable of its own. */
  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void temporaryVariablesLiveForOneRun(SessionOptions.Mode mode) {
    Output sum =
        g.graph
            .opBuilder("TemporaryVariable", "sum")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(2))
            .build()
            .output(0);
    Output zeroed = change("Assign", sum, g.constant(0, 0)).output(0);
    Output added = change("AssignAdd", zeroed, g.constant(1, 2)).output(0);
    Output result =
        g.graph
            .opBuilder("DestroyTemporaryVariable", null)
            .input(added)
            .attr("var_name", "sum")
            .build()
            .output(0);
    Output doubled = g.op("Add", result, result);
    try (Session s = session(mode)) {
      for (int i = 0; i < 3; i++) {
        assertThat(s.runner().fetch(List.of(doubled)).value(0).floats()).containsExactly(2, 4);
      }
    }
  }

  /** What a plan executes is what resource variables have: views and changes in place. */
  @Test
  void plansReadAndChangeInPlace() {
    Output read = g.op("Neg", v);
    Operation step = change("ApplyGradientDescent", v, g.constant(TensorValue.of(0.5f)), read);
    PlanGraph plan = Prune.run(new Signature(List.of(), List.of(), List.of(step)));
    assertThat(plan.nodes().stream().map(PlanNode::type))
        .containsExactlyInAnyOrder(
            "VarHandleOp", "ReadVariableOp", "Neg", "Const", "ResourceApplyGradientDescent");
    for (PlanNode n : plan.nodes()) {
      if (n.type().equals("VarHandleOp")) {
        assertThat(VariableHandles.hasFixedMemory(n)).isTrue();
      }
    }
  }
}
