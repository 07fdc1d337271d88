package dev.millrace.session.plan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which nodes of a segment made what, and whether they might do so later. */
final class Producers {
  private final List<SpecNode> nodes;
  private final Predicate<Slot> staysTheSame;
  private final Map<Slot, Integer> producers = new HashMap<>(); // of roots, by position
  private final Map<Slot, Integer> uses = new HashMap<>(); // of roots

  /**
   * @param staysTheSame whether an input of the segment keeps its value while the segment runs
   */
  Producers(List<SpecNode> nodes, List<Slot> outputs, Predicate<Slot> staysTheSame) {
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
   * The position of the node whose only result {@code result} is and which may run as late as the
   * only node that uses it; -1 if there is none: what it reads must still be there then, and be the
   * same.
   *
   * @param user the position of the node that uses the result
   */
  int movable(Slot result, int user) {
    Integer p = producers.get(result);
    return p != null && mayMove(p, result, user) ? p : -1;
  }

  private boolean mayMove(int position, Slot result, int user) {
    SpecNode producer = nodes.get(position);
    return producer.action() == SpecNode.Action.FAST
        && producer.node().isPure()
        && producer.outputs().length == 1
        && producer.outputs()[0] == result
        && uses.get(result) == 1
        && Arrays.stream(producer.inputs()).allMatch(s -> isFixed(s, position, user));
  }

  /** Whether nothing changes the value: a variable may be written in between. */
  private boolean isFixed(Slot s, int position, int user) {
    return switch (s.root().kind()) {
      case ARENA, CONSTANT -> true;
      case INPUT -> staysTheSame.test(s.root()) || isQuiet(position, user);
      case VARIABLE -> isQuiet(position, user);
      default -> false;
    };
  }

  /** Whether no node in between changes anything, as a variable. */
  private boolean isQuiet(int position, int user) {
    return nodes.subList(position + 1, user).stream().noneMatch(n -> n.node().hasEffect());
  }
}
