package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.reference.LstmStep.Backward;
import java.util.Arrays;

/**
 * LSTM and GRU cells, and an LSTM over time, in one op each. They compute in double and round what
 * a step gives to the dtype.
 */
final class RnnKernels {
  private RnnKernels() {}

  static void register(ReferenceKernels k) {
    k.add("LSTMBlockCell", RnnKernels::lstmCell);
    k.add("LSTMBlockCellGrad", RnnKernels::lstmCellGrad);
    k.add("BlockLSTM", c -> blockLstm(c, new LstmStep(c, 1, false)));
    k.add("BlockLSTMV2", c -> blockLstm(c, new LstmStep(c, 1, true)));
    k.add("BlockLSTMGrad", c -> blockLstmGrad(c, new LstmStep(c, 1, false)));
    k.add("BlockLSTMGradV2", c -> blockLstmGrad(c, new LstmStep(c, 1, true)));
    k.add("GatherTree", RnnKernels::gatherTree);
    k.add("GRUBlockCell", c -> new GruStep(c).forward(c));
    k.add("GRUBlockCellGrad", c -> new GruStep(c).backward(c));
  }

  private static double[] doubles(KernelContext c, int i) {
    return c.input(i).toDoubles();
  }

  private static void lstmCell(KernelContext c) {
    LstmStep s = new LstmStep(c, 0, false);
    double[][] out = new double[7][s.stateSize()];
    s.forward(doubles(c, 0), 0, doubles(c, 1), 0, doubles(c, 2), 0, out, 0);
    for (int i = 0; i < out.length; i++) {
      c.output(i, s.value(out[i], s.batch, s.units));
    }
  }

  private static void lstmCellGrad(KernelContext c) {
    LstmStep s = new LstmStep(c, 0, false);
    double[][] out = new double[7][];
    for (int i = 0; i < 6; i++) {
      out[i] = state(c, 8 + i, s.stateSize());
    }
    Backward b = new Backward(s);
    double[] csGrad = state(c, 14, s.stateSize());
    double[] hGrad = state(c, 15, s.stateSize());
    s.backward(doubles(c, 1), 0, out, 0, csGrad, hGrad, b);
    c.output(0, s.value(b.dCs, s.batch, s.units));
    c.output(1, s.value(b.dGates, s.batch, 4L * s.units));
    c.output(2, s.value(b.dWci, s.units));
    c.output(3, s.value(b.dWcf, s.units));
    c.output(4, s.value(b.dWco, s.units));
  }

  /** Input {@code i}, which must have as many elements. */
  private static double[] state(KernelContext c, int i, int size) {
    TensorValue v = c.input(i);
    if (v.size() != size) {
      throw new InvalidArgumentException(
          "input " + i + " must have " + size + " elements, but is of shape " + v.shape());
    }
    return v.toDoubles();
  }

  /** The number of steps, of which there may be fewer than x has. */
  private static int steps(KernelContext c) {
    long steps = Dims.scalar(c.input(0), "seq_len_max");
    long all = c.input(1).shape().dim(0);
    if (steps < 0 || steps > all) {
      throw new InvalidArgumentException(
          "seq_len_max must be between 0 and " + all + ", the steps of x, but is " + steps);
    }
    return (int) steps;
  }

  /** The steps after the last one are zeros. */
  private static void blockLstm(KernelContext c, LstmStep s) {
    int steps = steps(c);
    long time = c.input(1).shape().dim(0);
    int size = s.stateSize();
    double[][] out = new double[7][(int) time * size];
    double[] x = doubles(c, 1);
    double[] cs = doubles(c, 2);
    double[] h = doubles(c, 3);
    int at = 0;
    for (int t = 0; t < steps; t++) {
      s.forward(x, t * s.batch * s.inputs, cs, at, h, at, out, t * size);
      cs = out[LstmStep.CS];
      h = out[LstmStep.H];
      at = t * size;
    }
    for (int i = 0; i < out.length; i++) {
      c.output(i, s.value(out[i], time, s.batch, s.units));
    }
  }

