package dev.millrace.rnn;

import static dev.millrace.rnn.Lab.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each cell against its formula, computed by hand; names, shapes and first values of variables. */
class CellsTest {
  private static final int BATCH = 3;
  private static final int IN = 2;
  private static final int UNITS = 4;

  private final Lab lab = new Lab();
  private final Tensor x = lab.input(BATCH, IN);
  private final Tensor h = lab.input(BATCH, UNITS);
  private final Tensor c = lab.input(BATCH, UNITS);

  private Matrix fed(Tensor t) {
    return Matrix.of(lab.fed(t));
  }

  private Matrix var(Session s, String name) {
    return lab.value(s, lab.variable(name));
  }

  @Test
  void basicRnn() {
    CellResult r = new BasicRNNCell(UNITS).call(x, h);
    assertThat(lab.names()).containsExactly("basic_rnn_cell/kernel", "basic_rnn_cell/bias");
    assertThat(lab.variable("basic_rnn_cell/kernel").shape()).isEqualTo(Shape.of(6, 4));
    try (Session s = lab.session()) {
      assertThat(var(s, "basic_rnn_cell/bias").flat()).containsOnly(0);
      lab.shuffle(s);
      Matrix want =
          fed(x)
              .beside(fed(h))
              .dot(var(s, "basic_rnn_cell/kernel"))
              .plus(var(s, "basic_rnn_cell/bias"))
              .tanh();
      assertClose(lab.value(s, r.tensor()), want);
      assertThat(r.state()).isSameAs(r.output());
    }
  }

  @Test
  void activationIsReplaceable() {
    CellResult r = BasicRNNCell.builder(UNITS).activation(Tensor::relu).build().call(x, h);
    try (Session s = lab.session()) {
      Matrix sum = fed(x).beside(fed(h)).dot(var(s, "basic_rnn_cell/kernel"));
      assertClose(lab.value(s, r.tensor()), sum.map(v -> Math.max(0, v)));
    }
  }

  @Test
  void gru() {
    CellResult r = new GRUCell(UNITS).call(x, h);
    assertThat(lab.names())
        .containsExactly(
            "gru_cell/gates/kernel",
            "gru_cell/gates/bias",
            "gru_cell/candidate/kernel",
            "gru_cell/candidate/bias");
    try (Session s = lab.session()) {
      assertThat(var(s, "gru_cell/gates/bias").flat()).hasSize(2 * UNITS).containsOnly(1);
      assertThat(var(s, "gru_cell/candidate/bias").flat()).hasSize(UNITS).containsOnly(0);
      lab.shuffle(s);
      Matrix gates =
          fed(x)
              .beside(fed(h))
              .dot(var(s, "gru_cell/gates/kernel"))
              .plus(var(s, "gru_cell/gates/bias"))
              .sigmoid();
      Matrix reset = gates.columns(0, UNITS);
      Matrix update = gates.columns(UNITS, 2 * UNITS);
      Matrix candidate =
          fed(x)
              .beside(reset.times(fed(h)))
              .dot(var(s, "gru_cell/candidate/kernel"))
              .plus(var(s, "gru_cell/candidate/bias"))
              .tanh();
      Matrix want = update.times(fed(h)).plus(update.map(u -> 1 - u).times(candidate));
      assertClose(lab.value(s, r.tensor()), want);
    }
  }

  /** i, j, f, o. */
  private List<Matrix> gates(Session s, String cell, Matrix before) {
    Matrix all = fed(x).beside(before).dot(var(s, cell + "/kernel")).plus(var(s, cell + "/bias"));
    return List.of(
        all.columns(0, UNITS),
        all.columns(UNITS, 2 * UNITS),
        all.columns(2 * UNITS, 3 * UNITS),
        all.columns(3 * UNITS, 4 * UNITS));
  }

