package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.memory.Region;

/** A step of a GRU: r, u, c and h. */
final class GruForward extends GruStep {
  private final Region ruBias;
  private final Region cBias;
  private final Region[] out = new Region[4];
  private final Worker[] workers;

  GruForward(BindContext node) {
    super(node);
    ruBias = node.input(4);
    cBias = node.input(5);
    for (int i = 0; i < out.length; i++) {
      out[i] = node.output(i);
    }
    workers = new Worker[workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i);
    }
  }

  @Override
  void rows(int row, int n, int worker) {
    if (n * units > 0) {
      workers[worker].run(row, n);
    }
  }

  /** What a thread computes with. */
  private final class Worker {
    private final int number;

    /** x and the state, side by side. */
    private final Region joined = memory(inputs + units);

    private final Region gates = memory(2 * units);
    private final Matrix joinedMatrix = new Matrix(joined, 0, inputs + units);
    private final Matrix ruMatrix = new Matrix(gates, 0, 2 * units);
    private final Matrix cMatrix = new Matrix(gates, 0, units);
    private final Matrix ruWeightsMatrix = new Matrix(ruWeights, 0, 2 * units);
    private final Matrix cWeightsMatrix = new Matrix(cWeights, 0, units);

    Worker(int number) {
      this.number = number;
    }

    void run(int row, int n) {
      int k = inputs + units;
      join(x, row, inputs, 0, n);
      join(hPrev, row, units, inputs, n);
      multiply(joinedMatrix, ruWeightsMatrix, false, ruMatrix, n, 2 * units, k, number);
      for (int u = 0; u < units; u += Tile.width(units)) {
        gates(row, n, u);
      }
      multiply(joinedMatrix, cWeightsMatrix, false, cMatrix, n, units, k, number);
      for (int u = 0; u < units; u += Tile.width(units)) {
        state(row, n, u);
      }
    }

    private void join(Region from, int row, int width, int column, int n) {
      for (int r = 0; r < n; r++) {
        int to = (r * (inputs + units) + column) * Float.BYTES;
        int first = (row + r) * width * Float.BYTES;
        joined.bytes().put(to, from.bytes(), first, width * Float.BYTES);
      }
    }

    /** r and u; the state before, times r, goes where the state was. */
    private void gates(int row, int n, int first) {
      BlockTemps t = scratch.temps(number);
      int width = Math.min(Tile.width(units), units - first);
      int rows = Math.min(n, Tile.rows(width));
      float[] rBias = block(0, number);
      float[] uBias = block(1, number);
      float[] z = block(2, number);
      float[] h = block(3, number);
      Tile.repeat(ruBias, first, rBias, rows, width);
      Tile.repeat(ruBias, units + first, uBias, rows, width);
      for (int i = 0; i < n; i += rows) {
        int some = Math.min(rows, n - i);
        int size = some * width;
        int at = (row + i) * units + first;
        Tile.get(gates, i * 2 * units + units + first, 2 * units, z, some, width);
        Lines.add(uBias, z, 0, size);
        FloatMath.sigmoid(z, z, size, t);
        Tile.put(z, out[1], at, units, some, width);
        Tile.get(gates, i * 2 * units + first, 2 * units, z, some, width);
        Lines.add(rBias, z, 0, size);
        FloatMath.sigmoid(z, z, size, t);
        Tile.put(z, out[0], at, units, some, width);
        Tile.get(hPrev, at, units, h, some, width);
        GateLoops.multiply(h, z, h, size);
        Tile.put(h, joined, i * (inputs + units) + inputs + first, inputs + units, some, width);
      }
    }

    /** c and h. */
    private void state(int row, int n, int first) {
      BlockTemps t = scratch.temps(number);
      int width = Math.min(Tile.width(units), units - first);
      int rows = Math.min(n, Tile.rows(width));
      float[] bias = block(0, number);
      float[] c = block(1, number);
      float[] u = block(2, number);
      float[] h = block(3, number);
      Tile.repeat(cBias, first, bias, rows, width);
      for (int i = 0; i < n; i += rows) {
        int some = Math.min(rows, n - i);
        int size = some * width;
        int at = (row + i) * units + first;
        Tile.get(gates, i * units + first, units, c, some, width);
        Lines.add(bias, c, 0, size);
        FloatMath.tanh(c, c, size, t);
        Tile.put(c, out[2], at, units, some, width);
        Tile.get(out[1], at, units, u, some, width);
        Tile.get(hPrev, at, units, h, some, width);
        GateLoops.mix(u, h, c, h, size);
        Tile.put(h, out[3], at, units, some, width);
      }
    }
  }
}
