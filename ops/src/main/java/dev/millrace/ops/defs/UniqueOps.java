package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/**
 * Which different elements, or slices along an axis, there are. How many, only the values tell.
 *
 * <p>The second version has an axis as a vector of one number; of none, it works on a vector as the
 * first does.
 */
final class UniqueOps {
  private UniqueOps() {}

  static void register(OpRegistry r) {
    add(r, "Unique", false);
    add(r, "UniqueWithCounts", true);
  }

  private static void add(OpRegistry r, String op, boolean counts) {
    String[] outputs =
        counts
            ? new String[] {"y: T", "idx: out_idx", "count: out_idx"}
            : new String[] {"y: T", "idx: out_idx"};
    r.add(
        OpDef.named(op)
            .inputs("x: T")
            .outputs(outputs)
            .attrs("T: type", "out_idx: {int32, int64} = int32")
            .valueInputs(0)
            .shape(UniqueOps::ofVector));
    r.add(
        OpDef.named(op + "V2")
            .inputs("x: T", "axis: Taxis")
            .outputs(outputs)
            .attrs("T: type", "Taxis: {int32, int64} = int64", "out_idx: {int32, int64} = int32")
            .valueInputs(0, 1)
            .shape(UniqueOps::alongAxis));
  }

  private static void ofVector(ShapeContext c) {
    Shape in = c.inputOfRank(0, 1);
    TensorValue v = c.inputType(0).isInteger() ? c.constant(0) : null;
    boolean known = v != null && v.dtype() != DataType.VARIANT;
    long n = known ? Arrays.stream(v.toLongs()).distinct().count() : Shape.UNKNOWN;
    c.output(0, Shape.vector(n));
    c.output(1, in);
    if (c.outputCount() > 2) {
      c.output(2, Shape.vector(n));
    }
  }

  private static void alongAxis(ShapeContext c) {
    Shape axisShape = c.inputOfRank(1, 1);
    Shape in = c.input(0);
    long[] axis = Shapes.allInts(c, 1);
    if (axisShape.dim(0) == 0) {
      ofVector(c);
      return;
    }
    if (axisShape.dim(0) != Shape.UNKNOWN && axisShape.dim(0) != 1) {
      throw new InvalidArgumentException(
          "the axis must be a vector of one number or none, but its shape is " + axisShape);
    }
    Shape y = in.hasRank() ? Shape.ofRank(in.rank()) : Shape.unknown();
    Shape idx = Shape.vector(Shape.UNKNOWN);
    if (axis != null && in.hasRank()) {
      int a = Shapes.axis(axis[0], in.rank(), "the axis, for input " + in + ",");
      y = in.slice(0, a).concat(Shape.vector(Shape.UNKNOWN)).concat(in.sliceFrom(a + 1));
      idx = Shape.vector(in.dim(a));
    }
    c.output(0, y);
    c.output(1, idx);
    if (c.outputCount() > 2) {
      c.output(2, Shape.vector(Shape.UNKNOWN));
    }
  }
}
