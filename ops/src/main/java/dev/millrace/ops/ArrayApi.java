package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Constants, placeholders, and what looks at or changes a tensor's shape. */
abstract class ArrayApi extends MathApi {
  private static final String DTYPE = "the dtype";

  /**
   * Up to here a tensor of one repeated value is a constant; beyond, a Fill. TensorFlow's limit.
   */
  private static final int SMALL = 1000;

  ArrayApi(Graph graph) {
    super(graph);
  }

  // ---- constants and placeholders

  /**
   * A constant of a Java value's own dtype; a double's is float32, as a Python float's. See {@link
   * Ops}.
   *
   * @param value a number, boolean, String, array or list of these, a fully known {@link Shape} or
   *     a {@link TensorValue}
   */
  public Tensor constant(Object value) {
    return constant("Const", value);
  }

  /** A constant of the given dtype, to which {@code value} must convert without loss of kind. */
  public Tensor constant(Object value, DataType dtype) {
    return tensor(constantNode("Const", value(value, dtype)));
  }

  /** A constant under a name of its own. */
  public Tensor constant(String name, Object value) {
    return tensor(constantNode(name, value(value, null)));
  }

  /** A constant of the given dtype under a name of its own. */
  public Tensor constant(String name, Object value, DataType dtype) {
    return tensor(constantNode(name, value(value, dtype)));
  }

  /**
   * {@code x} as a tensor: itself if it is one, a list with tensors in it packed, else a constant.
   *
   * @param dtype the dtype of a constant; null for the value's own
   */
  public Tensor convertToTensor(Object x, DataType dtype) {
    return tensor(convert(x, dtype, "Const"));
  }

  /**
   * A tensor to be fed when a session runs.
   *
   * @param shape what a fed value must fit; {@link Shape#unknown()} for any
   */
  public Tensor placeholder(DataType dtype, Shape shape) {
    return placeholder("Placeholder", dtype, shape);
  }

  /** A tensor to be fed, of the given sizes: -1 for one that varies, none for a scalar. */
  public Tensor placeholder(DataType dtype, long... dims) {
    return placeholder("Placeholder", dtype, Shape.of(dims));
  }

  /** As {@link #placeholder(DataType, long...)}, under a name. */
  public Tensor placeholder(String name, DataType dtype, long... dims) {
    return placeholder(name, dtype, Shape.of(dims));
  }

  /** As {@link #placeholder(DataType, Shape)}, under a name. */
  public Tensor placeholder(String name, DataType dtype, Shape shape) {
    return finish(op("Placeholder", name).attr("dtype", dtype).attr("shape", shape));
  }

  /** A tensor that may be fed and otherwise is {@code value} (PlaceholderWithDefault). */
  public Tensor placeholderWithDefault(Object value, Shape shape) {
    return placeholderWithDefault("PlaceholderWithDefault", value, shape);
  }

  /** As {@link #placeholderWithDefault(Object, Shape)}, under a name. */
  public Tensor placeholderWithDefault(String name, Object value, Shape shape) {
    return finish(begin("PlaceholderWithDefault", name, value).attr("shape", shape));
  }

  /** Zeros (false, empty strings) of the given sizes. */
  public Tensor zeros(DataType dtype, long... dims) {
    return zeros(dtype, (Object) dims);
  }

  /** Zeros of a shape that may be a tensor, or a list with tensors in it. */
  public Tensor zeros(DataType dtype, Object shape) {
    return repeated("zeros", shape, TensorValue.zeros(given(dtype, DTYPE), Shape.scalar()));
  }

  /** Ones (true) of the given sizes. */
  public Tensor ones(DataType dtype, long... dims) {
    return ones(dtype, (Object) dims);
  }

  /** Ones of a shape that may be a tensor, or a list with tensors in it. */
  public Tensor ones(DataType dtype, Object shape) {
    return repeated("ones", shape, one(dtype));
  }

  private TensorValue one(DataType dtype) {
    return given(dtype, DTYPE) == DataType.BOOL ? TensorValue.of(true) : value(1, dtype);
  }

  private Tensor repeated(String name, Object shape, TensorValue scalar) {
    try (Scope s = graph().nameScope(name)) {
      Shape known = knownSizes(shape);
      if (known != null && known.numElements() < SMALL) {
        return tensor(constantNode(s.name(), repeat(scalar, known)));
      }
      Output dims = sizes(shape, "shape_as_tensor", false);
      return node("Fill", s.name(), dims, constantNode("Const", scalar));
    }
  }

  /** The shape that {@code sizes} spells where no tensor is in it; else null. */
  private Shape knownSizes(Object sizes) {
    if (sizes instanceof Operand || Conversions.hasOperandInside(sizes)) {
      return null;
    }
    return Shape.of(sizesValue(sizes, false).toLongs());
  }

