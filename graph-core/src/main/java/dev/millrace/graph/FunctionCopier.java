package dev.millrace.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies a function's body for one operation that calls it, so that it can change for that one. */
final class FunctionCopier {
  private final FunctionBody from;
  private final FunctionBody to;
  private final Map<Operation, Operation> copies = new HashMap<>();

  private FunctionCopier(FunctionBody from, FunctionBody to) {
    this.from = from;
    this.to = to;
  }

  /** A copy, in the library under a name of its own, that captures what {@code caller} gives. */
  static FunctionBody copy(FunctionBody body, Operation caller) {
    Graph around = caller.graph();
    String name = around.functions().freeName(body.name());
    FunctionBody to = new FunctionBody(name, new Graph(around, name));
    new FunctionCopier(body, to).run(caller);
    around.functions().add(to);
    return to;
  }

  private void run(Operation caller) {
    copyParameters(caller);
    List<Operation> left = new ArrayList<>(from.graph().operations());
    left.removeAll(copies.keySet());
    while (!left.isEmpty()) {
      int before = left.size();
      left.removeIf(this::copyIfReady);
      if (left.size() == before) {
        throw new InternalException("the nodes of " + from + " wait for each other: " + left);
      }
    }
    for (Operation op : from.graph().operations()) {
      for (int i = 0; i < op.inputs().size(); i++) {
        if (isBackEdge(op, i)) {
          copies.get(op).setInput(i, of(op.input(i)));
        }
      }
    }
    to.addResults(from.results().stream().map(this::of).toList());
    to.setReturnedControl(from.returnedControl().stream().map(copies::get).toList());
  }

  private void copyParameters(Operation caller) {
    List<Output> parameters = from.parameters();
    List<Output> captured = from.captures().stream().map(FunctionBody.Capture::parameter).toList();
    int first = FunctionCall.firstArgument(caller);
    for (int i = 0; i < parameters.size(); i++) {
      Output p = parameters.get(i);
      Output copy =
          to.graph().captures().addParameter(FunctionBody.Parameter.like(p.op().name(), p), true);
      copy.op().describe(0, p.handleData(), p.knownInts());
      copies.put(p.op(), copy.op());
      if (captured.contains(p)) {
        to.graph().captures().bind(caller.input(first + i), copy);
      }
    }
  }

  private static boolean isBackEdge(Operation op, int i) {
    Output in = op.input(i);
    return in != null && op.type().endsWith("Merge") && in.op().type().endsWith("NextIteration");
  }

  private Output of(Output x) {
    return copies.get(x.op()).output(x.index());
  }

  private boolean copyIfReady(Operation op) {
    if (!copies.keySet().containsAll(op.controlInputs())) {
      return false;
    }
    OpBuilder b =
        new OpBuilder(to.graph(), op.def(), op.name()).imported(op.device(), op.creationSite());
    for (int i = 0; i < op.inputs().size(); i++) {
      if (isBackEdge(op, i)) {
        b.pendingInput();
      } else if (copies.containsKey(op.input(i).op())) {
        b.flatInput(of(op.input(i)));
      } else {
        return false;
      }
    }
    op.controlInputs().forEach(c -> b.controlInput(copies.get(c)));
    op.attrs().asMap().forEach(b::attr);
    Operation copy = b.build();
    if (op.isOpaque()) {
      copy.growOpaqueOutputs(op.numOutputs());
    }
    for (int i = 0; i < op.numOutputs(); i++) {
      copy.refineShape(i, op.outputShape(i));
      copy.describe(i, op.handleData(i), op.knownInts(i));
    }
    copies.put(op, copy);
    return true;
  }
}
