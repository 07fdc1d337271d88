package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.UnaryOperator;

/** Colours: red, green and blue in [0, 1], or hue, saturation and value. */
final class ColourKernels {
  private ColourKernels() {}

  static void register(ReferenceKernels k) {
    k.add("RGBToHSV", c -> eachPixel(c, ColourKernels::toHsv));
    k.add("HSVToRGB", c -> eachPixel(c, ColourKernels::toRgb));
    k.add("AdjustContrastv2", ColourKernels::contrast);
    k.add("AdjustHue", ColourKernels::hue);
    k.add("AdjustSaturation", ColourKernels::saturation);
  }

  private static void eachPixel(KernelContext c, UnaryOperator<double[]> f) {
    TensorValue x = c.input(0);
    if (x.shape().rank() == 0 || x.shape().dim(-1) != 3) {
      throw new InvalidArgumentException(
          "the last dimension must be 3 channels, but the shape is " + x.shape());
    }
    Result r = new Result(x.dtype(), x.shape());
    for (int i = 0; i < x.size(); i += 3) {
      double[] y = f.apply(new double[] {x.getDouble(i), x.getDouble(i + 1), x.getDouble(i + 2)});
      for (int j = 0; j < 3; j++) {
        r.setDouble(i + j, y[j]);
      }
    }
    c.output(0, r.value());
  }

  private static double[] toHsv(double[] rgb) {
    double r = rgb[0];
    double g = rgb[1];
    double b = rgb[2];
    double max = Math.max(r, Math.max(g, b));
    double range = max - Math.min(r, Math.min(g, b));
    double h = 0;
    if (range > 0) {
      if (r == max) {
        h = (g - b) / range;
      } else if (g == max) {
        h = (b - r) / range + 2;
      } else {
        h = (r - g) / range + 4;
      }
    }
    h /= 6;
    return new double[] {h < 0 ? h + 1 : h, max > 0 ? range / max : 0, max};
  }

  private static double[] toRgb(double[] hsv) {
    double h = hsv[0] * 6;
    double s = hsv[1];
    double[] full = {Math.abs(h - 3) - 1, 2 - Math.abs(h - 2), 2 - Math.abs(h - 4)};
    for (int i = 0; i < 3; i++) {
      full[i] = (1 - s + s * Math.min(1, Math.max(0, full[i]))) * hsv[2];
    }
    return full;
  }

  private static float number(KernelContext c, String name) {
    return Dims.requireScalar(c.input(1), name).floats()[0];
  }

  private static void hue(KernelContext c) {
    double delta = number(c, "delta");
    eachPixel(
        c,
        rgb -> {
          double[] hsv = toHsv(rgb);
          double h = (hsv[0] + delta) % 1;
          hsv[0] = h < 0 ? h + 1 : h;
          return toRgb(hsv);
        });
  }

  private static void saturation(KernelContext c) {
    double scale = number(c, "scale");
    eachPixel(
        c,
        rgb -> {
          double[] hsv = toHsv(rgb);
          hsv[1] = Math.min(1, Math.max(0, hsv[1] * scale));
          return toRgb(hsv);
        });
  }

  /** Away from, or towards, the mean of each channel of each image. */
  private static void contrast(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    if (s.rank() < 3) {
      throw new InvalidArgumentException(
          "images must have height, width and channels, but are of shape " + s);
    }
    double factor = number(c, "contrast_factor");
    int channels = (int) s.dim(-1);
    int pixels = (int) (s.dim(-2) * s.dim(-3));
    Result r = new Result(x.dtype(), s);
    for (int image = 0; image < x.size(); image += pixels * channels) {
      for (int k = 0; k < channels; k++) {
        double sum = 0;
        for (int i = 0; i < pixels; i++) {
          sum += x.getDouble(image + i * channels + k);
        }
        double mean = sum / pixels;
        for (int i = 0; i < pixels; i++) {
          int at = image + i * channels + k;
          r.setDouble(at, (x.getDouble(at) - mean) * factor + mean);
        }
      }
    }
    c.output(0, r.value());
  }
}
