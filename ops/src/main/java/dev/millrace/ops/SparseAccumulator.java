package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * Adds gradients up that are rows of a tensor ({@link Ops#sparseConditionalAccumulator}):
 * tf.SparseConditionalAccumulator. As {@link Accumulator}; of each row the mean is over the
 * gradients that have it.
 */
public final class SparseAccumulator {
  private final Ops ops;
  private final Output handle;
  private final String name;
  private final DataType type;
  private final Shape shape;

  private SparseAccumulator(Ops ops, Output handle, DataType type, Shape shape) {
    this.ops = ops;
    this.handle = handle;
    this.name = ops.nameOf(handle);
    this.type = type;
    this.shape = shape;
  }

  static SparseAccumulator make(
      Ops ops, DataType type, Shape shape, Accumulator.Kind kind, String sharedName) {
    Output handle =
        ops.op("SparseConditionalAccumulator", "sparse_conditional_accumulator")
            .attr("dtype", GraphApi.given(type, "the dtype"))
            .attr("shape", GraphApi.given(shape, "the shape"))
            .attr("reduction_type", GraphApi.given(kind, "the kind").name())
            .attr("shared_name", GraphApi.given(sharedName, "the shared name"))
            .build()
            .output(0);
    return new SparseAccumulator(ops, handle, type, shape);
  }

  /** The handle that the accumulator's operations take. */
  public Output handle() {
    return handle;
  }

  /** The gradients' dtype. */
  public DataType type() {
    return type;
  }

  /** The gradients' shape as if they were dense. */
  public Shape shape() {
    return shape;
  }

  /** Adds rows, of step 0 and of a gradient whose shape is not checked. */
  public Operation apply(Object indices, Object values) {
    return apply(indices, values, null, 0L);
  }

  /**
   * Adds rows, unless they are stale (SparseAccumulatorApplyGradient).
   *
   * @param indices the rows' numbers, a vector
   * @param values the rows, [n, …]
   * @param denseShape the gradient's shape as if it were dense, a vector, to be checked; or null
   * @param localStep the step at which they were computed, an integer scalar
   * @throws dev.millrace.graph.InvalidArgumentException if the dtype does not fit
   */
  public Operation apply(Object indices, Object values, Object denseShape, Object localStep) {
    Output rows = ops.convert(values, type, "gradient_values");
    if (rows.dtype() != type) {
      throw GraphApi.error(
          "accumulator '"
              + handle.op().name()
              + "' takes rows of "
              + type
              + "; "
              + Results.describe(rows)
              + " does not fit");
    }
    boolean known = denseShape != null;
    return ops.op("SparseAccumulatorApplyGradient", name + "_ApplyGradient")
        .input(handle)
        .input(Accumulator.step(ops, localStep, "local_step"))
        .input(whole(indices, "gradient_indices"))
        .input(rows)
        .input(whole(known ? denseShape : new long[0], "gradient_shape"))
        .attr("has_known_shape", known)
        .build();
  }

  private Output whole(Object x, String what) {
    return Accumulator.step(ops, x, what);
  }

  /** Rows and their numbers, and the gradient's shape as if it were dense; int64 vectors both. */
  public record Taken(Tensor indices, Tensor values, Tensor denseShape) {}

  /**
   * The means or sums of the rows, as soon as there are as many gradients; the accumulator is empty
   * then and its step is one on (SparseAccumulatorTakeGradient).
   *
   * @param required how many gradients there must be, an int32 scalar
   */
  public Taken take(Object required) {
    OpBuilder b =
        ops.begin("SparseAccumulatorTakeGradient", name + "_TakeGradient", handle, required);
    List<Tensor> all = ops.tensors(b.attr("dtype", type).build());
    return new Taken(all.get(0), all.get(1), all.get(2));
  }

  /** How many gradients there are, an int32 scalar (AccumulatorNumAccumulated). */
  public Tensor count() {
    return ops.node("AccumulatorNumAccumulated", name + "_NumAccumulated", handle);
  }

  /** Sets the step (AccumulatorSetGlobalStep); one that is past already stays. */
  public Operation setGlobalStep(Object step) {
    return ops.op("AccumulatorSetGlobalStep", name + "_SetGlobalStep")
        .input(handle)
        .input(Accumulator.step(ops, step, "new_global_step"))
        .build();
  }
}
