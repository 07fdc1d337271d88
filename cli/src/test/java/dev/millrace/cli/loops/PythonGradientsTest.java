package dev.millrace.cli.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.MetaGraph;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Saver;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Of a graph that a Python program wrote, whose {@code tf.gradients} went through a loop over two
 * LSTM cells, the gradients that are built here are the same. Needs, in {@code MILLRACE_DATA}, a
 * directory {@code realworld} with the file.
 */
class PythonGradientsTest {
  @Test
  void ofARecurrentNetworkAreThoseThatPythonBuilt() {
    String given = System.getenv("MILLRACE_DATA");
    assumeTrue(given != null, "MILLRACE_DATA names no directory with the graphs");
    Path files = Path.of(given, "realworld", "char_rnn");
    assumeTrue(Files.isDirectory(files), () -> files + " is not there");
    MetaGraph m = MetaGraph.load(files.resolve("model.ckpt.meta"));
    List<Output> variables = new ArrayList<>();
    List<Output> python = new ArrayList<>();
    for (Operation op : m.graph().operations()) {
      if (op.type().equals("ApplyAdam")) {
        variables.add(op.input(0));
        python.add(op.input(9));
      }
    }
    Output loss = m.tensor("softmax_cross_entropy_loss/value:0").asOutput();
    List<Gradient> here = Gradients.of(List.of(loss), variables);
    List<Output> fetched = new ArrayList<>(python);
    here.forEach(g -> fetched.add(g.dense().asOutput()));
    int n = variables.size();
    assertThat(n).isGreaterThan(4);
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(m.graph(), o)) {
        Saver.of(m).restore(s, files.resolve("model.ckpt"));
        Fetches got = fed(s.runner()).fetch(fetched);
        for (int k = 0; k < n; k++) {
          TensorValue want = got.value(k);
          TensorValue found = got.value(n + k);
          assertThat(found.shape()).isEqualTo(want.shape());
          double largest = 0;
          for (int i = 0; i < want.size(); i++) {
            largest = Math.max(largest, Math.abs(want.getDouble(i)));
          }
          assertThat(largest).isPositive();
          for (int i = 0; i < want.size(); i++) {
            assertThat(found.getDouble(i))
                .as("%s, element %d", variables.get(k).name(), i)
                .isCloseTo(want.getDouble(i), within(1e-5 * largest));
          }
        }
      }
    }
  }

  private static Runner fed(Runner r) {
    int batch = 16;
    Random random = new Random(5);
    float[][][] x = new float[batch][50][65];
    int[][][] y = new int[batch][50][65];
    for (int i = 0; i < batch; i++) {
      for (int t = 0; t < 50; t++) {
        x[i][t][random.nextInt(65)] = 1;
        y[i][t][random.nextInt(65)] = 1;
      }
    }
    return r.feed("Placeholder", TensorValue.of((Object) x))
        .feed("Placeholder_1", TensorValue.of((Object) y));
  }
}
