package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.conformance.FixtureCase;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionCall;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The functions of TensorFlow's own graphs can be instantiated and written again. */
class FunctionFixturesTest {
  @Test
  void everyFunctionThatIsCalledBecomesAGraph() throws Exception {
    int calls = 0;
    for (FixtureCase c : FixtureCase.find(Path.of("src", "test", "resources"))) {
      if (c.graph().getLibrary().getFunctionCount() == 0) {
        continue;
      }
      Graph g = new Graph();
      g.importGraphDef(c.graph());
      Set<Graph> seen = new HashSet<>();
      Deque<Graph> open = new ArrayDeque<>();
      open.add(g);
      while (!open.isEmpty()) {
        for (Operation op : open.remove().operations()) {
          for (FunctionBody b :
              FunctionCall.isCall(op)
                  ? FunctionCall.bodies(op)
                  : java.util.List.<FunctionBody>of()) {
            calls++;
            assertThat(b.parameters()).hasSize(op.inputs().size() - FunctionCall.firstArgument(op));
            boolean condition = op.type().endsWith("While") && b == op.function("cond");
            assertThat(b.results()).hasSize(condition ? 1 : op.numOutputs());
            assertThat(b.toProto().getRetMap()).hasSameSizeAs(b.results());
            if (seen.add(b.graph())) {
              open.add(b.graph());
            }
          }
        }
      }
    }
    assertThat(calls).isPositive();
  }
}
