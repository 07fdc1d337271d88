package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rows taken together by numbers, counting, sorting. */
abstract class SegmentApi extends JoinApi {
  SegmentApi(Graph graph) {
    super(graph);
  }

  // ---- segments

  /**
   * The sums of the rows that have one id (SegmentSum). A segment without rows is 0.
   *
   * @param ids a number for each row, none below the one before
   */
  public Tensor segmentSum(Object x, Object ids) {
    return node("SegmentSum", "SegmentSum", x, ids);
  }

  /** The means of the rows that have one id; ids as {@link #segmentSum}'s (SegmentMean). */
  public Tensor segmentMean(Object x, Object ids) {
    return node("SegmentMean", "SegmentMean", x, ids);
  }

  /** The products of the rows that have one id; ids as {@link #segmentSum}'s (SegmentProd). */
  public Tensor segmentProd(Object x, Object ids) {
    return node("SegmentProd", "SegmentProd", x, ids);
  }

  /** The least of the rows that have one id; ids as {@link #segmentSum}'s (SegmentMin). */
  public Tensor segmentMin(Object x, Object ids) {
    return node("SegmentMin", "SegmentMin", x, ids);
  }

  /** The greatest of the rows that have one id; ids as {@link #segmentSum}'s (SegmentMax). */
  public Tensor segmentMax(Object x, Object ids) {
    return node("SegmentMax", "SegmentMax", x, ids);
  }

  /**
   * The sums of the slices that have one id, {@code num} of them (UnsortedSegmentSum).
   *
   * @param ids numbers in any order, of the shape that x begins with; negative ones are left out
   */
  public Tensor unsortedSegmentSum(Object x, Object ids, Object num) {
    return node("UnsortedSegmentSum", "UnsortedSegmentSum", x, ids, num);
  }

  /** The products of the slices that have one id; see {@link #unsortedSegmentSum}. */
  public Tensor unsortedSegmentProd(Object x, Object ids, Object num) {
    return node("UnsortedSegmentProd", "UnsortedSegmentProd", x, ids, num);
  }

  /** The least of the slices that have one id; see {@link #unsortedSegmentSum}. */
  public Tensor unsortedSegmentMin(Object x, Object ids, Object num) {
    return node("UnsortedSegmentMin", "UnsortedSegmentMin", x, ids, num);
  }

  /** The greatest of the slices that have one id; see {@link #unsortedSegmentSum}. */
  public Tensor unsortedSegmentMax(Object x, Object ids, Object num) {
    return node("UnsortedSegmentMax", "UnsortedSegmentMax", x, ids, num);
  }

  /** The means of the slices that have one id, 0 where there is none. */
  public Tensor unsortedSegmentMean(Object x, Object ids, Object num) {
    try (Scope s = graph().nameScope("UnsortedSegmentMean")) {
      Output t = convert(x, null, "data");
      Output i = convert(ids, null, "segment_ids");
      return node("RealDiv", s.name(), unsortedSegmentSum(t, i, num), segmentSizes(t, i, num));
    }
  }

  /** The sums of the slices that have one id, divided by the root of their number. */
  public Tensor unsortedSegmentSqrtN(Object x, Object ids, Object num) {
    try (Scope s = graph().nameScope("UnsortedSegmentSqrtN")) {
      Output t = convert(x, null, "data");
      Output i = convert(ids, null, "segment_ids");
      return node(
          "RealDiv", s.name(), unsortedSegmentSum(t, i, num), sqrt(segmentSizes(t, i, num)));
    }
  }

  /** The number of slices of each segment, 1 at least, in a shape that divides the sums. */
  private Tensor segmentSizes(Output x, Output ids, Object num) {
    if (!x.shape().hasRank() || !ids.shape().hasRank()) {
      throw error("segments' means need tensors of known rank, not " + x + " and " + ids);
    }
    Tensor ones = cast(onesLike(ids), x.dtype());
    Tensor n = maximum(unsortedSegmentSum(ones, ids, num), 1);
    for (int i = ids.shape().rank(); i < x.shape().rank(); i++) {
      n = expandDims(n, -1);
    }
    return n;
  }

  // ---- counting

  /**
   * The values of a vector without repetition, in the order in which they come first, and for each
   * element its value's place among them, int32 (Unique).
   */
  public List<Tensor> unique(Object x) {
    return tensors(begin("Unique", "Unique", x).attr("out_idx", DataType.INT32).build());
  }

