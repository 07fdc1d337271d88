package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;

/**
 * Gather, GatherV2 along a constant axis, GatherNd, and ResourceGather and ResourceGatherNd, which
 * read a variable's rows and slices.
 */
final class GatherKernels {
  private GatherKernels() {}

  static void register(FastKernels to) {
    to.add("Gather", new Kernel());
    to.add("GatherV2", new Kernel());
    to.add("ResourceGather", new FromVariable());
    to.add("GatherNd", new Slices());
    to.add("ResourceGatherNd", new SlicesOfVariable());
  }

  private static final class Kernel implements FastKernel {
    /** The axis, or -1 where it is not known or not right. */
    private static int axis(NodeSpec node) {
      int rank = node.inputShape(0).rank();
      if (node.opType().equals("Gather")) {
        return rank > 0 ? 0 : -1;
      }
      TensorValue v = node.constant(2);
      if (v == null || v.size() != 1 || v.getLong(0) < -rank || v.getLong(0) >= rank) {
        return -1;
      }
      return (int) (v.getLong(0) < 0 ? v.getLong(0) + rank : v.getLong(0));
    }

    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense()
          && Indices.isIndex(node.inputType(1))
          && axis(node) >= 0
          && hasNoBatch(node);
    }

    @Override
    public Step bind(BindContext node) {
      Shape s = node.inputShape(0);
      int axis = axis(node);
      int outer = (int) s.slice(0, axis).numElements();
      int inner = (int) s.sliceFrom(axis + 1).numElements();
      return new GatherStep(node, node.input(0), null, outer, (int) s.dim(axis), inner);
    }
  }

  private static boolean hasNoBatch(NodeSpec node) {
    return !node.attrs().has("batch_dims") || node.attrs().getInt("batch_dims") == 0;
  }

  private static final class FromVariable implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.outputType(0).isDense() && Indices.isIndex(node.inputType(1)) && hasNoBatch(node);
    }

    @Override
    public Step bind(BindContext node) {
      Variable v = node.variable(0);
      Shape s = v.staticShape();
      if (s.rank() < 1) {
        throw new InvalidArgumentException("variable '" + v.name() + "' is a scalar without rows");
      }
      int inner = (int) s.sliceFrom(1).numElements();
      return new GatherStep(node, v.region(), v, 1, (int) s.dim(0), inner);
    }
  }

  private static final class Slices implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      Shape indices = node.inputShape(1);
      return node.inputType(0).isDense()
          && indices.rank() > 0
          && indices.dim(-1) <= node.inputShape(0).rank();
    }

    @Override
    public Step bind(BindContext node) {
      return new GatherRows(node, node.inputShape(0), node.input(0), null);
    }
  }

  private static final class SlicesOfVariable implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.outputType(0).isDense() && node.inputShape(1).rank() > 0;
    }

    @Override
    public Step bind(BindContext node) {
      Variable v = node.variable(0);
      Shape s = v.staticShape();
      if (node.inputShape(1).dim(-1) > s.rank()) {
        throw new InvalidArgumentException(
            "indices of shape "
                + node.inputShape(1)
                + " have more coordinates than variable '"
                + v.name()
                + "' of shape "
                + s
                + " has dimensions");
      }
      return new GatherRows(node, s, v.region(), v);
    }
  }

  /** Picks slices of {@code [outer, size, inner]}. */
  private static final class GatherStep extends PickStep {
    private final Variable variable;
    private final Region indices;
    private final DataType indexType;
    private final int size;
    private final int picks;

    GatherStep(BindContext node, Region x, Variable variable, int outer, int size, int inner) {
      super(node, x, outer * picks(node), inner);
      this.variable = variable;
      this.indices = node.input(1);
      this.indexType = node.inputType(1);
      this.size = size;
      this.picks = picks(node);
    }

    private static int picks(BindContext node) {
      return (int) node.inputShape(1).numElements();
    }

    @Override
    public void run() {
      if (variable != null && !variable.isInitialized()) {
        throw variable.missing();
      }
      super.run();
    }

    @Override
    int source(int item) {
      return item / picks * size + index(item % picks);
    }

    private int index(int i) {
      long index = Indices.get(indices, indexType, i);
      if (index < 0 || index >= size) {
        throw new InvalidArgumentException(
            "indices[" + i + "] = " + index + " is not in [0, " + size + ")");
      }
      return (int) index;
    }
  }
}
