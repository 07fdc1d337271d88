package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Counting, finding among sorted numbers, and numbering of positions. */
final class CountingOps {
  private static final String NUMBERS = "T: {int32, int64, float, double}";
  private static final String OUT = "out_type: {int32, int64} = int32";

  private CountingOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Bincount")
            .inputs("arr: int32", "size: int32", "weights: T")
            .outputs("bins: T")
            .attrs(NUMBERS)
            .valueInputs(1)
            .shape(c -> c.output(0, Shape.vector(size(c, 1, "size", 0)))));
    r.add(
        OpDef.named("HistogramFixedWidth")
            .inputs("values: T", "value_range: T", "nbins: int32")
            .outputs("out: dtype")
            .attrs(NUMBERS, "dtype: {int32, int64} = int32")
            .valueInputs(2)
            .shape(CountingOps::histogramShape));
    r.add(
        OpDef.named("Bucketize")
            .inputs("input: T")
            .outputs("output: int32")
            .attrs(NUMBERS, "boundaries: list(float)")
            .shape(Shapes::unchanged));
    for (String op : new String[] {"UpperBound", "LowerBound"}) {
      r.add(
          OpDef.named(op)
              .inputs("sorted_inputs: T", "values: T")
              .outputs("output: out_type")
              .attrs("T: type", OUT)
              .shape(CountingOps::boundShape));
    }
    r.add(
        OpDef.named("ListDiff")
            .inputs("x: T", "y: T")
            .outputs("out: T", "idx: out_idx")
            .attrs("T: type", "out_idx: {int32, int64} = int32")
            .valueInputs(0, 1)
            .shape(CountingOps::differenceShape));
    r.add(
        OpDef.named("UnravelIndex")
            .inputs("indices: Tidx", "dims: Tidx")
            .outputs("output: Tidx")
            .attrs("Tidx: {int32, int64} = int32")
            .shape(CountingOps::unravelShape));
  }

  /** The scalar size that input {@code i} is, at least {@code least}; -1 where not known. */
  private static long size(ShapeContext c, int i, String what, long least) {
    Long n = Shapes.scalarInt(c, i, what);
    if (n != null && n < least) {
      throw new InvalidArgumentException(what + " must be at least " + least + ", but is " + n);
    }
    return n == null ? Shape.UNKNOWN : n;
  }

  private static void histogramShape(ShapeContext c) {
    Shape range = c.inputOfRank(1, 1);
    Shapes.mergeDims(range.dim(0), 2, "the number of elements of value_range, and 2,");
    c.output(0, Shape.vector(size(c, 2, "nbins", 1)));
  }

  private static void boundShape(ShapeContext c) {
    Shape sorted = c.inputOfRank(0, 2);
    Shape values = c.inputOfRank(1, 2);
    long rows = Shapes.mergeDims(sorted.dim(0), values.dim(0), "the rows of the two inputs");
    c.output(0, Shape.matrix(rows, values.dim(1)));
  }

  /** How many elements of x are left depends on the values. */
  private static void differenceShape(ShapeContext c) {
    c.inputOfRank(0, 1);
    c.inputOfRank(1, 1);
    TensorValue x = c.inputType(0).isInteger() ? c.constant(0) : null;
    TensorValue y = c.inputType(0).isInteger() ? c.constant(1) : null;
    long n = Shape.UNKNOWN;
    if (x != null && y != null) {
      Set<Long> out = Arrays.stream(y.toLongs()).boxed().collect(Collectors.toSet());
      n = Arrays.stream(x.toLongs()).filter(v -> !out.contains(v)).count();
    }
    c.output(0, Shape.vector(n));
    c.output(1, Shape.vector(n));
  }

  /** A row for each dimension, a column for each index. */
  private static void unravelShape(ShapeContext c) {
    long dims = c.inputOfRank(1, 1).dim(0);
    Shape indices = c.input(0);
    if (!indices.hasRank()) {
      c.output(0, Shape.unknown());
    } else if (indices.rank() == 0) {
      c.output(0, Shape.vector(dims));
    } else if (indices.rank() == 1) {
      c.output(0, Shape.matrix(dims, indices.dim(0)));
    } else {
      throw new InvalidArgumentException(
          "the indices must be a scalar or a vector, but their shape is " + indices);
    }
  }
}
