package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;
import java.lang.ref.Reference;

/** A step of a GRU, whose rows of the batch are shared out: each goes its own way. */
abstract class GruStep extends ParallelJob implements Step {
  final int batch;
  final int inputs;
  final int units;
  final Scratch scratch;
  final Region x;
  final Region hPrev;
  final Region ruWeights;
  final Region cWeights;
  private final WorkerPool pool;
  private final Gemm gemm = Gemm.forFloats();
  private final RowChunks chunks;

  GruStep(BindContext node) {
    super(new RowChunks((int) node.inputShape(1).dim(0)).count);
    batch = (int) node.inputShape(1).dim(0);
    inputs = (int) node.inputShape(0).dim(1);
    units = (int) node.inputShape(1).dim(1);
    chunks = new RowChunks(batch);
    scratch = node.scratch();
    pool = node.pool();
    x = node.input(0);
    hPrev = node.input(1);
    ruWeights = node.input(2);
    cWeights = node.input(3);
  }

  /** How many threads may work on it. */
  final int workers() {
    return Math.min(chunks.count, pool.threads());
  }

  @Override
  public final void run() {
    try {
      if (chunks.count == 1) {
        run(0, 0);
      } else {
        pool.run(this);
      }
    } finally {
      Reference.reachabilityFence(this); // which holds the regions, and they their memory
    }
  }

  @Override
  protected final void run(int chunk, int worker) {
    int row = chunks.begin(chunk);
    rows(row, chunks.begin(chunk + 1) - row, worker);
  }

  /** Computes {@code n} rows of the batch. */
  abstract void rows(int row, int n, int worker);

  /** Memory for the rows of one chunk. */
  final Region memory(int columns) {
    long bytes = (long) chunks.largest() * columns * Float.BYTES;
    return NativeMemory.allocate(Math.max(1, bytes)).region(0, bytes);
  }

  /** {@code c = a op(b)}. */
  final void multiply(Matrix a, Matrix b, boolean tb, Matrix c, int m, int n, int k, int worker) {
    gemm.f32(a, false, b, tb, c, m, n, k, scratch, worker);
  }

  final float[] block(int k, int worker) {
    return scratch.floats(worker, k, Scratch.BLOCK);
  }
}
