package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An array of tensors of one dtype, written and read one by one, as loops do (TensorFlow's
 * TensorArray, of the kind that is made of tensor lists).
 *
 * <pre>{@code
 * record State(Tensor i, TensorArray squares) {}
 * State last = tf.whileLoop(
 *     s -> s.i().less(10),
 *     s -> new State(s.i().add(1), s.squares().write(s.i(), s.i().mul(s.i()))),
 *     new State(tf.constant(0), tf.tensorArray(DataType.INT32, 10)));
 * Tensor squares = last.squares().stack();
 * }</pre>
 *
 * <p>It is a value: writing gives another array, and this one stays. It can be a loop's variable or
 * the result of a branch. An element that was never written reads as zeros if its shape is known,
 * else reading it fails when run.
 *
 * <p>Beside the tensors there is what is known of their shape while the graph is built; arrays that
 * came of each other share that knowledge, so that what is written in a loop tells the shape of
 * what is read behind it.
 */
public final class TensorArray implements Nest.Record {
  private final Ops ops;
  private final Output flow;
  private final Kind kind;

  /** The number of elements; -1 where it is not known. */
  private final long knownSize;

  /** Indices that are known and were written on the way to this array. */
  private final Set<Long> written;

  /** What arrays that came of each other have in common. */
  static final class Kind {
    final DataType dtype;
    final boolean dynamicSize;
    final boolean inferShape;
    Shape element;

    Kind(DataType dtype, boolean dynamicSize, boolean inferShape, Shape element) {
      this.dtype = dtype;
      this.dynamicSize = dynamicSize;
      this.inferShape = inferShape;
      this.element = element;
    }
  }

  TensorArray(Ops ops, Output flow, Kind kind, long knownSize, Set<Long> written) {
    this.ops = ops;
    this.flow = flow;
    this.kind = kind;
    this.knownSize = kind.dynamicSize ? Shape.UNKNOWN : knownSize;
    this.written = written;
  }

  private TensorArray with(Tensor list, long size) {
    return new TensorArray(ops, list.asOutput(), kind, size, written);
  }

  /** The list that holds the tensors. */
  public Tensor flow() {
    return ops.tensor(flow);
  }

  /** The elements' dtype. */
  public DataType dtype() {
    return kind.dtype;
  }

  /** What is known of the elements' shape. */
  public Shape elementShape() {
    return kind.element;
  }

  private TensorLists lists() {
    return new TensorLists(ops);
  }

  private Output index(Object i) {
    return ops.convert(i, DataType.INT32, "index");
  }

  private Output value(Object x) {
    Output v = ops.convert(x, kind.dtype, "value");
    if (v.dtype() != kind.dtype) {
      throw GraphApi.error(
          "the tensor array takes " + kind.dtype + ", which " + Results.describe(v) + " is not");
    }
    return v;
  }

  private void learn(Shape s, String what) {
    if (!kind.element.isCompatibleWith(s)) {
      throw GraphApi.error(
          "the tensor array has elements of shape "
              + kind.element
              + ", which "
              + what
              + " of shape "
              + s
              + " does not fit; where they differ, make it with inferShape(false) and without an"
              + " element shape");
    }
    if (kind.inferShape) {
      kind.element = kind.element.merge(s);
    }
  }

  // ---- one element

  /**
   * The array with {@code x} at {@code i} (TensorListSetItem).
   *
   * @param i an int32 scalar: below the size, unless the array may grow
   * @param x of the array's dtype, and its elements' shape
   * @throws dev.millrace.graph.InvalidArgumentException if {@code x} does not fit, or the index is
   *     known and was written before
   */
  public TensorArray write(Object i, Object x) {
    Output at = index(i);
    Output v = value(x);
    learn(v.shape(), "'" + v.name() + "'");
    Set<Long> indices = new HashSet<>(written);
    if (at.constantValue() != null && !indices.add(at.constantValue().toLongs()[0])) {
      throw GraphApi.error(
          "element "
              + at.constantValue().toLongs()[0]
              + " of the tensor array is written already; each is written once");
    }
    Output list = kind.dynamicSize ? grown(ops.add(at, 1).asOutput()) : flow;
    return new TensorArray(ops, lists().set(list, at, v).asOutput(), kind, knownSize, indices);
  }

