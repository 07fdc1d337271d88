package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.CellKernel;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.FusedGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Specialises a segment for concrete input shapes: infers every shape, folds what follows from
 * shapes and constants, drops what nothing needs any more, and chooses for each node left how it is
 * executed.
 */
final class Specializer {
  /** Larger folded results are computed by the run instead. */
  private static final long MAX_FOLDED_BYTES = 256 << 10;

  /** Nodes whose results may stay where their lists or stacks have them. */
  private static final Set<String> LENDERS =
      Set.of("TensorListGetItem", "TensorListPopBack", "TensorListStack", "StackPop", "StackPopV2");

  private final Segment segment;
  private final boolean fuse;
  private final Map<Edge, Shape> shapes = new HashMap<>();
  private final Map<Edge, TensorValue> known = new HashMap<>();
  private final Map<Edge, Slot> slots = new HashMap<>();
  private final List<Slot> allSlots = new ArrayList<>();
  private final PassedOn passedOn = new PassedOn(shapes, known);
  private final Map<Edge, List<PlanNode>> uses = new HashMap<>(); // by nodes that are executed

  private Specializer(Segment segment, boolean fuse) {
    this.segment = segment;
    this.fuse = fuse;
  }

  /**
   * The segment as a program for these shapes.
   *
   * @param inputShapes the shapes of the segment's inputs
   * @param fuse whether element-wise nodes are grouped into programs
   * @throws MillraceException if the shapes do not fit some node; it names the node
   */
  static SegmentProgram specialize(
      Segment segment, List<Shape> inputShapes, ConstantStore constants, boolean fuse) {
    Specializer s = new Specializer(segment, fuse);
    for (int i = 0; i < inputShapes.size(); i++) {
      s.shapes.put(segment.inputs().get(i), inputShapes.get(i));
    }
    s.inferAndFold();
    return s.program(inputShapes, constants);
  }

  private void inferAndFold() {
    for (PlanNode n : segment.nodes()) {
      for (Edge e : n.inputs()) {
        if (e.node().isConstant()) {
          known.put(e, e.node().value());
          shapes.put(e, e.node().value().shape());
        } else if (VariableHandles.isHandle(e.node())) {
          shapes.put(e, Shape.scalar());
        }
      }
      try {
        Shape[] out = ConcreteShapes.infer(n, shapes, known);
        TensorValue[] values = fold(n, out);
        for (int i = 0; i < out.length; i++) {
          Edge e = new Edge(n, i);
          shapes.put(e, out[i]);
          if (values != null) {
            known.put(e, values[i]);
            shapes.put(e, values[i].shape());
          }
        }
        passedOn.visit(n);
      } catch (MillraceException e) {
        throw e.at(n.origin());
      } catch (RuntimeException e) {
        throw new InternalException("the shape function failed: " + e, e).at(n.origin());
      }
    }
  }

  private TensorValue[] fold(PlanNode n, Shape[] out) {
    if (!n.isPure() || !n.controlInputs().isEmpty()) {
      return null;
    }
    if (n.type().equals("Const")) {
      return new TensorValue[] {n.attrs().getTensor("value")};
    }
    TensorValue[] ofShape = foldShapeOp(n, out);
    if (ofShape != null) {
      return ofShape;
    }
    TensorValue[] inputs = new TensorValue[n.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = known.get(n.inputs().get(i));
      if (inputs[i] == null) {
        return null;
      }
    }
    long bytes = 0;
    for (int i = 0; i < out.length; i++) {
      bytes += out[i] == null ? 0 : out[i].numElements() * n.outputTypes().get(i).size();
    }
    return inputs.length == 0 || bytes > MAX_FOLDED_BYTES
        ? null
        : FoldConstants.compute(n, inputs, MAX_FOLDED_BYTES);
  }

  private TensorValue[] foldShapeOp(PlanNode n, Shape[] out) {
    TensorValue[] values = new TensorValue[out.length];
    for (int i = 0; i < out.length; i++) {
      Shape s = i < n.inputs().size() ? shapes.get(n.inputs().get(i)) : null;
      if (s == null) {
        return null;
      }
      DataType t = n.outputTypes().get(i);
      values[i] =
          switch (n.type()) {
            case "Shape", "ShapeN" -> TensorValue.of(s.dims(), t);
            case "Size" -> TensorValue.of(s.numElements(), t);
            case "Rank" -> TensorValue.of(s.rank(), t);
            default -> null;
          };
      if (values[i] == null) {
        return null;
      }
    }
    return values;
  }

  // ---- liveness and slots

