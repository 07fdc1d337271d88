package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.queue.TensorQueue;
import dev.millrace.session.queue.TensorQueue.Kind;
import dev.millrace.session.queue.TensorQueue.Spec;
import dev.millrace.session.state.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Queues. */
final class QueueKernels {
  private static final String QUEUE = "queue";
  private static final int INPUTS_BEFORE_COMPONENTS = 1;

  private QueueKernels() {}

  static void register(ReferenceKernels k) {
    for (String v : new String[] {"", "V2"}) {
      for (Kind kind : Kind.values()) {
        k.add(kind.opType() + v, c -> make(c, kind));
      }
      k.addWaiting("QueueEnqueue" + v, (c, changed) -> queue(c).enqueue(components(c), changed));
      k.addWaiting(
          "QueueEnqueueMany" + v, (c, changed) -> queue(c).enqueueMany(components(c), changed));
      k.addWaiting(
          "QueueDequeue" + v,
          (c, changed) -> requireTypes(c, queue(c)).dequeue(outputs(c), changed));
      k.addWaiting("QueueDequeueMany" + v, (c, changed) -> dequeueMany(c, false, changed));
      k.addWaiting("QueueDequeueUpTo" + v, (c, changed) -> dequeueMany(c, true, changed));
      k.addWaiting(
          "QueueClose" + v,
          (c, changed) -> queue(c).close(c.attrs().getBool("cancel_pending_enqueues"), changed));
      atOnce(k, "QueueSize" + v, c -> c.output(0, TensorValue.of(queue(c).size())));
      atOnce(k, "QueueIsClosed" + v, c -> c.output(0, TensorValue.of(queue(c).isClosed())));
    }
    k.add("FakeQueue", c -> fake(c));
  }

  /** A kernel that never waits, but looks at what others change meanwhile. */
  static void atOnce(ReferenceKernels k, String opType, ReferenceKernel kernel) {
    k.addWaiting(
        opType,
        (c, changed) -> {
          kernel.compute(c);
          return Wait.done();
        });
  }

  /** The queue behind input {@code i}. */
  static TensorQueue queue(KernelContext c, int i) {
    return Handles.get(c, i, QUEUE, TensorQueue.class);
  }

  private static TensorQueue queue(KernelContext c) {
    return queue(c, 0);
  }

  private static void make(KernelContext c, Kind kind) {
    Attrs a = c.attrs();
    List<DataType> types = new ArrayList<>(a.getTypes("component_types"));
    List<Shape> shapes = new ArrayList<>(a.getShapes("shapes"));
    if (kind == Kind.PRIORITY) {
      types.add(0, DataType.INT64);
      shapes.add(0, Shape.scalar());
    }
    boolean random = kind == Kind.RANDOM;
    Spec spec =
        new Spec(
            kind,
            types,
            shapes,
            a.getInt("capacity"),
            random ? a.getInt("min_after_dequeue") : 0,
            random ? a.getInt("seed") : 0,
            random ? a.getInt("seed2") : 0);
    TensorQueue q =
        Handles.make(c, QUEUE, TensorQueue.class, () -> new TensorQueue(c.nodeName(), spec));
    if (!q.spec().equals(spec)) {
      throw new InvalidArgumentException(
          "the shared " + q + " is " + q.spec() + "; this node asks for " + spec);
    }
  }

  /** A handle by names to a queue that is known as a resource. */
  private static void fake(KernelContext c) {
    TensorQueue q = queue(c);
    String name = "_fake_" + c.nodeName();
    c.state().shared(QUEUE, "", name, TensorQueue.class, () -> q);
    c.output(0, Handles.names("", name));
  }

  private static TensorValue[] components(KernelContext c) {
    TensorValue[] r = new TensorValue[c.inputCount() - INPUTS_BEFORE_COMPONENTS];
    for (int i = 0; i < r.length; i++) {
      r[i] = c.input(i + INPUTS_BEFORE_COMPONENTS);
    }
    return r;
  }

  private static Consumer<TensorValue[]> outputs(KernelContext c) {
    return components -> {
      for (int i = 0; i < components.length; i++) {
        c.output(i, components[i]);
      }
    };
  }

  private static TensorQueue requireTypes(KernelContext c, TensorQueue q) {
    List<DataType> types = c.attrs().getTypes("component_types");
    if (!types.equals(q.spec().types())) {
      throw new InvalidArgumentException(
          q + " holds components " + q.spec().types() + ", not " + types);
    }
    return q;
  }

  private static Wait dequeueMany(KernelContext c, boolean orFewer, Runnable changed) {
    long n = Dims.scalar(c.input(1), "the number of elements");
    return requireTypes(c, queue(c)).dequeueMany(n, orFewer, outputs(c), changed);
  }
}
