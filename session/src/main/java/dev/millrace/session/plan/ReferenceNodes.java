package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.Wait;
import dev.millrace.session.trace.RunTrace;
import java.util.function.Consumer;

/** Computes plan nodes with their reference kernels. */
final class ReferenceNodes {
  private final PlanResources resources;

  ReferenceNodes(PlanResources resources) {
    this.resources = resources;
  }

  /** Begins a node that may have to wait; {@code result} takes its outputs. */
  Wait begin(PlanNode n, TensorValue[] inputs, RunState run, Consumer<TensorValue[]> result) {
    NodeContext c = new NodeContext(n, inputs, resources.state(), run);
    return NodeWait.begin(n, c, run.control(), resources.checkNumbers(), result);
  }

  /** The outputs of a node; a failure names it. */
  TensorValue[] compute(PlanNode n, TensorValue[] inputs, RunState run) {
    RunTrace trace = run.trace();
    if (trace == null) {
      return computeNow(n, inputs, run);
    }
    long start = System.nanoTime();
    TensorValue[] outputs = computeNow(n, inputs, run);
    trace.step(StepInfos.of(n, inputs, outputs), start, System.nanoTime());
    return outputs;
  }

  private TensorValue[] computeNow(PlanNode n, TensorValue[] inputs, RunState run) {
    try {
      if (VariableHandles.isHandle(n)) {
        Object v = VariableHandles.variable(n, resources.state());
        return new TensorValue[] {
          TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {v})
        };
      }
      NodeContext c = new NodeContext(n, inputs, resources.state(), run);
      ReferenceStep.kernel(n.type()).compute(c);
      TensorValue[] outputs = c.outputs();
      if (resources.checkNumbers()) {
        for (TensorValue v : outputs) {
          NumberCheck.check(v);
        }
      }
      return outputs;
    } catch (MillraceException e) {
      throw e.at(n.origin());
    } catch (RuntimeException e) {
      throw new InternalException("the kernel failed: " + e, e).at(n.origin());
    }
  }
}
