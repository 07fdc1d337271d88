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
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import java.util.List;
import java.util.function.Function;

/**
 * Ops that copy a box of elements by constant rules: Transpose, Slice, StridedSlice, Reverse, Tile,
 * BroadcastTo, and Pad, which fills what is around the box.
 */
final class ShapeKernels {
  private ShapeKernels() {}

  static void register(FastKernels to) {
    to.add("Transpose", new Copy(ShapeKernels::transpose));
    to.add("Slice", new Slice(SliceSpec::ofSlice));
    to.add("StridedSlice", new Slice(SliceSpec::ofStrided));
    to.add("Reverse", new Copy(ShapeKernels::reverse));
    to.add("ReverseV2", new Copy(ShapeKernels::reverse));
    to.add("Tile", new Copy(ShapeKernels::tile));
    to.add("BroadcastTo", new Copy(ShapeKernels::broadcastTo));
    to.add("Pad", new Pad());
    to.add("PadV2", new Pad());
  }

  private static int size(NodeSpec node) {
    return node.inputType(0).size();
  }

  /** A range of each dimension; null likewise. */
  private record Slice(Function<NodeSpec, SliceSpec> rule) implements ProgramKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense() && rule.apply(node) != null;
    }

    @Override
    public FusedRole role(NodeSpec node) {
      return node.inputType(0).size() <= Long.BYTES
          ? rule.apply(node).part(node.inputShape(0), node.outputShape(0))
          : null;
    }

    @Override
    public Step bind(BindContext node) {
      return CopyStep.of(node, rule.apply(node).copy(size(node)), node.input(0), node.output(0));
    }
  }

  /** Gives the copy, or null where its rules are not constant or not right. */
  private record Copy(Function<NodeSpec, StridedCopy> rule) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense() && rule.apply(node) != null;
    }

    @Override
    public Step bind(BindContext node) {
      return CopyStep.of(node, rule.apply(node), node.input(0), node.output(0));
    }
  }

  private static StridedCopy transpose(NodeSpec node) {
    TensorValue perm = node.constant(1);
    int rank = node.inputShape(0).rank();
    if (perm == null || perm.size() != rank) {
      return null;
    }
    boolean[] seen = new boolean[rank];
    long[] own = StridedCopy.dense(node.inputShape(0).dims());
    long[] from = new long[rank];
    for (int i = 0; i < rank; i++) {
      long p = perm.getLong(i);
      if (p < 0 || p >= rank || seen[(int) p]) {
        return null;
      }
      seen[(int) p] = true;
      from[i] = own[(int) p];
    }
    long[] dims = node.outputShape(0).dims();
    return StridedCopy.of(dims, from, StridedCopy.dense(dims), 0, 0, size(node));
  }

  private static StridedCopy reverse(NodeSpec node) {
    TensorValue which = node.constant(1);
    long[] dims = node.inputShape(0).dims();
    if (which == null || (node.opType().equals("Reverse") && which.size() != dims.length)) {
      return null;
    }
    boolean[] turned = new boolean[dims.length];
    for (int i = 0; i < which.size(); i++) {
      if (which.dtype() == DataType.BOOL) {
        turned[i] = which.getBoolean(i);
        continue;
      }
      long a = which.getLong(i) < 0 ? which.getLong(i) + dims.length : which.getLong(i);
      if (a < 0 || a >= dims.length || turned[(int) a]) {
        return null;
      }
      turned[(int) a] = true;
    }
    long[] from = StridedCopy.dense(dims);
    long[] to = StridedCopy.dense(dims);
    long base = 0;
    for (int i = 0; i < dims.length; i++) {
      if (turned[i] && dims[i] > 0) {
        base += (dims[i] - 1) * from[i];
        from[i] = -from[i];
      }
    }
    return StridedCopy.of(dims, from, to, base, 0, size(node));
  }

  /** Every dimension becomes two: the repetitions, which stand still in the source, and itself. */
  private static StridedCopy tile(NodeSpec node) {
    long[] own = node.inputShape(0).dims();
    long[] whole = node.outputShape(0).dims();
    if (whole.length != own.length) {
      return null;
    }
    long[] strides = StridedCopy.dense(own);
    long[] dims = new long[2 * own.length];
    long[] from = new long[dims.length];
    for (int i = 0; i < own.length; i++) {
      dims[2 * i] = own[i] == 0 ? 0 : whole[i] / own[i];
      dims[2 * i + 1] = own[i];
      from[2 * i + 1] = strides[i];
    }
    return StridedCopy.of(dims, from, StridedCopy.dense(dims), 0, 0, size(node));
  }

  private static StridedCopy broadcastTo(NodeSpec node) {
    Shape s = node.inputShape(0);
    long[] dims = node.outputShape(0).dims();
    if (!Broadcast.fits(s, node.outputShape(0))) {
      return null;
    }
    long[] own = StridedCopy.dense(s.dims());
    long[] from = new long[dims.length];
    for (int i = 1; i <= s.rank(); i++) {
      from[dims.length - i] = s.dim(-i) == 1 ? 0 : own[own.length - i];
    }
    return StridedCopy.of(dims, from, StridedCopy.dense(dims), 0, 0, size(node));
  }

  private static final class Pad implements FastKernel {
    /** Where the box lies in the result; null if the paddings are not constant or do not fit. */
    private static StridedCopy box(NodeSpec node) {
      TensorValue paddings = node.constant(1);
      Shape s = node.inputShape(0);
      if (paddings == null || paddings.size() != 2 * s.rank()) {
        return null;
      }
      long[] to = StridedCopy.dense(node.outputShape(0).dims());
      long base = 0;
      for (int i = 0; i < s.rank(); i++) {
        long before = paddings.getLong(2 * i);
        long after = paddings.getLong(2 * i + 1);
        if (before < 0 || after < 0 || before + s.dim(i) + after != node.outputShape(0).dim(i)) {
          return null;
        }
        base += before * to[i];
      }
      return StridedCopy.of(s.dims(), StridedCopy.dense(s.dims()), to, 0, base, size(node));
    }

    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(0).isDense()
          && box(node) != null
          && (node.inputCount() < 3 || node.inputShape(2).rank() == 0);
    }

    @Override
    public Step bind(BindContext node) {
      Region value =
          node.inputCount() < 3
              ? NativeMemory.allocate(size(node)).region(0, size(node))
              : node.input(2);
      long n = node.outputShape(0).numElements();
      Step fill = FillStep.of(node, value, node.output(0), n, size(node));
      Step copy = CopyStep.of(node, box(node), node.input(0), node.output(0));
      boolean covered = n == node.inputShape(0).numElements();
      return covered ? copy : Steps.sequence(List.of(fill, copy));
    }
  }
}
