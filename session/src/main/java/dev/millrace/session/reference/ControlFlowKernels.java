package dev.millrace.session.reference;

import dev.millrace.graph.AbortedException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.util.StringJoiner;

/** Ops that are there for their order or their failure. */
final class ControlFlowKernels {
  private ControlFlowKernels() {}

  static void register(ReferenceKernels k) {
    k.add("NoOp", c -> {});
    k.add("Assert", ControlFlowKernels::check);
    k.add("Abort", ControlFlowKernels::abort);
    k.add("ControlTrigger", c -> {});
    for (String ref : new String[] {"", "Ref"}) {
      k.addControl(
          ref + "Switch", ref + "Merge", ref + "Enter", ref + "Exit", ref + "NextIteration");
    }
    k.addControl("LoopCond");
    k.addControl("If", "StatelessIf", "Case", "While", "StatelessWhile");
    k.addControl("PartitionedCall", "StatefulPartitionedCall");
  }

  /** TensorFlow ends the process here; only the run ends. */
  private static void abort(KernelContext c) {
    String message = c.attrs().getString("error_msg");
    throw new AbortedException(message.isEmpty() ? "the graph asks to abort" : message);
  }

  private static void check(KernelContext c) {
    TensorValue condition = Dims.requireScalar(c.input(0), "the condition");
    if (condition.getBoolean(0)) {
      return;
    }
    StringJoiner message = new StringJoiner(" ", "assertion failed: ", "");
    for (int i = 1; i < c.inputCount(); i++) {
      message.add("[" + summary(c.input(i), c.attrs().getInt("summarize")) + "]");
    }
    throw new InvalidArgumentException(message.toString());
  }

  /** The first {@code limit} elements, or all where it is negative. */
  private static String summary(TensorValue x, long limit) {
    StringJoiner text = new StringJoiner(" ");
    for (int i = 0; i < x.size(); i++) {
      if (limit >= 0 && i >= limit) {
        text.add("...");
        break;
      }
      text.add(element(x, i));
    }
    return text.toString();
  }

  private static String element(TensorValue x, int i) {
    DataType t = x.dtype();
    if (t == DataType.STRING) {
      return x.getString(i);
    }
    if (t == DataType.BOOL) {
      return String.valueOf(x.getBoolean(i));
    }
    if (t == DataType.FLOAT64) {
      return String.valueOf(x.getDouble(i));
    }
    if (t.isFloating()) {
      return String.valueOf((float) x.getDouble(i));
    }
    if (t == DataType.UINT64) {
      return Long.toUnsignedString(x.getLong(i));
    }
    return t.isInteger() ? String.valueOf(x.getLong(i)) : "<" + t + ">";
  }
}
