package dev.millrace.rnn;

import static dev.millrace.rnn.Lab.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cells around cells. */
class WrappersTest {
  private static final int BATCH = 3;
  private static final int UNITS = 4;

  // TensorFlow: int(md5("42input_0").hexdigest()[:8], 16) & 0x7fffffff, and so on.
  private static final long INPUT_0 = 272342091L;
  private static final long STATE_0 = 1916116044L;
  private static final long STATE_1 = 1749902402L;
  private static final long STATE_3 = 626042409L;
  private static final long OUTPUT_0 = 1222008005L;

  private final Lab lab = new Lab();
  private final Tensor x = lab.input(BATCH, 2);
  private final Tensor h = lab.input(BATCH, UNITS);
  private final Tensor c = lab.input(BATCH, UNITS);

  // ---- MultiRNNCell

  @Test
  void layersStandUponEachOther() {
    GRUCell lower = new GRUCell(UNITS);
    BasicLSTMCell upper = new BasicLSTMCell(5);
    MultiRNNCell cell = new MultiRNNCell(lower, upper);
    LSTMStateTuple top = new LSTMStateTuple(lab.input(BATCH, 5), lab.input(BATCH, 5));
    CellResult r;
    try (var s = lab.tf.variableScope("rnn")) {
      r = cell.call(x, List.of(h, top));
    }
    assertThat(lab.names())
        .contains(
            "rnn/multi_rnn_cell/cell_0/gru_cell/gates/kernel",
            "rnn/multi_rnn_cell/cell_1/basic_lstm_cell/kernel");
    CellResult below = lower.call(x, h);
    CellResult above = upper.call(below.tensor(), top);
    assertThat(lab.names()).hasSize(6);
    assertThat(cell.outputSize().columns()).isEqualTo(5);
    assertThat(cell.stateSize()).hasToString("[[4], [[5], [5]]]");
    try (Session s = lab.session()) {
      assertClose(lab.value(s, r.tensor()), lab.value(s, above.tensor()));
      List<Matrix> want = lab.values(s, List.of(below.state(), above.state()));
      List<Matrix> got = lab.values(s, r.state());
      for (int i = 0; i < 3; i++) {
        assertClose(got.get(i), want.get(i));
      }
    }
  }

  @Test
  void calledTwiceItSharesItsVariables() {
    MultiRNNCell cell = new MultiRNNCell(new GRUCell(3), new GRUCell(2));
    Object state = cell.zeroState(lab.tf, BATCH, Lab.T);
    CellResult first = cell.call(x, state);
    cell.call(x, first.state());
    assertThat(lab.names()).hasSize(8);
  }

