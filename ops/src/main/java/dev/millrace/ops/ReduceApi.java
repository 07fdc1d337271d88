package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/**
 * Reductions. Axes count from the end when negative; no axes mean all of them. With {@code
 * keepDims} the reduced dimensions stay, with size 1. To reduce over axes that the graph computes,
 * or over none (an empty vector), give them as a tensor.
 */
abstract class ReduceApi extends ArrayApi {
  ReduceApi(Graph graph) {
    super(graph);
  }

  private Tensor reduce(String type, Object x, boolean keepDims, int[] axes) {
    if (given(axes, "the axes").length > 0) {
      return finish(begin(type, type, x, axes(axes)).attr("keep_dims", keepDims));
    }
    Output in = convert(x, null, "Const");
    return finish(begin(type, type, in, allAxes(in)).attr("keep_dims", keepDims));
  }

  private Tensor reduce(String type, Object x, Operand axes, boolean keepDims) {
    return finish(begin(type, type, x, axes).attr("keep_dims", keepDims));
  }

  private Output allAxes(Output x) {
    if (!x.shape().hasRank()) {
      return range(0, rankTensor(x)).asOutput();
    }
    int[] all = new int[x.shape().rank()];
    Arrays.setAll(all, i -> i);
    return constantNode("Const", TensorValue.ofInts(all));
  }

  /** The sum over the given axes, or over all where none is given (Sum). */
  public Tensor reduceSum(Object x, int... axes) {
    return reduce("Sum", x, false, axes);
  }

  /** The sum: of bools, count with a cast first (Sum). */
  public Tensor reduceSum(Object x, boolean keepDims, int... axes) {
    return reduce("Sum", x, keepDims, axes);
  }

  /** The sum over axes that a tensor gives (Sum). */
  public Tensor reduceSum(Object x, Operand axes, boolean keepDims) {
    return reduce("Sum", x, axes, keepDims);
  }

  /** The mean over the given axes, or over all where none is given (Mean). */
  public Tensor reduceMean(Object x, int... axes) {
    return reduce("Mean", x, false, axes);
  }

  /** The mean: integers give an integer, its fraction cut off; of no elements, NaN (Mean). */
  public Tensor reduceMean(Object x, boolean keepDims, int... axes) {
    return reduce("Mean", x, keepDims, axes);
  }

  /** The mean over axes that a tensor gives (Mean). */
  public Tensor reduceMean(Object x, Operand axes, boolean keepDims) {
    return reduce("Mean", x, axes, keepDims);
  }

  /** The greatest element over the given axes, or over all where none is given (Max). */
  public Tensor reduceMax(Object x, int... axes) {
    return reduce("Max", x, false, axes);
  }

  /** The greatest element: of no elements, the lowest value of the dtype (Max). */
  public Tensor reduceMax(Object x, boolean keepDims, int... axes) {
    return reduce("Max", x, keepDims, axes);
  }

  /** The greatest element over axes that a tensor gives (Max). */
  public Tensor reduceMax(Object x, Operand axes, boolean keepDims) {
    return reduce("Max", x, axes, keepDims);
  }

  /** The smallest element over the given axes, or over all where none is given (Min). */
  public Tensor reduceMin(Object x, int... axes) {
    return reduce("Min", x, false, axes);
  }

  /** The smallest element: of no elements, the highest value of the dtype (Min). */
  public Tensor reduceMin(Object x, boolean keepDims, int... axes) {
    return reduce("Min", x, keepDims, axes);
  }

  /** The smallest element over axes that a tensor gives (Min). */
  public Tensor reduceMin(Object x, Operand axes, boolean keepDims) {
    return reduce("Min", x, axes, keepDims);
  }

  /** The product over the given axes, or over all where none is given (Prod). */
  public Tensor reduceProd(Object x, int... axes) {
    return reduce("Prod", x, false, axes);
  }

  /** The product: of no elements, 1 (Prod). */
  public Tensor reduceProd(Object x, boolean keepDims, int... axes) {
    return reduce("Prod", x, keepDims, axes);
  }

  /** The product over axes that a tensor gives (Prod). */
  public Tensor reduceProd(Object x, Operand axes, boolean keepDims) {
    return reduce("Prod", x, axes, keepDims);
  }

  /**
   * Whether all of the bools are true over the given axes, or over all where none is given (All).
   */
  public Tensor reduceAll(Object x, int... axes) {
    return reduce("All", x, false, axes);
  }

