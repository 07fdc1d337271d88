package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.session.collections.TensorArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Tensor arrays, and their first two versions, whose handles are names. */
final class TensorArrayKernels {
  private static final String NAME = "tensor_array_name";
  private static final String CONTAINER = "_tensor_arrays";

  private TensorArrayKernels() {}

  static void register(ReferenceKernels k) {
    k.add("TensorArrayV3", TensorArrayKernels::make);
    k.add("TensorArrayGradV3", c -> gradient(c, Shape.scalar()));
    k.add("TensorArrayGradWithShape", c -> gradient(c, Dims.shape(c.input(2), "the shape")));
    for (String v : new String[] {"", "V2", "V3"}) {
      if (!v.equals("V3")) { // handles are names
        k.add("TensorArray" + v, c -> c.output(0, named(c, array(c, false))));
        k.add(
            "TensorArrayGrad" + v,
            c -> {
              String source = c.attrs().getString("source");
              c.output(0, named(c, array(c, 0).gradient(source, Shape.scalar())));
            });
      }
      k.add(
          "TensorArrayWrite" + v,
          c -> {
            array(c, 0).write((int) Dims.scalar(c.input(1), "the index"), c.input(2));
            c.output(0, c.input(3));
          });
      k.add(
          "TensorArrayRead" + v,
          c -> {
            TensorArray a = array(c, 0);
            requireType(a, c.outputType(0));
            c.output(0, a.read((int) Dims.scalar(c.input(1), "the index")));
          });
      k.add("TensorArraySize" + v, c -> c.output(0, TensorValue.of(array(c, 0).size())));
      k.add("TensorArrayClose" + v, c -> array(c, 0).close());
      k.add("TensorArrayGather" + v, c -> gather(c, c.input(1)));
      k.add("TensorArrayScatter" + v, c -> scatter(c, c.input(1), c.input(2), c.input(3)));
      k.add("TensorArrayConcat" + v, TensorArrayKernels::concat);
      k.add("TensorArraySplit" + v, TensorArrayKernels::split);
    }
    k.add("TensorArrayPack", c -> gather(c, all(array(c, 0).size())));
    k.add(
        "TensorArrayUnpack",
        c -> {
          TensorArray a = array(c, 0);
          if (c.input(1).shape().rank() < 1) {
            throw new InvalidArgumentException("a scalar cannot be unpacked into " + a);
          }
          int n = (int) c.input(1).shape().dim(0);
          if (a.isDynamic()) {
            a.reserve(n);
          } else if (a.size() != n) {
            throw new InvalidArgumentException(a + " is of size " + a.size() + ", not " + n);
          }
          scatter(c, all(n), c.input(1), c.input(2));
        });
  }

  /** The indices of all elements. */
  private static TensorValue all(int n) {
    return TensorValue.ofInts(IntStream.range(0, n).toArray());
  }

  /** The handle of an array that the run keeps under a name: a container and the name. */
  private static TensorValue named(KernelContext c, TensorArray a) {
    String given = c.attrs().has(NAME) ? c.attrs().getString(NAME) : "";
    String name = c.runState().add(given.isEmpty() ? c.nodeName() : given, a);
    byte[][] handle = {
      CONTAINER.getBytes(StandardCharsets.UTF_8), name.getBytes(StandardCharsets.UTF_8)
    };
    return TensorValue.wrap(DataType.STRING, Shape.vector(2), handle);
  }

  private static TensorArray array(KernelContext c, int i) {
    TensorValue handle = c.input(i);
    if (handle.dtype() == DataType.STRING) {
      if (handle.size() != 2) {
        throw new InvalidArgumentException(
            "the handle of a tensor array has two parts, not " + handle);
      }
      return c.runState().get(handle.getString(1), TensorArray.class);
    }
    if (handle.objects()[0] instanceof TensorArray a) {
      return a;
    }
    throw new InvalidArgumentException("input " + i + " is no tensor array");
  }