  private SegmentProgram program(List<Shape> inputShapes, ConstantStore constants) {
    Set<PlanNode> live = live();
    for (Edge e : segment.inputs()) {
      addSlot(e, inputSlot(e));
    }
    List<SpecNode> nodes = new ArrayList<>();
    for (PlanNode n : live) {
      for (Edge e : passedOn.inputs(n)) {
        uses.computeIfAbsent(e, k -> new ArrayList<>()).add(n);
      }
    }
    List<PlanNode> executed = segment.nodes().stream().filter(live::contains).toList();
    if (fuse) {
      for (FuseElementwise.Group g :
          FuseElementwise.group(executed, this::shaped, passedOn::inputs)) {
        nodes.add(g.members().size() == 1 ? specNode(g.members().get(0)) : fusedNode(g));
      }
    } else {
      executed.forEach(n -> nodes.add(specNode(n)));
    }
    List<Slot> outputs = new ArrayList<>();
    for (Edge e : segment.outputs()) {
      outputs.add(slot(passedOn.resolve(e)));
    }
    List<SpecNode> steps = fuse ? joined(nodes, outputs) : nodes;
    findUses(steps, outputs);
    List<Slot> inputs = segment.inputs().stream().map(slots::get).toList();
    long arenaBytes = MemoryPlanner.plan(steps, outputs);
    return new SegmentProgram(
        segment,
        List.copyOf(inputShapes),
        steps,
        List.copyOf(allSlots),
        inputs,
        outputs,
        arenaBytes,
        constants);
  }

  private List<SpecNode> joined(List<SpecNode> nodes, List<Slot> outputs) {
    Set<Slot> fed = fedSlots();
    List<SpecNode> summed = JoinProducts.join(nodes, outputs, allSlots, fed::contains);
    List<SpecNode> plain = TransposeOnce.apply(summed, allSlots);
    return AbsorbProducers.absorb(plain, outputs, fed::contains);
  }

  /** The slots of inputs that are fed: no variable's memory. */
  private Set<Slot> fedSlots() {
    Set<Slot> fed = new HashSet<>();
    for (Edge e : segment.inputs()) {
      if (e.node().isFeed()) {
        fed.add(slots.get(e));
      }
    }
    return fed;
  }

