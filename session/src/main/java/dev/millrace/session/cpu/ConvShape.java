package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.ops.defs.ConvSpec;
import dev.millrace.ops.defs.ImageFormat;
import dev.millrace.ops.defs.Windows;
import dev.millrace.session.kernel.NodeSpec;

/** All sizes of a convolution, or of the convolution that a gradient node belongs to. */
final class ConvShape {
  /** What a node computes of the three tensors of a convolution, of which it is given two. */
  enum Kind {
    FORWARD,
    TO_INPUT,
    TO_FILTER
  }

  final Kind kind;
  final ConvSpec spec;
  final Shape input;
  final Shape filter;
  final Shape output;
  final int batch;
  final int inChannels;
  final int outChannels;

  /** In how many groups the channels fall; depthwise, as many as there are input channels. */
  final int groups;

  /** Sizes along the spatial dimensions. */
  final int[] in;

  final int[] out;
  final int[] taps;
  final int[] strides;
  final int[] dilations;
  final int[] before;

  private ConvShape(Kind kind, ConvSpec spec, Shape input, Shape filter) {
    this.kind = kind;
    this.spec = spec;
    this.input = input;
    this.filter = filter;
    this.output = spec.output(input, filter);
    ImageFormat format = spec.format();
    int axis = format.channelAxis(spec.rank());
    batch = (int) input.dim(0);
    inChannels = (int) input.dim(axis);
    outChannels = (int) output.dim(axis);
    groups = spec.isDepthwise() ? inChannels : (int) spec.groups(input, filter);
    Windows w = spec.windows(filter);
    int n = w.count();
    in = new int[n];
    out = new int[n];
    taps = new int[n];
    strides = new int[n];
    dilations = new int[n];
    before = new int[n];
    for (int d = 0; d < n; d++) {
      in[d] = (int) input.dim(format.spatialAxis(d));
      out[d] = (int) output.dim(format.spatialAxis(d));
      taps[d] = w.size(d);
      strides[d] = w.stride(d);
      dilations[d] = w.dilation(d);
      before[d] = w.before(d, in[d]);
    }
  }

  /** The sizes of a node, whose shapes fit. */
  static ConvShape of(NodeSpec node) {
    ConvSpec spec = ConvSpec.of(node.opType(), node.attrs());
    if (node.opType().contains("BackpropInput")) {
      return new ConvShape(Kind.TO_INPUT, spec, node.outputShape(0), node.inputShape(1));
    } else if (node.opType().contains("BackpropFilter")) {
      return new ConvShape(Kind.TO_FILTER, spec, node.inputShape(0), node.outputShape(0));
    }
    return new ConvShape(Kind.FORWARD, spec, node.inputShape(0), node.inputShape(1));
  }

  boolean isChannelsLast() {
    return spec.format() == ImageFormat.CHANNELS_LAST;
  }

  static int product(int[] sizes) {
    int n = 1;
    for (int s : sizes) {
      n = Math.multiplyExact(n, s);
    }
    return n;
  }

  /** The elements of one image of the input. */
  int inSize() {
    return product(in) * inChannels;
  }

  /** The elements of one image of the output. */
  int outSize() {
    return product(out) * outChannels;
  }

  /** Multiplications for one image. */
  double work() {
    return (double) product(out) * product(taps) * (inChannels / (double) groups) * outChannels;
  }

  boolean isEmpty() {
    return input.numElements() == 0 || filter.numElements() == 0 || output.numElements() == 0;
  }
}