  private static void requireType(TensorArray a, DataType dtype) {
    if (a.dtype() != dtype) {
      throw new InvalidArgumentException(a + " holds " + a.dtype() + ", not " + dtype);
    }
  }

  private static TensorValue handle(TensorArray a) {
    return TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {a});
  }

  private static void make(KernelContext c) {
    c.output(0, handle(array(c, c.attrs().getBool("identical_element_shapes"))));
    c.output(1, TensorValue.of(0f));
  }

  private static TensorArray array(KernelContext c, boolean identicalShapes) {
    Attrs a = c.attrs();
    TensorArray.Options options =
        new TensorArray.Options(
            a.getType("dtype"),
            a.getShape("element_shape"),
            a.getBool("dynamic_size"),
            a.getBool("clear_after_read"),
            identicalShapes,
            a.getString(NAME));
    TensorValue size = Dims.requireScalar(c.input(0), "the size");
    return new TensorArray(options, (int) size.getLong(0), null);
  }

  private static void gradient(KernelContext c, Shape prepend) {
    c.output(0, handle(array(c, 0).gradient(c.attrs().getString("source"), prepend)));
    c.output(1, c.input(1));
  }

  private static void gather(KernelContext c, TensorValue given) {
    TensorArray a = array(c, 0);
    requireType(a, c.outputType(0));
    a.refineElementShape(c.attrs().getShape("element_shape"));
    TensorValue indices = Dims.requireRank(given, 1, "the indices");
    List<TensorValue> read = new ArrayList<>();
    for (int i = 0; i < indices.size(); i++) {
      read.add(a.read(indices.ints()[i]));
    }
    c.output(0, stacked(read, a.dtype(), a.elementShape(), a.toString()));
  }

  /**
   * The values one after the other, along a new first dimension.
   *
   * @param elementShape the shape of an element, for where there is none
   * @param what what holds the values, for messages
   */
  static TensorValue stacked(
      List<TensorValue> values, DataType dtype, Shape elementShape, String what) {
    if (values.isEmpty() && !elementShape.isFullyDefined()) {
      throw new UnimplementedException(
          what
              + " gives no element, and the shape of its elements, "
              + elementShape
              + ", is not fully known, so that the result has no shape");
    }
    Shape s = values.isEmpty() ? elementShape : values.get(0).shape();
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).shape().equals(s)) {
        throw new InvalidArgumentException(
            what
                + " has elements of different shapes: the first is "
                + s
                + ", number "
                + i
                + " is "
                + values.get(i).shape());
      }
    }
    return joined(values, dtype, Shape.vector(values.size()).concat(s));
  }

  /** The elements of all values, one value after the other, in that shape. */
  static TensorValue joined(List<TensorValue> values, DataType dtype, Shape shape) {
    Object data = TensorValue.newStorage(dtype, Dims.count(shape));
    int at = 0;
    for (TensorValue v : values) {
      Elements.copy(dtype, v.data(), 0, data, at, v.size());
      at += v.size();
    }
    return TensorValue.wrap(dtype, shape, data);
  }

  /** {@code n} rows of {@code x}, from row {@code from} on. */
  static TensorValue rows(TensorValue x, int from, int n) {
    Shape row = x.shape().sliceFrom(1);
    return rows(x, from, Shape.vector(n).concat(row), Dims.count(row));
  }

  /** Row {@code i} of {@code x}, without the first dimension. */
  static TensorValue row(TensorValue x, int i) {
    Shape row = x.shape().sliceFrom(1);
    return rows(x, i, row, Dims.count(row));
  }

  private static TensorValue rows(TensorValue x, int from, Shape to, int rowSize) {
    int n = Dims.count(to);
    Object data = TensorValue.newStorage(x.dtype(), n);
    Elements.copy(x.dtype(), x.data(), from * rowSize, data, 0, n);
    return TensorValue.wrap(x.dtype(), to, data);
  }

  private static void scatter(
      KernelContext c, TensorValue at, TensorValue value, TensorValue flow) {
    TensorArray a = array(c, 0);
    TensorValue indices = Dims.requireRank(at, 1, "the indices");
    if (value.shape().rank() < 1 || value.shape().dim(0) != indices.size()) {
      throw new InvalidArgumentException(
          indices.size()
              + " elements are written from a value of shape "
              + value.shape()
              + "; its first dimension must be "
              + indices.size());
    }
    a.refineElementShape(value.shape().sliceFrom(1));
    for (int i = 0; i < indices.size(); i++) {
      a.write(indices.ints()[i], row(value, i));
    }
    c.output(0, flow);
  }

  private static void concat(KernelContext c) {
    TensorArray a = array(c, 0);
    requireType(a, c.outputType(0));
    Shape rest = c.attrs().getShape("element_shape_except0");
    List<TensorValue> read = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      read.add(a.read(i));
    }
    if (read.isEmpty()) {
      Shape known = a.elementShape();
      rest = known.hasRank() && known.rank() > 0 ? rest.merge(known.sliceFrom(1)) : rest;
    }
    c.output(0, concatenated(read, a.dtype(), rest, a.toString()));
    long[] lengths = read.stream().mapToLong(v -> v.shape().dim(0)).toArray();
    c.output(1, TensorValue.ofLongs(lengths));
  }

  /**
   * The values one after the other along their first dimension, in which they may differ.
   *
   * @param rest what is known of the other dimensions
   * @param what what holds the values, for messages
   */
  static TensorValue concatenated(
      List<TensorValue> values, DataType dtype, Shape rest, String what) {
    Shape common = rest;
    long length = 0;
    for (int i = 0; i < values.size(); i++) {
      Shape s = values.get(i).shape();
      if (s.rank() == 0) {
        throw new InvalidArgumentException(
            what + " cannot be concatenated: element " + i + " is a scalar");
      }
      if (!common.isCompatibleWith(s.sliceFrom(1))) {
        throw new InvalidArgumentException(
            what
                + " cannot be concatenated: element "
                + i
                + " is of shape "
                + s
                + "; its dimensions but the first must be "
                + common);
      }
      common = common.merge(s.sliceFrom(1));
      length += s.dim(0);
    }
    if (!common.isFullyDefined()) {
      throw new UnimplementedException(
          what
              + " has no elements, and their dimensions but the first, "
              + common
              + ", are not fully known, so that the result has no shape");
    }
    return joined(values, dtype, Shape.vector(length).concat(common));
  }

  private static void split(KernelContext c) {
    TensorArray a = array(c, 0);
    TensorValue value = c.input(1);
    int[] lengths = splitLengths(value, c.input(2));
    if (a.isDynamic()) {
      a.reserve(lengths.length);
    }
    if (a.size() != lengths.length) {
      throw new InvalidArgumentException(
          a + " is of size " + a.size() + ", but " + lengths.length + " lengths are given");
    }
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      a.write(i, rows(value, at, lengths[i]));
      at += lengths[i];
    }
    c.output(0, c.input(3));
  }

  /** The lengths of the parts into which {@code value} is to be split along its rows, checked. */
  static int[] splitLengths(TensorValue value, TensorValue given) {
    int[] lengths = Dims.requireRank(given, 1, "the lengths").toInts();
    long total = 0;
    for (int n : lengths) {
      if (n < 0) {
        throw new InvalidArgumentException("the lengths must not be negative, but are " + given);
      }
      total += n;
    }
    if (value.shape().rank() < 1 || value.shape().dim(0) != total) {
      throw new InvalidArgumentException(
          "the lengths add up to "
              + total
              + ", which must be the first dimension of the value; its shape is "
              + value.shape());
    }
    return lengths;
  }
}
