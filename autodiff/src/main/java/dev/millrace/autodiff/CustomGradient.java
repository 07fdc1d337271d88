package dev.millrace.autodiff;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Functions of tensors that bring their own gradient, for where the one that follows from the
 * operations is not wanted or not stable: TensorFlow's {@code tf.custom_gradient}.
 *
 * <pre>{@code
 * // log(1 + e^x), of which the plain gradient is NaN for large x.
 * Tensor y =
 *     CustomGradient.of(
 *         x,
 *         t -> {
 *           Tensor e = t.exp();
 *           return CustomGradient.result(
 *               e.add(1).log(), dy -> dy.mul(tf.sub(1, e.add(1).reciprocal())));
 *         });
 * }</pre>
 *
 * <p>The gradient function builds operations, and can be differentiated in its turn. In the graph
 * stands an {@code IdentityN} of the results, the arguments and the variables that the function
 * uses; its attribute {@code _gradient_op_type} keeps other programs that import the graph from
 * differentiating through it in the usual way. The gradient function itself is not exported.
 */
public final class CustomGradient {
  private CustomGradient() {}

  /** What a function gives: its results, and how gradients go back. Made by {@code result…}. */
  public static final class Result {
    private final List<Tensor> ys;
    private final BiFunction<List<Tensor>, List<Variable>, Backward> gradient;
    private final boolean takesVariables;

    private Result(
        List<Tensor> ys,
        BiFunction<List<Tensor>, List<Variable>, Backward> gradient,
        boolean takesVariables) {
      if (ys.isEmpty()) {
        throw new InvalidArgumentException("a function with a custom gradient needs a result");
      }
      this.ys = List.copyOf(ys);
      this.gradient = gradient;
      this.takesVariables = takesVariables;
    }
  }

  /**
   * What a gradient function gives.
   *
   * @param arguments the gradient with respect to each argument
   * @param variables the gradient with respect to each variable, in the order given
   */
  public record Backward(List<Gradient> arguments, List<Gradient> variables) {
    /** Copies the lists. */
    public Backward {
      arguments = List.copyOf(arguments);
      variables = List.copyOf(variables);
    }
  }

  /**
   * The result of a function of one argument.
   *
   * @param gradient gives the gradient with respect to the argument from that with respect to
   *     {@code y}
   */
  public static Result result(Tensor y, UnaryOperator<Tensor> gradient) {
    return resultAll(List.of(y), dys -> List.of(Gradient.of(gradient.apply(dys.get(0)))));
  }

  /**
   * The results of a function.
   *
   * @param gradient gives the gradient with respect to each argument from those with respect to
   *     each of {@code ys}, which are zeros where nothing depends on one
   */
  public static Result resultAll(List<Tensor> ys, Function<List<Tensor>, List<Gradient>> gradient) {
    return new Result(ys, (dys, variables) -> new Backward(gradient.apply(dys), List.of()), false);
  }

  /**
   * The results of a function that uses variables beside its arguments.
   *
   * @param gradient is given the gradients with respect to {@code ys} and the trainable variables
   *     between the arguments and the results, in the order of their making
   */
  public static Result resultWithVariables(
      List<Tensor> ys, BiFunction<List<Tensor>, List<Variable>, Backward> gradient) {
    return new Result(ys, gradient, true);
  }

  /** {@code function} of {@code x}: {@link #all} with one argument and one result. */
  public static Tensor of(Operand x, Function<Tensor, Result> function) {
    return all(List.of(x), xs -> function.apply(xs.get(0))).get(0);
  }

  /**
   * The results of {@code function}, differentiated by the gradient that it brings.
   *
   * @param xs the arguments; gradients with respect to other tensors that the function uses do not
   *     pass
   * @throws InvalidArgumentException if there are no arguments, or the function uses variables and
   *     its gradient does not take them
   */
  public static List<Tensor> all(
      List<? extends Operand> xs, Function<List<Tensor>, Result> function) {
    if (xs.isEmpty()) {
      throw new InvalidArgumentException("a custom gradient needs an argument to differentiate by");
    }
    Graph graph = xs.get(0).asOutput().graph();
    Ops tf = Ops.of(graph);
    List<Tensor> arguments = new ArrayList<>();
    xs.forEach(x -> arguments.add(tf.tensor(x)));
    Result r = function.apply(Collections.unmodifiableList(arguments));
    List<Variable> variables = variables(graph, r.ys, arguments);
    if (!variables.isEmpty() && !r.takesVariables) {
      throw new InvalidArgumentException(
          "the function uses the variables "
              + variables.stream().map(Variable::name).toList()
              + ", of which its gradient would be lost: make the result with resultWithVariables,"
              + " or pass them as arguments");
    }
    List<Tensor> all = new ArrayList<>(r.ys);
    all.addAll(arguments);
    variables.forEach(v -> all.add(v.value()));
    Operation joint;
    String token = "CustomGradient-" + graph.size();
    try (Scope s = graph.gradientOverrideMap(Map.of("IdentityN", token))) {
      joint = tf.op("IdentityN", null).inputList(all).build();
    }
    OwnGradients.add(joint, c -> back(c, r, arguments.size(), variables));
    return joint.outputs().subList(0, r.ys.size()).stream().map(tf::tensor).toList();
  }

  private static List<Gradient> back(
      GradientContext c, Result r, int arguments, List<Variable> variables) {
    List<Tensor> dys = new ArrayList<>();
    for (int i = 0; i < r.ys.size(); i++) {
      dys.add(c.grad(i));
    }
    Backward b = r.gradient.apply(dys, variables);
    if (b.arguments().size() != arguments || b.variables().size() != variables.size()) {
      throw new InvalidArgumentException(
              "the custom gradient of '"
                  + c.op().name()
                  + "' gives "
                  + b.arguments().size()
                  + " gradients for "
                  + arguments
                  + " arguments and "
                  + b.variables().size()
                  + " for "
                  + variables.size()
                  + " variables")
          .at(c.op());
    }
    List<Gradient> all = new ArrayList<>(Collections.nCopies(dys.size(), Gradient.disconnected()));
    all.addAll(b.arguments());
    all.addAll(b.variables());
    return all;
  }

  /**
   * The trainable variables that the results depend on, but not by way of the arguments alone, and
   * that are no arguments themselves.
   */
  private static List<Variable> variables(Graph graph, List<Tensor> ys, List<Tensor> xs) {
    Set<Output> stops = new HashSet<>();
    xs.forEach(x -> stops.add(x.asOutput()));
    Set<Operation> seen = new LinkedHashSet<>();
    Deque<Output> open = new ArrayDeque<>();
    ys.forEach(y -> open.add(y.asOutput()));
    while (!open.isEmpty()) {
      Output t = open.pop();
      if (t.dtype().isDifferentiable() && !stops.contains(t) && seen.add(t.op())) {
        open.addAll(t.op().inputs());
      }
    }
    return graph.collection(GraphKeys.GLOBAL_VARIABLES, Variable.class).stream()
        .filter(v -> v.trainable() && seen.contains(v.op()))
        .toList();
  }
}
