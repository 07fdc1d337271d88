package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The losses of a graph ({@link Ops#losses}): tf.losses. Each is weighted, reduced to a scalar, and
 * put into the collection LOSSES, of which {@link #totalLoss} is the sum. Weights, reduction and
 * collection are said before:
 *
 * <pre>{@code
 * Tensor loss = tf.losses().sparseSoftmaxCrossEntropy(labels, logits);
 * Tensor most = tf.losses().weighted(mask).reduction(Reduction.SUM).meanSquaredError(y, p);
 * }</pre>
 *
 * <p>Weights are a scalar, or of the losses' rank with each size 1 or the losses'. Without weights
 * every element counts 1; without a reduction it is {@link Reduction#SUM_BY_NONZERO_WEIGHTS}.
 * Losses are computed in float32, as in TensorFlow; the cross entropies in the logits' dtype.
 */
public final class Losses {
  private final Ops ops;
  private Object weights = 1.0;
  private Reduction reduction = Reduction.SUM_BY_NONZERO_WEIGHTS;
  private String collection = GraphKeys.LOSSES;
  private String scope;

  Losses(Ops ops) {
    this.ops = ops;
  }

  private Losses copy() {
    Losses r = new Losses(ops);
    r.weights = weights;
    r.reduction = reduction;
    r.collection = collection;
    r.scope = scope;
    return r;
  }

  /** The same with weights: a number, array or tensor. */
  public Losses weighted(Object weights) {
    Losses r = copy();
    r.weights = weights;
    return r;
  }

  /** The same with another reduction. */
  public Losses reduction(Reduction reduction) {
    Losses r = copy();
    r.reduction = reduction;
    return r;
  }

  /** The same into another collection; null for none. */
  public Losses collection(String key) {
    Losses r = copy();
    r.collection = key;
    return r;
  }

  /** The same under another name scope; null for the loss' own. */
  public Losses scope(String name) {
    Losses r = copy();
    r.scope = name;
    return r;
  }

  // ---- the losses

  /** {@code |predictions - labels|}. */
  public Tensor absoluteDifference(Object labels, Object predictions) {
    try (Scope s = open("absolute_difference")) {
      Pair p = floats(labels, predictions);
      return weigh(ops.abs(ops.sub(p.predictions, p.labels)));
    }
  }

  /** {@code (predictions - labels)²}. */
  public Tensor meanSquaredError(Object labels, Object predictions) {
    try (Scope s = open("mean_squared_error")) {
      Pair p = floats(labels, predictions);
      return weigh(ops.squaredDifference(p.predictions, p.labels));
    }
  }

  /** {@code 1 - sum(predictions * labels)} along {@code axis}, of vectors of length 1. */
  public Tensor cosineDistance(Object labels, Object predictions, int axis) {
    try (Scope s = open("cosine_distance_loss")) {
      Pair p = floats(labels, predictions);
      return weigh(ops.sub(1, ops.reduceSum(ops.mul(p.predictions, p.labels), true, axis)));
    }
  }

  /**
   * {@code max(0, 1 - y * logits)}, y being -1 for label 0 and 1 for label 1.
   *
   * @param labels 0 or 1, of the logits' shape
   * @param logits above 0 for a prediction of 1
   */
  public Tensor hingeLoss(Object labels, Object logits) {
    try (Scope s = open("hinge_loss")) {
      Pair p = floats(labels, logits);
      Tensor ones = ops.onesLike(p.labels);
      Tensor y = ops.sub(ops.mul(2, p.labels), ones);
      return weigh(ops.relu(ops.sub(ones, ops.mul(y, p.predictions))));
    }
  }

  /** {@link #huberLoss(Object, Object, double)} with a delta of 1. */
  public Tensor huberLoss(Object labels, Object predictions) {
    return huberLoss(labels, predictions, 1);
  }

  /**
   * {@code e² / 2} for an error e up to {@code delta}, beyond it {@code delta * (|e| - delta / 2)};
   * Huber, 1964.
   */
  public Tensor huberLoss(Object labels, Object predictions, double delta) {
    try (Scope s = open("huber_loss")) {
      Pair p = floats(labels, predictions);
      Tensor error = ops.abs(ops.sub(p.predictions, p.labels));
      Tensor quadratic = ops.minimum(error, delta);
      // Of the same value as max(error - delta, 0), but of gradient 0 at error == delta.
      Tensor linear = ops.sub(error, quadratic);
      Tensor half = ops.mul(0.5, ops.mul(quadratic, quadratic));
      return weigh(ops.add(half, ops.mul(delta, linear)));
    }
  }

  /** {@link #logLoss(Object, Object, double)} with an epsilon of 1e-7. */
  public Tensor logLoss(Object labels, Object predictions) {
    return logLoss(labels, predictions, 1e-7);
  }

  /**
   * {@code -y * log(p + epsilon) - (1 - y) * log(1 - p + epsilon)}.
   *
   * @param predictions probabilities p, in [0, 1]
   */
  public Tensor logLoss(Object labels, Object predictions, double epsilon) {
    try (Scope s = open("log_loss")) {
      Pair p = floats(labels, predictions);
      Tensor yes = ops.mul(p.labels, ops.log(ops.add(p.predictions, epsilon)));
      Tensor other = ops.log(ops.add(ops.sub(1, p.predictions), epsilon));
      return weigh(ops.sub(ops.neg(yes), ops.mul(ops.sub(1, p.labels), other)));
    }
  }

  /**
   * The mean, over all pairs of elements of an example, of the squared difference between the
   * predictions' difference and the labels', summed over the examples. The reduction has no part in
   * it.
   *
   * @param labels [batch, ...]
   * @param predictions of the labels' shape
   */
  public Tensor meanPairwiseSquaredError(Object labels, Object predictions) {
    try (Scope s = open("mean_pairwise_squared_error")) {
      Output w = ops.cast(ops.convert(weights, null, "weights"), DataType.FLOAT32).asOutput();
      Pair p = floats(labels, predictions);
      try (Scope c = ops.controlDependencies(Weights.check(ops, w, p.labels.asOutput()))) {
        Tensor diffs = ops.sub(p.predictions, p.labels);
        Tensor axes = ops.range(1, ops.rankTensor(diffs));
        Tensor squares = ops.reduceSum(ops.square(diffs), axes, true);
        Tensor n = ops.reduceSum(Weights.present(ops, w, diffs), axes, true);
        Tensor pairs = ops.maximum(ops.mul(n, ops.sub(n, 1)), 0);
        Tensor own = ops.mul(2, ops.divNoNan(squares, ops.maximum(ops.sub(n, 1), 0)));
        Tensor sum = ops.reduceSum(diffs, axes, true);
        Tensor mixed = ops.mul(2, ops.divNoNan(ops.square(sum), pairs));
        Tensor loss = ops.reduceSum(ops.mul(ops.sub(own, mixed), w));
        Tensor any = ops.greater(ops.reduceSum(n), 0);
        return added(ops.node("Select", "value", any, loss, ops.zerosLike(loss)));
      }
    }
  }

  /** {@link #sigmoidCrossEntropy(Object, Object, double)} without smoothing. */
  public Tensor sigmoidCrossEntropy(Object labels, Object logits) {
    return sigmoidCrossEntropy(labels, logits, 0);
  }

  /**
   * {@link Ops#sigmoidCrossEntropyWithLogits}.
   *
   * @param labels 0 or 1, of the logits' shape, of any dtype
   * @param labelSmoothing how far labels are drawn towards 1/2, in [0, 1)
   */
  public Tensor sigmoidCrossEntropy(Object labels, Object logits, double labelSmoothing) {
    try (Scope s = open("sigmoid_cross_entropy_loss")) {
      Output x = ops.convert(logits, null, "logits");
      Tensor y = smoothable(labels, x);
      if (labelSmoothing > 0) {
        y = ops.add(ops.mul(y, 1 - labelSmoothing), 0.5 * labelSmoothing);
      }
      return weigh(ops.sigmoidCrossEntropyWithLogits(y, x));
    }
  }

  /** {@link #softmaxCrossEntropy(Object, Object, double)} without smoothing. */
  public Tensor softmaxCrossEntropy(Object labels, Object logits) {
    return softmaxCrossEntropy(labels, logits, 0);
  }

  /**
   * The cross entropy of the logits' softmax against distributions; the labels get no gradient.
   *
   * @param labels [..., classes], as one-hot vectors, of any dtype
   * @param logits [..., classes], unscaled
   * @param labelSmoothing how far labels are drawn towards 1/classes, in [0, 1)
   */
  public Tensor softmaxCrossEntropy(Object labels, Object logits, double labelSmoothing) {
    try (Scope s = open("softmax_cross_entropy_loss")) {
      Output x = ops.convert(logits, null, "logits");
      Tensor y = smoothable(labels, x);
      if (labelSmoothing > 0) {
        Tensor classes = ops.cast(ops.get(ops.shapeTensor(y), -1), x.dtype());
        Tensor others = ops.div(labelSmoothing, classes);
        y = ops.add(ops.mul(y, 1 - labelSmoothing), others);
      }
      Tensor fixed = ops.node("StopGradient", "labels_stop_gradient", y);
      return weigh(ops.softmaxCrossEntropyWithLogitsV2(fixed, x));
    }
  }

  /**
   * The cross entropy of the logits' softmax against classes ({@link
   * Ops#sparseSoftmaxCrossEntropyWithLogits}).
   *
   * @param labels [...], int32 or int64; a last dimension of size 1 too many is left out, of
   *     weights too
   * @param logits [..., classes], unscaled
   */
  public Tensor sparseSoftmaxCrossEntropy(Object labels, Object logits) {
    try (Scope s = open("sparse_softmax_cross_entropy_loss")) {
      Output y = ops.convert(labels, null, "labels");
      Output x = ops.convert(logits, null, "logits");
      Output w = ops.convert(weights, null, "weights");
      Output[] fit = Squeezing.fit(ops, y, x, 1);
      Output fitted = w;
      if (fit[0].shape().hasRank() && w.shape().rank() == fit[0].shape().rank() + 1) {
        fitted = ops.squeeze(w, -1).asOutput();
      }
      Tensor each = ops.sparseSoftmaxCrossEntropyWithLogits(fit[0], fit[1]);
      return weighted(fitted).weigh(each);
    }
  }

  /** Losses per element of one's own, weighted and reduced as all of these are. */
  public Tensor computeWeightedLoss(Object losses) {
    try (Scope s = open("weighted_loss")) {
      return weigh(ops.tensor(ops.convert(losses, null, "losses")));
    }
  }

  // ---- what they have in common

  private Scope open(String name) {
    return ops.scope(scope == null ? name : scope);
  }

  /** Labels and predictions of one shape, float32. */
  private record Pair(Tensor labels, Tensor predictions) {}

  private Pair floats(Object labels, Object predictions) {
    Tensor p = ops.cast(ops.convert(predictions, null, "predictions"), DataType.FLOAT32);
    Tensor l = ops.cast(ops.convert(labels, null, "labels"), DataType.FLOAT32);
    checkShapes(l.shape(), p.shape());
    return new Pair(l, p);
  }

  private static void checkShapes(Shape labels, Shape predictions) {
    if (!labels.isCompatibleWith(predictions)) {
      throw GraphApi.error(
          "labels and predictions must be of one shape, but are " + labels + " and " + predictions);
    }
  }

  private Tensor smoothable(Object labels, Output logits) {
    Tensor y = ops.cast(ops.convert(labels, null, "labels"), logits.dtype());
    checkShapes(y.shape(), logits.shape());
    return y;
  }

  private Tensor weigh(Tensor losses) {
    Output given = ops.convert(weights, null, "weights");
    try (Scope c = ops.controlDependencies(Weights.check(ops, given, losses.asOutput()))) {
      Tensor each = ops.cast(losses, DataType.FLOAT32);
      Tensor w = ops.cast(given, DataType.FLOAT32);
      Tensor product = ops.mul(each, w);
      Tensor loss = reduction == Reduction.NONE ? product : reduced(each, w, product);
      return added(ops.cast(loss, losses.dtype()));
    }
  }

  private Tensor reduced(Tensor each, Tensor w, Tensor product) {
    Tensor sum = ops.reduceSum(product);
    return switch (reduction) {
      case MEAN -> mean(sum, ops.reduceSum(ops.mul(ops.onesLike(each), w)));
      case SUM_OVER_BATCH_SIZE -> mean(sum, ops.cast(ops.sizeTensor(each), DataType.FLOAT32));
      case SUM_BY_NONZERO_WEIGHTS ->
          mean(sum, ops.reduceSum(Weights.present(ops, w.asOutput(), each)));
      default -> sum;
    };
  }

  /** 0 where nothing is present. */
  private Tensor mean(Tensor sum, Tensor n) {
    return ops.node("DivNoNan", "value", sum, n);
  }

  private Tensor added(Tensor loss) {
    if (collection != null) {
      ops.graph().addToCollection(collection, loss);
    }
    return loss;
  }

  // ---- the collections

  /** Puts a loss into the collection. */
  public void addLoss(Tensor loss) {
    added(loss);
  }

  /** The losses so far, in order. */
  public List<Tensor> losses() {
    return collected(collection, null);
  }

  /** The losses made in the name scope {@code scope}. */
  public List<Tensor> losses(String scope) {
    return collected(collection, scope);
  }

  /** The losses that regularizers made. */
  public List<Tensor> regularizationLosses() {
    return collected(GraphKeys.REGULARIZATION_LOSSES, null);
  }

  /** The losses that regularizers made in the name scope {@code scope}. */
  public List<Tensor> regularizationLosses(String scope) {
    return collected(GraphKeys.REGULARIZATION_LOSSES, scope);
  }

  private List<Tensor> collected(String key, String scope) {
    if (key == null) {
      throw GraphApi.error("these losses go to no collection");
    }
    String prefix = scope == null ? "" : Pattern.quote(scope);
    return ops.graph().collection(key, prefix).stream()
        .filter(Tensor.class::isInstance)
        .map(Tensor.class::cast)
        .toList();
  }

  /** The sum of the regularization losses; 0 where there are none. */
  public Tensor regularizationLoss() {
    List<Tensor> all = regularizationLosses();
    return all.isEmpty() ? ops.constant(0f) : named("total_regularization_loss", all);
  }

  /** The sum of the losses, those of regularizers included. */
  public Tensor totalLoss() {
    return totalLoss(true);
  }

  /**
   * The sum of the losses, with or without those of regularizers.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if there are none
   */
  public Tensor totalLoss(boolean regularization) {
    List<Tensor> all = new ArrayList<>(losses());
    if (regularization) {
      all.addAll(regularizationLosses());
    }
    if (all.isEmpty()) {
      throw GraphApi.error("there are no losses in the collection '" + collection + "' to add up");
    }
    return named("total_loss", all);
  }

  private Tensor named(String name, List<Tensor> all) {
    return all.size() == 1 ? all.get(0).as(name) : ops.node("AddN", name, all);
  }
}
