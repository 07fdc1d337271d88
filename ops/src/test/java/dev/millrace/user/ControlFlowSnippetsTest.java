package dev.millrace.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The snippets of docs/control-flow.md, word for word. */
class ControlFlowSnippetsTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @Test
  void everySnippetIsHere() throws IOException {
    String here =
        unindented(
            Files.readString(
                Path.of("src/test/java/dev/millrace/user/ControlFlowSnippetsTest.java")));
    Matcher m = SNIPPET.matcher(Files.readString(Path.of("../docs/control-flow.md")));
    int count = 0;
    while (m.find()) {
      assertThat(here).contains(unindented(m.group(1)));
      count++;
    }
    assertThat(count).isGreaterThan(5);
  }

  /** The code without spaces, so that it may be broken in other ways, and without assertions. */
  private static String unindented(String code) {
    return code.lines()
        .filter(line -> !line.strip().startsWith("assertThat("))
        .collect(Collectors.joining())
        .replaceAll("\\s+", "");
  }

  @Test
  void choosing() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    Tensor smooth = tf.cond(x.reduceMax().greater(1), () -> x.div(x.reduceMax()), () -> x);
    assertThat(smooth.shape()).isEqualTo(x.shape());

    record Split(Tensor low, Tensor high) {}
    Tensor half = x.reduceMean();
    Split s = tf.cond(half.less(0), () -> new Split(x.neg(), x), () -> new Split(x, x.mul(2)));
    assertThat(s.high().name()).isEqualTo("cond_1:1");

    Variable count = tf.newVariable("count").initialValue(0).trainable(false).build();
    Operation step = tf.cond(count.less(10), () -> count.assignAdd(1).operation(), () -> tf.noOp());
    assertThat(step.type()).isEqualTo("If");

    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor rate =
        tf.caseOf(
            List.of(
                tf.when(n.less(100), () -> tf.constant(0.1f)),
                tf.when(n.less(1000), () -> tf.constant(0.01f))),
            () -> tf.constant(0.001f));
    Tensor scaled = tf.switchCase(n, List.of(() -> x, () -> x.mul(10), () -> x.mul(100)));
    assertThat(rate.shape()).isEqualTo(Shape.scalar());
    assertThat(scaled.op().type()).isEqualTo("Case");
  }

  @Test
  void repeating() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor ten = tf.whileLoop(i -> i.less(10), i -> i.add(1), tf.constant(0));
    List<Tensor> sums =
        tf.whileLoop((i, sum) -> i.less(10), (i, sum) -> List.of(i.add(1), sum.add(i)), 0, 0);
    assertThat(ten.shape()).isEqualTo(sums.get(1).shape());

    record Step(Tensor i, Tensor h) {}
    Variable w = tf.getVariable("w", 3, 3);
    Step last =
        tf.whileLoop(
            v -> v.i().less(n),
            v -> new Step(v.i().add(1), v.h().matmul(w).tanh()),
            new Step(tf.constant(0), x));
    assertThat(last.h().shape()).isEqualTo(x.shape());

    Step doubled =
        tf.whileLoop(
            v -> v.i().less(3),
            v -> new Step(v.i().add(1), tf.concat(0, v.h(), v.h())),
            new Step(tf.constant(0), tf.constant(new float[] {1})),
            new LoopOptions()
                .maximumIterations(20)
                .shapeInvariants(List.of(Shape.scalar(), Shape.of(-1))));
    assertThat(doubled.h().shape()).isEqualTo(Shape.of(-1));
  }

  @Test
  void collecting() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 3);
    record Collect(Tensor i, TensorArray squares) {}
    Collect all =
        tf.whileLoop(
            v -> v.i().less(10),
            v -> new Collect(v.i().add(1), v.squares().write(v.i(), v.i().mul(v.i()))),
            new Collect(tf.constant(0), tf.tensorArray(DataType.INT32, 10)));
    Tensor squares = all.squares().stack();
    assertThat(squares.shape()).isEqualTo(Shape.of(10));

    Tensor norms = tf.mapFn(row -> row.square().reduceSum().sqrt(), x);
    Tensor running = tf.scan((a, row) -> a.add(row), x);
    Tensor product = tf.foldl((a, row) -> a.mul(row), x, tf.constant(new float[] {1, 1, 1}));
    assertThat(norms.shape()).isEqualTo(Shape.of(-1));
    assertThat(running.shape()).isEqualTo(x.shape());
    assertThat(product.shape()).isEqualTo(Shape.of(3));
  }
}
