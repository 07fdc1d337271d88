package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionCall;
import dev.millrace.graph.FunctionGrowth;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The gradient of a choice or call: the same choice between the gradients of its functions. What
 * these need of the forward pass becomes further results of the forward operation; the branches
 * that do not compute it give something small in its place, which nobody looks at.
 */
final class BranchGradients {
  private final GradientContext c;
  private final Ops tf;
  private final Operation op;
  private final int first;
  private final int arguments;
  private final FunctionGrowth growth;
  private final List<FunctionBody> bodies;

  private BranchGradients(GradientContext c) {
    this.c = c;
    this.tf = c.tf();
    this.op = c.op();
    this.first = FunctionCall.firstArgument(op);
    this.arguments = c.inputCount() - first;
    this.growth = FunctionGrowth.of(op);
    this.bodies = growth.bodies();
  }

  /** The gradient function of If, Case and calls. */
  static List<Gradient> gradients(GradientContext c) {
    return new BranchGradients(c).build();
  }

  private List<Gradient> build() {
    Gradient[] result = new Gradient[first + arguments];
    Arrays.fill(result, Gradient.disconnected());
    List<Integer> outputs = new ArrayList<>();
    for (int i = 0; i < op.numOutputs(); i++) {
      if (c.hasGrad(i)) {
        outputs.add(i);
      }
    }
    List<Integer> wanted = wanted(outputs);
    if (wanted.isEmpty()) {
      return List.of(result);
    }
    List<Output> given = outputs.stream().map(i -> c.grad(i).asOutput()).toList();
    List<FunctionBody> gradients = new ArrayList<>();
    for (int b = 0; b < bodies.size(); b++) {
      gradients.add(gradient(b, outputs, given, wanted));
    }
    Operation call = Calls.likeBranches(tf, op, gradients, given);
    for (int k = 0; k < wanted.size(); k++) {
      result[first + wanted.get(k)] = Gradient.of(tf.tensor(call.output(k)));
    }
    return List.of(result);
  }

  /** The numbers of the arguments that need a gradient and get one in some branch. */
  private List<Integer> wanted(List<Integer> outputs) {
    BitSet reached = new BitSet();
    for (FunctionBody body : bodies) {
      BodyDependence d = new BodyDependence(body, c.sweep().lookup());
      outputs.forEach(i -> reached.or(d.of(i)));
    }
    List<Integer> wanted = new ArrayList<>();
    for (int k = 0; k < arguments; k++) {
      if (reached.get(k) && c.needs(first + k)) {
        wanted.add(k);
      }
    }
    return wanted;
  }

  private FunctionBody gradient(
      int b, List<Integer> outputs, List<Output> given, List<Integer> wanted) {
    FunctionBody body = bodies.get(b);
    List<FunctionBody.Parameter> parameters =
        given.stream().map(g -> FunctionBody.Parameter.like("grad", g)).toList();
    return FunctionBody.build(
        tf.graph(),
        body.name() + "_grad",
        parameters,
        (gradient, p) -> {
          gradient.borrow(body.graph(), x -> saved(b, x));
          List<Output> ys = outputs.stream().map(body.results()::get).toList();
          List<Output> xs = wanted.stream().map(body.parameters()::get).toList();
          List<Tensor> gradYs = p.stream().map(tf::tensor).toList();
          List<Gradient> g = c.sweep().inFunction(ys, gradYs, xs);
          List<Output> results = new ArrayList<>();
          for (int k = 0; k < xs.size(); k++) {
            Tensor t = g.get(k).isConnected() ? g.get(k).dense() : Calls.zeros(tf, xs.get(k));
            results.add(t.asOutput());
          }
          return results;
        });
  }

  /** What has the value of {@code x}, a tensor of branch {@code b}, after the branch has run. */
  private Output saved(int b, Output x) {
    int parameter = bodies.get(b).parameters().indexOf(x);
    if (parameter >= 0) {
      return op.input(first + parameter);
    }
    List<List<Output>> results = new ArrayList<>();
    for (int k = 0; k < bodies.size(); k++) {
      results.add(List.of(k == b ? x : substitute(bodies.get(k), x)));
    }
    return growth.addResults(results).get(0);
  }

  private Output substitute(FunctionBody body, Output x) {
    try (Scope inside = body.reopen()) {
      if (x.dtype() == DataType.VARIANT) {
        HandleData h = x.handleData();
        return Lists.empty(
                tf,
                h == null ? DataType.FLOAT32 : h.dtype(),
                h == null ? Shape.unknown() : h.shape())
            .asOutput();
      }
      if (x.dtype() == DataType.RESOURCE) {
        throw new UnimplementedException(
                "the gradient of a choice cannot use the resource '"
                    + x.name()
                    + "' that one branch makes")
            .at(x.op());
      }
      return tf.zeros(x.dtype(), small(x.shape())).asOutput();
    }
  }

  /** As little as fits the known part of {@code s}, which then stays known. */
  private static Shape small(Shape s) {
    if (!s.hasRank()) {
      return Shape.scalar();
    }
    long[] dims = s.dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Math.max(0, dims[i]);
    }
    return Shape.of(dims);
  }
}
