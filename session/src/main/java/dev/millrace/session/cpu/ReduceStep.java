package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;

/**
 * Reduces a tensor seen as {@code [outer, length, inner]}. Where outer positions and blocks of
 * inner ones are too few to share out, the length is cut into pieces, whose accumulators are put
 * together at the end; so are those of further reduced dimensions.
 */
final class ReduceStep extends RangeStep {
  private static final double NS_PER_ELEMENT = 0.2;
  private static final int BLOCK = Scratch.BLOCK;

  private final Reducer reducer;
  private final ReductionShape shape;
  private final int pieces;
  private final int columnBlocks;
  private final Region x;
  private final Region z;
  private final Scratch scratch;

  /**
   * The accumulators of {@code [outer, pieces, inner]}, and those of the result; null where each
   * item makes results of its own.
   */
  private final Object stage;

  private final Object results;
  private final int resultRows;

  ReduceStep(
      BindContext node,
      Reducer reducer,
      ReductionShape shape,
      Region x,
      Region z,
      int resultElements) {
    super(node.pool(), shape.outer * pieces(shape) * columnBlocks(shape), 1, nsPerItem(shape));
    this.reducer = reducer;
    this.shape = shape;
    this.pieces = pieces(shape);
    this.columnBlocks = columnBlocks(shape);
    this.x = x;
    this.z = z;
    this.scratch = node.scratch();
    boolean staged = pieces > 1 || shape.groupOf != null;
    this.stage = staged ? reducer.allocate(shape.outer * pieces * shape.inner) : null;
    this.results = staged ? reducer.allocate(resultElements) : null;
    this.resultRows = resultElements / Math.max(1, shape.inner);
  }

  private static int columnBlocks(ReductionShape s) {
    return (s.inner + BLOCK - 1) / BLOCK;
  }

  private static double nsPerItem(ReductionShape s) {
    return s.elements() * NS_PER_ELEMENT / Math.max(1, s.outer * pieces(s) * columnBlocks(s));
  }

  /** By shape alone, so that sums do not depend on the number of threads. */
  private static int pieces(ReductionShape s) {
    int wanted = chunksFor((int) Math.min(Integer.MAX_VALUE, s.elements()), 1, NS_PER_ELEMENT);
    int items = s.outer * columnBlocks(s);
    if (items >= wanted || s.inner > BLOCK * 16) {
      return 1;
    }
    return Math.max(1, Math.min(wanted / items, s.length / 16));
  }

  @Override
  public void run() {
    super.run();
    if (stage == null) {
      return;
    }
    int inner = shape.inner;
    reducer.reset(results, 0, resultRows * inner);
    for (int row = 0; row < shape.outer * pieces; row++) {
      int o = row / pieces;
      int group = shape.groupOf == null ? o : shape.groupOf[o];
      reducer.merge(stage, row * inner, results, group * inner, inner);
    }
    Object out = reducer.lane.block(scratch, 0, 3, BLOCK);
    for (int at = 0; at < resultRows * inner; at += BLOCK) {
      int n = Math.min(BLOCK, resultRows * inner - at);
      reducer.finish(results, at, out, n, shape.count);
      reducer.lane.put(z, at, out, 0, n);
    }
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    Object acc = reducer.accumulators.block(scratch, worker, 0, BLOCK);
    if (shape.inner == 1 && pieces == 1 && shape.length <= BLOCK) {
      shortRows(from, to, acc, worker);
      return;
    }
    for (int item = from; item < to; item++) {
      int piece = item / columnBlocks;
      int column = item % columnBlocks * BLOCK;
      int o = piece / pieces;
      int first = (int) ((long) shape.length * (piece % pieces) / pieces);
      int last = (int) ((long) shape.length * (piece % pieces + 1) / pieces);
      int width = Math.min(BLOCK, shape.inner - column);
      int base = o * shape.length * shape.inner + column;
      reducer.reset(acc, 0, width);
      if (shape.inner == 1) {
        longRow(base + first, last - first, acc, worker);
      } else {
        columns(base, first, last, width, acc, worker);
      }
      store(acc, piece * shape.inner + column, width, worker);
    }
  }

  private void store(Object acc, int at, int n, int worker) {
    if (stage != null) {
      reducer.reset(stage, at, n);
      reducer.merge(acc, 0, stage, at, n);
      return;
    }
    Object out = reducer.lane.block(scratch, worker, 3, BLOCK);
    reducer.finish(acc, 0, out, n, shape.count);
    reducer.lane.put(z, at, out, 0, n);
  }

  /** Several rows to a block. */
  private void shortRows(int from, int to, Object acc, int worker) {
    Object block = reducer.lane.block(scratch, worker, 1, BLOCK);
    int length = shape.length;
    int rows = BLOCK / length;
    for (int row = from; row < to; row += rows) {
      int n = Math.min(rows, to - row);
      reducer.lane.get(x, row * length, block, 0, n * length);
      reducer.prepare(block, n * length);
      reducer.reset(acc, 0, n);
      for (int i = 0; i < n; i++) {
        reducer.row(block, i * length, length, acc, i);
      }
      store(acc, row, n, worker);
    }
  }

  private void longRow(int from, int n, Object acc, int worker) {
    Object block = reducer.lane.block(scratch, worker, 1, BLOCK);
    for (int done = 0; done < n; done += BLOCK) {
      int m = Math.min(BLOCK, n - done);
      reducer.lane.get(x, from + done, block, 0, m);
      reducer.prepare(block, m);
      reducer.row(block, 0, m, acc, 0);
    }
  }

  private void columns(int base, int first, int last, int width, Object acc, int worker) {
    if (!fold(base, first, last, width, acc, worker, reducer.folds)) {
      fold(base, first, last, width, acc, worker, 1);
    }
  }

  /**
   * Folds rows {@code first} to {@code last} of {@code width} columns; narrow ones several at a
   * time, side by side. False if the fast loops were the wrong ones for these values.
   */
  private boolean fold(
      int base, int first, int last, int width, Object acc, int worker, int folds) {
    Lane lane = reducer.lane;
    Object block = lane.block(scratch, worker, 1, BLOCK);
    Object part = lane.block(scratch, worker, 2, BLOCK);
    int inner = shape.inner;
    int together = inner <= BLOCK / 2 ? Math.min(BLOCK / inner, last - first) : 1;
    int all = together * width;
    reducer.reset(acc, 0, all);
    int folded = 0;
    for (int row = first; row < last; row += together) {
      int n = Math.min(together, last - row) * width;
      if (folds == 1) {
        lane.get(x, base + row * inner, block, 0, n);
        reducer.prepare(block, n);
        reducer.direct(block, acc, n);
      } else if (folded == 0 && n == all) {
        lane.get(x, base + row * inner, part, 0, n);
        reducer.prepare(part, n);
        folded = 1;
      } else if (folded == 0) {
        lane.get(x, base + row * inner, part, 0, n);
        reducer.prepare(part, n);
        reducer.flush(part, acc, n);
      } else {
        lane.get(x, base + row * inner, block, 0, n);
        reducer.prepare(block, n);
        reducer.fold(part, block, n);
        if (++folded == folds) {
          reducer.flush(part, acc, all);
          folded = 0;
        }
      }
    }
    if (folded > 0) {
      reducer.flush(part, acc, all);
    }
    if (folds > 1 && reducer.spoilt(acc, all)) {
      return false;
    }
    for (int i = 1; i < together; i++) {
      reducer.merge(acc, i * width, acc, 0, width);
    }
    return true;
  }
}
