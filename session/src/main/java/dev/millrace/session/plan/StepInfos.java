package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.trace.StepInfo;
import java.util.ArrayList;
import java.util.List;

/** Describes steps for traces. */
final class StepInfos {
  private StepInfos() {}

  /** A step of a specialised segment. */
  static StepInfo of(SpecNode n) {
    List<String> nodes = n.members().stream().map(PlanNode::toString).toList();
    List<String> outputs = new ArrayList<>();
    for (Slot s : n.outputs()) {
      outputs.add(typeAndShape(s.dtype(), s.shape()));
    }
    return new StepInfo(
        n.opType(),
        n.nodeName(),
        nodes,
        kernel(n),
        outputs,
        StepCosts.bytes(n),
        StepCosts.flops(n));
  }

  /** The check of a step's results for NaN. */
  static StepInfo check(SpecNode n) {
    return StepInfo.ofPlan("_CheckNumbers", n.nodeName());
  }

  private static String kernel(SpecNode n) {
    return switch (n.action()) {
      case NONE, READ_VIEW, READ_COPY -> "variable";
      case FAST -> "fast";
      case CELL -> "cell";
      case REFERENCE -> "reference";
    };
  }

  /** A node that the reference kernel has computed. */
  static StepInfo of(PlanNode n, TensorValue[] in, TensorValue[] out) {
    long bytes = 0;
    for (TensorValue v : in) {
      bytes += bytes(v);
    }
    List<String> outputs = new ArrayList<>();
    for (TensorValue v : out) {
      bytes += bytes(v);
      outputs.add(typeAndShape(v.dtype(), v.shape()));
    }
    return new StepInfo(n.type(), n.pathName(), List.of(), "reference", outputs, bytes, 0);
  }

  private static long bytes(TensorValue v) {
    return v.dtype().isDense() ? v.size() * (long) v.dtype().size() : 0;
  }

  /** A node that waits for what other runs do. */
  static StepInfo waiting(PlanNode n) {
    return new StepInfo(n.type(), n.pathName(), List.of(), "waiting", List.of(), 0, 0);
  }

  /** A branch, loop or call as a whole. */
  static StepInfo part(PlanNode n) {
    return StepInfo.ofPlan(n.type(), n.pathName());
  }

  private static String typeAndShape(DataType t, Shape s) {
    return t + (s == null ? "<unknown>" : s.toString());
  }
}
