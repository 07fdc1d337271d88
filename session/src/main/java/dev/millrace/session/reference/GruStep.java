package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;

/** One step of a GRU, forwards and backwards: of the inputs x, h_prev, w_ru, w_c, b_ru and b_c. */
final class GruStep {
  private final int batch;
  private final int inputs;
  private final int units;
  private final double[] x;
  private final double[] h;
  private final double[] wRu;
  private final double[] wC;
  private final double[] bRu;
  private final double[] bC;

  GruStep(KernelContext c) {
    Shape in = Dims.requireRank(c.input(0), 2, "x").shape();
    Shape state = Dims.requireRank(c.input(1), 2, "h_prev").shape();
    batch = (int) in.dim(0);
    inputs = (int) in.dim(1);
    units = (int) state.dim(1);
    long rows = (long) inputs + units;
    Shape[] want = {
      in,
      Shape.matrix(batch, units),
      Shape.matrix(rows, 2L * units),
      Shape.matrix(rows, units),
      Shape.vector(2L * units),
      Shape.vector(units)
    };
    for (int i = 0; i < want.length; i++) {
      if (!c.input(i).shape().equals(want[i])) {
        throw new InvalidArgumentException(
            "input " + i + " must be of shape " + want[i] + ", but is " + c.input(i).shape());
      }
    }
    x = c.input(0).toDoubles();
    h = c.input(1).toDoubles();
    wRu = c.input(2).toDoubles();
    wC = c.input(3).toDoubles();
    bRu = c.input(4).toDoubles();
    bC = c.input(5).toDoubles();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Row {@code n} of {@code [x, state] · w + b}. */
  private double[] linear(int n, double[] state, double[] w, double[] b) {
    double[] row = b.clone();
    for (int k = 0; k < row.length; k++) {
      for (int l = 0; l < inputs; l++) {
        row[k] += x[n * inputs + l] * w[l * row.length + k];
      }
      for (int l = 0; l < units; l++) {
        row[k] += state[n * units + l] * w[(inputs + l) * row.length + k];
      }
    }
    return row;
  }

  void forward(KernelContext k) {
    double[] r = new double[batch * units];
    double[] u = new double[r.length];
    double[] c = new double[r.length];
    double[] next = new double[r.length];
    double[] rh = new double[r.length];
    for (int n = 0; n < batch; n++) {
      double[] ru = linear(n, h, wRu, bRu);
      for (int j = 0; j < units; j++) {
        int s = n * units + j;
        r[s] = sigmoid(ru[j]);
        u[s] = sigmoid(ru[units + j]);
        rh[s] = r[s] * h[s];
      }
      double[] candidate = linear(n, rh, wC, bC);
      for (int j = 0; j < units; j++) {
        int s = n * units + j;
        c[s] = Math.tanh(candidate[j]);
        next[s] = u[s] * h[s] + (1 - u[s]) * c[s];
      }
    }
    double[][] all = {r, u, c, next};
    for (int i = 0; i < all.length; i++) {
      output(k, i, all[i], units);
    }
  }

  private void output(KernelContext k, int i, double[] values, int columns) {
    Result r = new Result(k.input(0).dtype(), Shape.matrix(batch, columns));
    for (int j = 0; j < values.length; j++) {
      r.setDouble(j, values[j]);
    }
    k.output(i, r.value());
  }

  /** Row {@code n} of {@code gates · wᵀ}. */
  private double[] back(int n, double[] gates, double[] w) {
    int columns = gates.length / batch;
    double[] row = new double[inputs + units];
    for (int l = 0; l < row.length; l++) {
      for (int k = 0; k < columns; k++) {
        row[l] += gates[n * columns + k] * w[l * columns + k];
      }
    }
    return row;
  }

  void backward(KernelContext k) {
    double[][] given = new double[4][];
    for (int i = 0; i < 4; i++) {
      Dims.requireSame(k.input(1), "h_prev", k.input(6 + i), "input " + (6 + i));
      given[i] = k.input(6 + i).toDoubles();
    }
    double[] r = given[0];
    double[] u = given[1];
    double[] c = given[2];
    double[] dNext = given[3];
    double[] dX = new double[batch * inputs];
    double[] dH = new double[batch * units];
    double[] dC = new double[batch * units];
    double[] dRu = new double[2 * batch * units];
    for (int n = 0; n < batch; n++) {
      for (int j = 0; j < units; j++) {
        int s = n * units + j;
        dC[s] = dNext[s] * (1 - u[s]) * (1 - c[s] * c[s]);
        dRu[2 * n * units + units + j] = dNext[s] * (h[s] - c[s]) * u[s] * (1 - u[s]);
      }
      double[] byCandidate = back(n, dC, wC);
      for (int j = 0; j < units; j++) {
        int s = n * units + j;
        dRu[2 * n * units + j] = byCandidate[inputs + j] * h[s] * r[s] * (1 - r[s]);
      }
      double[] byGates = back(n, dRu, wRu);
      for (int l = 0; l < inputs; l++) {
        dX[n * inputs + l] = byGates[l] + byCandidate[l];
      }
      for (int j = 0; j < units; j++) {
        int s = n * units + j;
        dH[s] = byGates[inputs + j] + byCandidate[inputs + j] * r[s] + dNext[s] * u[s];
      }
    }
    output(k, 0, dX, inputs);
    output(k, 1, dH, units);
    output(k, 2, dC, units);
    output(k, 3, dRu, 2 * units);
  }
}
