package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ManualRnnTest {
  private static final float[][][] X = {
    {{0, 1, 2}, {9, 8, 7}},
    {{3, 4, 5}, {0, 0, 0}},
    {{6, 7, 8}, {6, 5, 4}},
    {{9, 0, 1}, {3, 2, 1}}
  };

  private final float[][] weights = ManualRnn.weights(1);

  /** tanh([x, y] · weights), one instance after the other. */
  private float[] stepped(float[] x, float[] y) {
    float[] next = new float[5];
    for (int j = 0; j < 5; j++) {
      double sum = 0;
      for (int i = 0; i < 3; i++) {
        sum += x[i] * weights[i][j];
      }
      for (int i = 0; i < 5; i++) {
        sum += y[i] * weights[3 + i][j];
      }
      next[j] = (float) Math.tanh(sum);
    }
    return next;
  }

  private static void assertClose(float[] got, float[] want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < want.length; i++) {
      assertThat(got[i]).isCloseTo(want[i], within(1e-5f));
    }
  }

  private void assertBothSteps(ManualRnn.Result r) {
    for (int n = 0; n < X.length; n++) {
      float[] y0 = stepped(X[n][0], new float[5]);
      float[] y1 = stepped(X[n][1], y0);
      assertClose(r.outputs()[n][0], y0);
      assertClose(r.outputs()[n][1], y1);
      assertClose(r.state()[n], y1);
    }
  }

  @Test
  void twoStepsByHand() {
    assertBothSteps(ManualRnn.byHand(weights));
  }

  @Test
  void staticRnnOnTwoPlaceholders() {
    assertBothSteps(ManualRnn.withStaticRnn(weights));
  }

  @Test
  void staticRnnOnAPackedSequence() {
    assertBothSteps(ManualRnn.packed(weights));
  }

  @Test
  void dynamicRnn() {
    assertBothSteps(ManualRnn.withDynamicRnn(weights));
  }

  @Test
  void dynamicRnnOfSequencesOfDifferentLength() {
    ManualRnn.Result r = ManualRnn.withLengths(weights);
    for (int n = 0; n < X.length; n++) {
      float[] y0 = stepped(X[n][0], new float[5]);
      float[] y1 = stepped(X[n][1], y0);
      assertClose(r.outputs()[n][0], y0);
      assertClose(r.outputs()[n][1], n == 1 ? new float[5] : y1);
      assertClose(r.state()[n], n == 1 ? y0 : y1);
    }
  }

  @Test
  void theCommandPrintsAllFive() {
    String out = CommandRun.of(ManualRnn.commandLine(), "--seed=3").succeeded().out();
    assertThat(out)
        .contains("by hand:", "staticRnn:", "packed:", "dynamicRnn:", "of length 1:")
        .contains("[ 0.00  0.00  0.00  0.00  0.00]");
    assertThat(out.lines().filter(l -> l.startsWith("  instance"))).hasSize(20);
  }
}
