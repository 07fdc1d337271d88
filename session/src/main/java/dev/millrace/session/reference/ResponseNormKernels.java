package dev.millrace.session.reference;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/**
 * Local response normalization: each number divided by {@code (bias + alpha s)^beta}, s the sum of
 * the squares of the channels near it.
 */
final class ResponseNormKernels {
  private ResponseNormKernels() {}

  static void register(ReferenceKernels k) {
    k.add("LRN", ResponseNormKernels::forward);
    k.add("LRNGrad", ResponseNormKernels::gradient);
  }

  /** {@code bias + alpha s} of every number. */
  private static double[] bases(KernelContext c, TensorValue x) {
    Shape s = Dims.requireRank(x, 4, "input").shape();
    int depth = (int) s.dim(3);
    double bias = c.attrs().getFloat("bias");
    double alpha = c.attrs().getFloat("alpha");
    double[] r = new double[x.size()];
    for (int at = 0; at < r.length; at++) {
      double sum = 0;
      int first = at / depth * depth;
      for (int i = from(c, at, first); i < to(c, at, first + depth); i++) {
        sum += x.getDouble(i) * x.getDouble(i);
      }
      r[at] = bias + alpha * sum;
    }
    return r;
  }

  private static int from(KernelContext c, int at, int first) {
    return (int) Math.max(first, at - c.attrs().getInt("depth_radius"));
  }

  private static int to(KernelContext c, int at, int end) {
    return (int) Math.min(end, at + c.attrs().getInt("depth_radius") + 1);
  }

  private static void forward(KernelContext c) {
    TensorValue x = c.input(0);
    double[] base = bases(c, x);
    double beta = c.attrs().getFloat("beta");
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < base.length; i++) {
      r.setDouble(i, x.getDouble(i) * Math.pow(base[i], -beta));
    }
    c.output(0, r.value());
  }

  private static void gradient(KernelContext c) {
    TensorValue dy = c.input(0);
    TensorValue x = c.input(1);
    TensorValue y = c.input(2);
    Dims.requireSame(dy, "input_grads", x, "input_image");
    Dims.requireSame(y, "output_image", x, "input_image");
    double[] base = bases(c, x);
    int depth = (int) x.shape().dim(3);
    double alpha = c.attrs().getFloat("alpha");
    double beta = c.attrs().getFloat("beta");
    double[] dx = new double[x.size()];
    for (int at = 0; at < dx.length; at++) {
      dx[at] += dy.getDouble(at) * Math.pow(base[at], -beta);
      double fall = -2 * alpha * beta * y.getDouble(at) / base[at] * dy.getDouble(at);
      int first = at / depth * depth;
      for (int i = from(c, at, first); i < to(c, at, first + depth); i++) {
        dx[i] += fall * x.getDouble(i);
      }
    }
    c.output(0, ConvKernels.rounded(x.dtype(), x.shape(), dx));
  }
}
