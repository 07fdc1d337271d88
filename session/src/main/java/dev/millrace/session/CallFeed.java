package dev.millrace.session;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NdArrays;
import dev.millrace.session.plan.Feed;
import java.lang.reflect.Array;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A feed of a callable, set again and again without allocating. */
final class CallFeed implements Feed {
  private final Output to;
  private final Region region = new Region();
  private Shape shape;
  private Object flat; // a primitive array in row-major order
  private INDArray array;
  private Feed other;

  CallFeed(Output to) {
    this.to = to;
  }

  void set(Object value) {
    if (value instanceof INDArray a) {
      setArray(a);
    } else if (value != null
        && value.getClass() == TensorValue.storageClass(to.dtype())
        && to.dtype().isDense()) {
      setFlat(value, Array.getLength(value));
    } else {
      Feed f = Feeds.of(to, value);
      clear();
      other = f;
      shape = f.shape();
    }
  }

  private void clear() {
    other = null;
    flat = null;
    array = null;
  }

  private void setArray(INDArray a) {
    if (a == array) {
      return;
    }
    if (NdArrays.dtype(a.dataType()) != to.dtype() || NdArrays.dense(a) != a) {
      Feed f = Feeds.of(to, a);
      clear();
      other = f;
      shape = f.shape();
      return;
    }
    if (shape == null || !sameShape(shape, a)) {
      Shape s = NdArrays.shape(a);
      requireFits(s);
      shape = s;
    }
    clear();
    array = a;
    NdArrays.bind(region, a, to.dtype());
  }

  private static boolean sameShape(Shape s, INDArray a) {
    if (s.rank() != a.rank()) {
      return false;
    }
    for (int i = 0; i < s.rank(); i++) {
      if (s.dim(i) != a.size(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A flat array takes the tensor's static shape, one unknown dimension of which follows from the
   * length.
   */
  private void setFlat(Object values, int length) {
    int elements = to.dtype().isComplex() ? length / 2 : length;
    if (flat == null || shape.numElements() != elements) {
      shape = shapeOf(elements);
    }
    clear();
    flat = values;
  }

  private Shape shapeOf(int length) {
    Shape s = to.shape();
    if (!s.hasRank()) {
      return Shape.vector(length);
    }
    long known = 1;
    int open = -1;
    for (int i = 0; i < s.rank(); i++) {
      if (s.dim(i) != Shape.UNKNOWN) {
        known *= s.dim(i);
      } else if (open >= 0) {
        throw new InvalidArgumentException(
            "more than one dimension is unknown, so that a flat array does not tell the shape; give a TensorValue or an INDArray");
      } else {
        open = i;
      }
    }
    boolean fits = open < 0 ? known == length : known > 0 && length % known == 0;
    if (!fits) {
      throw new InvalidArgumentException(length + " values do not fill the shape");
    }
    return open < 0 ? s : s.withDim(open, length / known);
  }

  private void requireFits(Shape s) {
    if (!to.shape().isCompatibleWith(s)) {
      throw new InvalidArgumentException("the value is of shape " + s);
    }
  }

  boolean isSet() {
    return flat != null || array != null || other != null;
  }

  @Override
  public DataType dtype() {
    return to.dtype();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public void copyTo(Region r) {
    if (flat instanceof float[] a) {
      r.floats().put(0, a, 0, a.length);
    } else if (flat instanceof double[] a) {
      r.doubles().put(0, a, 0, a.length);
    } else if (flat instanceof int[] a) {
      r.ints().put(0, a, 0, a.length);
    } else if (flat instanceof long[] a) {
      r.longs().put(0, a, 0, a.length);
    } else if (flat instanceof short[] a) {
      r.shorts().put(0, a, 0, a.length);
    } else if (flat instanceof byte[] a) {
      r.bytes().put(0, a, 0, a.length);
    } else if (array != null) {
      r.copyFrom(region);
    } else {
      other.copyTo(r);
    }
  }

  @Override
  public Region inPlace() {
    return array != null ? region : null;
  }

  @Override
  public TensorValue toValue() {
    if (flat != null) {
      return TensorValue.wrap(to.dtype(), shape, flat).copy();
    }
    return array != null ? HeapCopies.load(to.dtype(), shape, region) : other.toValue();
  }
}
