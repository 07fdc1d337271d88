package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.List;

/** What runs of a session share beside variables, queues and tables. */
abstract class SharedApi extends QueueApi {
  SharedApi(Graph graph) {
    super(graph);
  }

  /** The name that operations on a handle begin with: that of its own, without its scope. */
  String nameOf(Output handle) {
    String path = handle.op().name();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * An accumulator that gives the mean of gradients (ResourceConditionalAccumulator).
   *
   * @param shape of the gradients; sizes may be open, and so may the rank
   */
  public Accumulator conditionalAccumulator(DataType type, Shape shape) {
    return conditionalAccumulator(type, shape, Accumulator.Kind.MEAN, "");
  }

  /**
   * An accumulator of gradients (ResourceConditionalAccumulator).
   *
   * @param sharedName accumulators of one name are one; empty for none
   */
  public Accumulator conditionalAccumulator(
      DataType type, Shape shape, Accumulator.Kind kind, String sharedName) {
    return Accumulator.make(self(), type, shape, kind, sharedName);
  }

  /**
   * An accumulator of rows, of which it gives the means (SparseConditionalAccumulator).
   *
   * @param shape of the gradients as if they were dense; sizes may be open, and so may the rank
   */
  public SparseAccumulator sparseConditionalAccumulator(DataType type, Shape shape) {
    return sparseConditionalAccumulator(type, shape, Accumulator.Kind.MEAN, "");
  }

  /**
   * An accumulator of rows (SparseConditionalAccumulator).
   *
   * @param sharedName accumulators of one name are one; empty for none
   */
  public SparseAccumulator sparseConditionalAccumulator(
      DataType type, Shape shape, Accumulator.Kind kind, String sharedName) {
    return SparseAccumulator.make(self(), type, shape, kind, sharedName);
  }

  /** A mutex, for what only one run at a time may do (MutexV2): tf.CriticalSection. */
  public Mutex mutex() {
    return mutex("");
  }

  /**
   * A mutex (MutexV2).
   *
   * @param sharedName mutexes of one name are one; empty for none
   */
  public Mutex mutex(String sharedName) {
    return Mutex.make(self(), sharedName);
  }

  /**
   * A barrier, which collects the components of elements by key (Barrier).
   *
   * @param types the components' dtypes
   * @param shapes the components' shapes, fully known; empty where they may differ
   */
  public Barrier barrier(List<DataType> types, List<Shape> shapes) {
    return barrier(types, shapes, "");
  }

  /**
   * As {@link #barrier(List, List)}.
   *
   * @param sharedName barriers of one name are one; empty for none
   */
  public Barrier barrier(List<DataType> types, List<Shape> shapes, String sharedName) {
    return Barrier.make(self(), types, shapes, sharedName);
  }

  /**
   * A staging area: a queue without an end, in which tensors wait for the next run (Stage).
   *
   * @param types the components' dtypes
   * @param shapes the components' shapes; empty where they may differ
   */
  public StagingArea stagingArea(List<DataType> types, List<Shape> shapes) {
    return stagingArea(types, shapes, 0, 0, "");
  }

  /**
   * A staging area (Stage).
   *
   * @param capacity how many elements it holds; 0 for any number
   * @param memoryLimit how many bytes it holds; 0 for any number
   * @param sharedName areas of one name are one; empty for none
   */
  public StagingArea stagingArea(
      List<DataType> types,
      List<Shape> shapes,
      long capacity,
      long memoryLimit,
      String sharedName) {
    return StagingArea.make(self(), types, shapes, capacity, memoryLimit, sharedName);
  }

  /** Keeps x in the session; gives the name by which it is found, a string (GetSessionHandle). */
  public Tensor getSessionHandle(Object x) {
    return node("GetSessionHandle", "GetSessionHandle", x);
  }

  /**
   * The tensor that {@link #getSessionHandle} kept (GetSessionTensor). It fails with a {@link
   * dev.millrace.graph.NotFoundException} where there is none of that name.
   *
   * @param handle a string scalar, fed or given
   */
  public Tensor getSessionTensor(Object handle, DataType type) {
    return finish(
        begin("GetSessionTensor", "GetSessionTensor", handle)
            .attr("dtype", given(type, "the dtype")));
  }

  /** Forgets the tensor that {@link #getSessionHandle} kept (DeleteSessionTensor). */
  public Operation deleteSessionTensor(Object handle) {
    return begin("DeleteSessionTensor", "DeleteSessionTensor", handle).build();
  }
}
