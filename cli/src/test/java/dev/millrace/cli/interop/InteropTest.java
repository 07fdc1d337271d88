package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cli.conformance.Differences;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Graphs built here, run by TensorFlow 1.15.0. Needs the Maven profile {@code interop}. With {@code
 * -Dmillrace.record=true} the recorded cases are written anew; {@code -Dmillrace.cases} is a
 * pattern of the names of those to look at.
 */
class InteropTest {
  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded");
  private static final float TOLERANCE = 1e-5f;

  /** TensorFlow adds up in half precision, Millrace in double. */
  private static final float HALF_TOLERANCE = 3e-3f;

  @TempDir private Path work;

  @BeforeEach
  void needsTensorFlow() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
  }

  @Test
  void recordedCasesHoldWhatTensorFlowGives() throws Exception {
    Map<String, GraphDef> cases = RecordedCases.all();
    cases.keySet().removeIf(name -> !name.matches(System.getProperty("millrace.cases", ".*")));
    Map<String, List<TensorValue>> wants = TensorFlowJudge.run(cases, work);
    Map<String, GraphDef> finished = new LinkedHashMap<>();
    cases.forEach(
        (name, def) ->
            finished.put(
                name,
                CaseGraph.withWants(
                    def, wants.get(name), name.endsWith("f16") ? HALF_TOLERANCE : TOLERANCE)));
    if (Boolean.getBoolean("millrace.record")) {
      Files.createDirectories(RECORDED);
      for (Map.Entry<String, GraphDef> c : finished.entrySet()) {
        GraphFiles.write(RECORDED.resolve(c.getKey() + ".pb"), c.getValue());
      }
    }
    for (Map.Entry<String, GraphDef> c : finished.entrySet()) {
      Path file = RECORDED.resolve(c.getKey() + ".pb");
      assertThat(file).exists();
      assertSame(c.getKey(), GraphFiles.read(file), c.getValue());
    }
  }

  /** The same graph with the same results, whose last bits depend on TensorFlow's processor. */
  private static void assertSame(String name, GraphDef recorded, GraphDef now) {
    assertThat(withoutWants(recorded)).as(name).isEqualTo(withoutWants(now));
    float tolerance = HALF_TOLERANCE;
    for (NodeDef n : now.getNodeList()) {
      if (n.getName().equals("tolerance")) {
        tolerance = value(n).floats()[0];
      }
    }
    List<NodeDef> want = wants(now);
    List<NodeDef> was = wants(recorded);
    assertThat(was).as(name).hasSameSizeAs(want);
    for (int k = 0; k < want.size(); k++) {
      assertThat(Differences.find(value(was.get(k)), value(want.get(k)), tolerance))
          .as("%s, %s", name, want.get(k).getName())
          .isNull();
    }
  }

  private static boolean isWant(NodeDef n) {
    return n.getName().startsWith("want/");
  }

  private static List<NodeDef> wants(GraphDef g) {
    return g.getNodeList().stream().filter(InteropTest::isWant).toList();
  }

  private static GraphDef withoutWants(GraphDef g) {
    List<NodeDef> others = g.getNodeList().stream().filter(n -> !isWant(n)).toList();
    return g.toBuilder().clearNode().addAllNode(others).build();
  }

  private static TensorValue value(NodeDef constant) {
    return TensorProtos.read(constant.getAttrOrThrow("value").getTensor());
  }
}
