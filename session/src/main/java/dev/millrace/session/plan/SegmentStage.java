package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.PlanCounters;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.trace.RunTrace;
import dev.millrace.session.trace.StepInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A segment as a stage. */
final class SegmentStage implements Stage {
  /** Finding the program for the inputs' shapes, and taking the inputs in. */
  private static final StepInfo ENTRY = StepInfo.ofPlan("_Inputs", "inputs of a segment");

  private final ProgramCache programs;
  private final int[] inputs;
  private final int[] all;
  private final int[] varying;
  private final int[] outputs;
  private int[] lastReads = {};

  /**
   * @param inputs by input of the segment the carrier that gives it
   * @param varying the numbers of the inputs that may change within an epoch
   * @param outputs by output the carrier that takes it
   */
  SegmentStage(ProgramCache programs, int[] inputs, int[] varying, int[] outputs) {
    this.programs = programs;
    this.inputs = inputs;
    this.all = IntStream.range(0, inputs.length).toArray();
    this.varying = varying;
    this.outputs = outputs;
  }

  /** The instance that serves a run, and the carriers of its inputs. */
  private static final class Bound implements State {
    private final PlanCounters counters;
    private Carrier[] inputs;
    private SegmentInstance instance;
    private int epoch = -1;
    private NativeMemory arena = NativeMemory.allocate(0);
    private final List<NativeMemory> outgrown = new ArrayList<>(); // which values may still lie in

    Bound(PlanCounters counters) {
      this.counters = counters;
    }

    /** The arena, which all shapes share, made large enough. */
    NativeMemory arena(long bytes) {
      if (arena.size() < bytes) {
        outgrown.add(arena);
        arena = NativeMemory.allocate(Math.max(bytes, arena.size() + arena.size() / 4));
        counters.addArenaBytes(arena.size());
      }
      return arena;
    }

    private void free(NativeMemory m) {
      counters.addArenaBytes(-m.size());
      m.close();
    }

    @Override
    public void close() {
      free(arena);
      arena = NativeMemory.allocate(0);
    }

    @Override
    public void release() {
      leave();
      outgrown.forEach(this::free);
      outgrown.clear();
    }

    /** Leaves the instance, while the run goes on. */
    void leave() {
      if (instance != null) {
        instance.endRun();
        instance.program().release(instance);
        instance = null;
      }
    }
  }

  @Override
  public int[] reads() {
    return inputs.clone();
  }

  @Override
  public void setLastReads(int[] carriers) {
    lastReads = carriers;
  }

  @Override
  public State newState(RunContext context) {
    return new Bound(context.resources().counters());
  }

  @Override
  public void run(BlockRun run, State state) {
    Bound b = (Bound) state;
    RunTrace trace = run.context().state().trace();
    long start = trace == null ? 0 : System.nanoTime();
    if (b.inputs == null) {
      b.inputs = new Carrier[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        b.inputs[i] = run.carrier(inputs[i]);
      }
    }
    SegmentProgram program = programs.get(b.inputs);
    int[] changed = varying;
    if (b.instance == null || b.instance.program() != program) {
      b.leave();
      b.instance = program.acquire(run.context().resources());
      b.instance.begin(run.context(), b.arena(program.arenaBytes()));
      changed = all;
    } else if (b.epoch != run.epoch()) {
      changed = all;
    }
    b.epoch = run.epoch();
    for (int i : changed) {
      b.instance.bindInput(i, b.inputs[i]);
    }
    for (int c : lastReads) {
      run.carrier(c).clear();
    }
    if (trace != null) {
      trace.step(ENTRY, start, System.nanoTime());
    }
    b.instance.runSteps();
    for (int i = 0; i < outputs.length; i++) {
      b.instance.readOutput(i, run.carrier(outputs[i]));
    }
    b.instance.letGo();
  }

  /** A program for the shapes, if they are known; else the one that ran last. */
  @Override
  public void describe(PlanText to, Shape[] shapes) {
    List<Shape> in = new ArrayList<>();
    for (int i : inputs) {
      in.add(shapes[i]);
    }
    SegmentProgram p = in.contains(null) ? programs.latest() : programs.get(in);
    if (p == null) {
      to.unspecialized(programs.segment());
      return;
    }
    if (in.contains(null)) {
      to.line("shapes as they were in the last run:");
    }
    to.program(p);
    for (int i = 0; i < outputs.length; i++) {
      shapes[outputs[i]] = p.outputs().get(i).shape();
    }
  }

  @Override
  public void clear() {
    programs.clear();
  }
}
