package dev.millrace.rnn.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Attention against its formulas, computed by hand in float64. */
class AttentionTest {
  private static final int BATCH = 2;
  private static final int TIME = 3;
  private static final int SIZE = 4;
  private static final int UNITS = 5;
  private static final int[] LENGTHS = {2, 3};

  private final Ops tf = Ops.of(new Graph());
  private final Random random = new Random(6);
  private final TensorValue rows = numbers(BATCH, TIME, SIZE);
  private final Tensor memory = tf.constant(rows);

  AttentionTest() {
    tf.setRandomSeed(1);
  }

  private TensorValue numbers(long... dims) {
    double[] v = new double[(int) Shape.of(dims).numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = 2 * random.nextDouble() - 1;
    }
    return TensorValue.wrap(DataType.FLOAT64, Shape.of(dims), v);
  }

  private List<String> names() {
    return tf.globalVariables().stream().map(Variable::name).toList();
  }

  private Session session() {
    Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build());
    s.run(tf.globalVariablesInitializer());
    for (Variable v : tf.globalVariables()) {
      s.run(v.assign(numbers(v.shape().dims())));
    }
    return s;
  }

  private double[] value(Session s, String name) {
    return tf.globalVariables().stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .map(v -> s.fetchValue(v).doubles())
        .orElseThrow(() -> new AssertionError(name + " is not among " + names()));
  }

  private static void assertClose(TensorValue got, double[] want) {
    assertThat(got.size()).isEqualTo(want.length);
    for (int i = 0; i < want.length; i++) {
      assertThat(got.getDouble(i)).as("element " + i).isCloseTo(want[i], Offset.offset(1e-12));
    }
  }

  /** x · w for one row; w is row-major with {@code columns}. */
  private static double[] times(double[] x, int at, int n, double[] w, int columns) {
    double[] r = new double[columns];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < columns; k++) {
        r[k] += x[at + i] * w[i * columns + k];
      }
    }
    return r;
  }

  private static double[] softmax(double[] scores, int length) {
    double[] e = new double[scores.length];
    double sum = 0;
    for (int t = 0; t < length; t++) {
      e[t] = Math.exp(scores[t]);
      sum += e[t];
    }
    for (int t = 0; t < length; t++) {
      e[t] /= sum;
    }
    return e;
  }

  @Test
  void luong() {
    TensorValue asked = numbers(BATCH, UNITS);
    Tensor query = tf.constant(asked);
    LuongAttention attention =
        LuongAttention.builder(UNITS, memory).memorySequenceLength(LENGTHS).scale(true).build();
    Tensor alignments = attention.align(tf, query, null).alignments();
    assertThat(names()).containsExactly("memory_layer/kernel", "luong_attention/attention_g");
    try (Session s = session()) {
      double[] kernel = value(s, "memory_layer/kernel");
      double g = value(s, "luong_attention/attention_g")[0];
      double[] want = new double[BATCH * TIME];
      for (int b = 0; b < BATCH; b++) {
        double[] scores = new double[TIME];
        for (int t = 0; t < TIME; t++) {
          double[] key = times(rows.doubles(), (b * TIME + t) * SIZE, SIZE, kernel, UNITS);
          for (int k = 0; k < UNITS; k++) {
            scores[t] += g * key[k] * asked.doubles()[b * UNITS + k];
          }
        }
        System.arraycopy(softmax(scores, LENGTHS[b]), 0, want, b * TIME, TIME);
      }
      assertClose(s.fetchValue(alignments), want);
      // The memory past the lengths is zeros.
      double[] values = s.fetchValue(attention.values()).doubles();
      assertThat(Arrays.stream(values, 2 * SIZE, 3 * SIZE).map(Math::abs)).containsOnly(0.0);
      assertThat(Arrays.copyOfRange(values, 0, SIZE))
          .isEqualTo(Arrays.copyOfRange(rows.doubles(), 0, SIZE));
    }
  }

  private void bahdanau(boolean normalize) {
    int size = 2;
    TensorValue asked = numbers(BATCH, size);
    BahdanauAttention attention =
        BahdanauAttention.builder(UNITS, memory).normalize(normalize).build();
    Tensor alignments = attention.align(tf, tf.constant(asked), null).alignments();
    String scope = "bahdanau_attention/";
    assertThat(names()).contains("memory_layer/kernel", scope + "query_layer/kernel");
    try (Session s = session()) {
      double[] kernel = value(s, "memory_layer/kernel");
      double[] queryKernel = value(s, scope + "query_layer/kernel");
      double[] v = value(s, scope + "attention_v").clone();
      double[] bias = new double[UNITS];
      if (normalize) {
        double length = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
        double g = value(s, scope + "attention_g")[0];
        bias = value(s, scope + "attention_b");
        for (int k = 0; k < UNITS; k++) {
          v[k] *= g / length;
        }
      }
      double[] want = new double[BATCH * TIME];
      for (int b = 0; b < BATCH; b++) {
        double[] q = times(asked.doubles(), b * size, size, queryKernel, UNITS);
        double[] scores = new double[TIME];
        for (int t = 0; t < TIME; t++) {
          double[] key = times(rows.doubles(), (b * TIME + t) * SIZE, SIZE, kernel, UNITS);
          for (int k = 0; k < UNITS; k++) {
            scores[t] += v[k] * Math.tanh(key[k] + q[k] + bias[k]);
          }
        }
        System.arraycopy(softmax(scores, TIME), 0, want, b * TIME, TIME);
      }
      assertClose(s.fetchValue(alignments), want);
    }
  }

  @Test
  void bahdanau() {
    bahdanau(false);
    assertThat(names()).hasSize(3);
  }

  @Test
  void normalizedBahdanau() {
    bahdanau(true);
    assertThat(names()).hasSize(5);
    try (Session s = new Session(tf.graph())) {
      s.run(tf.globalVariablesInitializer());
      assertThat(value(s, "bahdanau_attention/attention_g")[0])
          .isCloseTo(Math.sqrt(1.0 / UNITS), Offset.offset(1e-7));
      assertThat(value(s, "bahdanau_attention/attention_b")).containsOnly(0);
    }
  }

  // ---- the wrapper

  private TensorValue fetch(Session s, Operand x) {
    return s.fetchValue(x);
  }

  @Test
  void theWrapperAttendsByTheCellsOutput() {
    int out = 3;
    GRUCell inner = new GRUCell(UNITS);
    LuongAttention attention = new LuongAttention(UNITS, memory);
    AttentionWrapper cell =
        AttentionWrapper.builder(inner, attention)
            .attentionLayerSize(out)
            .alignmentHistory(true)
            .build();
    AttentionWrapperState zero = cell.zeroState(tf, BATCH, DataType.FLOAT64);
    Tensor x = tf.constant(numbers(BATCH, 2));
    CellResult first = cell.call(x, zero);
    AttentionWrapperState after = (AttentionWrapperState) first.state();
    CellResult second = cell.call(x, after);
    AttentionWrapperState last = (AttentionWrapperState) second.state();
    assertThat(names())
        .contains(
            "memory_layer/kernel",
            "attention_wrapper/gru_cell/gates/kernel",
            "attention_wrapper/attention_layer/kernel")
        .hasSize(6);
    assertThat(cell.outputSize().columns()).isEqualTo(out);
    assertThat(cell.stateSize()).hasToString("[[5], [3], [], [3], [], [3]]");
    // The second step by hand.
    Tensor h = inner.call(tf.concat(1, x, after.attention()), after.cellState()).tensor();
    Tensor weights = attention.align(tf, h, null).alignments();
    Tensor context = tf.reduceSum(tf.mul(tf.expandDims(weights, 2), memory), 1);
    Variable layer =
        tf.globalVariables().stream()
            .filter(v -> v.name().endsWith("attention_layer/kernel"))
            .findFirst()
            .orElseThrow();
    Tensor want = tf.matmul(tf.concat(1, h, context), layer);
    try (Session s = session()) {
      assertClose(fetch(s, second.tensor()), fetch(s, want).doubles());
      assertClose(fetch(s, (Tensor) last.alignments()), fetch(s, weights).doubles());
      assertClose(fetch(s, (Tensor) last.cellState()), fetch(s, h).doubles());
      assertThat(fetch(s, last.time()).ints()).containsExactly(2);
      assertThat(fetch(s, zero.attention()).doubles()).hasSize(BATCH * out).containsOnly(0);
      Tensor history = ((dev.millrace.ops.TensorArray) last.alignmentHistory()).stack();
      TensorValue kept = fetch(s, history);
      assertThat(kept.shape()).isEqualTo(Shape.of(2, BATCH, TIME));
      assertThat(Arrays.copyOfRange(kept.doubles(), BATCH * TIME, 2 * BATCH * TIME))
          .isEqualTo(fetch(s, (Tensor) last.alignments()).doubles());
    }
  }

  @Test
  void withoutALayerTheAttentionIsTheMemory() {
    AttentionWrapper cell =
        AttentionWrapper.builder(new GRUCell(UNITS), new BahdanauAttention(2, memory))
            .outputAttention(false)
            .build();
    CellResult r =
        cell.call(tf.constant(numbers(BATCH, 2)), cell.zeroState(tf, BATCH, DataType.FLOAT64));
    AttentionWrapperState after = (AttentionWrapperState) r.state();
    assertThat(cell.outputSize().columns()).isEqualTo(UNITS);
    assertThat(after.attention().shape()).isEqualTo(Shape.of(BATCH, SIZE));
    assertThat(after.alignmentHistory()).isEqualTo(List.of());
    try (Session s = session()) {
      Tensor weights = tf.expandDims((Tensor) after.alignments(), 2);
      Tensor want = tf.reduceSum(tf.mul(weights, memory), 1);
      assertClose(fetch(s, after.attention()), fetch(s, want).doubles());
      assertClose(fetch(s, r.tensor()), fetch(s, (Tensor) after.cellState()).doubles());
    }
  }

  @Test
  void severalMechanismsStandSideBySide() {
    AttentionWrapper cell =
        AttentionWrapper.builder(
                new LSTMCell(UNITS),
                List.of(new LuongAttention(UNITS, memory), new BahdanauAttention(2, memory)))
            .attentionLayerSize(3, 2)
            .build();
    CellResult r =
        cell.call(tf.constant(numbers(BATCH, 2)), cell.zeroState(tf, BATCH, DataType.FLOAT64));
    assertThat(r.tensor().shape()).isEqualTo(Shape.of(BATCH, 5));
    assertThat((List<?>) ((AttentionWrapperState) r.state()).alignments()).hasSize(2);
    assertThat(names())
        .contains(
            "memory_layer/kernel",
            "memory_layer_1/kernel",
            "attention_wrapper/attention_layer/kernel",
            "attention_wrapper/attention_layer_1/kernel");
  }

  @Test
  void theEncodersStateIsTheFirst() {
    AttentionWrapper cell =
        AttentionWrapper.builder(new GRUCell(UNITS), new LuongAttention(UNITS, memory)).build();
    Tensor encoder = tf.constant(numbers(BATCH, UNITS));
    AttentionWrapperState zero = cell.zeroState(tf, BATCH, DataType.FLOAT64);
    assertThat(zero.withCellState(encoder).cellState()).isSameAs(encoder);
    assertThatThrownBy(() -> zero.withCellState(tf.constant(numbers(4, UNITS))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("tiled");
    AttentionWrapper begun =
        AttentionWrapper.builder(new GRUCell(UNITS), new LuongAttention(UNITS, memory))
            .initialCellState(encoder)
            .build();
    try (Session s = session()) {
      Tensor first = (Tensor) begun.zeroState(tf, BATCH, DataType.FLOAT64).cellState();
      assertClose(fetch(s, first), fetch(s, encoder).doubles());
    }
  }

  @Test
  void batchesMustFit() {
    AttentionWrapper cell =
        AttentionWrapper.builder(new GRUCell(UNITS), new LuongAttention(UNITS, memory)).build();
    assertThatThrownBy(() -> cell.zeroState(tf, 6, DataType.FLOAT64))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("tileBatch");
    Tensor batch = tf.placeholderWithDefault(6, Shape.scalar());
    AttentionWrapperState open = cell.zeroState(tf, batch, DataType.FLOAT64);
    try (Session s = new Session(tf.graph())) {
      assertThatThrownBy(() -> s.fetchValue((Tensor) open.cellState()))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("tileBatch");
    }
  }

  @Test
  void argumentsAreChecked() {
    LuongAttention attention = new LuongAttention(UNITS, memory);
    assertThatThrownBy(() -> attention.align(tf, tf.constant(numbers(BATCH, 2)), null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2 units");
    assertThatThrownBy(() -> new LuongAttention(UNITS, tf.constant(numbers(2, 3))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[batch, time, size]");
    assertThatThrownBy(
            () ->
                LuongAttention.builder(UNITS, memory)
                    .memorySequenceLength(new int[] {1, 2, 3})
                    .build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("memorySequenceLength");
    AttentionWrapper cell = AttentionWrapper.builder(new GRUCell(UNITS), attention).build();
    Tensor x = tf.constant(numbers(BATCH, 2));
    assertThatThrownBy(() -> cell.call(x, x))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("AttentionWrapperState");
    Tensor weights =
        LuongAttention.builder(UNITS, memory)
            .memorySequenceLength(new int[] {0, 1})
            .build()
            .align(tf, tf.constant(numbers(BATCH, UNITS)), null)
            .alignments();
    try (Session s = session()) {
      assertThatThrownBy(() -> s.fetchValue(weights))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("positive");
    }
  }
}
