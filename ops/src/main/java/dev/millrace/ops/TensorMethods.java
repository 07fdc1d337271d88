package dev.millrace.ops;

/**
 * The methods of whatever stands for a tensor: {@link Tensor}, a {@link Variable}'s value, the
 * value after an assignment. Each adds nodes through {@link #ops()}, where it is described in full.
 */
public interface TensorMethods
    extends MathMethods, ReduceMethods, ArrayMethods, LinalgMethods, NnMethods {
  @Override
  Ops ops();
}
