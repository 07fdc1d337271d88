package dev.millrace.session.plan;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes variables by reference (TensorFlow's first kind, {@code VariableV2}) into what resource
 * variables are in a plan, so that one implementation serves both.
 *
 * <ul>
 *   <li>The variable becomes the handle of a variable.
 *   <li>What changes a variable becomes its twin on resources ({@code Assign} an {@code
 *       AssignVariableOp}, and so on), without an output: who used the reference that it gave on
 *       uses the handle, and comes after it.
 *   <li>Whoever takes a reference as a value gets a read of its own. In TensorFlow the value is
 *       looked at when its user begins, so the read comes after all else that the user waits for,
 *       and has the user's place in the order of creation.
 * </ul>
 */
final class LowerReferences implements Pass {
  private PlanGraph graph;

  /** Which edges are references to variables, as the user's graph has them. */
  private final Map<Edge, Boolean> references = new HashMap<>();

  private final Set<Operation> resized = new HashSet<>();

  /** By variable a handle that tells what is known of it, in a graph that nothing runs. */
  private final Map<Operation, Output> handles = new HashMap<>();

  private final Graph handleGraph = new Graph();

  @Override
  public void run(PlanGraph g) {
    List<PlanNode> nodes = List.copyOf(g.nodes());
    List<PlanNode> found =
        nodes.stream()
            .filter(n -> n.isOp() && (isVariable(n) || ReferenceTypes.twin(n.type()) != null))
            .toList();
    if (found.isEmpty()) {
      return;
    }
    graph = g;
    resized.addAll(ReferenceTypes.resized(found.get(0).origin().graph()));
    for (PlanNode n : nodes) {
      n.inputs().forEach(this::isReference);
    }
    g.fetches().forEach(this::isReference);
    for (PlanNode n : nodes) {
      rewire(n);
    }
    for (int k = 0; k < g.fetches().size(); k++) {
      Edge e = g.fetches().get(k);
      if (isReference(e)) {
        // What is fetched is the value as it is where the reference is made.
        PlanNode r = read(e, e.node());
        g.fetches().set(k, new Edge(r, 0));
      }
    }
    for (PlanNode n : nodes) {
      if (n.isOp()) {
        lower(n);
      }
    }
    openShapes();
  }

  // ---- references

  private static boolean isVariable(PlanNode n) {
    return ReferenceTypes.isVariable(n.origin().type());
  }

  private boolean isReference(Edge e) {
    Boolean known = references.get(e);
    if (known == null) {
      references.put(e, false); // in a loop, until the other way in tells
      known = findReference(e);
      references.put(e, known);
    }
    return known;
  }

  private boolean findReference(Edge e) {
    PlanNode n = e.node();
    if (!n.isOp() || !n.origin().output(e.index()).isRef()) {
      return false;
    }
    return isVariable(n)
        || (ReferenceTypes.givesOn(n.type()) && n.inputs().stream().anyMatch(this::isReference));
  }

  /** The handle that a reference becomes; what must have run before it is used is added. */
  private static Edge handle(Edge reference, Set<PlanNode> waits) {
    Edge e = reference;
    while (ReferenceTypes.twin(e.node().origin().type()) != null) {
      waits.add(e.node());
      e = e.node().inputs().get(0);
    }
    return e;
  }

  // ---- users of references

  private void rewire(PlanNode n) {
    boolean[] byReference = byReference(n);
    List<Edge> inputs = List.copyOf(n.inputs());
    Map<Edge, PlanNode> reads = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Edge e = inputs.get(i);
      if (byReference[i] && e.node().isFeed()) {
        throw new InvalidArgumentException(
                "input " + i + " must be a reference to a variable, but is fed")
            .at(n.origin());
      }
      if (!isReference(e)) {
        continue;
      }
      if (byReference[i]) {
        n.inputs().set(i, handle(e, n.controlInputs()));
      } else {
        PlanNode r = reads.get(e);
        if (r == null) {
          r = read(e, n);
          r.controlInputs().addAll(n.controlInputs());
          waitForOthers(r, n, inputs);
          reads.put(e, r);
        }
        n.inputs().set(i, new Edge(r, 0));
      }
    }
  }

  /** The read comes when its user could begin. A merge begins with any of its inputs. */
  private void waitForOthers(PlanNode read, PlanNode user, List<Edge> inputs) {
    if (user.type().equals("Merge")) {
      return;
    }
    for (Edge e : inputs) {
      if (!isReference(e) && e.node().isOp()) {
        read.controlInputs().add(e.node());
      }
    }
  }

  private static boolean[] byReference(PlanNode n) {
    boolean[] r = new boolean[n.inputs().size()];
    if (n.isOp()) {
      int at = 0;
      for (OpDef.ArgDef a : n.origin().def().inputs()) {
        int count = a.types(n.origin().attrs()).size();
        for (int i = 0; i < count; i++) {
          r[at++] = a.isRef();
        }
      }
    }
    return r;
  }

  private PlanNode read(Edge reference, PlanNode user) {
    Output out = reference.node().origin().output(reference.index());
    Attrs attrs = Attrs.of(Map.of("dtype", AttrValue.of(out.dtype())));
    PlanNode r =
        PlanNode.lowered(
            user, Lowered.of("ReadVariableOp", "ReadVariableOp", attrs, List.of(out), false));
    r.inputs().add(handle(reference, r.controlInputs()));
    if (resized.contains(ReferenceTypes.variable(reference.node().origin()))) {
      r.openShapes();
    }
    graph.add(r);
    return r;
  }

  // ---- what nodes become

  private void lower(PlanNode n) {
    Operation op = n.origin();
    String twin = ReferenceTypes.twin(op.type());
    if (isVariable(n)) {
      lowerVariable(n);
    } else if (twin != null) {
      boolean looks = VariableAccess.READS.contains(twin);
      // What gives a temporary variable's last value is a read that ends it.
      String like = twin.equals("DestroyTemporaryVariable") ? "ReadVariableOp" : twin;
      List<Output> values = op.outputs().stream().filter(o -> !o.isRef()).toList();
      n.lower(Lowered.of(twin, like, twinAttrs(op), values, !looks));
      if (!looks) {
        graph.targets().add(n);
      }
    } else if (ReferenceTypes.givesOn(op.type()) && isReference(new Edge(n, 0))) {
      lowerPassedOn(n);
    }
  }

  private void lowerVariable(PlanNode n) {
    Operation op = n.origin();
    Map<String, AttrValue> attrs = new HashMap<>(op.attrs().asMap());
    attrs.put("shape", AttrValue.of(shape(op)));
    String type = op.type().equals("TemporaryVariable") ? op.type() : "VarHandleOp";
    n.lower(Lowered.of(type, "VarHandleOp", Attrs.of(attrs), List.of(handleOf(op)), false));
  }

  private Shape shape(Operation variable) {
    return resized.contains(variable) ? Shape.unknown() : variable.attrs().getShape("shape");
  }

  /** A handle that tells dtype and shape of a variable by reference. */
  private Output handleOf(Operation variable) {
    return handles.computeIfAbsent(
        variable,
        v ->
            handleGraph
                .opBuilder("VarHandleOp", v.name())
                .attr("dtype", v.attrs().getType("dtype"))
                .attr("shape", shape(v))
                .build()
                .output(0));
  }

  /** The twin calls the dtype {@code dtype} or {@code T}, the op itself only one of them. */
  private static Attrs twinAttrs(Operation op) {
    Map<String, AttrValue> attrs = new HashMap<>(op.attrs().asMap());
    if (attrs.containsKey("T")) {
      attrs.putIfAbsent("dtype", attrs.get("T"));
    }
    return Attrs.of(attrs);
  }

  /** What gives a reference on gives a handle on; {@code Identity} is known to do nothing else. */
  private void lowerPassedOn(PlanNode n) {
    Operation op = n.origin();
    Output handle = handleOf(ReferenceTypes.variable(op));
    String type = op.type().equals("RefIdentity") ? "Identity" : op.type();
    List<Output> outputs = op.outputs().stream().map(o -> o.isRef() ? handle : o).toList();
    n.lower(Lowered.of(type, op.type(), op.attrs(), outputs, false));
  }

  /** Where a variable may get another shape, what the graph says of shapes behind it is void. */
  private void openShapes() {
    if (resized.isEmpty()) {
      return;
    }
    graph.sort();
    Set<PlanNode> open = new LinkedHashSet<>();
    for (PlanNode n : graph.nodes()) {
      if (n.hasOpenShapes() || n.inputs().stream().anyMatch(e -> open.contains(e.node()))) {
        open.add(n);
        n.openShapes();
      }
    }
  }
}
