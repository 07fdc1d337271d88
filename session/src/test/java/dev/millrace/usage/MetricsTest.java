package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Auc;
import dev.millrace.ops.Auc.Curve;
import dev.millrace.ops.Auc.Summation;
import dev.millrace.ops.Metric;
import dev.millrace.ops.Metrics;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Metrics over batches against their definitions over all data. */
class MetricsTest {
  private static final float[][] LABELS = {{0, 1, 1}, {1, 0, 0}};
  private static final float[][] PREDICTIONS = {{0.2f, 0.9f, 0.4f}, {0.7f, 0.6f, 0}};
  private static final float[][] WEIGHTS = {{1, 2, 0}, {0.5f, 1, 3}};

  private final Ops tf = Ops.of(new Graph());
  private final Tensor labels = tf.placeholder("labels", DataType.FLOAT32, 3);
  private final Tensor predictions = tf.placeholder("predictions", DataType.FLOAT32, 3);
  private final Tensor weights = tf.placeholder("weights", DataType.FLOAT32, 3);

  private interface Kind {
    Metric of(Metrics metrics, Tensor labels, Tensor predictions);
  }

  /** What the metric is of examples {label, prediction, weight}. */
  private interface Definition {
    double of(List<double[]> examples);
  }

  private static Arguments kind(String name, Kind kind, Definition definition) {
    return Arguments.of(name, kind, definition);
  }

  private interface Each {
    double of(double y, double p);
  }

  private static double weighted(List<double[]> all, Each each) {
    return all.stream().mapToDouble(e -> e[2] * each.of(e[0], e[1])).sum();
  }

