package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * The gradient of an LSTM, over time or of one step. As in {@link LstmForward}, a thread takes some
 * rows of the batch through all steps, here from the last, with one product a step for both x and
 * the state. The gradients of the gates are kept, so that those of the weights are one product over
 * all steps ({@link LstmProducts}). Clipping is passed as if there were none.
 */
final class LstmBackward extends ParallelJob implements Step {
  // The numbers of blocks.
  private static final int D_I = 0;
  private static final int D_C = 1;
  private static final int D_F = 2;
  private static final int D_O = 3;
  private static final int MEMORY = 4;
  private static final int STATE = 5;
  private static final int D_CS = 6;
  private static final int D_H = 7;
  private static final int PEEPHOLES = 8;
  private static final int I = 11;
  private static final int F = 12;
  private static final int O = 13;
  private static final int CI = 14;
  private static final int CO = 15;
  private static final int TEMP = 16;

  private final LstmShape shape;
  private final RowChunks chunks;
  private final WorkerPool pool;
  private final Scratch scratch;
  private final Gemm gemm = Gemm.forFloats();
  private final boolean overTime;
  private final boolean peephole;
  private final int[] gateAt;
  private final Region seqLenMax;
  private final Region csPrev;
  private final Region[] peepholes;

  /** i, cs, f, o, ci, co. */
  private final Region[] given = new Region[6];

  private final Region csGrad;
  private final Region hGrad;
  private final Region toCsPrev;
  private final Region toHPrev;

  /** The gradients of the gates, over all steps. */
  private final Region gates;

  private final Region[] outputs;

  /** The results that are sums over rows: of wci, wcf and wco, and of b. */
  private final Region[] toPeepholes;

  private final Region toBias;

  /** By chunk: what the blocks of its rows add up to, of the gates and of the peepholes. */
  private final float[][][] sums;

  private final int tiles;
  private final Matrix[] gateMatrices;
  private final Matrix[] weights;
  private final Matrix[] joined;
  private final LstmProducts products;
  private int steps;

  LstmBackward(BindContext node, boolean forgetFirst) {
    this(node, forgetFirst, LstmShape.of(node));
  }

  private LstmBackward(BindContext node, boolean forgetFirst, LstmShape shape) {
    super(new RowChunks(shape.batch()).count);
    this.shape = shape;
    chunks = new RowChunks(shape.batch());
    pool = node.pool();
    scratch = node.scratch();
    peephole = shape.peephole();
    int units = shape.units();
    gateAt = new int[] {0, shape.candidateAt(forgetFirst), shape.forgetAt(forgetFirst), 3 * units};
    int first = shape.first();
    overTime = first == 1;
    seqLenMax = overTime ? node.input(0) : null;
    csPrev = node.input(first + 1);
    peepholes = new Region[] {node.input(first + 4), node.input(first + 5), node.input(first + 6)};
    for (int i = 0; i < given.length; i++) {
      given[i] = node.input(first + 8 + i);
    }
    csGrad = node.input(node.inputCount() - 2);
    hGrad = node.input(node.inputCount() - 1);
    outputs = new Region[node.outputCount()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = node.output(i);
    }
    toCsPrev = outputs[overTime ? 1 : 0];
    toHPrev = overTime ? outputs[2] : null;
    int p = overTime ? 4 : 2;
    toPeepholes = new Region[] {outputs[p], outputs[p + 1], outputs[p + 2]};
    toBias = overTime ? outputs[7] : null;
    gates = overTime ? memory(shape.time() * shape.batch(), shape.columns()) : outputs[1];
    tiles = (units + Scratch.BLOCK - 1) / Scratch.BLOCK;
    sums = new float[chunks.count][7 * tiles][Scratch.BLOCK];
    int workers = Math.min(chunks.count, pool.threads());
    gateMatrices = new Matrix[workers];
    weights = new Matrix[workers];
    joined = new Matrix[workers];
    for (int i = 0; i < workers && overTime; i++) {
      gateMatrices[i] = new Matrix(gates, 0, shape.columns());
      weights[i] = new Matrix(node.input(4), 0, shape.columns());
      joined[i] = new Matrix(memory(chunks.largest(), shape.rows()), 0, shape.rows());
    }
    products = overTime ? new LstmProducts(node, shape, gates) : null;
  }

  private static Region memory(int rows, int columns) {
    long bytes = (long) rows * columns * Float.BYTES;
    return NativeMemory.allocate(Math.max(1, bytes)).region(0, bytes);
  }

  @Override
  public void run() {
    steps = shape.steps(seqLenMax);
    try {
      if (steps * shape.size() == 0) {
        for (Region r : outputs) {
          Regions.clear(r);
        }
        return;
      }
      if (chunks.count == 1) {
        run(0, 0);
      } else {
        pool.run(this);
      }
      for (int i = 0; i < 3; i++) {
        total(4 + i, toPeepholes[i], 0);
      }
      if (overTime) {
        for (int i = 0; i < 4; i++) {
          total(i, toBias, gateAt[i]);
        }
        Regions.clear(outputs[0], steps * shape.batch() * shape.inputs() * Float.BYTES);
        products.run(steps);
      }
    } finally {
      Reference.reachabilityFence(this); // which holds the regions, and they their memory
    }
  }

  /** Adds up what the chunks found, for the gate or peephole with that number. */
  private void total(int k, Region to, int at) {
    int units = shape.units();
    int width = Tile.width(units);
    for (int u = 0; u < units; u++) {
      int columns = Math.min(width, units - u / width * width);
      int rows = Tile.rows(columns);
      double sum = 0;
      for (float[][] s : sums) {
        float[] a = s[7 * (u / width) + k];
        for (int r = 0; r < rows; r++) {
          sum += a[r * columns + u % width];
        }
      }
      to.floats().put(at + u, (float) sum);
    }
  }

