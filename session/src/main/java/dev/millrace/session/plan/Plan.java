package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.collections.SlabPool;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.state.RunState;
import dev.millrace.session.trace.RunTrace;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A compiled run: a block of segments, branches and loops. Immutable but for its caches; any number
 * of threads may run it.
 */
public final class Plan implements ExecutablePlan {
  private static final int MAX_IDLE_RUNS = 8;

  private final PlanResources resources;
  private final Block block;
  private final List<Edge> fetches;
  private final int feeds;
  private final ArrayDeque<BlockRun> idle = new ArrayDeque<>();

  Plan(PlanGraph g, int feeds, PlanResources resources, boolean fuse) {
    this.resources = resources;
    this.feeds = feeds;
    this.fetches = List.copyOf(g.fetches());
    this.block =
        new Block(
            g,
            new boolean[feeds],
            new BlockContext(new ConstantStore(g), fuse, resources.counters()));
    resources.counters().countPlan();
  }

  @Override
  public boolean mayWait() {
    return block.mayWait();
  }

  @Override
  public void run(List<? extends Feed> values, FetchSink sink, RunControl control, RunTrace trace) {
    BlockRun r = take();
    try {
      r.context().state().begin(control, trace);
      for (int i = 0; i < feeds; i++) {
        r.carrier(i).setFeed(values.get(i));
      }
      r.run();
      for (int k = 0; k < fetches.size(); k++) {
        if (!r.fetch(k).isPresent()) {
          throw FrameRun.dead(fetches.get(k));
        }
        r.fetch(k).fetch(k, sink);
      }
    } finally {
      giveBack(r);
    }
  }

  @Override
  public String describe(List<Shape> shapes) {
    PlanText to = new PlanText();
    block.describe(to, shapes.toArray(new Shape[0]));
    return to.toString();
  }

  private BlockRun take() {
    synchronized (idle) {
      BlockRun r = idle.poll();
      if (r != null) {
        return r;
      }
    }
    return block.newRun(new RunContext(resources, new RunState(), new SlabPool()));
  }

  private void giveBack(BlockRun r) {
    r.release();
    r.context().endRun();
    synchronized (idle) {
      if (idle.size() < MAX_IDLE_RUNS) {
        idle.push(r);
        return;
      }
    }
    close(r);
  }

  private static void close(BlockRun r) {
    r.close();
    r.context().slabs().close();
  }

  @Override
  public void close() {
    block.clear();
    synchronized (idle) {
      idle.forEach(Plan::close);
      idle.clear();
    }
  }
}