  private static double mean(List<double[]> all, Each each) {
    double n = weighted(all, (y, p) -> 1);
    return n == 0 ? 0 : weighted(all, each) / n;
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  private static Each both(boolean label, boolean prediction) {
    return (y, p) -> (y != 0) == label && (p >= 0.5) == prediction ? 1 : 0;
  }

  private static Tensor yes(Tensor p) {
    return p.greaterEqual(0.5);
  }

  static Stream<Arguments> kinds() {
    Each tp = both(true, true);
    Each fp = both(false, true);
    Each fn = both(true, false);
    return Stream.of(
        kind("mean", (m, y, p) -> m.mean(p), all -> mean(all, (y, p) -> p)),
        kind(
            "accuracy",
            (m, y, p) -> m.accuracy(y, p.round()),
            all -> mean(all, (y, p) -> y == Math.rint(p) ? 1 : 0)),
        kind(
            "mean_absolute_error",
            Metrics::meanAbsoluteError,
            all -> mean(all, (y, p) -> Math.abs(y - p))),
        kind(
            "mean_squared_error",
            Metrics::meanSquaredError,
            all -> mean(all, (y, p) -> (y - p) * (y - p))),
        kind(
            "root_mean_squared_error",
            Metrics::rootMeanSquaredError,
            all -> Math.sqrt(mean(all, (y, p) -> (y - p) * (y - p)))),
        kind(
            "mean_relative_error",
            (m, y, p) -> m.meanRelativeError(y, p, p),
            all -> mean(all, (y, p) -> p == 0 ? 0 : Math.abs(y - p) / p)),
        kind(
            "percentage_below_threshold",
            (m, y, p) -> m.percentageBelow(p, 0.5),
            all -> mean(all, (y, p) -> p < 0.5 ? 1 : 0)),
        kind("true_positives", (m, y, p) -> m.truePositives(y, yes(p)), all -> weighted(all, tp)),
        kind("false_positives", (m, y, p) -> m.falsePositives(y, yes(p)), all -> weighted(all, fp)),
        kind("false_negatives", (m, y, p) -> m.falseNegatives(y, yes(p)), all -> weighted(all, fn)),
        kind(
            "true_negatives",
            (m, y, p) -> m.trueNegatives(y, yes(p)),
            all -> weighted(all, both(false, false))),
        kind(
            "precision",
            (m, y, p) -> m.precision(y, yes(p)),
            all -> ratio(weighted(all, tp), weighted(all, tp) + weighted(all, fp))),
        kind(
            "recall",
            (m, y, p) -> m.recall(y, yes(p)),
            all -> ratio(weighted(all, tp), weighted(all, tp) + weighted(all, fn))),
        kind(
            "mean_accuracy",
            (m, y, p) -> m.meanPerClassAccuracy(y, p.round(), 2),
            all -> (classAccuracy(all, 0) + classAccuracy(all, 1)) / 2),
        kind(
            "mean_iou",
            (m, y, p) -> m.meanIou(y.cast(DataType.INT32), p.round(), 2),
            MetricsTest::meanIou));
  }

  private static double classAccuracy(List<double[]> all, double c) {
    double n = weighted(all, (y, p) -> y == c ? 1 : 0);
    return ratio(weighted(all, (y, p) -> y == c && Math.rint(p) == c ? 1 : 0), n);
  }

  private static double meanIou(List<double[]> all) {
    double sum = 0;
    int came = 0;
    for (int k = 0; k < 2; k++) {
      int c = k;
      double either = weighted(all, (y, p) -> y == c || Math.rint(p) == c ? 1 : 0);
      sum += ratio(weighted(all, (y, p) -> y == c && Math.rint(p) == c ? 1 : 0), either);
      came += either > 0 ? 1 : 0;
    }
    return ratio(sum, came);
  }

  private static List<double[]> examples(int batches, boolean weighted) {
    return IntStream.range(0, 3 * batches)
        .mapToObj(
            i ->
                new double[] {
                  LABELS[i / 3][i % 3],
                  PREDICTIONS[i / 3][i % 3],
                  weighted ? WEIGHTS[i / 3][i % 3] : 1
                })
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void kinds(String name, Kind kind, Definition definition) {
    for (boolean weighted : new boolean[] {false, true}) {
      Metrics metrics = weighted ? tf.metrics().weighted(weights) : tf.metrics();
      Metric metric = kind.of(metrics, labels, predictions);
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        try (Session s = new Session(tf.graph(), o)) {
          s.run(tf.localVariablesInitializer());
          assertThat(s.fetchValue(metric.value()).getDouble(0))
              .isCloseTo(definition.of(List.of()), within(1e-6));
          for (int batch = 0; batch < 2; batch++) {
            double want = definition.of(examples(batch + 1, weighted));
            double updated =
                s.feed(labels, LABELS[batch])
                    .feed(predictions, PREDICTIONS[batch])
                    .feed(weights, WEIGHTS[batch])
                    .fetchValue(metric.update())
                    .getDouble(0);
            assertThat(updated).isCloseTo(want, within(1e-6));
            assertThat(s.fetchValue(metric.value()).getDouble(0)).isCloseTo(want, within(1e-6));
          }
          s.run(tf.localVariablesInitializer());
          assertThat(s.fetchValue(metric.value()).getDouble(0))
              .isCloseTo(definition.of(List.of()), within(1e-6));
        }
      }
    }
    List<Variable> counts = tf.localVariables();
    assertThat(counts).isNotEmpty();
    assertThat(counts).allMatch(v -> v.name().startsWith(name));
    assertThat(tf.graph().collection(GraphKeys.METRIC_VARIABLES)).hasSameSizeAs(counts);
    assertThat(tf.globalVariables()).isEmpty();
    assertThat(tf.trainableVariables()).isEmpty();
  }

  private double once(Metric m) {
    try (Session s = new Session(tf.graph())) {
      s.run(tf.localVariablesInitializer());
      double updated = s.fetchValue(m.update()).getDouble(0);
      assertThat(s.fetchValue(m.value()).getDouble(0)).isEqualTo(updated);
      return updated;
    }
  }

  static Stream<Arguments> areas() {
    float[] p1 = {0.1f, 0.4f, 0.35f, 0.8f};
    int[] y1 = {0, 0, 1, 1};
    float[] p2 = {0.1f, 0.4f, 0.35f, 0.8f, 0.1f, 0.135f, 0.81f};
    int[] y2 = {0, 0, 1, 0, 1, 0, 1};
    float[] p3 = {0, 0.1f, 0.2f, 0.33f, 0.3f, 0.4f, 0.5f};
    int[] y3 = {0, 0, 0, 0, 1, 1, 1};
    Auc trapezoids = new Auc(Curve.PR, Summation.TRAPEZOIDAL, 200);
    return Stream.of(
        Arguments.of(Auc.roc(), y1, p1, 0.75),
        Arguments.of(Auc.roc(), new int[] {1, 0}, new float[] {1, 0}, 1.0),
        Arguments.of(Auc.roc(), new int[] {0, 1}, new float[] {1, 0}, 0.0),
        Arguments.of(Auc.precisionRecall(), y1, p1, 1 - Math.log(1.5) / 2),
        Arguments.of(
            Auc.precisionRecall(),
            y2,
            p2,
            (2.5 - 2 * Math.log(4 / 3.0) - 0.25 * Math.log(7 / 5.0)) / 3),
        Arguments.of(trapezoids, y1, p1, 0.79166),
        Arguments.of(trapezoids, y2, p2, 0.610317),
        Arguments.of(trapezoids, y3, p3, 0.90277),
        Arguments.of(new Auc(Curve.ROC, Summation.MINORING, 200), y1, p1, 0.75),
        Arguments.of(new Auc(Curve.ROC, Summation.MAJORING, 200), y1, p1, 0.75),
        // Two thresholds, below and above all: one trapezoid from (1, 1) to (0, 0).
        Arguments.of(new Auc(Curve.ROC, Summation.TRAPEZOIDAL, 2), y1, p1, 0.5),
        Arguments.of(new Auc(Curve.ROC, Summation.MINORING, 2), y1, p1, 0.0),
        Arguments.of(new Auc(Curve.ROC, Summation.MAJORING, 2), y1, p1, 1.0));
  }

  /** Mostly the examples of TensorFlow's documentation of its curves. */
  @ParameterizedTest
  @MethodSource
  void areas(Auc auc, int[] y, float[] p, double want) {
    assertThat(once(tf.metrics().auc(y, p, auc))).isCloseTo(want, within(1e-3));
  }

  @Test
  void weightsOfAreas() {
    float[] p = {0.1f, 0.4f, 0.35f, 0.8f, 0.9f};
    int[] y = {0, 0, 1, 1, 0};
    Metric m = tf.metrics().weighted(new float[] {1, 1, 1, 1, 0}).auc(y, p);
    assertThat(once(m)).isCloseTo(0.75, within(1e-3));
    assertThat(tf.localVariables().stream().map(Variable::name))
        .containsExactly(
            "auc/true_positives",
            "auc/false_negatives",
            "auc/true_negatives",
            "auc/false_positives");
  }

  @Test
  void predictionsOfAreasAreProbabilities() {
    Tensor p = tf.placeholderWithDefault(new float[] {0.5f, 1.5f}, Shape.of(2));
    Metric m = tf.metrics().auc(new int[] {0, 1}, p);
    assertThatThrownBy(() -> once(m)).hasMessageContaining("predictions must be in [0, 1]");
    assertThatThrownBy(() -> new Auc(Curve.ROC, Summation.TRAPEZOIDAL, 1))
        .hasMessageContaining("two thresholds or more");
  }

  @Test
  void thresholds() {
    float[] p = {0.1f, 0.4f, 0.35f, 0.8f};
    boolean[] y = {false, false, true, true};
    Metric precision = tf.metrics().precisionAtThresholds(y, p, 0.2, 0.5);
    Metric recall = tf.metrics().recallAtThresholds(y, p, 0.2, 0.5, 0.9);
    try (Session s = new Session(tf.graph())) {
      s.run(tf.localVariablesInitializer());
      Values.assertClose(s.fetchValue(precision.update()), new double[] {2 / 3.0, 1}, 1e-5);
      Values.assertClose(s.fetchValue(recall.update()), new double[] {1, 0.5, 0}, 1e-5);
      Values.assertClose(s.fetchValue(recall.value()), new double[] {1, 0.5, 0}, 1e-5);
    }
    assertThatThrownBy(() -> tf.metrics().recallAtThresholds(y, p))
        .hasMessageContaining("one threshold or more");
  }

  @Test
  void meanCosineDistance() {
    Metric m =
        tf.metrics()
            .weighted(new float[] {1, 3})
            .meanCosineDistance(new float[][] {{1, 0}, {0, 1}}, new float[][] {{1, 0}, {1, 0}}, 1);
    assertThat(once(m)).isCloseTo(0.75, within(1e-6));
  }

  @Test
  void meanTensor() {
    Metric m = tf.metrics().meanTensor(labels);
    Metric w = tf.metrics().weighted(weights).meanTensor(labels);
    try (Session s = new Session(tf.graph())) {
      s.run(tf.localVariablesInitializer());
      for (int i = 0; i < 2; i++) {
        s.feed(labels, LABELS[i]).feed(weights, WEIGHTS[i]).run(m.update(), w.update());
      }
      Values.assertClose(s.fetchValue(m.value()), new double[] {0.5, 0.5, 0.5}, 1e-6);
      Values.assertClose(s.fetchValue(w.value()), new double[] {0.5 / 1.5, 2 / 3.0, 0}, 1e-6);
    }
    assertThatThrownBy(() -> tf.metrics().meanTensor(tf.placeholder(DataType.FLOAT32, -1)))
        .hasMessageContaining("known shape");
  }

  @Test
  void recallAtK() {
    float[][] p = {{0.1f, 0.5f, 0.4f}, {0.8f, 0.1f, 0.1f}, {0.3f, 0.3f, 0.4f}};
    assertThat(once(tf.metrics().recallAtK(new int[] {2, 2, 2}, p, 1)))
        .isCloseTo(1 / 3.0, within(1e-6));
    assertThat(once(tf.metrics().recallAtK(new long[][] {{2}, {2}, {2}}, p, 2)))
        .isCloseTo(2 / 3.0, within(1e-6));
  }

  @Test
  void aLastDimensionOfOneIsSeenTo() {
    float[][] column = {{1}, {2}, {3}};
    float[] row = {1, 2, 5};
    Metrics m = tf.metrics();
    assertThat(once(m.accuracy(row, column))).isCloseTo(2 / 3.0, within(1e-6));
    assertThat(once(m.meanAbsoluteError(column, row))).isCloseTo(2 / 3.0, within(1e-6));
    assertThat(once(m.weighted(new float[][] {{0}, {0}, {1}}).mean(row))).isEqualTo(5);
    assertThat(once(m.weighted(new float[] {0, 0, 1}).mean(column))).isEqualTo(3);
    assertThat(once(m.weighted(2f).mean(column))).isEqualTo(2);
    assertThatThrownBy(() -> m.accuracy(row, new float[2]))
        .hasMessageContaining("must be of one shape, but are [3] and [2]");
    assertThatThrownBy(() -> m.weighted(new float[2]).mean(row))
        .hasMessageContaining("cannot weigh");
  }

  @Test
  void metricsAreNamedByTheirScopes() {
    Metric first = tf.metrics().mean(1f);
    Metric second = tf.metrics().mean(1f);
    Metric own = tf.metrics().name("loss").mean(1f);
    assertThat(first.value().name()).isEqualTo("mean/value:0");
    assertThat(second.update().name()).isEqualTo("mean_1/update_op:0");
    assertThat(own.value().name()).isEqualTo("loss/value:0");
    tf.metrics().precision(true, true);
    assertThat(tf.localVariables().stream().map(Variable::name))
        .containsExactly(
            "mean/total",
            "mean/count",
            "mean_1/total",
            "mean_1/count",
            "loss/total",
            "loss/count",
            "precision/true_positives/count",
            "precision/false_positives/count");
  }
}
