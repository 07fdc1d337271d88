package dev.millrace.autodiff;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionCall;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Operations that call the functions of gradients, and what these are made of. */
final class Calls {
  private Calls() {}

  /** The dtype and shape of a gradient with respect to {@code x}: of what a handle refers to. */
  static HandleData like(Output x) {
    HandleData h = x.handleData();
    return x.dtype() == DataType.RESOURCE && h != null ? h : new HandleData(x.dtype(), x.shape());
  }

  /** Zeros for a gradient with respect to {@code x}. */
  static Tensor zeros(Ops tf, Output x) {
    HandleData like = like(x);
    if (like.dtype().isDense() && like.shape().isFullyDefined()) {
      return tf.zeros(like.dtype(), like.shape());
    }
    if (x.dtype() == DataType.RESOURCE) {
      Tensor shape = Build.op(tf, "VariableShape", x);
      return tf.fill(shape, tf.zeros(like.dtype(), Shape.scalar()));
    }
    return tf.zerosLike(x);
  }

  /** The tensors that the functions have captured, each once. */
  static List<Output> captured(List<FunctionBody> bodies) {
    Set<Output> all = new LinkedHashSet<>();
    bodies.forEach(b -> b.captures().forEach(c -> all.add(c.outer())));
    return List.copyOf(all);
  }

  /**
   * The operation that runs {@code bodies} as {@code forward} runs its functions.
   *
   * @param given the arguments before those captured
   */
  static Operation likeBranches(
      Ops tf, Operation forward, List<FunctionBody> bodies, List<Output> given) {
    List<Output> captured = captured(bodies);
    bodies.forEach(b -> b.orderCaptures(captured));
    List<Output> arguments = new ArrayList<>(given);
    arguments.addAll(captured);
    boolean stateful = bodies.stream().anyMatch(FunctionBody::isStateful);
    OpBuilder b = tf.op(typeLike(forward.type(), stateful), null);
    if (FunctionCall.firstArgument(forward) == 1) {
      b.input(forward.input(0));
    }
    b.inputList(arguments);
    switch (forward.type()) {
      case "Case" ->
          b.attr(
              "branches",
              new AttrValue.ListAttr(
                  bodies.stream().<AttrValue>map(FunctionBody::toAttr).toList()));
      case "If", "StatelessIf" ->
          b.attr("then_branch", bodies.get(0).toAttr()).attr("else_branch", bodies.get(1).toAttr());
      default -> b.attr("f", bodies.get(0).toAttr());
    }
    List<Output> first = bodies.get(0).results();
    List<DataType> types = first.stream().map(Output::dtype).toList();
    b.attr("Tout", AttrValue.ofTypes(types));
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Shape s = first.get(i).shape();
      for (FunctionBody body : bodies) {
        s = s.relax(body.results().get(i).shape());
      }
      shapes.add(s);
    }
    if (!forward.type().endsWith("Call")) {
      b.attr("output_shapes", AttrValue.ofShapes(shapes));
    }
    bodies.forEach(body -> b.controlInputs(body.controlCaptures()));
    Operation op = b.build();
    for (int i = 0; i < first.size(); i++) {
      op.output(i).setShape(shapes.get(i));
      setHandle(op.output(i), first.get(i));
    }
    return op;
  }

  private static String typeLike(String type, boolean stateful) {
    return switch (type) {
      case "If", "StatelessIf" -> stateful ? "If" : "StatelessIf";
      case "PartitionedCall", "StatefulPartitionedCall" ->
          stateful ? "StatefulPartitionedCall" : "PartitionedCall";
      default -> type;
    };
  }

  /**
   * A loop.
   *
   * @param test its condition, on the declared variables
   * @param step its body; what it captured becomes variables that keep their values
   * @param initial the declared variables' first values
   */
  static Operation loop(
      Ops tf, FunctionBody test, FunctionBody step, List<Output> initial, Operation forward) {
    List<Output> captured = captured(List.of(test, step));
    test.orderCaptures(captured);
    step.orderCaptures(captured);
    List<Output> parameters = step.parameters();
    step.addResults(parameters.subList(initial.size(), parameters.size()));
    List<Output> inputs = new ArrayList<>(initial);
    inputs.addAll(captured);
    boolean stateful = test.isStateful() || step.isStateful();
    OpBuilder b =
        tf.op(stateful ? "While" : "StatelessWhile", null)
            .inputList(inputs)
            .attr("cond", test.toAttr())
            .attr("body", step.toAttr())
            .attr(
                "output_shapes",
                AttrValue.ofShapes(parameters.stream().map(Output::shape).toList()))
            .controlInputs(test.controlCaptures())
            .controlInputs(step.controlCaptures());
    if (forward.attrs().has("parallel_iterations")) {
      b.attr("parallel_iterations", forward.attrs().get("parallel_iterations"));
    }
    Operation op = b.build();
    for (int i = 0; i < parameters.size(); i++) {
      setHandle(op.output(i), parameters.get(i));
    }
    return op;
  }

  private static void setHandle(Output to, Output from) {
    if (from.handleData() != null) {
      to.setHandleData(from.handleData());
    }
  }
}
