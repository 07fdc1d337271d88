package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.Variable;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * A specialised segment bound to an arena of its own: steps that run one after another. One run at
 * a time.
 */
final class SegmentInstance implements AutoCloseable {
  private final SegmentProgram program;
  private final PlanResources resources;
  private final Scratch scratch;
  private final NativeMemory arena;
  private final NativeMemory[] inputMemory; // of inputs that are copied in
  private final Region[] inputRegions;
  private final Region[] regions; // by slot
  private final TensorValue[] cells; // by slot
  private final Step[] steps;
  private final PlanNode[] stepNodes;
  private RunState run;

  SegmentInstance(SegmentProgram program, PlanResources resources) {
    this.program = program;
    this.resources = resources;
    this.scratch = new Scratch(resources.pool().threads());
    this.arena = NativeMemory.allocate(program.arenaBytes());
    this.inputMemory = new NativeMemory[program.inputs().size()];
    this.inputRegions = new Region[program.inputs().size()];
    this.regions = new Region[program.slots().size()];
    this.cells = new TensorValue[program.slots().size()];
    for (Slot s : program.slots()) {
      place(s);
    }
    List<Step> bound = new ArrayList<>();
    List<PlanNode> nodes = new ArrayList<>();
    for (SpecNode n : program.nodes()) {
      Step step = bind(n);
      if (step != null) {
        bound.add(step);
        nodes.add(n.node());
        if (resources.checkNumbers()) {
          addNumberChecks(n, bound, nodes);
        }
      }
    }
    this.steps = bound.toArray(new Step[0]);
    this.stepNodes = nodes.toArray(new PlanNode[0]);
  }

  private void place(Slot s) {
    switch (s.kind()) {
      case ARENA -> regions[s.id()] = arena.region(s.offset(), s.bytes());
      case CONSTANT -> {
        regions[s.id()] = program.constant(s);
        cells[s.id()] = s.constant();
      }
      case INPUT -> regions[s.id()] = new Region();
      case VARIABLE -> regions[s.id()] = variable(s).region();
      case VIEW -> regions[s.id()] = regions[s.root().id()];
      case HANDLE ->
          cells[s.id()] =
              TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {variable(s)});
      case CELL -> {}
    }
  }

  private Variable variable(Slot s) {
    return VariableHandles.variable(s.handleNode(), resources.state());
  }

  private Step bind(SpecNode n) {
    try {
      return switch (n.action()) {
        case NONE -> null;
        case READ_VIEW -> readView(variable(n.inputs()[0]));
        case READ_COPY -> readCopy(variable(n.inputs()[0]), regions[n.outputs()[0].id()]);
        case FAST -> n.kernel().bind(new BoundNode(n, this, resources));
        case REFERENCE -> new ReferenceStep(n, this, resources.state());
      };
    } catch (MillraceException e) {
      throw e.at(n.node().origin());
    }
  }

  private static Step readView(Variable v) {
    return () -> {
      if (!v.isInitialized()) {
        throw v.uninitialized();
      }
    };
  }

  private static Step readCopy(Variable v, Region to) {
    Region from = v.region();
    return () -> {
      v.lock().lock();
      try {
        if (!v.isInitialized()) {
          throw v.uninitialized();
        }
        to.copyFrom(from);
      } finally {
        v.lock().unlock();
      }
    };
  }

  private void addNumberChecks(SpecNode n, List<Step> bound, List<PlanNode> nodes) {
    for (Slot s : n.outputs()) {
      if (s.hasMemory() && s.dtype().isFloating()) {
        bound.add(new NumberCheck(s.dtype(), s.shape(), regions[s.id()]));
        nodes.add(n.node());
      }
    }
  }

  /** What the run that this serves now keeps. */
  RunState runState() {
    return run;
  }

  /** Tells which run this serves from now on. */
  void begin(RunState r) {
    run = r;
  }

  Region region(Slot s) {
    return regions[s.id()];
  }

  Scratch scratch() {
    return scratch;
  }

  /** The value of a slot on the heap, copied if it lies elsewhere. */
  TensorValue value(Slot s) {
    return cells[s.id()] != null
        ? cells[s.id()]
        : HeapCopies.load(s.dtype(), s.shape(), regions[s.id()]);
  }

  void setCell(Slot s, TensorValue v) {
    cells[s.id()] = v;
  }

  /**
   * Gives input {@code k} its value for the next run: where it lies if it lies in memory, else
   * copied.
   */
  void bindInput(int k, Carrier c) {
    Slot s = program.inputs().get(k);
    if (s.kind() == Slot.Kind.CELL) {
      cells[s.id()] = c.toValue();
      return;
    }
    Region r = regions[s.id()];
    if (c.region() != null) {
      r.bind(c.region());
      return;
    }
    if (inputMemory[k] == null) {
      inputMemory[k] = NativeMemory.allocate(s.bytes());
      inputRegions[k] = inputMemory[k].region(0, s.bytes());
    }
    c.copyTo(inputRegions[k]);
    r.bind(inputRegions[k]);
  }

  /** Where output {@code k} is after a run. */
  void readOutput(int k, Carrier to) {
    Slot s = program.outputs().get(k);
    if (cells[s.id()] != null) {
      to.setValue(cells[s.id()]);
    } else {
      to.setRegion(s.dtype(), s.shape(), regions[s.id()]);
    }
  }

  /** Runs every step. */
  void runSteps() {
    int i = 0;
    try {
      for (; i < steps.length; i++) {
        steps[i].run();
      }
    } catch (MillraceException e) {
      throw e.at(stepNodes[i].origin());
    } catch (RuntimeException e) {
      throw new InternalException("the kernel failed: " + e, e).at(stepNodes[i].origin());
    } finally {
      // Steps use raw addresses, which do not keep the memory alive; the instance's regions hold
      // its owners.
      Reference.reachabilityFence(arena);
      Reference.reachabilityFence(this);
    }
  }

  SegmentProgram program() {
    return program;
  }

  /** Frees the arena. */
  @Override
  public void close() {
    arena.close();
    for (NativeMemory m : inputMemory) {
      if (m != null) {
        m.close();
      }
    }
  }
}
