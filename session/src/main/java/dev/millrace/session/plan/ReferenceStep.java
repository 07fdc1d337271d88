package dev.millrace.session.plan;

import dev.millrace.graph.InternalException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.reference.ReferenceKernel;
import dev.millrace.session.reference.ReferenceKernels;
import dev.millrace.session.state.SessionState;

/**
 * A reference kernel as a step: inputs are copied to the heap and results back. For what no fast
 * kernel serves.
 */
final class ReferenceStep implements Step {
  private final SpecNode node;
  private final SegmentInstance instance;
  private final SessionState state;
  private final ReferenceKernel kernel;

  ReferenceStep(SpecNode node, SegmentInstance instance, SessionState state) {
    this.node = node;
    this.instance = instance;
    this.state = state;
    this.kernel = kernel(node.opType());
  }

  static ReferenceKernel kernel(String opType) {
    ReferenceKernel k = ReferenceKernels.find(opType);
    if (k == null) {
      throw new NotFoundException("there is no kernel for op type '" + opType + "'");
    }
    return k;
  }

  @Override
  public void run() {
    TensorValue[] in = new TensorValue[node.inputs().length];
    for (int i = 0; i < in.length; i++) {
      in[i] = instance.value(node.inputs()[i]);
    }
    NodeContext c = new NodeContext(node.node(), in, state, instance.runState());
    kernel.compute(c);
    TensorValue[] out = c.outputs();
    for (int i = 0; i < out.length; i++) {
      Slot s = node.outputs()[i];
      if (s.hasMemory()) {
        if (!out[i].shape().equals(s.shape())) {
          throw new InternalException(
              "the kernel gave shape "
                  + out[i].shape()
                  + " for output "
                  + i
                  + ", where "
                  + s.shape()
                  + " was inferred");
        }
        HeapCopies.store(out[i], instance.region(s));
      } else {
        instance.setCell(s, out[i]);
      }
    }
  }
}
