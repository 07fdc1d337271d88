package dev.millrace.user;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Errors of branches and loops tell the user's line, and that of the tensor at fault. */
class ControlFlowErrorsTest {
  private static final String LINE = "ControlFlowErrorsTest\\.java:\\d+";

  private final Ops tf = Ops.of(new Graph());
  private final Tensor p = tf.placeholder("p", DataType.BOOL, new long[0]);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 2, 3);
  private final Tensor zero = tf.constant(0);

  private static void tells(ThrowingCallable call, String pattern) {
    assertThatThrownBy(call).message().containsPattern(pattern.replace("LINE", LINE));
  }

  @Test
  void whereALeakedTensorWasMade() {
    Tensor[] leaked = new Tensor[1];
    tf.cond(
        p,
        () -> {
          leaked[0] = x.neg();
          return leaked[0];
        },
        () -> x);
    tells(
        () -> x.add(leaked[0]),
        "(?s)'Neg:0' \\(Neg\\) was made in the body of the function 'cond_true_1' at .*LINE"
            + ".*made at .*LINE");
  }

  @Test
  void whichResultsDisagree() {
    tells(
        () -> tf.cond(p, () -> x.neg(), () -> tf.cast(x, DataType.INT32)),
        "(?s)float32\\[2,3\\], made at .*LINE.*int32\\[2,3\\], made at .*LINE.*called at .*LINE");
    tells(() -> tf.cond(true, () -> x, () -> x), "called at .*LINE");
  }

  @Test
  void whichLoopVariableChanges() {
    tells(
        () -> tf.whileLoop(v -> v.reduceSum().less(1), v -> tf.concat(0, v, x), x),
        "(?s)after one step 'concat:0' float32\\[4,3\\], made at .*LINE.*called at .*LINE");
    tells(() -> tf.whileLoop(i -> i, i -> i, zero), "called at .*LINE");
  }

  @Test
  void whatATensorArrayCannotTake() {
    TensorArray a = tf.tensorArray(DataType.FLOAT32, 2).write(0, x);
    tells(() -> a.write(1, x.get(0)), "called at .*LINE");
  }
}
