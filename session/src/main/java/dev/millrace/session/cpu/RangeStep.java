package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Step;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;

/**
 * A step over a range of like items, cut into large chunks when it is worth it. The borders follow
 * from the number of items and their cost alone, so that results do not depend on how many threads
 * there are.
 */
abstract class RangeStep extends ParallelJob implements Step {
  /** Below this a step runs on the calling thread. */
  private static final double WORTH_SPLITTING_NS = 10_000;

  private static final double CHUNK_NS = 10_000;
  private static final int MOST_CHUNKS = 64;

  private final WorkerPool pool;
  private final int items;
  private final int unit;
  private final int chunks;

  /**
   * A step that chooses its chunks by cost.
   *
   * @param items how many there are
   * @param unit borders are multiples of it
   * @param nsPerItem what one takes on one thread, roughly
   */
  RangeStep(WorkerPool pool, int items, int unit, double nsPerItem) {
    super(chunksFor(items, unit, nsPerItem));
    this.pool = pool;
    this.items = items;
    this.unit = unit;
    this.chunks = chunksFor(items, unit, nsPerItem);
  }

  /** The number of chunks for so many items. */
  static int chunksFor(int items, int unit, double nsPerItem) {
    double ns = items * nsPerItem;
    if (ns < WORTH_SPLITTING_NS) {
      return 1;
    }
    int units = (items + unit - 1) / unit;
    int chunks = (int) Math.min(Math.min(units, MOST_CHUNKS), Math.max(2, ns / CHUNK_NS));
    // Few and odd in number, they would leave one of two threads idle at the end.
    return chunks > 1 && chunks % 2 == 1 && chunks < units ? chunks + 1 : chunks;
  }

  /** How many chunks there are. */
  final int chunkCount() {
    return chunks;
  }

  @Override
  public void run() {
    if (chunks > 1) {
      pool.run(this);
    } else if (items > 0) {
      range(0, items, 0, 0);
    }
  }

  @Override
  protected final void run(int chunk, int worker) {
    range(border(chunk), border(chunk + 1), chunk, worker);
  }

  private int border(int chunk) {
    long units = (items + (long) unit - 1) / unit;
    return (int) Math.min(items, units * chunk / chunks * unit);
  }

  /** Computes items {@code from} to {@code to}. */
  abstract void range(int from, int to, int chunk, int worker);
}
