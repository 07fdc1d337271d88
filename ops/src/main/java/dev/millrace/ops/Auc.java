package dev.millrace.ops;

/**
 * A curve that thresholds draw, and how the area under it is summed up: a choice for {@link
 * Metrics#auc(Object, Object, Auc)}.
 *
 * @param curve which quantities are drawn against each other
 * @param summation how the area between two points is taken
 * @param count how many thresholds there are, evenly spread over [0, 1]; 2 or more
 */
public record Auc(Curve curve, Summation summation, int count) {
  private static final double OUTSIDE = 1e-7;
  private static final double EPSILON = 1e-6;

  /** The quantities of the axes. */
  public enum Curve {
    /** The part of the true labels that is found, over the part of the false ones that is too. */
    ROC,
    /** Precision over recall. */
    PR
  }

  /** How the area between two points is taken. */
  public enum Summation {
    /** By the straight line between them. */
    TRAPEZOIDAL,
    /**
     * Of the PR curve by interpolating the counts, of ROC by the straight line; Davis and Goadrich,
     * "The Relationship Between Precision-Recall and ROC Curves", 2006.
     */
    CAREFUL_INTERPOLATION,
    /** By the lower of the two. */
    MINORING,
    /** By the higher of the two. */
    MAJORING
  }

  /** Checks the number of thresholds. */
  public Auc {
    if (count < 2) {
      throw GraphApi.error("an area needs two thresholds or more, not " + count);
    }
  }

  /** The ROC curve, trapezoidal, of 200 thresholds. */
  public static Auc roc() {
    return new Auc(Curve.ROC, Summation.TRAPEZOIDAL, 200);
  }

  /** The precision-recall curve, carefully interpolated, of 200 thresholds. */
  public static Auc precisionRecall() {
    return new Auc(Curve.PR, Summation.CAREFUL_INTERPOLATION, 200);
  }

  /** The first and the last lie just outside [0, 1]. */
  double[] thresholds() {
    double[] r = new double[count];
    for (int i = 1; i < count - 1; i++) {
      r[i] = (double) i / (count - 1);
    }
    r[0] = -OUTSIDE;
    r[count - 1] = 1 + OUTSIDE;
    return r;
  }

  Tensor area(Ops tf, Counts c) {
    if (curve == Curve.PR && summation == Summation.CAREFUL_INTERPOLATION) {
      return interpolated(tf, c);
    }
    Tensor found = tf.add(c.truePositives(), EPSILON);
    Tensor recall = tf.div(found, tf.add(tf.add(c.truePositives(), c.falseNegatives()), EPSILON));
    Tensor other =
        curve == Curve.ROC
            ? tf.div(
                c.falsePositives(), tf.add(tf.add(c.falsePositives(), c.trueNegatives()), EPSILON))
            : tf.div(found, tf.add(tf.add(c.truePositives(), c.falsePositives()), EPSILON));
    Tensor x = curve == Curve.ROC ? other : recall;
    Tensor y = curve == Curve.ROC ? recall : other;
    Tensor height =
        switch (summation) {
          case MINORING -> tf.minimum(from(tf, y), to(tf, y));
          case MAJORING -> tf.maximum(from(tf, y), to(tf, y));
          default -> tf.div(tf.add(from(tf, y), to(tf, y)), 2);
        };
    return tf.reduceSum(tf.mul(tf.sub(from(tf, x), to(tf, x)), height));
  }

  private static Tensor from(Ops tf, Tensor x) {
    return tf.slice(x, Index.upTo(-1));
  }

  private static Tensor to(Ops tf, Tensor x) {
    return tf.slice(x, Index.from(1));
  }

  /**
   * Between two points the true positives are a line over all that is found; precision along it is
   * integrated over recall.
   */
  private static Tensor interpolated(Ops tf, Counts c) {
    Tensor tp = c.truePositives();
    Tensor all = tf.add(tp, c.falsePositives());
    Tensor difference = tf.sub(from(tf, tp), to(tf, tp));
    Tensor slope = tf.divNoNan(difference, tf.maximum(tf.sub(from(tf, all), to(tf, all)), 0));
    Tensor intercept = tf.sub(to(tf, tp), tf.mul(slope, to(tf, all)));
    Tensor both = tf.logicalAnd(tf.greater(from(tf, all), 0), tf.greater(to(tf, all), 0));
    Tensor ratio = tf.divNoNan(from(tf, all), tf.maximum(to(tf, all), 0));
    Tensor safe = tf.where(both, ratio, tf.onesLike(ratio));
    Tensor area = tf.mul(slope, tf.add(difference, tf.mul(intercept, tf.log(safe))));
    Tensor labels = tf.maximum(tf.add(to(tf, tp), to(tf, c.falseNegatives())), 0);
    return tf.reduceSum(tf.divNoNan(area, labels));
  }
}
