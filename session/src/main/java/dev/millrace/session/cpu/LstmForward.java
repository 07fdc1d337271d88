package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;
import java.lang.ref.Reference;

/**
 * An LSTM, over time or of one step. The rows of the batch know nothing of each other, so that a
 * thread takes some of them through all steps: their product of a step is still in its caches when
 * it computes their gates. Input and state lie side by side for the product, where the gates leave
 * the next state.
 */
final class LstmForward extends ParallelJob implements Step {
  private static final int I = 0;
  private static final int CS = 1;
  private static final int F = 2;
  private static final int O = 3;
  private static final int CI = 4;
  private static final int CO = 5;
  private static final int H = 6;

  // The numbers of further blocks.
  private static final int BEFORE = 7;
  private static final int BIAS = 8;
  private static final int PEEPHOLES = 12;

  private final LstmShape shape;
  private final RowChunks chunks;
  private final WorkerPool pool;
  private final Scratch scratch;
  private final Gemm gemm = Gemm.forFloats();
  private final int cAt;
  private final int fAt;
  private final Region seqLenMax;
  private final Region x;
  private final Region csPrev;
  private final Region hPrev;
  private final Region w;
  private final Region[] peepholes;
  private final Region b;
  private final Region[] out = new Region[7];
  private final Worker[] workers;
  private int steps;

  LstmForward(BindContext node, boolean forgetFirst) {
    this(node, forgetFirst, LstmShape.of(node));
  }