  private static TensorValue repeat(TensorValue scalar, Shape shape) {
    int n = (int) shape.numElements();
    int width = scalar.dtype().isComplex() ? 2 : 1;
    Object data = TensorValue.newStorage(scalar.dtype(), n);
    for (int i = 0; i < n; i++) {
      System.arraycopy(scalar.data(), 0, data, i * width, width);
    }
    return TensorValue.wrap(scalar.dtype(), shape, data);
  }

  /** {@code value}, a scalar, repeated to the shape {@code dims} (Fill). */
  public Tensor fill(Object dims, Object value) {
    if (dims instanceof Operand && value instanceof Operand) {
      return node("Fill", "Fill", dims, value);
    }
    try (Scope s = graph().nameScope("Fill")) {
      Output d = sizes(dims, "dims", false);
      return node("Fill", s.name(), d, convert(value, null, "value"));
    }
  }

  /** Zeros of x's shape and dtype: a constant where the shape is known, else ZerosLike. */
  public Tensor zerosLike(Object x) {
    try (Scope s = graph().nameScope("zeros_like")) {
      Output t = convert(x, null, "tensor");
      return t.shape().isFullyDefined() && t.dtype() != DataType.VARIANT
          ? repeated(s.name(), t.shape(), TensorValue.zeros(t.dtype(), Shape.scalar()))
          : node("ZerosLike", s.name(), t);
    }
  }

  /** Ones of x's shape and dtype (Fill). */
  public Tensor onesLike(Object x) {
    try (Scope s = graph().nameScope("ones_like")) {
      Output t = convert(x, null, "tensor");
      Tensor r = repeated(s.name(), shapeTensor(t), one(t.dtype()));
      return r.setShape(t.shape());
    }
  }

  /** Zeros of x's shape and another dtype. */
  public Tensor zerosLike(Object x, DataType dtype) {
    return like("zeros_like", x, TensorValue.zeros(given(dtype, DTYPE), Shape.scalar()));
  }

  /** Ones of x's shape and another dtype. */
  public Tensor onesLike(Object x, DataType dtype) {
    return like("ones_like", x, one(dtype));
  }

  private Tensor like(String name, Object x, TensorValue scalar) {
    try (Scope s = graph().nameScope(name)) {
      Output t = convert(x, null, "tensor");
      Object shape = t.shape().isFullyDefined() ? t.shape() : shapeTensor(t);
      return repeated(s.name(), shape, scalar).setShape(t.shape());
    }
  }