  /** Whether all of the bools are true: of no elements, true (All). */
  public Tensor reduceAll(Object x, boolean keepDims, int... axes) {
    return reduce("All", x, keepDims, axes);
  }

  /** Whether all of the bools are true over axes that a tensor gives (All). */
  public Tensor reduceAll(Object x, Operand axes, boolean keepDims) {
    return reduce("All", x, axes, keepDims);
  }

  /**
   * Whether any of the bools is true over the given axes, or over all where none is given (Any).
   */
  public Tensor reduceAny(Object x, int... axes) {
    return reduce("Any", x, false, axes);
  }

  /** Whether any of the bools is true: of no elements, false (Any). */
  public Tensor reduceAny(Object x, boolean keepDims, int... axes) {
    return reduce("Any", x, keepDims, axes);
  }

  /** Whether any of the bools is true over axes that a tensor gives (Any). */
  public Tensor reduceAny(Object x, Operand axes, boolean keepDims) {
    return reduce("Any", x, axes, keepDims);
  }

  /** {@code log(sum(exp(x)))}, computed so that it does not overflow. */
  public Tensor reduceLogSumExp(Object x, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("ReduceLogSumExp")) {
      Tensor in = tensor(convert(x, null, "input_tensor"));
      Tensor max = reduceMax(in, true, axes);
      Tensor shift = stopGradient(node("Select", "Select", isFinite(max), max, zerosLike(max)));
      Tensor sum = log(reduceSum(exp(sub(in, shift)), true, axes));
      Tensor r = add(sum, shift);
      if (keepDims) {
        return node("Identity", s.name(), r);
      }
      Tensor target = shapeTensor(reduceSum(in, false, axes));
      return node("Reshape", s.name(), r, target);
    }
  }

  /** The variance: the mean of the squared deviations from the mean. */
  public Tensor reduceVariance(Object x, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("reduce_variance")) {
      Output in = floating(convert(x, null, "x"), "a variance");
      Tensor deviation = sub(in, reduceMean(in, true, axes));
      return reduceMean(square(deviation), keepDims, axes);
    }
  }

  /** As {@link #reduceVariance(Object, boolean, int...)} without keeping dimensions. */
  public Tensor reduceVariance(Object x, int... axes) {
    return reduceVariance(x, false, axes);
  }

  /** The standard deviation: the root of the variance. */
  public Tensor reduceStd(Object x, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("reduce_std")) {
      return sqrt(reduceVariance(x, keepDims, axes));
    }
  }

  /** As {@link #reduceStd(Object, boolean, int...)} without keeping dimensions. */
  public Tensor reduceStd(Object x, int... axes) {
    return reduceStd(x, false, axes);
  }

  private static Output floating(Output x, String what) {
    if (!x.dtype().isFloating()) {
      throw error(what + " is of floating-point tensors; cast the tensor of " + x.dtype());
    }
    return x;
  }

  /** The Euclidean norm, {@code sqrt(sum(x²))} (EuclideanNorm). */
  public Tensor reduceEuclideanNorm(Object x, int... axes) {
    return reduce("EuclideanNorm", x, false, axes);
  }

  /** As {@link #reduceEuclideanNorm(Object, int...)} (EuclideanNorm). */
  public Tensor reduceEuclideanNorm(Object x, boolean keepDims, int... axes) {
    return reduce("EuclideanNorm", x, keepDims, axes);
  }

  /** How many elements are not 0 (not false, not empty): int64. */
  public Tensor countNonzero(Object x, int... axes) {
    return countNonzero(x, false, axes);
  }

  /** As {@link #countNonzero(Object, int...)}. */
  public Tensor countNonzero(Object x, boolean keepDims, int... axes) {
    try (Scope s = graph().nameScope("count_nonzero")) {
      Output in = convert(x, null, "input");
      Operand is =
          in.dtype() == DataType.BOOL
              ? in
              : notEqual(in, constantNode("zero", TensorValue.zeros(in.dtype(), Shape.scalar())));
      return reduceSum(cast(is, DataType.INT64), keepDims, axes);
    }
  }

  /** The Euclidean norm of all elements. */
  public Tensor norm(Object x) {
    return norm(x, 2, false);
  }

  /**
   * A norm of the vectors along one axis, or of all elements as one vector: {@code sum(|x|^order)}
   * to the power of {@code 1 / order}.
   *
   * @param order above 0: 2 for the Euclidean norm, 1 for the sum of absolute values, infinity for
   *     the greatest
   * @param axis the vectors' axis; none for one vector of all
   */
  public Tensor norm(Object x, double order, boolean keepDims, int... axis) {
    if (given(axis, "the axis").length > 1 || !(order > 0)) {
      throw error(
          axis.length > 1
              ? "norm takes one axis; of matrices there is frobeniusNorm"
              : "the order of a norm must be above 0, not " + order);
    }
    try (Scope s = graph().nameScope("norm")) {
      Output in = floating(convert(x, null, "tensor"), "a norm");
      if (order == 2) {
        return sqrt(reduceSum(square(in), keepDims, axis));
      }
      Tensor size = abs(in);
      if (order == 1) {
        return reduceSum(size, keepDims, axis);
      } else if (Double.isInfinite(order)) {
        return reduceMax(size, keepDims, axis);
      }
      return pow(reduceSum(pow(size, order), keepDims, axis), 1 / order);
    }
  }

  /** The root of the sum of squares of matrices that lie along two axes. */
  public Tensor frobeniusNorm(Object x, boolean keepDims, int rows, int columns) {
    try (Scope s = graph().nameScope("norm")) {
      Output in = floating(convert(x, null, "tensor"), "a norm");
      return sqrt(reduceSum(square(in), keepDims, rows, columns));
    }
  }

  /**
   * x, scaled down to the Euclidean norm {@code clipNorm} where its norm is greater.
   *
   * @param clipNorm a number or scalar tensor, above 0
   * @param axes over which norms are taken; none for one norm of the whole
   */
  public Tensor clipByNorm(Object x, Object clipNorm, int... axes) {
    try (Scope s = graph().nameScope("clip_by_norm")) {
      Output in = floating(convert(x, null, "t"), "a norm");
      Tensor squares = reduceSum(square(in), axes.length > 0, axes);
      // Of 0 the root has an infinite derivative; so the root is taken of something else there.
      Tensor positive = greater(squares, 0);
      Tensor root = sqrt(node("Select", "Select", positive, squares, onesLike(squares)));
      Tensor norm = node("Select", "Select", positive, root, squares);
      return div(mul(in, clipNorm), maximum(norm, clipNorm)).setShape(in.shape());
    }
  }

  /** As {@link #reduceLogSumExp(Object, boolean, int...)} without keeping dimensions. */
  public Tensor reduceLogSumExp(Object x, int... axes) {
    return reduceLogSumExp(x, false, axes);
  }

  /** The place of the greatest element along {@code axis}, the first of equals: int64 (ArgMax). */
  public Tensor argMax(Object x, int axis) {
    return argMax(x, axis, DataType.INT64);
  }

  /** As {@link #argMax(Object, int)}, int32 or int64. */
  public Tensor argMax(Object x, int axis, DataType outputType) {
    return finish(begin("ArgMax", "ArgMax", x, axis).attr("output_type", outputType));
  }

  /** The place of the smallest element along {@code axis}, the first of equals: int64 (ArgMin). */
  public Tensor argMin(Object x, int axis) {
    return argMin(x, axis, DataType.INT64);
  }

  /** As {@link #argMin(Object, int)}, int32 or int64. */
  public Tensor argMin(Object x, int axis, DataType outputType) {
    return finish(begin("ArgMin", "ArgMin", x, axis).attr("output_type", outputType));
  }

  /** The running sum along {@code axis} (Cumsum). */
  public Tensor cumsum(Object x, int axis) {
    return cumsum(x, axis, false, false);
  }

  /**
   * The running sum along {@code axis} (Cumsum).
   *
   * @param exclusive whether an element is left out of its own sum: [0, a, a+b] of [a, b, c]
   * @param reverse whether to go from the end
   */
  public Tensor cumsum(Object x, int axis, boolean exclusive, boolean reverse) {
    return finish(along("Cumsum", x, axis).attr("exclusive", exclusive).attr("reverse", reverse));
  }

  /** Begins a node that goes along an axis of x. */
  private OpBuilder along(String type, Object x, int axis) {
    checkAxis(type, x, axis);
    return begin(type, type, x, axis);
  }

  /** The running product along {@code axis} (Cumprod). */
  public Tensor cumprod(Object x, int axis) {
    return cumprod(x, axis, false, false);
  }

  /** The running product along {@code axis}; see {@link #cumsum} (Cumprod). */
  public Tensor cumprod(Object x, int axis, boolean exclusive, boolean reverse) {
    return finish(along("Cumprod", x, axis).attr("exclusive", exclusive).attr("reverse", reverse));
  }
}
