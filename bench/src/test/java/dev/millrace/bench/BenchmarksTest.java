package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;

/** The JMH benchmarks run. */
class BenchmarksTest {
  static Stream<String> parts() throws NoSuchFieldException {
    return Arrays.stream(PartsBenchmark.class.getField("part").getAnnotation(Param.class).value());
  }

  @ParameterizedTest
  @MethodSource("parts")
  void partsRun(String part) {
    PartsBenchmark b = new PartsBenchmark();
    b.part = part;
    b.open();
    b.step();
    assertThat(b.result()).isFinite().isNotZero();
    b.close();
  }

  @Test
  void compilingRuns() {
    CompileBenchmark b = new CompileBenchmark();
    b.nodes = 100;
    b.build();
    assertThat(b.compile().shape()).containsExactly(4, 4);
  }
}
