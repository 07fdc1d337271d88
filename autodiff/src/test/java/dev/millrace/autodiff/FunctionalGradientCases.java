package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.hidden;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;
import java.util.function.Supplier;

/** The rows of the gradient check for calls of functions and for lists of tensors. */
final class FunctionalGradientCases {
  private FunctionalGradientCases() {}

  static List<GradientCase> all() {
    return List.of(
        row("If")
            .any(3)
            .with((tf, x) -> chosen(tf, x.get(0), () -> withState(tf, x.get(0).square()))),
        row("StatelessIf").any(3).with((tf, x) -> chosen(tf, x.get(0), () -> x.get(0).square())),
        row("Case")
            .any(3)
            .with(
                (tf, x) ->
                    tf.switchCase(
                        hidden(tf, 1).reshape(Shape.scalar()),
                        List.of(() -> x.get(0), () -> x.get(0).square().mul(x.get(0))))),
        row("While").any(3).with((tf, x) -> repeated(tf, x.get(0), true)),
        row("StatelessWhile").any(3).with((tf, x) -> repeated(tf, x.get(0), false)),
        row("PartitionedCall").any(3).with((tf, x) -> called(tf, "PartitionedCall", x.get(0))),
        row("StatefulPartitionedCall")
            .any(3)
            .with((tf, x) -> called(tf, "StatefulPartitionedCall", x.get(0))),
        row("TensorListFromTensor").any(3, 2).with((tf, x) -> stack(tf, list(tf, x.get(0)))),
        row("TensorListStack").any(3, 2).with((tf, x) -> stack(tf, list(tf, x.get(0))).square()),
        row("TensorListPushBack")
            .any(3, 2)
            .any(2)
            .with((tf, x) -> stack(tf, op(tf, "PushBack", list(tf, x.get(0)), x.get(1)))),
        row("TensorListPopBack").any(3, 2).withAll((tf, x) -> popped(tf, list(tf, x.get(0)))),
        row("TensorListGetItem")
            .any(3, 2)
            .with((tf, x) -> item(tf, list(tf, x.get(0)), scalar(tf, 1)).square()),
        row("TensorListSetItem")
            .any(3, 2)
            .any(2)
            .with(
                (tf, x) ->
                    stack(tf, op(tf, "SetItem", list(tf, x.get(0)), scalar(tf, 1), x.get(1)))),
        row("TensorListResize")
            .any(3, 2)
            .with((tf, x) -> stack(tf, op(tf, "Resize", list(tf, x.get(0)), scalar(tf, 2)))),
        row("TensorListGather")
            .any(3, 2)
            .with((tf, x) -> gathered(tf, list(tf, x.get(0)), hidden(tf, 2, 0, 2))),
        row("TensorListScatter")
            .any(3, 2)
            .with((tf, x) -> stack(tf, scattered(tf, "Scatter", x.get(0), hidden(tf, 2, 0, 1)))),
        row("TensorListScatterV2")
            .any(3, 2)
            .with(
                (tf, x) ->
                    stack(
                        tf,
                        scattered(
                            tf, "ScatterV2", x.get(0), hidden(tf, 2, 0, 1), tf.constant(-1)))),
        row("TensorListScatterIntoExistingList")
            .any(3, 2)
            .any(2, 2)
            .with(
                (tf, x) ->
                    stack(
                        tf,
                        op(
                            tf,
                            "ScatterIntoExistingList",
                            list(tf, x.get(0)),
                            x.get(1),
                            hidden(tf, 2, 0)))),
        row("TensorListSplit")
            .any(5, 2)
            .with((tf, x) -> item(tf, split(tf, x.get(0)), scalar(tf, 1)).square()),
        row("TensorListConcat")
            .any(5, 2)
            .with((tf, x) -> joined(tf, "TensorListConcat", split(tf, x.get(0))).square()),
        row("TensorListConcatV2")
            .any(5, 2)
            .with((tf, x) -> joined(tf, "TensorListConcatV2", split(tf, x.get(0))).square()));
  }

