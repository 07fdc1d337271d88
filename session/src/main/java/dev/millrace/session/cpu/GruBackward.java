package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.memory.Region;

/** The gradient of a step of a GRU: of x and the state, and of the gates before their functions. */
final class GruBackward extends GruStep {
  private final Region r;
  private final Region u;
  private final Region c;
  private final Region grad;
  private final Region toX;
  private final Region toH;
  private final Region toC;
  private final Region toRu;
  private final Worker[] workers;

  GruBackward(BindContext node) {
    super(node);
    r = node.input(6);
    u = node.input(7);
    c = node.input(8);
    grad = node.input(9);
    toX = node.output(0);
    toH = node.output(1);
    toC = node.output(2);
    toRu = node.output(3);
    workers = new Worker[workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i);
    }
  }

  @Override
  void rows(int row, int n, int worker) {
    if (n * units > 0) {
      workers[worker].run(row, n);
    } else {
      Regions.clear(toX);
    }
  }

  /** What a thread computes with. */
  private final class Worker {
    private final int number;
    private final int columns = inputs + units;

    /** What comes back to x and the state by the candidate, and by the gates. */
    private final Region byCandidate = memory(columns);

    private final Region byGates = memory(columns);
    private final Matrix byCandidateMatrix = new Matrix(byCandidate, 0, columns);
    private final Matrix byGatesMatrix = new Matrix(byGates, 0, columns);
    private final Matrix cMatrix = new Matrix(toC, 0, units);
    private final Matrix ruMatrix = new Matrix(toRu, 0, 2 * units);
    private final Matrix ruWeightsMatrix = new Matrix(ruWeights, 0, 2 * units);
    private final Matrix cWeightsMatrix = new Matrix(cWeights, 0, units);

    Worker(int number) {
      this.number = number;
    }

    void run(int row, int n) {
      int tile = Tile.width(units);
      for (int first = 0; first < units; first += tile) {
        candidate(row, n, first);
      }
      Matrix dC = cMatrix.at(row * units);
      multiply(dC, cWeightsMatrix, true, byCandidateMatrix, n, columns, units, number);
      for (int first = 0; first < units; first += tile) {
        resetGate(row, n, first);
      }
      Matrix dRu = ruMatrix.at(row * 2 * units);
      multiply(dRu, ruWeightsMatrix, true, byGatesMatrix, n, columns, 2 * units, number);
      for (int first = 0; first < inputs; first += Tile.width(inputs)) {
        toInputs(row, n, first);
      }
      for (int first = 0; first < units; first += tile) {
        toState(row, n, first);
      }
    }

    /** Of the candidate and of the update gate. */
    private void candidate(int row, int n, int first) {
      int width = Math.min(Tile.width(units), units - first);
      int rows = Math.min(n, Tile.rows(width));
      float[] dH = block(0, number);
      float[] update = block(1, number);
      float[] candidate = block(2, number);
      float[] h = block(3, number);
      for (int i = row; i < row + n; i += rows) {
        int some = Math.min(rows, row + n - i);
        int size = some * width;
        int at = i * units + first;
        Tile.get(grad, at, units, dH, some, width);
        Tile.get(u, at, units, update, some, width);
        Tile.get(c, at, units, candidate, some, width);
        Tile.get(hPrev, at, units, h, some, width);
        candidateGrads(dH, update, candidate, h, size);
        Tile.put(candidate, toC, at, units, some, width);
        Tile.put(h, toRu, i * 2 * units + units + first, 2 * units, some, width);
      }
    }

    private void resetGate(int row, int n, int first) {
      int width = Math.min(Tile.width(units), units - first);
      int rows = Math.min(n, Tile.rows(width));
      float[] back = block(0, number);
      float[] h = block(1, number);
      float[] reset = block(2, number);
      for (int i = 0; i < n; i += rows) {
        int some = Math.min(rows, n - i);
        int size = some * width;
        int at = (row + i) * units + first;
        Tile.get(byCandidate, i * columns + inputs + first, columns, back, some, width);
        Tile.get(hPrev, at, units, h, some, width);
        Tile.get(r, at, units, reset, some, width);
        GateLoops.sigmoidGrad(reset, back, h, back, size);
        Tile.put(back, toRu, (row + i) * 2 * units + first, 2 * units, some, width);
      }
    }

    private void toInputs(int row, int n, int first) {
      int width = Math.min(Tile.width(inputs), inputs - first);
      int rows = Math.min(n, Tile.rows(width));
      float[] sum = block(0, number);
      float[] more = block(1, number);
      for (int i = 0; i < n; i += rows) {
        int some = Math.min(rows, n - i);
        Tile.get(byGates, i * columns + first, columns, sum, some, width);
        Tile.get(byCandidate, i * columns + first, columns, more, some, width);
        Lines.add(more, sum, 0, some * width);
        Tile.put(sum, toX, (row + i) * inputs + first, inputs, some, width);
      }
    }

    private void toState(int row, int n, int first) {
      int width = Math.min(Tile.width(units), units - first);
      int rows = Math.min(n, Tile.rows(width));
      float[] sum = block(0, number);
      float[] more = block(1, number);
      float[] gate = block(2, number);
      for (int i = 0; i < n; i += rows) {
        int some = Math.min(rows, n - i);
        int size = some * width;
        int at = (row + i) * units + first;
        int from = i * columns + inputs + first;
        Tile.get(byGates, from, columns, sum, some, width);
        Tile.get(byCandidate, from, columns, more, some, width);
        Tile.get(r, at, units, gate, some, width);
        GateLoops.addProduct(gate, more, sum, size);
        Tile.get(grad, at, units, more, some, width);
        Tile.get(u, at, units, gate, some, width);
        GateLoops.addProduct(gate, more, sum, size);
        Tile.put(sum, toH, at, units, some, width);
      }
    }
  }

  /** Of the candidate, in its place, and of the update gate, in the state's. */
  private static void candidateGrads(
      float[] dH, float[] update, float[] candidate, float[] h, int n) {
    for (int i = 0; i < n; i++) {
      h[i] = dH[i] * (h[i] - candidate[i]) * update[i] * (1 - update[i]);
      candidate[i] = dH[i] * (1 - update[i]) * (1 - candidate[i] * candidate[i]);
    }
  }
}
