package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.queue.GradientAccumulator;
import dev.millrace.session.state.Wait;
import java.util.Map;
import java.util.TreeMap;

/** Accumulators of gradients, dense ones and rows. */
final class AccumulatorKernels {
  private static final String KIND = "accumulator";

  private AccumulatorKernels() {}

  /** An accumulator with what its node says. */
  private record Shared<G>(GradientAccumulator<G> of, boolean sparse, DataType dtype, Shape shape) {
    Shared<G> require(boolean sparseOne) {
      if (sparse != sparseOne) {
        throw new InvalidArgumentException(
            "the accumulator is for " + (sparse ? "rows" : "dense gradients"));
      }
      return this;
    }
  }

  /** Rows by index, with how many gradients had each. */
  private record Rows(Map<Long, TensorValue> rows, Map<Long, Integer> counts, Shape row) {}

  static void register(ReferenceKernels k) {
    for (String p : new String[] {"", "Resource"}) {
      k.add(p + "ConditionalAccumulator", AccumulatorKernels::makeDense);
      QueueKernels.atOnce(
          k, p + "AccumulatorNumAccumulated", c -> c.output(0, TensorValue.of(any(c).of.count())));
      QueueKernels.atOnce(
          k,
          p + "AccumulatorSetGlobalStep",
          c -> any(c).of.setGlobalStep(Dims.scalar(c.input(1), "the global step")));
      QueueKernels.atOnce(k, p + "AccumulatorApplyGradient", AccumulatorKernels::apply);
      k.addWaiting(p + "AccumulatorTakeGradient", AccumulatorKernels::take);
    }
    k.add("SparseConditionalAccumulator", AccumulatorKernels::makeSparse);
    QueueKernels.atOnce(k, "SparseAccumulatorApplyGradient", AccumulatorKernels::applySparse);
    k.addWaiting("SparseAccumulatorTakeGradient", AccumulatorKernels::takeSparse);
  }

  private static boolean isMean(KernelContext c) {
    return c.attrs().getString("reduction_type").equals("MEAN");
  }

  static TensorValue sum(TensorValue x, TensorValue y) {
    return x.dtype().isFloating()
        ? Elementwise.combine(x, y, (a, b, r) -> a + b)
        : Elementwise.combineLongs(x, y, (a, b, t) -> a + b);
  }

