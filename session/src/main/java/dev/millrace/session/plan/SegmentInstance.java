package dev.millrace.session.plan;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Holding;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;
import dev.millrace.session.trace.RunTrace;
import dev.millrace.session.trace.StepInfo;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A specialised segment bound to memory: steps that run one after another. Intermediate values lie
 * in the arena of the stage that this serves, which it shares with instances for other shapes. One
 * run at a time.
 */
final class SegmentInstance implements AutoCloseable {
  private final SegmentProgram program;
  private final PlanResources resources;
  private final Scratch scratch;
  private NativeMemory arena; // of the stage that this serves
  private final NativeMemory[] inputMemory; // of inputs that are copied in
  private final Region[] inputRegions;
  private final Region[] regions; // by slot
  private final TensorValue[] cells; // by slot
  private final Step[] steps;
  private final SpecNode[] stepNodes;
  private StepInfo[] stepInfos; // made when a run is traced
  private final FoundResult[] found; // by slot
  private final int[] counted; // slots whose values count who holds them
  private RunContext context;

  SegmentInstance(SegmentProgram program, PlanResources resources) {
    this.program = program;
    this.resources = resources;
    this.scratch = new Scratch(resources.pool().threads());
    this.inputMemory = new NativeMemory[program.inputs().size()];
    this.inputRegions = new Region[program.inputs().size()];
    this.regions = new Region[program.slots().size()];
    this.cells = new TensorValue[program.slots().size()];
    this.found = new FoundResult[program.slots().size()];
    for (Slot s : program.slots()) {
      place(s);
    }
    this.counted =
        program.slots().stream()
            .filter(s -> s.kind() == Slot.Kind.CELL && Holding.mayCount(s.dtype()))
            .mapToInt(Slot::id)
            .toArray();
    List<Step> bound = new ArrayList<>();
    List<SpecNode> nodes = new ArrayList<>();
    for (SpecNode n : program.nodes()) {
      Step step = bind(n);
      if (step != null) {
        bound.add(step);
        nodes.add(n);
        if (resources.checkNumbers()) {
          addNumberChecks(n, bound, nodes);
        }
      }
    }
    this.steps = bound.toArray(new Step[0]);
    this.stepNodes = nodes.toArray(new SpecNode[0]);
  }

