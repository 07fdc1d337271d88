package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.ValueFn;
import java.util.Arrays;

/** Reductions, arg-reductions and cumulative sums and products. */
final class ReductionOps {
  private static final String INDEX = "Tidx: {int32, int64} = int32";

  private ReductionOps() {}

  static void register(OpRegistry r) {
    r.add(reduction("Sum").value(Values.reduction(0L, Long::sum)));
    r.add(reduction("Prod").value(Values.reduction(1L, (x, y) -> x * y)));
    r.add(reduction("Max").value(Values.reduction(null, Math::max)));
    r.add(reduction("Min").value(Values.reduction(null, Math::min)));
    r.add(reduction("Mean"));
    r.add(reduction("EuclideanNorm"));
    logical(r, "All", Values.reduction(1L, (x, y) -> x & y));
    logical(r, "Any", Values.reduction(0L, (x, y) -> x | y));
    for (String op : new String[] {"ArgMax", "ArgMin"}) {
      r.add(
          OpDef.named(op)
              .inputs("input: T", "dimension: Tidx")
              .outputs("output: output_type")
              .attrs("T: numbertype", INDEX, "output_type: {int32, int64} = int64")
              .valueInputs(1)
              .shape(ReductionOps::argShape));
    }
    for (String op : new String[] {"Cumsum", "Cumprod"}) {
      r.add(
          OpDef.named(op)
              .inputs("x: T", "axis: Tidx")
              .outputs("out: T")
              .attrs("exclusive: bool = false", "reverse: bool = false", "T: numbertype", INDEX)
              .shape(Shapes::unchanged));
    }
    runningLogSum(r);
  }

  private static void runningLogSum(OpRegistry r) {
    r.add(
        OpDef.named("CumulativeLogsumexp")
            .inputs("x: T", "axis: Tidx")
            .outputs("out: T")
            .attrs("exclusive: bool = false", "reverse: bool = false", "T: {half, float, double}")
            .attrs(INDEX)
            .shape(Shapes::unchanged));
  }

  private static OpDef.Builder reduction(String op) {
    return OpDef.named(op)
        .inputs("input: T", "reduction_indices: Tidx")
        .outputs("output: T")
        .attrs("keep_dims: bool = false", "T: numbertype", INDEX)
        .valueInputs(1)
        .shape(ReductionOps::reductionShape);
  }

  private static void logical(OpRegistry r, String op, ValueFn value) {
    r.add(
        OpDef.named(op)
            .inputs("input: bool", "reduction_indices: Tidx")
            .outputs("output: bool")
            .attrs("keep_dims: bool = false", INDEX)
            .valueInputs(1)
            .shape(ReductionOps::reductionShape)
            .value(value));
  }

  /** The axes are a scalar or a vector; none of them means that nothing is reduced. */
  static void reductionShape(ShapeContext c) {
    c.output(0, reduced(c.input(0), c.ints(1), c.input(1), c.attrs().getBool("keep_dims")));
  }

  /** What stays of a shape when it is reduced along {@code axes}, a tensor of {@code axesShape}. */
  static Shape reduced(Shape in, KnownInts axes, Shape axesShape, boolean keep) {
    if (axesShape.hasRank() && axesShape.rank() > 1) {
      throw new InvalidArgumentException(
          "the axes must be a scalar or a vector, but their shape is " + axesShape);
    }
    if (axesShape.rank() == 1 && axesShape.dim(0) == 0) {
      return in;
    }
    if (!in.hasRank()) {
      return Shape.unknown();
    }
    if (axes == null || !axes.isFullyKnown()) {
      checkKnown(axes, in.rank());
      return keep ? Shape.ofRank(in.rank()) : Shape.unknown();
    }
    boolean[] reduced = new boolean[in.rank()];
    for (long axis : axes.toLongs()) {
      reduced[Shapes.axis(axis, in.rank(), "an axis of " + in)] = true;
    }
    long[] out = new long[in.rank()];
    int n = 0;
    for (int i = 0; i < reduced.length; i++) {
      if (!reduced[i]) {
        out[n++] = in.dim(i);
      } else if (keep) {
        out[n++] = 1;
      }
    }
    return Shape.of(Arrays.copyOf(out, n));
  }

  private static void checkKnown(KnownInts axes, int rank) {
    for (int i = 0; axes != null && i < axes.size(); i++) {
      if (axes.isKnown(i)) {
        Shapes.axis(axes.get(i), rank, "an axis");
      }
    }
  }

  private static void argShape(ShapeContext c) {
    Long axis = Shapes.scalarInt(c, 1, "the dimension");
    Shape in = c.input(0);
    if (!in.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    if (axis != null && in.rank() > 0) {
      int a = Shapes.axis(axis, in.rank(), "the dimension, for input " + in + ",");
      c.output(0, in.slice(0, a).concat(in.sliceFrom(a + 1)));
    } else {
      c.output(0, in.rank() <= 1 ? Shape.scalar() : Shape.ofRank(in.rank() - 1));
    }
  }
}
