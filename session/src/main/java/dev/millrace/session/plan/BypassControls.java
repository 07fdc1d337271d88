package dev.millrace.session.plan;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets nodes wait for what waiting comes down to. Waiting for an identity is waiting for its input,
 * and waiting for arithmetic, which changes nothing and checks nothing, is waiting for where its
 * operands come from. In loops and branches written by TensorFlow every constant waits, and in
 * gradients every op waits for all gradients of the op before: such edges would keep element-wise
 * nodes apart.
 */
final class BypassControls implements Pass {
  private static final int MOST_HANDED_ON = 2;

  /** Waiting for arithmetic that more sources lead to is left as it is. */
  private static final int MOST_SOURCES = 8;

  private static final Set<String> ARITHMETIC =
      Set.of(
          "Add",
          "AddN",
          "AddV2",
          "BatchMatMul",
          "BatchMatMulV2",
          "BiasAdd",
          "BiasAddGrad",
          "BroadcastGradientArgs",
          "BroadcastTo",
          "Cast",
          "Concat",
          "ConcatOffset",
          "ConcatV2",
          "Conv2D",
          "Conv2DBackpropFilter",
          "Conv2DBackpropInput",
          "Elu",
          "EluGrad",
          "Exp",
          "ExpandDims",
          "Fill",
          "L2Loss",
          "Log",
          "LogSoftmax",
          "MatMul",
          "MaxPool",
          "MaxPoolGrad",
          "Maximum",
          "Mean",
          "Minimum",
          "Mul",
          "Neg",
          "OnesLike",
          "Pack",
          "Rank",
          "RealDiv",
          "Reciprocal",
          "Relu",
          "ReluGrad",
          "Reshape",
          "Rsqrt",
          "RsqrtGrad",
          "Select",
          "SelectV2",
          "Shape",
          "ShapeN",
          "Sigmoid",
          "SigmoidGrad",
          "Size",
          "Slice",
          "Softmax",
          "SoftmaxCrossEntropyWithLogits",
          "Softplus",
          "SoftplusGrad",
          "Split",
          "SplitV",
          "Sqrt",
          "SqrtGrad",
          "Square",
          "Squeeze",
          "StridedSlice",
          "StridedSliceGrad",
          "Sub",
          "Sum",
          "Tanh",
          "TanhGrad",
          "TensorListGetItem",
          "TensorListPopBack",
          "Tile",
          "Transpose",
          "Unpack",
          "ZerosLike");

  @Override
  public void run(PlanGraph g) {
    Map<PlanNode, Set<PlanNode>> behind = new HashMap<>();
    for (PlanNode n : g.nodes()) { // in order, so that what n waits for has been looked at
      for (PlanNode c : List.copyOf(n.controlInputs())) {
        Set<PlanNode> instead = behind.get(c);
        if (instead != null) {
          n.controlInputs().remove(c);
          n.controlInputs().addAll(instead);
        }
      }
      Set<PlanNode> waits = behind(n, behind);
      if (waits != null) {
        behind.put(n, waits);
      }
    }
  }

  /** What waiting for {@code c} comes down to; null where it is worth waiting for. */
  private static Set<PlanNode> behind(PlanNode c, Map<PlanNode, Set<PlanNode>> known) {
    Set<PlanNode> waits = new LinkedHashSet<>(c.controlInputs());
    boolean identity = RemoveIdentities.isIdentity(c);
    if (identity || isArithmetic(c)) {
      for (Edge e : c.inputs()) {
        waits.addAll(known.getOrDefault(e.node(), Set.of(e.node())));
      }
      return identity || waits.size() <= MOST_SOURCES ? waits : null;
    }
    boolean passive =
        c.isFeed()
            || c.isConstant()
            || VariableHandles.isHandle(c)
            || (c.isOp() && c.type().equals("Const"))
            || (c.isOp() && c.type().equals("NoOp") && waits.size() <= MOST_HANDED_ON);
    return passive ? waits : null;
  }

  private static boolean isArithmetic(PlanNode c) {
    return c.isPure() && ARITHMETIC.contains(c.type());
  }
}
