package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.TensorStack;
import java.nio.charset.StandardCharsets;

/** Stacks, and their first version, whose handles are names. */
final class StackKernels {
  private static final String CONTAINER = "_stacks";

  private StackKernels() {}

  static void register(ReferenceKernels k) {
    k.add(
        "StackV2",
        c -> {
          TensorStack s = stack(c, (int) Dims.requireScalar(c.input(0), "the size").getLong(0));
          c.output(0, TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {s}));
        });
    k.add("Stack", StackKernels::makeNamed);
    for (String v : new String[] {"", "V2"}) {
      k.add(
          "StackPush" + v,
          c -> {
            stack(c).push(c.input(1));
            c.output(0, c.input(1));
          });
      k.add("StackPop" + v, StackKernels::pop);
      k.add("StackClose" + v, c -> stack(c).close());
    }
  }

  private static TensorStack stack(KernelContext c, int maxSize) {
    return new TensorStack(
        c.attrs().getType("elem_type"), maxSize, c.attrs().getString("stack_name"), null);
  }

  private static void makeNamed(KernelContext c) {
    String given = c.attrs().getString("stack_name");
    String name = c.runState().add(given.isEmpty() ? c.nodeName() : given, stack(c, -1));
    byte[][] handle = {
      CONTAINER.getBytes(StandardCharsets.UTF_8), name.getBytes(StandardCharsets.UTF_8)
    };
    c.output(0, TensorValue.wrap(DataType.STRING, Shape.vector(2), handle));
  }

  private static TensorStack stack(KernelContext c) {
    TensorValue handle = c.input(0);
    if (handle.dtype() == DataType.STRING) {
      if (handle.size() != 2) {
        throw new InvalidArgumentException("the handle of a stack has two parts, not " + handle);
      }
      return c.runState().get(handle.getString(1), TensorStack.class);
    }
    if (handle.objects()[0] instanceof TensorStack s) {
      return s;
    }
    throw new InvalidArgumentException("input 0 is no stack");
  }

  private static void pop(KernelContext c) {
    TensorStack s = stack(c);
    if (s.dtype() != c.outputType(0)) {
      throw new InvalidArgumentException(s + " holds " + s.dtype() + ", not " + c.outputType(0));
    }
    c.output(0, s.pop());
  }
}
