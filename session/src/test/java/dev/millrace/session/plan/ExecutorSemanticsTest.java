package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.factory.Nd4j;

/** What a run promises, whatever executes it: effects, order, snapshots, checks. */
class ExecutorSemanticsTest {
  /** The ways to execute. */
  enum Executor {
    PLAN,
    PLAN_NOT_SIMPLIFIED,
    REFERENCE;

    Session session(RawGraph g) {
      SessionOptions.Builder b = SessionOptions.builder().verify(false);
      return new Session(
          g.graph,
          switch (this) {
            case PLAN -> b.build();
            case PLAN_NOT_SIMPLIFIED -> b.simplify(false).build();
            case REFERENCE -> b.mode(SessionOptions.Mode.REFERENCE).build();
          });
    }
  }

  private final RawGraph g = new RawGraph();

  private static float[] floats(Session s, Output x) {
    return s.fetchValue(x).floats();
  }

  // ---- effects

  @ParameterizedTest
  @EnumSource
  void effectThatALaterSegmentWaitsForIsRun(Executor e) {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Output x = g.placeholder(-1);
    Operation add = g.assignAdd(v, g.constant(1));
    Output where = g.op("Where", x); // its shape is known once it has run
    Output after = g.after(List.of(add), "Neg", where);
    Output read = g.read(v);
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(s.feed(x, new float[] {1, 0, 1}).fetchValue(after).longs()).containsExactly(0, -2);
      assertThat(floats(s, read)).containsExactly(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void effectBeforeATensorOfWhichOnlyTheShapeIsNeededIsRun(Executor e) {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Output x = g.placeholder(-1);
    Operation add = g.assignAdd(v, g.constant(1));
    Output y = g.after(List.of(add), "Neg", x);
    Output shape = g.op("Shape", y);
    Output read = g.read(v);
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(s.feed(x, new float[] {1, 0, 1}).fetchValue(shape).ints()).containsExactly(3);
      assertThat(floats(s, read)).containsExactly(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void effectBeforeAConstantIsRun(Executor e) {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Operation add = g.assignAdd(v, g.constant(1));
    Output c =
        g.graph
            .opBuilder("Const", null)
            .attr("dtype", DataType.FLOAT32)
            .attr("value", TensorValue.of(3f))
            .controlInput(add)
            .build()
            .output(0);
    Output sum = g.op("Add", c, c);
    Output same = g.op("Identity", sum);
    Output read = g.read(v);
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(floats(s, same)).containsExactly(6);
      assertThat(floats(s, read)).containsExactly(2);
      s.run(same);
      assertThat(floats(s, read)).containsExactly(3);
    }
  }

  // ---- snapshots and order

  @ParameterizedTest
  @EnumSource
  void swapsTwoVariables(Executor e) {
    Output a = g.variable("a", Shape.vector(2));
    Output b = g.variable("b", Shape.vector(2));
    Operation initA = g.assign(a, g.constant(1, 2));
    Operation initB = g.assign(b, g.constant(3, 4));
    Output readA = g.read(a);
    Output readB = g.read(b);
    Operation setA = g.assign(a, readB);
    Operation setB = g.assign(b, readA);
    try (Session s = e.session(g)) {
      s.run(initA, initB);
      s.run(setA, setB);
      assertThat(floats(s, readA)).containsExactly(3, 4);
      assertThat(floats(s, readB)).containsExactly(1, 2);
      // What is fetched is what was read, before the writes.
      assertThat(s.runner().target(setA).target(setB).fetchValue(readA).floats())
          .containsExactly(3, 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void viewsOfAReadKeepTheValueThatWasRead(Executor e) {
    Output v = g.variable("v", Shape.of(2, 2));
    Operation init = g.assign(v, g.constant(TensorValue.of(new float[][] {{1, 2}, {3, 4}})));
    Output read = g.read(v);
    Output flat = g.op("Reshape", read, g.ints(4));
    Output column = g.op("ExpandDims", flat, g.constant(TensorValue.of(1)));
    Operation add = g.assignAdd(v, g.op("Neg", read));
    Output late = g.after(List.of(add), "Neg", column);
    Output lateRead = g.read(v, add);
    Operation second = g.assignAdd(v, g.op("Reshape", flat, g.ints(2, 2)), lateRead.op());
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(s.fetchValue(late).floats()).containsExactly(-1, -2, -3, -4);
      assertThat(floats(s, read)).containsExactly(0, 0, 0, 0);
      s.run(init);
      assertThat(s.runner().target(second).fetchValue(flat).floats()).containsExactly(1, 2, 3, 4);
      assertThat(floats(s, read)).containsExactly(1, 2, 3, 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void handlesThatGoThroughIdentityAreOfTheSameVariable(Executor e) {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Output x = g.placeholder(1);
    Operation set = g.assign(v, x);
    Output read = g.read(g.op("Identity", v)); // made after the write, so comes after it
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(s.feed(x, new float[] {5}).target(set).fetchValue(read).floats())
          .containsExactly(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsThroughIdentityOfAHandleComeBeforeLaterWrites(Executor e) {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Output x = g.placeholder(1);
    Output read = g.read(g.op("Identity", v), g.op("Neg", x).op());
    Output sum = g.op("Add", read, x);
    Operation set = g.assign(v, g.constant(7));
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(s.feed(x, new float[] {5}).target(set).fetchValue(sum).floats())
          .containsExactly(6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void handlesOfOneNameWithAndWithoutAShapeShareTheVariable(Executor e) {
    Output loose = g.variable("loose", "v", Shape.unknown());
    Output tight = g.variable("tight", "v", Shape.vector(2));
    Operation init = g.assign(loose, g.constant(1, 2));
    Output read = g.read(tight);
    try (Session s = e.session(g)) {
      s.run(init);
      assertThat(floats(s, read)).containsExactly(1, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void handlesOfOneNameWithOtherShapesAreRefused(Executor e) {
    Output one = g.variable("one", "v", Shape.vector(2));
    Output other = g.variable("other", "v", Shape.vector(64));
    Operation init = g.assign(one, g.constant(1, 2));
    Output read = g.read(other);
    Output negative = g.op("Neg", read);
    try (Session s = e.session(g)) {
      s.run(init);
      assertThatThrownBy(() -> s.fetchValue(read)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> s.fetchValue(negative)).isInstanceOf(InvalidArgumentException.class);
    }
  }

  // ---- shapes that the graph claims

  @ParameterizedTest
  @EnumSource
  void reshapeToAFedShapeIsHeldAgainstWhatTheGraphClaims(Executor e) {
    Output x = g.placeholder(-1);
    Output to = g.placeholder(DataType.INT32, Shape.vector(2));
    Output y = g.op("Reshape", x, to);
    y.setShape(Shape.of(2, 3));
    Output z = g.op("Neg", y);
    float[] six = {1, 2, 3, 4, 5, 6};
    try (Session s = e.session(g)) {
      assertThat(s.feed(x, six).feed(to, new int[] {2, 3}).fetchValue(z).shape())
          .isEqualTo(Shape.of(2, 3));
      assertThatThrownBy(() -> s.feed(x, six).feed(to, new int[] {3, 2}).fetchValue(z))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(
              () -> s.feed(x, new float[] {1, 2}).feed(to, new int[] {1, 2}).fetchValue(z))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reshapeToAFedConstantIsHeldAgainstWhatTheGraphClaims(Executor e) {
    Output x = g.placeholder(-1);
    Output to = g.ints(2, 3);
    Output y = g.op("Reshape", x, to);
    try (Session s = e.session(g)) {
      assertThatThrownBy(
              () -> s.feed(x, new float[6]).feed(to, new int[] {3, 2}).fetchValue(g.op("Neg", y)))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  // ---- failures

  @ParameterizedTest
  @EnumSource
  void arithmeticOnConstantsThatFailsFailsTheRunThatNeedsIt(Executor e) {
    Output zero = g.constant(TensorValue.of(0));
    Output quotient = g.op("FloorDiv", g.constant(TensorValue.of(1)), zero);
    Output fine = g.op("Neg", zero);
    Output gather = g.op("Gather", g.constant(1, 2), g.ints(7));
    try (Session s = e.session(g)) {
      assertThat(s.fetchValue(fine).ints()).containsExactly(0);
      assertThatThrownBy(() -> s.fetchValue(quotient)).isInstanceOf(MillraceException.class);
      assertThatThrownBy(() -> s.fetchValue(gather)).isInstanceOf(InvalidArgumentException.class);
      assertThat(s.fetchValue(fine).ints()).containsExactly(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatFailsLeavesTheSessionUsable(Executor e) {
    Output x = g.placeholder(-1, -1);
    Output y = g.op("MatMul", x, x);
    try (Session s = e.session(g)) {
      float[][] square = {{1, 1}, {1, 1}};
      assertThatThrownBy(() -> s.feed(x, new float[][] {{1, 2, 3}}).fetchValue(y))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("MatMul");
      assertThat(s.feed(x, square).fetchValue(y).floats()).containsExactly(2, 2, 2, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyArrayIsNoScalar(Executor e) {
    Output x = g.placeholder(DataType.FLOAT32, Shape.scalar());
    Output y = g.op("Neg", x);
    try (Session s = e.session(g)) {
      assertThatThrownBy(
              () -> s.feed(x, Nd4j.empty(org.nd4j.linalg.api.buffer.DataType.FLOAT)).fetchValue(y))
          .isInstanceOf(InvalidArgumentException.class);
      SessionCallable c = s.callable().feed(x).fetch(y).build();
      assertThatThrownBy(
              () -> c.set(0, Nd4j.empty(org.nd4j.linalg.api.buffer.DataType.FLOAT)).call())
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  // ---- feeding and fetching

  @ParameterizedTest
  @EnumSource
  void fetchesAreTheCallersOwn(Executor e) {
    Output c = g.constant(1, 2);
    Output x = g.placeholder(2);
    Output y = g.op("Reshape", c, g.ints(1, 2));
    try (Session s = e.session(g)) {
      for (Output f : List.of(c, y)) {
        s.fetchValue(f).floats()[0] = 99;
        assertThat(s.fetchValue(f).floats()).containsExactly(1, 2);
      }
      float[] mine = {5, 6};
      SessionCallable call = s.callable().feed(x).fetch(x).fetch(g.op("Identity", x)).build();
      call.set(0, mine).call();
      mine[0] = 7;
      assertThat(call.value(0).floats()).containsExactly(5, 6);
      assertThat(call.value(1).floats()).containsExactly(5, 6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallablesFetchIsThatOfTheLastCall(Executor e) {
    Output x = g.placeholder(-1);
    Output y = g.op("Neg", x);
    try (Session s = e.session(g)) {
      SessionCallable call = s.callable().feed(x).fetch(y).build();
      call.set(0, new float[] {1, 2}).call();
      assertThat(call.value(0).floats()).containsExactly(-1, -2);
      call.set(0, new float[] {3}).call();
      assertThat(call.getFloat(0)).isEqualTo(-3);
      assertThat(call.value(0).floats()).containsExactly(-3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void feedsOfAnyTensorCutOffWhatComputesIt(Executor e) {
    Output v = g.variable("v", Shape.vector(2)); // never initialised
    Output read = g.read(v);
    Output sum = g.op("Add", read, g.constant(1, 1));
    Output twice = g.op("Add", sum, sum);
    try (Session s = e.session(g)) {
      assertThat(s.feed(sum, new float[] {1, 2}).fetchValue(twice).floats()).containsExactly(2, 4);
      assertThat(s.feed(read, new float[] {1, 2}).fetchValue(twice).floats()).containsExactly(4, 6);
      assertThat(s.feed(read, new float[] {1, 2}).fetch(read, twice, read).value(2).floats())
          .containsExactly(1, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void complexAndEmptyTensorsGoInAndOut(Executor e) {
    Output z = g.placeholder(DataType.COMPLEX64, Shape.of(-1));
    Output x = g.placeholder(-1, 3);
    Output y = g.op("Neg", x);
    try (Session s = e.session(g)) {
      SessionCallable call = s.callable().feed(z).fetch(g.op("Identity", z)).build();
      call.set(0, new float[] {1, 2, 3, 4}).call();
      assertThat(call.value(0).shape()).isEqualTo(Shape.vector(2));
      assertThat(s.feed(x, TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3))).fetch(y).shape())
          .containsExactly(0, 3);
    }
  }
}
