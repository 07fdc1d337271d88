package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;

/**
 * The gradient of the weights of an LSTM over time, from those of the gates: a product over all
 * steps, cut by columns.
 */
final class LstmProducts extends ParallelJob {
  /** Columns that libraries compute together. */
  private static final int COLUMNS = 16;

  private static final int MOST = 16;

  private final LstmShape shape;
  private final WorkerPool pool;
  private final Scratch scratch;
  private final Gemm gemm = Gemm.forFloats();
  private final int parts;
  private final Worker[] workers;
  private int steps;

  LstmProducts(BindContext node, LstmShape shape, Region gates) {
    super(parts(shape));
    this.shape = shape;
    pool = node.pool();
    scratch = node.scratch();
    parts = parts(shape);
    workers = new Worker[pool.threads()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(node, gates, i);
    }
  }

  private static int parts(LstmShape shape) {
    int parts = Math.max(1, Math.min(MOST, shape.columns() / (4 * COLUMNS)));
    return Integer.highestOneBit(parts); // so that two or four threads get equal shares
  }

  /** Computes the gradient by so many steps, at least one. */
  void run(int steps) {
    this.steps = steps;
    pool.run(this);
  }

  @Override
  protected void run(int chunk, int worker) {
    int units = (shape.columns() + COLUMNS - 1) / COLUMNS;
    int from = units * chunk / parts * COLUMNS;
    int to = Math.min(shape.columns(), units * (chunk + 1) / parts * COLUMNS);
    workers[worker].run(from, to - from);
  }

  /** What a thread computes with. */
  private final class Worker {
    private final int number;
    private final Matrix x;
    private final Matrix hPrev;
    private final Matrix h;
    private final Matrix gates;
    private final Matrix toW;

    Worker(BindContext node, Region gateGrads, int number) {
      this.number = number;
      x = new Matrix(node.input(1), 0, shape.inputs());
      hPrev = new Matrix(node.input(3), 0, shape.units());
      h = new Matrix(node.input(15), 0, shape.units());
      gates = new Matrix(gateGrads, 0, shape.columns());
      toW = new Matrix(node.output(3), 0, shape.columns());
    }

    /** The gradient of {@code n} columns of the weights. */
    void run(int column, int n) {
      int batch = shape.batch();
      if (shape.inputs() > 0) {
        gemm.f32(
            x,
            true,
            gates.at(column),
            false,
            toW.at(column),
            shape.inputs(),
            n,
            steps * batch,
            scratch,
            number);
      }
      Matrix later = toW.at(shape.inputs() * shape.columns() + column);
      gemm.f32(
          hPrev, true, gates.at(column), false, later, shape.units(), n, batch, scratch, number);
      if (steps > 1) {
        gemm.f32(
            h,
            true,
            gates.at(batch * shape.columns() + column),
            false,
            later,
            true,
            shape.units(),
            n,
            (steps - 1) * batch,
            scratch,
            number);
      }
    }
  }
}
