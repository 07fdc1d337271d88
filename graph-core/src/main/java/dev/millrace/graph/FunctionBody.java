package dev.millrace.graph;

import dev.millrace.proto.FunctionDef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A function as a graph: what the branches of an {@code If}, the condition and body of a {@code
 * While} and the function of a call are.
 *
 * <p>The graph is one of its own, in which each parameter is a {@code Placeholder}. It knows the
 * graph around it ({@link Graph#outer}); tensors of that graph which the body used were captured:
 * each stands inside as a parameter, and is to be given as an argument by whatever calls the
 * function.
 *
 * <p>A run of the function computes the results and runs {@link #controlOutputs}.
 */
public final class FunctionBody {
  /**
   * A parameter to be.
   *
   * @param handle what is known behind a resource or list, else null
   */
  public record Parameter(String name, DataType dtype, Shape shape, HandleData handle) {
    public Parameter(String name, DataType dtype, Shape shape) {
      this(name, dtype, shape, null);
    }

    /** A parameter for values like {@code x}. */
    public static Parameter like(String name, Output x) {
      return new Parameter(name, x.dtype(), x.shape(), x.handleData());
    }
  }

  /**
   * A tensor that the body uses of the graph around.
   *
   * @param outer the tensor there
   * @param parameter what stands for it in the body
   */
  public record Capture(Output outer, Output parameter) {}

  private final String name;
  private final Graph graph;
  private volatile List<Output> results = List.of();
  private List<Operation> returnedControl = List.of();

  FunctionBody(String name, Graph graph) {
    this.name = name;
    this.graph = graph;
  }

  /**
   * Builds a function inside {@code outer}, or inside the body that this thread is building there.
   * While {@code make} runs, all that this thread makes through {@code outer} goes into the body,
   * and tensors of the graphs around are captured when they are used. The function is added to the
   * graph's library.
   *
   * @param name what the function's name begins with; a number makes it unique
   * @param make gives the results for the parameters
   * @throws InvalidArgumentException if a result is of a graph that is not around the body
   * @throws FailedPreconditionException if the graph is finalized
   */
  public static FunctionBody build(
      Graph outer,
      String name,
      List<Parameter> parameters,
      Function<List<Output>, List<Output>> make) {
    return build(outer, name, parameters, (body, given) -> make.apply(given));
  }

  /**
   * Builds a function as {@link #build(Graph, String, List, Function)}, where {@code make} learns
   * only on the way which further parameters it needs.
   *
   * @param make gives the results for the body and the parameters so far
   */
  public static FunctionBody build(
      Graph outer,
      String name,
      List<Parameter> parameters,
      BiFunction<FunctionBody, List<Output>, List<Output>> make) {
    Graph around = outer.current();
    around.outermost().requireNotFinalized();
    String full = around.functions().freeName(name);
    FunctionBody body = new FunctionBody(full, new Graph(around, full));
    List<Output> given = parameters.stream().map(body::addParameter).toList();
    try (Scope inside = body.graph.enter()) {
      body.addResults(make.apply(body, given));
    }
    around.functions().add(body);
    return body;
  }

  /** The name in the graph's function library. */
  public String name() {
    return name;
  }

  /** The function's nodes, the parameters' placeholders among them. */
  public Graph graph() {
    return graph;
  }

  /**
   * The placeholders of the arguments, in order: those declared, then those captured, then those
   * that growing added.
   */
  public List<Output> parameters() {
    return graph.captures().parameters();
  }

  /** What the function gives, in order; a parameter may be among it. */
  public List<Output> results() {
    return results;
  }

  /** The tensors captured from the graph right around, in the order of their parameters. */
  public List<Capture> captures() {
    return graph.captures().all();
  }

  /**
   * The operations that must run even if no result needs them: those with state or effects, in the
   * order of creation, and those that an imported function names.
   */
  public List<Operation> controlOutputs() {
    Set<Operation> r = new LinkedHashSet<>();
    for (Operation op : graph.operations()) {
      if (op.def().isStateful() || returnedControl.contains(op)) {
        r.add(op);
      }
    }
    return List.copyOf(r);
  }

  /**
   * Operations of the graph around that operations of the body were made to wait for by control
   * dependencies: what calls the function must wait for them.
   */
  public List<Operation> controlCaptures() {
    return graph.captures().control();
  }

  /** Whether the function has state or effects. */
  public boolean isStateful() {
    return graph.operations().stream().anyMatch(op -> op.def().isStateful());
  }

  /** The value of an attribute that names this function. */
  public AttrValue.Func toAttr() {
    return new AttrValue.Func(name, java.util.Map.of());
  }

  /**
   * Brings the captured parameters into the order of {@code outers}, adding those that are missing:
   * functions that one operation calls must take the same arguments. To be done before any
   * operation calls this.
   *
   * @param outers all that is captured here, and more of the graph right around
   */
  public void orderCaptures(List<Output> outers) {
    graph.captures().order(graph.captures().declared(), outers);
  }

  /** The function in its wire form, as TensorFlow 1.15 runs it. */
  public FunctionDef toProto() {
    return new FunctionWriter(this).write();
  }

  /**
   * Adds results.
   *
   * @param more tensors of the body, or of the graphs around, which are captured
   */
  public void addResults(List<Output> more) {
    List<Output> r = new ArrayList<>(results);
    for (Output x : more) {
      r.add(Captures.in(graph, x));
    }
    results = List.copyOf(r);
  }

  /**
   * Adds a parameter after those declared and before those captured: for a function that no
   * operation calls yet.
   */
  public Output addParameter(Parameter p) {
    return graph.captures().addParameter(p, false);
  }

  /** Adds parameters after all others. */
  List<Output> appendParameters(List<Parameter> more) {
    return more.stream().map(p -> graph.captures().addParameter(p, true)).toList();
  }

  /**
   * Lets this body use tensors of a graph that is not around it: the gradient of a function does so
   * with those of the function.
   *
   * @param how gives, for a tensor of {@code from} that is used here for the first time, a tensor
   *     of this body or of a graph around it that has the same value
   */
  public void borrow(Graph from, UnaryOperator<Output> how) {
    graph.captures().borrow(from, how);
  }

  /** Until the scope closes, what this thread makes goes into this body, as when it was built. */
  public Scope reopen() {
    return graph.enter();
  }

  void setReturnedControl(List<Operation> ops) {
    returnedControl = List.copyOf(ops);
  }

  List<Operation> returnedControl() {
    return returnedControl;
  }

  @Override
  public String toString() {
    return "function '" + name + "'";
  }
}
