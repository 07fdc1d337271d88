package dev.millrace.rnn;

import static dev.millrace.rnn.Lab.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Static unrolling, compared with cells called step by step. */
class StaticRnnTest {
  private static final int BATCH = 4;
  private static final int STEPS = 3;
  private static final int UNITS = 2;
  private static final int[] LENGTHS = {0, 2, 3, 1};

  private final Lab lab = new Lab();

  private List<Tensor> inputs() {
    List<Tensor> xs = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      xs.add(lab.input(BATCH, 2));
    }
    return xs;
  }

  private static Matrix rowsWhere(Matrix m, Matrix other, java.util.function.IntPredicate first) {
    Matrix r = Matrix.zeros(m.height(), m.width());
    for (int i = 0; i < m.height(); i++) {
      r.rows()[i] = first.test(i) ? m.rows()[i] : other.rows()[i];
    }
    return r;
  }

  @Test
  void unrollsACopyAStep() {
    List<Tensor> xs = inputs();
    GRUCell cell = new GRUCell(UNITS);
    StaticRnnResult r = Rnn.staticRnn(cell, xs).build();
    assertThat(lab.names()).contains("rnn/gru_cell/gates/kernel").hasSize(4);
    assertThat(r.outputs()).hasSize(STEPS);
    assertThat(r.outputs().get(2).name()).isEqualTo("rnn/gru_cell/add_2:0");
    Tensor state = (Tensor) cell.zeroState(lab.tf, BATCH, Lab.T);
    try (Session s = lab.session()) {
      lab.shuffle(s);
      for (int t = 0; t < STEPS; t++) {
        state = (Tensor) cell.call(xs.get(t), state).state();
        assertClose(lab.value(s, r.outputs().get(t)), lab.value(s, state));
      }
      assertClose(lab.value(s, (Tensor) r.state()), lab.value(s, state));
    }
  }

  @Test
  void pastItsLengthAnExampleGivesZerosAndKeepsItsState() {
    List<Tensor> xs = inputs();
    BasicLSTMCell cell = new BasicLSTMCell(UNITS);
    LSTMStateTuple initial = new LSTMStateTuple(lab.input(BATCH, UNITS), lab.input(BATCH, UNITS));
    Tensor lengths = lab.tf.constant(LENGTHS).cast(DataType.INT64);
    StaticRnnResult r =
        Rnn.staticRnn(cell, xs).initialState(initial).sequenceLength(lengths).scope("enc").build();
    assertThat(lab.names()).contains("enc/basic_lstm_cell/kernel");
    Object state = initial;
    try (Session s = lab.session()) {
      lab.shuffle(s);
      List<Matrix> want = lab.values(s, initial);
      for (int t = 0; t < STEPS; t++) {
        int step = t;
        CellResult next = cell.call(xs.get(t), state);
        Matrix y = lab.value(s, next.tensor());
        Matrix zeros = Matrix.zeros(BATCH, UNITS);
        assertClose(lab.value(s, r.outputs().get(t)), rowsWhere(y, zeros, i -> step < LENGTHS[i]));
        List<Matrix> after = lab.values(s, next.state());
        for (int k = 0; k < 2; k++) {
          want.set(k, rowsWhere(after.get(k), want.get(k), i -> step < LENGTHS[i]));
        }
        state = next.state();
      }
      List<Matrix> got = lab.values(s, r.state());
      assertClose(got.get(0), want.get(0));
      assertClose(got.get(1), want.get(1));
    }
  }

  @Test
  void theBatchMayBeOpen() {
    Tensor x = lab.input(Shape.of(-1, STEPS, 2), BATCH, STEPS, 2);
    StaticRnnResult r = Rnn.staticRnn(new LSTMCell(UNITS), x.unstack(1)).build();
    assertThat(r.outputs().get(0).shape()).isEqualTo(Shape.of(-1, UNITS));
    try (Session s = lab.session()) {
      assertThat(lab.value(s, ((LSTMStateTuple) r.state()).h()).height()).isEqualTo(BATCH);
    }
  }

  @Test
  void anotherCellInTheSameScopeIsAnError() {
    List<Tensor> xs = inputs();
    GRUCell cell = new GRUCell(UNITS);
    Rnn.staticRnn(cell, xs).build();
    Rnn.staticRnn(cell, xs).build();
    assertThat(lab.names()).hasSize(4);
    assertThatThrownBy(() -> Rnn.staticRnn(new GRUCell(UNITS), xs).build())
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("rnn/gru_cell/gates/kernel")
        .hasMessageContaining("a name or a scope of its own");
    Rnn.staticRnn(GRUCell.builder(UNITS).reuse(Reuse.TRUE).build(), xs).build();
    assertThat(lab.names()).hasSize(4);
  }

  // ---- both directions

  @Test
  void theBackwardCellReadsEachExampleFromItsEnd() {
    List<Tensor> xs = inputs();
    GRUCell fw = new GRUCell(UNITS);
    GRUCell bw = new GRUCell(3);
    StaticBidirectionalRnn.Result r =
        Rnn.staticBidirectionalRnn(fw, bw, xs).sequenceLength(LENGTHS).build();
    assertThat(lab.names())
        .contains(
            "bidirectional_rnn/fw/gru_cell/gates/kernel",
            "bidirectional_rnn/bw/gru_cell/gates/kernel");
    StaticRnnResult forward = Rnn.staticRnn(fw, xs).sequenceLength(LENGTHS).build();
    // By hand: the steps of each example in reverse.
    List<Tensor> reversed = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      Matrix m = Matrix.zeros(BATCH, 2);
      for (int b = 0; b < BATCH; b++) {
        int from = t < LENGTHS[b] ? LENGTHS[b] - 1 - t : t;
        m.rows()[b] = Matrix.of(lab.fed(xs.get(from))).rows()[b];
      }
      reversed.add(lab.tf.constant(TensorValue.wrap(Lab.T, Shape.of(BATCH, 2), m.flat())));
    }
    StaticRnnResult backward = Rnn.staticRnn(bw, reversed).sequenceLength(LENGTHS).build();
    try (Session s = lab.session()) {
      lab.shuffle(s);
      for (int t = 0; t < STEPS; t++) {
        Matrix back = Matrix.zeros(BATCH, 3);
        for (int b = 0; b < BATCH; b++) {
          if (t < LENGTHS[b]) {
            back.rows()[b] = lab.value(s, backward.outputs().get(LENGTHS[b] - 1 - t)).rows()[b];
          }
        }
        Matrix want = lab.value(s, forward.outputs().get(t)).beside(back);
        assertClose(lab.value(s, r.outputs().get(t)), want);
      }
      assertClose(
          lab.value(s, (Tensor) r.backwardState()), lab.value(s, (Tensor) backward.state()));
      assertClose(lab.value(s, (Tensor) r.forwardState()), lab.value(s, (Tensor) forward.state()));
    }
  }

  @Test
  void withoutLengthsTheListIsReversed() {
    List<Tensor> xs = inputs();
    GRUCell bw = new GRUCell(UNITS);
    StaticBidirectionalRnn.Result r =
        Rnn.staticBidirectionalRnn(new GRUCell(UNITS), bw, xs).build();
    StaticRnnResult backward = Rnn.staticRnn(bw, List.of(xs.get(2), xs.get(1), xs.get(0))).build();
    try (Session s = lab.session()) {
      assertClose(
          lab.value(s, r.outputs().get(0)).columns(UNITS, 2 * UNITS),
          lab.value(s, backward.outputs().get(2)));
    }
  }

  @Test
  void layersInBothDirections() {
    List<Tensor> xs = inputs();
    List<GRUCell> fw = List.of(new GRUCell(UNITS), new GRUCell(3));
    List<GRUCell> bw = List.of(new GRUCell(UNITS), new GRUCell(1));
    StackBidirectionalRnn.Result r =
        Rnn.stackBidirectionalRnn(fw, bw, xs).sequenceLength(LENGTHS).build();
    String scope = "stack_bidirectional_rnn/";
    assertThat(lab.names())
        .contains(
            scope + "cell_0/fw/gru_cell/gates/kernel", scope + "cell_1/bw/gru_cell/candidate/bias");
    var below =
        Rnn.staticBidirectionalRnn(fw.get(0), bw.get(0), xs).sequenceLength(LENGTHS).build();
    var above =
        Rnn.staticBidirectionalRnn(fw.get(1), bw.get(1), below.outputs())
            .sequenceLength(LENGTHS)
            .build();
    try (Session s = lab.session()) {
      lab.shuffle(s);
      for (int t = 0; t < STEPS; t++) {
        assertClose(lab.value(s, r.outputs().get(t)), lab.value(s, above.outputs().get(t)));
      }
      assertClose(
          lab.value(s, (Tensor) r.backwardStates().get(0)),
          lab.value(s, (Tensor) below.backwardState()));
      assertClose(
          lab.value(s, (Tensor) r.forwardStates().get(1)),
          lab.value(s, (Tensor) above.forwardState()));
    }
    assertThatThrownBy(() -> Rnn.stackBidirectionalRnn(fw, List.of(), xs))
        .isInstanceOf(InvalidArgumentException.class);
  }

  // ---- state saving

  @Test
  void aStateSaverCarriesTheStateOn() {
    List<Tensor> xs = inputs();
    Map<String, Variable> kept = new HashMap<>();
    for (String name : List.of("c", "h")) {
      kept.put(name, lab.tf.variable(name, lab.tf.zeros(Lab.T, BATCH, UNITS)));
    }
    StateSaver saver =
        new StateSaver() {
          @Override
          public Tensor state(String name) {
            return kept.get(name).readValue();
          }

          @Override
          public Operation saveState(String name, Tensor value) {
            return kept.get(name).assign(value).operation();
          }
        };
    BasicLSTMCell cell = new BasicLSTMCell(UNITS);
    StaticRnnResult r = Rnn.staticStateSavingRnn(cell, xs, saver, List.of("c", "h")).build();
    List<Tensor> twice = new ArrayList<>(xs);
    twice.addAll(xs);
    StaticRnnResult whole = Rnn.staticRnn(cell, twice).build();
    try (Session s = lab.session()) {
      for (int piece = 0; piece < 2; piece++) {
        assertClose(
            lab.value(s, r.outputs().get(STEPS - 1)),
            lab.value(s, whole.outputs().get((piece + 1) * STEPS - 1)));
      }
    }
    assertThatThrownBy(() -> Rnn.staticStateSavingRnn(cell, xs, saver, "c"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2 tensors");
  }

  // ---- errors

  @Test
  void inputsAndLengthsAreChecked() {
    GRUCell cell = new GRUCell(UNITS);
    assertThatThrownBy(() -> Rnn.staticRnn(cell, List.of()).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> Rnn.staticRnn(cell, List.of(lab.input(3, 2), lab.input(4, 2))).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("one batch size");
    assertThatThrownBy(() -> Rnn.staticRnn(cell, List.of(lab.input(Shape.of(3, -1), 3, 2))).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("setShape");
    assertThatThrownBy(() -> Rnn.staticRnn(cell, inputs()).sequenceLength(new int[] {1, 2}).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("each of the 4 examples");
    assertThatThrownBy(
            () -> Rnn.staticRnn(cell, inputs()).sequenceLength(new float[] {1, 2, 1, 1}).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("integers");
    Tensor symbols = lab.tf.placeholder(DataType.INT32, BATCH, 1);
    assertThatThrownBy(
            () ->
                Rnn.staticRnn(new EmbeddingWrapper(new GRUCell(2), 5, 2), List.of(symbols)).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("dtype");
  }
}
