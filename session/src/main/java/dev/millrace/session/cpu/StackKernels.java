package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.collections.TensorStack;
import dev.millrace.session.kernel.CellContext;
import dev.millrace.session.kernel.CellKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;

/** Stacks of dense elements, which lie off the heap. */
final class StackKernels {
  private StackKernels() {}

  static void register(FastKernels to) {
    to.add(
        "StackV2",
        ListKernels.kernel(
            n -> n.attrs().getType("elem_type").isDense() && Cells.isInt(n, 0),
            StackKernels::make));
    to.add("StackPushV2", ListKernels.kernel(n -> Cells.isDense(n, 1), StackKernels::push));
    to.add("StackPopV2", ListKernels.kernel(n -> n.outputType(0).isDense(), StackKernels::pop));
  }

  private static TensorStack stack(CellContext c) {
    return Cells.object(c, 0, TensorStack.class, "stack");
  }

  private static Step make(CellContext c) {
    DataType t = c.attrs().getType("elem_type");
    String name = c.attrs().getString("stack_name");
    Region size = c.input(0);
    return () ->
        c.setCell(0, Cells.handle(new TensorStack(t, size.ints().get(0), name, c.slabs())));
  }

  private static Step push(CellContext c) {
    DataType t = c.inputType(1);
    Shape s = c.inputShape(1);
    Region value = c.input(1);
    Region out = c.output(0);
    boolean copies = !c.attrs().has(CellKernel.SHAPE_ONLY);
    return () -> {
      if (copies) {
        stack(c).push(t, s, value);
      } else {
        stack(c).pushAny(t, s, value);
      }
      if (c.isUsed(0)) { // what gradients push is mostly only waited for
        out.copyFrom(value);
      }
    };
  }

  private static Step pop(CellContext c) {
    DataType t = c.outputType(0);
    return () -> {
      TensorStack s = stack(c);
      if (s.dtype() != t) {
        throw new InvalidArgumentException(s + " holds " + s.dtype() + ", not " + t);
      }
      Shape shape = s.topShape();
      Slab slab = s.lendTop();
      if (slab != null && c.lend(0, shape, slab, s.topOffset(), HeapCopies.byteSize(t, shape))) {
        s.drop();
      } else {
        s.popTo(c.result(0, shape));
      }
    };
  }
}
