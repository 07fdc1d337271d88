package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;

/** Counts, batch by batch, of what predictions above each of several thresholds get right. */
final class Thresholds {
  private final Counts counts;
  private final Counts updates;

  Thresholds(Metrics metrics, Object labels, Object predictions, double[] thresholds) {
    Ops tf = metrics.ops();
    if (thresholds.length == 0) {
      throw GraphApi.error("there must be one threshold or more");
    }
    Output p = tf.cast(tf.convert(predictions, null, "predictions"), DataType.FLOAT32).asOutput();
    Output y = tf.cast(tf.convert(labels, null, "labels"), DataType.BOOL).asOutput();
    Output[] fit = Squeezing.fit(tf, y, p, 0);
    Metrics.checkShapes(fit);
    try (Scope wait =
        tf.controlDependencies(
            tf.assertGreaterEqual(p, 0, "predictions must be in [0, 1]"),
            tf.assertLessEqual(p, 1, "predictions must be in [0, 1]"))) {
      Tensor row = tf.reshape(fit[1], 1, -1);
      Tensor limits = tf.reshape(tf.constant(thresholds, DataType.FLOAT32), -1, 1);
      Tensor yes = tf.greater(row, limits);
      Tensor is = tf.logicalAnd(tf.reshape(fit[0], 1, -1), tf.onesLike(yes));
      Tensor weights = null;
      if (metrics.weights() != null) {
        weights = tf.reshape(metrics.weightsFor(tf.tensor(fit[1])), 1, -1);
      }
      Count tp = new Count(metrics, "true_positives", tf.logicalAnd(is, yes), weights);
      Count fn =
          new Count(metrics, "false_negatives", tf.logicalAnd(is, tf.logicalNot(yes)), weights);
      Tensor not = tf.logicalNot(is);
      Count tn =
          new Count(metrics, "true_negatives", tf.logicalAnd(not, tf.logicalNot(yes)), weights);
      Count fp = new Count(metrics, "false_positives", tf.logicalAnd(not, yes), weights);
      counts = new Counts(tp.value, fn.value, tn.value, fp.value);
      updates = new Counts(tp.update, fn.update, tn.update, fp.update);
    }
  }

  /** A count for each threshold. */
  private static final class Count {
    private final Tensor value;
    private final Tensor update;

    Count(Metrics metrics, String name, Tensor is, Tensor weights) {
      Ops tf = metrics.ops();
      Variable v = metrics.counter(name, DataType.FLOAT32, is.shape().dim(0));
      Tensor each = tf.cast(is, DataType.FLOAT32);
      Tensor sum = tf.reduceSum(weights == null ? each : tf.mul(each, weights), 1);
      value = v.value();
      update = v.assignAdd(sum).value();
    }
  }

  /** The counts so far. */
  Counts counts() {
    return counts;
  }

  /** The counts with the current batch. */
  Counts updates() {
    return updates;
  }
}
