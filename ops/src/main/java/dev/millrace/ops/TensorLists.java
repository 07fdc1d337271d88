package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** The ops of tensor lists, which are values: what changes a list gives another. */
final class TensorLists {
  private final Ops ops;

  TensorLists(Ops ops) {
    this.ops = ops;
  }

  /** A shape as these ops take it: sizes, -1 where one is open; -1 alone for any rank. */
  Output shape(Shape s) {
    TensorValue v =
        s.hasRank() ? Conversions.ofSizes(s.dims(), DataType.INT32) : TensorValue.of(-1);
    return ops.constantNode("element_shape", v);
  }

  /** A list of {@code n} elements that are not there yet. */
  Tensor reserve(DataType dtype, Shape element, Output n) {
    return ops.finish(
        ops.op("TensorListReserve", null)
            .input(shape(element))
            .input(n)
            .attr("element_dtype", dtype));
  }

  /** The rows of {@code x} as a list. */
  Tensor fromTensor(Output x) {
    Shape s = x.shape();
    Output element = shape(s.hasRank() ? s.sliceFrom(1) : s);
    return ops.finish(ops.op("TensorListFromTensor", null).input(x).input(element));
  }

  Tensor get(Output list, Output i, DataType dtype, Shape element) {
    return ops.finish(
        ops.op("TensorListGetItem", null)
            .input(list)
            .input(i)
            .input(shape(element))
            .attr("element_dtype", dtype));
  }

  Tensor set(Output list, Output i, Output item) {
    return ops.finish(ops.op("TensorListSetItem", null).input(list).input(i).input(item));
  }

  Tensor resize(Output list, Output n) {
    return ops.finish(ops.op("TensorListResize", null).input(list).input(n));
  }

  Tensor length(Output list) {
    return ops.finish(ops.op("TensorListLength", null).input(list));
  }

  /**
   * All elements along a new first dimension.
   *
   * @param n how many there are; -1 if that is not known
   */
  Tensor stack(Output list, DataType dtype, Shape element, long n) {
    return ops.finish(
        ops.op("TensorListStack", null)
            .input(list)
            .input(shape(element))
            .attr("element_dtype", dtype)
            .attr("num_elements", n));
  }

  Tensor gather(Output list, Output indices, DataType dtype, Shape element) {
    return ops.finish(
        ops.op("TensorListGather", null)
            .input(list)
            .input(indices)
            .input(shape(element))
            .attr("element_dtype", dtype));
  }

  Tensor scatterInto(Output list, Output indices, Output rows) {
    return ops.finish(
        ops.op("TensorListScatterIntoExistingList", null).input(list).input(rows).input(indices));
  }

  /** All elements along their first dimension, which may differ. */
  Tensor concat(Output list, DataType dtype, Shape element) {
    return ops.finish(
        ops.op("TensorListConcatV2", null)
            .input(list)
            .input(shape(element))
            .input(ops.constantNode("leading_dims", TensorValue.of(new long[0])))
            .attr("element_dtype", dtype));
  }

  Tensor split(Output x, Output lengths, Shape element) {
    return ops.finish(
        ops.op("TensorListSplit", null).input(x).input(shape(element)).input(lengths));
  }
}
