package dev.millrace.session.plan;

import dev.millrace.session.memory.NativeMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives every arena slot an offset, so that values that are needed at the same time do not overlap,
 * and a result takes the place of an input that dies with it where its kernel allows that. Steps
 * run one after another in the given order.
 */
final class MemoryPlanner {
  private final List<SpecNode> nodes;
  private final Map<Slot, Integer> lastUse = new HashMap<>(); // by root
  private final TreeMap<Long, Long> free = new TreeMap<>(); // offset to size
  private long end;

  private MemoryPlanner(List<SpecNode> nodes, List<Slot> outputs) {
    this.nodes = nodes;
    for (int i = 0; i < nodes.size(); i++) {
      for (Slot s : nodes.get(i).outputs()) {
        lastUse.merge(s.root(), i, Math::max);
      }
      for (Slot s : nodes.get(i).inputs()) {
        lastUse.merge(s.root(), i, Math::max);
      }
    }
    for (Slot s : outputs) {
      lastUse.put(s.root(), Integer.MAX_VALUE);
    }
  }

  /** Sets the offsets and returns the size of the arena. */
  static long plan(List<SpecNode> nodes, List<Slot> outputs) {
    MemoryPlanner p = new MemoryPlanner(nodes, outputs);
    p.assign();
    return p.end;
  }

  private void assign() {
    Map<Integer, List<Slot>> dying = new HashMap<>();
    lastUse.forEach(
        (s, i) -> {
          if (s.kind() == Slot.Kind.ARENA) {
            dying.computeIfAbsent(i, k -> new ArrayList<>()).add(s);
          }
        });
    Map<Slot, Boolean> handedOn = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      SpecNode n = nodes.get(i);
      for (int o = 0; o < n.outputs().length; o++) {
        Slot out = n.outputs()[o];
        if (out.kind() != Slot.Kind.ARENA) {
          continue;
        }
        Slot reused = overwritable(n, o, i, handedOn);
        if (reused != null) {
          out.setOffset(reused.offset());
          handedOn.put(reused, true);
        } else {
          out.setOffset(take(NativeMemory.align(out.bytes())));
        }
      }
      for (Slot s : dying.getOrDefault(i, List.of())) {
        if (!handedOn.containsKey(s)) {
          release(s.offset(), NativeMemory.align(s.bytes()));
        }
      }
    }
  }

  /** An input's place that output {@code o} of step {@code i} may take, or null. */
  private Slot overwritable(SpecNode n, int o, int i, Map<Slot, Boolean> handedOn) {
    if (n.action() != SpecNode.Action.FAST) {
      return null;
    }
    for (int k = 0; k < n.inputs().length; k++) {
      Slot root = n.inputs()[k].root();
      boolean dies =
          root.kind() == Slot.Kind.ARENA && lastUse.get(root) == i && !handedOn.containsKey(root);
      if (dies && root.bytes() == n.outputs()[o].bytes() && allMayBeOverwritten(n, root, o)) {
        return root;
      }
    }
    return null;
  }

  private static boolean allMayBeOverwritten(SpecNode n, Slot root, int o) {
    for (int k = 0; k < n.inputs().length; k++) {
      if (n.inputs()[k].root() == root && !n.kernel().mayOverwrite(n, k, o)) {
        return false;
      }
    }
    return true;
  }

  private long take(long size) {
    if (size == 0) {
      return 0;
    }
    Map.Entry<Long, Long> best = null;
    for (Map.Entry<Long, Long> f : free.entrySet()) {
      if (f.getValue() >= size && (best == null || f.getValue() < best.getValue())) {
        best = f;
      }
    }
    if (best != null) {
      long at = best.getKey();
      long left = best.getValue() - size;
      free.remove(at);
      if (left > 0) {
        free.put(at + size, left);
      }
      return at;
    }
    // A free piece at the end grows, so that the arena does.
    Map.Entry<Long, Long> last = free.lastEntry();
    if (last != null && last.getKey() + last.getValue() == end) {
      free.remove(last.getKey());
      end = last.getKey() + size;
      return last.getKey();
    }
    long at = end;
    end += size;
    return at;
  }

  private void release(long at, long size) {
    if (size == 0) {
      return;
    }
    long from = at;
    long to = at + size;
    Map.Entry<Long, Long> before = free.floorEntry(at);
    if (before != null && before.getKey() + before.getValue() == at) {
      from = before.getKey();
      free.remove(before.getKey());
    }
    Long after = free.remove(to);
    if (after != null) {
      to += after;
    }
    free.put(from, to - from);
  }
}
