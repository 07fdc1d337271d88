package dev.millrace.session.plan;

import dev.millrace.graph.InternalException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Holding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plan graph made ready to run: its stages in order, and the numbers of the carriers that pass
 * values between them. Parameters have the first carriers, then come constants that are no part of
 * a segment. Serves any number of runs at once.
 */
final class Block {
  private final List<Stage> stages = new ArrayList<>();
  private final Map<Edge, Integer> numbers = new HashMap<>();
  private final List<TensorValue> constants = new ArrayList<>();
  private final BlockContext shared;
  private final int parameters;
  private final boolean[] fixed;
  private final int[] fetches;
  private final int[] counted; // carriers whose values count who holds them
  private final int[][] after; // by stage those it comes after; null where none may have to wait
  private final boolean[] mayWait; // by stage
  private int carriers;

  /**
   * @param graph sorted, and cut into segments, as are the bodies of its nodes
   * @param fixed by parameter whether its value stays the same within an epoch of a run
   */
  Block(PlanGraph graph, boolean[] fixed, BlockContext shared) {
    this.shared = shared;
    this.parameters = fixed.length;
    this.fixed = fixed;
    this.carriers = parameters;
    Map<Integer, List<PlanNode>> structured = new HashMap<>();
    for (PlanNode n : graph.nodes()) {
      if (n.isFeed()) {
        numbers.put(new Edge(n, 0), n.feedNumber());
      } else if (n.isStage()) {
        structured.computeIfAbsent(n.segment(), k -> new ArrayList<>()).add(n);
        n.inputs().forEach(this::addConstant);
      }
    }
    graph.fetches().forEach(this::addConstant);
    Map<PlanNode, Integer> stageOf = new HashMap<>();
    List<PlanNode> waiting = new ArrayList<>();
    for (Segment s : Segment.of(graph)) {
      if (!s.nodes().isEmpty()) {
        s.nodes().forEach(n -> stageOf.put(n, stages.size()));
        add(s);
      }
      for (PlanNode n : structured.getOrDefault(s.index(), List.of())) {
        stageOf.put(n, stages.size());
        if (n.mayWait()) {
          waiting.add(n);
        }
        add(n);
      }
    }
    mayWait = new boolean[stages.size()];
    waiting.forEach(n -> mayWait[stageOf.get(n)] = true);
    after = waiting.isEmpty() ? null : order(graph, stageOf);
    fetches = graph.fetches().stream().mapToInt(this::number).toArray();
    counted =
        numbers.entrySet().stream()
            .filter(e -> Holding.mayCount(e.getKey().dtype()) && isOwn(e.getValue()))
            .mapToInt(Map.Entry::getValue)
            .sorted()
            .toArray();
    if (after == null) {
      findLastReads();
    }
  }

  /** The stages that each comes after. */
  private int[][] order(PlanGraph graph, Map<PlanNode, Integer> stageOf) {
    List<Set<Integer>> before = new ArrayList<>();
    stages.forEach(s -> before.add(new HashSet<>()));
    for (PlanNode n : graph.nodes()) {
      Integer own = stageOf.get(n);
      if (own == null) {
        continue;
      }
      Set<PlanNode> needed = new HashSet<>(n.controlInputs());
      needed.addAll(n.orderInputs());
      n.inputs().forEach(e -> needed.add(e.node()));
      for (PlanNode d : needed) {
        Integer stage = stageOf.get(d);
        if (stage != null && !stage.equals(own)) {
          before.get(own).add(stage);
        }
      }
    }
    return before.stream().map(s -> s.stream().mapToInt(i -> i).toArray()).toArray(int[][]::new);
  }

  /** Whether some stage may have to wait for what others do. */
  boolean mayWait() {
    return after != null;
  }

  /** Whether the carrier's value belongs to one run of the block. */
  private boolean isOwn(int carrier) {
    return carrier < parameters ? !fixed[carrier] : carrier >= parameters + constants.size();
  }

  private void findLastReads() {
    Set<Integer> later = new HashSet<>();
    for (int f : fetches) {
      later.add(f);
    }
    for (int i = stages.size() - 1; i >= 0; i--) {
      int[] reads = stages.get(i).reads();
      stages
          .get(i)
          .setLastReads(
              Arrays.stream(counted)
                  .filter(c -> !later.contains(c) && Arrays.stream(reads).anyMatch(r -> r == c))
                  .toArray());
      for (int r : reads) {
        later.add(r);
      }
    }
  }

  private void addConstant(Edge e) {
    if (e.node().isConstant() && !numbers.containsKey(e)) {
      newNumber(e);
      constants.add(e.node().value());
    }
  }

  private void add(Segment s) {
    int[] in = s.inputs().stream().mapToInt(this::number).toArray();
    List<Integer> varying = new ArrayList<>();
    for (int i = 0; i < in.length; i++) {
      // Instances let go of what counts its holders after every run.
      boolean counts = Holding.mayCount(s.inputs().get(i).dtype());
      if (in[i] >= parameters || !fixed[in[i]] || counts) {
        varying.add(i);
      }
    }
    int[] out = s.outputs().stream().mapToInt(this::newNumber).toArray();
    int[] changing = varying.stream().mapToInt(i -> i).toArray();
    stages.add(new SegmentStage(new ProgramCache(s, shared), in, changing, out));
  }

  private void add(PlanNode n) {
    int[] in = n.inputs().stream().mapToInt(this::number).toArray();
    int[] out = new int[n.numOutputs()];
    for (int i = 0; i < out.length; i++) {
      out[i] = newNumber(new Edge(n, i));
    }
    if (!n.isStructured()) {
      stages.add(new WaitStage(n, in, out));
      return;
    }
    stages.add(
        n.kind() == PlanNode.Kind.LOOP
            ? new LoopStage(n, in, out, shared)
            : new BranchStage(n, in, out, shared));
  }

  private int newNumber(Edge e) {
    numbers.put(e, carriers);
    return carriers++;
  }

  private int number(Edge e) {
    Integer n = numbers.get(e);
    if (n == null) {
      throw new InternalException("nothing gives " + e);
    }
    return n;
  }

  /**
   * Writes what the stages execute.
   *
   * @param given by parameter the shape of its value, or null
   * @return the shapes of the fetches, null where only the run tells them
   */
  Shape[] describe(PlanText to, Shape[] given) {
    Shape[] shapes = Arrays.copyOf(given, carriers);
    for (int i = 0; i < constants.size(); i++) {
      shapes[parameters + i] = constants.get(i).shape();
    }
    stages.forEach(s -> s.describe(to, shapes));
    return Arrays.stream(fetches).mapToObj(f -> shapes[f]).toArray(Shape[]::new);
  }

  int parameters() {
    return parameters;
  }

  /** What a new run needs. */
  BlockRun newRun(RunContext context) {
    Carrier[] c = new Carrier[carriers];
    for (int i = 0; i < c.length; i++) {
      c[i] = new Carrier();
    }
    for (int i = 0; i < constants.size(); i++) {
      TensorValue v = constants.get(i);
      if (v.dtype().isDense()) {
        c[parameters + i].setRegion(v.dtype(), v.shape(), shared.constants().find(v));
      } else {
        c[parameters + i].setValue(v);
      }
    }
    return new BlockRun(
        context, stages, c, parameters, constants.size(), fetches, counted, after, mayWait);
  }

  /** Frees the memory of runs that are over. */
  void clear() {
    stages.forEach(Stage::clear);
  }
}
