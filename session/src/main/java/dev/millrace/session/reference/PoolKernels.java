package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.PoolSpec;

/** Average pooling, and what all pooling shares. */
final class PoolKernels {
  private PoolKernels() {}

  static void register(ReferenceKernels k) {
    for (String type : new String[] {"AvgPool", "AvgPool3D"}) {
      k.add(type, PoolKernels::average);
      k.add(type + "Grad", PoolKernels::averageGrad);
    }
  }

  /** How the windows of the node slide: told by attributes or by the last two inputs. */
  static PoolSpec spec(KernelContext c) {
    if (c.attrs().has("ksize")) {
      return PoolSpec.of(c.opType(), c.attrs());
    }
    int at = c.inputCount() - 2;
    return PoolSpec.of(
        c.opType(),
        c.attrs(),
        Dims.requireRank(c.input(at), 1, "ksize").toLongs(),
        Dims.requireRank(c.input(at + 1), 1, "strides").toLongs());
  }

  /** The means over the parts of the windows that lie on the input. */
  private static void average(KernelContext c) {
    TensorValue x = c.input(0);
    requireReal(c, x.dtype());
    PoolWindows windows = new PoolWindows(spec(c), x.shape());
    Result r = new Result(x.dtype(), windows.outputShape());
    for (int o = 0; o < windows.outputs(); o++) {
      double sum = 0;
      int[] window = windows.elements(o);
      for (int i : window) {
        sum += x.getDouble(i);
      }
      r.setDouble(o, sum / window.length);
    }
    c.output(0, r.value());
  }

  private static void averageGrad(KernelContext c) {
    Shape in = Dims.shape(c.input(0), "orig_input_shape");
    TensorValue dy = c.input(1);
    requireReal(c, dy.dtype());
    PoolSpec spec = spec(c);
    spec.requireOutput(dy.shape(), in, "grad");
    PoolWindows windows = new PoolWindows(spec, in);
    double[] sums = new double[Dims.count(in)];
    for (int o = 0; o < windows.outputs(); o++) {
      int[] window = windows.elements(o);
      for (int i : window) {
        sums[i] += dy.getDouble(o) / window.length;
      }
    }
    c.output(0, ConvKernels.rounded(dy.dtype(), in, sums));
  }

  private static void requireReal(KernelContext c, DataType t) {
    if (!t.isFloating()) {
      throw Elementwise.unsupported(c, t);
    }
  }
}
