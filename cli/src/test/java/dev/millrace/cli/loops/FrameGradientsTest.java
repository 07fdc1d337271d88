package dev.millrace.cli.loops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients through imported loops and choices are what differences of the loss are. */
class FrameGradientsTest {
  private static final int GRAPHS = Integer.getInteger("millrace.test.loops", 60);

  @ParameterizedTest
  @MethodSource("dev.millrace.cli.loops.FrameGradientCases#names")
  void areWhatDifferencesAre(String name) {
    FrameGradients g = new FrameGradients(FrameGradientCases.graph(name));
    assertThat(g.connected()).isPositive();
    g.check();
  }

  @Test
  void ofRandomLoopsAreWhatDifferencesAre() {
    long first = Long.getLong("millrace.test.seed", 1);
    long connected = 0;
    for (long seed = first; seed < first + GRAPHS; seed++) {
      try {
        FrameGradients g = new FrameGradients(new RandomLoops(seed, true).graph().graphDef());
        connected += g.connected();
        g.check();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(connected).isGreaterThan(GRAPHS);
  }
}
