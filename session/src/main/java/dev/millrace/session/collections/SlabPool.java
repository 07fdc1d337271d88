package dev.millrace.session.collections;

import dev.millrace.session.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Off-heap memory for the arrays, lists and stacks of a run, used again within the run and by later
 * ones. For one run at a time.
 */
public final class SlabPool implements AutoCloseable {
  private final List<NativeMemory> free = new ArrayList<>();
  private final List<NativeMemory> lent = new ArrayList<>();
  private int run;

  /** Memory of at least that size. What it held before is still there. */
  NativeMemory take(long bytes) {
    int best = -1;
    for (int i = 0; i < free.size(); i++) {
      long size = free.get(i).size();
      if (size >= bytes && (best < 0 || size < free.get(best).size())) {
        best = i;
      }
    }
    NativeMemory m;
    // Memory that is far too large is kept for what needs it.
    if (best >= 0 && free.get(best).size() <= Math.max(4 * bytes, 1 << 16)) {
      m = free.remove(best);
    } else {
      m = NativeMemory.allocate(bytes);
    }
    lent.add(m);
    return m;
  }

  void giveBack(NativeMemory m, int fromRun) {
    if (fromRun == run) { // else it has been taken back at the run's end
      int i = lent.lastIndexOf(m);
      lent.remove(i);
      free.add(m);
    }
  }

  /** Tells the present run from earlier ones, whose values have no memory any more. */
  int run() {
    return run;
  }

  /** Takes everything back, at the end of a run. */
  public void endRun() {
    free.addAll(lent);
    lent.clear();
    run++;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    endRun();
    free.forEach(NativeMemory::close);
    free.clear();
  }
}
