package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/**
 * Images made larger or smaller. Every method is a weighted sum over a patch whose weights are
 * products of one for the row and one for the column, so that {@link Interpolation} is all they
 * differ in; the gradients go the same ways back.
 */
final class ResizeKernels {
  private ResizeKernels() {}

  static void register(ReferenceKernels k) {
    for (String type : new String[] {"ResizeBilinear", "ResizeBicubic", "ResizeArea"}) {
      k.add(type, ResizeKernels::resize);
    }
    k.add("ResizeNearestNeighbor", ResizeKernels::resize);
    k.add("ResizeBilinearGrad", c -> gradient(c, c.input(1).shape()));
    k.add("ResizeBicubicGrad", c -> gradient(c, c.input(1).shape()));
    k.add("ResizeNearestNeighborGrad", c -> gradient(c, sized(c, c.input(0).shape())));
  }

  private static Interpolation along(KernelContext c, long in, long out) {
    if (in <= 0 || out <= 0) {
      throw new InvalidArgumentException(
          "images and their new sizes must have at least one pixel, but are of "
              + in
              + " and "
              + out);
    }
    boolean align = c.attrs().getBool("align_corners");
    boolean centers =
        c.attrs().has("half_pixel_centers") && c.attrs().getBool("half_pixel_centers");
    String type = c.opType();
    if (type.startsWith("ResizeBilinear")) {
      return Interpolation.linear((int) in, (int) out, align, centers);
    } else if (type.startsWith("ResizeBicubic")) {
      return Interpolation.cubic((int) in, (int) out, align, centers);
    } else if (type.startsWith("ResizeNearest")) {
      return Interpolation.nearest((int) in, (int) out, align, centers);
    }
    return Interpolation.area((int) in, (int) out, align);
  }

  /**
   * Takes the positions of an input and an output element and the weight of the one in the other.
   */
  @FunctionalInterface
  private interface Part {
    void at(int in, int out, double weight);
  }

  private static void forEach(KernelContext c, Shape in, Shape out, Part part) {
    Interpolation rows = along(c, in.dim(1), out.dim(1));
    Interpolation columns = along(c, in.dim(2), out.dim(2));
    int depth = (int) in.dim(3);
    int o = 0;
    for (int b = 0; b < in.dim(0); b++) {
      for (int y = 0; y < out.dim(1); y++) {
        for (int x = 0; x < out.dim(2); x++) {
          for (int d = 0; d < depth; d++) {
            for (int j = 0; j < rows.at[y].length; j++) {
              for (int i = 0; i < columns.at[x].length; i++) {
                long row = b * in.dim(1) + rows.at[y][j];
                long pixel = row * in.dim(2) + columns.at[x][i];
                double weight = rows.weights[y][j] * columns.weights[x][i];
                part.at((int) pixel * depth + d, o, weight);
              }
            }
            o++;
          }
        }
      }
    }
  }

  /** Images like {@code s} of the height and width in input 1. */
  private static Shape sized(KernelContext c, Shape s) {
    TensorValue size = Dims.requireRank(c.input(1), 1, "size");
    if (size.size() != 2) {
      throw new InvalidArgumentException("size must be a height and a width, not " + size);
    }
    return s.withDim(1, size.getLong(0)).withDim(2, size.getLong(1));
  }

  private static void resize(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 4, "images");
    Shape to = sized(c, x.shape());
    DataType t = c.outputType(0);
    Result r = new Result(t, to);
    if (c.opType().equals("ResizeNearestNeighbor")) {
      forEach(c, x.shape(), to, (i, o, weight) -> r.copy(o, x, i));
      c.output(0, r.value());
      return;
    }
    double[] sums = new double[Dims.count(to)];
    boolean real = x.dtype().isFloating();
    forEach(
        c,
        x.shape(),
        to,
        (i, o, weight) -> sums[o] += weight * (real ? x.getDouble(i) : x.getLong(i)));
    c.output(0, ConvKernels.rounded(t, to, sums));
  }

  private static void gradient(KernelContext c, Shape to) {
    TensorValue dy = Dims.requireRank(c.input(0), 4, "grads");
    boolean real = dy.dtype().isFloating();
    double[] sums = new double[Dims.count(to)];
    forEach(
        c,
        to,
        dy.shape(),
        (i, o, weight) -> sums[i] += weight * (real ? dy.getDouble(o) : dy.getLong(o)));
    Result r = new Result(c.outputType(0), to);
    for (int i = 0; i < sums.length; i++) {
      if (real) {
        r.setDouble(i, sums[i]);
      } else {
        r.setLong(i, (long) sums[i]);
      }
    }
    c.output(0, r.value());
  }
}
