package dev.millrace.session.nd4j;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Conversions between ND4J's arrays and ours. */
public final class NdArrays {
  private NdArrays() {}

  /**
   * ND4J's name for a dtype.
   *
   * @throws InvalidArgumentException if ND4J has none
   */
  public static org.nd4j.linalg.api.buffer.DataType nd4jType(DataType t) {
    return switch (t) {
      case FLOAT32 -> org.nd4j.linalg.api.buffer.DataType.FLOAT;
      case FLOAT64 -> org.nd4j.linalg.api.buffer.DataType.DOUBLE;
      case FLOAT16 -> org.nd4j.linalg.api.buffer.DataType.FLOAT16;
      case BFLOAT16 -> org.nd4j.linalg.api.buffer.DataType.BFLOAT16;
      case INT8 -> org.nd4j.linalg.api.buffer.DataType.INT8;
      case INT16 -> org.nd4j.linalg.api.buffer.DataType.INT16;
      case INT32 -> org.nd4j.linalg.api.buffer.DataType.INT32;
      case INT64 -> org.nd4j.linalg.api.buffer.DataType.INT64;
      case UINT8 -> org.nd4j.linalg.api.buffer.DataType.UINT8;
      case UINT16 -> org.nd4j.linalg.api.buffer.DataType.UINT16;
      case UINT32 -> org.nd4j.linalg.api.buffer.DataType.UINT32;
      case UINT64 -> org.nd4j.linalg.api.buffer.DataType.UINT64;
      case BOOL -> org.nd4j.linalg.api.buffer.DataType.BOOL;
      default ->
          throw new InvalidArgumentException(
              "ND4J has no arrays of " + t + "; use fetchValue and TensorValue");
    };
  }

  /**
   * Our name for ND4J's.
   *
   * @throws InvalidArgumentException if we have none
   */
  public static DataType dtype(org.nd4j.linalg.api.buffer.DataType t) {
    return switch (t) {
      case FLOAT -> DataType.FLOAT32;
      case DOUBLE -> DataType.FLOAT64;
      case HALF -> DataType.FLOAT16;
      case BFLOAT16 -> DataType.BFLOAT16;
      case BYTE -> DataType.INT8;
      case SHORT -> DataType.INT16;
      case INT -> DataType.INT32;
      case LONG -> DataType.INT64;
      case UBYTE -> DataType.UINT8;
      case UINT16 -> DataType.UINT16;
      case UINT32 -> DataType.UINT32;
      case UINT64 -> DataType.UINT64;
      case BOOL -> DataType.BOOL;
      default ->
          throw new InvalidArgumentException(
              "arrays of ND4J's " + t + " cannot be fed; use a TensorValue");
    };
  }

  /**
   * The array itself if its elements lie side by side in row-major order; else a copy of which that
   * is true.
   */
  public static INDArray dense(INDArray a) {
    if (a.isEmpty()
        || (a.ordering() == 'c'
            && !a.isView()
            && a.data().length() == a.length()
            && isRowMajor(a))) {
      return a;
    }
    return a.dup('c');
  }

  private static boolean isRowMajor(INDArray a) {
    long expect = 1;
    for (int i = a.rank() - 1; i >= 0; i--) {
      if (a.size(i) != 1 && a.stride(i) != expect) {
        return false;
      }
      expect *= a.size(i);
    }
    return true;
  }

  /**
   * Binds {@code region} to the memory of an array that {@link #dense} gave; the region keeps the
   * array alive.
   */
  public static void bind(Region region, INDArray dense, DataType dtype) {
    long bytes = dense.isEmpty() ? 0 : dense.length() * dtype.size();
    region.bind(dense, dense.isEmpty() ? 0 : dense.data().address(), bytes);
  }

  /** The array's shape. */
  public static Shape shape(INDArray a) {
    if (a.rank() == 0 && a.isEmpty()) {
      return Shape.of(0); // as ND4J's empty arrays of no given shape are
    }
    return a.rank() == 0 ? Shape.scalar() : Shape.of(a.shape());
  }

  /** A new array, its elements not set. */
  public static INDArray create(DataType dtype, Shape shape) {
    long[] dims = shape.dims();
    if (shape.numElements() == 0) {
      return Nd4j.create(nd4jType(dtype), dims);
    }
    return Nd4j.createUninitialized(nd4jType(dtype), dims);
  }

  /** A new array with a copy of {@code from}. */
  public static INDArray copyOf(DataType dtype, Shape shape, Region from) {
    INDArray a = create(dtype, shape);
    if (!a.isEmpty()) {
      Region to = new Region();
      bind(to, a, dtype);
      to.copyFrom(from);
    }
    return a;
  }

  /** A new array with the elements of {@code v}. */
  public static INDArray copyOf(TensorValue v) {
    INDArray a = create(v.dtype(), v.shape());
    if (!a.isEmpty()) {
      Region to = new Region();
      bind(to, a, v.dtype());
      HeapCopies.store(v, to);
    }
    return a;
  }

  /** The array's elements on the heap. */
  public static TensorValue toValue(INDArray a) {
    DataType t = dtype(a.dataType());
    INDArray d = dense(a);
    Region r = new Region();
    bind(r, d, t);
    return HeapCopies.load(t, shape(a), r);
  }
}
