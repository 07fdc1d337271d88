package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.List;

/** Joining, splitting, gathering and rearranging. */
abstract class JoinApi extends SliceApi {
  private static final String TENSORS = "the list of tensors";

  JoinApi(Graph graph) {
    super(graph);
  }

  // ---- joining and splitting

  /** Tensors joined along a dimension that they have; the others must agree (ConcatV2). */
  public Tensor concat(int axis, Object... xs) {
    return concat(Arrays.asList(given(xs, TENSORS)), axis);
  }

  /** As {@link #concat(int, Object...)}; {@code axis} may be a scalar tensor. */
  public Tensor concat(List<?> xs, Object axis) {
    if (given(xs, TENSORS).isEmpty()) {
      throw error("concat needs at least one tensor");
    }
    if (xs.size() > 1) {
      return node("ConcatV2", "concat", xs, axis);
    }
    try (Scope s = graph().nameScope("concat")) {
      convert(axis, DataType.INT32, "concat_dim");
      return node("Identity", s.name(), xs.get(0));
    }
  }

  /** Tensors of one shape joined along a new first dimension (Pack). */
  public Tensor stack(List<?> xs) {
    return stack(xs, 0);
  }

  /** Tensors of one shape joined along a new dimension {@code axis} (Pack). */
  public Tensor stack(List<?> xs, int axis) {
    if (given(xs, TENSORS).isEmpty()) {
      throw error("stack needs at least one tensor");
    }
    if (axis == 0) {
      return tensor(convert(xs, null, "stack"));
    }
    return finish(begin("Pack", "stack", xs).attr("axis", axis));
  }

  /** x taken apart along its first dimension, whose size must be known (Unpack). */
  public List<Tensor> unstack(Object x) {
    return unstack(x, 0);
  }

  /** x taken apart along {@code axis}, whose size must be known (Unpack). */
  public List<Tensor> unstack(Object x, int axis) {
    Output in = convert(x, null, "value");
    Shape s = in.shape();
    if (s.hasRank() && s.rank() == 0) {
      throw error("unstack: a scalar, '" + in.name() + "', has no dimension to take apart");
    }
    long n = s.hasRank() ? s.dim(axis(axis, s.rank(), "unstack")) : Shape.UNKNOWN;
    if (n == Shape.UNKNOWN) {
      throw error(
          "unstack: the size of dimension "
              + axis
              + " of '"
              + in.name()
              + "' "
              + s
              + " is not known; give it as num");
    }
    return unstack(in, (int) n, axis);
  }

  /** x taken apart along {@code axis} into {@code num} tensors without that dimension (Unpack). */
  public List<Tensor> unstack(Object x, int num, int axis) {
    return tensors(begin("Unpack", "unstack", x).attr("num", num).attr("axis", axis).build());
  }

  /** x in {@code num} equal parts along {@code axis} (Split). */
  public List<Tensor> split(Object x, int num, int axis) {
    // TensorFlow leaves this constant behind. Random seeds count operations, so it is kept.
    constant(num);
    return tensors(begin("Split", "split", axis, x).attr("num_split", num).build());
  }

  /** x in parts of the given sizes along {@code axis}; one may be -1 (SplitV). */
  public List<Tensor> split(Object x, int[] sizes, int axis) {
    Output s = constant(sizes).asOutput();
    Operation op = begin("SplitV", "split", x, s, axis).attr("num_split", sizes.length).build();
    return tensors(op);
  }

  /**
   * x in parts of sizes that a tensor gives.
   *
   * @param num how many parts
   */
  public List<Tensor> split(Object x, Operand sizes, int axis, int num) {
    return tensors(begin("SplitV", "split", x, sizes, axis).attr("num_split", num).build());
  }

  /**
   * The slices of x in {@code num} tensors: slice i goes to tensor {@code partitions[i]}, in order
   * (DynamicPartition).
   *
   * @param partitions int32 numbers in [0, num), of the shape that x begins with
   */
  public List<Tensor> dynamicPartition(Object x, Object partitions, int num) {
    return tensors(
        begin("DynamicPartition", "DynamicPartition", x, partitions)
            .attr("num_partitions", num)
            .build());
  }

