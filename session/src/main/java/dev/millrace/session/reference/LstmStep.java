package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.DoubleUnaryOperator;

/**
 * One step of an LSTM, forwards and backwards, on matrices of doubles. The weights are read from a
 * node's inputs x, cs_prev, h_prev, w, wci, wcf, wco and b, in this order.
 */
final class LstmStep {
  /** The outputs' places. */
  static final int I = 0;

  static final int CS = 1;
  static final int F = 2;
  static final int O = 3;
  static final int CI = 4;
  static final int CO = 5;
  static final int H = 6;

  final int batch;
  final int inputs;
  final int units;
  final DataType dtype;
  private final double[] w;
  private final double[] wci;
  private final double[] wcf;
  private final double[] wco;
  private final double[] b;
  private final double forgetBias;
  private final double clip;
  private final boolean peephole;
  private final int cAt;
  private final int fAt;
  private final DoubleUnaryOperator round;

  /**
   * @param first where x stands among the inputs
   * @param forgetFirst whether the columns of w are i, f, c, o instead of i, c, f, o
   */
  LstmStep(KernelContext c, int first, boolean forgetFirst) {
    Shape x = c.input(first).shape();
    batch = (int) x.dim(-2);
    inputs = (int) x.dim(-1);
    units = (int) c.input(first + 1).shape().dim(-1);
    dtype = c.input(first).dtype();
    Shape state = Shape.matrix(batch, units);
    requireShape(c, first + 1, state);
    requireShape(c, first + 2, state);
    requireShape(c, first + 3, Shape.matrix((long) inputs + units, 4L * units));
    for (int i = first + 4; i < first + 7; i++) {
      requireShape(c, i, Shape.vector(units));
    }
    requireShape(c, first + 7, Shape.vector(4L * units));
    w = c.input(first + 3).toDoubles();
    wci = c.input(first + 4).toDoubles();
    wcf = c.input(first + 5).toDoubles();
    wco = c.input(first + 6).toDoubles();
    b = c.input(first + 7).toDoubles();
    forgetBias = c.attrs().has("forget_bias") ? c.attrs().getFloat("forget_bias") : 0;
    clip = c.attrs().has("cell_clip") ? c.attrs().getFloat("cell_clip") : 0;
    peephole = c.attrs().getBool("use_peephole");
    cAt = forgetFirst ? 2 * units : units;
    fAt = forgetFirst ? units : 2 * units;
    round = Result.rounding(dtype);
  }

  private static void requireShape(KernelContext c, int i, Shape want) {
    if (!c.input(i).shape().equals(want)) {
      throw new InvalidArgumentException(
          "input " + i + " must be of shape " + want + ", but is " + c.input(i).shape());
    }
  }