  private LstmForward(BindContext node, boolean forgetFirst, LstmShape shape) {
    super(new RowChunks(shape.batch()).count);
    this.shape = shape;
    chunks = new RowChunks(shape.batch());
    pool = node.pool();
    scratch = node.scratch();
    cAt = shape.candidateAt(forgetFirst);
    fAt = shape.forgetAt(forgetFirst);
    int first = shape.first();
    seqLenMax = first == 0 ? null : node.input(0);
    x = node.input(first);
    csPrev = node.input(first + 1);
    hPrev = node.input(first + 2);
    w = node.input(first + 3);
    peepholes = new Region[] {node.input(first + 4), node.input(first + 5), node.input(first + 6)};
    b = node.input(first + 7);
    for (int i = 0; i < out.length; i++) {
      out[i] = node.output(i);
    }
    workers = new Worker[Math.min(chunks.count, pool.threads())];
    if (shape.size() > 0) {
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(i);
      }
    }
  }

  @Override
  public void run() {
    steps = shape.steps(seqLenMax);
    try {
      for (Region r : out) {
        Regions.clear(r, steps * shape.size() * Float.BYTES);
      }
      if (steps * shape.size() == 0) {
        return;
      }
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
  protected void run(int chunk, int worker) {
    int row = chunks.begin(chunk);
    workers[worker].run(row, chunks.begin(chunk + 1) - row);
  }

  /** What a thread computes with. */
  private final class Worker {
    private final Region joined = memory(shape.rows());
    private final Region gates = memory(shape.columns());
    private final Matrix joinedMatrix = new Matrix(joined, 0, shape.rows());
    private final Matrix gatesMatrix = new Matrix(gates, 0, shape.columns());
    private final Matrix weights = new Matrix(w, 0, shape.columns());
    private final int number;

    Worker(int number) {
      this.number = number;
    }

    private Region memory(int columns) {
      long bytes = (long) chunks.largest() * columns * Float.BYTES;
      return NativeMemory.allocate(bytes).region(0, bytes);
    }

    /** Takes {@code n} rows through all steps. */
    void run(int row, int n) {
      int units = shape.units();
      join(hPrev, row * units, units, shape.inputs(), n);
      for (int t = 0; t < steps; t++) {
        int now = t * shape.batch() + row;
        join(x, now * shape.inputs(), shape.inputs(), 0, n);
        gemm.f32(
            joinedMatrix,
            false,
            weights,
            false,
            gatesMatrix,
            n,
            shape.columns(),
            shape.rows(),
            scratch,
            number);
        Region memory = t == 0 ? csPrev : out[CS];
        int before = (t == 0 ? row : now - shape.batch()) * units;
        for (int u = 0; u < units; u += Tile.width(units)) {
          gates(memory, before + u, now * units + u, n, u);
        }
      }
    }

    /** Copies rows of {@code width} numbers to a column of what goes into the product. */
    private void join(Region from, int at, int width, int column, int n) {
      for (int r = 0; r < n; r++) {
        int to = (r * shape.rows() + column) * Float.BYTES;
        int first = (at + r * width) * Float.BYTES;
        joined.bytes().put(to, from.bytes(), first, width * Float.BYTES);
      }
    }

    /**
     * The gates of {@code n} rows and some units.
     *
     * @param memory where the memory before the step is, from {@code before} on
     * @param at where the results go
     * @param u the first unit
     */
    private void gates(Region memory, int before, int at, int n, int u) {
      int units = shape.units();
      int width = Math.min(Tile.width(units), units - u);
      int rows = Math.min(n, Tile.rows(width));
      Tile.repeat(b, u, block(BIAS), rows, width);
      Tile.repeat(b, cAt + u, block(BIAS + 1), rows, width);
      Tile.repeat(b, fAt + u, block(BIAS + 2), rows, width);
      Lines.add(block(BIAS + 2), shape.forgetBias(), 0, rows * width);
      Tile.repeat(b, 3 * units + u, block(BIAS + 3), rows, width);
      for (int i = 0; i < 3 && shape.peephole(); i++) {
        Tile.repeat(peepholes[i], u, block(PEEPHOLES + i), rows, width);
      }
      for (int r = 0; r < n; r += rows) {
        int some = Math.min(rows, n - r);
        Tile.get(memory, before + r * units, units, block(BEFORE), some, width);
        tile(r, some, u, width);
        for (int i = 0; i < out.length; i++) {
          Tile.put(block(i), out[i], at + r * units, units, some, width);
        }
        int next = r * shape.rows() + shape.inputs() + u;
        Tile.put(block(H), joined, next, shape.rows(), some, width);
      }
    }

    /** Computes the results of rows {@code r} and on in the blocks of their numbers. */
    private void tile(int r, int rows, int u, int width) {
      BlockTemps t = scratch.temps(number);
      int n = rows * width;
      boolean peephole = shape.peephole();
      float[] before = block(BEFORE);
      float[] i = gate(r, rows, u, width, 0, I, BIAS);
      float[] f = gate(r, rows, u, width, fAt, F, BIAS + 2);
      if (peephole) {
        GateLoops.addProduct(block(PEEPHOLES), before, i, n);
        GateLoops.addProduct(block(PEEPHOLES + 1), before, f, n);
      }
      FloatMath.sigmoid(i, i, n, t);
      FloatMath.sigmoid(f, f, n, t);
      float[] ci = gate(r, rows, u, width, cAt, CI, BIAS + 1);
      FloatMath.tanh(ci, ci, n, t);
      float[] memory = block(CS);
      GateLoops.sumOfProducts(i, ci, f, before, memory, n);
      if (shape.clip() > 0) {
        GateLoops.clip(memory, shape.clip(), n);
      }
      float[] o = gate(r, rows, u, width, 3 * shape.units(), O, BIAS + 3);
      if (peephole) {
        GateLoops.addProduct(block(PEEPHOLES + 2), memory, o, n);
      }
      FloatMath.sigmoid(o, o, n, t);
      FloatMath.tanh(memory, block(CO), n, t);
      GateLoops.multiply(o, block(CO), block(H), n);
    }

    /** A gate's part of the product, with its bias, in block {@code k}. */
    private float[] gate(int r, int rows, int u, int width, int column, int k, int bias) {
      int columns = shape.columns();
      float[] z = block(k);
      Tile.get(gates, r * columns + column + u, columns, z, rows, width);
      Lines.add(block(bias), z, 0, rows * width);
      return z;
    }

    private float[] block(int k) {
      return scratch.floats(number, k, Scratch.BLOCK);
    }
  }
}
