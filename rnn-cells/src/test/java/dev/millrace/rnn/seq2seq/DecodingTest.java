package dev.millrace.rnn.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.CellShape;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoders and their helpers, on chains of symbols whose course is computed by hand. */
class DecodingTest {
  private static final int CLASSES = 5;
  private static final int END = 4;

  private final Ops tf = Ops.of(new Graph());
  private final Random random = new Random(12);

  DecodingTest() {
    tf.setRandomSeed(4);
  }

  private Session session() {
    Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build());
    s.run(tf.globalVariablesInitializer());
    return s;
  }

  private float[][] numbers(int rows, int columns) {
    float[][] m = new float[rows][columns];
    for (float[] row : m) {
      for (int i = 0; i < columns; i++) {
        row[i] = 3 * random.nextFloat();
      }
    }
    return m;
  }

  /**
   * Gives a row of logits for the symbol that it gets as one vector; its state counts the steps.
   */
  private static final class Chain implements RNNCell {
    private final Tensor logits;

    Chain(Tensor logits) {
      this.logits = logits;
    }

    @Override
    public CellShape stateSize() {
      return CellShape.of(1);
    }

    @Override
    public CellShape outputSize() {
      return CellShape.of(CLASSES);
    }

    @Override
    public CellResult call(Object inputs, Object state) {
      Tensor x = (Tensor) inputs;
      return new CellResult(x.matmul(logits), x.ops().add(state, 1));
    }
  }

  private static final Embedding ONE_HOT = (tf, symbols) -> tf.oneHot(symbols, CLASSES);

  // ---- training

  @Test
  void trainingFeedsTheTrueInputs() {
    Tensor x =
        tf.constant(new float[][][] {{{1, 2}, {3, 4}, {5, 6}}, {{.1f, .2f}, {.3f, .4f}, {9, 9}}});
    int[] lengths = {3, 1};
    GRUCell cell = new GRUCell(3);
    Tensor zero = tf.zeros(DataType.FLOAT32, 2, 3);
    var r =
        Seq2seq.dynamicDecode(tf, new BasicDecoder(cell, new TrainingHelper(x, lengths), zero))
            .imputeFinished(true)
            .build();
    assertThat(tf.globalVariables().stream().map(Variable::name))
        .contains("decoder/gru_cell/gates/kernel");
    DynamicRnnResult want = Rnn.dynamicRnn(cell, x).sequenceLength(lengths).build();
    var raw =
        Seq2seq.dynamicDecode(tf, new BasicDecoder(cell, new TrainingHelper(x, lengths), zero))
            .outputTimeMajor(true)
            .build();
    DynamicRnnResult all = Rnn.dynamicRnn(cell, x).build();
    try (Session s = session()) {
      Fetches f =
          s.fetch(
              r.outputs().rnnOutput(),
              want.outputs(),
              (Tensor) r.state(),
              (Tensor) want.state(),
              r.sequenceLengths(),
              r.outputs().sampleId(),
              raw.outputs().rnnOutput(),
              tf.transpose(all.outputs(), 1, 0, 2));
      assertThat(f.value(0)).isEqualTo(f.value(1));
      assertThat(f.value(2)).isEqualTo(f.value(3));
      assertThat(f.value(4).ints()).containsExactly(lengths);
      for (int t = 0; t < 3; t++) {
        float[] row = new float[3];
        System.arraycopy(f.value(0).floats(), 3 * t, row, 0, 3);
        int best = row[0] >= row[1] && row[0] >= row[2] ? 0 : row[1] >= row[2] ? 1 : 2;
        assertThat(f.value(5).ints()[t]).isEqualTo(best);
      }
      // Without imputing, what is over just goes on.
      assertThat(f.value(6)).isEqualTo(f.value(7));
    }
  }

  @Test
  void examplesWithoutStepsGiveZeros() {
    Tensor x = tf.ones(DataType.FLOAT32, 2, 2, 2);
    Tensor zero = tf.zeros(DataType.FLOAT32, 2, 3);
    var r =
        Seq2seq.dynamicDecode(
                tf, new BasicDecoder(new GRUCell(3), new TrainingHelper(x, new int[] {0, 2}), zero))
            .imputeFinished(true)
            .build();
    try (Session s = session()) {
      Fetches f = s.fetch(r.outputs().rnnOutput(), r.sequenceLengths());
      assertThat(f.value(1).ints()).containsExactly(0, 2);
      float[] y = f.value(0).floats();
      for (int i = 0; i < 6; i++) {
        assertThat(y[i]).isZero();
        assertThat(y[6 + i]).isNotZero();
      }
    }
  }

  // ---- inference

  /** The course of a chain: the likeliest symbol after each. */
  private static List<Integer> course(float[][] logits, int start, int steps) {
    List<Integer> r = new ArrayList<>();
    int at = start;
    while (r.size() < steps && (r.isEmpty() || at != END)) {
      int best = 0;
      for (int c = 1; c < CLASSES; c++) {
        best = logits[at][c] > logits[at][best] ? c : best;
      }
      at = best;
      r.add(at);
    }
    return r;
  }

  @Test
  void greedyGoesOnUntilTheEnd() {
    float[][] logits = {
      {0, 5, 1, 0, 0}, {0, 0, 5, 0, 1}, {0, 0, 0, 0, 5}, {1, 0, 0, 5, 0}, {0, 0, 0, 5, 0}
    };
    var helper = new GreedyEmbeddingHelper(tf, ONE_HOT, new int[] {0, 1, 3}, END);
    var decoder = new BasicDecoder(new Chain(tf.constant(logits)), helper, zeros(3));
    var r = Seq2seq.dynamicDecode(tf, decoder).maximumIterations(4).imputeFinished(true).build();
    try (Session s = session()) {
      Fetches f = s.fetch(r.outputs().sampleId(), r.sequenceLengths(), (Tensor) r.state());
      int[] ids = f.value(0).ints();
      assertThat(f.value(0).shape()).isEqualTo(Shape.of(3, 4));
      int[] lengths = f.value(1).ints();
      int[] starts = {0, 1, 3};
      for (int b = 0; b < 3; b++) {
        List<Integer> want = course(logits, starts[b], 4);
        assertThat(lengths[b]).isEqualTo(want.size());
        assertThat(f.value(2).floats()[b]).isEqualTo(want.size());
        for (int t = 0; t < 4; t++) {
          assertThat(ids[b * 4 + t]).isEqualTo(t < want.size() ? want.get(t) : 0);
        }
      }
      assertThat(lengths).containsExactly(3, 2, 4);
    }
  }

  private Tensor zeros(int rows) {
    return tf.zeros(DataType.FLOAT32, rows, 1);
  }

  @Test
  void noIterationsGiveNothing() {
    var helper = new GreedyEmbeddingHelper(tf, ONE_HOT, new int[] {0, 1}, END);
    var decoder =
        new BasicDecoder(new Chain(tf.constant(numbers(CLASSES, CLASSES))), helper, zeros(2));
    var r = Seq2seq.dynamicDecode(tf, decoder).maximumIterations(0).build();
    try (Session s = session()) {
      assertThat(s.fetchValue(r.sequenceLengths()).ints()).containsExactly(0, 0);
    }
  }

  @Test
  void samplesFollowTheLogits() {
    float[][] logits = new float[CLASSES][CLASSES];
    for (float[] row : logits) {
      row[1] = 100;
      row[2] = 100;
    }
    int batch = 50;
    var helper = new SampleEmbeddingHelper(tf, ONE_HOT, new int[batch], END, 2.0, 7L);
    var decoder = new BasicDecoder(new Chain(tf.constant(logits)), helper, zeros(batch));
    var r = Seq2seq.dynamicDecode(tf, decoder).maximumIterations(4).build();
    try (Session s = session()) {
      assertThat(s.fetchValue(r.outputs().sampleId()).ints()).containsOnly(1, 2).contains(1, 2);
    }
  }

  // ---- scheduled sampling

  @Test
  void scheduledEmbeddingDrawsWithItsProbability() {
    int batch = 4;
    Tensor inputs = tf.ones(DataType.FLOAT32, batch, 3, CLASSES);
    float[][] logits = new float[CLASSES][CLASSES];
    for (float[] row : logits) {
      row[2] = 100;
    }
    int[] lengths = {3, 3, 3, 3};
    for (double p : new double[] {0, 1}) {
      var helper = new ScheduledEmbeddingTrainingHelper(inputs, lengths, ONE_HOT, p, false, 3L, 5L);
      var decoder = new BasicDecoder(new Chain(tf.constant(logits)), helper, zeros(batch));
      var r = Seq2seq.dynamicDecode(tf, decoder).build();
      try (Session s = session()) {
        assertThat(s.fetchValue(r.outputs().sampleId()).ints())
            .hasSize(12)
            .containsOnly(p == 0 ? -1 : 2);
        float[] out = s.fetchValue(r.outputs().rnnOutput()).floats();
        // All ones give the sum of all rows; one symbol gives one row.
        assertThat(out[2]).isEqualTo(500);
        assertThat(out[CLASSES + 2]).isEqualTo(p == 0 ? 500 : 100);
      }
    }
  }

  @Test
  void scheduledOutputFeedsOutputs() {
    Tensor inputs = tf.ones(DataType.FLOAT32, 2, 3, CLASSES);
    float[][] half = new float[CLASSES][CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      half[i][i] = 0.5f;
    }
    var helper =
        new ScheduledOutputTrainingHelper(
            inputs, new int[] {3, 3}, 1.0, false, y -> y.mul(2).add(1), 3L);
    var decoder = new BasicDecoder(new Chain(tf.constant(half)), helper, zeros(2));
    var r = Seq2seq.dynamicDecode(tf, decoder).build();
    try (Session s = session()) {
      TensorValue ids = s.fetchValue(r.outputs().sampleId());
      assertThat(ids.dtype()).isEqualTo(DataType.BOOL);
      float[] out = s.fetchValue(r.outputs().rnnOutput()).floats();
      assertThat(out[0]).isEqualTo(0.5f);
      assertThat(out[CLASSES]).isEqualTo(1);
      assertThat(out[2 * CLASSES]).isEqualTo(1.5f);
    }
  }

  // ---- beam search

  /** The end symbol counts for the length, but not in the step that adds it. */
  private record Beam(List<Integer> ids, double logProb, boolean over, int length, int compared) {
    double score(double weight) {
      return logProb / Math.pow((5 + compared) / 6.0, weight);
    }
  }

  /** A beam search over a chain, by hand. */
  private static List<Beam> search(float[][] logits, int start, int width, int steps, double w) {
    List<Beam> beams = new ArrayList<>(List.of(new Beam(List.of(), 0, false, 0, 0)));
    for (int t = 0; t < steps && !beams.stream().allMatch(Beam::over); t++) {
      List<Beam> all = new ArrayList<>();
      for (Beam b : beams) {
        int at = b.ids().isEmpty() ? start : b.ids().get(b.ids().size() - 1);
        double sum = 0;
        for (float x : logits[at]) {
          sum += Math.exp(x);
        }
        for (int c = 0; c < CLASSES; c++) {
          if (b.over() && c != END) {
            continue;
          }
          List<Integer> ids = new ArrayList<>(b.ids());
          ids.add(c);
          double p = b.over() ? 0 : logits[at][c] - Math.log(sum);
          int length = b.over() ? b.length() : b.length() + 1;
          int compared = b.over() || c == END ? b.length() : length;
          all.add(new Beam(ids, b.logProb() + p, b.over() || c == END, length, compared));
        }
      }
      all.sort(Comparator.comparingDouble(b -> -b.score(w)));
      beams = new ArrayList<>(all.subList(0, Math.min(width, all.size())));
    }
    return beams;
  }

  @ParameterizedTest(name = "length penalty {0}")
  @ValueSource(doubles = {0, 1.5})
  void beamSearchFindsTheBest(double penalty) {
    int width = 3;
    int steps = 6;
    float[][] logits = numbers(CLASSES, CLASSES);
    int[] starts = {0, 2};
    Tensor initial = (Tensor) Seq2seq.tileBatch((Object) zeros(2), width);
    BeamSearchDecoder decoder =
        BeamSearchDecoder.builder(
                tf, new Chain(tf.constant(logits)), ONE_HOT, starts, END, initial, width)
            .lengthPenaltyWeight(penalty)
            .build();
    var r = Seq2seq.dynamicDecode(tf, decoder).maximumIterations(steps).build();
    BeamSearchDecoderState last = (BeamSearchDecoderState) r.state();
    try (Session s = session()) {
      Fetches f =
          s.fetch(
              r.outputs().predictedIds(),
              last.logProbs(),
              last.lengths(),
              (Tensor) last.cellState());
      TensorValue ids = f.value(0);
      int time = (int) ids.shape().dim(1);
      for (int b = 0; b < 2; b++) {
        List<Beam> want = search(logits, starts[b], width, steps, penalty);
        for (int k = 0; k < width; k++) {
          Beam beam = want.get(k);
          assertThat(f.value(1).getDouble(b * width + k))
              .isCloseTo(beam.logProb(), Offset.offset(1e-4));
          assertThat(f.value(2).getLong(b * width + k)).isEqualTo(beam.length());
          for (int t = 0; t < beam.ids().size(); t++) {
            assertThat(ids.ints()[(b * time + t) * width + k])
                .as("example %d, beam %d, step %d", b, k, t)
                .isEqualTo(beam.ids().get(t));
          }
        }
      }
      assertThat(f.value(3).shape()).isEqualTo(Shape.of(2, width, 1));
    }
  }

  @Test
  void beamsOfAnAttentionWrapperKeepTheirAlignments() {
    int width = 2;
    Tensor memory = tf.constant(TensorValue.of(numbers(6, 4)).reshape(Shape.of(2, 3, 4)));
    Tensor tiled = Seq2seq.tileBatch(memory, width);
    AttentionWrapper cell =
        AttentionWrapper.builder(new GRUCell(4), new LuongAttention(4, tiled))
            .alignmentHistory(true)
            .attentionLayerSize(CLASSES)
            .build();
    Object initial = cell.zeroState(tf, 2 * width, DataType.FLOAT32);
    BeamSearchDecoder decoder =
        BeamSearchDecoder.builder(tf, cell, ONE_HOT, new int[] {0, 1}, END, initial, width).build();
    var r = Seq2seq.dynamicDecode(tf, decoder).maximumIterations(3).build();
    AttentionWrapperState state =
        (AttentionWrapperState) ((BeamSearchDecoderState) r.state()).cellState();
    Tensor history = (Tensor) state.alignmentHistory();
    try (Session s = session()) {
      TensorValue v = s.fetchValue(history);
      assertThat(v.shape().dim(1)).isEqualTo(2L * width);
      assertThat(v.shape().dim(2)).isEqualTo(3);
      for (int i = 0; i < v.size(); i += 3) {
        double sum = v.getDouble(i) + v.getDouble(i + 1) + v.getDouble(i + 2);
        assertThat(sum).isCloseTo(1, Offset.offset(1e-5));
      }
      assertThat(s.fetchValue(state.time()).ints()[0]).isEqualTo((int) v.shape().dim(0));
    }
  }

  // ---- parts

  @Test
  void treesAreFollowedBack() {
    Tensor steps = tf.constant(new int[][][] {{{1, 2, 3}}, {{4, 5, 6}}, {{7, 8, 9}}});
    Tensor parents = tf.constant(new int[][][] {{{0, 0, 0}}, {{0, 1, 1}}, {{2, 1, 2}}});
    Tensor beams = Seq2seq.gatherTree(steps, parents, tf.constant(new int[] {3}), 10);
    Tensor shorter = Seq2seq.gatherTree(steps, parents, tf.constant(new int[] {2}), 10);
    Tensor ended = Seq2seq.gatherTree(steps, parents, tf.constant(new int[] {3}), 5);
    try (Session s = session()) {
      assertThat(s.fetchValue(beams).ints()).containsExactly(2, 2, 2, 6, 5, 6, 7, 8, 9);
      assertThat(s.fetchValue(shorter).ints()).containsExactly(1, 2, 2, 4, 5, 6, 10, 10, 10);
      assertThat(s.fetchValue(ended).ints()).containsExactly(2, 2, 2, 6, 5, 6, 7, 5, 9);
    }
  }

  @Test
  void alignmentsFollowTheBeams() {
    Tensor parents = tf.constant(new int[][][] {{{0, 0, 0}}, {{0, 1, 1}}, {{2, 1, 2}}});
    Tensor kept = tf.constant(new float[][][] {{{1}, {2}, {3}}, {{4}, {5}, {6}}, {{7}, {8}, {9}}});
    Tensor lengths = tf.constant(new long[][] {{3, 3, 2}});
    Tensor sorted = new BeamOrder(tf, parents, lengths, 3).sorted(kept);
    try (Session s = session()) {
      assertThat(s.fetchValue(sorted).floats()).containsExactly(2, 2, 2, 6, 5, 6, 7, 8, 9);
    }
  }

  @Test
  void tilingRepeatsExamples() {
    Tensor x = tf.placeholderWithDefault(new int[][] {{1, 2}, {3, 4}}, Shape.of(-1, 2));
    Object both = Seq2seq.tileBatch(List.of(x, tf.constant(7)), 2);
    Tensor first = (Tensor) ((List<?>) both).get(0);
    try (Session s = session()) {
      assertThat(s.fetchValue(first).ints()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
      assertThat(s.fetchValue((Tensor) ((List<?>) both).get(1)).ints()).containsExactly(7);
    }
    assertThatThrownBy(() -> Seq2seq.tileBatch(x, 0)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void sequenceLossAverages() {
    float[][] logits = numbers(6, 3);
    int[][] targets = {{0, 2, 1}, {1, 1, 0}};
    float[][] weights = {{1, 1, 0}, {2, 0, 0}};
    Tensor l = tf.constant(TensorValue.of(logits).reshape(Shape.of(2, 3, 3)));
    Tensor w = tf.constant(weights);
    double[][] each = new double[2][3];
    for (int b = 0; b < 2; b++) {
      for (int t = 0; t < 3; t++) {
        float[] row = logits[b * 3 + t];
        double sum = Math.exp(row[0]) + Math.exp(row[1]) + Math.exp(row[2]);
        each[b][t] = weights[b][t] * (Math.log(sum) - row[targets[b][t]]);
      }
    }
    Tensor all = Seq2seq.sequenceLoss(l, targets, w).build();
    Tensor byExample = Seq2seq.sequenceLoss(l, targets, w).averageAcrossBatch(false).build();
    Tensor byStep = Seq2seq.sequenceLoss(l, targets, w).averageAcrossTimesteps(false).build();
    Tensor none =
        Seq2seq.sequenceLoss(l, targets, w)
            .averageAcrossBatch(false)
            .averageAcrossTimesteps(false)
            .build();
    Tensor summed =
        Seq2seq.sequenceLoss(l, targets, w)
            .averageAcrossBatch(false)
            .averageAcrossTimesteps(false)
            .sumOverBatch(true)
            .sumOverTimesteps(true)
            .build();
    Tensor empty = Seq2seq.sequenceLoss(l, targets, tf.zerosLike(w)).build();
    try (Session s = session()) {
      double sum = each[0][0] + each[0][1] + each[1][0];
      assertThat(s.fetchValue(all).getDouble(0)).isCloseTo(sum / 4, Offset.offset(1e-5));
      assertThat(s.fetchValue(summed).getDouble(0)).isCloseTo(sum / 3, Offset.offset(1e-5));
      assertThat(s.fetchValue(byExample).getDouble(1))
          .isCloseTo(each[1][0] / 2, Offset.offset(1e-5));
      assertThat(s.fetchValue(byStep).getDouble(0))
          .isCloseTo((each[0][0] + each[1][0]) / 3, Offset.offset(1e-5));
      assertThat(s.fetchValue(byStep).getDouble(2)).isZero();
      assertThat(s.fetchValue(none).getDouble(1)).isCloseTo(each[0][1], Offset.offset(1e-5));
      assertThat(s.fetchValue(empty).getDouble(0)).isZero();
    }
    assertThatThrownBy(() -> Seq2seq.sequenceLoss(l, targets, w).sumOverBatch(true).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("not both");
    assertThatThrownBy(() -> Seq2seq.sequenceLoss(w, targets, w))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[batch, time, classes]");
  }
}
