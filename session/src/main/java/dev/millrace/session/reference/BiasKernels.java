package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** A number for each channel added, its gradient, and half the sum of squares. */
final class BiasKernels {
  private BiasKernels() {}

  static void register(ReferenceKernels k) {
    k.add("BiasAdd", c -> biasAdd(c, channelsFirst(c)));
    k.add("BiasAddV1", c -> biasAdd(c, false));
    k.add("BiasAddGrad", c -> biasAddGrad(c, channelsFirst(c)));
    k.add("L2Loss", BiasKernels::l2Loss);
  }

  /** Whether the channels are dimension 1, as in NCHW, instead of the last one. */
  private static boolean channelsFirst(KernelContext c) {
    return c.attrs().has("data_format") && c.attrs().getString("data_format").startsWith("NC");
  }

  private static void requireBatch(TensorValue x) {
    if (x.shape().rank() < 2) {
      throw new InvalidArgumentException(
          "the value must have at least 2 dimensions; its shape is " + x.shape());
    }
  }

  private static void biasAdd(KernelContext c, boolean channelsFirst) {
    TensorValue x = c.input(0);
    TensorValue bias = Dims.requireRank(c.input(1), 1, "bias");
    requireBatch(x);
    Shape s = x.shape();
    int axis = channelsFirst ? 1 : s.rank() - 1;
    if (bias.size() != s.dim(axis)) {
      throw new InvalidArgumentException(
          "bias has " + bias.size() + " values for the " + s.dim(axis) + " channels of shape " + s);
    }
    // As a broadcast: the bias with as many dimensions of 1 behind it as follow the channels.
    Shape aligned = bias.shape();
    for (int i = axis + 1; i < s.rank(); i++) {
      aligned = aligned.concat(Shape.vector(1));
    }
    TensorValue b = bias.reshape(aligned);
    if (x.dtype().isFloating()) {
      c.output(0, Elementwise.combine(x, b, (v, w, r) -> v + w));
    } else if (x.dtype().isInteger()) {
      c.output(0, Elementwise.combineLongs(x, b, (v, w, t) -> v + w));
    } else {
      throw Elementwise.unsupported(c, x.dtype());
    }
  }

  private static void biasAddGrad(KernelContext c, boolean channelsFirst) {
    TensorValue dy = c.input(0);
    requireBatch(dy);
    DataType t = dy.dtype();
    int rank = dy.shape().rank();
    int axis = channelsFirst ? 1 : rank - 1;
    long[] others = new long[rank - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = i < axis ? i : i + 1;
    }
    Reduction channels = new Reduction(dy.shape(), TensorValue.ofLongs(others), false);
    Result r = new Result(t, channels.shape);
    for (int i = 0; i < channels.groups; i++) {
      double real = 0;
      long integer = 0;
      for (int k = 0; k < channels.groupSize; k++) {
        if (t.isFloating()) {
          real += dy.getDouble(channels.at(i, k));
        } else {
          integer += dy.getLong(channels.at(i, k));
        }
      }
      if (t.isFloating()) {
        r.setDouble(i, real);
      } else if (t.isInteger()) {
        r.setLong(i, integer);
      } else {
        throw Elementwise.unsupported(c, t);
      }
    }
    c.output(0, r.value());
  }

  private static void l2Loss(KernelContext c) {
    TensorValue x = c.input(0);
    if (!x.dtype().isFloating()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    double sum = 0;
    for (int i = 0; i < x.size(); i++) {
      sum += x.getDouble(i) * x.getDouble(i);
    }
    Result r = new Result(x.dtype(), Shape.scalar());
    r.setDouble(0, sum / 2);
    c.output(0, r.value());
  }
}
