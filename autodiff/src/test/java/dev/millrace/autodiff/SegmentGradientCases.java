package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.hidden;
import static dev.millrace.autodiff.MathGradientCases.op;

import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of the gradient check for reductions over segments. No segment of an extreme is empty:
 * the most distant number that it then has drowns every difference.
 */
final class SegmentGradientCases {
  private SegmentGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    for (String how : new String[] {"Sum", "Mean", "Prod", "Min", "Max"}) {
      String type = "Segment" + how;
      r.add(row(type).distinct(5, 2).with((tf, x) -> sorted(tf, type, x)));
      r.add(row(type, "of a vector").distinct(5).with((tf, x) -> sorted(tf, type, x)));
    }
    for (String how : new String[] {"Sum", "Prod", "Min", "Max"}) {
      String type = "UnsortedSegment" + how;
      r.add(row(type).distinct(5, 2).with((tf, x) -> unsorted(tf, type, x)));
      r.add(row(type, "of a vector").distinct(5).with((tf, x) -> unsorted(tf, type, x)));
      r.add(
          row(type, "of matrices")
              .distinct(2, 3, 2)
              .with(
                  (tf, x) ->
                      op(
                          tf,
                          type,
                          x.get(0),
                          tf.constant(new int[][] {{1, -1, 0}, {1, 1, 2}}),
                          hidden(tf, 3).reshape(Shape.scalar()))));
    }
    r.add(
        row("SegmentProd", "with zeros")
            .values(Shape.of(6), 0, 2, 3, 0, 0, 4)
            .with((tf, x) -> op(tf, "SegmentProd", x.get(0), ids(tf, 0, 0, 0, 1, 1, 1)))
            .firstOrderOnly());
    r.add(
        row("UnsortedSegmentProd", "with zeros")
            .values(Shape.of(6), 0, 2, 3, 0, 0, 4)
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "UnsortedSegmentProd",
                        x.get(0),
                        ids(tf, 1, 1, -2, 0, 0, 0),
                        tf.constant(2)))
            .firstOrderOnly());
    picked(r);
    return r;
  }

  private static void picked(List<GradientCase> r) {
    for (String how : new String[] {"Sum", "Mean", "SqrtN"}) {
      String type = "SparseSegment" + how;
      r.add(
          row(type)
              .any(4, 2)
              .with((tf, x) -> op(tf, type, x.get(0), ids(tf, 3, 0, 3, 1), ids(tf, 0, 0, 2, 2))));
      String counted = type + "WithNumSegments";
      r.add(
          row(counted)
              .any(4, 2)
              .with(
                  (tf, x) ->
                      op(
                          tf,
                          counted,
                          x.get(0),
                          ids(tf, 3, 0, 3, 1),
                          ids(tf, 0, 0, 2, 2),
                          tf.constant(5))));
      if (!how.equals("Sum")) {
        r.add(
            row(type + "Grad")
                .any(3, 2)
                .with(
                    (tf, x) ->
                        op(
                            tf,
                            type + "Grad",
                            x.get(0),
                            ids(tf, 3, 0, 3, 1),
                            ids(tf, 0, 0, 2, 2),
                            tf.constant(5))));
      }
    }
  }

  private static Tensor ids(Ops tf, int... ids) {
    return tf.constant(ids);
  }

  private static Tensor sorted(Ops tf, String type, List<Tensor> x) {
    return op(tf, type, x.get(0), ids(tf, 0, 0, 0, 2, 2));
  }

  private static Tensor unsorted(Ops tf, String type, List<Tensor> x) {
    return op(tf, type, x.get(0), ids(tf, 1, 0, -1, 1, 1), tf.constant(2));
  }
}
