package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import java.util.Arrays;

/**
 * BiasAdd and BiasAddV1: an addition that broadcasts along the channels, which are the last
 * dimension or, as in NCHW, the second.
 */
final class BiasAdd implements InstructionKernel {
  static void register(FastKernels to) {
    to.add("BiasAdd", new BiasAdd());
    to.add("BiasAddV1", new BiasAdd());
  }

  /** Whether the attribute says that the channels come before height and width. */
  static boolean isChannelsFirst(NodeSpec node) {
    return node.attrs().has("data_format")
        && node.attrs().getString("data_format").startsWith("NC");
  }

  private static Shape aligned(NodeSpec node) {
    long[] dims = new long[isChannelsFirst(node) ? node.inputShape(0).rank() - 1 : 1];
    Arrays.fill(dims, 1);
    dims[0] = node.inputShape(1).dim(0);
    return Shape.of(dims);
  }

  @Override
  public boolean supports(NodeSpec node) {
    return ElementwiseKernels.binary("Add", node.inputType(0)) != null
        && node.inputShape(0).rank() >= 2
        && node.inputShape(1).rank() == 1
        && Broadcast.fits(aligned(node), node.outputShape(0));
  }

  @Override
  public Instruction instruction(NodeSpec node) {
    Binary add = ElementwiseKernels.binary("Add", node.inputType(0));
    return new Instruction(add.out, add.ns, add.in, add.in) {
      @Override
      Shape shape(NodeSpec n, int i) {
        return i == 1 ? aligned(n) : n.inputShape(i);
      }

      @Override
      void run(Object x, Object y, Object w, Object z, int n, BlockTemps t) {
        add.run(x, y, z, n, t);
      }
    };
  }

  @Override
  public boolean mayOverwrite(NodeSpec node, int input, int output) {
    return input == 0;
  }

  @Override
  public Step bind(BindContext node) {
    return new BinaryStep(
        node,
        ElementwiseKernels.binary("Add", node.inputType(0)),
        node.inputShape(0),
        aligned(node));
  }
}