  private void place(Slot s) {
    switch (s.kind()) {
      case CONSTANT -> {
        regions[s.id()] = program.constant(s);
        cells[s.id()] = s.constant();
      }
      case ARENA, INPUT, LENT -> regions[s.id()] = new Region();
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
        case CELL -> lettingGo(n, n.cellKernel().bind(new CellNode(n, this, resources)));
        case REFERENCE -> lettingGo(n, new ReferenceStep(n, this, resources.state()));
      };
    } catch (MillraceException e) {
      throw e.at(n.node().origin());
    }
  }

  /** A step after which the cells that nothing uses any more let go of their values. */
  private Step lettingGo(SpecNode n, Step step) {
    int[] dying =
        IntStream.range(0, n.inputs().length)
            .filter(i -> n.isLastUse(i) && isCounted(n.inputs()[i]))
            .map(i -> n.inputs()[i].id())
            .toArray();
    if (dying.length == 0) {
      return step;
    }
    return () -> {
      step.run();
      for (int s : dying) {
        setCell(s, null);
      }
    };
  }

  private static boolean isCounted(Slot s) {
    return s.kind() == Slot.Kind.CELL && Holding.mayCount(s.dtype());
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

  private void addNumberChecks(SpecNode n, List<Step> bound, List<SpecNode> nodes) {
    for (Slot s : n.outputs()) {
      if (s.hasMemory() && s.dtype().isFloating()) {
        bound.add(new NumberCheck(s.dtype(), s.shape(), regions[s.id()]));
        nodes.add(n);
      }
    }
  }

  /** What the run that this serves now has. */
  RunContext context() {
    return context;
  }

  /**
   * Tells which run this serves from now on.
   *
   * @param memory where intermediate values are to lie
   */
  void begin(RunContext c, NativeMemory memory) {
    context = c;
    if (memory == arena) {
      return;
    }
    arena = memory;
    for (Slot s : program.slots()) {
      if (s.isInArena()) {
        regions[s.id()].bind(memory.region(s.offset(), s.bytes()));
      }
    }
  }

  /** The place of a dense result whose shape is known only in the run. */
  FoundResult found(Slot s) {
    FoundResult f = found[s.id()];
    if (f == null) {
      f = new FoundResult();
      found[s.id()] = f;
    }
    cells[s.id()] = null;
    return f;
  }

  Region region(Slot s) {
    return regions[s.id()];
  }

  /** The place of a result of that shape that a kernel is about to give. */
  Region place(Slot s, Shape shape) {
    if (s.hasMemory() && s.kind() != Slot.Kind.LENT) {
      return regions[s.id()];
    }
    Region r = found(s).place(s.dtype(), shape);
    if (s.hasMemory()) {
      regions[s.id()].bind(r);
    }
    return r;
  }

  /** Gives a result that lies in a slab. */
  void lend(Slot s, Shape shape, Slab slab, long offset, long bytes) {
    Region r = found(s).lend(shape, slab, offset, bytes);
    if (s.hasMemory()) {
      regions[s.id()].bind(r);
    }
  }

  Scratch scratch() {
    return scratch;
  }

  /** The value of a slot on the heap, copied if it lies elsewhere. */
  TensorValue value(Slot s) {
    if (cells[s.id()] != null) {
      return cells[s.id()];
    }
    FoundResult f = found[s.id()];
    return f != null
        ? HeapCopies.load(s.dtype(), f.shape(), f.region())
        : HeapCopies.load(s.dtype(), s.shape(), regions[s.id()]);
  }

  void setCell(Slot s, TensorValue v) {
    setCell(s.id(), v);
  }

  private void setCell(int slot, TensorValue v) {
    Holding.retain(v); // before the release: they may be one
    Holding.release(cells[slot]);
    cells[slot] = v;
  }

  /** Lets go of the values that count who holds them, when the run has taken the outputs. */
  void letGo() {
    for (int slot : counted) {
      setCell(slot, null);
    }
  }

  /** Lets go of everything that belongs to the run, at its end. */
  void endRun() {
    letGo();
    for (FoundResult f : found) {
      if (f != null) {
        f.letGo();
      }
    }
  }

  /**
   * Gives input {@code k} its value for the next run: where it lies if it lies in memory, else
   * copied.
   */
  void bindInput(int k, Carrier c) {
    Slot s = program.inputs().get(k);
    if (s.kind() == Slot.Kind.CELL) {
      setCell(s.id(), c.toValue());
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
    FoundResult f = found[s.id()];
    if (s.kind() == Slot.Kind.CONSTANT && s.hasMemory()) {
      to.setRegion(s.dtype(), s.shape(), regions[s.id()]);
    } else if (cells[s.id()] != null) {
      to.setValue(cells[s.id()]);
    } else if (f != null) {
      to.setRegion(s.dtype(), f.shape(), f.region());
    } else {
      to.setRegion(s.dtype(), s.shape(), regions[s.id()]);
    }
  }

  /** Runs every step. */
  void runSteps() {
    int i = 0;
    RunTrace trace = context.state().trace();
    try {
      if (trace == null) {
        for (; i < steps.length; i++) {
          steps[i].run();
        }
      } else {
        StepInfo[] infos = stepInfos();
        long at = System.nanoTime();
        for (; i < steps.length; i++) {
          steps[i].run();
          at = trace.step(infos[i], at, System.nanoTime());
        }
      }
    } catch (MillraceException e) {
      throw e.at(stepNodes[i].node().origin());
    } catch (RuntimeException e) {
      throw new InternalException("the kernel failed: " + e, e).at(stepNodes[i].node().origin());
    } finally {
      // Steps use raw addresses, which do not keep the memory alive; the instance's regions hold
      // its owners.
      Reference.reachabilityFence(arena);
      Reference.reachabilityFence(this);
    }
  }

  private StepInfo[] stepInfos() {
    if (stepInfos == null) {
      stepInfos = new StepInfo[steps.length];
      for (int i = 0; i < steps.length; i++) {
        stepInfos[i] =
            steps[i] instanceof NumberCheck
                ? StepInfos.check(stepNodes[i])
                : StepInfos.of(stepNodes[i]);
      }
    }
    return stepInfos;
  }

  SegmentProgram program() {
    return program;
  }

  /** Frees the memory that is this instance's own. */
  @Override
  public void close() {
    for (FoundResult f : found) {
      if (f != null) {
        f.close();
      }
    }
    for (NativeMemory m : inputMemory) {
      if (m != null) {
        m.close();
      }
    }
  }
}
