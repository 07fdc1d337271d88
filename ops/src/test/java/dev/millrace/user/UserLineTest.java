package dev.millrace.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A user's program, outside the library's packages: errors and nodes tell its lines. */
class UserLineTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);

  private static void tellsThisFile(ThrowingCallable call, String what) {
    assertThatThrownBy(call).hasMessageContaining(what).hasMessageContaining("UserLineTest.java:");
  }

  @Test
  void everyNodeOfACallRemembersItsLine() {
    x.mul(2).reduceMean();

    assertThat(graph.operations())
        .allMatch(o -> o.creationSite().toString().contains("UserLineTest.java:"));
  }

  @Test
  void errorsOfNodesTellTheLine() {
    Tensor y = tf.placeholder("y", DataType.INT32, 4);
    tellsThisFile(() -> x.add(y), "dtypes are never converted silently");
    tellsThisFile(() -> x.matmul(new float[4][2]), "MatMul");
    tellsThisFile(() -> x.reshape(-1, 3, 1).squeeze(1), "Squeeze");
  }

  @Test
  void errorsOfConversionsTellTheLine() {
    tellsThisFile(() -> tf.constant(2.5, DataType.INT32), "does not become int32");
    tellsThisFile(() -> x.add("text"), "string");
    tellsThisFile(() -> x.unstack(), "is not known");
    tellsThisFile(() -> tf.zeros(DataType.FLOAT32, -1), "not fully known");
  }

  @Test
  void errorsOfVariablesTellTheLine() {
    Variable v = tf.variable("v", new float[2]);
    tellsThisFile(() -> v.assign(new float[3]), "cannot take");
  }

  @Test
  void anErrorShowsTheNodeAndItsInputs() {
    Tensor y = tf.placeholder("y", DataType.FLOAT32, 5);
    try (var s = tf.scope("layer")) {
      assertThatThrownBy(() -> x.add(y))
          .hasMessageContaining("do not broadcast")
          .hasMessageContaining("node:   layer/add (AddV2)")
          .hasMessageContaining("inputs: x:0 float32[?,3], y:0 float32[5]");
    }
  }

  @Test
  void withoutASessionEvalSaysWhatIsMissing() {
    assertThatThrownBy(x::eval).hasMessageContaining("no InteractiveSession is open");
  }
}
