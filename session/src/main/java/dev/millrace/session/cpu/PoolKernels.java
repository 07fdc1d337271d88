package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** Pooling of floats and its gradients, over spatial dimensions, in both formats. */
final class PoolKernels {
  private PoolKernels() {}

  static void register(FastKernels to) {
    for (String type : new String[] {"MaxPool", "MaxPoolV2", "MaxPool3D"}) {
      to.add(type, new Kernel(0, MaxPoolStep::new));
    }
    for (String type : new String[] {"MaxPoolGrad", "MaxPoolGradV2"}) {
      to.add(type, new Kernel(0, MaxPoolGradStep::new));
    }
    for (String type : new String[] {"AvgPool", "AvgPool3D"}) {
      to.add(type, new Kernel(0, AveragePoolStep::new));
      to.add(type + "Grad", new Kernel(-1, AveragePoolGradStep::new));
    }
  }

  /** Makes the step of a node. */
  @FunctionalInterface
  private interface Maker {
    Step make(BindContext node, PoolShape shape);
  }

  /**
   * A kernel.
   *
   * @param pooled the input of the pooled tensor's shape; -1 for the output
   */
  private record Kernel(int pooled, Maker maker) implements FastKernel {
    private PoolShape shape(NodeSpec node) {
      Shape s = pooled < 0 ? node.outputShape(0) : node.inputShape(pooled);
      return PoolShape.of(node, s);
    }

    @Override
    public boolean supports(NodeSpec node) {
      return node.outputType(0) == DataType.FLOAT32 && shape(node) != null;
    }

    @Override
    public Step bind(BindContext node) {
      return node.outputShape(0).numElements() == 0 ? Steps.NOTHING : maker.make(node, shape(node));
    }
  }
}