  private static void findUses(List<SpecNode> nodes, List<Slot> outputs) {
    Set<Slot> later = new HashSet<>();
    outputs.forEach(o -> later.add(o.root()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      SpecNode n = nodes.get(i);
      boolean[] used = new boolean[n.outputs().length];
      for (int k = 0; k < used.length; k++) {
        used[k] = later.contains(n.outputs()[k].root());
      }
      boolean[] last = new boolean[n.inputs().length];
      for (int k = 0; k < last.length; k++) {
        last[k] = !later.contains(n.inputs()[k].root());
      }
      for (Slot s : n.inputs()) {
        later.add(s.root());
      }
      n.setUses(last, used);
    }
  }

  private Set<PlanNode> live() {
    Set<PlanNode> live = new HashSet<>(segment.targets());
    for (Edge e : segment.outputs()) {
      if (!known.containsKey(e)) {
        live.add(passedOn.resolve(e).node());
      }
    }
    List<PlanNode> reversed = new ArrayList<>(segment.nodes());
    Collections.reverse(reversed);
    for (PlanNode n : reversed) {
      if (live.contains(n)) {
        for (Edge e : passedOn.inputs(n)) {
          if (!known.containsKey(e)) {
            live.add(e.node());
          }
        }
        for (PlanNode c : n.controlInputs()) {
          if (!isFolded(c)) {
            live.add(c);
          }
        }
      }
    }
    return live;
  }

  /**
   * Whether all that the node gives is known, so that nothing has to wait for it: as of the shape
   * of a variable, which comes before the variable's next change.
   */
  private boolean isFolded(PlanNode n) {
    for (int i = 0; i < n.numOutputs(); i++) {
      if (!known.containsKey(new Edge(n, i))) {
        return false;
      }
    }
    return n.numOutputs() > 0 && n.isPure() && n.controlInputs().isEmpty();
  }

  private Slot addSlot(Edge e, Slot s) {
    allSlots.add(s);
    slots.put(e, s);
    return s;
  }

  private Slot inputSlot(Edge e) {
    Shape s = shapes.get(e);
    return Slot.of(
        allSlots.size(), e.dtype().isDense() ? Slot.Kind.INPUT : Slot.Kind.CELL, e.dtype(), s);
  }

  /** The slot of a value that is there already, or a new one for a constant or handle. */
  private Slot slot(Edge e) {
    Slot s = slots.get(e);
    if (s != null) {
      return s;
    }
    TensorValue v = known.get(e);
    if (v != null) {
      return addSlot(e, Slot.constant(allSlots.size(), v));
    }
    if (VariableHandles.isHandle(e.node())) {
      return addSlot(e, Slot.handle(allSlots.size(), e.node()));
    }
    throw new InternalException("no slot for " + e);
  }

  private SpecNode specNode(PlanNode n) {
    List<Edge> inputs = passedOn.inputs(n);
    Slot[] in = new Slot[inputs.size()];
    for (int i = 0; i < in.length; i++) {
      in[i] = slot(inputs.get(i));
    }
    Slot[] out = new Slot[n.numOutputs()];
    SpecNode.Action action = special(n, in);
    for (int i = 0; i < out.length; i++) {
      Edge e = new Edge(n, i);
      out[i] = addSlot(e, outputSlot(n, e, in, action));
    }
    SpecNode s = new SpecNode(n, in, out);
    if (action != null) {
      s.setAction(action);
    } else if (s.isDense()) {
      FastKernel k = FastKernels.find(s);
      if (k != null) {
        s.setKernel(k);
      }
    } else {
      CellKernel k = FastKernels.findCell(s);
      if (k != null) {
        s.setKernel(k);
      }
    }
    return s;
  }

  private ShapedNode shaped(PlanNode n) {
    return new ShapedNode(n, shapes, known);
  }

  /** A group as one node: what its members get from outside, and give outside. */
  private SpecNode fusedNode(FuseElementwise.Group group) {
    List<PlanNode> nodes = group.members();
    List<Slot> in = new ArrayList<>();
    List<Slot> out = new ArrayList<>();
    List<FusedGroup.Member> members = new ArrayList<>();
    for (PlanNode n : nodes) {
      Cluster.Candidate c = group.candidates().get(n);
      List<Edge> inputs = passedOn.inputs(n);
      List<FusedGroup.From> sources = new ArrayList<>();
      for (Edge e : inputs.subList(c.role().first(), c.role().end(c.node()))) {
        int member = nodes.indexOf(e.node());
        if (member >= 0) {
          sources.add(new FusedGroup.From(member, e.index()));
          continue;
        }
        Slot s = slot(e);
        if (!in.contains(s)) {
          in.add(s);
        }
        sources.add(new FusedGroup.From(-1, in.indexOf(s)));
      }
      List<Integer> outputs = new ArrayList<>();
      for (int i = 0; i < n.numOutputs(); i++) {
        Edge e = new Edge(n, i);
        boolean stored = isUsedOutside(e, nodes);
        outputs.add(stored ? out.size() : -1);
        if (stored) {
          out.add(addSlot(e, Slot.of(allSlots.size(), Slot.Kind.ARENA, e.dtype(), shapes.get(e))));
        }
      }
      members.add(new FusedGroup.Member(c.node(), c.kernel(), c.role(), sources, outputs));
    }
    FusedGroup fused = new FusedGroup(group.shape(), group.axis(), members);
    return SpecNode.fused(
        nodes,
        in.toArray(new Slot[0]),
        out.toArray(new Slot[0]),
        members.get(0).kernel().fused(fused));
  }

  private boolean isUsedOutside(Edge e, List<PlanNode> group) {
    return segment.outputs().stream().anyMatch(o -> passedOn.resolve(o).equals(e))
        || uses.getOrDefault(e, List.of()).stream().anyMatch(n -> !group.contains(n));
  }

  /** How a node is executed that needs no kernel of its own; null for others. */
  private SpecNode.Action special(PlanNode n, Slot[] in) {
    if (n.type().equals("NoOp") || VariableHandles.isHandle(n)) {
      return SpecNode.Action.NONE;
    }
    if (n.type().equals("ReadVariableOp") && in[0].isFixedVariable()) {
      return n.copiesRead() ? SpecNode.Action.READ_COPY : SpecNode.Action.READ_VIEW;
    }
    // A shape or axis that is only claimed, since it is fed, is left to the kernel, which checks
    // it.
    boolean view =
        OrderVariableAccess.VIEWS.contains(n.type())
            && in[0].hasMemory()
            && shapes.get(new Edge(n, 0)) != null
            && n.inputs().stream().skip(1).allMatch(known::containsKey);
    return view ? SpecNode.Action.NONE : null;
  }

  private Slot outputSlot(PlanNode n, Edge e, Slot[] in, SpecNode.Action action) {
    int id = allSlots.size();
    Shape s = shapes.get(e);
    if (VariableHandles.isHandle(n)) {
      return Slot.handle(id, n);
    }
    if (action == SpecNode.Action.NONE) {
      return Slot.view(id, in[0], e.dtype(), s);
    }
    if (action == SpecNode.Action.READ_VIEW) {
      return Slot.variable(id, e.dtype(), s, in[0].handleNode());
    }
    if (!e.dtype().isDense() || s == null) {
      return Slot.of(id, Slot.Kind.CELL, e.dtype(), s);
    }
    boolean lent = LENDERS.contains(n.type());
    return Slot.of(id, lent ? Slot.Kind.LENT : Slot.Kind.ARENA, e.dtype(), s);
  }
}