  /** The list, of {@code n} elements at least. */
  private Output grown(Output n) {
    return lists().resize(flow, ops.maximum(lists().length(flow), n).asOutput()).asOutput();
  }

  /** Element {@code i} (TensorListGetItem). */
  public Tensor read(Object i) {
    return lists().get(flow, index(i), kind.dtype, kind.element);
  }

  // ---- all or several

  /** All elements along a new first dimension (TensorListStack). */
  public Tensor stack() {
    return lists().stack(flow, kind.dtype, kind.element, knownSize);
  }

  /** The elements at {@code indices}, an int32 vector, along a new first dimension. */
  public Tensor gather(Object indices) {
    return lists().gather(flow, index(indices), kind.dtype, kind.element);
  }

  /** All elements, whose first dimensions may differ, along it (TensorListConcatV2). */
  public Tensor concat() {
    Shape s = kind.element;
    if (s.hasRank() && s.rank() == 0) {
      throw GraphApi.error("a tensor array of scalars cannot be concatenated; take stack()");
    }
    return lists().concat(flow, kind.dtype, s.hasRank() ? s.withDim(0, Shape.UNKNOWN) : s);
  }

  /** The array whose elements are the rows of {@code x} (TensorListFromTensor). */
  public TensorArray unstack(Object x) {
    Output v = value(x);
    learnRows(v);
    return with(lists().fromTensor(v), v.shape().hasRank() ? v.shape().dim(0) : Shape.UNKNOWN);
  }

  /** The array with the rows of {@code x} at {@code indices}, an int32 vector. */
  public TensorArray scatter(Object indices, Object x) {
    Output at = index(indices);
    Output v = value(x);
    learnRows(v);
    Output list = flow;
    if (kind.dynamicSize) {
      list = grown(ops.add(ops.reduceMax(at), 1).asOutput());
    }
    return with(lists().scatterInto(list, at, v), knownSize);
  }

  private void learnRows(Output v) {
    if (v.shape().hasRank()) {
      if (v.shape().rank() == 0) {
        throw GraphApi.error("a scalar has no rows: " + Results.describe(v));
      }
      learn(v.shape().sliceFrom(1), "a row of '" + v.name() + "'");
    }
  }

  /**
   * The array whose elements are the parts of {@code x} along its first dimension
   * (TensorListSplit).
   *
   * @param lengths the parts' lengths, a vector of whole numbers
   */
  public TensorArray split(Object x, Object lengths) {
    Output v = value(x);
    Output n = ops.convert(lengths, DataType.INT64, "lengths");
    n = n.dtype() == DataType.INT64 ? n : ops.cast(n, DataType.INT64).asOutput();
    Shape part =
        v.shape().hasRank() && v.shape().rank() > 0
            ? v.shape().withDim(0, commonLength(n))
            : Shape.unknown();
    learn(part, "a part of '" + v.name() + "'");
    return with(
        lists().split(v, n, part.hasRank() ? part.withDim(0, Shape.UNKNOWN) : part),
        n.shape().hasRank() ? n.shape().dim(0) : Shape.UNKNOWN);
  }

  private static long commonLength(Output lengths) {
    if (lengths.constantValue() == null || lengths.constantValue().size() == 0) {
      return Shape.UNKNOWN;
    }
    long[] n = lengths.constantValue().toLongs();
    return java.util.Arrays.stream(n).allMatch(x -> x == n[0]) ? n[0] : Shape.UNKNOWN;
  }

  // ---- the array

  /** The number of elements, an int32 scalar (TensorListLength). */
  public Tensor size() {
    return lists().length(flow);
  }

  /** This array under control dependencies that are open. */
  public TensorArray identity() {
    Tensor same = ops.identity(flow);
    same.asOutput().setHandleData(flow.handleData());
    return with(same, knownSize);
  }

  /** The flow, for loops and branches. */
  @Override
  public List<Tensor> components() {
    return List.of(flow());
  }

  @Override
  public TensorArray withComponents(List<?> components) {
    Output list = ((dev.millrace.graph.Operand) components.get(0)).asOutput();
    return new TensorArray(ops, list, kind, knownSize, Set.of());
  }

  /** As {@code TensorArray(float32[?,3], flow='…')}. */
  @Override
  public String toString() {
    return "TensorArray(" + kind.dtype + kind.element + ", flow='" + flow.name() + "')";
  }
}