  @Test
  void basicLstm() {
    BasicLSTMCell cell = BasicLSTMCell.builder(UNITS).forgetBias(0.7).build();
    CellResult r = cell.call(x, new LSTMStateTuple(c, h));
    assertThat(lab.names()).containsExactly("basic_lstm_cell/kernel", "basic_lstm_cell/bias");
    assertThat(lab.variable("basic_lstm_cell/kernel").shape()).isEqualTo(Shape.of(6, 16));
    try (Session s = lab.session()) {
      assertThat(var(s, "basic_lstm_cell/bias").flat()).hasSize(16).containsOnly(0);
      lab.shuffle(s);
      List<Matrix> g = gates(s, "basic_lstm_cell", fed(h));
      Matrix memory =
          fed(c)
              .times(g.get(2).map(f -> f + 0.7).sigmoid())
              .plus(g.get(0).sigmoid().times(g.get(1).tanh()));
      Matrix output = memory.tanh().times(g.get(3).sigmoid());
      LSTMStateTuple after = (LSTMStateTuple) r.state();
      assertClose(lab.value(s, r.tensor()), output);
      assertClose(lab.value(s, after.c()), memory);
      assertThat(after.h()).isSameAs(r.output());
    }
  }

  @Test
  void concatenatedStateHoldsTheSame() {
    BasicLSTMCell tuple = new BasicLSTMCell(UNITS);
    BasicLSTMCell flat =
        BasicLSTMCell.builder(UNITS)
            .stateIsTuple(false)
            .name("basic_lstm_cell")
            .reuse(Reuse.TRUE)
            .build();
    CellResult a = tuple.call(x, new LSTMStateTuple(c, h));
    CellResult b = flat.call(x, lab.tf.concat(1, c, h));
    assertThat(lab.names()).hasSize(2);
    assertThat(flat.stateSize().columns()).isEqualTo(2 * UNITS);
    try (Session s = lab.session()) {
      List<Matrix> parts = lab.values(s, a.state());
      assertClose(lab.value(s, (Tensor) b.state()), parts.get(0).beside(parts.get(1)));
    }
  }

  @Test
  void lstmWithEverything() {
    int outputs = 3;
    LSTMCell cell =
        LSTMCell.builder(UNITS)
            .usePeepholes(true)
            .cellClip(0.4)
            .projection(outputs)
            .projectionClip(0.3)
            .forgetBias(0.5)
            .build();
    Tensor m = lab.input(BATCH, outputs);
    CellResult r = cell.call(x, new LSTMStateTuple(c, m));
    assertThat(lab.names())
        .containsExactly(
            "lstm_cell/kernel",
            "lstm_cell/bias",
            "lstm_cell/w_f_diag",
            "lstm_cell/w_i_diag",
            "lstm_cell/w_o_diag",
            "lstm_cell/projection/kernel");
    assertThat(cell.outputSize().columns()).isEqualTo(outputs);
    assertThat(cell.stateSize().flatten()).containsExactly(Shape.vector(4), Shape.vector(3));
    try (Session s = lab.session()) {
      lab.shuffle(s);
      List<Matrix> g = gates(s, "lstm_cell", fed(m));
      Matrix forget =
          g.get(2).map(f -> f + 0.5).plus(fed(c).times(var(s, "lstm_cell/w_f_diag"))).sigmoid();
      Matrix in = g.get(0).plus(fed(c).times(var(s, "lstm_cell/w_i_diag"))).sigmoid();
      Matrix memory = forget.times(fed(c)).plus(in.times(g.get(1).tanh())).clip(0.4);
      Matrix out = g.get(3).plus(memory.times(var(s, "lstm_cell/w_o_diag"))).sigmoid();
      Matrix output = out.times(memory.tanh()).dot(var(s, "lstm_cell/projection/kernel")).clip(0.3);
      assertThat(Arrays.stream(memory.flat()).map(Math::abs)).contains(0.4).anyMatch(v -> v < 0.4);
      assertThat(Arrays.stream(output.flat()).map(Math::abs)).contains(0.3);
      assertClose(lab.value(s, r.tensor()), output);
      assertClose(lab.value(s, ((LSTMStateTuple) r.state()).c()), memory);
    }
  }

