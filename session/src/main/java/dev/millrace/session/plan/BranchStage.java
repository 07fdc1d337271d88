package dev.millrace.session.plan;

import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.session.trace.RunTrace;
import dev.millrace.session.trace.StepInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A branch as a stage: runs one of its bodies. */
final class BranchStage implements Stage {
  private final PlanNode node;
  private final int[] inputs;
  private final int[] outputs;
  private final List<Block> sides = new ArrayList<>();
  private final StepInfo part;
  private int[] lastReads = {};

  /**
   * @param inputs by input of the node the carrier that gives it
   * @param outputs by output the carrier that takes it
   */
  BranchStage(PlanNode node, int[] inputs, int[] outputs, BlockContext shared) {
    this.node = node;
    this.part = StepInfos.part(node);
    this.inputs = inputs;
    this.outputs = outputs;
    for (Body b : node.bodies()) {
      sides.add(new Block(b.graph(), new boolean[b.arguments().size()], shared));
    }
  }

  private static final class Sides implements State {
    private final BlockRun[] runs;

    Sides(int n) {
      runs = new BlockRun[n];
    }

    @Override
    public void close() {
      for (BlockRun r : runs) {
        if (r != null) {
          r.close();
        }
      }
    }

    @Override
    public void release() {
      for (BlockRun r : runs) {
        if (r != null) {
          r.release();
        }
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
    return new Sides(sides.size());
  }

  @Override
  public void run(BlockRun run, State state) {
    int side;
    try {
      side = run.carrier(inputs[0]).side(node);
    } catch (MillraceException e) {
      throw e.at(node.origin());
    }
    BlockRun[] runs = ((Sides) state).runs;
    BlockRun r = runs[side];
    if (r == null) {
      r = sides.get(side).newRun(run.context());
      runs[side] = r;
    }
    Body body = node.bodies().get(side);
    for (int i = 0; i < body.arguments().size(); i++) {
      r.carrier(i).set(run.carrier(inputs[body.arguments().get(i)]));
    }
    for (int c : lastReads) {
      run.carrier(c).clear();
    }
    RunTrace trace = run.context().state().trace();
    long start = trace == null ? 0 : System.nanoTime();
    r.run();
    if (trace != null) {
      trace.span(part, start);
    }
    for (int out : outputs) {
      run.carrier(out).clear(); // without a value, unless this side gives one
    }
    for (int k = 0; k < r.fetchCount(); k++) {
      run.carrier(outputs[body.results().get(k)]).set(r.fetch(k));
    }
    r.letGo();
  }

  @Override
  public void describe(PlanText to, Shape[] shapes) {
    to.line("branch '" + node.pathName() + "' on " + node.inputs().get(0));
    Shape[][] results = new Shape[sides.size()][outputs.length];
    for (int k = 0; k < results.length; k++) {
      int side = k;
      Body body = node.bodies().get(k);
      Shape[] given = body.arguments().stream().map(a -> shapes[inputs[a]]).toArray(Shape[]::new);
      to.line(node.choosesByNumber() ? "side " + k + ":" : k == 0 ? "if false:" : "if true:");
      to.indented(
          () -> {
            Shape[] f = sides.get(side).describe(to, given);
            for (int i = 0; i < f.length; i++) {
              results[side][body.results().get(i)] = f[i];
            }
          });
    }
    for (int i = 0; i < outputs.length; i++) {
      int out = i;
      boolean same = Arrays.stream(results).allMatch(r -> Objects.equals(r[out], results[0][out]));
      shapes[outputs[i]] = same ? results[0][i] : null;
    }
  }

  @Override
  public void clear() {
    sides.forEach(Block::clear);
  }
}
