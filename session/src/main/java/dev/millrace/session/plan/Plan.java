package dev.millrace.session.plan;

import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.state.RunState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A compiled run: segments, each with its programs by shape. Immutable but for its caches; any
 * number of threads may run it.
 */
public final class Plan implements ExecutablePlan {
  private static final int MAX_IDLE_FRAMES = 8;

  private final PlanResources resources;
  private final List<Segment> segments;
  private final ProgramCache[] programs;
  private final int feeds;
  private final int[][] inputCarriers; // by segment and input
  private final int[][] outputCarriers; // by segment and output
  private final int[] fetchCarriers;
  private final List<PlanNode> constants; // those that are fetched
  private final int[] constantCarriers;
  private final int carriers;
  private final ArrayDeque<Frame> idle = new ArrayDeque<>();

  /** What one run needs beside the instances: reused from run to run. */
  private static final class Frame {
    private final Carrier[] carriers;
    private final Carrier[][] inputs; // by segment
    private final SegmentInstance[] instances;
    private final RunState run = new RunState();

    Frame(Plan p) {
      carriers = new Carrier[p.carriers];
      for (int i = 0; i < carriers.length; i++) {
        carriers[i] = new Carrier();
      }
      inputs = new Carrier[p.segments.size()][];
      for (int s = 0; s < inputs.length; s++) {
        inputs[s] = new Carrier[p.inputCarriers[s].length];
        for (int i = 0; i < inputs[s].length; i++) {
          inputs[s][i] = carriers[p.inputCarriers[s][i]];
        }
      }
      instances = new SegmentInstance[p.segments.size()];
    }
  }

  Plan(PlanGraph g, Signature signature, PlanResources resources, boolean fuse) {
    this.resources = resources;
    this.segments = Segment.of(g);
    this.feeds = signature.feeds().size();
    this.programs = new ProgramCache[segments.size()];
    ConstantStore store = new ConstantStore(g);
    Map<Edge, Integer> numbers = new HashMap<>();
    int next = feeds; // feeds have the first numbers
    List<PlanNode> fetchedConstants = new ArrayList<>();
    for (PlanNode n : g.nodes()) {
      if (n.isFeed()) {
        numbers.put(new Edge(n, 0), n.feedNumber());
      }
    }
    for (Edge f : g.fetches()) {
      if (f.node().isFeed()) {
        numbers.put(f, f.node().feedNumber());
      } else if (f.node().isConstant() && !numbers.containsKey(f)) {
        numbers.put(f, next++);
        fetchedConstants.add(f.node());
      }
    }
    inputCarriers = new int[segments.size()][];
    outputCarriers = new int[segments.size()][];
    for (Segment s : segments) {
      programs[s.index()] = new ProgramCache(s, store, fuse);
      inputCarriers[s.index()] = s.inputs().stream().mapToInt(numbers::get).toArray();
      int[] out = new int[s.outputs().size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = next;
        numbers.put(s.outputs().get(i), next++);
      }
      outputCarriers[s.index()] = out;
    }
    carriers = next;
    constants = fetchedConstants;
    fetchCarriers = g.fetches().stream().mapToInt(numbers::get).toArray();
    constantCarriers =
        fetchedConstants.stream().mapToInt(n -> numbers.get(new Edge(n, 0))).toArray();
  }

  @Override
  public void run(List<? extends Feed> values, FetchSink sink) {
    Frame f = takeFrame();
    try {
      for (int i = 0; i < feeds; i++) {
        f.carriers[i].setFeed(values.get(i));
      }
      for (int i = 0; i < constantCarriers.length; i++) {
        f.carriers[constantCarriers[i]].setValue(constants.get(i).value());
      }
      for (int s = 0; s < programs.length; s++) {
        run(f, s);
      }
      for (int k = 0; k < fetchCarriers.length; k++) {
        f.carriers[fetchCarriers[k]].fetch(k, sink);
      }
    } finally {
      giveBack(f);
    }
  }

  private void run(Frame f, int s) {
    Carrier[] inputs = f.inputs[s];
    SegmentInstance instance = programs[s].get(inputs).acquire(resources);
    f.instances[s] = instance;
    instance.begin(f.run);
    for (int i = 0; i < inputs.length; i++) {
      instance.bindInput(i, inputs[i]);
    }
    instance.runSteps();
    int[] out = outputCarriers[s];
    for (int i = 0; i < out.length; i++) {
      instance.readOutput(i, f.carriers[out[i]]);
    }
  }

  private Frame takeFrame() {
    synchronized (idle) {
      Frame f = idle.poll();
      if (f != null) {
        return f;
      }
    }
    return new Frame(this);
  }

  private void giveBack(Frame f) {
    for (int s = 0; s < f.instances.length; s++) {
      SegmentInstance i = f.instances[s];
      if (i != null) {
        i.program().release(i);
        f.instances[s] = null;
      }
    }
    for (Carrier c : f.carriers) {
      c.clear();
    }
    f.run.clear();
    synchronized (idle) {
      if (idle.size() < MAX_IDLE_FRAMES) {
        idle.push(f);
      }
    }
  }

  @Override
  public void close() {
    for (ProgramCache p : programs) {
      p.clear();
    }
  }
}
