package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Boxes on images: choosing some that do not overlap much, and drawing them. */
final class BoxKernels {
  private static final float[][] COLOURS = {
    {1, 1, 0, 1},
    {0, 0, 1, 1},
    {1, 0, 0, 1},
    {0, 1, 0, 1},
    {0.5f, 0, 0.5f, 1},
    {0.5f, 0.5f, 0, 1},
    {0.5f, 0, 0, 1},
    {0, 0, 0.5f, 1},
    {0, 1, 1, 1},
    {1, 0, 1, 1}
  };

  private BoxKernels() {}

  static void register(ReferenceKernels k) {
    k.add("NonMaxSuppression", c -> choose(c, c.attrs().getFloat("iou_threshold"), LOWEST, 0));
    k.add("NonMaxSuppressionV2", c -> choose(c, number(c, 3), LOWEST, 0));
    k.add("NonMaxSuppressionV3", c -> choose(c, number(c, 3), number(c, 4), 0));
    k.add("NonMaxSuppressionV4", c -> choose(c, number(c, 3), number(c, 4), 0));
    k.add("NonMaxSuppressionV5", c -> choose(c, number(c, 3), number(c, 4), number(c, 5)));
    k.add("DrawBoundingBoxes", BoxKernels::draw);
    k.add("DrawBoundingBoxesV2", BoxKernels::draw);
  }

  private static final double LOWEST = Double.NEGATIVE_INFINITY;

  private static double number(KernelContext c, int i) {
    return Dims.requireScalar(c.input(i), "input " + i).getDouble(0);
  }

  /** A box that may yet be chosen; {@code seen} of the chosen ones have lowered its score. */
  private record Candidate(int box, double score, int seen) {}

  /** The best first, of equals that which comes first; a box too like a better one is left out. */
  private static void choose(KernelContext c, double overlap, double least, double sigma) {
    TensorValue boxes = Dims.requireRank(c.input(0), 2, "boxes");
    TensorValue scores = Dims.requireRank(c.input(1), 1, "scores");
    if (boxes.shape().dim(1) != 4 || boxes.shape().dim(0) != scores.size()) {
      throw new InvalidArgumentException(
          "boxes of shape " + boxes.shape() + " must be [" + scores.size() + ", 4]");
    }
    if (!(overlap >= 0 && overlap <= 1)) {
      throw new InvalidArgumentException("iou_threshold must be in [0, 1], but is " + overlap);
    }
    long most = Dims.requireScalar(c.input(2), "max_output_size").getLong(0);
    if (most < 0) {
      throw new InvalidArgumentException("max_output_size must not be negative, but is " + most);
    }
    PriorityQueue<Candidate> queue =
        new PriorityQueue<>(
            (a, b) ->
                a.score != b.score
                    ? Double.compare(b.score, a.score)
                    : Integer.compare(a.box, b.box));
    for (int i = 0; i < scores.size(); i++) {
      if (scores.getDouble(i) > least) {
        queue.add(new Candidate(i, scores.getDouble(i), 0));
      }
    }
    List<Candidate> chosen = new ArrayList<>();
    while (chosen.size() < most && !queue.isEmpty()) {
      Candidate next = queue.remove();
      double score = next.score;
      boolean out = false;
      for (int j = chosen.size() - 1; j >= next.seen && !out && score > least; j--) {
        double iou = overlap(boxes, next.box, chosen.get(j).box);
        out = sigma <= 0 && iou >= overlap;
        if (sigma > 0) {
          score *= iou <= overlap ? Math.exp(-0.5 / sigma * iou * iou) : 0;
        }
      }
      if (!out && score == next.score) {
        chosen.add(next);
      } else if (!out && score > least) {
        queue.add(new Candidate(next.box, score, chosen.size()));
      }
    }
    output(c, chosen, most);
  }

