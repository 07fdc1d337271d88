package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** Convolutions and their gradients: of floats by oneDNN, else by matrix products of patches. */
final class ConvKernels implements FastKernel {
  static void register(FastKernels to) {
    for (String type : new String[] {"Conv2D", "DepthwiseConv2dNative", "Conv3D"}) {
      String version = type.equals("Conv3D") ? "V2" : "";
      to.add(type, new ConvKernels());
      to.add(type + "BackpropInput" + version, new ConvKernels());
      to.add(type + "BackpropFilter" + version, new ConvKernels());
    }
  }

  @Override
  public boolean supports(NodeSpec node) {
    DataType t = node.outputType(0);
    return (t == DataType.FLOAT32 && Dnnl.isAvailable())
        || PatchConv.supports(t, ConvShape.of(node));
  }

  @Override
  public Step bind(BindContext node) {
    ConvShape shape = ConvShape.of(node);
    if (shape.isEmpty()) {
      return node.outputShape(0).numElements() == 0
          ? Steps.NOTHING
          : () -> Regions.clear(node.output(0));
    }
    DataType t = node.outputType(0);
    boolean byProducts = PatchConv.supports(t, shape);
    if (t == DataType.FLOAT32 && Dnnl.isAvailable()) {
      Step s = DnnlConv.bind(node, shape, byProducts);
      if (s != null) {
        return s;
      }
    }
    return PatchConv.bind(node, shape);
  }
}
