package dev.millrace.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws handwritten-looking digits, 28 pixels square, for whoever has no MNIST files at hand.
 *
 * <p>Every digit is a few pen strokes. Each drawing takes one of the ways to write it, moves the
 * strokes' points a little, bends, slants, scales and shifts the whole, and draws it with a pen of
 * some width. The same seed always gives the same digits.
 */
public final class Digits {
  /** The width and height of an image in pixels. */
  public static final int SIDE = 28;

  /**
   * The ways to write each digit. Strokes are separated by semicolons and are lists of points x,y
   * in a square of 100 by 100, y downwards; "~" makes a smooth curve through them, "/" straight
   * lines.
   */
  private static final String[][] SHAPES = {
    {
      "~ 52,8 30,18 20,48 28,80 50,92 72,80 80,50 70,20 52,8",
      "~ 60,10 38,14 24,40 26,72 46,92 68,82 78,54 74,26 56,8 44,14"
    },
    {"/ 50,8 50,92", "/ 34,26 54,8 54,92", "/ 34,24 52,8 52,92 ; / 32,92 72,92"},
    {
      "~ 24,28 36,10 62,10 74,28 62,52 40,74 22,90 ; / 22,90 78,90",
      "~ 24,24 44,8 70,16 72,40 52,66 30,86 22,80 34,72 56,84 80,90"
    },
    {
      "~ 24,18 46,8 70,18 68,38 44,48 ; ~ 44,48 70,54 76,74 56,92 24,84",
      "/ 26,10 72,10 46,42 ; ~ 46,42 70,50 76,72 56,92 24,84"
    },
    {"/ 32,8 22,56 78,56 ; / 64,10 62,92", "/ 62,92 62,8 20,64 80,64"},
    {
      "/ 72,10 32,10 28,44 ; ~ 28,44 54,38 76,58 66,86 40,92 22,80",
      "~ 34,12 28,44 56,40 76,62 60,90 24,86 ; / 34,12 74,10"
    },
    {
      "~ 66,8 40,26 24,58 32,86 56,92 74,74 64,54 42,54 26,70",
      "~ 50,6 32,40 28,76 48,92 70,78 64,58 44,58 30,72"
    },
    {
      "/ 22,12 76,12 44,92",
      "/ 22,12 76,12 44,92 ; / 34,52 70,52",
      "~ 22,22 28,12 76,12 ; ~ 76,12 56,44 46,92"
    },
    {
      "~ 68,18 48,8 30,22 40,42 62,56 72,76 50,92 28,78 38,56 62,40 68,18",
      "~ 50,8 32,18 34,38 50,46 68,38 68,18 50,8 ; ~ 50,46 28,60 30,84 50,92 72,84 72,60 50,46"
    },
    {
      "~ 72,22 50,8 28,24 34,48 56,50 72,30 ; / 72,22 68,92",
      "~ 70,24 48,8 28,26 36,50 60,46 72,24 70,56 60,80 38,92"
    }
  };

  private static final List<List<List<Stroke>>> DIGITS = parse();

  /**
   * How far from a corner of the image a digit's square lies, and the square's width, in pixels.
   */
  private static final double MARGIN = 4;

  private static final double BOX = 20;

  private final Random random;

  private Digits(long seed) {
    random = new Random(seed);
  }

  /**
   * Draws digits; each of the ten classes is as likely as another.
   *
   * @param count how many
   * @param seed where the random choices start
   */
  public static LabelledImages draw(int count, long seed) {
    Digits digits = new Digits(seed);
    float[][] pixels = new float[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = digits.random.nextInt(SHAPES.length);
      pixels[i] = digits.drawOne(labels[i]);
    }
    return new LabelledImages(pixels, labels);
  }

