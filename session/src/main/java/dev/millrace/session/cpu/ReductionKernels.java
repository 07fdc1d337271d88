package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import java.util.Arrays;
import java.util.List;

/** Reductions over constant axes, BiasAddGrad and L2Loss. */
final class ReductionKernels {
  private ReductionKernels() {}

  static void register(FastKernels to) {
    for (String op : List.of("Sum", "Mean", "Max", "Min", "Prod", "All", "Any")) {
      to.add(op, new OverAxes());
    }
    to.add("BiasAddGrad", new BiasAddGrad());
    to.add("L2Loss", new L2Loss());
  }

  /** The loops for that op type and dtype, or null. */
  static Reducer reducer(String op, DataType t) {
    return switch (t) {
      case FLOAT32 -> RealReducer.of(op, Lane.F32);
      case FLOAT64 -> RealReducer.of(op, Lane.F64);
      case INT32 -> IntegerReducer.of(op, Lane.I32);
      case INT64 -> IntegerReducer.of(op, Lane.I64);
      case BOOL -> BoolReducer.of(op);
      default -> null;
    };
  }

  /**
   * The part that sums and means over all dimensions before some other play in a program; null for
   * other reductions.
   */
  private static FusedRole role(NodeSpec node, boolean[] reduced) {
    Shape s = node.inputShape(0);
    int kept = reduced.length;
    while (kept > 0 && (!reduced[kept - 1] || s.dim(kept - 1) == 1)) {
      kept--;
    }
    for (int i = 0; i < kept; i++) {
      if (!reduced[i] && s.dim(i) != 1) {
        return null;
      }
    }
    return kept == 0 || s.numElements() == 0 ? null : FusedRole.reduce(kept);
  }

  private static Step step(BindContext node, boolean[] reduced) {
    int n = (int) node.outputShape(0).numElements();
    if (n == 0) {
      return Steps.NOTHING;
    }
    Reducer r = reducer(node.opType(), node.inputType(0));
    ReductionShape s = ReductionShape.of(node.inputShape(0), reduced);
    return s.elements() == 0
        ? new EmptyStep(node, r, n)
        : new ReduceStep(node, r, s, node.input(0), node.output(0), n);
  }

  /** The result of reducing nothing, in every place. */
  private static final class EmptyStep implements Step {
    private final Region z;
    private final Object value;
    private final Reducer reducer;
    private final int n;

    EmptyStep(BindContext node, Reducer reducer, int n) {
      this.z = node.output(0);
      this.reducer = reducer;
      this.n = n;
      Object acc = reducer.allocate(n);
      reducer.reset(acc, 0, n);
      value = TensorValue.newStorage(node.outputType(0), n);
      reducer.finish(acc, 0, value, n, 0);
    }

    @Override
    public void run() {
      reducer.lane.put(z, 0, value, 0, n);
    }
  }

  private static final class OverAxes implements ProgramKernel {
    @Override
    public FusedRole role(NodeSpec node) {
      boolean isSum = node.opType().equals("Sum") || node.opType().equals("Mean");
      return isSum ? ReductionKernels.role(node, axes(node)) : null;
    }

    @Override
    public boolean supports(NodeSpec node) {
      return reducer(node.opType(), node.inputType(0)) != null && axes(node) != null;
    }

    @Override
    public Step bind(BindContext node) {
      return step(node, axes(node));
    }

    /**
     * The dimensions to reduce, or null if they are not known or not right, which is for the
     * reference kernel to tell.
     */
    private static boolean[] axes(NodeSpec node) {
      TensorValue axes = node.constant(1);
      if (axes == null) {
        return null;
      }
      int rank = node.inputShape(0).rank();
      boolean[] reduced = new boolean[rank];
      for (long a : axes.toLongs()) {
        int axis = (int) (a < 0 ? a + rank : a);
        if (a < -rank || a >= rank || reduced[axis]) {
          return null;
        }
        reduced[axis] = true;
      }
      return reduced;
    }
  }

  /** The sum over all dimensions but that of the channels. */
  private static final class BiasAddGrad implements ProgramKernel {
    @Override
    public FusedRole role(NodeSpec node) {
      return ReductionKernels.role(node, reduced(node));
    }

    private static boolean[] reduced(NodeSpec node) {
      boolean[] reduced = new boolean[node.inputShape(0).rank()];
      int channels = BiasAdd.isChannelsFirst(node) ? 1 : reduced.length - 1;
      for (int i = 0; i < reduced.length; i++) {
        reduced[i] = i != channels;
      }
      return reduced;
    }

    @Override
    public boolean supports(NodeSpec node) {
      return reducer("BiasAddGrad", node.inputType(0)) != null && node.inputShape(0).rank() >= 2;
    }

    @Override
    public Step bind(BindContext node) {
      return step(node, reduced(node));
    }
  }

  /** Half the sum of squares. */
  private static final class L2Loss implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return reducer("L2Loss", node.inputType(0)) != null;
    }

    @Override
    public Step bind(BindContext node) {
      boolean[] all = new boolean[node.inputShape(0).rank()];
      Arrays.fill(all, true);
      return step(node, all);
    }
  }
}
