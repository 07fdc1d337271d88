package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.ResourceExhaustedException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Arithmetic on dimensions: sizes, axes, and shapes that come as tensors. */
final class Dims {
  private Dims() {}

  /**
   * The number of elements of a fully defined shape.
   *
   * @throws ResourceExhaustedException if no Java array is that long
   */
  static int count(Shape shape) {
    return count(shape.dims(), 0, shape.rank());
  }

  /** The product of the dimensions from {@code from} to before {@code to}. */
  static int count(long[] dims, int from, int to) {
    long n = 1;
    for (int i = from; i < to; i++) {
      if (dims[i] == 0) {
        return 0;
      }
    }
    for (int i = from; i < to; i++) {
      n *= dims[i];
      if (n > Integer.MAX_VALUE - 8 || dims[i] > Integer.MAX_VALUE) {
        throw new ResourceExhaustedException(
            "shape " + Arrays.toString(dims) + " has too many elements for one tensor");
      }
    }
    return (int) n;
  }

  /** How far apart neighbours along each dimension lie in row-major order. */
  static int[] strides(Shape shape) {
    int[] s = new int[shape.rank()];
    long step = 1;
    for (int i = s.length - 1; i >= 0; i--) {
      s[i] = (int) step; // wraps only in shapes without elements, where no stride is used
      step *= shape.dim(i);
    }
    return s;
  }

  /**
   * The axis that {@code axis} means in a value of that rank: it counts from the end when negative.
   *
   * @throws InvalidArgumentException if there is no such axis
   */
  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new InvalidArgumentException(
          "axis " + axis + " is outside [" + -rank + ", " + rank + ") of a value of rank " + rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** The one integer of input {@code name}. */
  static long scalar(TensorValue x, String name) {
    if (x.size() != 1 || x.shape().rank() > 1) {
      throw new InvalidArgumentException(name + " must be a scalar, not of shape " + x.shape());
    }
    return x.getLong(0);
  }

  /** Checks that {@code x} is of rank 0, strictly. */
  static TensorValue requireScalar(TensorValue x, String name) {
    if (x.shape().rank() != 0) {
      throw new InvalidArgumentException(name + " must be a scalar, not of shape " + x.shape());
    }
    return x;
  }

  /** Checks the rank of {@code x}. */
  static TensorValue requireRank(TensorValue x, int rank, String name) {
    if (x.shape().rank() != rank) {
      throw new InvalidArgumentException(
          name + " must be of rank " + rank + ", not of shape " + x.shape());
    }
    return x;
  }

  /** Checks that two values have the same shape. */
  static void requireSame(TensorValue x, String xName, TensorValue y, String yName) {
    if (!x.shape().equals(y.shape())) {
      throw new InvalidArgumentException(
          xName
              + " of shape "
              + x.shape()
              + " and "
              + yName
              + " of shape "
              + y.shape()
              + " must have the same shape");
    }
  }

  /**
   * The shape that a vector of integers gives; a scalar counts as a vector of one, as TensorFlow
   * takes it.
   */
  static Shape shape(TensorValue x, String name) {
    if (x.shape().rank() > 1) {
      throw new InvalidArgumentException(name + " must be a vector, not of shape " + x.shape());
    }
    long[] dims = x.toLongs();
    for (long d : dims) {
      if (d < 0) {
        throw new InvalidArgumentException(
            name + " " + Arrays.toString(dims) + " has the negative dimension " + d);
      }
    }
    return Shape.of(dims);
  }

  /** A vector of integers of type int32 or int64. */
  static TensorValue vector(DataType dtype, long... values) {
    return numbers(dtype, Shape.vector(values.length), values);
  }

  /** Integers of type int32 or int64 in that shape. */
  static TensorValue numbers(DataType dtype, Shape shape, long... values) {
    Result r = new Result(dtype, shape);
    for (int i = 0; i < values.length; i++) {
      r.setLong(i, values[i]);
    }
    return r.value();
  }
}
