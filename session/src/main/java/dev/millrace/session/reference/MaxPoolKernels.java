package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.PoolSpec;

/** Maximum pooling and its gradients. */
final class MaxPoolKernels {
  private MaxPoolKernels() {}

  static void register(ReferenceKernels k) {
    for (String type : new String[] {"MaxPool", "MaxPoolV2", "MaxPool3D"}) {
      k.add(type, MaxPoolKernels::pool);
    }
    k.add("MaxPoolGrad", MaxPoolKernels::gradToFirst);
    k.add("MaxPoolGradV2", MaxPoolKernels::gradToFirst);
    k.add("MaxPool3DGrad", MaxPoolKernels::gradToAll);
    for (String type : new String[] {"MaxPoolGradGrad", "MaxPoolGradGradV2", "MaxPool3DGradGrad"}) {
      k.add(type, MaxPoolKernels::gradGrad);
    }
    k.add("MaxPoolWithArgmax", MaxPoolKernels::withArgmax);
    k.add("MaxPoolGradWithArgmax", MaxPoolKernels::gradWithArgmax);
    k.add("MaxPoolGradGradWithArgmax", MaxPoolKernels::gradGradWithArgmax);
  }

  private static boolean greater(TensorValue x, int i, int j) {
    return x.dtype().isFloating()
        ? x.getDouble(i) > x.getDouble(j)
        : IntegerArithmetic.compare(x.getLong(i), x.getLong(j), x.dtype()) > 0;
  }

  private static boolean isNumber(TensorValue x, int i) {
    return !x.dtype().isFloating() || !Double.isNaN(x.getDouble(i));
  }

  /** The least number of a floating-point type but for infinity, where maxima begin. */
  private static double lowest(DataType t) {
    return switch (t) {
      case FLOAT16 -> -65504;
      case BFLOAT16 -> -0x1.FEp127;
      case FLOAT32 -> -Float.MAX_VALUE;
      default -> -Double.MAX_VALUE;
    };
  }

