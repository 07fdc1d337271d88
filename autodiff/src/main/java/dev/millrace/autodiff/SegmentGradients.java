package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of reductions over segments: every row gets what came for its segment. */
final class SegmentGradients {
  private SegmentGradients() {}

  static void register(GradientRegistry r) {
    r.add("SegmentSum", Rules.of((c, g) -> g.gather(c.y()), NONE));
    r.add("SegmentMean", Rules.of(SegmentGradients::mean, NONE));
    r.add("UnsortedSegmentSum", Rules.of((c, g) -> new Segments(c).rows(g), NONE, NONE));
    for (String type : new String[] {"Min", "Max"}) {
      r.add("Segment" + type, Rules.of(SegmentGradients::extreme, NONE));
      r.add("UnsortedSegment" + type, Rules.of(SegmentGradients::extreme, NONE, NONE));
    }
    r.add("SegmentProd", Rules.of(SegmentGradients::product, NONE));
    r.add("UnsortedSegmentProd", Rules.of(SegmentGradients::product, NONE, NONE));
    r.add("SparseSegmentSum", Rules.of(SegmentGradients::pickedSum, NONE, NONE));
    r.add(
        "SparseSegmentSumWithNumSegments", Rules.of(SegmentGradients::pickedSum, NONE, NONE, NONE));
    for (String how : new String[] {"Mean", "SqrtN"}) {
      Rules.Rule rule = (c, g) -> spread("SparseSegment" + how + "Grad", c, g);
      r.add("SparseSegment" + how, Rules.of(rule, NONE, NONE));
      r.add("SparseSegment" + how + "WithNumSegments", Rules.of(rule, NONE, NONE, NONE));
      r.add(
          "SparseSegment" + how + "Grad",
          Rules.of(
              (c, g) ->
                  Build.op(
                      c.tf(),
                      "SparseSegment" + how + "WithNumSegments",
                      g,
                      c.y(),
                      c.input(2),
                      firstDim(c.x())),
              NONE,
              NONE,
              NONE));
    }
    r.notDifferentiable("Bincount", "TensorFlow takes counts as constants");
  }

  /** The number of rows, an int32 scalar. */
  private static Tensor firstDim(Tensor t) {
    return Build.op(
            t.ops(),
            "Slice",
            Shapes.of(t),
            t.ops().constant(new int[] {0}),
            t.ops().constant(new int[] {1}))
        .reshape(Shape.scalar());
  }

  private static Tensor pickedSum(GradientContext c, Tensor g) {
    return Build.op(c.tf(), "UnsortedSegmentSum", g.gather(c.input(2)), c.y(), firstDim(c.x()));
  }

  private static Tensor spread(String type, GradientContext c, Tensor g) {
    return Build.op(c.tf(), type, g, c.y(), c.input(2), firstDim(c.x()));
  }

  private static Tensor mean(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor ones = c.y().onesLike().cast(g.dtype());
    Tensor count = stretched(Build.op(tf, "SegmentSum", ones, c.y()), g);
    return g.div(count).gather(c.y());
  }

  /** Divided equally among all rows that have the extreme. */
  private static Tensor extreme(GradientContext c, Tensor g) {
    Segments s = new Segments(c);
    Tensor chosen = c.x().equal(s.clipped(c.out()));
    if (s.kept != null) {
      chosen = chosen.logicalAnd(stretched(s.kept, c.x()));
    }
    Tensor count = s.sum(chosen.cast(g.dtype()));
    return c.tf().where(chosen, s.clipped(g.div(count)), c.x().zerosLike());
  }

  /**
   * The product of all other rows: the whole product divided by the row, or where that is 0, the
   * product of those that are not. Where two are 0, nothing is left.
   */
  private static Tensor product(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Segments s = new Segments(c);
    Tensor zero = c.x().equal(c.x().zerosLike());
    Tensor zeros = s.sum(zero.cast(DataType.INT32));
    Tensor left = tf.where(zeros.greater(1), g.zerosLike(), g);
    Tensor others = s.prod(tf.where(zero, c.x().onesLike(), c.x()));
    Tensor divided = s.clipped(c.out()).div(tf.where(zero, c.x().onesLike(), c.x()));
    return s.rows(left).mul(tf.where(zero, s.clipped(others), divided));
  }

  /** {@code t} with dimensions of 1 behind its own, as many as {@code like} has more. */
  private static Tensor stretched(Tensor t, Tensor like) {
    Ops tf = t.ops();
    if (t.shape().hasRank() && like.shape().hasRank() && t.shape().rank() == like.shape().rank()) {
      return t;
    }
    Tensor more = like.rankTensor().sub(t.rankTensor()).expandDims(0);
    Tensor ones = Build.op(tf, "Fill", more, tf.constant(1));
    return t.reshape(tf.concat(List.of(t.shapeTensor(), ones), 0));
  }

  /** The segments of the op whose gradient is asked for. */
  private static final class Segments {
    private final GradientContext c;
    private final Tensor ids;
    private final Tensor count;

    /** Which ids are not negative; null where they cannot be. */
    final Tensor kept;

    Segments(GradientContext c) {
      this.c = c;
      boolean sorted = c.inputCount() == 2;
      this.ids = sorted ? c.y() : c.y().maximum(c.y().zerosLike());
      this.kept = sorted ? null : c.y().greaterEqual(c.y().zerosLike());
      this.count = sorted ? null : c.input(2);
    }

    Tensor sum(Tensor data) {
      return reduce("Sum", data);
    }

    Tensor prod(Tensor data) {
      return reduce("Prod", data);
    }

    private Tensor reduce(String how, Tensor data) {
      return count == null
          ? Build.op(c.tf(), "Segment" + how, data, c.y())
          : Build.op(c.tf(), "UnsortedSegment" + how, data, c.y(), count);
    }

    /** For each row the slice of its segment; where there is none, that of segment 0. */
    Tensor clipped(Tensor bySegment) {
      return bySegment.gather(ids);
    }

    /** For each row the slice of its segment; where there is none, zeros. */
    Tensor rows(Tensor bySegment) {
      Tensor rows = clipped(bySegment);
      return kept == null ? rows : c.tf().whereV2(stretched(kept, rows), rows, rows.zerosLike());
    }
  }
}
