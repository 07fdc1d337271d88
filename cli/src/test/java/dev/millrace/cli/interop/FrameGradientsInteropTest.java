package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cli.conformance.Differences;
import dev.millrace.cli.loops.FrameGradientCases;
import dev.millrace.cli.loops.FrameGradients;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gradients built here through loops and choices of TensorFlow 1, which TensorFlow 1.15.0 runs with
 * the same results.
 */
class FrameGradientsInteropTest {
  private static final int GRAPHS = Integer.getInteger("millrace.test.loops", 40);

  @TempDir private Path work;

  @Test
  void theGradientsRunOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, FrameGradients> all = new LinkedHashMap<>();
    for (String name : FrameGradientCases.names()) {
      all.put(name, new FrameGradients(FrameGradientCases.graph(name)));
    }
    long first = Long.getLong("millrace.test.seed", 1);
    for (long seed = first; seed < first + GRAPHS; seed++) {
      FrameGradients g = FrameGradients.ofRandomLoops(seed);
      if (g.connected() > 0) {
        all.put("random_" + seed, g);
      }
    }
    // TensorFlow's optimizer takes some random graphs apart, even as they were.
    Map<String, GraphDef> given = new LinkedHashMap<>();
    all.forEach((name, g) -> given.put(name, g.imported()));
    Map<String, String> refused = new LinkedHashMap<>();
    TensorFlowJudge.run(given, work.resolve("given"), refused);
    all.keySet().removeAll(refused.keySet());
    assertThat(refused).hasSizeLessThan(GRAPHS / 10);
    refused.clear();
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    all.forEach((name, g) -> graphs.put(name, g.withGradients()));
    Map<String, List<TensorValue>> want =
        TensorFlowJudge.run(graphs, work.resolve("differentiated"), refused);
    SoftAssertions soft = new SoftAssertions();
    soft.assertThat(refused).isEmpty();
    want.forEach(
        (name, values) -> {
          List<TensorValue> got = all.get(name).values(SessionOptions.plan());
          soft.assertThat(got).as(name).hasSameSizeAs(values);
          for (int i = 0; i < values.size(); i++) {
            soft.assertThat(Differences.find(got.get(i), values.get(i), 1e-9))
                .as("%s, gradient %d", name, i)
                .isNull();
          }
        });
    soft.assertAll();
    assertThat(want).hasSizeGreaterThan(FrameGradientCases.names().size());
  }
}