  private static TensorValue requireReal(KernelContext c, TensorValue x) {
    if (!x.dtype().isFloating() && !x.dtype().isInteger()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    return x;
  }

  /**
   * NaN counts as nothing; of nothing, and of infinities, the two-dimensional op gives the least
   * finite number and the three-dimensional one negative infinity.
   */
  private static void pool(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    PoolWindows windows = new PoolWindows(PoolKernels.spec(c), x.shape());
    Result r = new Result(x.dtype(), windows.outputShape());
    double least = c.opType().contains("3D") ? Double.NEGATIVE_INFINITY : lowest(x.dtype());
    for (int o = 0; o < windows.outputs(); o++) {
      int max = -1;
      for (int i : windows.elements(o)) {
        if (isNumber(x, i) && (max < 0 || greater(x, i, max))) {
          max = i;
        }
      }
      if (x.dtype().isFloating()) {
        r.setDouble(o, max < 0 ? least : Math.max(least, x.getDouble(max)));
      } else if (max >= 0) {
        r.copy(o, x, max);
      }
    }
    c.output(0, r.value());
  }

  /** The first of the greatest elements of a window; a NaN that comes first stays. */
  private static int firstMaximum(TensorValue x, int[] window) {
    int max = window[0];
    for (int i : window) {
      if (greater(x, i, max)) {
        max = i;
      }
    }
    return max;
  }

  private static PoolWindows windows(KernelContext c, TensorValue x, TensorValue y, int gradLike) {
    PoolSpec spec = PoolKernels.spec(c);
    spec.requireOutput(y.shape(), x.shape(), "orig_output");
    Shape want = gradLike == 0 ? x.shape() : y.shape();
    if (!c.input(2).shape().equals(want)) {
      throw new InvalidArgumentException(
          "grad must be of shape " + want + ", but is of " + c.input(2).shape());
    }
    return new PoolWindows(spec, x.shape());
  }

  /** Adds up in the precision of double, or of long. */
  private static final class Sums {
    private final DataType dtype;
    private final Shape shape;
    private final double[] reals;
    private final long[] integers;

    Sums(DataType dtype, Shape shape) {
      this.dtype = dtype;
      this.shape = shape;
      reals = dtype.isFloating() ? new double[Dims.count(shape)] : null;
      integers = dtype.isFloating() ? null : new long[Dims.count(shape)];
    }

    void add(int to, TensorValue from, int at) {
      if (reals != null) {
        reals[to] += from.getDouble(at);
      } else {
        integers[to] += from.getLong(at);
      }
    }

    TensorValue value() {
      if (reals != null) {
        return ConvKernels.rounded(dtype, shape, reals);
      }
      return Dims.numbers(dtype, shape, integers);
    }
  }

  /** Of elements that tie, the first one gets the gradient. */
  private static void gradToFirst(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    PoolWindows windows = windows(c, x, c.input(1), 1);
    Sums sums = new Sums(x.dtype(), x.shape());
    for (int o = 0; o < windows.outputs(); o++) {
      int[] window = windows.elements(o);
      if (window.length > 0) {
        sums.add(firstMaximum(x, window), c.input(2), o);
      }
    }
    c.output(0, sums.value());
  }

  /** Every element of a window that equals its maximum gets the gradient. */
  private static void gradToAll(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    TensorValue y = c.input(1);
    PoolWindows windows = windows(c, x, y, 1);
    Sums sums = new Sums(c.input(2).dtype(), x.shape());
    for (int o = 0; o < windows.outputs(); o++) {
      for (int i : windows.elements(o)) {
        if (x.getDouble(i) == y.getDouble(o)) {
          sums.add(i, c.input(2), o);
        }
      }
    }
    c.output(0, sums.value());
  }

  /** The gradient at the first element of a window that equals its maximum. */
  private static void gradGrad(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    TensorValue y = c.input(1);
    PoolWindows windows = windows(c, x, y, 0);
    Result r = new Result(x.dtype(), y.shape());
    for (int o = 0; o < windows.outputs(); o++) {
      for (int i : windows.elements(o)) {
        boolean same =
            x.dtype().isFloating()
                ? x.getDouble(i) == y.getDouble(o)
                : x.getLong(i) == y.getLong(o);
        if (same) {
          r.copy(o, c.input(2), i);
          break;
        }
      }
    }
    c.output(0, r.value());
  }

  /** How many elements come before those that an index in the batch's image {@code o} counts. */
  private static int imageOffset(KernelContext c, Shape in, PoolWindows windows, int o) {
    if (c.attrs().getBool("include_batch_in_index")) {
      return 0;
    }
    int perImage = Dims.count(windows.outputShape().dims(), 1, 4);
    return o / perImage * Dims.count(in.dims(), 1, 4);
  }

  private static void withArgmax(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    PoolWindows windows = new PoolWindows(PoolKernels.spec(c), x.shape());
    Result max = new Result(x.dtype(), windows.outputShape());
    Result argmax = new Result(c.outputType(1), windows.outputShape());
    for (int o = 0; o < windows.outputs(); o++) {
      int[] window = windows.elements(o);
      if (window.length > 0) {
        int i = firstMaximum(x, window);
        max.copy(o, x, i);
        argmax.setLong(o, i - imageOffset(c, x.shape(), windows, o));
      }
    }
    c.output(0, max.value());
    c.output(1, argmax.value());
  }

  /** Where in the input element {@code o} of the result comes from. */
  private static int source(
      KernelContext c, TensorValue argmax, Shape in, PoolWindows windows, int o) {
    long at = argmax.getLong(o) + imageOffset(c, in, windows, o);
    if (at < 0 || at >= Dims.count(in)) {
      throw new InvalidArgumentException(
          "argmax " + argmax.getLong(o) + " is outside an input of shape " + in);
    }
    return (int) at;
  }

  private static void gradWithArgmax(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    TensorValue argmax = c.input(2);
    PoolSpec spec = PoolKernels.spec(c);
    spec.requireOutput(c.input(1).shape(), x.shape(), "grad");
    spec.requireOutput(argmax.shape(), x.shape(), "argmax");
    PoolWindows windows = new PoolWindows(spec, x.shape());
    Sums sums = new Sums(x.dtype(), x.shape());
    for (int o = 0; o < argmax.size(); o++) {
      sums.add(source(c, argmax, x.shape(), windows, o), c.input(1), o);
    }
    c.output(0, sums.value());
  }

  private static void gradGradWithArgmax(KernelContext c) {
    TensorValue x = requireReal(c, c.input(0));
    TensorValue argmax = c.input(2);
    Dims.requireSame(c.input(1), "grad", x, "input");
    PoolSpec spec = PoolKernels.spec(c);
    spec.requireOutput(argmax.shape(), x.shape(), "argmax");
    PoolWindows windows = new PoolWindows(spec, x.shape());
    Result r = new Result(x.dtype(), argmax.shape());
    for (int o = 0; o < argmax.size(); o++) {
      r.copy(o, c.input(1), source(c, argmax, x.shape(), windows, o));
    }
    c.output(0, r.value());
  }
}
