package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.RunMetadata;
import dev.millrace.session.RunOptions;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of docs/performance.md, word for word. */
class PerformanceSnippetsTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everySnippetIsHere() throws IOException {
    String here =
        unindented(
            Files.readString(
                Path.of("src/test/java/dev/millrace/usage/PerformanceSnippetsTest.java")));
    Matcher m = SNIPPET.matcher(Files.readString(Path.of("../docs/performance.md")));
    int count = 0;
    while (m.find()) {
      assertThat(here).contains(unindented(m.group(1)));
      count++;
    }
    assertThat(count).isEqualTo(5);
  }

  /** The code without spaces, so that it may be broken in other ways. */
  private static String unindented(String code) {
    return code.lines()
        .filter(line -> !line.strip().startsWith("assertThat("))
        .collect(Collectors.joining())
        .replaceAll("\\s+", "");
  }

  @Test
  void tracingAndExplaining(@TempDir Path dir) throws IOException {
    Ops tf = Ops.of(new Graph());
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 784);
    Tensor y = tf.placeholder("y", DataType.INT32, -1);
    Variable w = tf.variable("w", tf.zeros(DataType.FLOAT32, 784, 10));
    Tensor logits = x.matmul(w).add(0.5f).tanh();
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(y, logits).reduceMean();
    float[][] images = new float[4][784];
    int[] labels = new int[4];
    Path file = dir.resolve("trace.json");
    try (Session session = new Session(tf.graph())) {
      session.run(tf.globalVariablesInitializer());
      RunMetadata metadata = new RunMetadata();
      session.feed(x, images).feed(y, labels).options(RunOptions.trace(), metadata).fetch(loss);
      System.out.println(metadata.trace().table());
      assertThat(metadata.trace().runs()).isEqualTo(1);

      SessionCallable step = session.callable().feed(x).feed(y).fetch(loss).build();
      step.set(0, images).set(1, labels).call();
      step.options(RunOptions.trace(), metadata);
      for (int i = 0; i < 20; i++) {
        step.call();
      }
      step.options(new RunOptions(), null);

      Trace trace = metadata.trace();
      String byType = trace.table();
      String byName = trace.slowest(20);
      trace.chromeJson(file);
      assertThat(byType).startsWith("21 runs").contains("MatMul");
      assertThat(byName).contains("float32[4,10]");
      assertThat(file).isNotEmptyFile();

      String plan = session.feed(x, images).feed(y, labels).explain(loss);
      assertThat(plan).contains("= MatMul", "float32[4,10] @");
    }
  }
}
