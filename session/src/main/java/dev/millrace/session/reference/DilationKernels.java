package dev.millrace.session.reference;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.DilationSpec;
import dev.millrace.ops.defs.Windows;

/**
 * Greyscale morphological dilation, the maximum of input plus filter over a window, and its
 * gradients, which go to the first pixel and tap that give the maximum.
 */
final class DilationKernels {
  private DilationKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Dilation2D", DilationKernels::forward);
    k.add("Dilation2DBackpropInput", c -> gradient(c, 0));
    k.add("Dilation2DBackpropFilter", c -> gradient(c, 1));
  }

  /** Takes an output element and the input and filter elements whose sum it is. */
  @FunctionalInterface
  private interface Maximum {
    void at(int output, int input, int filter);
  }

  private static Shape forEach(KernelContext c, Maximum m) {
    Shape x = Dims.requireRank(c.input(0), 4, "input").shape();
    Shape filter = Dims.requireRank(c.input(1), 3, "filter").shape();
    DilationSpec spec = DilationSpec.of(c.attrs());
    Shape y = spec.output(x, filter);
    Windows w = spec.windows(filter);
    int height = (int) x.dim(1);
    int width = (int) x.dim(2);
    int channels = (int) x.dim(3);
    int top = w.before(0, height);
    int left = w.before(1, width);
    for (int o = 0; o < Dims.count(y); o++) {
      int channel = o % channels;
      int column = o / channels % (int) y.dim(2);
      int row = o / channels / (int) y.dim(2) % (int) y.dim(1);
      int image = o / Dims.count(y.dims(), 1, 4);
      double max = Double.NEGATIVE_INFINITY;
      int atX = -1;
      int atW = -1;
      for (int k = 0; k < w.size(0) * w.size(1); k++) {
        int i = row * w.stride(0) - top + k / w.size(1) * w.dilation(0);
        int j = column * w.stride(1) - left + k % w.size(1) * w.dilation(1);
        if (i >= 0 && i < height && j >= 0 && j < width) {
          int in = ((image * height + i) * width + j) * channels + channel;
          int f = k * channels + channel;
          double sum = c.input(0).getDouble(in) + c.input(1).getDouble(f);
          if (sum > max || atX < 0) {
            max = sum;
            atX = in;
            atW = f;
          }
        }
      }
      m.at(o, atX, atW);
    }
    return y;
  }

  private static void set(Result r, int i, double x, boolean real) {
    if (real) {
      r.setDouble(i, x);
    } else {
      r.setLong(i, (long) x);
    }
  }

  private static void forward(KernelContext c) {
    TensorValue x = c.input(0);
    TensorValue filter = c.input(1);
    boolean real = x.dtype().isFloating();
    Result r = new Result(x.dtype(), DilationSpec.of(c.attrs()).output(x.shape(), filter.shape()));
    forEach(c, (o, i, f) -> set(r, o, x.getDouble(i) + filter.getDouble(f), real));
    c.output(0, r.value());
  }

  private static void gradient(KernelContext c, int to) {
    TensorValue of = c.input(to);
    TensorValue dy = Dims.requireRank(c.input(2), 4, "out_backprop");
    Shape y = DilationSpec.of(c.attrs()).output(c.input(0).shape(), c.input(1).shape());
    Dims.requireSame(
        dy, "out_backprop", TensorValue.zeros(dy.dtype(), y), "the result of the dilation");
    double[] sums = new double[of.size()];
    forEach(c, (o, i, f) -> sums[to == 0 ? i : f] += dy.getDouble(o));
    Result r = new Result(of.dtype(), of.shape());
    for (int i = 0; i < sums.length; i++) {
      set(r, i, sums[i], of.dtype().isFloating());
    }
    c.output(0, r.value());
  }
}
