package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import java.util.List;

/** Bits, special functions, counting, and places among sorted numbers. */
abstract class NumberApi extends SamplingApi {
  NumberApi(Graph graph) {
    super(graph);
  }

  // ---- bits

  /** The bits that both integers have (BitwiseAnd); broadcasts. */
  public Tensor bitwiseAnd(Object x, Object y) {
    return node("BitwiseAnd", "BitwiseAnd", x, y);
  }

  /** The bits that one of the integers has (BitwiseOr); broadcasts. */
  public Tensor bitwiseOr(Object x, Object y) {
    return node("BitwiseOr", "BitwiseOr", x, y);
  }

  /** The bits that just one of the integers has (BitwiseXor); broadcasts. */
  public Tensor bitwiseXor(Object x, Object y) {
    return node("BitwiseXor", "BitwiseXor", x, y);
  }

  /** The opposite of every bit of an integer (Invert). */
  public Tensor invert(Object x) {
    return node("Invert", "Invert", x);
  }

  /** x's bits moved up by y, which is held between 0 and x's bits less one (LeftShift). */
  public Tensor leftShift(Object x, Object y) {
    return node("LeftShift", "LeftShift", x, y);
  }

  /** x's bits moved down by y, which is held between 0 and x's bits less one (RightShift). */
  public Tensor rightShift(Object x, Object y) {
    return node("RightShift", "RightShift", x, y);
  }

  /** How many bits of an integer are set: uint8 (PopulationCount). */
  public Tensor populationCount(Object x) {
    return node("PopulationCount", "PopulationCount", x);
  }

  // ---- special functions

  /**
   * The regularised lower incomplete gamma function P(a, x): the probability that a number of a
   * gamma distribution of shape a is at most x (Igamma).
   */
  public Tensor igamma(Object a, Object x) {
    return node("Igamma", "Igamma", a, x);
  }

  /** The regularised upper incomplete gamma function, {@code 1 - igamma(a, x)} (Igammac). */
  public Tensor igammac(Object a, Object x) {
    return node("Igammac", "Igammac", a, x);
  }

  /** The Hurwitz zeta function, the sum of {@code (q + k)^-x} over k from 0 (Zeta). */
  public Tensor zeta(Object x, Object q) {
    return node("Zeta", "Zeta", x, q);
  }

  /** The derivative of {@link #digamma} of order a, a whole number, at x (Polygamma). */
  public Tensor polygamma(Object a, Object x) {
    return node("Polygamma", "Polygamma", a, x);
  }

  /**
   * The regularised incomplete beta function: the probability that a number of a beta distribution
   * is at most x (Betainc). The arguments have one shape, or are scalars.
   */
  public Tensor betainc(Object a, Object b, Object x) {
    return node("Betainc", "Betainc", a, b, x);
  }

  /** The vector product of vectors of three elements, along the last axis (Cross). */
  public Tensor cross(Object a, Object b) {
    return node("Cross", "Cross", a, b);
  }

  /**
   * The logarithm of the running sum of the exponentials along {@code axis}, as {@link #cumsum} has
   * its sum (CumulativeLogsumexp).
   */
  public Tensor cumulativeLogsumexp(Object x, int axis, boolean exclusive, boolean reverse) {
    checkAxis("CumulativeLogsumexp", x, axis);
    return finish(
        begin("CumulativeLogsumexp", "CumulativeLogsumexp", x, axis)
            .attr("exclusive", exclusive)
            .attr("reverse", reverse));
  }

  // ---- counting

  /** How often each number from 0 to the greatest occurs among int32 values: int32 (Bincount). */
  public Tensor bincount(Object values) {
    return bincount(values, null, null, null, DataType.INT32);
  }

  /**
   * How often each number from 0 to the greatest occurs among int32 values, or the sum of its
   * weights (Bincount).
   *
   * @param weights of the values' shape; null for counts
   * @param minLength the result's least length; null for as many as there are
   * @param maxLength the result's greatest length, numbers beyond are left out; null for none
   * @param dtype the counts' dtype; sums are of the weights'
   */
  public Tensor bincount(
      Object values, Object weights, Object minLength, Object maxLength, DataType dtype) {
    try (Scope s = graph().nameScope("bincount")) {
      Output v = convert(values, DataType.INT32, "arr");
      Tensor nonempty = greater(reduceProd(shapeTensor(v)), 0);
      Tensor size = mul(cast(nonempty, DataType.INT32), add(reduceMax(v), 1));
      if (minLength != null) {
        size = maximum(minLength, size);
      }
      if (maxLength != null) {
        size = minimum(maxLength, size);
      }
      Object each = weights == null ? zeros(dtype, 0) : weights;
      return node("Bincount", "Bincount", v, size, each);
    }
  }

  /**
   * The sum of the weights of each number from 0 to before {@code size} among int32 values; greater
   * ones are left out (Bincount).
   *
   * @param weights of the shape of the values: int32, int64, float32 or float64
   */
  public Tensor bincount(Object values, Object size, Object weights) {
    return node("Bincount", "bincount", values, size, weights);
  }

  /**
   * How many values lie in each of {@code bins} parts of equal width of a range; what lies outside
   * counts in the first or last (HistogramFixedWidth).
   *
   * @param range two numbers, begin and end
   */
  public Tensor histogramFixedWidth(Object values, Object range, Object bins) {
    return node("HistogramFixedWidth", "histogram_fixed_width", values, range, bins);
  }

  /** How many of the sorted {@code boundaries} are not above each element: int32 (Bucketize). */
  public Tensor bucketize(Object x, float... boundaries) {
    return finish(
        begin("Bucketize", "Bucketize", x)
            .attr("boundaries", AttrValue.ofFloats(given(boundaries, "the boundaries"))));
  }

  // ---- places

  /**
   * Where each value would go in a sorted sequence: rows along the last axis, int32 (LowerBound,
   * UpperBound).
   *
   * @param right whether after elements that are equal, instead of before them
   */
  public Tensor searchSorted(Object sorted, Object values, boolean right) {
    Tensor seq = tensor(convert(sorted, null, "sorted_sequence"));
    Tensor v = tensor(convert(values, seq.dtype(), "values"));
    Tensor rows = lastAxisRows(seq);
    String type = right ? "UpperBound" : "LowerBound";
    return reshape(node(type, type, rows, lastAxisRows(v)), shapeTensor(v));
  }

  private Tensor lastAxisRows(Tensor x) {
    return reshape(x, List.of(-1, get(shapeTensor(x), -1)));
  }

  /** The elements of vector x that vector y does not have, and their indices (ListDiff). */
  public List<Tensor> setdiff1d(Object x, Object y) {
    return tensors(begin("ListDiff", "ListDiff", x, y).build());
  }

  /**
   * The coordinates of flat indices into a tensor of a shape: a row for each of its dimensions
   * (UnravelIndex).
   *
   * @param indices a scalar or vector
   */
  public Tensor unravelIndex(Object indices, Object dims) {
    return node("UnravelIndex", "UnravelIndex", indices, dims);
  }
}
