package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The greatest numbers of each row. */
final class TopKKernels {
  private TopKKernels() {}

  static void register(ReferenceKernels k) {
    k.add("TopK", c -> topK(c, c.attrs().getInt("k")));
    k.add("TopKV2", c -> topK(c, Dims.requireScalar(c.input(1), "k").getLong(0)));
    k.add("InTopK", c -> inTopK(c, c.attrs().getInt("k")));
    k.add("InTopKV2", c -> inTopK(c, Dims.requireScalar(c.input(2), "k").getLong(0)));
  }

  /** In falling order; of equals the first comes first; NaN comes last. */
  private static void topK(KernelContext c, long k) {
    TensorValue x = c.input(0);
    DataType t = x.dtype();
    Shape s = x.shape();
    if (!t.isFloating() && !t.isInteger()) {
      throw Elementwise.unsupported(c, t);
    }
    if (s.rank() == 0) {
      throw new InvalidArgumentException("input must have at least one dimension; it is a scalar");
    }
    if (k < 0 || k > s.dim(-1)) {
      throw new InvalidArgumentException(
          "k is " + k + "; it must be from 0 to the last dimension of shape " + s);
    }
    int columns = (int) s.dim(-1);
    int rows = Dims.count(s.dims(), 0, s.rank() - 1);
    Result values = new Result(t, s.withDim(-1, k));
    Result indices = new Result(DataType.INT32, s.withDim(-1, k));
    int at = 0;
    for (int row = 0; row < rows; row++) {
      int base = row * columns;
      List<Integer> order =
          IntStream.range(0, columns).boxed().sorted(falling(x, base)).limit(k).toList();
      for (int i : order) {
        values.copy(at, x, base + i);
        indices.setLong(at++, i);
      }
    }
    c.output(0, values.value());
    c.output(1, indices.value());
  }

  private static Comparator<Integer> falling(TensorValue x, int base) {
    if (!x.dtype().isFloating()) {
      return (i, j) ->
          IntegerArithmetic.compare(x.getLong(base + j), x.getLong(base + i), x.dtype());
    }
    return (i, j) -> {
      double a = x.getDouble(base + i);
      double b = x.getDouble(base + j);
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
      }
      return a > b ? -1 : a < b ? 1 : 0;
    };
  }

  /**
   * Whether fewer than k classes of a row have more than the target has, so that all classes that
   * tie at the border are in. False where the target is out of range or the row is not finite.
   */
  private static void inTopK(KernelContext c, long k) {
    TensorValue predictions = Dims.requireRank(c.input(0), 2, "predictions");
    TensorValue targets = Dims.requireRank(c.input(1), 1, "targets");
    int rows = (int) predictions.shape().dim(0);
    int columns = (int) predictions.shape().dim(1);
    if (rows != targets.size()) {
      throw new InvalidArgumentException(
          "predictions of shape "
              + predictions.shape()
              + " and targets of shape "
              + targets.shape()
              + " must have the same first dimension");
    }
    Result r = new Result(DataType.BOOL, targets.shape());
    for (int row = 0; row < rows; row++) {
      long target = targets.getLong(row);
      boolean known = target >= 0 && target < columns;
      int greater = 0;
      for (int i = 0; i < columns && known; i++) {
        double p = predictions.getDouble(row * columns + i);
        known = Double.isFinite(p);
        greater += p > predictions.getDouble(row * columns + (int) target) ? 1 : 0;
      }
      r.setBoolean(row, known && greater < k);
    }
    c.output(0, r.value());
  }
}
