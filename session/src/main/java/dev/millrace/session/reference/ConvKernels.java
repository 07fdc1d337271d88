package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.ConvSpec;

/**
 * Convolutions over two and three dimensions, plain, grouped and depthwise, and their gradients.
 * All three are sums of products over the same triples of input pixel, filter tap and output pixel,
 * which {@link ConvWalk} lists.
 */
final class ConvKernels {
  private ConvKernels() {}

  static void register(ReferenceKernels k) {
    for (String type : new String[] {"Conv2D", "DepthwiseConv2dNative", "Conv3D"}) {
      String version = type.equals("Conv3D") ? "V2" : "";
      k.add(type, ConvKernels::forward);
      k.add(type + "BackpropInput" + version, ConvKernels::toInput);
      k.add(type + "BackpropFilter" + version, ConvKernels::toFilter);
    }
  }

  private static ConvSpec spec(KernelContext c, TensorValue filterOrGradient) {
    if (!filterOrGradient.dtype().isFloating()) {
      throw Elementwise.unsupported(c, filterOrGradient.dtype());
    }
    return ConvSpec.of(c.opType(), c.attrs());
  }

  private static void forward(KernelContext c) {
    ConvSpec spec = spec(c, c.input(1));
    TensorValue x = Dims.requireRank(c.input(0), spec.rank(), "input");
    TensorValue filter = Dims.requireRank(c.input(1), spec.rank(), "filter");
    ConvWalk walk = new ConvWalk(spec, x.shape(), filter.shape());
    double[] in = x.toDoubles();
    double[] w = filter.toDoubles();
    double[] out = new double[Dims.count(walk.outputShape())];
    walk.forEach((i, f, o) -> out[o] += in[i] * w[f]);
    c.output(0, rounded(x.dtype(), walk.outputShape(), out));
  }

  private static void toInput(KernelContext c) {
    ConvSpec spec = spec(c, c.input(1));
    Shape input = Dims.shape(c.input(0), "input_sizes");
    TensorValue filter = Dims.requireRank(c.input(1), spec.rank(), "filter");
    TensorValue dy = Dims.requireRank(c.input(2), spec.rank(), "out_backprop");
    spec.requireGradient(dy.shape(), input, filter.shape());
    double[] w = filter.toDoubles();
    double[] out = dy.toDoubles();
    double[] in = new double[Dims.count(input)];
    new ConvWalk(spec, input, filter.shape()).forEach((i, f, o) -> in[i] += out[o] * w[f]);
    c.output(0, rounded(filter.dtype(), input, in));
  }

  private static void toFilter(KernelContext c) {
    ConvSpec spec = spec(c, c.input(2));
    TensorValue x = Dims.requireRank(c.input(0), spec.rank(), "input");
    Shape filter = Dims.shape(c.input(1), "filter_sizes");
    TensorValue dy = Dims.requireRank(c.input(2), spec.rank(), "out_backprop");
    spec.requireGradient(dy.shape(), x.shape(), filter);
    double[] in = x.toDoubles();
    double[] out = dy.toDoubles();
    double[] w = new double[Dims.count(filter)];
    new ConvWalk(spec, x.shape(), filter).forEach((i, f, o) -> w[f] += in[i] * out[o]);
    c.output(0, rounded(x.dtype(), filter, w));
  }

  static TensorValue rounded(DataType t, Shape shape, double[] values) {
    Result r = new Result(t, shape);
    for (int i = 0; i < values.length; i++) {
      r.setDouble(i, values[i]);
    }
    return r.value();
  }
}
