package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;

/**
 * Adds gradients up until enough of them are there ({@link Ops#conditionalAccumulator}):
 * tf.ConditionalAccumulator. It lives in the session, and several runs may apply to it.
 *
 * <p>It has a time, a global step, which goes on by one whenever a gradient is taken. A gradient
 * that was computed at an earlier step is stale and left out without a word.
 *
 * <pre>{@code
 * Accumulator a = tf.conditionalAccumulator(FLOAT32, Shape.of(2));
 * Operation apply = a.apply(gradient, globalStep);
 * Tensor mean = a.take(4); // waits for four gradients
 * }</pre>
 */
public final class Accumulator {
  /** What is made of the gradients. */
  public enum Kind {
    MEAN,
    SUM
  }

  private final Ops ops;
  private final Output handle;
  private final String name;
  private final DataType type;
  private final Shape shape;

  private Accumulator(Ops ops, Output handle, DataType type, Shape shape) {
    this.ops = ops;
    this.handle = handle;
    this.name = ops.nameOf(handle);
    this.type = type;
    this.shape = shape;
  }

  static Accumulator make(Ops ops, DataType type, Shape shape, Kind kind, String sharedName) {
    Output handle =
        ops.op("ResourceConditionalAccumulator", "conditional_accumulator")
            .attr("dtype", GraphApi.given(type, "the dtype"))
            .attr("shape", GraphApi.given(shape, "the shape"))
            .attr("reduction_type", GraphApi.given(kind, "the kind").name())
            .attr("shared_name", GraphApi.given(sharedName, "the shared name"))
            .build()
            .output(0);
    return new Accumulator(ops, handle, type, shape);
  }

  /** The resource that the accumulator's operations take. */
  public Output handle() {
    return handle;
  }

  /** The gradients' dtype. */
  public DataType type() {
    return type;
  }

  /** The gradients' shape. */
  public Shape shape() {
    return shape;
  }

  /**
   * Adds a gradient, of step 0 (ResourceAccumulatorApplyGradient).
   *
   * @throws dev.millrace.graph.InvalidArgumentException if its dtype or shape does not fit
   */
  public Operation apply(Object gradient) {
    return apply(gradient, 0L);
  }

  /**
   * Adds a gradient, unless it is stale (ResourceAccumulatorApplyGradient).
   *
   * @param localStep the step at which it was computed, an integer scalar
   */
  public Operation apply(Object gradient, Object localStep) {
    Output g = ops.convert(gradient, type, "gradient");
    if (g.dtype() != type || !shape.isCompatibleWith(g.shape())) {
      throw GraphApi.error(
          "accumulator '"
              + handle.op().name()
              + "' takes gradients of "
              + type
              + shape
              + "; "
              + Results.describe(g)
              + " does not fit");
    }
    return ops.op("ResourceAccumulatorApplyGradient", name + "_ApplyGradient")
        .input(handle)
        .input(step(ops, localStep, "local_step"))
        .input(g)
        .build();
  }

  static Output step(Ops ops, Object step, String what) {
    Output s = ops.convert(step, null, what);
    if (!s.dtype().isInteger()) {
      throw GraphApi.error(what + " is a whole number, not " + Results.describe(s));
    }
    return ops.cast(s, DataType.INT64).asOutput();
  }

  /**
   * The mean or sum of the gradients, as soon as there are as many; the accumulator is empty then
   * and its step is one on (ResourceAccumulatorTakeGradient).
   *
   * @param required how many there must be, an int32 scalar
   */
  public Tensor take(Object required) {
    Tensor t =
        ops.finish(
            ops.begin("ResourceAccumulatorTakeGradient", name + "_TakeGradient", handle, required)
                .attr("dtype", type));
    t.asOutput().setShape(shape);
    return t;
  }

  /** How many gradients there are, an int32 scalar (ResourceAccumulatorNumAccumulated). */
  public Tensor count() {
    return ops.node("ResourceAccumulatorNumAccumulated", name + "_NumAccumulated", handle);
  }

  /** Sets the step (ResourceAccumulatorSetGlobalStep); one that is past already stays. */
  public Operation setGlobalStep(Object step) {
    return ops.op("ResourceAccumulatorSetGlobalStep", name + "_SetGlobalStep")
        .input(handle)
        .input(step(ops, step, "new_global_step"))
        .build();
  }
}
