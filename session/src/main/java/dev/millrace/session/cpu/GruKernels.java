package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** GRU cells in one op, and their gradient, of floats. */
final class GruKernels {
  private GruKernels() {}

  static void register(FastKernels to) {
    to.add("GRUBlockCell", new Kernel(false));
    to.add("GRUBlockCellGrad", new Kernel(true));
  }

  private record Kernel(boolean gradient) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      if (node.outputType(0) != DataType.FLOAT32) {
        return false;
      }
      Shape state = node.inputShape(1);
      for (int i = 6; i < node.inputCount(); i++) {
        if (!node.inputShape(i).equals(state)) {
          return false; // the definition leaves open whether it fits
        }
      }
      long columns = Math.max(2 * state.dim(1), node.inputShape(0).dim(1) + state.dim(1));
      return columns * Math.max(state.dim(0), node.inputShape(2).dim(0))
          <= Integer.MAX_VALUE / Float.BYTES;
    }

    @Override
    public Step bind(BindContext node) {
      return gradient ? new GruBackward(node) : new GruForward(node);
    }
  }
}