  @Test
  void statesOfLayersStandSideBySide() {
    MultiRNNCell cell = new MultiRNNCell(List.of(new GRUCell(UNITS), new GRUCell(2)), false);
    CellResult r = cell.call(x, lab.tf.concat(1, h, lab.input(BATCH, 2)));
    assertThat(cell.stateSize().columns()).isEqualTo(6);
    assertThat(((Tensor) r.state()).shape()).isEqualTo(Shape.of(BATCH, 6));
    assertThat(((Tensor) cell.zeroState(lab.tf, 7, Lab.T)).shape()).isEqualTo(Shape.of(7, 6));
    assertThatThrownBy(() -> new MultiRNNCell(List.of(new LSTMCell(2)), false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("stateIsTuple(false)");
  }

  @Test
  void oneCellForTwoLayersOfDifferentSizeIsAnError() {
    GRUCell shared = new GRUCell(UNITS);
    MultiRNNCell cell = new MultiRNNCell(shared, shared);
    assertThatThrownBy(() -> cell.call(x, List.of(h, h)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("one cell per layer");
    assertThatThrownBy(() -> new MultiRNNCell(List.of()))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new MultiRNNCell(new GRUCell(2)).call(x, h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("list with one state");
  }

  // ---- dropout

  /** A cell that gives its inputs, and its state as it was. */
  private static RNNCell passing(CellShape state, int size) {
    return new RNNCell() {
      @Override
      public CellShape stateSize() {
        return state;
      }

      @Override
      public CellShape outputSize() {
        return CellShape.of(size);
      }

      @Override
      public CellResult call(Object inputs, Object before) {
        return new CellResult(inputs, before);
      }
    };
  }

  private static final CellShape LSTM =
      CellShape.record(LSTMStateTuple::of, CellShape.of(50), CellShape.of(50));

  private void assertDropped(Matrix m, double keep) {
    long zeros = Arrays.stream(m.flat()).filter(v -> v == 0).count();
    assertThat(Arrays.stream(m.flat()).filter(v -> v != 0).distinct())
        .allMatch(v -> Math.abs(v - 1 / keep) < 1e-12);
    assertThat(zeros / (double) m.flat().length).isBetween(0.7 - keep, 1.3 - keep);
  }

  @Test
  void dropoutScalesWhatItKeeps() {
    Tensor ones = lab.tf.ones(Lab.T, 6, 50);
    RNNCell cell =
        DropoutWrapper.builder(passing(LSTM, 50))
            .outputKeepProbability(0.5)
            .stateKeepProbability(lab.tf.placeholderWithDefault(0.25, Shape.scalar()).cast(Lab.T))
            .seed(42)
            .build();
    CellResult r = cell.call(ones, new LSTMStateTuple(ones, ones));
    LSTMStateTuple state = (LSTMStateTuple) r.state();
    assertThat(state.c()).isSameAs(ones);
    try (Session s = lab.session()) {
      assertDropped(lab.value(s, r.tensor()), 0.5);
      assertDropped(lab.value(s, state.h()), 0.25);
    }
  }

  private List<Long> seedsOfRandomOps() {
    return lab.tf.graph().operations().stream()
        .filter(op -> op.type().equals("RandomUniform") && !op.name().contains("Initializer"))
        .map(op -> op.attrs().getInt("seed2"))
        .toList();
  }

  @Test
  void seedsAreTensorFlows() {
    Tensor ones = lab.tf.ones(Lab.T, 6, 50);
    DropoutWrapper.builder(passing(CellShape.list(LSTM, LSTM), 50))
        .inputKeepProbability(0.5)
        .outputKeepProbability(0.5)
        .stateKeepProbability(0.5)
        .seed(42)
        .build()
        .call(ones, List.of(new LSTMStateTuple(ones, ones), new LSTMStateTuple(ones, ones)));
    assertThat(seedsOfRandomOps()).containsExactly(INPUT_0, STATE_1, STATE_3, OUTPUT_0);
  }

  @Test
  void keepingEverythingAddsNothing() {
    RNNCell cell =
        DropoutWrapper.builder(new GRUCell(UNITS))
            .inputKeepProbability(1)
            .outputKeepProbability(lab.tf.constant(1.0))
            .build();
    cell.call(x, h);
    assertThat(seedsOfRandomOps()).isEmpty();
    assertThat(cell.stateSize().columns()).isEqualTo(UNITS);
    assertThatThrownBy(() -> DropoutWrapper.builder(new GRUCell(2)).inputKeepProbability(1.5))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("inputKeepProbability");
  }

  @Test
  void variationalMasksAreTheSameForAllStepsAndExamples() {
    Tensor ones = lab.tf.ones(Lab.T, 6, 50);
    RNNCell cell =
        DropoutWrapper.builder(passing(LSTM, 50))
            .inputKeepProbability(0.5)
            .stateKeepProbability(0.5)
            .variational(lab.tf, Lab.T)
            .inputSize(CellShape.of(50))
            .seed(42)
            .build();
    assertThat(seedsOfRandomOps()).containsExactly(INPUT_0, STATE_0, STATE_1, OUTPUT_0);
    CellResult first = cell.call(ones, new LSTMStateTuple(ones, ones));
    CellResult second = cell.call(ones, new LSTMStateTuple(ones, ones));
    assertThat(first.tensor().shape()).isEqualTo(Shape.of(6, 50));
    try (Session s = lab.session()) {
      var fetched =
          lab.runner(s)
              .fetch(
                  first.tensor(),
                  second.tensor(),
                  ((LSTMStateTuple) first.state()).h(),
                  ((LSTMStateTuple) second.state()).h());
      assertThat(fetched.value(1)).isEqualTo(fetched.value(0));
      assertThat(fetched.value(3)).isEqualTo(fetched.value(2));
      Matrix mask = Matrix.of(fetched.value(0));
      for (double[] row : mask.rows()) {
        assertThat(row).isEqualTo(mask.rows()[0]);
      }
      assertDropped(Matrix.of(fetched.value(2)), 0.5);
    }
    assertThatThrownBy(
            () ->
                DropoutWrapper.builder(new GRUCell(2))
                    .inputKeepProbability(0.5)
                    .variational(lab.tf, Lab.T)
                    .build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("inputSize");
  }

  @Test
  void aFilterSaysWhichStatesToDrop() {
    Tensor ones = lab.tf.ones(Lab.T, 6, 50);
    CellShape shape = CellShape.list(CellShape.of(50), LSTM);
    RNNCell cell =
        DropoutWrapper.builder(passing(shape, 50))
            .stateKeepProbability(0.5)
            .seed(42)
            .stateFilter(s -> !(s instanceof LSTMStateTuple))
            .build();
    LSTMStateTuple kept = new LSTMStateTuple(ones, ones);
    List<?> after = (List<?>) cell.call(ones, List.of(ones, kept)).state();
    assertThat(after.get(1)).isSameAs(kept);
    assertThat(after.get(0)).isNotSameAs(ones);
    assertThat(seedsOfRandomOps()).containsExactly(STATE_0);
    RNNCell wrong =
        DropoutWrapper.builder(passing(shape, 50))
            .stateKeepProbability(0.5)
            .stateFilter(s -> List.of(true))
            .build();
    assertThatThrownBy(() -> wrong.call(ones, List.of(ones, kept)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2 parts");
  }

  // ---- the others

  @Test
  void residualAddsTheInputs() {
    GRUCell inner = new GRUCell(UNITS);
    CellResult r = new ResidualWrapper(inner).call(c, h);
    CellResult plain = inner.call(c, h);
    CellResult doubled = new ResidualWrapper(inner, (in, out) -> ((Tensor) out).mul(2)).call(c, h);
    try (Session s = lab.session()) {
      Matrix out = lab.value(s, plain.tensor());
      assertClose(lab.value(s, r.tensor()), out.plus(Matrix.of(lab.fed(c))));
      assertClose(lab.value(s, doubled.tensor()), out.map(v -> 2 * v));
    }
    assertThatThrownBy(() -> new ResidualWrapper(new GRUCell(UNITS)).call(x, h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[3,2]")
        .hasMessageContaining("[3,4]");
  }

  @Test
  void deviceWrapperPlacesTheSteps() {
    DeviceWrapper cell = new DeviceWrapper(new GRUCell(UNITS), "/cpu:0");
    Tensor out = cell.call(x, h).tensor();
    assertThat(out.op().device().toString()).isEqualTo("/device:CPU:0");
    Operation zeros = ((Tensor) cell.zeroState(lab.tf, 2, Lab.T)).op();
    assertThat(zeros.device().toString()).isEqualTo("/device:CPU:0");
  }

  @Test
  void projectionsStandBeforeAndBehind() {
    GRUCell inner = new GRUCell(UNITS);
    RNNCell cell =
        new OutputProjectionWrapper(
            new InputProjectionWrapper(inner, 5, Tensor::relu, Reuse.NONE), 3);
    CellResult r = cell.call(x, h);
    String in = "output_projection_wrapper/input_projection_wrapper/";
    assertThat(lab.names())
        .contains(
            "output_projection_wrapper/kernel",
            "output_projection_wrapper/bias",
            in + "kernel",
            in + "gru_cell/gates/kernel");
    assertThat(cell.outputSize().columns()).isEqualTo(3);
    assertThat(cell.stateSize().columns()).isEqualTo(UNITS);
    Tensor between = lab.input(BATCH, 5);
    CellResult plain = inner.call(between, h);
    try (Session s = lab.session()) {
      lab.shuffle(s);
      Matrix projected =
          Matrix.of(lab.fed(x))
              .dot(lab.value(s, lab.variable(in + "kernel")))
              .plus(lab.value(s, lab.variable(in + "bias")))
              .map(v -> Math.max(0, v));
      lab.feed(between, TensorValue.wrap(Lab.T, Shape.of(BATCH, 5), projected.flat()));
      Matrix want =
          lab.value(s, plain.tensor())
              .dot(lab.value(s, lab.variable("output_projection_wrapper/kernel")))
              .plus(lab.value(s, lab.variable("output_projection_wrapper/bias")));
      assertClose(lab.value(s, r.tensor()), want);
    }
    cell.call(x, h);
    assertThat(lab.names()).hasSize(8);
  }

  @Test
  void embeddingLooksSymbolsUp() {
    GRUCell inner = new GRUCell(UNITS);
    RNNCell cell = new EmbeddingWrapper(inner, 10, 2);
    CellResult r = cell.call(lab.tf.constant(new int[][] {{7}, {0}, {7}}), h);
    assertThat(lab.names()).contains("embedding_wrapper/embedding");
    Tensor embedded = lab.input(BATCH, 2);
    CellResult plain = inner.call(embedded, h);
    try (Session s = lab.session()) {
      Matrix table = lab.value(s, lab.variable("embedding_wrapper/embedding"));
      assertThat(Arrays.stream(table.flat()).map(Math::abs).max().orElseThrow())
          .isBetween(1.0, Math.sqrt(3));
      Matrix rows = new Matrix(new double[][] {table.rows()[7], table.rows()[0], table.rows()[7]});
      lab.feed(embedded, TensorValue.wrap(Lab.T, Shape.of(BATCH, 2), rows.flat()));
      assertClose(lab.value(s, r.tensor()), lab.value(s, plain.tensor()));
    }
    assertThatThrownBy(() -> cell.call(x, h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("integers");
    assertThatThrownBy(() -> new EmbeddingWrapper(inner, 0, 2, Initializers.zeros(), Reuse.NONE))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void attentionLooksBack() {
    int length = 3;
    GRUCell inner = new GRUCell(UNITS);
    AttentionCellWrapper cell =
        AttentionCellWrapper.builder(inner, length).size(2).vectorSize(5).build();
    Tensor attention = lab.input(BATCH, 2);
    Tensor window = lab.input(BATCH, length * 2);
    CellResult r = cell.call(x, List.of(h, attention, window));
    String scope = "attention_cell_wrapper/";
    assertThat(lab.names())
        .contains(
            scope + "kernel",
            scope + "bias",
            scope + "gru_cell/gates/kernel",
            scope + "attention/attn_w",
            scope + "attention/attn_v",
            scope + "attention/kernel",
            scope + "attn_output_projection/kernel");
    assertThat(cell.stateSize()).hasToString("[[4], [2], [6]]");
    Tensor between = lab.input(BATCH, 2);
    CellResult plain = inner.call(between, h);
    try (Session s = lab.session()) {
      lab.shuffle(s);
      Matrix in = linear(s, scope, Matrix.of(lab.fed(x)).beside(Matrix.of(lab.fed(attention))));
      lab.feed(between, TensorValue.wrap(Lab.T, Shape.of(BATCH, 2), in.flat()));
      Matrix state = lab.value(s, plain.tensor());
      Matrix query = linear(s, scope + "attention/", state);
      Matrix w = lab.value(s, lab.variable(scope + "attention/attn_w").reshape(2, 5));
      Matrix v = lab.value(s, lab.variable(scope + "attention/attn_v"));
      Matrix attended = Matrix.zeros(BATCH, 2);
      for (int b = 0; b < BATCH; b++) {
        double[] scores = new double[length];
        for (int t = 0; t < length; t++) {
          Matrix row = row(lab.fed(window), b).columns(2 * t, 2 * t + 2);
          Matrix match = row.dot(w).plus(new Matrix(new double[][] {query.rows()[b]})).tanh();
          scores[t] = Math.exp(Arrays.stream(match.times(v).flat()).sum());
        }
        double all = Arrays.stream(scores).sum();
        for (int t = 0; t < length; t++) {
          for (int k = 0; k < 2; k++) {
            attended.rows()[b][k] += scores[t] / all * row(lab.fed(window), b).rows()[0][2 * t + k];
          }
        }
      }
      Matrix output = linear(s, scope + "attn_output_projection/", state.beside(attended));
      assertClose(lab.value(s, r.tensor()), output);
      List<?> after = (List<?>) r.state();
      assertClose(lab.value(s, (Tensor) after.get(1)), attended);
      assertClose(
          lab.value(s, (Tensor) after.get(2)),
          Matrix.of(lab.fed(window)).columns(2, 6).beside(output));
    }
    assertThatThrownBy(() -> new AttentionCellWrapper(inner, 0))
        .isInstanceOf(InvalidArgumentException.class);
  }

  private Matrix linear(Session s, String scope, Matrix m) {
    return m.dot(lab.value(s, lab.variable(scope + "kernel")))
        .plus(lab.value(s, lab.variable(scope + "bias")));
  }

  private static Matrix row(TensorValue v, int i) {
    return new Matrix(new double[][] {Matrix.of(v).rows()[i]});
  }

  @Test
  void attentionStatesStandSideBySide() {
    AttentionCellWrapper cell =
        AttentionCellWrapper.builder(new GRUCell(UNITS), 2).stateIsTuple(false).build();
    assertThat(cell.stateSize().columns()).isEqualTo(4 + 4 + 8);
    Object state = cell.zeroState(lab.tf, BATCH, Lab.T);
    assertThat(Nest.isLeaf(cell.call(x, state).state())).isTrue();
    assertThatThrownBy(
            () -> AttentionCellWrapper.builder(new LSTMCell(2), 2).stateIsTuple(false).build())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void dropoutNeedsFloats() {
    Tensor symbols = lab.tf.placeholder(DataType.INT32, BATCH, 1);
    RNNCell cell =
        DropoutWrapper.builder(new EmbeddingWrapper(new GRUCell(UNITS), 10, 2))
            .inputKeepProbability(0.5)
            .build();
    assertThatThrownBy(() -> cell.call(symbols, h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("floating point");
  }
}
