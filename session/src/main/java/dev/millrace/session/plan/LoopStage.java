package dev.millrace.session.plan;

import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.session.collections.Holding;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.trace.RunTrace;
import dev.millrace.session.trace.StepInfo;
import java.util.Arrays;
import java.util.Objects;

/**
 * A loop as a stage. Two runs of the body take turns, so that an iteration reads the results of the
 * one before where they lie.
 */
final class LoopStage implements Stage {
  private final PlanNode node;
  private final int[] inputs;
  private final int[] outputs;
  private final int variables;
  private final Block condition;
  private final Block body;
  private final int[] conditionArguments;
  private final int[] bodyArguments;
  private final int[] bodyResults;

  /** By variable whether its values count who holds them. */
  private final boolean[] counts;

  /** By result of the body whether it may lie in the memory of one of its parameters. */
  private final boolean[] mayAlias;

  private final StepInfo part;
  private final StepInfo iteration;
  private int[] lastReads = {};

  /**
   * @param inputs by input of the node the carrier that gives it
   * @param outputs by output the carrier that takes it
   */
  LoopStage(PlanNode node, int[] inputs, int[] outputs, BlockContext shared) {
    this.node = node;
    this.part = StepInfos.part(node);
    this.iteration = StepInfo.ofPlan("_Iteration", "iteration of " + node.pathName());
    this.inputs = inputs;
    this.outputs = outputs;
    this.variables = outputs.length;
    Body c = node.bodies().get(0);
    Body b = node.bodies().get(1);
    condition = new Block(c.graph(), fixed(c), shared);
    body = new Block(b.graph(), fixed(b), shared);
    conditionArguments = c.arguments().stream().mapToInt(i -> i).toArray();
    bodyArguments = b.arguments().stream().mapToInt(i -> i).toArray();
    bodyResults = b.results().stream().mapToInt(i -> i).toArray();
    counts = new boolean[variables];
    for (int v = 0; v < variables; v++) {
      counts[v] = Holding.mayCount(node.outputTypes().get(v));
    }
    mayAlias = new boolean[bodyResults.length];
    for (int k = 0; k < mayAlias.length; k++) {
      mayAlias[k] = mayAlias(b.graph().fetches().get(k));
    }
  }

  private boolean[] fixed(Body b) {
    boolean[] f = new boolean[b.arguments().size()];
    for (int i = 0; i < f.length; i++) {
      f[i] = isFixed(b.arguments().get(i));
    }
    return f;
  }

  private boolean isFixed(int argument) {
    return argument >= variables && argument < inputs.length;
  }

  private boolean mayAlias(Edge e) {
    PlanNode n = e.node();
    if (n.isFeed()) {
      return !isFixed(bodyArguments[n.feedNumber()]);
    }
    return n.isStructured()
        || (n.isOp()
            && OrderVariableAccess.VIEWS.contains(n.type())
            && mayAlias(n.inputs().get(0)));
  }

  /** One run of the loop. */
  private final class Loop implements State {
    private final BlockRun head;
    private final BlockRun[] bodies = new BlockRun[2];
    private final Carrier[] now = new Carrier[variables];
    private final NativeMemory[][] copies = new NativeMemory[2][variables];

    Loop(RunContext context) {
      head = condition.newRun(context);
      for (int i = 0; i < bodies.length; i++) {
        bodies[i] = body.newRun(context);
      }
      for (int v = 0; v < variables; v++) {
        now[v] = new Carrier();
      }
    }

    void run(BlockRun outer) {
      for (int v = 0; v < variables; v++) {
        now[v].set(outer.carrier(inputs[v]));
      }
      begin(outer, head, conditionArguments);
      begin(outer, bodies[0], bodyArguments);
      begin(outer, bodies[1], bodyArguments);
      for (int c : lastReads) {
        outer.carrier(c).clear();
      }
      RunTrace trace = outer.context().state().trace();
      long start = trace == null ? 0 : System.nanoTime();
      long at = start;
      for (int turn = 0; goesOn(); turn ^= 1) {
        checkStopped(outer);
        iterate(bodies[turn], copies[turn]);
        if (trace != null) {
          at = trace.span(iteration, at);
        }
      }
      if (trace != null) {
        trace.span(part, start);
      }
      for (int v = 0; v < variables; v++) {
        outer.carrier(outputs[v]).set(now[v]);
      }
    }

