package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decoding by prefix beam search: a beam is a sequence of labels, whatever blanks and repetitions
 * lead to it; of each, the probabilities of ending in a blank and in its last label are kept apart.
 *
 * <p>Different ways often have the same probability but for the rounding, and the beams that are
 * dropped are then those that it makes less. So numbers are rounded where, and in the order in
 * which, TensorFlow rounds them.
 */
final class CtcBeams {
  private static final double NONE = Double.NEGATIVE_INFINITY;

  private CtcBeams() {}

  static void decode(KernelContext c) {
    CtcKernels.Scores s = new CtcKernels.Scores(c, 1);
    int paths = (int) c.attrs().getInt("top_paths");
    int width = (int) c.attrs().getInt("beam_width");
    boolean merge = c.attrs().getBool("merge_repeated");
    if (paths > width) {
      throw new InvalidArgumentException(
          "there are " + paths + " top_paths, more than the beam_width of " + width);
    }
    Result score = new Result(s.x.dtype(), Shape.matrix(s.batch, paths));
    List<List<List<Integer>>> decoded = new ArrayList<>();
    for (int p = 0; p < paths; p++) {
      decoded.add(new ArrayList<>());
    }
    for (int b = 0; b < s.batch; b++) {
      Search search = new Search(width, s.classes - 1, s.x.dtype() == DataType.FLOAT32);
      for (int t = 0; t < s.lengths[b]; t++) {
        search.step(s.at(t, b), s.x);
      }
      List<Beam> best = search.best();
      if (best.size() < paths) {
        throw new InvalidArgumentException(
            "sequence " + b + " has fewer than " + paths + " paths to choose from");
      }
      for (int p = 0; p < paths; p++) {
        decoded.get(p).add(best.get(p).labels(merge));
        score.setDouble(b * paths + p, best.get(p).total);
      }
    }
    for (int p = 0; p < paths; p++) {
      CtcKernels.output(c, p, paths, decoded.get(p));
    }
    c.output(3 * paths, score.value());
  }

  /** A sequence of labels. */
  private static final class Beam {
    final Beam parent;
    final int label;
    final Map<Integer, Beam> children = new TreeMap<>();
    double blank = NONE;
    double ending = NONE;
    double total = NONE;
    double oldBlank = NONE;
    double oldTotal = NONE;

    Beam(Beam parent, int label) {
      this.parent = parent;
      this.label = label;
    }

    void leave() {
      blank = NONE;
      ending = NONE;
      total = NONE;
    }

    boolean isActive() {
      return total != NONE;
    }

    /** What may come before another {@code next}: after the same label, a blank only. */
    double before(int next) {
      return next == label ? oldBlank : oldTotal;
    }

    List<Integer> labels(boolean merge) {
      List<Integer> r = new ArrayList<>();
      int after = -1;
      for (Beam b = this; b.parent != null; b = b.parent) {
        if (!merge || b.label != after) {
          r.add(0, b.label);
        }
        after = b.label;
      }
      return r;
    }
  }

  private static final class Search {
    private final int width;
    private final int blank;
    private final boolean single;
    private final List<Beam> beams = new ArrayList<>();

    Search(int width, int blank, boolean single) {
      this.width = width;
      this.blank = blank;
      this.single = single;
      Beam root = new Beam(null, -1);
      root.blank = 0;
      root.total = 0;
      beams.add(root);
    }

    private double round(double x) {
      return single ? (float) x : x;
    }

    private double add(double x, double y) {
      return round(x + y);
    }

    /** The logarithm of the sum of two numbers by their logarithms. */
    private double logAdd(double x, double y) {
      double more = Math.max(x, y);
      if (more == NONE) {
        return NONE;
      }
      double ratio = round(Math.exp(add(Math.min(x, y), -more)));
      return add(more, round(Math.log1p(ratio)));
    }

    List<Beam> best() {
      List<Beam> r = new ArrayList<>(beams);
      r.sort(Comparator.comparingDouble((Beam b) -> b.total).reversed());
      return r;
    }

    /** Goes on by the classes' scores, which begin {@code at} a place. */
    void step(int at, TensorValue x) {
      double[] scores = new double[blank + 1];
      for (int k = 0; k <= blank; k++) {
        scores[k] = x.getDouble(at + k);
      }
      double norm = norm(scores);
      List<Beam> branches = best();
      beams.clear();
      for (Beam b : branches) {
        b.oldBlank = b.blank;
        b.oldTotal = b.total;
      }
      for (Beam b : branches) {
        if (b.parent != null) {
          if (b.parent.isActive()) {
            b.ending = logAdd(b.ending, b.parent.before(b.label));
          }
          b.ending = add(b.ending, add(scores[b.label], -norm));
        }
        b.blank = add(add(b.oldTotal, scores[blank]), -norm);
        b.total = logAdd(b.blank, b.ending);
        beams.add(b);
      }
      for (Beam b : branches) {
        for (int k = 0; k < blank && fits(b.oldTotal); k++) {
          Beam child = b.children.computeIfAbsent(k, label -> new Beam(b, label));
          if (!child.isActive()) {
            extend(b, child, add(scores[k], -norm));
          }
        }
      }
    }

    /** What is taken from scores to make logarithms of probabilities of them. */
    private double norm(double[] scores) {
      double max = Arrays.stream(scores).max().orElseThrow();
      double sum = 0;
      for (double y : scores) {
        sum = add(sum, round(Math.exp(add(y, -max))));
      }
      return add(max, round(Math.log(sum)));
    }

    private void extend(Beam b, Beam child, double log) {
      child.blank = NONE;
      child.ending = add(log, b.before(child.label));
      child.total = child.ending;
      if (!fits(child.total)) {
        // A beam that just left and finds no way back does not lead on either.
        child.leave();
        child.oldBlank = NONE;
        child.oldTotal = NONE;
        return;
      }
      if (beams.size() == width) {
        Beam worst = worst();
        worst.leave();
        beams.remove(worst);
      }
      beams.add(child);
    }

    private Beam worst() {
      return beams.stream().min(Comparator.comparingDouble(b -> b.total)).orElseThrow();
    }

    private boolean fits(double total) {
      return total > NONE && (beams.size() < width || total > worst().total);
    }
  }
}