  @Test
  void lstmConcatenatesStatesOfDifferentSize() {
    LSTMCell cell = LSTMCell.builder(UNITS).projection(3).stateIsTuple(false).build();
    CellResult r = cell.call(x, lab.input(BATCH, 7));
    assertThat(cell.stateSize().columns()).isEqualTo(7);
    assertThat(((Tensor) r.state()).shape()).isEqualTo(Shape.of(BATCH, 7));
  }

  @Test
  void layerNormLstm() {
    LayerNormBasicLSTMCell cell =
        LayerNormBasicLSTMCell.builder(UNITS).norm(1.2, 0.1).forgetBias(0.5).build();
    CellResult r = cell.call(x, new LSTMStateTuple(c, h));
    String scope = "layer_norm_basic_lstm_cell";
    assertThat(lab.names())
        .containsExactly(
            scope + "/kernel",
            scope + "/input/gamma",
            scope + "/input/beta",
            scope + "/transform/gamma",
            scope + "/transform/beta",
            scope + "/forget/gamma",
            scope + "/forget/beta",
            scope + "/output/gamma",
            scope + "/output/beta",
            scope + "/state/gamma",
            scope + "/state/beta");
    try (Session s = lab.session()) {
      assertThat(var(s, scope + "/state/gamma").flat()).containsOnly(1.2);
      assertThat(var(s, scope + "/state/beta").flat()).containsOnly(0.1);
      lab.shuffle(s);
      Matrix all = fed(x).beside(fed(h)).dot(var(s, scope + "/kernel"));
      Matrix i = norm(s, all.columns(0, 4), scope + "/input");
      Matrix j = norm(s, all.columns(4, 8), scope + "/transform");
      Matrix f = norm(s, all.columns(8, 12), scope + "/forget");
      Matrix o = norm(s, all.columns(12, 16), scope + "/output");
      Matrix memory = fed(c).times(f.map(v -> v + 0.5).sigmoid()).plus(i.sigmoid().times(j.tanh()));
      memory = norm(s, memory, scope + "/state");
      assertClose(lab.value(s, r.tensor()), memory.tanh().times(o.sigmoid()));
      assertClose(lab.value(s, ((LSTMStateTuple) r.state()).c()), memory);
    }
  }

  private Matrix norm(Session s, Matrix m, String scope) {
    Matrix r = Matrix.zeros(m.height(), m.width());
    for (int i = 0; i < m.height(); i++) {
      double mean = Arrays.stream(m.rows()[i]).average().orElseThrow();
      double variance =
          Arrays.stream(m.rows()[i]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int k = 0; k < m.width(); k++) {
        r.rows()[i][k] = (m.rows()[i][k] - mean) / Math.sqrt(variance + 1e-12);
      }
    }
    return r.times(var(s, scope + "/gamma")).plus(var(s, scope + "/beta"));
  }

  @Test
  void layerNormLstmWithoutNormalizationHasABias() {
    LayerNormBasicLSTMCell.builder(UNITS)
        .layerNorm(false)
        .build()
        .call(x, new LSTMStateTuple(c, h));
    assertThat(lab.names())
        .containsExactly("layer_norm_basic_lstm_cell/kernel", "layer_norm_basic_lstm_cell/bias");
  }

  @Test
  void zeroStatesHaveTheStructureOfTheState() {
    LSTMStateTuple zero =
        (LSTMStateTuple) new LSTMCell(UNITS).zeroState(lab.tf, 5, DataType.FLOAT32);
    assertThat(zero.c().shape()).isEqualTo(Shape.of(5, UNITS));
    assertThat(zero.h().name()).startsWith("LSTMCellZeroState/zeros");
    Tensor batch = lab.tf.shapeTensor(lab.input(Shape.of(-1, 2), 6, 2)).get(0);
    Tensor open = (Tensor) new GRUCell(UNITS).zeroState(lab.tf, batch, Lab.T);
    assertThat(open.shape()).isEqualTo(Shape.of(-1, UNITS));
    try (Session s = lab.session()) {
      assertThat(lab.runner(s).fetchValue(open).shape()).isEqualTo(Shape.of(6, UNITS));
    }
  }

