package dev.millrace.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often each variable scope was opened, from which the names of unnamed scopes follow. What it
 * does takes time for what changes, not for all there is.
 */
final class ScopeCounts {
  /** What the count of a scope was before a change; null for none. */
  private record Change(String scope, Integer before) {}

  private final SortedMap<String, Integer> opened = new TreeMap<>();
  private final SortedMap<String, Integer> taken = new TreeMap<>(); // by name: suffixes below this
  private final List<Change> changes = new ArrayList<>();
  private int recording;

  /** Counts an opening of {@code scope}. */
  void count(String scope) {
    set(scope, opened.getOrDefault(scope, 0) + 1);
  }

  /** Begins to record changes: gives a mark for {@link #restore}. */
  int mark() {
    recording++;
    return changes.size();
  }

  /** Takes back all changes since {@code mark}. */
  void restore(int mark) {
    recording--;
    for (int i = changes.size() - 1; i >= mark; i--) {
      Change c = changes.remove(i);
      if (c.before() == null) {
        opened.remove(c.scope());
      } else {
        opened.put(c.scope(), c.before());
      }
    }
    taken.clear();
  }

  /** Forgets the scopes inside {@code scope}. */
  void forgetInside(String scope) {
    for (String inside : List.copyOf(inside(opened, scope).keySet())) {
      set(inside, null);
    }
    inside(taken, scope).clear();
  }

  private void set(String scope, Integer count) {
    Integer before = count == null ? opened.remove(scope) : opened.put(scope, count);
    if (recording > 0) {
      changes.add(new Change(scope, before));
    }
  }

  /** The entries that begin with the scope's name and a slash, which stand side by side. */
  private static SortedMap<String, Integer> inside(SortedMap<String, Integer> map, String scope) {
    return map.subMap(scope + "/", scope + (char) ('/' + 1));
  }

  /** {@code name}, or with the first suffix under which no scope was opened. */
  String unique(String name) {
    if (!opened.containsKey(name)) {
      return name;
    }
    int i = taken.getOrDefault(name, 1);
    while (opened.containsKey(name + "_" + i)) {
      i++;
    }
    taken.put(name, i);
    return name + "_" + i;
  }
}
