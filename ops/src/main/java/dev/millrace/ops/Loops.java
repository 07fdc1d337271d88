package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Builds the functions of a loop, and the operation that runs it. */
final class Loops {
  private final Ops ops;
  private final String name;
  private final LoopOptions options;
  private IntFunction<String> variableNames = i -> "loop variable " + i;

  /**
   * Begins in the current name scope.
   *
   * @param name the operation's full name
   */
  Loops(Ops ops, String name, LoopOptions options) {
    this.ops = ops;
    this.name = name;
    this.options = options;
  }

  /** How errors call the variables. */
  Loops variableNames(IntFunction<String> names) {
    variableNames = names;
    return this;
  }

  /**
   * Builds the loop.
   *
   * @param variables the variables; the body may add to them
   * @param cond a scalar bool, from the variables
   * @param body the next values, from the body itself and the variables so far
   * @param initial the first values: asked for when all variables are known
   * @return the last values
   */
  List<Output> build(
      List<Parameter> variables,
      Function<List<Output>, Output> cond,
      BiFunction<FunctionBody, List<Output>, List<Output>> body,
      Supplier<List<Output>> initial) {
    Output limit = limit();
    List<Parameter> all = new ArrayList<>(variables);
    if (limit != null) {
      all.add(0, new Parameter("steps", limit.dtype(), Shape.scalar()));
    }
    int own = limit == null ? 0 : 1;
    FunctionBody step =
        FunctionBody.build(
            ops.graph(),
            name + "_body",
            all,
            (b, p) -> {
              List<Output> next = new ArrayList<>(body.apply(b, p.subList(own, p.size())));
              if (limit != null) {
                next.add(0, ops.add(p.get(0), 1).asOutput());
              }
              return next;
            });
    int captured = step.captures().size();
    List<Output> declared = step.parameters().subList(0, step.parameters().size() - captured);
    check(declared, step.results(), own);
    FunctionBody test =
        FunctionBody.build(
            ops.graph(),
            name + "_cond",
            declared.stream().map(x -> Parameter.like(x.op().name(), x)).toList(),
            p -> {
              Output go = cond.apply(p.subList(own, p.size()));
              return List.of(
                  limit == null ? go : ops.logicalAnd(ops.less(p.get(0), limit), go).asOutput());
            });
    List<Output> first = new ArrayList<>(initial.get());
    if (limit != null) {
      first.add(0, ops.constant(0, limit.dtype()).asOutput());
    }
    List<Output> last = node(test, step, declared, first).outputs();
    return last.subList(own, declared.size());
  }

  /** The greatest number of steps; null for any. */
  private Output limit() {
    Object n = options.maximumIterations();
    if (n == null) {
      return null;
    }
    Output limit =
        n instanceof Operand o
            ? o.asOutput()
            : ops.constant("maximum_iterations", n, DataType.INT32).asOutput();
    if (!limit.dtype().isInteger() || !limit.shape().isCompatibleWith(Shape.scalar())) {
      throw GraphApi.error(
          "maximumIterations of '"
              + name
              + "' must be an integer scalar, but is "
              + Results.describe(limit));
    }
    return limit;
  }

  /** The body must bring back what it got. */
  private void check(List<Output> variables, List<Output> next, int own) {
    for (int i = own; i < variables.size(); i++) {
      check(i - own, variables.get(i), next.get(i));
    }
  }

  /** Variable {@code i}, which is {@code v} in the body, may become {@code next}. */
  void check(int i, Output v, Output next) {
    String what = variableNames.apply(i) + " of '" + name + "'";
    if (v.dtype() != next.dtype()) {
      throw GraphApi.error(
          what
              + " is "
              + v.dtype()
              + ", but after one step "
              + Results.describe(next)
              + "\n  cast it to "
              + v.dtype()
              + " in the body, or begin with "
              + next.dtype());
    }
    if (!Results.covers(v.shape(), next.shape())) {
      throw GraphApi.error(
          what
              + " has shape "
              + v.shape()
              + " in the loop, but after one step "
              + Results.describe(next)
              + "\n  if its shape changes from step to step, declare what stays, as in new"
              + " LoopOptions().shapeInvariants("
              + relaxed(v.shape(), next.shape())
              + "); if it does not, tell so in the body with setShape("
              + v.shape()
              + ")");
    }
    HandleData have = v.handleData();
    HandleData got = next.handleData();
    if (have != null
        && (got == null
            || have.dtype() != got.dtype()
            || !Results.covers(have.shape(), got.shape()))) {
      throw GraphApi.error(
          what
              + " refers to "
              + have
              + " in the loop, but after one step to "
              + got
              + ", from "
              + Results.describe(next));
    }
  }

  private static String relaxed(Shape a, Shape b) {
    Shape s = a.relax(b);
    if (!s.hasRank()) {
      return "Shape.unknown()";
    }
    String dims = java.util.Arrays.toString(s.dims());
    return "Shape.of(" + dims.substring(1, dims.length() - 1) + ")";
  }

  private Operation node(
      FunctionBody test, FunctionBody step, List<Output> declared, List<Output> first) {
    List<Output> captured = Results.captured(List.of(test, step));
    test.orderCaptures(captured);
    step.orderCaptures(captured);
    List<Output> parameters = step.parameters();
    step.addResults(parameters.subList(declared.size(), parameters.size()));
    List<Output> inputs = new ArrayList<>(first);
    inputs.addAll(captured);
    boolean stateful = test.isStateful() || step.isStateful();
    OpBuilder b =
        ops.op(stateful ? "While" : "StatelessWhile", name + "/")
            .inputList(inputs)
            .attr("cond", test.toAttr())
            .attr("body", step.toAttr())
            .attr("parallel_iterations", options.parallelIterations())
            .attr(
                "output_shapes",
                AttrValue.ofShapes(parameters.stream().map(Output::shape).toList()));
    b.controlInputs(test.controlCaptures()).controlInputs(step.controlCaptures());
    Operation loop = b.build();
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).handleData() != null) {
        loop.output(i).setHandleData(parameters.get(i).handleData());
      }
    }
    return loop;
  }

  /** What a loop gives, cut off from gradients if the options say so. */
  Tensor result(Output x) {
    boolean cut = !options.backProp() && x.dtype() != DataType.RESOURCE;
    Tensor t = ops.tensor(x);
    if (!cut) {
      return t;
    }
    Tensor constant = ops.stopGradient(t);
    if (x.handleData() != null) {
      constant.asOutput().setHandleData(x.handleData());
    }
    return constant;
  }
}
