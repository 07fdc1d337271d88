package dev.millrace.session.reference;

/**
 * Along one axis of an image that is made larger or smaller: of which input elements each output
 * element is a weighted sum. Positions are computed in float, as TensorFlow does, so that what
 * falls on an edge falls on the same side.
 */
final class Interpolation {
  /** Steps in which the cubic weights change. */
  private static final int CUBIC_STEPS = 1024;

  /** The input elements of every output element. */
  final int[][] at;

  /** The weight of each of them. */
  final double[][] weights;

  private final int in;
  private final float scale;
  private final boolean centers;

  private Interpolation(int in, int out, boolean alignCorners, boolean centers) {
    this.in = in;
    this.centers = centers;
    this.at = new int[out][];
    this.weights = new double[out][];
    this.scale = alignCorners && out > 1 ? (in - 1) / (float) (out - 1) : in / (float) out;
  }

  private float position(int output) {
    return centers ? (output + 0.5f) * scale - 0.5f : output * scale;
  }

  private int clip(int i) {
    return Math.max(0, Math.min(in - 1, i));
  }

  private void set(int output, int[] elements, double[] w) {
    at[output] = elements;
    weights[output] = w;
  }

  static Interpolation linear(int in, int out, boolean alignCorners, boolean centers) {
    Interpolation p = new Interpolation(in, out, alignCorners, centers);
    for (int i = 0; i < out; i++) {
      float x = p.position(i);
      float low = (float) Math.floor(x);
      double high = x - low;
      p.set(
          i,
          new int[] {p.clip((int) low), p.clip((int) Math.ceil(x))},
          new double[] {1 - high, high});
    }
    return p;
  }

  static Interpolation nearest(int in, int out, boolean alignCorners, boolean centers) {
    Interpolation p = new Interpolation(in, out, alignCorners, centers);
    for (int i = 0; i < out; i++) {
      float x = centers ? (i + 0.5f) * p.scale : i * p.scale;
      // Halves are rounded up: there is nothing below zero.
      int nearest = (int) Math.floor(alignCorners ? x + 0.5f : x);
      p.set(i, new int[] {p.clip(nearest)}, new double[] {1});
    }
    return p;
  }

  /**
   * By a cubic through four elements: of slope -0.75 with elements at the border repeated, or with
   * pixel centers of slope -0.5 (Keys, "Cubic convolution interpolation for digital image
   * processing", 1981) with elements outside left out.
   */
  static Interpolation cubic(int in, int out, boolean alignCorners, boolean centers) {
    Interpolation p = new Interpolation(in, out, alignCorners, centers);
    double slope = centers ? -0.5 : -0.75;
    for (int i = 0; i < out; i++) {
      float x = p.position(i);
      int low = (int) Math.floor(x);
      double high = Math.rint((x - low) * CUBIC_STEPS) / CUBIC_STEPS;
      double[] w = {
        far(slope, high), near(slope, high), near(slope, 1 - high), far(slope, 1 - high)
      };
      int[] elements = new int[4];
      double sum = 0;
      for (int k = 0; k < 4; k++) {
        elements[k] = p.clip(low - 1 + k);
        if (centers && elements[k] != low - 1 + k) {
          w[k] = 0;
        }
        sum += w[k];
      }
      for (int k = 0; centers && sum != 0 && k < 4; k++) {
        w[k] /= sum;
      }
      p.set(i, elements, w);
    }
    return p;
  }

  /** The weight of an element at a distance from 0 to 1. */
  private static double near(double slope, double x) {
    return ((slope + 2) * x - (slope + 3)) * x * x + 1;
  }

  /** The weight of an element at a distance from 1 to 2, which is {@code 1 + x}. */
  private static double far(double slope, double x) {
    double d = 1 + x;
    return ((d - 5) * d + 8) * d * slope - 4 * slope;
  }

  /** By the share that each input element has of the output element's extent. */
  static Interpolation area(int in, int out, boolean alignCorners) {
    Interpolation p = new Interpolation(in, out, alignCorners, false);
    for (int i = 0; i < out; i++) {
      float from = i * p.scale;
      float to = (i + 1) * p.scale;
      int first = (int) Math.floor(from);
      int n = Math.max(1, (int) Math.ceil(to) - first);
      int[] elements = new int[n];
      double[] w = new double[n];
      for (int k = 0; k < n; k++) {
        elements[k] = p.clip(first + k);
        double covered = Math.min(to, first + k + 1) - Math.max(from, first + k);
        w[k] = p.scale == 0 ? 1 : covered / p.scale;
      }
      p.set(i, elements, w);
    }
    return p;
  }
}
