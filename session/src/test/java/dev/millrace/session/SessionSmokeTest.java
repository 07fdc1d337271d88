package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import org.junit.jupiter.api.Test;

class SessionSmokeTest {
  private static Output constant(Graph g, TensorValue v) {
    return g.opBuilder("Const", null).attr("dtype", v.dtype()).attr("value", v).build().output(0);
  }

  @Test
  void runsInBothModes() {
    for (SessionOptions options :
        new SessionOptions[] {
          SessionOptions.plan(),
          SessionOptions.reference(),
          SessionOptions.builder().verify(true).build()
        }) {
      Graph g = new Graph();
      Output x =
          g.opBuilder("Placeholder", "x")
              .attr("dtype", DataType.FLOAT32)
              .attr("shape", Shape.of(-1, 2))
              .build()
              .output(0);
      Output w =
          g.opBuilder("VarHandleOp", "w")
              .attr("dtype", DataType.FLOAT32)
              .attr("shape", Shape.of(2, 3))
              .build()
              .output(0);
      Operation init =
          g.opBuilder("AssignVariableOp", "init")
              .input(w)
              .input(constant(g, TensorValue.of(new float[][] {{1, 2, 3}, {4, 5, 6}})))
              .attr("dtype", DataType.FLOAT32)
              .build();
      Output read =
          g.opBuilder("ReadVariableOp", "read")
              .input(w)
              .attr("dtype", DataType.FLOAT32)
              .build()
              .output(0);
      Output y = g.opBuilder("MatMul", "y").input(x).input(read).build().output(0);
      Output z = g.opBuilder("Tanh", "z").input(y).build().output(0);
      Operation add =
          g.opBuilder("AssignAddVariableOp", "add")
              .input(w)
              .input(constant(g, TensorValue.of(new float[][] {{1, 1, 1}, {1, 1, 1}})))
              .attr("dtype", DataType.FLOAT32)
              .build();
      try (Session s = new Session(g, options)) {
        s.run(init);
        assertThat(s.feed(x, new float[][] {{1, 1}}).fetchValue(y).floats())
            .containsExactly(5, 7, 9);
        assertThat(s.feed(x, new float[][] {{1, 0}, {0, 1}}).fetch(z).toString())
            .contains("0.7616");
        // The graph leaves read and update unordered: the order of creation holds.
        assertThat(s.feed(x, new float[][] {{1, 1}}).target(add).fetchValue(y).floats())
            .containsExactly(5, 7, 9);
        assertThat(s.feed(x, new float[][] {{1, 1}}).fetchValue(y).floats())
            .containsExactly(7, 9, 11);
      }
    }
  }
}
