package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes products that a loop only adds up out of it: {@code sum += A^T B} in each iteration, as the
 * gradient of a weight is, becomes two lists of the rows of all {@code A} and {@code B}, and one
 * product of them after the loop. Only in loops that take saved values back, so that memory grows
 * with the number of iterations in any case.
 */
final class SumAfterLoops implements Pass {
  private static final Set<String> SUMS = Set.of("Add", "AddV2", "AddN");
  private static final Set<String> POPS = Set.of("TensorListPopBack", "StackPop", "StackPopV2");

  /** What a number takes that is kept: lists are too large for the caches. */
  private static final double COPY_NS = 0.5;

  private static final double PUSHES_NS = 2_000;

  /** What a number of the sum takes in each iteration beside the multiplications: as measured. */
  private static final double ADD_NS = 0.4;

  /** What a product and an addition take that compute next to nothing. */
  private static final double STEPS_NS = 8_000;

  /** What is taken for the rows of an iteration where the graph does not tell. */
  private static final long USUAL_ROWS = 64;

  @Override
  public void run(PlanGraph g) {
    for (PlanNode n : List.copyOf(g.nodes())) {
      n.bodies().forEach(b -> run(b.graph()));
      PlanNode loop = n;
      while (loop != null && loop.kind() == PlanNode.Kind.LOOP) {
        Sum s = find(loop);
        loop = s == null ? null : new Rewrite(g, loop, s).run();
      }
    }
  }

  /** A sum of products that a loop computes. */
  private record Sum(int variable, int fetch, PlanNode feed, PlanNode sum, Shape shape) {}

  private static Sum find(PlanNode loop) {
    Body body = loop.bodies().get(1);
    if (body.graph().nodes().stream().noneMatch(n -> n.isOp() && POPS.contains(n.type()))) {
      return null;
    }
    Map<PlanNode, Integer> uses = uses(body.graph());
    for (int k = 0; k < body.results().size(); k++) {
      int v = body.results().get(k);
      PlanNode sum = body.graph().fetches().get(k).node();
      if (!sum.isPure()
          || !SUMS.contains(sum.type())
          || uses.get(sum) > 1
          || loop.bodies().get(0).arguments().contains(v)) {
        continue;
      }
      PlanNode feed = null;
      Shape shape = shape(loop.inputs().get(v), sum);
      boolean fits = shape.isFullyDefined() && shape.rank() == 2;
      for (Edge e : sum.inputs()) {
        PlanNode n = e.node();
        if (feed == null && n.isFeed() && body.arguments().get(n.feedNumber()) == v) {
          feed = n;
        } else {
          fits &= fits && isProduct(n, shape);
        }
        fits &= uses.get(n) == 1;
      }
      if (fits && feed != null && sum.inputs().size() > 1) {
        return new Sum(v, k, feed, sum, shape);
      }
    }
    return null;
  }

  /** What is known of a sum that begins with {@code initial}. */
  private static Shape shape(Edge initial, PlanNode sum) {
    Shape a = initial.node().staticShape(initial.index());
    Shape b = sum.staticShape(0);
    return a.isCompatibleWith(b) ? a.merge(b) : Shape.unknown();
  }

