package dev.millrace.session.plan;

import dev.millrace.session.kernel.AbsorbingKernel;
import dev.millrace.session.kernel.FastKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Lets nodes do what the only producer of one of their inputs does: an optimizer's step takes the
 * product that is its gradient tile by tile, a cross-entropy adds the bias of its logits.
 */
final class AbsorbProducers {
  private AbsorbProducers() {}

  /**
   * The nodes, in their order, without those that others absorb.
   *
   * @param staysTheSame whether an input of the segment keeps its value while the segment runs
   */
  static List<SpecNode> absorb(
      List<SpecNode> nodes, List<Slot> outputs, Predicate<Slot> staysTheSame) {
    Producers producers = new Producers(nodes, outputs, staysTheSame);
    List<SpecNode> all = new ArrayList<>(nodes);
    Set<Integer> gone = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      SpecNode n = all.get(i);
      if (n.action() != SpecNode.Action.FAST || !(n.kernel() instanceof AbsorbingKernel kernel)) {
        continue;
      }
      int k = kernel.absorbable(n);
      int p = k < 0 ? -1 : producers.movable(n.inputs()[k], i);
      FastKernel both = p < 0 ? null : kernel.absorbing(n, all.get(p));
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

  private static Slot[] inputs(SpecNode n, int absorbed, SpecNode producer) {
    List<Slot> in = new ArrayList<>(Arrays.asList(n.inputs()));
    in.set(absorbed, producer.inputs()[0]);
    in.addAll(Arrays.asList(producer.inputs()).subList(1, producer.inputs().length));
    return in.toArray(new Slot[0]);
  }
}
