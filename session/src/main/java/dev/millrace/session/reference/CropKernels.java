package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Crops of images, resized, and their gradients. */
final class CropKernels {
  private CropKernels() {}

  static void register(ReferenceKernels k) {
    k.add("CropAndResize", CropKernels::crop);
    k.add("CropAndResizeGradImage", CropKernels::toImage);
    k.add("CropAndResizeGradBoxes", CropKernels::toBoxes);
  }

  /**
   * Where the rows, or the columns, of a crop lie in its image. A box's edges are shares of the
   * image's extent from the first pixel to the last; positions are computed in float, as TensorFlow
   * does, so that what falls on an edge falls on the same side.
   */
  private record Axis(float from, float to, int image, int crop) {
    float position(int i) {
      if (crop > 1) {
        return from * (image - 1) + i * ((to - from) * (image - 1) / (crop - 1));
      }
      return (float) (0.5 * (from + to) * (image - 1));
    }

    boolean isInside(int i) {
      float p = position(i);
      return p >= 0 && p <= image - 1;
    }

    int low(int i) {
      return (int) Math.floor(position(i));
    }

    int high(int i) {
      return (int) Math.ceil(position(i));
    }

    int nearest(int i) {
      return (int) Math.floor(position(i) + 0.5f);
    }

    double share(int i) {
      return position(i) - low(i);
    }

    /** By how much the position moves with the box's beginning. */
    double byFrom(int i) {
      return crop > 1 ? (image - 1) * (1 - i / (crop - 1.0)) : 0.5 * (image - 1);
    }

    /** By how much the position moves with the box's end. */
    double byTo(int i) {
      return crop > 1 ? (image - 1) * (i / (crop - 1.0)) : 0.5 * (image - 1);
    }
  }

  /** Boxes on images, and the crops of them. */
  private static final class Boxes {
    private final TensorValue boxes;
    private final TensorValue index;
    private final Shape image;
    private final Shape crops;

    Boxes(TensorValue boxes, TensorValue index, Shape image, long height, long width) {
      this.boxes = boxes;
      this.index = index;
      this.image = image;
      if (image.rank() != 4 || image.dim(1) <= 0 || image.dim(2) <= 0) {
        throw new InvalidArgumentException(
            "images must be of rank 4 with at least one pixel; their shape is " + image);
      }
      if (boxes.shape().rank() != 2 || boxes.shape().dim(1) != 4) {
        throw new InvalidArgumentException(
            "boxes must be of shape [n,4], not of shape " + boxes.shape());
      }
      if (!index.shape().equals(Shape.vector(boxes.shape().dim(0)))) {
        throw new InvalidArgumentException(
            "box_ind must have a number for each of the "
                + boxes.shape().dim(0)
                + " boxes; its shape is "
                + index.shape());
      }
      if (height <= 0 || width <= 0) {
        throw new InvalidArgumentException(
            "crops must have at least one pixel, but are "
                + height
                + " high and "
                + width
                + " wide");
      }
      crops = Shape.of(count(), height, width, image.dim(3));
      for (int b = 0; b < count(); b++) {
        if (index.getLong(b) < 0 || index.getLong(b) >= image.dim(0)) {
          throw new OutOfRangeException(
              "box_ind "
                  + b
                  + " is "
                  + index.getLong(b)
                  + ", but there are "
                  + image.dim(0)
                  + " images");
        }
      }
    }

    int count() {
      return (int) boxes.shape().dim(0);
    }

    Shape crops() {
      return crops;
    }

    Axis rows(int box) {
      return axis(box, 0, 1);
    }

    Axis columns(int box) {
      return axis(box, 1, 2);
    }

    private Axis axis(int box, int k, int dim) {
      return new Axis(
          (float) boxes.getDouble(4 * box + k),
          (float) boxes.getDouble(4 * box + k + 2),
          (int) image.dim(dim),
          (int) crops.dim(dim));
    }

    /** The position of the first channel of a pixel. */
    int pixel(int box, int row, int column) {
      long line = index.getLong(box) * image.dim(1) + row;
      return (int) ((line * image.dim(2) + column) * image.dim(3));
    }

    /** Takes a pixel of a crop. */
    @FunctionalInterface
    interface Pixel {
      void at(int box, int row, int column, int firstChannel);
    }

    void forEach(Pixel p) {
      int depth = (int) crops.dim(3);
      int at = 0;
      for (int b = 0; b < count(); b++) {
        for (int y = 0; y < crops.dim(1); y++) {
          for (int x = 0; x < crops.dim(2); x++) {
            p.at(b, y, x, at);
            at += depth;
          }
        }
      }
    }
  }

  /** Takes a pixel of the image, its share in a pixel of a crop, and that pixel. */
  @FunctionalInterface
  private interface Part {
    void at(int imagePixel, double weight, int cropPixel);
  }

