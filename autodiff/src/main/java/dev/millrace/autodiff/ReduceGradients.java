package dev.millrace.autodiff;

import dev.millrace.autodiff.Rules.Rule;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** Gradients of reductions and running sums and products. */
final class ReduceGradients {
  private ReduceGradients() {}

  static void register(GradientRegistry r) {
    r.add("Sum", reduction((c, g) -> new ReducedAxes(c).spread(g)));
    r.add("Mean", reduction(ReduceGradients::mean));
    r.add("Prod", reduction(ReduceGradients::prod));
    r.add("Max", reduction(ReduceGradients::extremum));
    r.add("Min", reduction(ReduceGradients::extremum));
    r.add("EuclideanNorm", reduction(ReduceGradients::norm));
    r.add("Cumsum", reduction((c, g) -> running(c, "Cumsum", g, !c.attrs().getBool("reverse"))));
    r.add("Cumprod", reduction(ReduceGradients::cumprod));
    r.add("CumulativeLogsumexp", reduction(ReduceGradients::runningLogSum));
    for (String index : new String[] {"ArgMax", "ArgMin"}) {
      r.notDifferentiable(index, "its result is an index");
    }
    for (String test : new String[] {"All", "Any"}) {
      r.notDifferentiable(test, "its result is boolean");
    }
  }

  /** The second input is axes. */
  private static GradientFunction reduction(Rule x) {
    return Rules.of(x, Rules.NONE);
  }

  private static Tensor mean(GradientContext c, Tensor g) {
    ReducedAxes axes = new ReducedAxes(c);
    return axes.spread(g.div(axes.count(c.out())));
  }

  /** Divided equally among all elements that are the greatest, or the least. */
  private static Tensor extremum(GradientContext c, Tensor g) {
    ReducedAxes axes = new ReducedAxes(c);
    Tensor chosen = c.x().equal(axes.aligned(c.out())).cast(g.dtype());
    Tensor count =
        Build.of(
            c.tf(),
            c.tf()
                .op("Sum", null)
                .input(chosen)
                .input(c.y())
                .attr("keep_dims", c.attrs().getBool("keep_dims")));
    return chosen.mul(axes.aligned(g.div(count)));
  }

  /**
   * The product of all other elements: of those before and of those after, so that zeros need no
   * division.
   */
  private static Tensor prod(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    ReducedAxes axes = new ReducedAxes(c);
    Tensor perm = axes.reducedFirst();
    Tensor moved = tf.transpose(Rules.conj(c.x()), perm);
    Tensor columns = moved.reshape(axes.matrixShape(c.out()));
    Tensor others = exclusiveProduct(columns, false).mul(exclusiveProduct(columns, true));
    Tensor factor = others.reshape(Shapes.of(moved));
    return axes.spread(g).mul(tf.transpose(factor, Permutations.inverse(perm)));
  }

  /** Down the columns, each element's own value left out. */
  private static Tensor exclusiveProduct(Tensor x, boolean reverse) {
    Ops tf = x.ops();
    return Build.of(
        tf,
        tf.op("Cumprod", null)
            .input(x)
            .input(tf.constant(0))
            .attr("exclusive", true)
            .attr("reverse", reverse));
  }

  /** {@code x / norm}, and 0 where the norm is 0. */
  private static Tensor norm(GradientContext c, Tensor g) {
    ReducedAxes axes = new ReducedAxes(c);
    Tensor direction = Build.op(c.tf(), "DivNoNan", c.x(), axes.aligned(c.out()));
    return direction.mul(axes.aligned(g));
  }

  private static Tensor running(GradientContext c, String type, Tensor t, boolean reverse) {
    return Build.of(
        c.tf(),
        c.tf()
            .op(type, null)
            .input(t)
            .input(c.y())
            .attr("exclusive", c.attrs().getBool("exclusive"))
            .attr("reverse", reverse));
  }

  /** Not a number where {@code x} is 0, as in TensorFlow. */
  private static Tensor cumprod(GradientContext c, Tensor g) {
    Tensor sum = running(c, "Cumsum", g.mul(c.out()), !c.attrs().getBool("reverse"));
    return sum.div(c.x());
  }

  /**
   * An element's share in every sum that it is part of, {@code exp(x - y)}. The sums of shares
   * times gradients are again of logarithms, so that nothing overflows; what is above and below 0
   * goes apart.
   */
  private static Tensor runningLogSum(GradientContext c, Tensor g) {
    return logShares(c, g).sub(logShares(c, g.neg()));
  }

  private static Tensor logShares(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor above = g.greater(0);
    Tensor least = g.zerosLike().sub(leastOf(g));
    Tensor log = tf.select(above, tf.select(above, g, g.onesLike()).log(), least);
    Tensor sums =
        running(c, "CumulativeLogsumexp", log.sub(c.out()), !c.attrs().getBool("reverse"));
    return sums.add(c.x()).exp();
  }

  /** The magnitude of the least number of the dtype. */
  private static double leastOf(Tensor t) {
    return switch (t.dtype()) {
      case FLOAT64 -> Double.MAX_VALUE;
      case FLOAT16 -> 65504;
      default -> Float.MAX_VALUE;
    };
  }
}
