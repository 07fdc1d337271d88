package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import java.util.Arrays;
import java.util.List;

/** Fill, ZerosLike, OnesLike and OneHot. */
final class FillKernels {
  private FillKernels() {}

  static void register(FastKernels to) {
    to.add("Fill", new Fill());
    to.add("ZerosLike", new Like(0));
    to.add("OnesLike", new Like(1));
    to.add("OneHot", new OneHot());
  }

  private static final class Fill implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(1).isDense() && node.inputShape(1).rank() == 0;
    }

    @Override
    public Step bind(BindContext node) {
      long n = node.outputShape(0).numElements();
      return FillStep.of(node, node.input(1), node.output(0), n, node.outputType(0).size());
    }
  }

  /** Zeros or ones. */
  private record Like(int value) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense() && (value == 0 || one(node.inputType(0)) != null);
    }

    private static TensorValue one(DataType t) {
      return switch (t) {
        case FLOAT32, FLOAT64, INT32, INT64 -> TensorValue.of(1, t);
        case BOOL -> TensorValue.of(true);
        default -> null;
      };
    }

    @Override
    public Step bind(BindContext node) {
      DataType t = node.outputType(0);
      TensorValue v = value == 0 ? TensorValue.zeros(t, Shape.scalar()) : one(t);
      Region r = NativeMemory.allocate(t.size()).region(0, t.size());
      HeapCopies.store(v, r);
      return FillStep.of(node, r, node.output(0), node.outputShape(0).numElements(), t.size());
    }
  }

  private static final class OneHot implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      long axis = node.attrs().getInt("axis");
      int rank = node.inputShape(0).rank();
      return Indices.isIndex(node.inputType(0))
          && node.inputType(2).isDense()
          && node.inputShape(2).rank() == 0
          && node.inputShape(3).rank() == 0
          && axis >= -1
          && axis <= rank;
    }

    @Override
    public Step bind(BindContext node) {
      long n = node.outputShape(0).numElements();
      Step off = FillStep.of(node, node.input(3), node.output(0), n, node.outputType(0).size());
      return n == 0 ? Steps.NOTHING : Steps.sequence(List.of(off, new OnStep(node)));
    }
  }

  /** Sets the places that the indices name, out of the filled result. */
  private static final class OnStep implements Step {
    private final Region indices;
    private final DataType type;
    private final Region on;
    private final Region z;
    private final int n;
    private final int depth;
    private final int inner;
    private final int size;

    OnStep(BindContext node) {
      indices = node.input(0);
      type = node.inputType(0);
      on = node.input(2);
      z = node.output(0);
      n = (int) node.inputShape(0).numElements();
      int axis = (int) node.attrs().getInt("axis");
      int rank = node.inputShape(0).rank();
      axis = axis < 0 ? rank : axis;
      depth = (int) node.outputShape(0).dim(axis);
      long[] dims = node.inputShape(0).dims();
      inner = (int) Arrays.stream(dims, axis, rank).reduce(1, (a, b) -> a * b);
      size = node.outputType(0).size();
    }

    @Override
    public void run() {
      for (int i = 0; i < n; i++) {
        long index = Indices.get(indices, type, i);
        if (index >= 0 && index < depth) {
          int at = (i / inner * depth + (int) index) * inner + i % inner;
          z.bytes().put(at * size, on.bytes(), 0, size);
        }
      }
    }
  }
}
