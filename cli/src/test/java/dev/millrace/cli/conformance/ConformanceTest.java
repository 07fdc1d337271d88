package dev.millrace.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.OpRegistry;
import dev.millrace.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every case that TensorFlow computed, in both modes. */
class ConformanceTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private static Set<String> missing(FixtureCase c) {
    Set<String> types = FixtureCase.opTypes(c.graph());
    types.removeIf(t -> OpRegistry.global().find(t) != null);
    return types;
  }

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    return FixtureCase.find(RESOURCES).stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> run(c)));
  }

  private static void run(FixtureCase c) {
    FixtureRunner.run(c, SessionOptions.plan());
    FixtureRunner.run(c, SessionOptions.reference());
  }

  /** Tells a registry that lost entries by their names. */
  @Test
  void everyCaseCanRun() throws IOException {
    for (FixtureCase c : FixtureCase.find(RESOURCES)) {
      assertThat(missing(c)).as("op types of %s that are not defined", c.name()).isEmpty();
    }
  }
}