  private static void output(KernelContext c, List<Candidate> chosen, long most) {
    boolean padded =
        c.attrs().has("pad_to_max_output_size") && c.attrs().getBool("pad_to_max_output_size");
    Shape shape = Shape.vector(padded ? most : chosen.size());
    Result indices = new Result(DataType.INT32, shape);
    for (int i = 0; i < chosen.size(); i++) {
      indices.setLong(i, chosen.get(i).box);
    }
    c.output(0, indices.value());
    if (c.outputCount() == 3) {
      Result scores = new Result(c.outputType(1), shape);
      for (int i = 0; i < chosen.size(); i++) {
        scores.setDouble(i, chosen.get(i).score);
      }
      c.output(1, scores.value());
    }
    if (c.outputCount() > 1) {
      c.output(c.outputCount() - 1, TensorValue.of(chosen.size()));
    }
  }

  /** The share that two boxes have in common; any two opposite corners make a box. */
  private static double overlap(TensorValue boxes, int i, int j) {
    double common = 1;
    double first = 1;
    double second = 1;
    for (int d = 0; d < 2; d++) {
      double[] a = sorted(boxes.getDouble(4 * i + d), boxes.getDouble(4 * i + 2 + d));
      double[] b = sorted(boxes.getDouble(4 * j + d), boxes.getDouble(4 * j + 2 + d));
      common *= Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]));
      first *= a[1] - a[0];
      second *= b[1] - b[0];
    }
    return first <= 0 || second <= 0 ? 0 : common / (first + second - common);
  }

  private static double[] sorted(double x, double y) {
    return new double[] {Math.min(x, y), Math.max(x, y)};
  }

  // ---- drawing

  /** The borders, one pixel wide, cut off at the image's edge. */
  private static void draw(KernelContext c) {
    TensorValue images = Dims.requireRank(c.input(0), 4, "images");
    TensorValue boxes = Dims.requireRank(c.input(1), 3, "boxes");
    Shape s = images.shape();
    if (boxes.shape().dim(0) != s.dim(0) || boxes.shape().dim(2) != 4) {
      throw new InvalidArgumentException(
          "boxes of shape " + boxes.shape() + " must be [" + s.dim(0) + ", boxes, 4]");
    }
    if (s.dim(3) != 1 && s.dim(3) != 3 && s.dim(3) != 4) {
      throw new InvalidArgumentException(
          "images must have 1, 3 or 4 channels, but are of shape " + s);
    }
    float[][] colours = colours(c);
    Result r = Result.copyOf(images);
    int n = (int) boxes.shape().dim(1);
    int height = (int) s.dim(1);
    int width = (int) s.dim(2);
    for (int i = 0; i < boxes.size() / 4; i++) {
      int image = i / n;
      float[] colour = colours[i % n % colours.length];
      int top = (int) (boxes.floats()[4 * i] * (height - 1));
      int left = (int) (boxes.floats()[4 * i + 1] * (width - 1));
      int bottom = (int) (boxes.floats()[4 * i + 2] * (height - 1));
      int right = (int) (boxes.floats()[4 * i + 3] * (width - 1));
      if (top > bottom
          || left > right
          || top >= height
          || bottom < 0
          || left >= width
          || right < 0) {
        continue; // turned over or outside: nothing to draw
      }
      for (int y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
        for (int x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
          if (y == top || y == bottom || x == left || x == right) {
            paint(r, ((image * height + y) * width + x) * (int) s.dim(3), (int) s.dim(3), colour);
          }
        }
      }
    }
    c.output(0, r.value());
  }

  private static void paint(Result r, int at, int channels, float[] colour) {
    for (int k = 0; k < channels; k++) {
      r.setDouble(at + k, channels == 1 ? 1 : colour[k]);
    }
  }

  private static float[][] colours(KernelContext c) {
    if (c.inputCount() < 3 || c.input(2).size() == 0) {
      return COLOURS;
    }
    TensorValue given = Dims.requireRank(c.input(2), 2, "colors");
    long channels = c.input(0).shape().dim(3);
    if (given.shape().dim(1) < channels) {
      throw new InvalidArgumentException(
          "colors of shape " + given.shape() + " must have " + channels + " channels");
    }
    int depth = (int) given.shape().dim(1);
    float[][] r = new float[(int) given.shape().dim(0)][depth];
    for (int i = 0; i < given.size(); i++) {
      r[i / depth][i % depth] = given.floats()[i];
    }
    return r;
  }
}
