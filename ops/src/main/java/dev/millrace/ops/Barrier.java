package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * Collects the components of elements by key, until an element has all of them ({@link
 * Ops#barrier}): the Barrier of TensorFlow's data flow ops.
 */
public final class Barrier {
  private final Ops ops;
  private final Output handle;
  private final String name;
  private final List<DataType> types;
  private final List<Shape> shapes;

  private Barrier(Ops ops, Output handle, List<DataType> types, List<Shape> shapes) {
    this.ops = ops;
    this.handle = handle;
    this.name = ops.nameOf(handle);
    this.types = types;
    this.shapes = shapes;
  }

  static Barrier make(Ops ops, List<DataType> types, List<Shape> shapes, String sharedName) {
    List<DataType> all = GraphApi.givenAll(types, "the dtypes");
    List<Shape> sizes = GraphApi.givenAll(shapes, "the shapes");
    if (!sizes.isEmpty() && sizes.size() != all.size()) {
      throw GraphApi.error(
          "a barrier has the shapes of all its components or of none: there are "
              + all.size()
              + " components and "
              + sizes.size()
              + " shapes");
    }
    Output handle =
        ops.op("Barrier", "barrier")
            .attr("component_types", AttrValue.ofTypes(all))
            .attr("shapes", AttrValue.ofShapes(sizes))
            .attr("shared_name", GraphApi.given(sharedName, "the shared name"))
            .build()
            .output(0);
    return new Barrier(ops, handle, List.copyOf(all), List.copyOf(sizes));
  }

  /** The handle that the barrier's operations take. */
  public Output handle() {
    return handle;
  }

  /** The components' dtypes. */
  public List<DataType> types() {
    return types;
  }

  /**
   * Sets a component of elements (BarrierInsertMany). A key that is new begins an element; at run
   * time it fails if an element has the component already, or if the barrier is closed.
   *
   * @param component its number
   * @param keys a vector of strings
   * @param values one for each key, [n, …]
   */
  public Operation insertMany(int component, Object keys, Object values) {
    if (component < 0 || component >= types.size()) {
      throw GraphApi.error(
          "barrier '"
              + handle.op().name()
              + "' has "
              + types.size()
              + " components, none of number "
              + component);
    }
    Output v = ops.convert(values, types.get(component), "values");
    if (v.dtype() != types.get(component)) {
      throw GraphApi.error(
          "component "
              + component
              + " of barrier '"
              + handle.op().name()
              + "' is "
              + types.get(component)
              + "; "
              + Results.describe(v)
              + " does not fit");
    }
    return ops.begin("BarrierInsertMany", name + "_BarrierInsertMany", handle, keys, v)
        .attr("component_index", component)
        .build();
  }

  /**
   * Elements that were taken.
   *
   * @param indices when each was begun: int64
   * @param keys strings
   * @param values of each component [n, …]
   */
  public record Taken(Tensor indices, Tensor keys, List<Tensor> values) {}

  /**
   * Waits for {@code n} complete elements and takes them (BarrierTakeMany). From a closed barrier
   * that will not have as many it fails with an {@link dev.millrace.graph.OutOfRangeException}.
   *
   * @param n an int32 scalar
   */
  public Taken takeMany(Object n) {
    return takeMany(n, false);
  }

  /**
   * As {@link #takeMany(Object)}.
   *
   * @param allowSmallBatch whether a closed barrier gives what is left, as long as it is something
   */
  public Taken takeMany(Object n, boolean allowSmallBatch) {
    Operation op =
        ops.begin("BarrierTakeMany", name + "_BarrierTakeMany", handle, n)
            .attr("component_types", AttrValue.ofTypes(types))
            .attr("allow_small_batch", allowSmallBatch)
            .build();
    var known = op.inputs().get(1).knownInts();
    long count = !allowSmallBatch && known != null && known.isKnown(0) ? known.get(0) : -1;
    op.output(0).setShape(Shape.vector(count));
    op.output(1).setShape(Shape.vector(count));
    for (int i = 0; i < shapes.size(); i++) {
      op.output(2 + i).setShape(Shape.vector(count).concat(shapes.get(i)));
    }
    List<Tensor> all = ops.tensors(op);
    return new Taken(all.get(0), all.get(1), all.subList(2, all.size()));
  }

  /**
   * Closes the barrier for new elements (BarrierClose).
   *
   * @param cancelPending whether elements that are begun cannot be completed either
   */
  public Operation close(boolean cancelPending) {
    return ops.op("BarrierClose", name + "_BarrierClose")
        .input(handle)
        .attr("cancel_pending_enqueues", cancelPending)
        .build();
  }

  /** How many elements are complete, an int32 scalar (BarrierReadySize). */
  public Tensor readySize() {
    return ops.node("BarrierReadySize", name + "_BarrierReadySize", handle);
  }

  /** How many elements are begun and not complete, an int32 scalar (BarrierIncompleteSize). */
  public Tensor incompleteSize() {
    return ops.node("BarrierIncompleteSize", name + "_BarrierIncompleteSize", handle);
  }
}
