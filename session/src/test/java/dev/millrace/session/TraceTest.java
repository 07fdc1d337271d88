package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.DeadlineExceededException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.trace.StepInfo;
import dev.millrace.session.trace.Trace;
import dev.millrace.session.trace.TraceEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class TraceTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final RunMetadata metadata = new RunMetadata();

  private Trace trace() {
    return metadata.trace();
  }

  /** The steps of a type, in order. */
  private List<TraceEvent> steps(String type) {
    return trace().events().stream()
        .filter(e -> !e.isSpan() && e.step().opType().equals(type))
        .toList();
  }

  private List<TraceEvent> spans(String type) {
    return trace().events().stream()
        .filter(e -> e.isSpan() && e.step().opType().equals(type))
        .toList();
  }

  private StepInfo only(String type) {
    assertThat(steps(type)).as("steps of type %s", type).hasSize(1);
    return steps(type).get(0).step();
  }

  /** The sum of tanh(x w + b): what follows the product is one fused step. */
  private Tensor dense(Tensor x) {
    return x.matmul(tf.constant(new float[5][7])).mul(2).add(1).tanh().reduceSum();
  }

  @Test
  void stepsTellWhatTheyAreAndCost() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 5);
    Tensor sum = dense(x);
    try (Session s = new Session(graph)) {
      float plain = s.feed(x, new float[3][5]).fetch(sum).getFloat(0);
      float traced =
          s.feed(x, new float[3][5]).options(RunOptions.trace(), metadata).fetch(sum).getFloat(0);
      assertThat(traced).isEqualTo(plain);
    }
    StepInfo product = only("MatMul");
    assertThat(product.name()).isEqualTo("MatMul");
    assertThat(product.kernel()).isEqualTo("fast");
    assertThat(product.outputs()).containsExactly("float32[3,7]");
    assertThat(product.flops()).isEqualTo(2 * 3 * 5 * 7);
    assertThat(product.bytes()).isEqualTo(4 * (3 * 5 + 5 * 7 + 3 * 7));
    StepInfo fused = only("_Fused");
    assertThat(fused.nodes())
        .containsExactly("mul (Mul)", "add (AddV2)", "Tanh (Tanh)", "Sum (Sum)");
    assertThat(spans("_Run")).hasSize(1);
    TraceEvent run = spans("_Run").get(0);
    for (TraceEvent e : trace().events()) {
      assertThat(e.start()).isBetween(run.start(), run.start() + run.nanos());
      assertThat(e.nanos()).isBetween(0L, run.nanos());
      assertThat(e.thread()).isEqualTo(Thread.currentThread().getName());
    }
  }

  @Test
  void runsAreSummedUp() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 5);
    Tensor sum = dense(x);
    try (Session s = new Session(graph)) {
      SessionCallable call = s.callable().feed(x).fetch(sum).build().set(0, new float[3][5]);
      call.call();
      call.options(RunOptions.trace(), metadata);
      for (int i = 0; i < 4; i++) {
        call.call();
      }
      call.options(new RunOptions(), null);
      call.call();
    }
    assertThat(trace().runs()).isEqualTo(4);
    assertThat(steps("MatMul")).hasSize(4);
    assertThat(steps("MatMul").stream().map(TraceEvent::run)).containsExactly(0, 1, 2, 3);
    String table = trace().table();
    assertThat(table).startsWith("4 runs, ");
    assertThat(table.lines().filter(l -> l.endsWith("  MatMul")))
        .singleElement()
        .satisfies(l -> assertThat(l.strip().split(" +")).hasSize(8).startsWith("4"));
    assertThat(table.lines().filter(l -> l.endsWith("  _Fused")).findFirst())
        .hasValueSatisfying(l -> assertThat(l.strip().split(" +")).hasSize(7)); // no GFLOP/s
    assertThat(trace().slowest(100))
        .contains("MatMul (MatMul) -> float32[3,7]\n")
        .contains("= mul (Mul), add (AddV2), Tanh (Tanh)");
    assertThat(trace().slowest(1).lines()).hasSize(2);
    trace().clear();
    assertThat(trace().runs()).isZero();
    assertThat(trace().events()).isEmpty();
    assertThat(trace().table()).startsWith("1 run, 0.0 us each");
  }

  @Test
  void everyIterationOfALoopIsThere() {
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    List<Tensor> last =
        tf.whileLoop(
            (i, v) -> i.less(n),
            (i, v) -> List.of(i.add(1), v.matmul(v).tanh()),
            tf.constant(0),
            tf.constant(new float[4][4]),
            new LoopOptions());
    try (Session s = new Session(graph)) {
      s.feed(n, 6).options(RunOptions.trace(), metadata).fetchValue(last.get(1));
    }
    assertThat(steps("MatMul")).hasSize(6);
    assertThat(steps("Less")).hasSize(7);
    assertThat(spans("_Iteration")).hasSize(6);
    assertThat(spans("_Loop")).hasSize(1);
    TraceEvent loop = spans("_Loop").get(0);
    for (int k = 0; k < 6; k++) {
      TraceEvent round = spans("_Iteration").get(k);
      TraceEvent product = steps("MatMul").get(k);
      assertThat(round.start()).isGreaterThanOrEqualTo(loop.start());
      assertThat(product.start()).isBetween(round.start(), round.start() + round.nanos());
    }
  }

  @Test
  void onlyTheSideThatRunsIsThere() {
    Tensor p = tf.placeholder("p", DataType.BOOL, new long[0]);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 3, 3);
    Tensor y = tf.cond(p, () -> x.matmul(x), () -> x.softmax());
    try (Session s = new Session(graph)) {
      s.feed(p, true).feed(x, new float[3][3]).options(RunOptions.trace(), metadata).fetchValue(y);
    }
    assertThat(steps("MatMul")).hasSize(1);
    assertThat(steps("Softmax")).isEmpty();
    assertThat(spans("_Branch")).hasSize(1);
  }

  @Test
  void theReferenceModeIsTracedToo() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 5);
    Tensor sum = dense(x);
    try (Session s = new Session(graph, SessionOptions.reference())) {
      s.feed(x, new float[3][5]).options(RunOptions.trace(), metadata).fetch(sum);
    }
    Set<String> types = new HashSet<>();
    trace().events().forEach(e -> types.add(e.step().opType()));
    assertThat(types).contains("MatMul", "Mul", "AddV2", "Tanh", "Sum", "_Run");
    assertThat(only("MatMul").kernel()).isEqualTo("reference");
    assertThat(trace().table()).contains("MatMul (reference)");
  }

  @Test
  void variablesAndWhatRunsOnReferenceKernelsAreTold() {
    Variable v = tf.variable("v", new float[] {1, 2, 3});
    Tensor text = tf.strings().asString(v.add(1)).as("text");
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      s.runner()
          .target(v.assignAdd(tf.constant(new float[] {1, 1, 1})))
          .options(RunOptions.trace(), metadata)
          .fetchValue(text);
    }
    assertThat(only("AsString").kernel()).isEqualTo("reference");
    assertThat(only("AssignAddVariableOp").bytes()).isEqualTo(3 * 12);
    assertThat(steps("ReadVariableOp"))
        .isNotEmpty()
        .allSatisfy(e -> assertThat(e.step().kernel()).isEqualTo("variable"));
  }

  @Test
  void chromeReadsIt(@TempDir Path dir) throws IOException {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 5);
    Tensor sum = dense(x);
    try (Session s = new Session(graph)) {
      s.feed(x, new float[3][5]).options(RunOptions.trace(), metadata).fetch(sum);
    }
    Path file = dir.resolve("trace.json");
    trace().chromeJson(file);
    assertThat(Files.readString(file)).isEqualTo(trace().chromeJson());
    JsonNode events = new ObjectMapper().readTree(file.toFile()).get("traceEvents");
    int complete = 0;
    double end = 0;
    for (JsonNode e : events) {
      if (e.get("ph").asText().equals("X")) {
        complete++;
        assertThat(e.get("ts").asDouble()).isNotNegative();
        end = Math.max(end, e.get("ts").asDouble() + e.get("dur").asDouble());
      } else {
        assertThat(e.get("name").asText()).isEqualTo("thread_name");
      }
      if (e.get("name").asText().equals("MatMul")) {
        assertThat(e.get("args").get("node").asText()).isEqualTo("MatMul");
        assertThat(e.get("args").get("flops").asInt()).isEqualTo(2 * 3 * 5 * 7);
        assertThat(e.get("args").get("outputs").get(0).asText()).isEqualTo("float32[3,7]");
      }
    }
    assertThat(complete).isEqualTo(trace().events().size());
    assertThat(end).isPositive();
  }

  @Test
  void optionsAreChecked() {
    Tensor x = tf.constant(1f).add(tf.placeholder("x", DataType.FLOAT32));
    try (Session s = new Session(graph)) {
      assertThatThrownBy(() -> s.runner().options(RunOptions.trace(), null))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("RunMetadata");
      assertThatThrownBy(() -> s.runner().options(RunOptions.trace()))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> new RunOptions().timeout(Duration.ZERO))
          .isInstanceOf(InvalidArgumentException.class);
      s.feed("x", 1f).options(new RunOptions(), metadata).fetch(x);
      assertThat(trace().runs()).isZero();
    }
  }

  @Test
  void aTimeLimitMayComeWithTheOptions() {
    Tensor forever =
        tf.whileLoop(
            i -> i.greaterEqual(0), i -> i.mul(1).abs(), tf.placeholder("i", DataType.INT32));
    RunOptions options = new RunOptions().timeout(Duration.ofMillis(20));
    try (Session s = new Session(graph)) {
      assertThatThrownBy(() -> s.feed("i", TensorValue.of(1)).options(options).fetchValue(forever))
          .isInstanceOf(DeadlineExceededException.class);
      SessionCallable call = s.callable().feed("i").fetch(forever).build();
      call.set(0, TensorValue.of(1)).options(options, null);
      assertThatThrownBy(call::call).isInstanceOf(DeadlineExceededException.class);
      call.options(options.traceLevel(RunOptions.TraceLevel.FULL_TRACE), metadata);
      assertThatThrownBy(call::call).isInstanceOf(DeadlineExceededException.class);
      assertThat(trace().runs()).isEqualTo(1);
      assertThat(spans("_Iteration")).isNotEmpty();
    }
  }
}