  // ---- variables and scopes

  @Test
  void aCellSharesItsVariablesAmongCalls() {
    LSTMCell cell = new LSTMCell(UNITS);
    try (var s = lab.tf.variableScope("first")) {
      cell.call(x, new LSTMStateTuple(c, h));
    }
    try (var s = lab.tf.variableScope("second")) {
      CellResult again = cell.call(x, new LSTMStateTuple(c, h));
      assertThat(again.tensor().name()).startsWith("first/lstm_cell/");
    }
    assertThat(lab.names()).containsExactly("first/lstm_cell/kernel", "first/lstm_cell/bias");
  }

  @Test
  void anotherCellOfTheSameScopeGetsASuffix() {
    new GRUCell(UNITS).call(x, h);
    new GRUCell(UNITS).call(x, h);
    GRUCell.builder(UNITS).name("mine").build().call(x, h);
    assertThat(lab.names())
        .hasSize(12)
        .contains("gru_cell/gates/kernel", "gru_cell_1/gates/kernel", "mine/gates/kernel");
  }

  @Test
  void reuseTakesOverVariables() {
    new GRUCell(UNITS).call(x, h);
    GRUCell.builder(UNITS).reuse(Reuse.TRUE).build().call(x, h);
    assertThat(lab.names()).hasSize(4);
  }

  @Test
  void theScopesInitializerAndRegularizerApply() {
    try (var s = lab.tf.newVariableScope("rnn").initializer(Initializers.constant(0.25)).open()) {
      new BasicRNNCell(UNITS).call(x, h);
    }
    try (Session s = lab.session()) {
      assertThat(var(s, "rnn/basic_rnn_cell/kernel").flat()).containsOnly(0.25);
      assertThat(var(s, "rnn/basic_rnn_cell/bias").flat()).containsOnly(0);
    }
  }

  // ---- errors

  @Test
  void oneCellForTwoLayersIsAnErrorThatNamesBothSites() {
    LSTMCell cell = new LSTMCell(UNITS);
    cell.call(x, new LSTMStateTuple(c, h));
    assertThatThrownBy(() -> cell.call(h, new LSTMStateTuple(c, h)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("one cell per layer")
        .hasMessageContaining("inputs of size 2")
        .hasMessageContaining("[3,4]")
        .hasMessageContaining("first called at")
        .hasMessageContaining("called at");
  }

  @Test
  void inputsMustBeMatricesOfKnownWidth() {
    GRUCell cell = new GRUCell(UNITS);
    assertThatThrownBy(() -> cell.call(lab.input(3, 5, 2), h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Rnn.dynamicRnn");
    assertThatThrownBy(() -> cell.call(lab.input(Shape.of(3, -1), 3, 2), h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("setShape");
    assertThatThrownBy(() -> cell.call(lab.tf.placeholder(DataType.INT32, 3, 2), h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("floating-point");
    assertThatThrownBy(() -> cell.call(List.of(x, x), h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("one tensor");
  }

  @Test
  void statesMustHaveTheCellsForm() {
    assertThatThrownBy(() -> new LSTMCell(UNITS).call(x, h))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("LSTMStateTuple(c, h)")
        .hasMessageContaining("stateIsTuple(false)");
    assertThatThrownBy(() -> new GRUCell(UNITS).call(x, new LSTMStateTuple(c, h)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("one tensor");
    assertThatThrownBy(() -> new GRUCell(0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1 unit");
  }

  @Test
  void aFailedFirstCallDoesNotCount() {
    GRUCell cell = new GRUCell(UNITS);
    assertThatThrownBy(() -> cell.call(x, lab.input(BATCH, 9)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThat(lab.names()).hasSize(4);
  }
}
