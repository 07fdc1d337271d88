package dev.millrace.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Lets an operation that calls functions (an If, a Case, a While, a call) gain arguments, results
 * and loop variables after it was made. Differentiation needs that, to carry values of the forward
 * pass out of it; nothing else should.
 *
 * <p>Inputs, outputs and attributes that are there keep their numbers and meaning. Functions that
 * came with an imported graph, or that other operations call too, are copied before they change.
 */
public final class FunctionGrowth {
  private final Operation op;
  private final int first;
  private final List<FunctionBody> bodies;

  private FunctionGrowth(Operation op, List<FunctionBody> bodies) {
    this.op = op;
    this.first = FunctionCall.firstArgument(op);
    this.bodies = bodies;
  }

  /**
   * Prepares {@code op} for growing: from now on it calls functions of its own.
   *
   * @throws InvalidArgumentException if {@code op} calls no function, or its type is a function's
   *     name, which fixes its inputs and outputs
   */
  public static FunctionGrowth of(Operation op) {
    List<FunctionBody> shared = FunctionCall.bodies(op);
    if (FunctionCall.attrsInOrder(op).isEmpty()) {
      throw (InvalidArgumentException)
          new InvalidArgumentException("a call by the function's name cannot grow").at(op);
    }
    List<FunctionBody> own = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (FunctionBody b : shared) {
      boolean built = op.graph().functions().built(b.name()) == b;
      boolean alone = built && seen.add(b.name()) && op.graph().functions().uses(b.name()) == 1;
      own.add(alone ? b : FunctionCopier.copy(b, op));
    }
    FunctionGrowth g = new FunctionGrowth(op, own);
    g.grow(List.of(), List.of(), g.called());
    return g;
  }

  /** The functions, in the order of {@link FunctionCall#bodies}. */
  public List<FunctionBody> bodies() {
    return List.copyOf(bodies);
  }

  /**
   * Adds results to an If, Case or call. What the functions have captured since becomes arguments.
   *
   * @param results for every function as many tensors of its body, of the same dtypes
   * @return the new outputs
   */
  public List<Output> addResults(List<List<Output>> results) {
    requireLoop(false);
    for (int i = 0; i < bodies.size(); i++) {
      bodies.get(i).addResults(results.get(i));
    }
    List<FunctionBody.Parameter> outputs = new ArrayList<>();
    for (int k = 0; k < results.get(0).size(); k++) {
      Output x = results.get(0).get(k);
      Shape s = x.shape();
      for (List<Output> r : results) {
        if (r.size() != results.get(0).size() || r.get(k).dtype() != x.dtype()) {
          throw new InternalException("the functions of " + op + " give different results");
        }
        s = s.relax(r.get(k).shape());
      }
      outputs.add(new FunctionBody.Parameter("", x.dtype(), s, commonHandle(results, k)));
    }
    int have = op.numOutputs();
    grow(List.of(), outputs, Map.of());
    takeCaptures();
    return op.outputs().subList(have, op.numOutputs());
  }

  private static HandleData commonHandle(List<List<Output>> results, int k) {
    HandleData h = results.get(0).get(k).handleData();
    for (List<Output> r : results) {
      HandleData other = r.get(k).handleData();
      if (h == null || other == null || h.dtype() != other.dtype()) {
        return null;
      }
      h = new HandleData(h.dtype(), h.shape().relax(other.shape()));
    }
    return h;
  }

  /**
   * Adds variables to a loop. What the functions have captured since becomes loop variables too,
   * after these.
   *
   * @param initial their values before the loop
   * @param shapes shapes that they fit all the time
   * @param next gives their next values in the body, from these
   * @return the new outputs: their values after the loop
   */
  public List<Output> addLoopVariables(
      List<Output> initial, List<Shape> shapes, Function<List<Output>, List<Output>> next) {
    requireLoop(true);
    takeCaptures();
    List<FunctionBody.Parameter> variables = new ArrayList<>();
    for (int i = 0; i < initial.size(); i++) {
      Output x = initial.get(i);
      variables.add(
          new FunctionBody.Parameter(x.op().name(), x.dtype(), shapes.get(i), x.handleData()));
    }
    FunctionBody body = bodies.get(1);
    bodies.get(0).appendParameters(variables);
    List<Output> inside = body.appendParameters(variables);
    List<Output> results = inside; // if next fails the loop still runs, as if nothing had happened
    try (Scope s = body.reopen()) {
      results = next.apply(inside);
    } finally {
      body.addResults(results);
      int have = op.numOutputs();
      grow(initial, variables, Map.of());
      takeCaptures();
      initial = op.outputs().subList(have, have + variables.size());
    }
    return initial;
  }

  /**
   * Makes arguments of what the functions have captured since the last call; of a loop, loop
   * variables that keep their values.
   */
  public void takeCaptures() {
    int have = op.inputs().size() - first;
    Set<Output> outers = new LinkedHashSet<>();
    bodies.forEach(b -> outers.addAll(b.graph().captures().outersFrom(have)));
    if (outers.isEmpty()) {
      return;
    }
    List<Output> more = List.copyOf(outers);
    bodies.forEach(b -> b.graph().captures().order(have, more));
    List<FunctionBody.Parameter> kept = new ArrayList<>();
    if (FunctionCall.isLoop(op)) {
      List<Output> parameters = bodies.get(1).parameters();
      bodies.get(1).addResults(parameters.subList(have, parameters.size()));
      more.forEach(x -> kept.add(FunctionBody.Parameter.like("", x)));
    }
    grow(more, kept, Map.of());
  }

  private void requireLoop(boolean loop) {
    if (FunctionCall.isLoop(op) != loop) {
      throw new InternalException(op + (loop ? " is no loop" : " is a loop"));
    }
  }

  /** The attributes that name the functions. */
  private Map<String, AttrValue> called() {
    Map<String, AttrValue> r = new java.util.TreeMap<>();
    int at = 0;
    for (String attr : FunctionCall.attrsInOrder(op)) {
      if (op.attrs().get(attr) instanceof AttrValue.ListAttr l) {
        int n = l.items().size();
        r.put(
            attr,
            new AttrValue.ListAttr(
                bodies.subList(at, at + n).stream().<AttrValue>map(FunctionBody::toAttr).toList()));
        at += n;
      } else {
        r.put(attr, bodies.get(at++).toAttr());
      }
    }
    return r;
  }

  private void grow(
      List<Output> inputs, List<FunctionBody.Parameter> outputs, Map<String, AttrValue> changed) {
    Attrs a = op.attrs();
    for (Map.Entry<String, AttrValue> e : changed.entrySet()) {
      a = a.with(e.getKey(), e.getValue());
    }
    List<DataType> in = new ArrayList<>();
    op.inputs().subList(first, op.inputs().size()).forEach(x -> in.add(x.dtype()));
    inputs.forEach(x -> in.add(x.dtype()));
    List<DataType> out = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    op.outputs().forEach(x -> out.add(x.dtype()));
    op.outputs().forEach(x -> shapes.add(x.shape()));
    outputs.forEach(x -> out.add(x.dtype()));
    outputs.forEach(x -> shapes.add(x.shape()));
    if (FunctionCall.isLoop(op)) {
      a = a.with("T", AttrValue.ofTypes(in));
    } else {
      a = a.with("Tin", AttrValue.ofTypes(in)).with("Tout", AttrValue.ofTypes(out));
    }
    if (op.def().attrs().containsKey("output_shapes")) {
      a = a.with("output_shapes", AttrValue.ofShapes(shapes));
    }
    op.grow(inputs, outputs, a);
  }
}
