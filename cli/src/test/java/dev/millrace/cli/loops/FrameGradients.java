package dev.millrace.cli.loops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph with loops and choices of TensorFlow 1, imported as it is and differentiated: a weighted
 * sum of its float64 outputs, by its float64 inputs and variables.
 */
public final class FrameGradients {
  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 2e-6;

  private final GraphDef imported;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final List<Output> inputs;
  private final List<Output> variables = new ArrayList<>();
  private final List<Tensor> gradients = new ArrayList<>();
  private final Tensor loss;

  /** Differentiates the graph. */
  public FrameGradients(GraphDef def) {
    imported = def;
    graph.importGraphDef(def);
    inputs = numbered("in/");
    for (int i = 0; graph.findOperation("v" + i) != null; i++) {
      variables.add(graph.output("v" + i + ":0"));
    }
    Tensor sum = null;
    int k = 0;
    for (Output out : numbered("out/")) {
      if (out.dtype() == DataType.FLOAT64) {
        Tensor x = tf.tensor(out);
        Tensor part = x.mul(x.add(0.5 + k)).reduceSum();
        sum = sum == null ? part : sum.add(part);
        k++;
      }
    }
    loss = sum;
    List<Operand> xs = new ArrayList<>(differentiable());
    xs.addAll(variables);
    for (Gradient g : Gradients.builder(List.of(loss), xs).build()) {
      gradients.add(g.isConnected() ? g.dense() : null);
    }
  }

  /** Of a random graph. */
  public static FrameGradients ofRandomLoops(long seed) {
    return new FrameGradients(new RandomLoops(seed, true).graph().graphDef());
  }

  private List<Output> differentiable() {
    return inputs.stream().filter(x -> x.dtype() == DataType.FLOAT64).toList();
  }

  private List<Output> numbered(String prefix) {
    List<Output> all = new ArrayList<>();
    while (graph.findOperation(prefix + all.size()) != null) {
      all.add(graph.output(prefix + all.size() + ":0"));
    }
    return all;
  }

  /** The graph as it was imported. */
  public GraphDef imported() {
    return imported;
  }

  /** How many gradients there are. */
  public long connected() {
    return gradients.stream().filter(g -> g != null).count();
  }

  Graph graph() {
    return graph;
  }

  /** The graph with the gradients as its outputs. */
  public GraphDef withGradients() {
    GraphDef.Builder def = graph.toGraphDef().toBuilder();
    List<NodeDef> nodes = new ArrayList<>(def.getNodeList());
    // The loss is made of the graph's own outputs.
    List<Tensor> all = gradientTensors();
    def.clearNode();
    for (NodeDef n : nodes) {
      def.addNode(renamed(n));
    }
    for (int i = 0; i < all.size(); i++) {
      def.addNode(
          NodeDef.newBuilder()
              .setName("out/" + i)
              .setOp("Identity")
              .addInput(all.get(i).asOutput().name())
              .putAttr("T", LoopGraph.attr(DataType.FLOAT64)));
    }
    return def.build();
  }

  private static NodeDef renamed(NodeDef n) {
    NodeDef.Builder b = n.toBuilder().setName(renamed(n.getName()));
    for (int i = 0; i < n.getInputCount(); i++) {
      b.setInput(i, renamed(n.getInput(i)));
    }
    return b.build();
  }

  private static String renamed(String name) {
    boolean control = name.startsWith("^");
    String plain = control ? name.substring(1) : name;
    String r = plain.startsWith("out/") ? "result/" + plain.substring(4) : plain;
    return control ? "^" + r : r;
  }

  List<Tensor> gradientTensors() {
    return gradients.stream().filter(g -> g != null).toList();
  }

  private Runner fed(Session s, int changed, int element, double by) {
    Runner r = s.runner();
    for (int i = 0; i < inputs.size(); i++) {
      TensorValue v = graph.operation("feed/" + i).attrs().getTensor("value");
      if (i == changed) {
        v = moved(v, element, by);
      }
      r.feed(inputs.get(i), v);
    }
    return r;
  }

  private static TensorValue moved(TensorValue v, int element, double by) {
    double[] d = v.doubles().clone();
    d[element] += by;
    return TensorValue.wrap(v.dtype(), v.shape(), d);
  }

  /** The values of the gradients, in that order. */
  public List<TensorValue> values(SessionOptions o) {
    try (Session s = new Session(graph, o)) {
      init(s);
      List<Tensor> fetched = gradientTensors();
      var got = fed(s, -1, 0, 0).fetch(fetched);
      List<TensorValue> r = new ArrayList<>();
      for (int i = 0; i < fetched.size(); i++) {
        r.add(got.value(i));
      }
      return r;
    }
  }

  private void init(Session s) {
    if (graph.findOperation("init") != null) {
      s.run("init");
    }
  }

  /** In plans and by the interpreter, the gradients are what differences of the loss are. */
  public void check() {
    List<TensorValue> plan = values(SessionOptions.plan());
    List<TensorValue> reference = values(SessionOptions.reference());
    int at = 0;
    List<Output> xs = new ArrayList<>(differentiable());
    xs.addAll(variables);
    try (Session s = new Session(graph, SessionOptions.reference())) {
      init(s);
      for (int k = 0; k < xs.size(); k++) {
        int input = inputs.indexOf(xs.get(k));
        TensorValue x = initial(xs.get(k), input);
        boolean connected = gradients.get(k) != null;
        for (int e = 0; e < x.size(); e++) {
          double want = difference(s, xs.get(k), input, x, e);
          String what = "by '" + xs.get(k).name() + "', element " + e;
          if (connected) {
            close(what + " in plans", plan.get(at).getDouble(e), want);
            close(what + " by the interpreter", reference.get(at).getDouble(e), want);
          } else {
            close(what + ", disconnected", 0, want);
          }
        }
        if (connected) {
          assertThat(plan.get(at).shape()).isEqualTo(x.shape());
          at++;
        }
      }
    }
  }

  private TensorValue initial(Output x, int input) {
    return input >= 0
        ? graph.operation("feed/" + input).attrs().getTensor("value")
        : assignment(x).input(1).op().attrs().getTensor("value");
  }

  private double difference(Session s, Output x, int input, TensorValue value, int e) {
    if (input >= 0) {
      double up = fed(s, input, e, STEP).fetchValue(loss).getDouble(0);
      return (up - fed(s, input, e, -STEP).fetchValue(loss).getDouble(0)) / (2 * STEP);
    }
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      assign(s, x, moved(value, e, side == 0 ? STEP : -STEP));
      losses[side] = fed(s, -1, 0, 0).fetchValue(loss).getDouble(0);
    }
    assign(s, x, value);
    return (losses[0] - losses[1]) / (2 * STEP);
  }

  private static Operation assignment(Output handle) {
    return handle.op().consumers().stream()
        .filter(c -> c.type().startsWith("Assign"))
        .findFirst()
        .orElseThrow();
  }

  /** Sets a variable by feeding its initial value. */
  private static void assign(Session s, Output handle, TensorValue v) {
    Operation assign = assignment(handle);
    s.runner().feed(assign.input(1), v).target(assign).run();
  }

  private static void close(String what, double got, double want) {
    if (!(Math.abs(got - want) <= TOLERANCE * Math.max(1, Math.abs(want)))) {
      throw new AssertionError(what + ": " + got + ", not " + want);
    }
  }
}