  static TensorValue quotient(TensorValue x, int n) {
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (x.dtype().isFloating()) {
        r.setDouble(i, x.getDouble(i) / n);
      } else {
        r.setLong(i, x.getLong(i) / n);
      }
    }
    return r.value();
  }

  private static void requireReal(DataType t) {
    if (!t.isFloating() && !t.isInteger()) {
      throw new InvalidArgumentException("an accumulator adds up real numbers, not " + t);
    }
  }

  private static void makeDense(KernelContext c) {
    DataType t = c.attrs().getType("dtype");
    requireReal(t);
    boolean mean = isMean(c);
    Handles.make(
        c,
        KIND,
        Shared.class,
        () ->
            new Shared<>(
                new GradientAccumulator<>(
                    c.nodeName(),
                    new GradientAccumulator.Arithmetic<TensorValue>() {
                      @Override
                      public TensorValue add(TensorValue sum, TensorValue gradient) {
                        if (sum == null) {
                          return gradient;
                        }
                        Dims.requireSame(sum, "the sum so far", gradient, "the gradient");
                        return AccumulatorKernels.sum(sum, gradient);
                      }

                      @Override
                      public TensorValue result(TensorValue sum, int count) {
                        return mean ? quotient(sum, count) : sum;
                      }
                    }),
                false,
                t,
                c.attrs().getShape("shape")));
  }

  /** Some ops are for both kinds; the two have one kind of handle. */
  private static Shared<?> any(KernelContext c) {
    return Handles.get(c, 0, KIND, Shared.class);
  }

  @SuppressWarnings("unchecked") // those that are not sparse are of tensors
  private static Shared<TensorValue> dense(KernelContext c) {
    return ((Shared<TensorValue>) any(c)).require(false);
  }

  private static long localStep(KernelContext c) {
    return Dims.scalar(c.input(1), "the local step");
  }

  private static void apply(KernelContext c) {
    Shared<TensorValue> a = dense(c);
    TensorValue g = c.input(2);
    if (g.dtype() != a.dtype || !a.shape.isCompatibleWith(g.shape())) {
      throw new InvalidArgumentException(
          "the accumulator is for gradients of "
              + a.dtype
              + a.shape
              + "; one of "
              + g.dtype()
              + g.shape()
              + " does not fit");
    }
    a.of.apply(localStep(c), g);
  }

  private static Wait take(KernelContext c, Runnable changed) {
    return dense(c)
        .of
        .take(Dims.scalar(c.input(1), "the number of gradients"), g -> c.output(0, g), changed);
  }

  // ---- rows

  private static void makeSparse(KernelContext c) {
    DataType t = c.attrs().getType("dtype");
    requireReal(t);
    boolean mean = isMean(c);
    Handles.make(
        c,
        KIND,
        Shared.class,
        () ->
            new Shared<>(
                new GradientAccumulator<>(
                    c.nodeName(),
                    new GradientAccumulator.Arithmetic<Rows>() {
                      @Override
                      public Rows add(Rows sum, Rows gradient) {
                        return sum == null ? gradient : merged(sum, gradient);
                      }

                      @Override
                      public Rows result(Rows sum, int count) {
                        if (mean) {
                          sum.rows.replaceAll((i, row) -> quotient(row, sum.counts.get(i)));
                        }
                        return sum;
                      }
                    }),
                true,
                t,
                c.attrs().getShape("shape")));
  }

  private static Rows merged(Rows sum, Rows more) {
    if (!sum.row.equals(more.row)) {
      throw new InvalidArgumentException(
          "rows of shape " + more.row + " do not go with rows of shape " + sum.row);
    }
    more.rows.forEach(
        (i, row) -> {
          sum.rows.merge(i, row, AccumulatorKernels::sum);
          sum.counts.merge(i, more.counts.get(i), Integer::sum);
        });
    return sum;
  }

  @SuppressWarnings("unchecked") // those that are sparse are of rows
  private static Shared<Rows> sparse(KernelContext c) {
    return ((Shared<Rows>) any(c)).require(true);
  }

  private static void applySparse(KernelContext c) {
    Shared<Rows> a = sparse(c);
    TensorValue indices = Dims.requireRank(c.input(2), 1, "the indices");
    TensorValue values = c.input(3);
    if (values.dtype() != a.dtype
        || values.shape().rank() < 1
        || values.shape().dim(0) != indices.size()) {
      throw new InvalidArgumentException(
          "for "
              + indices.size()
              + " indices there must be as many rows of "
              + a.dtype
              + ", not "
              + values.dtype()
              + values.shape());
    }
    Shape row = values.shape().sliceFrom(1);
    Shape known = a.shape.hasRank() && a.shape.rank() > 0 ? a.shape.sliceFrom(1) : Shape.unknown();
    if (!known.isCompatibleWith(row)) {
      throw new InvalidArgumentException(
          "the accumulator is for gradients of shape " + a.shape + ", not of rows " + row);
    }
    if (c.attrs().getBool("has_known_shape")) {
      Shape given = Dims.shape(c.input(4), "the gradient's shape");
      if (!a.shape.isCompatibleWith(given)) {
        throw new InvalidArgumentException(
            "the accumulator is for gradients of shape " + a.shape + ", not " + given);
      }
    }
    Map<Long, TensorValue> rows = new TreeMap<>();
    Map<Long, Integer> counts = new TreeMap<>();
    int n = Dims.count(row);
    for (int i = 0; i < indices.size(); i++) {
      long index = indices.getLong(i);
      if (index < 0
          || (a.shape.hasRank()
              && a.shape.rank() > 0
              && a.shape.dim(0) >= 0
              && index >= a.shape.dim(0))) {
        throw new InvalidArgumentException(
            "index " + index + " is outside of gradients of shape " + a.shape);
      }
      Object data = TensorValue.newStorage(values.dtype(), n);
      Elements.copy(values.dtype(), values.data(), i * n, data, 0, n);
      rows.merge(index, TensorValue.wrap(values.dtype(), row, data), AccumulatorKernels::sum);
      counts.merge(index, 1, Integer::sum);
    }
    a.of.apply(localStep(c), new Rows(rows, counts, row));
  }

  private static Wait takeSparse(KernelContext c, Runnable changed) {
    Shared<Rows> a = sparse(c);
    return a.of.take(
        Dims.scalar(c.input(1), "the number of gradients"),
        g -> {
          c.output(0, TensorValue.ofLongs(g.rows.keySet().stream().mapToLong(i -> i).toArray()));
          int n = Dims.count(g.row);
          Shape all = Shape.vector(g.rows.size()).concat(g.row);
          Object data = TensorValue.newStorage(a.dtype, Dims.count(all));
          int at = 0;
          for (TensorValue row : g.rows.values()) {
            Elements.copy(a.dtype, row.data(), 0, data, n * at++, n);
          }
          c.output(1, TensorValue.wrap(a.dtype, all, data));
          boolean known = a.shape.hasRank() && a.shape.rank() > 0;
          long[] shape = all.dims();
          shape[0] = known ? a.shape.dim(0) : -1;
          c.output(2, TensorValue.ofLongs(shape));
        },
        changed);
  }
}
