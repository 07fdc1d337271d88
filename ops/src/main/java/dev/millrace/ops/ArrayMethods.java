package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import java.util.List;

/** Shape, parts and rearrangement of whatever stands for a tensor. */
public interface ArrayMethods extends Operand {
  /** The ops of this tensor's graph, which its methods go through. */
  Ops ops();

  // ---- shape

  /** The shape as an int32 vector: a constant where it is known, else Shape. */
  default Tensor shapeTensor() {
    return ops().shapeTensor(this);
  }

  /** The number of dimensions, an int32 scalar: a constant where it is known, else Rank. */
  default Tensor rankTensor() {
    return ops().rankTensor(this);
  }

  /** The number of elements, an int32 scalar: a constant where it is known, else Size. */
  default Tensor sizeTensor() {
    return ops().sizeTensor(this);
  }

  /** The elements in another shape; one size may be -1 and follows from the others (Reshape). */
  default Tensor reshape(long... shape) {
    return ops().reshape(this, shape);
  }

  /** The elements in another shape, sizes or tensors: see {@link Ops#reshape(Object, Object)}. */
  default Tensor reshape(Object shape) {
    return ops().reshape(this, shape);
  }

  /** This stretched to {@code shape} by the rules of broadcasting (BroadcastTo). */
  default Tensor broadcastTo(Object shape) {
    return ops().broadcastTo(this, shape);
  }

  /** This with a dimension of size 1 put in before {@code axis}; -1 puts it last (ExpandDims). */
  default Tensor expandDims(int axis) {
    return ops().expandDims(this, axis);
  }

  /** This without its dimensions of size 1, or without those given, which must be (Squeeze). */
  default Tensor squeeze(int... axes) {
    return ops().squeeze(this, axes);
  }

  /** This with its dimensions in the reverse order: of a matrix, the transpose (Transpose). */
  default Tensor transpose() {
    return ops().transpose(this);
  }

  /** This with dimension {@code perm[i]} as its dimension i (Transpose). */
  default Tensor transpose(int... perm) {
    return ops().transpose(this, perm);
  }

  // ---- parts

  /** The element or sub-tensor at these positions: {@code x[i, j]} (StridedSlice). */
  default Tensor get(Object... at) {
    return ops().get(this, at);
  }

  /** The part that the indices take, as Python's {@code x[...]} does: see {@link Index}. */
  default Tensor slice(Index... indices) {
    return ops().slice(this, indices);
  }

  /** The block that starts at {@code begin} and is of {@code size}, -1 to the end (Slice). */
  default Tensor slice(int[] begin, int[] size) {
    return ops().slice(this, begin, size);
  }

  /** As {@link #slice(int[], int[])}, given by tensors. */
  default Tensor slice(Operand begin, Operand size) {
    return ops().slice(this, begin, size);
  }

  /** As {@link #slice(int[], int[])}, the lists of whole numbers and scalar tensors. */
  default Tensor slice(List<?> begin, List<?> size) {
    return ops().slice(this, begin, size);
  }

  /** {@code x[begin[0]:end[0]:strides[0], …]} (StridedSlice). */
  default Tensor stridedSlice(Object begin, Object end, Object strides) {
    return ops().stridedSlice(this, begin, end, strides);
  }

  /** The rows at {@code indices} (GatherV2; of a variable ResourceGather). */
  default Tensor gather(Object indices) {
    return ops().gather(this, indices);
  }

  /** The slices at {@code indices} along {@code axis} (GatherV2). */
  default Tensor gather(Object indices, int axis) {
    return ops().gather(this, indices, axis);
  }

  /** The elements or slices at the places that the last dimension of {@code indices} gives. */
  default Tensor gatherNd(Object indices) {
    return ops().gatherNd(this, indices);
  }

  /** {@code num} equal parts along {@code axis} (Split). */
  default List<Tensor> split(int num, int axis) {
    return ops().split(this, num, axis);
  }

  /** Parts of the given sizes along {@code axis}; one may be -1 (SplitV). */
  default List<Tensor> split(int[] sizes, int axis) {
    return ops().split(this, sizes, axis);
  }

  /** The tensors along the first dimension, whose size must be known (Unpack). */
  default List<Tensor> unstack() {
    return ops().unstack(this);
  }

  /** The tensors along {@code axis}, whose size must be known (Unpack). */
  default List<Tensor> unstack(int axis) {
    return ops().unstack(this, axis);
  }

  /** The {@code num} tensors along {@code axis} (Unpack). */
  default List<Tensor> unstack(int num, int axis) {
    return ops().unstack(this, num, axis);
  }

  // ---- rearrangement

  /** This repeated {@code multiples[i]} times along dimension i (Tile). */
  default Tensor tile(Object multiples) {
    return ops().tile(this, multiples);
  }

  /** This with zeros around it: {@code paddings[i]} is how many before and after (Pad). */
  default Tensor pad(Object paddings) {
    return ops().pad(this, paddings);
  }

  /** This with {@code value} around it (PadV2). */
  default Tensor pad(Object paddings, Object value) {
    return ops().pad(this, paddings, value);
  }

  /** This with the order along these axes reversed (ReverseV2). */
  default Tensor reverse(int... axes) {
    return ops().reverse(this, axes);
  }

  /** Float32 vectors of length {@code depth} with 1 at these indices and 0 elsewhere (OneHot). */
  default Tensor oneHot(Object depth) {
    return ops().oneHot(this, depth);
  }

  // ---- identities

  /** This under a name of its own and in the current scopes (Identity). */
  default Tensor identity() {
    return ops().identity(this);
  }

  /** This, as if it were a constant to gradients (StopGradient). */
  default Tensor stopGradient() {
    return ops().stopGradient(this);
  }

  /** This, checked when run to fit {@code shape} (EnsureShape). */
  default Tensor ensureShape(Shape shape) {
    return ops().ensureShape(this, shape);
  }

  /** Zeros of this shape and dtype. */
  default Tensor zerosLike() {
    return ops().zerosLike(this);
  }

  /** Ones of this shape and dtype. */
  default Tensor onesLike() {
    return ops().onesLike(this);
  }

  /** Bools of shape {@code [..., maxLength]}, true in as many first places as these lengths say. */
  default Tensor sequenceMask(Object maxLength) {
    return ops().sequenceMask(this, maxLength, DataType.BOOL);
  }

  // ---- orders

  /** Each sequence reversed up to its length: see {@link Ops#reverseSequence}. */
  default Tensor reverseSequence(Object lengths, int seqAxis, int batchAxis) {
    return ops().reverseSequence(this, lengths, seqAxis, batchAxis);
  }

  /** This turned round along axes: see {@link Ops#roll}. */
  default Tensor roll(Object shift, Object axis) {
    return ops().roll(this, shift, axis);
  }
}
