package dev.millrace.session.plan;

import dev.millrace.session.kernel.AbsorbingKernel;
import dev.millrace.session.kernel.FastKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Lets nodes do what the only producer of one of their inputs does: an optimizer's step takes the
 * product that is its gradient tile by tile. The producer's work moves to the place of its
 * consumer; so what it reads must still be there, and be the same.
 */
final class AbsorbProducers {
  private final List<SpecNode> nodes;
  private final Predicate<Slot> staysTheSame;
  private final Map<Slot, Integer> producers = new HashMap<>(); // of roots, by position
  private final Map<Slot, Integer> uses = new HashMap<>(); // of roots

  private AbsorbProducers(List<SpecNode> nodes, List<Slot> outputs, Predicate<Slot> staysTheSame) {
    this.nodes = nodes;
    this.staysTheSame = staysTheSame;
    outputs.forEach(s -> uses.merge(s.root(), 1, Integer::sum));
    for (int i = 0; i < nodes.size(); i++) {
      for (Slot s : nodes.get(i).inputs()) {
        uses.merge(s.root(), 1, Integer::sum);
      }
      for (Slot s : nodes.get(i).outputs()) {
        producers.putIfAbsent(s.root(), i);
      }
    }
  }

  /**
   * The nodes, in their order, without those that others absorb.
   *
   * @param staysTheSame whether an input of the segment keeps its value while the segment runs
   */
  static List<SpecNode> absorb(
      List<SpecNode> nodes, List<Slot> outputs, Predicate<Slot> staysTheSame) {
    return new AbsorbProducers(nodes, outputs, staysTheSame).result();
  }

  private List<SpecNode> result() {
    List<SpecNode> all = new ArrayList<>(nodes);
    Set<Integer> gone = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      SpecNode n = all.get(i);
      if (n.action() != SpecNode.Action.FAST || !(n.kernel() instanceof AbsorbingKernel kernel)) {
        continue;
      }
      int k = kernel.absorbable(n);
      Integer p = k < 0 ? null : producers.get(n.inputs()[k]);
      if (p == null || !mayMove(all.get(p), n.inputs()[k])) {
        continue;
      }
      FastKernel both = kernel.absorbing(n, all.get(p));
      if (both != null) {
        List<PlanNode> members = List.of(all.get(p).node(), n.node());
        all.set(i, SpecNode.fused(members, inputs(n, k, all.get(p)), n.outputs(), both));
        gone.add(p);
      }
    }
    List<SpecNode> left = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!gone.contains(i)) {
        left.add(all.get(i));
      }
    }
    return left;
  }

  private boolean mayMove(SpecNode producer, Slot result) {
    return producer.action() == SpecNode.Action.FAST
        && producer.node().isPure()
        && producer.outputs().length == 1
        && producer.outputs()[0] == result
        && uses.get(result) == 1
        && Arrays.stream(producer.inputs()).allMatch(this::isFixed);
  }

  /** Whether nothing changes the value: a variable may be written in between. */
  private boolean isFixed(Slot s) {
    return switch (s.root().kind()) {
      case ARENA, CONSTANT -> true;
      case INPUT -> staysTheSame.test(s.root());
      default -> false;
    };
  }

  private static Slot[] inputs(SpecNode n, int absorbed, SpecNode producer) {
    List<Slot> in = new ArrayList<>(Arrays.asList(n.inputs()));
    in.set(absorbed, producer.inputs()[0]);
    in.addAll(Arrays.asList(producer.inputs()).subList(1, producer.inputs().length));
    return in.toArray(new Slot[0]);
  }
}