  /**
   * The slices of several tensors put at places: slice {@code indices[i][j]} of the result is slice
   * j of {@code data[i]}. Where lists overlap a later one wins; places that none names are 0
   * (DynamicStitch).
   */
  public Tensor dynamicStitch(List<?> indices, List<?> data) {
    return node("DynamicStitch", "DynamicStitch", indices, data);
  }

  /** As {@link #dynamicStitch}, for places that do not overlap (ParallelDynamicStitch). */
  public Tensor parallelDynamicStitch(List<?> indices, List<?> data) {
    return node("ParallelDynamicStitch", "ParallelDynamicStitch", indices, data);
  }

  // ---- gathering

  /** The rows of {@code params} at {@code indices}: {@code indices.shape + params.shape[1:]}. */
  public Tensor gather(Object params, Object indices) {
    return gather(params, indices, 0);
  }

  /**
   * The slices of {@code params} at {@code indices} along {@code axis} (GatherV2; of a variable's
   * first dimension ResourceGather, which reads only those rows). An index out of range fails when
   * run.
   */
  public Tensor gather(Object params, Object indices, int axis) {
    if (params instanceof Variable v && axis == 0) {
      return v.sparseRead(indices);
    }
    return node("GatherV2", "GatherV2", params, indices, axis);
  }

  /**
   * As {@link #gather(Object, Object, int)}, where the first {@code batchDims} dimensions of both
   * are the same and go together: row b of the indices looks into part b of the params.
   */
  public Tensor gather(Object params, Object indices, int axis, int batchDims) {
    return finish(
        begin("GatherV2", "GatherV2", params, indices, axis).attr("batch_dims", batchDims));
  }

  /** {@link #gather} of the last dimension of the indices, the others going together. */
  public Tensor batchGather(Object params, Object indices) {
    Output i = convert(indices, null, "indices");
    if (!i.shape().hasRank() || i.shape().rank() == 0) {
      throw error("batchGather needs indices of known rank 1 or more, not " + i);
    }
    int last = i.shape().rank() - 1;
    return gather(params, i, last, last);
  }

  /** The elements or slices of {@code params} at the places that the last dimension gives. */
  public Tensor gatherNd(Object params, Object indices) {
    return node("GatherNd", "GatherNd", params, indices);
  }

  /** A tensor of zeros of that shape with {@code updates} added at {@code indices} (ScatterNd). */
  public Tensor scatterNd(Object indices, Object updates, Object shape) {
    try (Scope s = graph().nameScope("ScatterNd")) {
      Output i = convert(indices, null, "indices");
      Output u = convert(updates, null, "updates");
      Output d = cast(sizes(shape, "shape", false), i.dtype()).asOutput();
      return node("ScatterNd", s.name(), i, u, d);
    }
  }

  /** Float32 vectors, along a new last dimension, with 1 at {@code indices} and 0 elsewhere. */
  public Tensor oneHot(Object indices, Object depth) {
    return oneHot(indices, depth, 1, 0, -1, DataType.FLOAT32);
  }

  /**
   * Vectors of length {@code depth} with {@code on} at {@code indices} and {@code off} elsewhere,
   * along a new dimension {@code axis}, -1 for the last (OneHot). An index outside [0, depth) gives
   * {@code off} only.
   */
  public Tensor oneHot(
      Object indices, Object depth, Object on, Object off, int axis, DataType dtype) {
    try (Scope s = graph().nameScope("one_hot")) {
      Output yes = convert(on, dtype, "on_value");
      Output no = convert(off, dtype, "off_value");
      return finish(begin("OneHot", s.name(), indices, depth, yes, no).attr("axis", axis));
    }
  }

  /**
   * x where {@code condition} holds, else y (Select). Condition, x and y are of one shape, or the
   * condition is a vector that picks rows, or a scalar; {@link #whereV2} broadcasts.
   */
  public Tensor where(Object condition, Object x, Object y) {
    return node("Select", "Select", condition, x, y);
  }

  /** The same as {@link #where(Object, Object, Object)}, under the op's own name. */
  public Tensor select(Object condition, Object x, Object y) {
    return where(condition, x, y);
  }

  /** x where {@code condition} holds, else y, all three broadcast together (SelectV2). */
  public Tensor whereV2(Object condition, Object x, Object y) {
    return node("SelectV2", "SelectV2", condition, x, y);
  }

  /** The places at which {@code condition} holds, one per row, int64 in row-major order (Where). */
  public Tensor where(Object condition) {
    return node("Where", "Where", condition);
  }

