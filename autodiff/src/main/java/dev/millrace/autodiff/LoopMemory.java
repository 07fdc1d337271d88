package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.FunctionGrowth;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What the steps of a loop computed, for the loop that goes through them backwards. Values that
 * differ from step to step are pushed on a list in the forward loop and popped off it in the
 * backward one. What stays the same is taken from outside, constants are repeated, and the values
 * of counters follow from the step's number.
 */
final class LoopMemory {
  private final Ops tf;
  private final Operation op;
  private final FunctionGrowth growth;
  private final FunctionBody body;
  private final List<Output> lists = new ArrayList<>();
  private final List<Output> rests = new ArrayList<>();
  private FunctionBody gradient;
  private Output index;

  LoopMemory(Ops tf, Operation op, FunctionGrowth growth) {
    this.tf = tf;
    this.op = op;
    this.growth = growth;
    this.body = growth.bodies().get(1);
  }

  /** How many steps the forward loop took. */
  Output steps() {
    for (int i = 0; i < op.numOutputs(); i++) {
      TensorValue by = LoopGradients.increment(body, i);
      if (by != null && by.dtype() == DataType.INT32 && by.toLongs()[0] == 1 && startsAtZero(i)) {
        return op.output(i);
      }
    }
    Output zero = LoopGradients.in(op.graph(), () -> tf.constant(0, DataType.INT32).asOutput());
    return growth
        .addLoopVariables(
            List.of(zero),
            List.of(Shape.scalar()),
            n -> List.of(tf.add(n.get(0), tf.constant(1, DataType.INT32)).asOutput()))
        .get(0);
  }

  private boolean startsAtZero(int i) {
    Operation from = op.input(i).op();
    return from.type().equals("Const") && from.attrs().getTensor("value").toLongs()[0] == 0;
  }

  /**
   * From now on tensors of the forward body can be used in the backward one.
   *
   * @param index the number of the step, from 0
   */
  void open(FunctionBody gradient, Output index) {
    this.gradient = gradient;
    this.index = index;
    gradient.borrow(body.graph(), this::find);
  }

  /** The lists, after the forward loop: further variables of the backward one. */
  List<Output> lists() {
    return lists;
  }

  /** What is left of the lists after a step backwards. */
  List<Output> rests() {
    return rests;
  }

  private Output find(Output x) {
    int i = body.parameters().indexOf(x);
    if (i >= 0 && body.results().get(i).equals(x)) {
      return op.input(i);
    }
    try (Scope inside = gradient.reopen()) {
      if (x.op().type().equals("Const")) {
        return tf.constant(x.op().attrs().getTensor("value")).asOutput();
      }
      TensorValue by = i >= 0 ? LoopGradients.increment(body, i) : null;
      return by != null ? counted(i, by) : popped(x);
    }
  }

  /** The value of a counter in this step. */
  private Output counted(int i, TensorValue by) {
    Tensor n = by.dtype() == DataType.INT32 ? tf.tensor(index) : tf.cast(index, by.dtype());
    Tensor grown = by.toLongs()[0] == 1 ? n : n.mul(tf.constant(by));
    return tf.add(op.input(i), grown).asOutput();
  }

  private Output popped(Output x) {
    if (x.dtype() == DataType.RESOURCE) {
      throw new UnimplementedException(
              "the gradient of a loop cannot use the resource '" + x.name() + "' made in a step")
          .at(x.op());
    }
    Shape element = x.dtype() == DataType.VARIANT ? Shape.scalar() : x.shape();
    Output empty =
        LoopGradients.in(op.graph(), () -> Lists.empty(tf, x.dtype(), element).asOutput());
    Output list =
        growth
            .addLoopVariables(
                List.of(empty),
                List.of(Shape.scalar()),
                l -> List.of(Build.op(tf, "TensorListPushBack", l.get(0), x).asOutput()))
            .get(0);
    lists.add(list);
    Output inside = gradient.addParameter(Parameter.like("saved", list));
    Operation pop =
        tf.op("TensorListPopBack", null)
            .input(inside)
            .input(Lists.shape(tf, element))
            .attr("element_dtype", x.dtype())
            .build();
    rests.add(pop.output(0));
    pop.output(1).setShape(x.shape());
    if (x.handleData() != null) {
      pop.output(1).setHandleData(x.handleData());
    }
    return pop.output(1);
  }
}
