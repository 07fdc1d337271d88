package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A queue of tensors, or of tuples of tensors: made by {@link Ops#fifoQueue}, {@link
 * Ops#randomShuffleQueue}, {@link Ops#paddingFifoQueue}, {@link Ops#priorityQueue} or {@link
 * Ops#newQueue}. Its elements live in the session.
 *
 * <p>Enqueueing into a full queue and dequeuing from an empty one wait, and so do the operations
 * that need them; the rest of the run goes on. A dequeue from a closed queue that has too few
 * elements fails with an {@link dev.millrace.graph.OutOfRangeException}, an enqueue with a {@link
 * dev.millrace.graph.CancelledException}.
 */
public final class Queue {
  private final Ops ops;
  private final Output handle;
  private final String name;
  private final List<DataType> types;
  private final List<Shape> shapes; // empty where elements may differ

  Queue(Ops ops, Output handle, List<DataType> types, List<Shape> shapes) {
    this.ops = ops;
    this.handle = handle;
    String path = handle.op().name();
    this.name = path.substring(path.lastIndexOf('/') + 1);
    this.types = List.copyOf(types);
    this.shapes = List.copyOf(shapes);
  }

  /**
   * The queue that an operation of the graph makes, as of an imported graph.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the operation makes no queue
   */
  public static Queue of(Operation op) {
    if (op.numOutputs() != 1 || !op.attrs().has("component_types")) {
      throw GraphApi.error("'" + op.name() + "' (" + op.type() + ") makes no queue");
    }
    List<Shape> shapes = op.attrs().has("shapes") ? op.attrs().getShapes("shapes") : List.of();
    List<DataType> types = op.attrs().getTypes("component_types");
    if (op.type().startsWith("PriorityQueue")) { // the priority goes without saying there
      types = new ArrayList<>(types);
      types.add(0, DataType.INT64);
      shapes = new ArrayList<>(shapes);
      shapes.add(0, Shape.scalar());
    }
    return new Queue(Ops.of(op.graph()), op.output(0), types, shapes);
  }

  /** The name of an op type for this queue: handles of old queues are strings by reference. */
  private String version(String type) {
    return handle.isRef() ? type.substring(0, type.length() - "V2".length()) : type;
  }

  /** The resource that the queue's operations take, or the reference to a string. */
  public Output handle() {
    return handle;
  }

  /** The name of the queue's operation. */
  public String name() {
    return handle.op().name();
  }

  /** The components' dtypes. */
  public List<DataType> types() {
    return types;
  }

  /** The components' shapes; empty where the queue was made without. */
  public List<Shape> shapes() {
    return shapes;
  }

  // ---- enqueue

  /**
   * Enqueues one element (QueueEnqueueV2).
   *
   * @param components a tensor or Java value for each component, or a list of them
   * @throws dev.millrace.graph.InvalidArgumentException if their number, dtypes or shapes do not
   *     fit
   */
  public Operation enqueue(Object... components) {
    return enqueue("QueueEnqueueV2", "_enqueue", 0, components);
  }

  /**
   * Enqueues the parts of batches along their first dimension, one by one (QueueEnqueueManyV2).
   *
   * @param batches a batch for each component, all of one size
   */
  public Operation enqueueMany(Object... batches) {
    return enqueue("QueueEnqueueManyV2", "_EnqueueMany", 1, batches);
  }

  private Operation enqueue(String type, String suffix, int skipped, Object[] given) {
    List<?> components =
        given.length == 1 && given[0] instanceof List<?> list && types.size() == list.size()
            ? list
            : Arrays.asList(given);
    if (components.size() != types.size()) {
      throw GraphApi.error(
          "queue '"
              + name()
              + "' has "
              + types.size()
              + " components; it cannot take "
              + components.size());
    }
    try (Scope s = ops.graph().nameScope(name + suffix)) {
      List<Output> converted = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        Output x = ops.convert(components.get(i), types.get(i), "component_" + i);
        check(i, x, skipped);
        converted.add(x);
      }
      return ops.op(version(type), s.name()).input(handle).inputList(converted).build();
    }
  }

  private void check(int i, Output x, int skipped) {
    boolean fits = x.dtype() == types.get(i);
    Shape s = x.shape();
    if (fits && s.hasRank() && !shapes.isEmpty()) {
      fits = s.rank() >= skipped && shapes.get(i).isCompatibleWith(s.sliceFrom(skipped));
    }
    if (!fits) {
      throw GraphApi.error(
          "component "
              + i
              + " of queue '"
              + name()
              + "' is "
              + types.get(i)
              + (shapes.isEmpty() ? "" : shapes.get(i))
              + (skipped > 0 ? ", and batches of such" : "")
              + "; "
              + Results.describe(x)
              + " does not fit");
    }
  }

  // ---- dequeue

  /**
   * Dequeues one element of a queue of one component (QueueDequeueV2).
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the queue has several components
   */
  public Tensor dequeue() {
    return only(dequeueTuple());
  }

  /** Dequeues one element: its components (QueueDequeueV2). */
  public List<Tensor> dequeueTuple() {
    return dequeue("QueueDequeueV2", "_Dequeue", null, null);
  }

  /**
   * Dequeues {@code n} elements of a queue of one component as a batch (QueueDequeueManyV2).
   *
   * @param n how many: an int32 scalar
   * @throws dev.millrace.graph.InvalidArgumentException if the queue has several components, or was
   *     made without shapes
   */
  public Tensor dequeueMany(Object n) {
    return only(dequeueManyTuple(n));
  }

  /** Dequeues {@code n} elements: a batch of each component (QueueDequeueManyV2). */
  public List<Tensor> dequeueManyTuple(Object n) {
    return dequeue("QueueDequeueManyV2", "_DequeueMany", n, null);
  }

  /**
   * Dequeues {@code n} elements, or what is left of a closed queue, as long as it is something
   * (QueueDequeueUpToV2).
   */
  public Tensor dequeueUpTo(Object n) {
    return only(dequeueUpToTuple(n));
  }

  /** As {@link #dequeueUpTo}: a batch of each component. */
  public List<Tensor> dequeueUpToTuple(Object n) {
    return dequeue("QueueDequeueUpToV2", "_DequeueUpTo", n, null);
  }

  private Tensor only(List<Tensor> components) {
    if (components.size() != 1) {
      throw GraphApi.error(
          "queue '" + name() + "' has " + types.size() + " components: take the tuple");
    }
    return components.get(0);
  }

  /** Dequeues under a name. */
  List<Tensor> dequeue(String type, String suffix, Object n, String given) {
    if (n != null && shapes.isEmpty()) {
      throw GraphApi.error(
          "a batch can be dequeued from queue '"
              + name()
              + "' only if it is made with the shapes of its components");
    }
    String called = given == null ? name + suffix : given;
    OpBuilder b =
        n == null
            ? ops.begin(version(type), called, handle)
            : ops.begin(version(type), called, handle, n);
    Operation op = b.attr("component_types", AttrValue.ofTypes(types)).build();
    Shape outer = Shape.scalar();
    if (n != null) {
      boolean exact = type.equals("QueueDequeueManyV2");
      var known = op.inputs().get(1).knownInts();
      outer = Shape.vector(exact && known != null && known.isKnown(0) ? known.get(0) : -1);
    }
    for (int i = 0; i < shapes.size(); i++) {
      op.output(i).setShape(outer.concat(shapes.get(i)));
    }
    return ops.tensors(op);
  }

  // ---- the rest

  /** Closes the queue for enqueues once those that wait are done (QueueCloseV2). */
  public Operation close() {
    return close(false);
  }

  /**
   * Closes the queue for enqueues (QueueCloseV2).
   *
   * @param cancelPending whether those that wait are cancelled
   */
  public Operation close(boolean cancelPending) {
    return ops.op(version("QueueCloseV2"), name + "_Close")
        .input(handle)
        .attr("cancel_pending_enqueues", cancelPending)
        .build();
  }

  /** How many elements there are, an int32 scalar (QueueSizeV2). */
  public Tensor size() {
    return ops.finish(ops.op(version("QueueSizeV2"), name + "_Size").input(handle));
  }

  /** Whether the queue is closed, a scalar bool (QueueIsClosedV2). */
  public Tensor isClosed() {
    return ops.finish(ops.op(version("QueueIsClosedV2"), name + "_is_closed").input(handle));
  }
}
