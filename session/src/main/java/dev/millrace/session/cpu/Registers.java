package dev.millrace.session.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers for the blocks that a program works in: those of one lane are used again when free. */
final class Registers {
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Integer> slots = new ArrayList<>(); // number of the scratch block in its lane
  private final Map<Lane, Integer> counts = new HashMap<>();
  private final Map<Lane, List<Integer>> free = new HashMap<>();

  /** A register of a lane that nothing else uses now. */
  int take(Lane lane) {
    List<Integer> idle = free.get(lane);
    if (idle != null && !idle.isEmpty()) {
      return idle.remove(idle.size() - 1);
    }
    int slot = counts.merge(lane, 1, Integer::sum) - 1;
    lanes.add(lane);
    slots.add(slot);
    return lanes.size() - 1;
  }

  /** Lets others use a register. */
  void release(int register) {
    free.computeIfAbsent(lanes.get(register), l -> new ArrayList<>()).add(register);
  }

  /** How many registers there are. */
  int count() {
    return lanes.size();
  }

  Lane lane(int register) {
    return lanes.get(register);
  }

  /** Which of the scratch blocks of its lane a register is. */
  int slot(int register) {
    return slots.get(register);
  }
}
