package dev.millrace.cli.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sequences in pieces, each from the state that the one before left. */
class TruncatedGradientsTest {
  private static TensorValue numbers(int seed) {
    Random random = new Random(seed);
    float[][][] x = new float[2][5][3];
    for (float[][] example : x) {
      for (float[] step : example) {
        for (int i = 0; i < 3; i++) {
          step[i] = random.nextFloat() - 0.5f;
        }
      }
    }
    return TensorValue.of(x);
  }

  @Test
  void gradientsEndWhereAStateIsFedBack() {
    Ops tf = Ops.of(new Graph());
    tf.setRandomSeed(5);
    GRUCell cell = new GRUCell(4);
    Tensor first = tf.placeholder("first", DataType.FLOAT32, 2, 5, 3);
    Tensor second = tf.placeholder("second", DataType.FLOAT32, 2, 5, 3);
    DynamicRnnResult before = Rnn.dynamicRnn(cell, first).build();
    Tensor state = tf.stopGradient((Tensor) before.state());
    DynamicRnnResult after =
        Rnn.dynamicRnn(cell, second).initialState(state).scope("second").build();
    Tensor loss = after.outputs().square().reduceSum();
    List<Tensor> truncated = dense(Gradients.of(List.of(loss), tf.trainableVariables()));
    assertThat(truncated).hasSize(4);
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(tf.graph(), o)) {
        s.run(tf.globalVariablesInitializer());
        Fetches whole = s.feed(first, numbers(1)).feed(second, numbers(2)).fetch(truncated);
        TensorValue carried = s.feed(first, numbers(1)).fetchValue((Tensor) before.state());
        Fetches piece = s.feed(state, carried).feed(second, numbers(2)).fetch(truncated);
        for (int k = 0; k < truncated.size(); k++) {
          TensorValue want = whole.value(k);
          for (int i = 0; i < want.size(); i++) {
            assertThat(piece.value(k).getDouble(i)).isCloseTo(want.getDouble(i), within(1e-5));
          }
        }
      }
    }
  }

  private static List<Tensor> dense(List<Gradient> gradients) {
    return gradients.stream().map(Gradient::dense).toList();
  }
}
