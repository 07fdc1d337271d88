package dev.millrace.session.collections;

import dev.millrace.session.memory.NativeMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Off-heap memory for the arrays, lists and stacks of a run, used again within the run and by later
 * ones. Blocks come in sizes that differ by a quarter, and a block serves its own size only, so
 * that a run that needs what the one before needed allocates nothing. Blocks that many runs did not
 * use are freed. For one run at a time.
 */
public final class SlabPool implements AutoCloseable {
  /** How many runs a block may lie idle. */
  private static final int MAX_IDLE_RUNS = 64;

  private final Map<Long, ArrayDeque<Slab>> free = new TreeMap<>();
  private final List<Slab> lent = new ArrayList<>();
  private final Map<Long, Integer> lastUse = new TreeMap<>(); // the run, by size
  private int run;

  /** Memory of at least that size, held once. What it held before is still there. */
  Slab take(long bytes) {
    long size = sizeClass(bytes);
    lastUse.put(size, run);
    ArrayDeque<Slab> of = free.get(size);
    Slab s = of == null ? null : of.poll();
    if (s == null) {
      s = new Slab(NativeMemory.allocate(size), this);
    }
    s.begin(run);
    lent.add(s);
    return s;
  }

  /** The size of the blocks that serve so many bytes. */
  static long sizeClass(long bytes) {
    long least = Math.max(bytes, 256);
    long step = Math.max(Long.highestOneBit(least - 1) >> 2, 64);
    return (least + step - 1) / step * step;
  }

  void giveBack(Slab s, int fromRun) {
    if (fromRun == run) { // else it has been taken back at the run's end
      lent.remove(lent.lastIndexOf(s));
      free.computeIfAbsent(s.memory().size(), k -> new ArrayDeque<>()).push(s);
    }
  }

  /** Tells the present run from earlier ones, whose values have no memory any more. */
  int run() {
    return run;
  }

  /** Takes everything back, at the end of a run. */
  public void endRun() {
    for (Slab s : lent) {
      free.computeIfAbsent(s.memory().size(), k -> new ArrayDeque<>()).push(s);
    }
    lent.clear();
    run++;
    Iterator<Map.Entry<Long, Integer>> sizes = lastUse.entrySet().iterator();
    while (sizes.hasNext()) {
      Map.Entry<Long, Integer> e = sizes.next();
      if (run - e.getValue() > MAX_IDLE_RUNS) {
        free.remove(e.getKey()).forEach(s -> s.memory().close());
        sizes.remove();
      }
    }
  }

  /** Frees the memory. */
  @Override
  public void close() {
    endRun();
    free.values().forEach(of -> of.forEach(s -> s.memory().close()));
    free.clear();
    lastUse.clear();
  }
}
