package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Transposes ahead of a loop what its products take transposed and is the same in each iteration,
 * as weights are in gradients: {@link TransposeOnce} tells why.
 */
final class HoistTransposes implements Pass {
  @Override
  public void run(PlanGraph g) {
    for (PlanNode n : List.copyOf(g.nodes())) {
      if (n.kind() == PlanNode.Kind.LOOP) {
        hoist(g, n);
      }
      n.bodies().forEach(b -> run(b.graph()));
    }
  }

  private static void hoist(PlanGraph g, PlanNode loop) {
    Body body = loop.bodies().get(1);
    Map<Integer, List<PlanNode>> byInput = new LinkedHashMap<>();
    for (PlanNode n : body.graph().nodes()) {
      if (takesTransposed(n)) {
        PlanNode from = ControlTypes.source(n.inputs().get(1)).node();
        int input = from.isFeed() ? body.arguments().get(from.feedNumber()) : -1;
        if (input >= loop.numOutputs() && input < loop.inputs().size()) {
          byInput.computeIfAbsent(input, i -> new ArrayList<>()).add(n);
        }
      }
    }
    byInput.forEach((input, products) -> hoist(g, loop, loop.inputs().get(input), products));
    if (!byInput.isEmpty()) {
      body.compact();
    }
  }

  private static boolean takesTransposed(PlanNode n) {
    if (!n.isOp() || !n.type().equals("MatMul") || !n.attrs().getBool("transpose_b")) {
      return false;
    }
    Shape rows = n.staticShape(0);
    boolean few = rows.rank() == 2 && rows.dim(0) >= 0 && rows.dim(0) < TransposeOnce.FEW_ROWS;
    return n.outputTypes().get(0) == DataType.FLOAT32 && !few;
  }

  private static void hoist(PlanGraph g, PlanNode loop, Edge matrix, List<PlanNode> products) {
    PlanNode first = products.get(0);
    Operation op = transpose(first, matrix);
    PlanNode transposed = PlanNode.op(g.nextId(), op, first.path());
    transposed.inputs().add(matrix);
    PlanNode order = g.addConstant(op.input(1).op(), TensorValue.of(new int[] {1, 0}));
    transposed.inputs().add(new Edge(order, 0));
    g.add(transposed);

    Edge plain = addInput(loop, new Edge(transposed, 0));
    for (PlanNode p : products) {
      p.inputs().set(1, plain);
      p.setAttr("transpose_b", AttrValue.of(false));
    }
  }

  /** The operation that the node is of, in a graph of its own. */
  private static Operation transpose(PlanNode product, Edge matrix) {
    Graph g = new Graph();
    Output in =
        g.opBuilder("Placeholder", "matrix")
            .attr("dtype", matrix.dtype())
            .attr("shape", matrix.node().staticShape(matrix.index()))
            .build()
            .output(0);
    Output order =
        g.opBuilder("Const", "order")
            .attr("value", TensorValue.of(new int[] {1, 0}))
            .attr("dtype", DataType.INT32)
            .build()
            .output(0);
    return g.opBuilder("Transpose", product.name() + "/transposed").input(in).input(order).build();
  }

  /** Gives the loop one more input that is the same in each iteration; what it is in the body. */
  private static Edge addInput(PlanNode loop, Edge value) {
    int input = loop.inputs().size();
    for (Body b : loop.bodies()) {
      b.arguments().replaceAll(a -> a < input ? a : a + 1); // what the condition gives comes after
    }
    loop.inputs().add(value);
    Body body = loop.bodies().get(1);
    PlanNode feed =
        PlanNode.feed(body.graph().nextId(), value.node().standsFor(0), body.arguments().size());
    body.graph().add(feed);
    body.arguments().add(input);
    return new Edge(feed, 0);
  }
}
