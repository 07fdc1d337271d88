package dev.millrace.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.OpRegistry;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case that TensorFlow computed, in both modes. Cases with op types that are not there yet
 * are skipped, and name them.
 */
class ConformanceTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private static Set<String> missing(FixtureCase c) {
    GraphDef graph = c.graph();
    Set<String> types = FixtureCase.opTypes(graph);
    graph.getLibrary().getFunctionList().forEach(f -> types.add(f.getSignature().getName()));
    types.removeIf(t -> OpRegistry.global().find(t) != null);
    return types;
  }

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    return FixtureCase.find(RESOURCES).stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> run(c)));
  }

  private static void run(FixtureCase c) {
    Set<String> missing = missing(c);
    assumeTrue(missing.isEmpty(), () -> "needs " + missing);
    FixtureRunner.run(c, SessionOptions.plan());
    FixtureRunner.run(c, SessionOptions.reference());
  }

  /** So that a registry that lost its entries does not turn the cases above into skipped ones. */
  @Test
  void mostCasesCanRun() throws IOException {
    List<FixtureCase> all = FixtureCase.find(RESOURCES);
    assertThat(all.stream().filter(c -> missing(c).isEmpty()).count()).isGreaterThan(500);
  }
}
