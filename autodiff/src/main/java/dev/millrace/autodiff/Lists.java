package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** What gradients build of lists of tensors. */
final class Lists {
  private Lists() {}

  /** A shape as these ops take it: sizes, -1 where one is open; -1 alone for any shape. */
  static Tensor shape(Ops tf, Shape s) {
    return s.hasRank()
        ? tf.constant(
            java.util.Arrays.stream(s.dims()).mapToInt(Math::toIntExact).toArray(), DataType.INT32)
        : tf.constant(-1, DataType.INT32);
  }

  /** A list without elements. */
  static Tensor empty(Ops tf, DataType dtype, Shape element) {
    return Build.of(
        tf,
        tf.op("EmptyTensorList", null)
            .input(shape(tf, element))
            .input(tf.constant(-1, DataType.INT32))
            .attr("element_dtype", dtype));
  }

  /** The shape of a list's elements as it is known, else as it turns out. */
  static Tensor elementShape(Ops tf, Output list) {
    HandleData h = list.handleData();
    return h != null && h.shape().hasRank()
        ? shape(tf, h.shape())
        : Build.of(
            tf,
            tf.op("TensorListElementShape", null).input(list).attr("shape_type", DataType.INT32));
  }

  static Tensor length(Ops tf, Output list) {
    return Build.op(tf, "TensorListLength", list);
  }
}
