package dev.millrace.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The parameters of one function's body, and among them those that stand for tensors of the graphs
 * around it. Guarded by the body's graph.
 */
final class Captures {
  /** Larger constants are captured, not copied. */
  private static final int MOST_COPIED = KnownInts.MAX_SIZE;

  private final Graph body;
  private final String function;
  private final List<Output> parameters = new ArrayList<>();
  private final List<FunctionBody.Capture> captures = new ArrayList<>();
  private final Map<Output, Output> inside = new HashMap<>();
  private final Set<Operation> control = new LinkedHashSet<>();
  private final Map<Graph, UnaryOperator<Output>> lenders = new HashMap<>();
  private final Map<Output, Output> borrowed = new HashMap<>();

  Captures(Graph body, String function) {
    this.body = body;
    this.function = function;
  }

  String function() {
    return function;
  }

  List<Output> parameters() {
    synchronized (body) {
      return List.copyOf(parameters);
    }
  }

  List<FunctionBody.Capture> all() {
    synchronized (body) {
      return List.copyOf(captures);
    }
  }

  /** The operations of the graphs around that operations of the body were to wait for. */
  List<Operation> control() {
    synchronized (body) {
      return List.copyOf(control);
    }
  }

  /** Adds a parameter to the body: after those declared, or after all that there are. */
  Output addParameter(FunctionBody.Parameter p, boolean last) {
    Output x = placeholder(p.name(), p.dtype(), p.shape(), CreationSite.here());
    x.op().describe(0, p.handle(), null);
    synchronized (body) {
      parameters.add(last ? parameters.size() : declared(), x);
    }
    return x;
  }

  /** The number of parameters before those captured, as long as the function has not grown. */
  int declared() {
    synchronized (body) {
      return parameters.size() - captures.size();
    }
  }

  // ---- tensors

  /**
   * {@code x} as a tensor of {@code g}: itself, or what stands for it in a function's body.
   *
   * @throws InvalidArgumentException if it is neither of {@code g} nor of a graph around it
   */
  static Output in(Graph g, Output x) {
    if (x.graph() == g) {
      return x;
    }
    if (g.captures() == null) {
      throw foreign(x.op(), "'" + x.name() + "'");
    }
    return g.captures().find(x);
  }

  /**
   * Lets the body use tensors of {@code from}, a graph that is not around it.
   *
   * @param how gives, for one of them, a tensor of the body or of a graph around it that has the
   *     same value
   */
  void borrow(Graph from, UnaryOperator<Output> how) {
    synchronized (body) {
      lenders.put(from, how);
    }
  }

  private Output find(Output x) {
    synchronized (body) {
      UnaryOperator<Output> how = lenders.get(x.graph());
      if (how == null) {
        return capture(x);
      }
      Output known = borrowed.get(x);
      if (known == null) {
        known = in(body, how.apply(x));
        borrowed.put(x, known);
      }
      return known;
    }
  }

  private Output capture(Output x) {
    synchronized (body) {
      Output near = in(body.outer(), x);
      Output known = inside.get(near);
      if (known == null) {
        known = isCopied(near) ? copy(near.op()) : parameterFor(near);
        inside.put(near, known);
      }
      return known;
    }
  }

  /** The captured parameters that stand for tensors of which {@code which} holds. */
  List<Output> ofOrigins(Predicate<Output> which) {
    return all().stream()
        .filter(c -> which.test(origin(c.outer())))
        .map(FunctionBody.Capture::parameter)
        .toList();
  }

  /** The tensor that {@code x} stands for, through all levels. */
  private static Output origin(Output x) {
    if (x.graph().captures() == null) {
      return x;
    }
    for (FunctionBody.Capture c : x.graph().captures().all()) {
      if (c.parameter().equals(x)) {
        return origin(c.outer());
      }
    }
    return x;
  }

  /** Has {@code parameter} stand for {@code x}, a tensor of the graph right around. */
  void bind(Output x, Output parameter) {
    synchronized (body) {
      inside.put(x, parameter);
      captures.add(new FunctionBody.Capture(x, parameter));
    }
  }