  /** As {@link #unique}, and how often each value comes (UniqueWithCounts). */
  public List<Tensor> uniqueWithCounts(Object x) {
    return tensors(
        begin("UniqueWithCounts", "UniqueWithCounts", x).attr("out_idx", DataType.INT32).build());
  }

  /** {@link #confusionMatrix(Object, Object, Object, DataType, Object)} of counts. */
  public Tensor confusionMatrix(Object labels, Object predictions, Object classes) {
    return confusionMatrix(labels, predictions, classes, DataType.INT32, null);
  }

  /**
   * How often each label was predicted as each class: [classes, classes], a row for each label.
   *
   * @param labels a vector of numbers in [0, classes)
   * @param predictions a vector of numbers in [0, classes), of the labels' length
   * @param classes their number; null for one more than the greatest
   * @param weights what each counts, of the labels' shape; null for 1
   */
  public Tensor confusionMatrix(
      Object labels, Object predictions, Object classes, DataType dtype, Object weights) {
    try (Scope s = graph().nameScope("confusion_matrix")) {
      Tensor y = cast(convert(labels, null, "labels"), DataType.INT64);
      Tensor p = cast(convert(predictions, null, "predictions"), DataType.INT64);
      Tensor most = add(maximum(reduceMax(p), reduceMax(y)), 1);
      Tensor n = classes == null ? most : cast(convert(classes, null, "classes"), DataType.INT64);
      Object each = weights == null ? onesLike(y) : convert(weights, null, "weights");
      return scatterNd(stack(List.of(y, p), 1), cast(each, dtype), stack(List.of(n, n)));
    }
  }

  // ---- sorting

  /** The elements along the last axis in ascending order. */
  public Tensor sort(Object x) {
    return sort(x, -1, false);
  }

  /** The elements along {@code axis} in ascending or descending order. */
  public Tensor sort(Object x, int axis, boolean descending) {
    try (Scope s = graph().nameScope("sort")) {
      return node("Identity", s.name(), sorted(x, axis, descending).get(0));
    }
  }

  /** The places of the elements along the last axis in ascending order: int32. */
  public Tensor argSort(Object x) {
    return argSort(x, -1, false);
  }

  /** The places of the elements along {@code axis} in order, the first of equals first: int32. */
  public Tensor argSort(Object x, int axis, boolean descending) {
    try (Scope s = graph().nameScope("argsort")) {
      return node("Identity", s.name(), sorted(x, axis, descending).get(1));
    }
  }

  /** By TopKV2 of the last axis; to ascend, of what falls where x rises. */
  private List<Tensor> sorted(Object x, int axis, boolean descending) {
    Output in = convert(x, null, "values");
    Shape shape = in.shape();
    if (!shape.hasRank() || shape.rank() == 0) {
      throw error("sort needs a tensor of known rank, not a scalar: " + in);
    }
    int at = axis(axis, shape.rank(), "sort");
    boolean last = at == shape.rank() - 1;
    int[] swap = swapped(shape.rank(), at);
    Tensor t = last ? tensor(in) : transpose(in, swap);
    long n = t.shape().dim(-1);
    Object k = n == Shape.UNKNOWN ? get(shapeTensor(t), -1) : (Object) (int) n;
    List<Tensor> top = topK(descending ? t : mirrored(t), k);
    List<Tensor> r = new ArrayList<>();
    r.add(descending ? top.get(0) : mirrored(top.get(0)));
    r.add(top.get(1));
    if (!last) {
      r.replaceAll(y -> transpose(y, swap));
    }
    return r;
  }

  /** {@code -x}; of integers {@code -1 - x}, and of those without sign the bits turned round. */
  private Tensor mirrored(Tensor x) {
    return switch (x.dtype()) {
      case UINT8 -> sub(255, x);
      case UINT16 -> sub(65535, x);
      default -> x.dtype().isInteger() ? sub(-1, x) : neg(x);
    };
  }

  /** The permutation that swaps {@code axis} with the last. */
  static int[] swapped(int rank, int axis) {
    int[] r = new int[rank];
    for (int i = 0; i < rank; i++) {
      r[i] = i == axis ? rank - 1 : i == rank - 1 ? axis : i;
    }
    return r;
  }

  /** The k greatest elements of each row in descending order, and their places (TopKV2). */
  public List<Tensor> topK(Object x, Object k) {
    return topK(x, k, true);
  }

  /** The k greatest elements of each row, values and int32 places (TopKV2). */
  public List<Tensor> topK(Object x, Object k, boolean sorted) {
    return tensors(begin("TopKV2", "TopKV2", x, k).attr("sorted", sorted).build());
  }
}