  /** The tensor, beside something that makes what is around it stateful. */
  private static Tensor withState(Ops tf, Tensor x) {
    return x.add(tf.randomUniform(new int[] {3}, DataType.FLOAT64).mul(0));
  }

  private static Tensor chosen(Ops tf, Tensor x, Supplier<Tensor> then) {
    return tf.cond(tf.reduceSum(x.square()).greater(0), then, () -> x);
  }

  /** Cubes by multiplying twice. */
  private static Tensor repeated(Ops tf, Tensor x, boolean stateful) {
    List<Tensor> last =
        tf.whileLoop(
            (List<Tensor> v) -> v.get(0).less(2),
            v -> {
              Tensor next = v.get(1).mul(x);
              return List.of(v.get(0).add(1), stateful ? withState(tf, next) : next);
            },
            List.of(tf.constant(0), x));
    return last.get(1);
  }

  private static Tensor called(Ops tf, String type, Tensor x) {
    FunctionBody body =
        FunctionBody.build(
            tf.graph(),
            "square_and_sine",
            List.of(Parameter.like("x", x.asOutput())),
            in -> {
              Tensor p = tf.tensor(in.get(0));
              return List.of(p.square().asOutput(), p.sin().asOutput());
            });
    OpBuilder b =
        tf.op(type, null)
            .inputList(List.of(x.asOutput()))
            .attr("Tout", AttrValue.ofTypes(List.of(x.dtype(), x.dtype())))
            .attr("f", body.toAttr());
    List<Output> out = b.build().outputs();
    return tf.tensor(out.get(0)).add(tf.tensor(out.get(1)));
  }

  // ---- lists, whose elements are vectors

  private static Tensor scalar(Ops tf, int value) {
    return hidden(tf, value).reshape(Shape.scalar());
  }

  private static Tensor op(Ops tf, String type, Tensor... inputs) {
    return MathGradientCases.op(tf, "TensorList" + type, inputs);
  }

  private static Tensor list(Ops tf, Tensor rows) {
    return op(tf, "FromTensor", rows, tf.constant(-1));
  }

  private static Tensor split(Ops tf, Tensor rows) {
    return op(tf, "Split", rows, tf.constant(-1), tf.constant(new long[] {3, 2}));
  }

  private static Tensor scattered(Ops tf, String type, Tensor rows, Tensor at, Tensor... more) {
    OpBuilder b = tf.op("TensorList" + type, null).input(rows).input(at);
    b.input(tf.constant(new int[] {2}));
    for (Tensor t : more) {
      b.input(t);
    }
    return MathGradientCases.first(tf, b);
  }

  private static OpBuilder reading(Ops tf, String type, Tensor... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Tensor t : inputs) {
      b.input(t);
    }
    return b.attr("element_dtype", DataType.FLOAT64);
  }

  private static Tensor stack(Ops tf, Tensor list) {
    return MathGradientCases.first(
        tf, reading(tf, "TensorListStack", list, tf.constant(new int[] {2})));
  }

  private static Tensor item(Ops tf, Tensor list, Tensor at) {
    return MathGradientCases.first(tf, reading(tf, "TensorListGetItem", list, at, tf.constant(-1)));
  }

  private static Tensor gathered(Ops tf, Tensor list, Tensor at) {
    return MathGradientCases.first(
        tf, reading(tf, "TensorListGather", list, at, tf.constant(new int[] {2})));
  }

  private static List<Tensor> popped(Ops tf, Tensor list) {
    List<Output> out =
        reading(tf, "TensorListPopBack", list, tf.constant(new int[] {2})).build().outputs();
    return List.of(stack(tf, tf.tensor(out.get(0))), tf.tensor(out.get(1)).square());
  }

  private static Tensor joined(Ops tf, String type, Tensor list) {
    OpBuilder b = tf.op(type, null).input(list).attr("element_dtype", DataType.FLOAT64);
    if (type.endsWith("V2")) {
      b.input(tf.constant(new int[] {-1, 2})).input(tf.constant(new long[0]));
    }
    return MathGradientCases.first(tf, b);
  }
}
