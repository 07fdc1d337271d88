package dev.millrace.session.cpu;

import dev.millrace.session.memory.Region;

/**
 * A reduction of results of a program: over all elements, or those of each column. Every chunk has
 * accumulators of its own, which are put together in their order, so that the result does not
 * depend on the threads.
 */
final class FusedSum {
  private final Reducer reducer;
  private final int columns;
  private final int block;
  private final int chunks;
  private final int count;
  private final Region output;
  private final int at;
  private final Object[] parts; // by worker: folded blocks
  private final Object[] halves; // by worker: for adding one part of a block to another
  private final int[] folded; // by worker: how many
  private final Object[] accumulators; // by worker, of a row
  private final Object stage; // by chunk and column
  private final Object total;
  private final Object results;

  /**
   * A reduction of that kind.
   *
   * @param block the elements of a block; for columns a multiple of them
   */
  FusedSum(FusedCode.Sum sum, Region output, int block, int chunks, int workers) {
    this.reducer = sum.reducer();
    this.columns = Math.max(1, sum.columns());
    this.block = block;
    this.chunks = chunks;
    this.count = sum.count();
    this.output = output;
    this.at = sum.at();
    this.parts = new Object[workers];
    this.folded = new int[workers];
    this.accumulators = new Object[workers];
    this.stage = reducer.allocate(chunks * columns);
    this.total = reducer.allocate(columns);
    this.results = reducer.lane.array(columns);
    this.halves = new Object[workers];
    for (int i = 0; i < workers; i++) {
      boolean folds = reducer.folds > 1;
      parts[i] = folds ? reducer.lane.array(block) : null;
      halves[i] = folds ? reducer.lane.array(block / 2) : null;
      accumulators[i] = reducer.allocate(folds ? columns : block);
    }
  }

  /** Before the first block of a chunk. */
  void begin(int worker) {
    folded[worker] = 0;
    reducer.reset(accumulators[worker], 0, reducer.folds > 1 ? columns : block);
  }

  /** Takes a block, of fewer elements only at the end. */
  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the reducer's lane
  void add(Object x, int n, int worker) {
    if (reducer.folds == 1) {
      reducer.direct(x, accumulators[worker], n);
      return;
    }
    if (n < block) {
      flush(block, worker);
    }
    if (folded[worker] == 0) {
      System.arraycopy(x, 0, parts[worker], 0, n);
    } else {
      reducer.fold(parts[worker], x, n);
    }
    folded[worker]++;
    if (n < block || folded[worker] == reducer.folds) {
      flush(n, worker);
    }
  }

  /**
   * Adds the rows of the folded blocks up, in pairs so that little precision is lost, and to the
   * accumulators.
   */
  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the reducer's lane
  private void flush(int n, int worker) {
    if (folded[worker] == 0) {
      return;
    }
    Object part = parts[worker];
    Object upper = halves[worker];
    for (int rows = n / columns; rows > 1; ) {
      int half = rows / 2;
      rows -= half;
      System.arraycopy(part, rows * columns, upper, 0, half * columns);
      reducer.fold(part, upper, half * columns);
    }
    reducer.flush(part, accumulators[worker], columns);
    folded[worker] = 0;
  }

  /** After the last block of a chunk. */
  void end(int chunk, int worker) {
    Object acc = accumulators[worker];
    if (reducer.folds > 1) {
      flush(block, worker);
    } else {
      for (int rows = block / columns; rows > 1; ) {
        int half = rows / 2;
        rows -= half;
        reducer.merge(acc, rows * columns, acc, 0, half * columns);
      }
    }
    reducer.reset(stage, chunk * columns, columns);
    reducer.merge(acc, 0, stage, chunk * columns, columns);
  }

  /** After all chunks. */
  void finish() {
    reducer.reset(total, 0, columns);
    for (int c = 0; c < chunks; c++) {
      reducer.merge(stage, c * columns, total, 0, columns);
    }
    reducer.finish(total, 0, results, columns, count);
    reducer.lane.put(output, at, results, 0, columns);
  }
}