  private static void blockLstmGrad(KernelContext c, LstmStep s) {
    int steps = steps(c);
    long time = c.input(1).shape().dim(0);
    int size = s.stateSize();
    double[][] out = new double[7][];
    for (int i = 0; i < 7; i++) {
      out[i] = state(c, 9 + i, (int) time * size);
    }
    double[] csGrads = state(c, 16, (int) time * size);
    double[] hGrads = state(c, 17, (int) time * size);
    double[] x = doubles(c, 1);
    double[] dX = new double[x.length];
    double[] dH = new double[size];
    double[] dW = new double[c.input(4).size()];
    double[] dB = new double[4 * s.units];
    Backward b = new Backward(s);
    double[] firstCs = doubles(c, 2);
    double[] firstH = doubles(c, 3);
    double[] csGrad = new double[size];
    double[] hGrad = new double[size];
    for (int t = steps - 1; t >= 0; t--) {
      for (int k = 0; k < size; k++) {
        csGrad[k] = b.dCs[k] + csGrads[t * size + k];
        hGrad[k] = dH[k] + hGrads[t * size + k];
      }
      int before = Math.max(0, t - 1) * size;
      double[] cs = t == 0 ? firstCs : out[LstmStep.CS];
      double[] h = t == 0 ? firstH : out[LstmStep.H];
      s.backward(cs, before, out, t * size, csGrad, hGrad, b);
      int xAt = t * s.batch * s.inputs;
      s.backToInputs(b.dGates, dX, xAt, dH);
      s.addToWeights(b.dGates, x, xAt, h, before, dW, dB);
    }
    c.output(0, s.value(dX, time, s.batch, s.inputs));
    c.output(1, s.value(b.dCs, s.batch, s.units));
    c.output(2, s.value(dH, s.batch, s.units));
    c.output(3, s.value(dW, s.inputs + s.units, 4L * s.units));
    c.output(4, s.value(b.dWci, s.units));
    c.output(5, s.value(b.dWcf, s.units));
    c.output(6, s.value(b.dWco, s.units));
    c.output(7, s.value(dB, 4L * s.units));
  }

  /**
   * Follows each beam from its last step back to its beginning; what comes after its end is end.
   */
  private static void gatherTree(KernelContext c) {
    TensorValue ids = Dims.requireRank(c.input(0), 3, "step_ids");
    TensorValue parents = c.input(1);
    Dims.requireSame(ids, "step_ids", parents, "parent_ids");
    TensorValue lengths = Dims.requireRank(c.input(2), 1, "max_sequence_lengths");
    int end = (int) Dims.scalar(c.input(3), "end_token");
    int time = (int) ids.shape().dim(0);
    int batch = (int) ids.shape().dim(1);
    int width = (int) ids.shape().dim(2);
    if (lengths.size() != batch) {
      throw new InvalidArgumentException(
          "max_sequence_lengths has " + lengths.size() + " numbers for a batch of " + batch);
    }
    int[] beams = new int[ids.size()];
    Arrays.fill(beams, end);
    for (int b = 0; b < batch; b++) {
      int last = (int) Math.min(time, lengths.getLong(b)) - 1;
      for (int beam = 0; beam < width; beam++) {
        long from = beam;
        for (int t = last; t >= 0; t--) {
          if (from < 0 || from >= width) {
            throw new InvalidArgumentException(
                "parent " + from + " of step " + (t + 1) + " is not in [0, " + width + ")");
          }
          int at = (t * batch + b) * width;
          beams[at + beam] = ids.ints()[at + (int) from];
          from = parents.getLong(at + (int) from);
        }
        boolean over = false;
        for (int t = 0; t <= last; t++) {
          int at = (t * batch + b) * width + beam;
          beams[at] = over ? end : beams[at];
          over = over || beams[at] == end;
        }
      }
    }
    c.output(0, TensorValue.ofInts(beams).reshape(ids.shape()));
  }
}