  @Override
  protected void run(int chunk, int worker) {
    for (float[] s : sums[chunk]) {
      Arrays.fill(s, 0);
    }
    int units = shape.units();
    int row = chunks.begin(chunk);
    int n = chunks.begin(chunk + 1) - row;
    for (int t = steps - 1; t >= 0; t--) {
      for (int u = 0; u < units; u += Tile.width(units)) {
        gates(t, row, n, u, sums[chunk], worker);
      }
      if (overTime) {
        toInputs(t * shape.batch() + row, row, n, worker);
      }
    }
  }

  /** What the gates of some rows pass back to x and to the state before. */
  private void toInputs(int at, int row, int n, int worker) {
    Matrix back = joined[worker];
    gemm.f32(
        gateMatrices[worker].at(at * shape.columns()),
        false,
        weights[worker],
        true,
        back,
        n,
        shape.rows(),
        shape.columns(),
        scratch,
        worker);
    part(back.region, 0, shape.inputs(), outputs[0], at, n);
    part(back.region, shape.inputs(), shape.units(), toHPrev, row, n);
  }

  /** Copies {@code width} columns of what is passed back to rows {@code row} and on of a result. */
  private void part(Region from, int column, int width, Region to, int row, int n) {
    for (int r = 0; r < n; r++) {
      int first = (r * shape.rows() + column) * Float.BYTES;
      int at = (row + r) * width * Float.BYTES;
      to.bytes().put(at, from.bytes(), first, width * Float.BYTES);
    }
  }

  /** The gradients of the gates of {@code n} rows and some units, and of the memory before. */
  private void gates(int t, int row, int n, int u, float[][] sums, int worker) {
    int units = shape.units();
    int width = Math.min(Tile.width(units), units - u);
    int rows = Math.min(n, Tile.rows(width));
    int tile = 7 * (u / Tile.width(units));
    for (int i = 0; i < 3 && peephole; i++) {
      Tile.repeat(peepholes[i], u, block(PEEPHOLES + i, worker), rows, width);
    }
    for (int r = row; r < row + n; r += rows) {
      int some = Math.min(rows, row + n - r);
      int here = r * units + u;
      int at = t * shape.size() + here;
      float[] before = block(MEMORY, worker);
      Region memory = t == 0 ? csPrev : given[1];
      Tile.get(memory, t == 0 ? here : at - shape.size(), units, before, some, width);
      load(csGrad, toCsPrev, D_CS, t, at, here, some, width, worker);
      load(hGrad, toHPrev, D_H, t, at, here, some, width, worker);
      Tile.get(given[0], at, units, block(I, worker), some, width);
      Tile.get(given[2], at, units, block(F, worker), some, width);
      Tile.get(given[3], at, units, block(O, worker), some, width);
      Tile.get(given[4], at, units, block(CI, worker), some, width);
      Tile.get(given[5], at, units, block(CO, worker), some, width);
      if (peephole) {
        Tile.get(given[1], at, units, block(STATE, worker), some, width);
      }
      tile(some * width, sums, tile, worker);
      Tile.put(block(D_CS, worker), toCsPrev, here, units, some, width);
      int columns = shape.columns();
      int to = (t * shape.batch() + r) * columns + u;
      for (int i = 0; i < 4; i++) {
        Tile.put(block(i, worker), gates, to + gateAt[i], columns, some, width);
      }
    }
  }

  /** Reads a gradient, and adds what the step after has passed back. */
  private void load(
      Region grad, Region passed, int k, int t, int at, int here, int rows, int width, int worker) {
    float[] z = block(k, worker);
    Tile.get(grad, at, shape.units(), z, rows, width);
    if (t < steps - 1) {
      float[] more = block(TEMP, worker);
      Tile.get(passed, here, shape.units(), more, rows, width);
      Lines.add(more, z, 0, rows * width);
    }
  }

  private void tile(int n, float[][] sums, int first, int worker) {
    float[] i = block(I, worker);
    float[] f = block(F, worker);
    float[] o = block(O, worker);
    float[] ci = block(CI, worker);
    float[] co = block(CO, worker);
    float[] before = block(MEMORY, worker);
    float[] dCs = block(D_CS, worker);
    float[] dH = block(D_H, worker);
    float[] dI = block(D_I, worker);
    float[] dC = block(D_C, worker);
    float[] dF = block(D_F, worker);
    float[] dO = block(D_O, worker);
    GateLoops.sigmoidGrad(o, dH, co, dO, n);
    GateLoops.addTanhGrad(co, dH, o, dCs, n);
    if (peephole) {
      GateLoops.addProduct(block(PEEPHOLES + 2, worker), dO, dCs, n);
    }
    GateLoops.tanhGrad(ci, dCs, i, dC, n);
    GateLoops.sigmoidGrad(f, dCs, before, dF, n);
    GateLoops.sigmoidGrad(i, dCs, ci, dI, n);
    GateLoops.multiply(dCs, f, dCs, n);
    if (peephole) {
      GateLoops.addProduct(block(PEEPHOLES, worker), dI, dCs, n);
      GateLoops.addProduct(block(PEEPHOLES + 1, worker), dF, dCs, n);
      GateLoops.addProduct(dI, before, sums[first + 4], n);
      GateLoops.addProduct(dF, before, sums[first + 5], n);
      GateLoops.addProduct(dO, block(STATE, worker), sums[first + 6], n);
    }
    if (overTime) {
      for (int k = 0; k < 4; k++) {
        Lines.add(block(k, worker), sums[first + k], 0, n);
      }
    }
  }

  private float[] block(int k, int worker) {
    return scratch.floats(worker, k, Scratch.BLOCK);
  }
}