  private Output parameterFor(Output x) {
    Output p = placeholder(x.op().name(), x.dtype(), x.shape(), x.op().creationSite());
    p.op().describe(0, x.handleData(), x.knownInts());
    parameters.add(p);
    captures.add(new FunctionBody.Capture(x, p));
    return p;
  }

  private Output placeholder(String name, DataType dtype, Shape shape, CreationSite site) {
    return node("Placeholder", name, site)
        .attr("dtype", dtype)
        .attr("shape", shape)
        .build()
        .output(0);
  }

  private OpBuilder node(String type, String name, CreationSite site) {
    return new OpBuilder(body, body.registry().get(type), body.freeName(name))
        .imported(DeviceSpec.NONE, site);
  }

  /**
   * A constant that has no gradient is repeated inside, where it can decide shapes; of others, one
   * may want the gradient.
   */
  private static boolean isCopied(Output x) {
    DataType t = x.dtype();
    return x.op().type().equals("Const")
        && (t.isInteger() || t == DataType.BOOL || t == DataType.STRING)
        && x.shape().isFullyDefined()
        && x.shape().numElements() <= MOST_COPIED;
  }

  private Output copy(Operation constant) {
    OpBuilder b = node("Const", constant.name(), constant.creationSite());
    b.attr("value", constant.attrs().get("value")).attr("dtype", constant.attrs().get("dtype"));
    return b.build().output(0);
  }

  /**
   * Brings the captured parameters from number {@code fixed} on into the order of {@code outers},
   * and adds those that are missing.
   *
   * @param outers tensors of the graph right around; all that these parameters stand for are among
   *     them
   */
  void order(int fixed, List<Output> outers) {
    synchronized (body) {
      Map<Output, Output> free = new HashMap<>();
      for (FunctionBody.Capture c : captures) {
        if (parameters.indexOf(c.parameter()) >= fixed) {
          free.put(c.outer(), c.parameter());
        }
      }
      if (!outers.containsAll(free.keySet()) || parameters.size() - fixed != free.size()) {
        throw new InternalException("'" + function + "' captures more than " + outers);
      }
      captures.removeIf(c -> free.containsValue(c.parameter()));
      parameters.subList(fixed, parameters.size()).clear();
      for (Output x : outers) {
        Output p = free.get(x);
        if (p == null) {
          p = placeholder(x.op().name(), x.dtype(), x.shape(), x.op().creationSite());
          p.op().describe(0, x.handleData(), x.knownInts());
          inside.putIfAbsent(x, p);
        }
        parameters.add(p);
        captures.add(new FunctionBody.Capture(x, p));
      }
    }
  }

  /** The tensors of the graph right around that the parameters from {@code fixed} on stand for. */
  List<Output> outersFrom(int fixed) {
    synchronized (body) {
      List<Output> r = new ArrayList<>();
      for (Output p : parameters.subList(fixed, parameters.size())) {
        captures.stream()
            .filter(c -> c.parameter().equals(p))
            .findFirst()
            .ifPresent(c -> r.add(c.outer()));
      }
      return r;
    }
  }

  // ---- control dependencies

  /**
   * Whether operations of {@code g} can wait for {@code op} themselves. If not, since {@code op} is
   * of a graph around, whatever calls the function will.
   *
   * @throws InvalidArgumentException if it is neither of {@code g} nor of a graph around it
   */
  static boolean controlOf(Graph g, Operation op) {
    if (op.graph() == g) {
      return true;
    }
    if (!g.isInside(op.graph())) {
      throw foreign(op, "'" + op.name() + "'");
    }
    Graph at = g;
    while (at.outer() != op.graph()) {
      at = at.outer();
    }
    synchronized (at) {
      at.captures().control.add(op);
    }
    return false;
  }

  /** The error of using {@code what}, of {@code op}, where it does not belong. */
  static InvalidArgumentException foreign(Operation op, String what) {
    Captures c = op.graph().captures();
    if (c == null) {
      return new InvalidArgumentException(what + " is of another graph");
    }
    return new InvalidArgumentException(
        what
            + " ("
            + op.type()
            + ") was made in the body of the function '"
            + c.function
            + "'"
            + (op.creationSite().isKnown() ? " at " + op.creationSite() : "")
            + " and exists only there; to use its value outside, let the body return it, and take"
            + " the result of the cond or loop");
  }
}