  /** The elements, or slices, of x at which {@code mask} holds, in order. */
  public Tensor booleanMask(Object x, Object mask) {
    try (Scope s = graph().nameScope("boolean_mask")) {
      Output t = convert(x, null, "tensor");
      Output m = convert(mask, DataType.BOOL, "mask");
      if (!m.shape().hasRank() || m.shape().rank() == 0) {
        throw error("booleanMask: the mask's rank must be known and not 0; it is " + m);
      }
      int n = m.shape().rank();
      boolean fits =
          !t.shape().hasRank()
              || (t.shape().rank() >= n && t.shape().slice(0, n).isCompatibleWith(m.shape()));
      if (!fits) {
        throw error(
            "booleanMask: a tensor of shape "
                + t.shape()
                + " does not begin with the mask's shape "
                + m.shape());
      }
      Operand flat = t;
      if (n > 1) {
        flat = reshape(t, concat(0, new int[] {-1}, slice(shapeTensor(t), Index.from(n))));
      }
      Tensor places = squeeze(where(n > 1 ? reshape(m, -1) : m), 1);
      return gather(flat, places);
    }
  }

  /** The slices of x along {@code axis} at which a vector {@code mask} holds, in order. */
  public Tensor booleanMask(Object x, Object mask, int axis) {
    try (Scope s = graph().nameScope("boolean_mask")) {
      Output t = convert(x, null, "tensor");
      Output m = convert(mask, DataType.BOOL, "mask");
      if (m.shape().rank() != 1 || !t.shape().hasRank()) {
        throw error("booleanMask: along an axis the mask is a vector, not " + m);
      }
      int at = axis(axis, t.shape().rank(), "booleanMask");
      if (!t.shape().slice(at, at + 1).isCompatibleWith(m.shape())) {
        throw error("booleanMask: axis " + axis + " of " + t.shape() + " has no mask " + m.shape());
      }
      return gather(t, squeeze(where(m), 1), at);
    }
  }

  // ---- padding and rearranging

  /** x with zeros around it: {@code paddings[i]} is how many before and after (Pad). */
  public Tensor pad(Object x, Object paddings) {
    return node("Pad", "Pad", x, paddings);
  }

  /** x with {@code value} around it (PadV2). */
  public Tensor pad(Object x, Object paddings, Object value) {
    return node("PadV2", "PadV2", x, paddings, value);
  }

  /** x with its own values around it, mirrored without its edge or with it (MirrorPad). */
  public Tensor mirrorPad(Object x, Object paddings, boolean withEdge) {
    return finish(
        begin("MirrorPad", "MirrorPad", x, paddings)
            .attr("mode", withEdge ? "SYMMETRIC" : "REFLECT"));
  }

  /** x with the order along these axes reversed (ReverseV2). */
  public Tensor reverse(Object x, int... axes) {
    return node("ReverseV2", "ReverseV2", x, axes);
  }

  /** As {@link #sequenceMask(Object, Object, DataType)}, as long as the greatest length. */
  public Tensor sequenceMask(Object lengths) {
    try (Scope s = graph().nameScope("SequenceMask")) {
      Output l = convert(lengths, null, "lengths");
      return sequenceMask(l, maximum(convert(0, l.dtype(), "Const"), reduceMax(l)));
    }
  }

  /**
   * Masks of shape {@code lengths.shape + [maxLength]}, true (1) in the first {@code lengths[i]}
   * places.
   */
  public Tensor sequenceMask(Object lengths, Object maxLength, DataType dtype) {
    try (Scope s = graph().nameScope("SequenceMask")) {
      return cast(sequenceMask(convert(lengths, null, "Const"), maxLength), dtype);
    }
  }

  private Tensor sequenceMask(Output lengths, Object maxLength) {
    Output max = convert(maxLength, null, "Const");
    Output zero = convert(0, max.dtype(), "Const");
    Tensor places = node("Range", "Range", zero, max, convert(1, max.dtype(), "Const"));
    return less(places, cast(expandDims(lengths, -1), max.dtype()));
  }

  /** For each row, whether its target is among the k highest predictions: bool (InTopKV2). */
  public Tensor inTopK(Object predictions, Object targets, Object k) {
    try (Scope s = graph().nameScope("in_top_k")) {
      return node("InTopKV2", "InTopKV2", predictions, targets, k);
    }
  }
}