  int stateSize() {
    return batch * units;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * Computes a step; the state before it is {@code cs} from {@code csAt} on and {@code h} from
   * {@code hAt} on. The seven results go to {@code out} from {@code at} on.
   */
  void forward(
      double[] x, int xAt, double[] cs, int csAt, double[] h, int hAt, double[][] out, int at) {
    double[] gates = new double[4 * units];
    for (int n = 0; n < batch; n++) {
      System.arraycopy(b, 0, gates, 0, gates.length);
      addProduct(x, xAt + n * inputs, inputs, 0, gates);
      addProduct(h, hAt + n * units, units, inputs, gates);
      for (int k = 0; k < units; k++) {
        int to = at + n * units + k;
        double before = cs[csAt + n * units + k];
        double i = sigmoid(gates[k] + peep(wci[k], before));
        double f = sigmoid(gates[fAt + k] + forgetBias + peep(wcf[k], before));
        double ci = Math.tanh(gates[cAt + k]);
        double memory = i * ci + f * before;
        if (clip > 0) {
          memory = Math.max(-clip, Math.min(clip, memory));
        }
        memory = round.applyAsDouble(memory);
        double o = sigmoid(gates[3 * units + k] + peep(wco[k], memory));
        double co = Math.tanh(memory);
        out[I][to] = round.applyAsDouble(i);
        out[CS][to] = memory;
        out[F][to] = round.applyAsDouble(f);
        out[O][to] = round.applyAsDouble(o);
        out[CI][to] = round.applyAsDouble(ci);
        out[CO][to] = round.applyAsDouble(co);
        out[H][to] = round.applyAsDouble(o * co);
      }
    }
  }

  private double peep(double weight, double memory) {
    return peephole ? weight * memory : 0;
  }

  /** Adds a row of {@code n} numbers times the rows of w from {@code row} on. */
  private void addProduct(double[] x, int xAt, int n, int row, double[] to) {
    for (int l = 0; l < n; l++) {
      for (int k = 0; k < to.length; k++) {
        to[k] += x[xAt + l] * w[(row + l) * to.length + k];
      }
    }
  }

  /** What a step's gradient is made of. */
  static final class Backward {
    final double[] dCs;
    final double[] dGates;
    final double[] dWci;
    final double[] dWcf;
    final double[] dWco;

    Backward(LstmStep s) {
      dCs = new double[s.stateSize()];
      dGates = new double[4 * s.stateSize()];
      dWci = new double[s.units];
      dWcf = new double[s.units];
      dWco = new double[s.units];
    }
  }

  /**
   * The gradient of a step: of the memory before it and of the gates (set), and of the peepholes
   * (added to). It passes clipping as if there were none, as TensorFlow's does.
   *
   * @param before the memory before the step, from {@code beforeAt} on
   * @param out the step's results, from {@code at} on
   */
  void backward(
      double[] before,
      int beforeAt,
      double[][] out,
      int at,
      double[] csGrad,
      double[] hGrad,
      Backward to) {
    for (int n = 0; n < batch; n++) {
      for (int k = 0; k < units; k++) {
        int s = n * units + k;
        double i = out[I][at + s];
        double f = out[F][at + s];
        double o = out[O][at + s];
        double ci = out[CI][at + s];
        double co = out[CO][at + s];
        double memory = before[beforeAt + s];
        double dO = o * (1 - o) * hGrad[s] * co;
        double dCs = (1 - co * co) * hGrad[s] * o + csGrad[s] + peep(wco[k], dO);
        double dCi = (1 - ci * ci) * dCs * i;
        double dF = f * (1 - f) * dCs * memory;
        double dI = i * (1 - i) * dCs * ci;
        int g = n * 4 * units + k;
        to.dGates[g] = dI;
        to.dGates[g + cAt] = dCi;
        to.dGates[g + fAt] = dF;
        to.dGates[g + 3 * units] = dO;
        to.dCs[s] = dCs * f + peep(wci[k], dI) + peep(wcf[k], dF);
        if (peephole) {
          to.dWci[k] += dI * memory;
          to.dWcf[k] += dF * memory;
          to.dWco[k] += dO * out[CS][at + s];
        }
      }
    }
  }

  /** Of the gates' gradient, that of the inputs and of the state: gates · wᵀ. */
  void backToInputs(double[] dGates, double[] dX, int xAt, double[] dH) {
    for (int n = 0; n < batch; n++) {
      for (int l = 0; l < inputs + units; l++) {
        double sum = 0;
        for (int k = 0; k < 4 * units; k++) {
          sum += dGates[n * 4 * units + k] * w[l * 4 * units + k];
        }
        if (l < inputs) {
          dX[xAt + n * inputs + l] = sum;
        } else {
          dH[n * units + l - inputs] = sum;
        }
      }
    }
  }

  /** Adds to the gradients of w and b what a step with these inputs and state contributes. */
  void addToWeights(
      double[] dGates, double[] x, int xAt, double[] h, int hAt, double[] dW, double[] dB) {
    int columns = 4 * units;
    for (int n = 0; n < batch; n++) {
      for (int k = 0; k < columns; k++) {
        double g = dGates[n * columns + k];
        dB[k] += g;
        for (int l = 0; l < inputs; l++) {
          dW[l * columns + k] += x[xAt + n * inputs + l] * g;
        }
        for (int l = 0; l < units; l++) {
          dW[(inputs + l) * columns + k] += h[hAt + n * units + l] * g;
        }
      }
    }
  }

  /** Numbers as a value of this step's dtype. */
  TensorValue value(double[] numbers, long... dims) {
    Result r = new Result(dtype, Shape.of(dims));
    for (int i = 0; i < numbers.length; i++) {
      r.setDouble(i, numbers[i]);
    }
    return r.value();
  }
}
