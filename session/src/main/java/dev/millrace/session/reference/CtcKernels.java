package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Connectionist temporal classification (Graves et al., 2006): the loss by the forward-backward
 * algorithm in logarithms, with its gradient, and decoding.
 */
final class CtcKernels {
  private static final double NONE = Double.NEGATIVE_INFINITY;

  private CtcKernels() {}

  static void register(ReferenceKernels k) {
    k.add("CTCLoss", CtcKernels::loss);
    k.add("CTCGreedyDecoder", CtcKernels::greedy);
    k.add("CTCBeamSearchDecoder", CtcBeams::decode);
  }

  /** Scores [time, batch, classes] and the length of each sequence. */
  static final class Scores {
    final TensorValue x;
    final int time;
    final int batch;
    final int classes;
    final int[] lengths;

    Scores(KernelContext c, int lengthInput) {
      x = Dims.requireRank(c.input(0), 3, "inputs");
      time = (int) x.shape().dim(0);
      batch = (int) x.shape().dim(1);
      classes = (int) x.shape().dim(2);
      lengths = Dims.requireRank(c.input(lengthInput), 1, "sequence_length").toInts();
      if (lengths.length != batch) {
        throw new InvalidArgumentException(
            "sequence_length has " + lengths.length + " elements for a batch of " + batch);
      }
      for (int n : lengths) {
        if (n < 0 || n > time) {
          throw new InvalidArgumentException(
              "sequence_length " + Arrays.toString(lengths) + " must be in [0, " + time + "]");
        }
      }
    }

    int at(int t, int b) {
      return (t * batch + b) * classes;
    }

    /** The logarithms of the classes' probabilities at a time. */
    double[] logProbabilities(int t, int b) {
      double[] r = new double[classes];
      double max = NONE;
      for (int k = 0; k < classes; k++) {
        r[k] = x.getDouble(at(t, b) + k);
        max = Math.max(max, r[k]);
      }
      double sum = 0;
      for (double y : r) {
        sum += Math.exp(y - max);
      }
      for (int k = 0; k < classes; k++) {
        r[k] -= max + Math.log(sum);
      }
      return r;
    }
  }

  static double logAdd(double a, double b) {
    double max = Math.max(a, b);
    return max == NONE ? NONE : max + Math.log1p(Math.exp(Math.min(a, b) - max));
  }

  // ---- the loss

  private static void loss(KernelContext c) {
    Scores s = new Scores(c, 3);
    List<List<Integer>> labels = labels(c, s);
    boolean merge = c.attrs().getBool("ctc_merge_repeated");
    Result loss = new Result(s.x.dtype(), Shape.vector(s.batch));
    Result gradient = new Result(s.x.dtype(), s.x.shape());
    for (int b = 0; b < s.batch; b++) {
      // Labels that are too long, where the attribute lets them pass, cost nothing.
      if (s.lengths[b] > 0 && labels.get(b).size() <= s.lengths[b]) {
        new Path(s, b, labels.get(b), merge).run(loss, gradient);
      }
    }
    c.output(0, loss.value());
    c.output(1, gradient.value());
  }

  /** The labels of each sequence, checked. */
  private static List<List<Integer>> labels(KernelContext c, Scores s) {
    long[][] places = SparseValue.rows(Dims.requireRank(c.input(1), 2, "labels_indices"));
    int[] values = Dims.requireRank(c.input(2), 1, "labels_values").toInts();
    if (places.length != values.length || c.input(1).shape().dim(1) != 2) {
      throw new InvalidArgumentException(
          "labels_indices of shape "
              + c.input(1).shape()
              + " do not fit "
              + values.length
              + " labels_values");
    }
    List<List<Integer>> given = new ArrayList<>();
    for (int b = 0; b < s.batch; b++) {
      given.add(new ArrayList<>());
    }
    for (int i = 0; i < values.length; i++) {
      if (places[i][0] < 0 || places[i][0] >= s.batch) {
        throw new InvalidArgumentException(
            "label " + i + " is of sequence " + places[i][0] + ", but there are " + s.batch);
      }
      given.get((int) places[i][0]).add(values[i]);
    }
    boolean collapse = c.attrs().getBool("preprocess_collapse_repeated");
    boolean ignore = c.attrs().getBool("ignore_longer_outputs_than_inputs");
    List<List<Integer>> all = new ArrayList<>();
    for (int b = 0; b < s.batch; b++) {
      List<Integer> own = new ArrayList<>();
      boolean ended = false;
      Integer before = null;
      for (int label : given.get(b)) {
        boolean repeated = before != null && before == label;
        before = label;
        if (collapse && repeated) {
          continue;
        }
        if (label < 0 || (ended && label < s.classes - 1)) {
          throw new InvalidArgumentException(
              "labels must be in [0, "
                  + (s.classes - 1)
                  + "), blanks only at their end, but those of sequence "
                  + b
                  + " are "
                  + given.get(b));
        }
        ended |= label >= s.classes - 1;
        if (!ended) {
          own.add(label);
        }
      }
      if (!ignore && s.lengths[b] > 0 && own.size() > s.lengths[b]) {
        throw new InvalidArgumentException(
            "the labels of sequence "
                + b
                + " need "
                + own.size()
                + " steps, but there are "
                + s.lengths[b]
                + "; ignore_longer_outputs_than_inputs lets it pass");
      }
      all.add(own);
    }
    return all;
  }

