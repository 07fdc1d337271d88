package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** LSTM cells and LSTMs over time in one op, and their gradients, of floats. */
final class LstmKernels {
  private LstmKernels() {}

  static void register(FastKernels to) {
    to.add("LSTMBlockCell", new Kernel(false, false));
    to.add("LSTMBlockCellGrad", new Kernel(true, false));
    to.add("BlockLSTM", new Kernel(false, false));
    to.add("BlockLSTMV2", new Kernel(false, true));
    to.add("BlockLSTMGrad", new Kernel(true, false));
    to.add("BlockLSTMGradV2", new Kernel(true, true));
  }

  /**
   * @param forgetFirst whether the columns of w are i, f, c, o instead of i, c, f, o
   */
  private record Kernel(boolean gradient, boolean forgetFirst) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return LstmShape.isSupported(node);
    }

    @Override
    public Step bind(BindContext node) {
      return gradient ? new LstmBackward(node, forgetFirst) : new LstmForward(node, forgetFirst);
    }
  }
}
