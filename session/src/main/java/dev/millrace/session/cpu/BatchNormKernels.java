package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.defs.ImageFormat;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** Batch normalization of floats, channels last, and its gradient. */
final class BatchNormKernels {
  private BatchNormKernels() {}

  static void register(FastKernels to) {
    for (String version : new String[] {"", "V2", "V3"}) {
      to.add("FusedBatchNorm" + version, new Forward());
      to.add("FusedBatchNormGrad" + version, new Gradient());
    }
  }

  private static boolean isSupported(NodeSpec node, Shape x) {
    return node.outputType(0) == DataType.FLOAT32
        && x.numElements() > 0
        && ImageFormat.of(node.attrs()) == ImageFormat.CHANNELS_LAST;
  }

  private static final class Forward implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return isSupported(node, node.inputShape(0));
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return input == 0 && output == 0;
    }

    @Override
    public Step bind(BindContext node) {
      return new BatchNormStep(node);
    }
  }

  private static final class Gradient implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return isSupported(node, node.inputShape(1));
    }

    @Override
    public boolean mayOverwrite(NodeSpec node, int input, int output) {
      return input < 2 && output == 0;
    }

    @Override
    public Step bind(BindContext node) {
      return new BatchNormGradStep(node);
    }
  }
}
