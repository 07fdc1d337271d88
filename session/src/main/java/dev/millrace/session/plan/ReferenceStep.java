package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Holding;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.reference.ReferenceKernel;
import dev.millrace.session.reference.ReferenceKernels;
import dev.millrace.session.state.SessionState;
import java.util.List;

/**
 * A reference kernel as a step: inputs are copied to the heap and results back. For what no fast
 * kernel serves.
 */
final class ReferenceStep implements Step {
  /** Attributes that tell the dtype of elements of lists, arrays, stacks and queues. */
  private static final List<String> ELEMENT_TYPES =
      List.of("element_dtype", "elem_type", "T", "dtype");

  private final SpecNode node;
  private final SegmentInstance instance;
  private final SessionState state;
  private final ReferenceKernel kernel;
  private final boolean keepsElements; // whether what counts its holders may become an element

  ReferenceStep(SpecNode node, SegmentInstance instance, SessionState state) {
    this.node = node;
    this.instance = instance;
    this.state = state;
    this.kernel = kernel(node.opType());
    this.keepsElements = ELEMENT_TYPES.stream().anyMatch(this::isCounted);
  }

  private boolean isCounted(String attr) {
    return node.attrs().get(attr) instanceof AttrValue.Type t && Holding.mayCount(t.value());
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
      if (keepsElements) {
        in[i] = Holding.uncounted(in[i]);
      }
    }
    NodeContext c = new NodeContext(node.node(), in, state, instance.context().state());
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
        HeapCopies.store(out[i], instance.place(s, s.shape()));
      } else {
        instance.setCell(s, out[i]);
      }
    }
  }
}
