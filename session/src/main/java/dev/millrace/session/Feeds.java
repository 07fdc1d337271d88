package dev.millrace.session;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NdArrays;
import dev.millrace.session.plan.Feed;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes feeds of the values that users give. */
final class Feeds {
  private Feeds() {}

  /**
   * The feed of {@code value} for {@code to}.
   *
   * @throws InvalidArgumentException if the value's dtype or shape does not fit
   */
  static Feed of(Output to, Object value) {
    try {
      Feed f = make(value, to.dtype());
      check(to, f);
      return f;
    } catch (MillraceException e) {
      if (e.nodeName() != null) {
        throw e;
      }
      throw new InvalidArgumentException(
              "cannot feed '"
                  + to.name()
                  + "' ("
                  + to.dtype()
                  + to.shape()
                  + "): "
                  + e.getMessage(),
              e)
          .at(to.op());
    }
  }

  /** Checks that dtype and shape of a feed fit. */
  static void check(Output to, Feed f) {
    if (to.dtype() == DataType.RESOURCE || to.dtype() == DataType.VARIANT) {
      throw new InvalidArgumentException("a " + to.dtype() + " cannot be fed");
    }
    if (f.dtype() != to.dtype()) {
      throw new InvalidArgumentException("the value is " + f.dtype());
    }
    if (!to.shape().isCompatibleWith(f.shape())) {
      throw new InvalidArgumentException("the value is of shape " + f.shape());
    }
  }

  private static Feed make(Object value, DataType dtype) {
    if (value instanceof INDArray a) {
      if (NdArrays.dtype(a.dataType()) == dtype) {
        return new ArrayFeed(NdArrays.dense(a), dtype);
      }
      return new ValueFeed(TensorValue.of(NdArrays.toValue(a), dtype));
    }
    if (value instanceof float[][] rows && dtype == DataType.FLOAT32 && isRectangular(rows)) {
      return new RowsFeed(rows);
    }
    // A TensorValue has the dtype it has; only plain numbers and arrays take the tensor's.
    return new ValueFeed(value instanceof TensorValue v ? v : TensorValue.of(value, dtype));
  }

  private static boolean isRectangular(float[][] rows) {
    for (float[] r : rows) {
      if (r == null || r.length != rows[0].length) {
        return false; // the general conversion tells what is wrong
      }
    }
    return rows.length > 0;
  }

  /** A value on the heap. */
  record ValueFeed(TensorValue value) implements Feed {
    @Override
    public DataType dtype() {
      return value.dtype();
    }

    @Override
    public Shape shape() {
      return value.shape();
    }

    @Override
    public void copyTo(Region to) {
      HeapCopies.store(value, to);
    }

    @Override
    public TensorValue toValue() {
      return value;
    }
  }

  /** Rows of floats, which are copied without an array of all of them between. */
  static final class RowsFeed implements Feed {
    private final float[][] rows;

    RowsFeed(float[][] rows) {
      this.rows = rows;
    }

    @Override
    public DataType dtype() {
      return DataType.FLOAT32;
    }

    @Override
    public Shape shape() {
      return Shape.of(rows.length, rows[0].length);
    }

    @Override
    public void copyTo(Region to) {
      int n = rows[0].length;
      for (int i = 0; i < rows.length; i++) {
        to.floats().put(i * n, rows[i], 0, n);
      }
    }

    @Override
    public TensorValue toValue() {
      return TensorValue.of(rows);
    }
  }

  /**
   * An ND4J array whose elements lie in row-major order; copied, since the caller may write to it
   * while the run goes on.
   */
  static final class ArrayFeed implements Feed {
    private final DataType dtype;
    private final Shape shape;
    private final Region region = new Region();

    ArrayFeed(INDArray dense, DataType dtype) {
      this.dtype = dtype;
      this.shape = NdArrays.shape(dense);
      NdArrays.bind(region, dense, dtype);
    }

    @Override
    public DataType dtype() {
      return dtype;
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public void copyTo(Region to) {
      to.copyFrom(region);
    }

    @Override
    public TensorValue toValue() {
      return HeapCopies.load(dtype, shape, region);
    }
  }
}
