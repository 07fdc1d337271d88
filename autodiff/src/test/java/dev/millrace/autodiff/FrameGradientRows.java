package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.hidden;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** The rows of the gradient check for choices and arrays of tensors of TensorFlow 1. */
final class FrameGradientRows {
  private FrameGradientRows() {}

  static List<GradientCase> all() {
    return List.of(
        row("Switch").any(3).with((tf, x) -> chosen(tf, 1, x.get(0), x.get(0))),
        row("Switch", "the other side").any(3).with((tf, x) -> chosen(tf, 0, x.get(0), x.get(0))),
        row("Merge").any(3).any(3).with((tf, x) -> chosen(tf, 1, x.get(0), x.get(1))),
        row("Merge", "the other side")
            .any(3)
            .any(3)
            .with((tf, x) -> chosen(tf, 0, x.get(0), x.get(1))),
        // The gradients' arrays are read once.
        row("TensorArrayScatterV3")
            .any(3, 2)
            .with((tf, x) -> new Array(tf, 3).scatter(x.get(0)).gather().square())
            .firstOrderOnly(),
        row("TensorArrayGatherV3")
            .any(3, 2)
            .with((tf, x) -> new Array(tf, 3).scatter(x.get(0).square()).gather())
            .firstOrderOnly(),
        row("TensorArrayReadV3")
            .any(3, 2)
            .with((tf, x) -> new Array(tf, 3).scatter(x.get(0).square()).read(1).exp())
            .firstOrderOnly(),
        row("TensorArrayWriteV3")
            .any(2)
            .any(2)
            .with((tf, x) -> new Array(tf, 2).write(1, x.get(0)).write(0, x.get(1)).gather().exp())
            .firstOrderOnly(),
        row("TensorArraySplitV3")
            .any(3, 2)
            .with((tf, x) -> new Array(tf, 2).split(x.get(0), 1, 2).concat().square())
            .firstOrderOnly(),
        row("TensorArrayConcatV3")
            .any(3, 2)
            .with((tf, x) -> new Array(tf, 2).split(x.get(0).square(), 3, 0).concat().sin())
            .firstOrderOnly());
  }

  /** The square of the one where the predicate is true, else three times the other's sine. */
  private static Tensor chosen(Ops tf, int predicate, Tensor yes, Tensor no) {
    Tensor p = hidden(tf, predicate).reshape(Shape.scalar()).cast(DataType.BOOL);
    Tensor a = tf.tensor(parted(tf, yes, p).output(1)).square();
    Tensor b = tf.tensor(parted(tf, no, p).output(0)).sin().mul(3);
    return Build.of(tf, tf.op("Merge", null).inputList(List.of(b, a)).attr("N", 2));
  }

  private static Operation parted(Ops tf, Operand x, Operand p) {
    return tf.op("Switch", null).input(x).input(p).build();
  }

  /** An array after what has been done with it so far. */
  private static final class Array {
    private final Ops tf;
    private final int size;
    private final Operand handle;
    private final Operand flow;

    Array(Ops tf, int size) {
      this.tf = tf;
      this.size = size;
      Operation made =
          tf.op("TensorArrayV3", null)
              .input(tf.constant(size))
              .attr("dtype", DataType.FLOAT64)
              .attr("identical_element_shapes", false)
              .build();
      this.handle = made.output(0);
      this.flow = made.output(1);
    }

    private Array(Array a, Operand flow) {
      this.tf = a.tf;
      this.size = a.size;
      this.handle = a.handle;
      this.flow = flow;
    }

    private Tensor all() {
      return tf.range(size);
    }

    Array scatter(Tensor x) {
      return new Array(this, Build.op(tf, "TensorArrayScatterV3", handle, all(), x, flow));
    }

    Array write(int i, Tensor x) {
      return new Array(this, Build.op(tf, "TensorArrayWriteV3", handle, tf.constant(i), x, flow));
    }

    Array split(Tensor x, long... lengths) {
      return new Array(
          this, Build.op(tf, "TensorArraySplitV3", handle, x, tf.constant(lengths), flow));
    }

    Tensor gather() {
      return Build.of(
          tf,
          tf.op("TensorArrayGatherV3", null)
              .input(handle)
              .input(all())
              .input(flow)
              .attr("dtype", DataType.FLOAT64));
    }

    Tensor read(int i) {
      return Build.of(
          tf,
          tf.op("TensorArrayReadV3", null)
              .input(handle)
              .input(tf.constant(i))
              .input(flow)
              .attr("dtype", DataType.FLOAT64));
    }

    Tensor concat() {
      return Build.of(
          tf,
          tf.op("TensorArrayConcatV3", null)
              .input(handle)
              .input(flow)
              .attr("dtype", DataType.FLOAT64));
    }
  }
}
