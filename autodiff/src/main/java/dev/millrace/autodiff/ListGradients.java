package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Gradients of lists of tensors. The gradient with respect to a list is a list as long, of the
 * gradients with respect to its elements; an element that nothing depends on may be missing from it
 * and reads as zeros.
 */
public final class ListGradients implements GradientProvider {
  private static final Gradient NONE = Gradient.disconnected();

  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {
          "EmptyTensorList", "TensorListReserve", "TensorListLength", "TensorListElementShape"
        }) {
      r.notDifferentiable(type, "it depends on no tensor's values");
    }
    r.add("TensorListPushBack", ListGradients::pushBack);
    r.add("TensorListPopBack", ListGradients::popBack);
    r.add("TensorListSetItem", ListGradients::setItem);
    r.add("TensorListGetItem", ListGradients::getItem);
    r.add("TensorListResize", ListGradients::resize);
    r.add("TensorListStack", ListGradients::stack);
    r.add("TensorListFromTensor", ListGradients::fromTensor);
    r.add("TensorListGather", ListGradients::gather);
    r.add("TensorListScatter", c -> scatter(c, 3));
    r.add("TensorListScatterV2", c -> scatter(c, 4));
    r.add("TensorListScatterIntoExistingList", ListGradients::scatterInto);
    r.add("TensorListConcat", c -> concat(c, 1));
    r.add("TensorListConcatV2", c -> concat(c, 3));
    r.add("TensorListSplit", ListGradients::split);
    for (String type : new String[] {"TensorListPushBackBatch", "TensorListConcatLists"}) {
      r.undefined(type, "TensorFlow has none either");
    }
  }

  private static DataType elementType(GradientContext c) {
    return c.attrs().getType("element_dtype");
  }

  /** The gradient with respect to a list that is the operation's first output. */
  private static Tensor ofList(GradientContext c) {
    return c.gradient(0).dense();
  }

  private static Tensor reserve(GradientContext c, DataType dtype, Tensor shape, Tensor length) {
    return Build.of(
        c.tf(),
        c.tf()
            .op("TensorListReserve", null)
            .input(shape)
            .input(length)
            .attr("element_dtype", dtype));
  }

  private static Tensor get(GradientContext c, Tensor list, Tensor i, Tensor shape, DataType t) {
    return Build.of(
        c.tf(),
        c.tf()
            .op("TensorListGetItem", null)
            .input(list)
            .input(i)
            .input(shape)
            .attr("element_dtype", t));
  }

  // ---- a list that grows

  private static List<Gradient> pushBack(GradientContext c) {
    Operation pop = pop(c.tf(), ofList(c), itemShape(c, c.input(1).asOutput()), elementType(c));
    Tensor item = c.tf().tensor(pop.output(1));
    handOn(c.input(1).asOutput(), item);
    return List.of(Gradient.of(c.tf().tensor(pop.output(0))), Gradient.of(item));
  }

  private static Operation pop(Ops tf, Tensor list, Tensor shape, DataType t) {
    return tf.op("TensorListPopBack", null)
        .input(list)
        .input(shape)
        .attr("element_dtype", t)
        .build();
  }

  /** The shape of an item as the list ops take it. */
  private static Tensor itemShape(GradientContext c, Output item) {
    return item.dtype() == DataType.VARIANT
        ? Lists.shape(c.tf(), dev.millrace.graph.Shape.scalar())
        : Lists.shape(c.tf(), item.shape());
  }

  /** Of an item that is a list itself, its gradient has elements alike. */
  private static void handOn(Output item, Tensor gradient) {
    if (item.handleData() != null && item.dtype() == DataType.VARIANT) {
      gradient.asOutput().setHandleData(item.handleData());
    }
  }

  private static List<Gradient> popBack(GradientContext c) {
    Ops tf = c.tf();
    Tensor rest =
        c.hasGrad(0)
            ? c.gradient(0).dense()
            : reserve(
                c,
                elementType(c),
                Lists.elementShape(tf, c.op().output(0)),
                Lists.length(tf, c.op().output(0)));
    Tensor item = c.hasGrad(1) ? c.gradient(1).dense() : tf.zerosLike(c.output(1));
    return List.of(Gradient.of(Build.op(tf, "TensorListPushBack", rest, item)), NONE);
  }

  // ---- items by index

  private static List<Gradient> setItem(GradientContext c) {
    Tensor item = c.input(2);
    Tensor list = ofList(c);
    Tensor g = get(c, list, c.input(1), itemShape(c, item.asOutput()), elementType(c));
    handOn(item.asOutput(), g);
    Tensor without =
        Build.op(c.tf(), "TensorListSetItem", list, c.input(1), c.tf().zerosLike(item));
    return List.of(Gradient.of(without), NONE, Gradient.of(g));
  }

  private static List<Gradient> getItem(GradientContext c) {
    Ops tf = c.tf();
    Output list = c.op().input(0);
    Tensor zeros = reserve(c, elementType(c), Lists.elementShape(tf, list), Lists.length(tf, list));
    return List.of(
        Gradient.of(Build.op(tf, "TensorListSetItem", zeros, c.input(1), c.grad())), NONE, NONE);
  }

  private static List<Gradient> resize(GradientContext c) {
    return List.of(
        Gradient.of(
            Build.op(c.tf(), "TensorListResize", ofList(c), Lists.length(c.tf(), c.op().input(0)))),
        NONE);
  }

  // ---- all at once

  private static List<Gradient> stack(GradientContext c) {
    Tensor list =
        Build.of(
            c.tf(),
            c.tf()
                .op("TensorListFromTensor", null)
                .input(c.grad())
                .input(Lists.elementShape(c.tf(), c.op().input(0))));
    return List.of(Gradient.of(list), NONE);
  }

  private static List<Gradient> fromTensor(GradientContext c) {
    Ops tf = c.tf();
    Tensor x = c.input(0);
    long n = x.shape().hasRank() ? x.shape().dim(0) : -1;
    Tensor shape =
        x.shape().hasRank()
            ? Lists.shape(tf, x.shape().sliceFrom(1))
            : Lists.elementShape(tf, c.op().output(0));
    Tensor g =
        Build.of(
            tf,
            tf.op("TensorListStack", null)
                .input(ofList(c))
                .input(shape)
                .attr("element_dtype", elementType(c))
                .attr("num_elements", n));
    return List.of(Gradient.of(g), NONE);
  }

  /** An element that was taken more than once gets the sum, where TensorFlow keeps the last. */
  private static List<Gradient> gather(GradientContext c) {
    Ops tf = c.tf();
    Output list = c.op().input(0);
    Tensor rows = tf.unsortedSegmentSum(c.grad(), c.input(1), Lists.length(tf, list));
    return List.of(
        Gradient.of(Build.op(tf, "TensorListFromTensor", rows, Lists.elementShape(tf, list))),
        NONE,
        NONE);
  }

  private static Tensor gathered(GradientContext c, Tensor list, Tensor indices, Output rows) {
    Tensor shape =
        rows.shape().hasRank()
            ? Lists.shape(c.tf(), rows.shape().sliceFrom(1))
            : Lists.elementShape(c.tf(), c.op().output(0));
    return Build.of(
        c.tf(),
        c.tf()
            .op("TensorListGather", null)
            .input(list)
            .input(indices)
            .input(shape)
            .attr("element_dtype", elementType(c)));
  }

  private static List<Gradient> scatter(GradientContext c, int inputs) {
    Gradient g = Gradient.of(gathered(c, ofList(c), c.input(1), c.op().input(0)));
    return inputs == 3 ? List.of(g, NONE, NONE) : List.of(g, NONE, NONE, NONE);
  }

  private static List<Gradient> scatterInto(GradientContext c) {
    Tensor list = ofList(c);
    Tensor rows = c.input(1);
    Tensor without =
        Build.op(
            c.tf(), "TensorListScatterIntoExistingList", list, c.tf().zerosLike(rows), c.input(2));
    return List.of(
        Gradient.of(without), Gradient.of(gathered(c, list, c.input(2), rows.asOutput())), NONE);
  }

  private static List<Gradient> concat(GradientContext c, int inputs) {
    Ops tf = c.tf();
    Tensor list =
        Build.of(
            tf,
            tf.op("TensorListSplit", null)
                .input(c.grad())
                .input(Lists.elementShape(tf, c.op().input(0)))
                .input(c.output(1)));
    Gradient g = Gradient.of(list);
    return inputs == 1 ? List.of(g) : List.of(g, NONE, NONE);
  }

  private static List<Gradient> split(GradientContext c) {
    Ops tf = c.tf();
    Operation joined =
        tf.op("TensorListConcatV2", null)
            .input(ofList(c))
            .input(partShape(tf, c.input(0)))
            .input(c.input(2))
            .attr("element_dtype", elementType(c))
            .build();
    return List.of(Gradient.of(tf.tensor(joined.output(0))), NONE, NONE);
  }

  /** The shape of a part of {@code x}, all but its length known: parts may lack a gradient. */
  private static Tensor partShape(Ops tf, Tensor x) {
    return tf.concat(0, tf.constant(new int[] {-1}), tf.slice(tf.shapeTensor(x), Index.from(1)));
  }
}