  /** How often nodes are used; what only waits for them is no use. */
  private static Map<PlanNode, Integer> uses(PlanGraph g) {
    Map<PlanNode, Integer> uses = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      n.inputs().forEach(e -> uses.merge(e.node(), 1, Integer::sum));
    }
    g.fetches().forEach(e -> uses.merge(e.node(), 1, Integer::sum));
    g.targets().forEach(t -> uses.merge(t, 1, Integer::sum));
    return uses;
  }

  /** A product whose operands are worth keeping. */
  private static boolean isProduct(PlanNode n, Shape s) {
    if (!n.isPure()
        || !n.type().equals("MatMul")
        || !n.attrs().getBool("transpose_a")
        || n.attrs().getBool("transpose_b")) {
      return false;
    }
    DataType t = n.outputTypes().get(0);
    if (t != DataType.FLOAT32 && t != DataType.FLOAT64) {
      return false;
    }
    long rows = USUAL_ROWS;
    for (Edge e : n.inputs()) {
      Shape of = e.node().staticShape(e.index());
      rows = of.rank() == 2 && of.dim(0) >= 0 ? of.dim(0) : rows;
    }
    return COPY_NS * rows * (s.dim(0) + s.dim(1)) + PUSHES_NS
        <= ADD_NS * s.numElements() + STEPS_NS;
  }

  /** One sum of one loop. */
  private static final class Rewrite {
    private final PlanGraph graph;
    private final PlanNode loop;
    private final Body body;
    private final Sum found;
    private final List<Output> lists = new ArrayList<>(); // in the order of the operands
    private final List<Edge> empty = new ArrayList<>();
    private final List<Operation> joins = new ArrayList<>();

    Rewrite(PlanGraph graph, PlanNode loop, Sum found) {
      this.graph = graph;
      this.loop = loop;
      this.body = loop.bodies().get(1);
      this.found = found;
    }

    /** Gives the loop that takes the place of the other. */
    PlanNode run() {
      List<PlanNode> products = new ArrayList<>();
      for (Edge e : found.sum.inputs()) {
        if (e.node() != found.feed) {
          products.add(e.node());
        }
      }
      List<Edge> pushed = new ArrayList<>();
      for (PlanNode p : products) {
        for (Edge operand : p.inputs()) {
          pushed.add(operand);
        }
      }
      Map<PlanNode, Set<PlanNode>> behind = behind(products);
      body.graph().nodes().forEach(n -> waitBehind(n, behind));
      int before = loop.numOutputs();
      int added = 2 * products.size() - 1;
      shiftInputs(before, added);
      for (int i = 0; i < pushed.size(); i++) {
        PlanNode p = products.get(i / 2);
        push(pushed.get(i), p, i % 2, i == 0 ? found.variable : before + i - 1);
      }
      body.compact();
      PlanNode now = newLoop(before);
      graph.substitute(Set.of(loop), now, outputs(now, before, products));
      return now;
    }

    /**
     * By node that goes what waiting for it comes down to, since it only computes: waiting for what
     * it waits for.
     */
    private Map<PlanNode, Set<PlanNode>> behind(List<PlanNode> products) {
      Map<PlanNode, Set<PlanNode>> behind = new HashMap<>();
      Set<PlanNode> all = new LinkedHashSet<>(found.sum.controlInputs());
      for (PlanNode p : products) {
        Set<PlanNode> waits = new LinkedHashSet<>(p.controlInputs());
        p.inputs().forEach(e -> waits.add(e.node()));
        behind.put(p, waits);
        all.addAll(waits);
      }
      all.removeAll(products);
      behind.put(found.sum, all);
      return behind;
    }

    private static void waitBehind(PlanNode n, Map<PlanNode, Set<PlanNode>> behind) {
      for (PlanNode c : List.copyOf(n.controlInputs())) {
        if (behind.containsKey(c)) {
          n.controlInputs().remove(c);
          n.controlInputs().addAll(behind.get(c));
        }
      }
      n.controlInputs().remove(n);
    }

    /** Makes room for variables behind the others. */
    private void shiftInputs(int before, int added) {
      for (Body b : loop.bodies()) {
        b.arguments().replaceAll(a -> a < before ? a : a + added);
      }
    }

    /** Has the body push an operand on a list, which is the variable of that number. */
    private void push(Edge operand, PlanNode product, int which, int variable) {
      Ops tf = Ops.of(new Graph());
      String name = product.name() + (which == 0 ? "/a" : "/b");
      DataType t = operand.dtype();
      Output shape = tf.constant(new int[] {-1, -1}).asOutput();
      Operation list =
          tf.op("EmptyTensorList", name + "_list")
              .input(shape)
              .input(tf.constant(-1))
              .attr("element_dtype", t)
              .build();
      Output item = tf.placeholder(t, -1, -1).asOutput();
      Operation push = tf.op("TensorListPushBack", name).input(list.output(0)).input(item).build();
      joins.add(
          tf.op("TensorListConcatV2", name + "_rows")
              .input(list.output(0))
              .input(shape)
              .input(tf.constant(TensorValue.of(new long[0])))
              .attr("element_dtype", t)
              .build());
      lists.add(list.output(0));
      empty.add(new Edge(add(graph, list, product.path()), 0));

      PlanGraph inside = body.graph();
      boolean isFirst = variable == found.variable;
      int feedNumber = isFirst ? found.feed.feedNumber() : body.arguments().size();
      PlanNode feed = PlanNode.feed(inside.nextId(), list.output(0), feedNumber);
      Edge pushed = new Edge(add(inside, push, product.path(), new Edge(feed, 0), operand), 0);
      pushed.node().controlInputs().addAll(product.controlInputs());
      pushed.node().controlInputs().addAll(found.sum.controlInputs());
      if (isFirst) {
        inside.nodes().remove(found.feed);
        inside.fetches().set(found.fetch, pushed);
      } else {
        body.arguments().add(variable);
        body.results().add(variable);
        inside.fetches().add(pushed);
      }
      inside.nodes().add(0, feed);
    }

    /** The operation as a node; inputs that are not given are the constants that it has. */
    private static PlanNode add(PlanGraph g, Operation op, String path, Edge... inputs) {
      PlanNode n = PlanNode.op(g.nextId(), op, path);
      for (int i = 0; i < op.inputs().size(); i++) {
        Operation from = op.input(i).op();
        n.inputs()
            .add(
                i < inputs.length
                    ? inputs[i]
                    : new Edge(g.addConstant(from, from.attrs().getTensor("value")), 0));
      }
      g.add(n);
      return n;
    }

    /** The rows of a list, of which there may be none: their length is told. */
    private PlanNode join(Operation op, PlanNode product, long columns, Edge list) {
      TensorValue none = TensorValue.of(new int[] {-1, (int) columns});
      PlanNode told = graph.addConstant(op.input(1).op(), none);
      PlanNode n = add(graph, op, product.path(), list, new Edge(told, 0));
      n.lower(Lowered.of("_JoinRows", op.type(), op.attrs(), op.outputs(), false));
      return n;
    }

    private PlanNode newLoop(int before) {
      List<Output> standsFor = new ArrayList<>();
      for (int v = 0; v < before; v++) {
        standsFor.add(v == found.variable ? lists.get(0) : loop.standsFor(v));
      }
      standsFor.addAll(lists.subList(1, lists.size()));
      PlanNode now = loop.withOutputs(standsFor, loop.bodies());
      List<Edge> inputs = new ArrayList<>(loop.inputs());
      inputs.set(found.variable, empty.get(0));
      inputs.addAll(before, empty.subList(1, empty.size()));
      now.inputs().addAll(inputs);
      return now;
    }

    /** What takes the place of the loop's results: for the sum it is computed here. */
    private Map<Edge, Edge> outputs(PlanNode now, int before, List<PlanNode> products) {
      Map<Edge, Edge> becomes = new HashMap<>();
      for (int v = 0; v < before; v++) {
        becomes.put(new Edge(loop, v), new Edge(now, v));
      }
      Map<PlanNode, Edge> terms = new HashMap<>();
      terms.put(found.feed, loop.inputs().get(found.variable));
      for (int i = 0; i < products.size(); i++) {
        PlanNode p = products.get(i).copy(graph.nextId());
        for (int k = 0; k < 2; k++) {
          int list = 2 * i + k;
          Edge rows = new Edge(now, list == 0 ? found.variable : before + list - 1);
          p.inputs().add(new Edge(join(joins.get(list), p, found.shape.dim(k), rows), 0));
        }
        graph.add(p);
        terms.put(products.get(i), new Edge(p, 0));
      }
      PlanNode sum = found.sum.copy(graph.nextId());
      found.sum.inputs().forEach(e -> sum.inputs().add(terms.get(e.node())));
      graph.add(sum);
      becomes.put(new Edge(loop, found.variable), new Edge(sum, 0));
      return becomes;
    }
  }
}
