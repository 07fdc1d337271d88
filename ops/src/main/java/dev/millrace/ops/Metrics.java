package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Metrics that are computed batch by batch ({@link Ops#metrics}): tf.metrics. Each keeps counts in
 * local variables, which {@link Ops#localVariablesInitializer} sets to 0: before the first batch,
 * and before each new evaluation.
 *
 * <pre>{@code
 * Metric accuracy = tf.metrics().accuracy(labels, predictions);
 * session.run(tf.localVariablesInitializer());
 * for (...) session.feed(...).run(accuracy.update());
 * session.fetch(accuracy.value());
 * }</pre>
 *
 * <p>Weights are said before, by {@link #weighted}: a scalar, or of the values' rank with each size
 * 1 or the values'; a last dimension of size 1 that is too many or missing is seen to.
 */
public final class Metrics {
  private final Ops ops;
  private Object weights;
  private String name;

  Metrics(Ops ops) {
    this.ops = ops;
  }

  /** The same with weights; an element of weight 0 does not count. */
  public Metrics weighted(Object weights) {
    Metrics r = new Metrics(ops);
    r.weights = weights;
    r.name = name;
    return r;
  }

  /** The same in the variable scope {@code name}; null for the metric's own, made unique. */
  public Metrics name(String name) {
    Metrics r = new Metrics(ops);
    r.weights = weights;
    r.name = name;
    return r;
  }

  // ---- means

  /** The mean of {@code values}. */
  public Metric mean(Object values) {
    return mean("mean", ops.tensor(ops.convert(values, null, "values")));
  }

  private Metric mean(String kind, Tensor values) {
    try (VariableScope s = open(kind)) {
      Tensor x = ops.cast(values, DataType.FLOAT32);
      Variable total = counter("total", DataType.FLOAT32);
      Variable count = counter("count", DataType.FLOAT32);
      Tensor number;
      if (weights == null) {
        number = ops.cast(ops.sizeTensor(x), DataType.FLOAT32);
      } else {
        Tensor w = weightsFor(x);
        x = ops.mul(x, w);
        number = ops.reduceSum(w);
      }
      Assigned sum = total.assignAdd(ops.reduceSum(x));
      Assigned n = count.assignAdd(number);
      return new Metric(
          ops.node("DivNoNan", "value", total.value(), ops.maximum(count.value(), 0)),
          ops.node("DivNoNan", "update_op", sum.value(), ops.maximum(n.value(), 0)));
    }
  }

  /** The mean of each element of {@code values}, which are of one known shape in all batches. */
  public Metric meanTensor(Object values) {
    try (VariableScope s = open("mean")) {
      Tensor x = ops.cast(ops.convert(values, null, "values"), DataType.FLOAT32);
      if (!x.shape().isFullyDefined()) {
        throw GraphApi.error("meanTensor needs values of known shape, not " + x.shape());
      }
      Variable total = counter("total_tensor", DataType.FLOAT32, x.shape().dims());
      Variable count = counter("count_tensor", DataType.FLOAT32, x.shape().dims());
      Tensor number = ops.onesLike(x);
      if (weights != null) {
        number = weightsFor(x);
        x = ops.mul(x, number);
      }
      Tensor sum = total.assignAdd(x).value();
      Tensor n = count.assignAdd(number).value();
      return new Metric(
          ops.node("DivNoNan", "value", total.value(), ops.maximum(count.value(), 0)),
          ops.node("DivNoNan", "update_op", sum, ops.maximum(n, 0)));
    }
  }

  /** The part of the predictions that equals the labels. */
  public Metric accuracy(Object labels, Object predictions) {
    Output y = ops.convert(labels, null, "labels");
    Output p = ops.convert(predictions, null, "predictions");
    Output[] fit = Squeezing.fit(ops, y, p, 0);
    checkShapes(fit);
    Tensor same = ops.equal(ops.cast(fit[1], y.dtype()), fit[0]);
    return mean("accuracy", ops.cast(same, DataType.FLOAT32));
  }

  /** The mean of {@code |predictions - labels|}. */
  public Metric meanAbsoluteError(Object labels, Object predictions) {
    Output[] fit = floats(labels, predictions);
    return mean("mean_absolute_error", ops.abs(ops.sub(fit[1], fit[0])));
  }

  /** The mean of {@code (predictions - labels)²}. */
  public Metric meanSquaredError(Object labels, Object predictions) {
    Output[] fit = floats(labels, predictions);
    return mean("mean_squared_error", ops.squaredDifference(fit[1], fit[0]));
  }

  /** The root of {@link #meanSquaredError}. */
  public Metric rootMeanSquaredError(Object labels, Object predictions) {
    Output[] fit = floats(labels, predictions);
    Tensor squares = ops.squaredDifference(fit[1], fit[0]);
    return then(mean("root_mean_squared_error", squares), ops::sqrt);
  }

  /** The mean of {@code |predictions - labels| / normalizer}, 0 where the normalizer is. */
  public Metric meanRelativeError(Object labels, Object predictions, Object normalizer) {
    Output[] fit = floats(labels, predictions);
    Tensor n = ops.cast(ops.convert(normalizer, null, "normalizer"), DataType.FLOAT32);
    checkShapes(fit[0], n.asOutput());
    Tensor error = ops.divNoNan(ops.abs(ops.sub(fit[0], fit[1])), n);
    return mean("mean_relative_error", error);
  }

  /** One less the mean of {@code sum(predictions * labels)} along {@code axis}. */
  public Metric meanCosineDistance(Object labels, Object predictions, int axis) {
    Output[] fit = floats(labels, predictions);
    Tensor cosine = ops.reduceSum(ops.mul(fit[1], fit[0]), true, axis);
    return then(mean("mean_cosine_distance", cosine), x -> ops.sub(1, x));
  }

  /** The part of {@code values} below {@code threshold}. */
  public Metric percentageBelow(Object values, double threshold) {
    Output x = ops.convert(values, null, "values");
    Tensor below = ops.cast(ops.less(x, threshold), DataType.FLOAT32);
    return mean("percentage_below_threshold", below);
  }

  /**
   * The part of the examples whose label is among the k highest predictions.
   *
   * @param labels [batch] or [batch, 1], a class each
   * @param predictions [batch, classes]
   */
  public Metric recallAtK(Object labels, Object predictions, int k) {
    Output p = ops.convert(predictions, null, "predictions");
    Tensor y = ops.cast(ops.convert(labels, null, "labels"), DataType.INT32);
    Tensor column = y.shape().rank() == 1 ? ops.expandDims(y, -1) : y;
    Tensor hit = ops.reduceAny(ops.equal(ops.topK(p, k).get(1), column), -1);
    return mean("recall_at_" + k, ops.cast(hit, DataType.FLOAT32));
  }

  private static Metric then(Metric m, UnaryOperator<Tensor> f) {
    return new Metric(f.apply(m.value()), f.apply(m.update()));
  }

  // ---- counts of right and wrong answers to yes or no

  /** How often label and prediction are both true; other dtypes than bool are true if not 0. */
  public Metric truePositives(Object labels, Object predictions) {
    return count("true_positives", labels, predictions, true, true);
  }

  /** How often the label is true and the prediction is not. */
  public Metric falseNegatives(Object labels, Object predictions) {
    return count("false_negatives", labels, predictions, true, false);
  }

  /** How often the prediction is true and the label is not. */
  public Metric falsePositives(Object labels, Object predictions) {
    return count("false_positives", labels, predictions, false, true);
  }

  /** How often neither is true. */
  public Metric trueNegatives(Object labels, Object predictions) {
    return count("true_negatives", labels, predictions, false, false);
  }

  private Metric count(String kind, Object labels, Object predictions, boolean y, boolean p) {
    try (VariableScope s = open(kind)) {
      Output[] fit =
          Squeezing.fit(
              ops,
              ops.cast(ops.convert(labels, null, "labels"), DataType.BOOL).asOutput(),
              ops.cast(ops.convert(predictions, null, "predictions"), DataType.BOOL).asOutput(),
              0);
      checkShapes(fit);
      Tensor label = y ? ops.tensor(fit[0]) : ops.logicalNot(fit[0]);
      Tensor prediction = p ? ops.tensor(fit[1]) : ops.logicalNot(fit[1]);
      Tensor is = ops.cast(ops.logicalAnd(label, prediction), DataType.FLOAT32);
      Variable count = counter("count", DataType.FLOAT32);
      if (weights != null) {
        is = ops.mul(is, weightsFor(is));
      }
      Tensor update = count.assignAdd(ops.reduceSum(is)).value();
      return new Metric(ops.identity(count), update);
    }
  }

  /** The part of the true predictions whose label is true; 0 where there are none. */
  public Metric precision(Object labels, Object predictions) {
    return share("precision", Metrics::falsePositives, labels, predictions);
  }

  /** The part of the true labels that is predicted; 0 where there are none. */
  public Metric recall(Object labels, Object predictions) {
    return share("recall", Metrics::falseNegatives, labels, predictions);
  }

  @FunctionalInterface
  private interface Counting {
    Metric of(Metrics metrics, Object labels, Object predictions);
  }

  private Metric share(String kind, Counting wrong, Object labels, Object predictions) {
    try (VariableScope s = open(kind)) {
      Metrics inner = name(null);
      Metric hits = inner.truePositives(labels, predictions);
      Metric misses = wrong.of(inner, labels, predictions);
      return new Metric(
          shareOf(hits.value(), misses.value(), "value"),
          shareOf(hits.update(), misses.update(), "update_op"));
    }
  }

  /** TensorFlow divides and selects; a division that gives 0 for 0 is the same. */
  private Tensor shareOf(Tensor some, Tensor others, String name) {
    return ops.node("DivNoNan", name, some, ops.add(some, others));
  }

  /** {@link #auc(Object, Object, Auc)} under the ROC curve, of 200 thresholds. */
  public Metric auc(Object labels, Object predictions) {
    return auc(labels, predictions, Auc.roc());
  }

  /**
   * The area under a curve that thresholds for the predictions draw.
   *
   * @param labels true or not, of the predictions' shape
   * @param predictions numbers in [0, 1]; others fail when run
   */
  public Metric auc(Object labels, Object predictions, Auc curve) {
    try (VariableScope s = open("auc")) {
      Thresholds t = new Thresholds(this, labels, predictions, curve.thresholds());
      return new Metric(curve.area(ops, t.counts()), curve.area(ops, t.updates()));
    }
  }

  /**
   * Precision for predictions above each of the thresholds: of shape [thresholds].
   *
   * @param predictions numbers in [0, 1]; others fail when run
   */
  public Metric precisionAtThresholds(Object labels, Object predictions, double... thresholds) {
    return at("precision_at_thresholds", labels, predictions, thresholds, Counts::falsePositives);
  }

  /** Recall for predictions above each of the thresholds; see {@link #precisionAtThresholds}. */
  public Metric recallAtThresholds(Object labels, Object predictions, double... thresholds) {
    return at("recall_at_thresholds", labels, predictions, thresholds, Counts::falseNegatives);
  }

  private Metric at(
      String kind,
      Object labels,
      Object predictions,
      double[] thresholds,
      Function<Counts, Tensor> wrong) {
    try (VariableScope s = open(kind)) {
      Thresholds t = new Thresholds(this, labels, predictions, thresholds);
      BinaryOperator<Tensor> share =
          (hits, misses) -> ops.div(hits, ops.add(ops.add(hits, misses), 1e-7));
      return new Metric(
          share.apply(t.counts().truePositives(), wrong.apply(t.counts())),
          share.apply(t.updates().truePositives(), wrong.apply(t.updates())));
    }
  }

  // ---- classes

  /**
   * The accuracy of each class, averaged; a class that has not come yet counts as 0.
   *
   * @param labels classes in [0, classes), of any shape
   * @param predictions classes, of the labels' shape
   */
  public Metric meanPerClassAccuracy(Object labels, Object predictions, int classes) {
    try (VariableScope s = open("mean_accuracy")) {
      Tensor y = ops.reshape(ops.cast(ops.convert(labels, null, "labels"), DataType.INT64), -1);
      Tensor p =
          ops.reshape(ops.cast(ops.convert(predictions, null, "predictions"), DataType.INT64), -1);
      checkShapes(y.asOutput(), p.asOutput());
      Variable total = counter("total", DataType.FLOAT32, classes);
      Variable count = counter("count", DataType.FLOAT32, classes);
      Tensor each = ops.onesLike(y, DataType.FLOAT32);
      if (weights != null) {
        Tensor w = ops.cast(ops.convert(weights, null, "weights"), DataType.FLOAT32);
        each = ops.mul(each, w.shape().rank() == 0 ? w : ops.reshape(w, -1));
      }
      Tensor right = ops.mul(each, ops.cast(ops.equal(y, p), DataType.FLOAT32));
      Tensor all = total.assignAdd(ops.unsortedSegmentSum(each, y, classes)).value();
      Tensor hits = count.assignAdd(ops.unsortedSegmentSum(right, y, classes)).value();
      return new Metric(
          ops.reduceMean(ops.divNoNan(count, ops.maximum(total.value(), 0))).as("value"),
          ops.reduceMean(ops.divNoNan(hits, ops.maximum(all, 0))).as("update_op"));
    }
  }

  /**
   * For each class, how many were labelled and predicted so, divided by how many were labelled or
   * predicted so; averaged over the classes that came.
   *
   * @param labels classes in [0, classes), of any shape
   * @param predictions classes in [0, classes), of the labels' shape
   */
  public Metric meanIou(Object labels, Object predictions, int classes) {
    try (VariableScope s = open("mean_iou")) {
      Tensor y = ops.reshape(ops.convert(labels, null, "labels"), -1);
      Tensor p = ops.reshape(ops.convert(predictions, null, "predictions"), -1);
      checkShapes(y.asOutput(), p.asOutput());
      Object w = weights == null ? null : ops.reshape(ops.convert(weights, null, "weights"), -1);
      Variable matrix = counter("total_confusion_matrix", DataType.FLOAT64, classes, classes);
      Tensor batch = ops.confusionMatrix(y, p, classes, DataType.FLOAT64, w);
      Tensor update = matrix.assignAdd(batch).value();
      return new Metric(iou(matrix.value(), classes), iou(update, classes));
    }
  }

  private Tensor iou(Tensor matrix, int classes) {
    Tensor unit = ops.eye(classes, classes, DataType.FLOAT64);
    Tensor both = ops.cast(ops.reduceSum(ops.mul(matrix, unit), 0), DataType.FLOAT32);
    Tensor predicted = ops.cast(ops.reduceSum(matrix, 0), DataType.FLOAT32);
    Tensor labelled = ops.cast(ops.reduceSum(matrix, 1), DataType.FLOAT32);
    Tensor either = ops.sub(ops.add(predicted, labelled), both);
    Tensor came = ops.reduceSum(ops.cast(ops.notEqual(either, 0), DataType.FLOAT32));
    return ops.divNoNan(ops.reduceSum(ops.divNoNan(both, either)), came);
  }

  // ---- what they have in common

  private VariableScope open(String kind) {
    return ops.variableScope(name, kind);
  }

  Ops ops() {
    return ops;
  }

  Object weights() {
    return weights;
  }

  /** A local variable that begins at 0, named by the name scope. */
  Variable counter(String name, DataType dtype, long... dims) {
    return ops.newVariable(name)
        .initializer(Initializers.zeros())
        .dtype(dtype)
        .shape(dims)
        .trainable(false)
        .collections(GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES)
        .build();
  }

  /** The weights of {@code values}, in their shape. */
  Tensor weightsFor(Tensor values) {
    Tensor w = ops.cast(ops.convert(weights, null, "weights"), DataType.FLOAT32);
    Shape v = values.shape();
    if (w.shape().rank() > 0 && v.hasRank()) {
      int more = w.shape().rank() - v.rank();
      w = more == 1 ? ops.squeeze(w, -1) : more == -1 ? ops.expandDims(w, -1) : w;
    }
    return Weights.broadcast(ops, w.asOutput(), values);
  }

  private Output[] floats(Object labels, Object predictions) {
    Output[] fit =
        Squeezing.fit(
            ops,
            ops.cast(ops.convert(labels, null, "labels"), DataType.FLOAT32).asOutput(),
            ops.cast(ops.convert(predictions, null, "predictions"), DataType.FLOAT32).asOutput(),
            0);
    checkShapes(fit);
    return fit;
  }

  static void checkShapes(Output... xs) {
    if (!xs[0].shape().isCompatibleWith(xs[1].shape())) {
      throw GraphApi.error(
          "labels and predictions must be of one shape, but are "
              + String.join(" and ", Arrays.stream(xs).map(x -> x.shape().toString()).toList()));
    }
  }
}