    private void checkStopped(BlockRun outer) {
      try {
        outer.context().state().control().check();
      } catch (MillraceException e) {
        throw e.at(node.origin());
      }
    }

    /** Sets what stays the same. */
    private void begin(BlockRun outer, BlockRun inner, int[] arguments) {
      inner.renew();
      for (int i = 0; i < arguments.length; i++) {
        if (isFixed(arguments[i])) {
          inner.carrier(i).set(outer.carrier(inputs[arguments[i]]));
        }
      }
    }

    private boolean goesOn() {
      for (int i = 0; i < conditionArguments.length; i++) {
        if (conditionArguments[i] < variables) {
          head.carrier(i).set(now[conditionArguments[i]]);
        }
      }
      head.run();
      try {
        boolean on = head.fetch(0).isTrue();
        head.letGoOfParameters();
        return on;
      } catch (MillraceException e) {
        throw e.at(node.origin());
      }
    }

    private void iterate(BlockRun r, NativeMemory[] copies) {
      for (int i = 0; i < bodyArguments.length; i++) {
        int a = bodyArguments[i];
        if (a < variables) {
          r.carrier(i).set(now[a]);
          if (counts[a]) {
            now[a].clear();
          }
        } else if (a >= inputs.length) {
          r.carrier(i).set(head.fetch(1 + a - inputs.length));
        }
      }
      r.run();
      for (int k = 0; k < bodyResults.length; k++) {
        if (mayAlias[k]) {
          copyIfShared(r, r.fetch(k), copies, k);
        }
      }
      for (int k = 0; k < bodyResults.length; k++) {
        now[bodyResults[k]].set(r.fetch(k));
      }
      r.letGo();
    }

    /** Copies a result that lies in the memory of a variable, which the next iteration reuses. */
    private void copyIfShared(BlockRun r, Carrier result, NativeMemory[] copies, int k) {
      Region from = result.region();
      if (from == null || from.size() == 0 || !isShared(r, from)) {
        return;
      }
      if (copies[k] == null || copies[k].size() != from.size()) {
        copies[k] = NativeMemory.allocate(from.size());
      }
      Region to = copies[k].region(0, from.size());
      to.copyFrom(from);
      result.setRegion(result.dtype(), result.shape(), to);
    }

    private boolean isShared(BlockRun r, Region region) {
      for (int i = 0; i < bodyArguments.length; i++) {
        Region p = r.carrier(i).region();
        if (p != null && p.address() == region.address() && !isFixed(bodyArguments[i])) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      head.close();
      for (BlockRun b : bodies) {
        b.close();
      }
    }

    @Override
    public void release() {
      head.release();
      for (BlockRun b : bodies) {
        b.release();
      }
      for (Carrier c : now) {
        c.clear();
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
    return new Loop(context);
  }

  @Override
  public void run(BlockRun run, State state) {
    ((Loop) state).run(run);
  }

  /** The shapes are those of the first iteration, unless a later one has other ones. */
  @Override
  public void describe(PlanText to, Shape[] shapes) {
    Body c = node.bodies().get(0);
    Body b = node.bodies().get(1);
    Shape[] in = Arrays.stream(inputs).mapToObj(i -> shapes[i]).toArray(Shape[]::new);
    to.line("loop '" + node.pathName() + "' of " + variables + " variables, while:");
    Shape[][] head = new Shape[1][];
    to.indented(() -> head[0] = condition.describe(to, arguments(c, in, null)));
    to.line("do:");
    Shape[][] result = new Shape[1][];
    to.indented(() -> result[0] = body.describe(to, arguments(b, in, head[0])));
    Shape[] last = Arrays.copyOf(in, variables);
    for (int k = 0; k < bodyResults.length; k++) {
      int v = bodyResults[k];
      last[v] = Objects.equals(in[v], result[0][k]) ? in[v] : null;
    }
    for (int v = 0; v < variables; v++) {
      shapes[outputs[v]] = last[v];
    }
  }

  private static Shape[] arguments(Body body, Shape[] in, Shape[] head) {
    return body.arguments().stream()
        .map(a -> a < in.length ? in[a] : head[1 + a - in.length])
        .toArray(Shape[]::new);
  }

  @Override
  public void clear() {
    condition.clear();
    body.clear();
  }
}
