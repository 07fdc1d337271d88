package dev.millrace.session.plan;

import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.reference.ReferenceKernels;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.state.Wait;
import dev.millrace.session.trace.RunTrace;
import java.util.function.Consumer;

/** The wait of a node: failures name it, and results go on when it is done. */
final class NodeWait implements Wait {
  private final PlanNode node;
  private final NodeContext context;
  private final boolean checkNumbers;
  private final Consumer<TensorValue[]> result;
  private final RunTrace trace; // null for none
  private final long start = System.nanoTime();
  private Wait wait;

  private NodeWait(
      PlanNode node, NodeContext context, boolean checkNumbers, Consumer<TensorValue[]> result) {
    this.node = node;
    this.context = context;
    this.checkNumbers = checkNumbers;
    this.result = result;
    this.trace = context.runState().trace();
  }

  /**
   * Begins what a node does that may have to wait.
   *
   * @param result takes the outputs
   */
  static Wait begin(
      PlanNode node,
      NodeContext context,
      RunControl control,
      boolean checkNumbers,
      Consumer<TensorValue[]> result) {
    NodeWait w = new NodeWait(node, context, checkNumbers, result);
    w.named(
        () -> w.wait = ReferenceKernels.findWaiting(node.type()).begin(context, control::changed));
    return w;
  }

  private void named(Runnable work) {
    try {
      work.run();
    } catch (MillraceException e) {
      throw e.at(node.origin());
    } catch (RuntimeException e) {
      throw new InternalException("the kernel failed: " + e, e).at(node.origin());
    }
  }

  @Override
  public boolean isDone() {
    boolean[] done = new boolean[1];
    named(() -> done[0] = wait.isDone());
    return done[0];
  }

  @Override
  public void finish() {
    named(
        () -> {
          wait.finish();
          TensorValue[] out = context.outputs();
          if (trace != null) {
            trace.waited(StepInfos.waiting(node), start);
          }
          if (checkNumbers) {
            for (TensorValue v : out) {
              NumberCheck.check(v);
            }
          }
          result.accept(out);
        });
  }

  @Override
  public void cancel() {
    wait.cancel();
  }
}
