package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Running both modes and comparing them must not fail by itself. */
class VerifyModeTest {
  private final RawGraph g = new RawGraph();

  @Test
  void aRunThatFailsHalfwayIsNoMismatchLater() {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Output x = g.placeholder(-1);
    Operation set = g.assign(v, g.constant(5));
    Output where = g.op("Where", x);
    Output picked =
        g.after(List.of(set), "Gather", g.constant(1, 2), g.op("Reshape", where, g.ints(-1)));
    Output read = g.read(v);
    try (Session s = new Session(g.graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      assertThatThrownBy(() -> s.feed(x, new float[] {0, 0, 0, 1}).fetchValue(picked))
          .isInstanceOf(InvalidArgumentException.class);
      assertThat(s.fetchValue(read).floats()).containsExactly(5);
    }
  }

  @Test
  void destroyedVariablesAreNoMismatch() {
    Output v = g.variable("v", Shape.vector(1));
    Operation init = g.assign(v, g.constant(1));
    Operation destroy = g.node("DestroyResourceOp", List.of(), v);
    Output there = g.op("VarIsInitializedOp", v);
    try (Session s = new Session(g.graph, SessionOptions.builder().verify(true).build())) {
      s.run(init);
      assertThat(s.fetchValue(there)).isEqualTo(TensorValue.of(true));
      s.run(destroy);
      assertThat(s.fetchValue(there)).isEqualTo(TensorValue.of(false));
      s.run(init);
      assertThat(s.fetchValue(g.read(v)).floats()).containsExactly(1);
    }
  }
}