  private static void parts(KernelContext c, Boxes boxes, Part part) {
    boolean nearest = c.attrs().getString("method").equals("nearest");
    boxes.forEach(
        (b, y, x, to) -> {
          Axis rows = boxes.rows(b);
          Axis columns = boxes.columns(b);
          if (!rows.isInside(y) || !columns.isInside(x)) {
            return;
          }
          if (nearest) {
            part.at(boxes.pixel(b, rows.nearest(y), columns.nearest(x)), 1, to);
            return;
          }
          double down = rows.share(y);
          double right = columns.share(x);
          int[] row = {rows.low(y), rows.high(y)};
          int[] column = {columns.low(x), columns.high(x)};
          for (int k = 0; k < 4; k++) {
            double weight = (k / 2 == 0 ? 1 - down : down) * (k % 2 == 0 ? 1 - right : right);
            part.at(boxes.pixel(b, row[k / 2], column[k % 2]), weight, to);
          }
        });
  }

  private static double number(TensorValue x, int i) {
    return x.dtype().isFloating() ? x.getDouble(i) : x.getLong(i);
  }

  private static void crop(KernelContext c) {
    TensorValue image = c.input(0);
    TensorValue size = Dims.requireRank(c.input(3), 1, "crop_size");
    if (size.size() != 2) {
      throw new InvalidArgumentException("crop_size must be a height and a width, not " + size);
    }
    Boxes boxes =
        new Boxes(c.input(1), c.input(2), image.shape(), size.getLong(0), size.getLong(1));
    int depth = (int) image.shape().dim(3);
    double outside = c.attrs().getFloat("extrapolation_value");
    double[] crops = new double[Dims.count(boxes.crops())];
    boxes.forEach(
        (b, y, x, to) -> {
          if (!boxes.rows(b).isInside(y) || !boxes.columns(b).isInside(x)) {
            Arrays.fill(crops, to, to + depth, outside);
          }
        });
    parts(
        c,
        boxes,
        (from, weight, to) -> {
          for (int d = 0; d < depth; d++) {
            crops[to + d] += weight * number(image, from + d);
          }
        });
    c.output(0, ConvKernels.rounded(c.outputType(0), boxes.crops(), crops));
  }

  private static Boxes boxes(TensorValue grads, TensorValue boxes, TensorValue index, Shape image) {
    Dims.requireRank(grads, 4, "grads");
    Boxes b = new Boxes(boxes, index, image, grads.shape().dim(1), grads.shape().dim(2));
    if (!b.crops().equals(grads.shape())) {
      throw new InvalidArgumentException(
          "grads must be of the crops' shape, " + b.crops() + ", but is of " + grads.shape());
    }
    return b;
  }

  private static void toImage(KernelContext c) {
    TensorValue grads = c.input(0);
    Shape image = Dims.shape(c.input(3), "image_size");
    Boxes boxes = boxes(grads, c.input(1), c.input(2), image);
    int depth = (int) image.dim(3);
    double[] sums = new double[Dims.count(image)];
    parts(
        c,
        boxes,
        (at, weight, from) -> {
          for (int d = 0; d < depth; d++) {
            sums[at + d] += weight * grads.getDouble(from + d);
          }
        });
    c.output(0, ConvKernels.rounded(c.outputType(0), image, sums));
  }

  private static void toBoxes(KernelContext c) {
    TensorValue grads = c.input(0);
    TensorValue image = c.input(1);
    Boxes boxes = boxes(grads, c.input(2), c.input(3), image.shape());
    int depth = (int) image.shape().dim(3);
    double[] sums = new double[4 * boxes.count()];
    boxes.forEach(
        (b, y, x, from) -> {
          Axis rows = boxes.rows(b);
          Axis columns = boxes.columns(b);
          if (!rows.isInside(y) || !columns.isInside(x)) {
            return;
          }
          int topLeft = boxes.pixel(b, rows.low(y), columns.low(x));
          int topRight = boxes.pixel(b, rows.low(y), columns.high(x));
          int bottomLeft = boxes.pixel(b, rows.high(y), columns.low(x));
          int bottomRight = boxes.pixel(b, rows.high(y), columns.high(x));
          double down = rows.share(y);
          double right = columns.share(x);
          for (int d = 0; d < depth; d++) {
            double a = number(image, topLeft + d);
            double e = number(image, topRight + d);
            double f = number(image, bottomLeft + d);
            double g = number(image, bottomRight + d);
            double byRow = ((1 - right) * (f - a) + right * (g - e)) * grads.getDouble(from + d);
            double byColumn = ((1 - down) * (e - a) + down * (g - f)) * grads.getDouble(from + d);
            sums[4 * b] += byRow * rows.byFrom(y);
            sums[4 * b + 1] += byColumn * columns.byFrom(x);
            sums[4 * b + 2] += byRow * rows.byTo(y);
            sums[4 * b + 3] += byColumn * columns.byTo(x);
          }
        });
    c.output(0, ConvKernels.rounded(c.outputType(0), c.input(2).shape(), sums));
  }
}