  /** All ways through the scores of one sequence that give its labels. */
  private static final class Path {
    private final Scores s;
    private final int b;
    private final int steps;
    private final boolean merge;
    private final int blank;

    /** The labels with blanks before, between and behind. */
    private final int[] states;

    private final double[][] log;

    Path(Scores s, int b, List<Integer> labels, boolean merge) {
      this.s = s;
      this.b = b;
      this.steps = s.lengths[b];
      this.merge = merge;
      this.blank = s.classes - 1;
      states = new int[2 * labels.size() + 1];
      Arrays.fill(states, blank);
      for (int i = 0; i < labels.size(); i++) {
        states[2 * i + 1] = labels.get(i);
      }
      log = new double[steps][];
      for (int t = 0; t < steps; t++) {
        log[t] = s.logProbabilities(t, b);
      }
    }

    private boolean mayStay(int u) {
      return merge || states[u] == blank;
    }

    /** Whether the blank before state u may be left out. */
    private boolean maySkip(int u) {
      return u > 1 && states[u] != blank && !(merge && states[u] == states[u - 2]);
    }

    /** The logarithms of the sums over all beginnings, with what is scored at t. */
    private double[][] forward() {
      double[][] a = new double[steps][states.length];
      for (int t = 0; t < steps; t++) {
        for (int u = 0; u < states.length; u++) {
          double sum = t == 0 && u < 2 ? 0 : NONE;
          if (t > 0) {
            sum = mayStay(u) ? a[t - 1][u] : NONE;
            sum = u > 0 ? logAdd(sum, a[t - 1][u - 1]) : sum;
            sum = maySkip(u) ? logAdd(sum, a[t - 1][u - 2]) : sum;
          }
          a[t][u] = sum + log[t][states[u]];
        }
      }
      return a;
    }

    /** The logarithms of the sums over all ends, without what is scored at t. */
    private double[][] backward() {
      double[][] z = new double[steps][states.length];
      for (int t = steps - 1; t >= 0; t--) {
        for (int u = 0; u < states.length; u++) {
          double sum = t == steps - 1 && u >= states.length - 2 ? 0 : NONE;
          if (t < steps - 1) {
            sum = mayStay(u) ? after(z, t, u) : NONE;
            sum = u + 1 < states.length ? logAdd(sum, after(z, t, u + 1)) : sum;
            boolean skip = u + 2 < states.length && maySkip(u + 2);
            sum = skip ? logAdd(sum, after(z, t, u + 2)) : sum;
          }
          z[t][u] = sum;
        }
      }
      return z;
    }

    private double after(double[][] z, int t, int u) {
      return z[t + 1][u] + log[t + 1][states[u]];
    }

    void run(Result loss, Result gradient) {
      double[][] a = forward();
      double[][] z = backward();
      double total = NONE;
      for (int u = 0; u < states.length; u++) {
        total = logAdd(total, a[0][u] + z[0][u]);
      }
      loss.setDouble(b, -total);
      for (int t = 0; t < steps; t++) {
        double[] share = new double[s.classes];
        Arrays.fill(share, NONE);
        for (int u = 0; u < states.length; u++) {
          share[states[u]] = logAdd(share[states[u]], a[t][u] + z[t][u]);
        }
        for (int k = 0; k < s.classes; k++) {
          double own = total == NONE ? 0 : Math.exp(share[k] - total);
          gradient.setDouble(s.at(t, b) + k, Math.exp(log[t][k]) - own);
        }
      }
    }
  }

  // ---- decoding

  /** The best class at every time, blanks left out, and repetitions where asked for. */
  private static void greedy(KernelContext c) {
    Scores s = new Scores(c, 1);
    boolean merge = c.attrs().getBool("merge_repeated");
    Result score = new Result(s.x.dtype(), Shape.matrix(s.batch, 1));
    List<List<Integer>> decoded = new ArrayList<>();
    for (int b = 0; b < s.batch; b++) {
      List<Integer> own = new ArrayList<>();
      double sum = 0;
      int before = -1;
      for (int t = 0; t < s.lengths[b]; t++) {
        int best = 0;
        for (int k = 1; k < s.classes; k++) {
          if (s.x.getDouble(s.at(t, b) + k) > s.x.getDouble(s.at(t, b) + best)) {
            best = k;
          }
        }
        sum -= s.x.getDouble(s.at(t, b) + best);
        if (best != s.classes - 1 && !(merge && best == before)) {
          own.add(best);
        }
        before = best;
      }
      score.setDouble(b, sum);
      decoded.add(own);
    }
    output(c, 0, 1, decoded);
    c.output(3, score.value());
  }

  /** Path {@code p} of {@code paths}, a row for each sequence. */
  static void output(KernelContext c, int p, int paths, List<List<Integer>> decoded) {
    List<long[]> places = new ArrayList<>();
    List<Long> values = new ArrayList<>();
    int longest = 0;
    for (int b = 0; b < decoded.size(); b++) {
      longest = Math.max(longest, decoded.get(b).size());
      for (int i = 0; i < decoded.get(b).size(); i++) {
        places.add(new long[] {b, i});
        values.add((long) decoded.get(b).get(i));
      }
    }
    c.output(p, SparseValue.matrix(places, 2));
    c.output(paths + p, Scalars.tensor(DataType.INT64, Shape.vector(values.size()), values));
    c.output(2 * paths + p, TensorValue.ofLongs(decoded.size(), longest));
  }
}
