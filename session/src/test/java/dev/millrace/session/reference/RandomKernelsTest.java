package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomKernelsTest {
  private static KernelCall uniform(SessionState state, String node, long seed, long seed2) {
    return KernelCall.of("RandomUniform", ofInts(5))
        .in(state)
        .name(node)
        .attr("dtype", DataType.FLOAT32)
        .attr("seed", seed)
        .attr("seed2", seed2);
  }

  /** The numbers are TensorFlow 1.15.0's. */
  @Test
  void everyRunContinuesTheNodesOwnStream() {
    SessionState state = new SessionState();
    KernelCall node = uniform(state, "r", 87654321, 42);
    assertThat(node.value().floats())
        .containsExactly(0.95227146f, 0.67740774f, 0.79531825f, 0.75578177f, 0.4759556f);
    assertThat(node.value().floats())
        .containsExactly(0.81274223f, 0.59748733f, 0.79614735f, 0.5760071f, 0.13790011f);
    TensorValue first = uniform(new SessionState(), "r", 87654321, 42).value();
    assertThat(first.floats()[0]).isEqualTo(0.95227146f);
    assertThat(uniform(state, "another", 87654321, 42).value()).isEqualTo(first);
  }

  @Test
  void withoutSeedsNothingRepeats() {
    assertThat(uniform(new SessionState(), "r", 0, 0).value())
        .isNotEqualTo(uniform(new SessionState(), "r", 0, 0).value());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void allRealTypesAreDrawn(DataType t) {
    for (String type : new String[] {"RandomUniform", "RandomStandardNormal", "TruncatedNormal"}) {
      TensorValue x =
          KernelCall.of(type, ofInts(40, 50))
              .attr("dtype", t)
              .attr("seed", 1)
              .attr("seed2", 2)
              .value();
      assertThat(x.dtype()).isEqualTo(t);
      assertThat(x.shape()).isEqualTo(Shape.of(40, 50));
      double mean = 0;
      for (int i = 0; i < x.size(); i++) {
        mean += x.getDouble(i) / x.size();
      }
      double expected = type.equals("RandomUniform") ? 0.5 : 0;
      assertThat(mean).as(type).isBetween(expected - 0.1, expected + 0.1);
    }
  }

  private static KernelCall integers(TensorValue shape, int low, int high) {
    return KernelCall.of("RandomUniformInt", shape, TensorValue.of(low), TensorValue.of(high))
        .attr("Tout", DataType.INT32)
        .attr("seed", 87654321)
        .attr("seed2", 42);
  }

  @Test
  void integersAreBelowTheLimit() {
    assertThat(integers(ofInts(5), -5, 20).value()).isEqualTo(ofInts(17, 14, 13, 9, 11));
    for (int x : integers(ofInts(1000), 3, 5).value().ints()) {
      assertThat(x).isIn(3, 4);
    }
    assertThat(integers(ofInts(0), 0, 1).value().size()).isZero();
    assertThatThrownBy(() -> integers(ofInts(5), 3, 3).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("minval must be below maxval; they are 3 and 3");
    assertThatThrownBy(() -> integers(ofInts(-5), 0, 3).run())
        .isInstanceOf(InvalidArgumentException.class);
  }
}
