package dev.millrace.session.plan;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.memory.HeapCopies;
import java.util.Set;

/** What steps cost, as far as it follows from shapes: for traces and printed plans. */
final class StepCosts {
  /** Input 0 is read, and input 1 tells which rows: the others are not touched. */
  private static final Set<String> GATHERS =
      Set.of("Gather", "GatherV2", "GatherNd", "ResourceGather", "ResourceGatherNd");

  private StepCosts() {}

  /** The bytes that a step reads and writes. */
  static long bytes(SpecNode n) {
    String type = n.opType();
    long out = 0;
    for (Slot s : n.outputs()) {
      out += bytes(s);
    }
    if (n.action() == SpecNode.Action.READ_VIEW || n.action() == SpecNode.Action.NONE) {
      return 0;
    }
    if (GATHERS.contains(type)) {
      return bytes(n.inputs()[1]) + 2 * out;
    }
    long in = 0;
    long variables = 0;
    long widest = 0;
    for (Slot s : n.inputs()) {
      if (s.isFixedVariable()) {
        variables += variableBytes(s);
      } else {
        in += bytes(s);
        widest = Math.max(widest, bytes(s));
      }
    }
    if (type.contains("Scatter") || type.contains("SparseApply")) {
      // The rows of each variable that are changed are as large as those given for them.
      int touched = Math.max(1, count(n));
      return in + 2 * widest * touched;
    }
    boolean only = type.equals("AssignVariableOp");
    return in + out + (only || type.equals("ReadVariableOp") ? variables : 2 * variables);
  }

  private static int count(SpecNode n) {
    int variables = 0;
    for (Slot s : n.inputs()) {
      variables += s.isFixedVariable() ? 1 : 0;
    }
    return variables;
  }

  private static long bytes(Slot s) {
    return s.hasMemory() ? s.bytes() : 0;
  }

  private static long variableBytes(Slot handle) {
    Attrs a = handle.handleNode().attrs();
    return HeapCopies.byteSize(a.getType("dtype"), a.getShape("shape"));
  }

  /** The floating-point operations of products and convolutions, an addition and a product each. */
  static double flops(NodeSpec n) {
    return switch (n.opType()) {
      case "MatMul" -> product(n, n.attrs().getBool("transpose_a"));
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" ->
          product(n, n.attrs().getBool("adj_x"));
      case "Conv2D", "Conv3D" -> convolution(n.outputShape(0), n.inputShape(1));
      case "Conv2DBackpropInput", "Conv3DBackpropInputV2" ->
          convolution(n.inputShape(2), n.inputShape(1));
      case "Conv2DBackpropFilter", "Conv3DBackpropFilterV2" ->
          convolution(n.inputShape(2), n.outputShape(0));
      case "DepthwiseConv2dNative" -> depthwise(n.outputShape(0), n.inputShape(1));
      case "DepthwiseConv2dNativeBackpropInput" -> depthwise(n.inputShape(2), n.inputShape(1));
      case "DepthwiseConv2dNativeBackpropFilter" -> depthwise(n.inputShape(2), n.outputShape(0));
      case "BlockLSTM", "BlockLSTMV2" -> 2 * rows(n.inputShape(1)) * elements(n.inputShape(4));
      case "LSTMBlockCell" -> 2 * rows(n.inputShape(0)) * elements(n.inputShape(3));
      default -> 0;
    };
  }

  private static double elements(Shape s) {
    return s == null ? 0 : s.numElements();
  }

  /** The product of all dimensions but the last. */
  private static double rows(Shape s) {
    return s == null || s.numElements() == 0 ? 0 : elements(s) / s.dim(s.rank() - 1);
  }

  private static double product(NodeSpec n, boolean transposed) {
    Shape a = n.inputShape(0);
    return a == null ? 0 : 2 * elements(n.outputShape(0)) * a.dim(a.rank() - (transposed ? 2 : 1));
  }

  private static double convolution(Shape out, Shape filter) {
    return 2 * elements(out) * rows(filter);
  }

  private static double depthwise(Shape out, Shape filter) {
    return filter == null ? 0 : 2 * elements(out) * filter.dim(0) * filter.dim(1);
  }
}