  private float[] drawOne(int digit) {
    List<List<Stroke>> ways = DIGITS.get(digit);
    List<Stroke> strokes = ways.get(random.nextInt(ways.size()));
    Distortion distortion = new Distortion(random);
    double radius = between(0.9, 1.7);
    double brightness = between(0.8, 1);
    float[] image = new float[SIDE * SIDE];
    for (Stroke stroke : strokes) {
      double[][] line = distortion.apply(stroke.jittered(random, 3.2).flatten());
      for (int k = 0; k + 1 < line.length; k++) {
        drawSegment(image, line[k], line[k + 1], radius, brightness);
      }
    }
    for (int i = 0; i < image.length; i++) {
      double grain = image[i] > 0 ? 0.06 * random.nextGaussian() : 0;
      double dust = random.nextDouble() < 0.01 ? 0.4 * random.nextDouble() : 0;
      image[i] = (float) Math.min(1, Math.max(0, image[i] + grain + dust));
    }
    return image;
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /**
   * Lights the pixels by how much of each the pen covers on its way from {@code a} to {@code b}.
   */
  private static void drawSegment(
      float[] image, double[] a, double[] b, double radius, double brightness) {
    double reach = radius + 1;
    int left = (int) Math.max(0, Math.floor(Math.min(a[0], b[0]) - reach));
    int right = (int) Math.min(SIDE - 1, Math.ceil(Math.max(a[0], b[0]) + reach));
    int top = (int) Math.max(0, Math.floor(Math.min(a[1], b[1]) - reach));
    int bottom = (int) Math.min(SIDE - 1, Math.ceil(Math.max(a[1], b[1]) + reach));
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        double covered = radius + 0.5 - distance(x + 0.5, y + 0.5, a, b);
        float light = (float) (brightness * Math.min(1, covered));
        image[y * SIDE + x] = Math.max(image[y * SIDE + x], light);
      }
    }
  }

  /** The distance of a point from the segment between {@code a} and {@code b}. */
  private static double distance(double x, double y, double[] a, double[] b) {
    double dx = b[0] - a[0];
    double dy = b[1] - a[1];
    double length2 = dx * dx + dy * dy;
    double along = length2 == 0 ? 0 : ((x - a[0]) * dx + (y - a[1]) * dy) / length2;
    double t = Math.min(1, Math.max(0, along));
    double ex = x - a[0] - t * dx;
    double ey = y - a[1] - t * dy;
    return Math.sqrt(ex * ex + ey * ey);
  }

  private static List<List<List<Stroke>>> parse() {
    List<List<List<Stroke>>> digits = new ArrayList<>();
    for (String[] ways : SHAPES) {
      List<List<Stroke>> parsed = new ArrayList<>();
      for (String way : ways) {
        List<Stroke> strokes = new ArrayList<>();
        for (String stroke : way.split(" ; ", -1)) {
          strokes.add(Stroke.parse(stroke));
        }
        parsed.add(strokes);
      }
      digits.add(parsed);
    }
    return digits;
  }

  /** One movement of the pen: through the points on a smooth curve or on straight lines. */
  private static final class Stroke {
    private static final int PIECES = 6;

    private final boolean smooth;
    private final double[][] points;

    Stroke(boolean smooth, double[][] points) {
      this.smooth = smooth;
      this.points = points;
    }

    static Stroke parse(String text) {
      String[] parts = text.split(" ", -1);
      double[][] points = new double[parts.length - 1][];
      for (int i = 0; i < points.length; i++) {
        String[] xy = parts[i + 1].split(",", -1);
        points[i] = new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])};
      }
      return new Stroke(parts[0].equals("~"), points);
    }

    Stroke jittered(Random random, double deviation) {
      double[][] moved = new double[points.length][];
      for (int i = 0; i < points.length; i++) {
        moved[i] =
            new double[] {
              points[i][0] + deviation * random.nextGaussian(),
              points[i][1] + deviation * random.nextGaussian()
            };
      }
      return new Stroke(smooth, moved);
    }

    /** The stroke as a line of many short segments, so that it can be bent. */
    double[][] flatten() {
      double[][] line = new double[(points.length - 1) * PIECES + 1][];
      for (int i = 0; i + 1 < points.length; i++) {
        for (int k = 0; k < PIECES; k++) {
          line[i * PIECES + k] = at(i, (double) k / PIECES);
        }
      }
      line[line.length - 1] = points[points.length - 1];
      return line;
    }

    /** The point at {@code t} between points {@code i} and {@code i + 1}. */
    private double[] at(int i, double t) {
      double[] p1 = points[i];
      double[] p2 = points[i + 1];
      double[] p0 = smooth && i > 0 ? points[i - 1] : p1;
      double[] p3 = smooth && i + 2 < points.length ? points[i + 2] : p2;
      double[] p = new double[2];
      for (int d = 0; d < 2; d++) {
        p[d] = smooth ? catmullRom(p0[d], p1[d], p2[d], p3[d], t) : p1[d] + t * (p2[d] - p1[d]);
      }
      return p;
    }

    private static double catmullRom(double p0, double p1, double p2, double p3, double t) {
      double a = 2 * p1;
      double b = p2 - p0;
      double c = 2 * p0 - 5 * p1 + 4 * p2 - p3;
      double d = 3 * (p1 - p2) + p3 - p0;
      return 0.5 * (a + t * (b + t * (c + t * d)));
    }
  }

  /** A random bend, slant, turn, size and place, the same for all strokes of a digit. */
  private static final class Distortion {
    private final double[] wave = new double[8];
    private final double xx;
    private final double xy;
    private final double yx;
    private final double yy;
    private final double dx;
    private final double dy;

    Distortion(Random random) {
      for (int i = 0; i < wave.length; i += 2) {
        wave[i] = 2.2 * random.nextGaussian();
        wave[i + 1] = 2 * StrictMath.PI * random.nextDouble();
      }
      double turn = 0.08 * random.nextGaussian();
      double slant = 0.1 + 0.18 * random.nextGaussian();
      double width = (0.75 + 0.35 * random.nextDouble()) * BOX / 100;
      double height = (0.85 + 0.2 * random.nextDouble()) * BOX / 100;
      double cos = StrictMath.cos(turn);
      double sin = StrictMath.sin(turn);
      xx = width * cos;
      xy = -height * (sin + slant * cos);
      yx = width * sin;
      yy = height * (cos - slant * sin);
      dx = MARGIN + BOX / 2 + random.nextGaussian();
      dy = MARGIN + BOX / 2 + random.nextGaussian();
    }

    /** From the square of 100 to pixels. */
    double[][] apply(double[][] line) {
      double[][] out = new double[line.length][];
      for (int i = 0; i < line.length; i++) {
        double x = line[i][0];
        double y = line[i][1];
        double u = x + ripple(0, y) + ripple(2, x) - 50;
        double v = y + ripple(4, x) + ripple(6, y) - 50;
        out[i] = new double[] {dx + xx * u + xy * v, dy + yx * u + yy * v};
      }
      return out;
    }

    /** One slow wave over the square. */
    private double ripple(int i, double at) {
      return wave[i] * StrictMath.sin(wave[i + 1] + at * (2 * StrictMath.PI / 90));
    }
  }
}