  /**
   * Coordinates of the points of a grid, one tensor for each vector, of shape [n0, n1, …]: the
   * first varies along the second dimension, as plots want it; with {@code matrix} along the first.
   *
   * @param matrix whether dimension i is that of vector i (TensorFlow's indexing {@code ij})
   * @param vectors tensors or arrays of rank 1, or scalars
   */
  public List<Tensor> meshgrid(boolean matrix, Object... vectors) {
    try (Scope s = graph().nameScope("meshgrid")) {
      int n = given(vectors, "the vectors").length;
      List<Output> xs = new ArrayList<>();
      List<Object> sizes = new ArrayList<>();
      for (Object v : vectors) {
        Output x = convert(v, null, "x");
        xs.add(x);
        sizes.add(sizeTensor(x));
      }
      boolean swap = !matrix && n > 1;
      if (swap) {
        Collections.swap(sizes, 0, 1);
      }
      List<Tensor> r = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        long[] shape = new long[n];
        Arrays.fill(shape, 1);
        shape[swap && i < 2 ? 1 - i : i] = -1;
        r.add(broadcastTo(reshape(xs.get(i), shape), sizes));
      }
      return r;
    }
  }

  /** 0, 1, … below {@code limit}. */
  public Tensor range(Object limit) {
    return range(0, limit, 1);
  }

  /** {@code start}, {@code start + 1}, … below {@code limit}. */
  public Tensor range(Object start, Object limit) {
    return range(start, limit, 1);
  }

  /**
   * {@code start}, {@code start + delta}, … before {@code limit}, a vector (Range). Where a tensor
   * is among the three, its dtype holds for all; where a Java real is, float32.
   */
  public Tensor range(Object start, Object limit, Object delta) {
    DataType dtype = dtypeOf(start, limit, delta);
    if (dtype == null) {
      dtype = commonType(start, limit, delta);
    }
    try (Scope s = graph().nameScope("range")) {
      Output a = convert(start, dtype, "start");
      Output b = convert(limit, dtype, "limit");
      return node("Range", s.name(), a, b, convert(delta, dtype, "delta"));
    }
  }

  private DataType commonType(Object... numbers) {
    DataType r = DataType.INT32;
    for (Object x : numbers) {
      DataType t = Conversions.value(x, null).dtype();
      boolean wider = t.isFloating() || (t == DataType.INT64 && !r.isFloating());
      r = wider ? t : r;
    }
    return r;
  }

  /** {@code num} values evenly spread from {@code start} to {@code stop} inclusive (LinSpace). */
  public Tensor linspace(Object start, Object stop, Object num) {
    DataType dtype = dtypeOf(start, stop);
    try (Scope s = graph().nameScope("LinSpace")) {
      Output a = convert(start, dtype == null ? DataType.FLOAT32 : dtype, "start");
      Output b = convert(stop, a.dtype(), "stop");
      return node("LinSpace", s.name(), a, b, convert(num, null, "num"));
    }
  }

  // ---- shape

  /** x's shape as an int32 vector: a constant where it is known, else Shape. */
  public Tensor shapeTensor(Object x) {
    return shapeTensor(x, DataType.INT32);
  }

  /** x's shape as a vector of {@code dtype}, int32 or int64. */
  public Tensor shapeTensor(Object x, DataType dtype) {
    if (dtype != DataType.INT32 && dtype != DataType.INT64) {
      throw error("a shape is of int32 or int64, not " + dtype);
    }
    try (Scope s = graph().nameScope("Shape")) {
      Output t = convert(x, null, "input");
      if (t.shape().isFullyDefined()) {
        return tensor(constantNode(s.name(), Conversions.ofSizes(t.shape().dims(), dtype)));
      }
      return finish(begin("Shape", s.name(), t).attr("out_type", dtype));
    }
  }

  /** x's number of dimensions, an int32 scalar: a constant where it is known, else Rank. */
  public Tensor rankTensor(Object x) {
    try (Scope s = graph().nameScope("Rank")) {
      Output t = convert(x, null, "input");
      return t.shape().hasRank()
          ? tensor(constantNode(s.name(), TensorValue.of(t.shape().rank())))
          : node("Rank", s.name(), t);
    }
  }

  /** x's number of elements, an int32 scalar: a constant where it is known, else Size. */
  public Tensor sizeTensor(Object x) {
    try (Scope s = graph().nameScope("Size")) {
      Output t = convert(x, null, "input");
      long n = t.shape().numElements();
      return t.shape().isFullyDefined() && n == (int) n
          ? tensor(constantNode(s.name(), TensorValue.of((int) n)))
          : node("Size", s.name(), t);
    }
  }

  /** The elements of x in another shape; one size may be -1 and follows from the others. */
  public Tensor reshape(Object x, long... shape) {
    return reshape(x, (Object) shape);
  }

  /**
   * The elements of x in another shape, of as many elements (Reshape).
   *
   * @param shape sizes, one of which may be -1; a tensor; or a list with tensors in it, as {@code
   *     List.of(batch, -1)}
   */
  public Tensor reshape(Object x, Object shape) {
    return withSizes("Reshape", "Reshape", x, "tensor", shape, "shape", true);
  }

  /** x stretched to {@code shape} by the rules of broadcasting (BroadcastTo). */
  public Tensor broadcastTo(Object x, Object shape) {
    return withSizes("BroadcastTo", "BroadcastTo", x, "input", shape, "shape", false);
  }

  /** x repeated {@code multiples[i]} times along dimension i (Tile). */
  public Tensor tile(Object x, Object multiples) {
    return withSizes("Tile", "Tile", x, "input", multiples, "multiples", false);
  }

  private Tensor withSizes(
      String type, String name, Object x, String xName, Object sizes, String arg, boolean open) {
    if (x instanceof Operand && sizes instanceof Operand) {
      return node(type, name, x, sizes);
    }
    try (Scope s = graph().nameScope(name)) {
      Output t = convert(x, null, xName);
      return node(type, s.name(), t, sizes(sizes, arg, open));
    }
  }

  /** x with a dimension of size 1 put in before {@code axis}; -1 puts it last (ExpandDims). */
  public Tensor expandDims(Object x, Object axis) {
    return node("ExpandDims", "ExpandDims", x, axis);
  }

  /** x without its dimensions of size 1, or without those given, which must be (Squeeze). */
  public Tensor squeeze(Object x, int... axes) {
    OpBuilder b = begin("Squeeze", "Squeeze", x);
    if (given(axes, "the axes").length > 0) {
      long[] dims = Arrays.stream(axes).asLongStream().toArray();
      b.attr("squeeze_dims", AttrValue.ofInts(dims));
    }
    return finish(b);
  }

  /** x with its dimensions in the reverse order: of a matrix, the transpose. */
  public Tensor transpose(Object x) {
    try (Scope s = graph().nameScope("transpose")) {
      Output a = convert(x, null, "a");
      Output perm;
      if (a.shape().hasRank()) {
        int n = a.shape().rank();
        int[] reversed = new int[n];
        Arrays.setAll(reversed, i -> n - 1 - i);
        perm = constantNode("perm", TensorValue.ofInts(reversed));
      } else {
        Tensor rank = rankTensor(a);
        Tensor last = sub(rank, 1);
        perm = sub(last, node("Range", "Range", 0, rank, 1)).asOutput();
      }
      return node("Transpose", s.name(), a, perm);
    }
  }

  /** x with dimension {@code perm[i]} as its dimension i (Transpose). */
  public Tensor transpose(Object x, int... perm) {
    return perm.length == 0 ? transpose(x) : node("Transpose", "transpose", x, perm);
  }

  /** As {@link #transpose(Object, int...)} with a permutation computed by the graph. */
  public Tensor transpose(Object x, Operand perm) {
    return node("Transpose", "transpose", x, perm);
  }

  /** A matrix or batch of them with the last two dimensions swapped. */
  public Tensor matrixTranspose(Object x) {
    Output a = convert(x, null, "a");
    if (!a.shape().hasRank()) {
      return matrixTransposeOfUnknownRank(a);
    }
    if (a.shape().rank() < 2) {
      throw error("matrixTranspose needs a tensor of rank 2 or more, not " + a);
    }
    int n = a.shape().rank();
    int[] perm = new int[n];
    Arrays.setAll(perm, i -> i);
    perm[n - 1] = n - 2;
    perm[n - 2] = n - 1;
    return node("Transpose", "matrix_transpose", a, perm);
  }

  private Tensor matrixTransposeOfUnknownRank(Output a) {
    try (Scope s = graph().nameScope("matrix_transpose")) {
      Tensor rank = rankTensor(a);
      Tensor outer = range(0, sub(rank, 2));
      List<Object> last = List.of(sub(rank, 1), sub(rank, 2));
      Output perm =
          op("ConcatV2", "concat")
              .inputList(List.of(outer, convert(last, DataType.INT32, "last")))
              .input(convert(0, DataType.INT32, "axis"))
              .build()
              .output(0);
      return node("Transpose", s.name(), a, perm);
    }
  }

  /** The shape that shapes a and b, int32 or int64 vectors, broadcast to (BroadcastArgs). */
  public Tensor broadcastDynamicShape(Object a, Object b) {
    return node("BroadcastArgs", "BroadcastArgs", a, b);
  }

  /** The shapes of several tensors, int32 vectors (ShapeN). */
  public List<Tensor> shapeN(List<?> xs) {
    return tensors(begin("ShapeN", "ShapeN", xs).build());
  }

  /** The permutation that undoes {@code perm}: {@code r[perm[i]] = i} (InvertPermutation). */
  public Tensor invertPermutation(Object perm) {
    return node("InvertPermutation", "InvertPermutation", perm);
  }

  // ---- identities

  /** The tensors themselves, out of one operation: none is there before all are (IdentityN). */
  public List<Tensor> identityN(List<?> xs) {
    return tensors(begin("IdentityN", "IdentityN", xs).build());
  }

  /** x itself, under a name of its own and in the current scopes (Identity). */
  public Tensor identity(Object x) {
    return node("Identity", "Identity", x);
  }

  /** x, as if it were a constant to gradients (StopGradient). */
  public Tensor stopGradient(Object x) {
    return node("StopGradient", "StopGradient", x);
  }

  /**
   * x, an error when differentiated (PreventGradient).
   *
   * @param message what the error tells
   */
  public Tensor preventGradient(Object x, String message) {
    return finish(begin("PreventGradient", "PreventGradient", x).attr("message", message));
  }

  /** x once it is checked to be finite; {@code message} tells of it when it is not. */
  public Tensor verifyTensorAllFinite(Object x, String message) {
    try (Scope s = graph().nameScope("VerifyFinite")) {
      Output in = convert(x, null, "t");
      Operation check =
          begin("CheckNumerics", "CheckNumerics", in).attr("message", message).build();
      try (Scope c = graph().controlDependencies(check)) {
        return node("Identity", "control_dependency", in);
      }
    }
  }

  /** x, checked when run to fit {@code shape} (EnsureShape); setShape only claims it. */
  public Tensor ensureShape(Object x, Shape shape) {
    return finish(begin("EnsureShape", "EnsureShape", x).attr("shape", shape));
  }

  /** x, an error when run if it has NaN or infinite elements (CheckNumerics). */
  public Tensor checkNumerics(Object x, String message) {
    return finish(begin("CheckNumerics", "CheckNumerics", x).attr("message", message));
  }
}
