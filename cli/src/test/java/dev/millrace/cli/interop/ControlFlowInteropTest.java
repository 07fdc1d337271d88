package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Branches and loops built here give on TensorFlow 1.15.0 what they should. */
class ControlFlowInteropTest {
  @TempDir private Path work;

  @Test
  void branchesAndLoopsRunOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, ControlFlowGraphs.Case> cases = ControlFlowGraphs.all();
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, c) -> graphs.put(name, c.tf().graph().toGraphDef()));
    Map<String, List<TensorValue>> got = TensorFlowJudge.run(graphs, work);
    SoftAssertions all = new SoftAssertions();
    cases.forEach(
        (name, c) ->
            all.assertThat(got.get(name).stream().map(TensorValue::data))
                .as(name)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyElementsOf(c.want()));
    all.assertAll();
    assertThat(cases).isNotEmpty();
  }
}
