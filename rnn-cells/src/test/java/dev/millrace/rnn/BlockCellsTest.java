package dev.millrace.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Cells in one op against the plain cells, whose variables they share. */
class BlockCellsTest {
  private static final int TIME = 3;
  private static final int BATCH = 4;
  private static final int[] LENGTHS = {0, 3, 1, 2};

  private final Ops tf = Ops.of(new Graph());
  private final Random random = new Random(1);

  BlockCellsTest() {
    tf.setRandomSeed(3);
  }

  private Tensor numbers(long... dims) {
    float[] v = new float[(int) Shape.of(dims).numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = 2 * random.nextFloat() - 1;
    }
    return tf.constant(TensorValue.ofFloats(v).reshape(Shape.of(dims)));
  }

  private List<String> names() {
    return tf.globalVariables().stream().map(Variable::name).toList();
  }

  private void assertEqual(List<?> got, List<?> want) {
    List<Tensor> all = new ArrayList<>();
    got.forEach(t -> all.add((Tensor) t));
    want.forEach(t -> all.add((Tensor) t));
    try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
      s.run(tf.globalVariablesInitializer());
      Fetches f = s.runner().fetch(all);
      for (int k = 0; k < got.size(); k++) {
        double[] x = f.value(k).toDoubles();
        double[] y = f.value(k + got.size()).toDoubles();
        assertThat(x).hasSameSizeAs(y);
        for (int i = 0; i < x.length; i++) {
          assertThat(x[i]).as("element %d of %s", i, k).isCloseTo(y[i], Offset.offset(1e-5));
        }
      }
    }
  }

  private List<Tensor> gradients(Object ys) {
    List<Tensor> losses = new ArrayList<>();
    Nest.flatten(ys).forEach(y -> losses.add(((Tensor) y).square().reduceSum()));
    return Gradients.of(List.of(tf.addN(losses)), tf.trainableVariables()).stream()
        .map(Gradient::dense)
        .toList();
  }

  private void assertSameOverTime(RNNCell block, RNNCell plain) {
    List<Tensor> xs = List.of(numbers(BATCH, 2), numbers(BATCH, 2), numbers(BATCH, 2));
    StaticRnnResult a = Rnn.staticRnn(plain, xs).sequenceLength(LENGTHS).build();
    int count = names().size();
    StaticRnnResult b = Rnn.staticRnn(block, xs).sequenceLength(LENGTHS).build();
    assertThat(names()).hasSize(count);
    assertEqual(b.outputs(), a.outputs());
    assertEqual(Nest.flatten(b.state()), Nest.flatten(a.state()));
    assertEqual(
        gradients(List.of(b.outputs(), b.state())), gradients(List.of(a.outputs(), a.state())));
  }

  @Test
  void lstmBlockCellIsAnLstmCell() {
    assertSameOverTime(
        LSTMBlockCell.builder(3).usePeepholes(true).forgetBias(0.5).reuse(Reuse.TRUE).build(),
        LSTMCell.builder(3).usePeepholes(true).forgetBias(0.5).build());
    assertThat(names()).contains("rnn/lstm_cell/kernel", "rnn/lstm_cell/w_o_diag");
  }

  @Test
  void withoutPeepholes() {
    assertSameOverTime(LSTMBlockCell.builder(3).reuse(Reuse.TRUE).build(), new LSTMCell(3));
  }

  @Test
  void gruBlockCellIsAGruCell() {
    assertSameOverTime(new GRUBlockCellV2(3, "gru_cell", Reuse.TRUE), new GRUCell(3));
    assertThat(names()).contains("rnn/gru_cell/candidate/bias").hasSize(4);
  }

  private void assertSameAsSteps(Object lengths, boolean initial) {
    Tensor x = numbers(TIME, BATCH, 2);
    LSTMStateTuple first =
        initial ? new LSTMStateTuple(numbers(BATCH, 3), numbers(BATCH, 3)) : null;
    LSTMBlockFusedCell fused =
        LSTMBlockFusedCell.builder(3).name("lstm").usePeepholes(true).cellClip(0).build();
    LSTMBlockFusedCell.Result a = fused.call(x, first, lengths);
    assertThat(names())
        .containsExactly(
            "lstm/kernel", "lstm/bias", "lstm/w_i_diag", "lstm/w_f_diag", "lstm/w_o_diag");
    LSTMCell plain = LSTMCell.builder(3).name("lstm").usePeepholes(true).reuse(Reuse.TRUE).build();
    StaticRnnResult b;
    try (var s = tf.variableScope(tf.currentVariableScope())) {
      b =
          Rnn.staticRnn(plain, x.unstack())
              .initialState(first)
              .sequenceLength(lengths)
              .scope(s)
              .build();
    }
    assertThat(names()).hasSize(5);
    assertEqual(List.of(a.outputs()), List.of(tf.stack(b.outputs())));
    assertEqual(Nest.flatten(a.state()), Nest.flatten(b.state()));
    assertEqual(
        gradients(List.of(a.outputs(), a.state())), gradients(List.of(b.outputs(), b.state())));
  }

  @Test
  void fusedCellRunsOverAllSteps() {
    assertSameAsSteps(null, false);
  }

  @Test
  void fusedCellRunsOverTheStepsThatExamplesHave() {
    assertSameAsSteps(LENGTHS, true);
  }

  @Test
  void fusedCellTakesOpenSizes() {
    Tensor x = tf.placeholder(DataType.FLOAT32, -1, -1, 2);
    LSTMBlockFusedCell fused = new LSTMBlockFusedCell(3);
    LSTMBlockFusedCell.Result r = fused.call(x, null, new int[] {1, 2});
    LSTMBlockFusedCell.Result again = fused.call(x);
    assertThat(names()).containsExactly("lstm_fused_cell/kernel", "lstm_fused_cell/bias");
    try (Session s = new Session(tf.graph())) {
      s.run(tf.globalVariablesInitializer());
      TensorValue v = TensorValue.ofFloats(1, 2, 3, 4, 5, 6, 7, 8).reshape(Shape.of(2, 2, 2));
      assertThat(s.feed(x, v).fetchValue(r.outputs()).shape()).isEqualTo(Shape.of(2, 2, 3));
      assertThat(s.feed(x, v).fetchValue(r.state().c()).shape()).isEqualTo(Shape.of(2, 3));
      assertThat(s.feed(x, v).fetchValue(again.state().h()).shape()).isEqualTo(Shape.of(2, 3));
    }
    assertThatThrownBy(() -> fused.call(numbers(2, 2)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[time, batch, size]");
  }

  @Test
  void blockCellsAreOfFloat() {
    Tensor x = tf.placeholder(DataType.FLOAT64, 2, 2);
    Object state = new LSTMBlockCell(3).zeroState(tf, 2, DataType.FLOAT64);
    assertThatThrownBy(() -> new LSTMBlockCell(3).call(x, state))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("float64");
  }
}
