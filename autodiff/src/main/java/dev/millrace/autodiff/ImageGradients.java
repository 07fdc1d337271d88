package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of images made larger or smaller, and of crops. */
final class ImageGradients {
  private ImageGradients() {}

  static void register(GradientRegistry r) {
    for (String type : new String[] {"ResizeBilinear", "ResizeBicubic"}) {
      r.add(type, c -> resize(c, type + "Grad"));
      r.add(type + "Grad", Rules.of((c, g) -> again(c, type, g), Rules.NONE));
    }
    r.add(
        "ResizeNearestNeighbor",
        Rules.of(
            (c, g) -> build(c, "ResizeNearestNeighborGrad", g, heightAndWidth(c.x())), Rules.NONE));
    r.add(
        "ResizeNearestNeighborGrad",
        Rules.of((c, g) -> again(c, "ResizeNearestNeighbor", g), Rules.NONE));
    r.undefined("ResizeArea", "TensorFlow 1.15 has none either; ResizeBilinear has one");
    r.add("CropAndResize", ImageGradients::crop);
    for (String to : new String[] {"Image", "Boxes"}) {
      r.undefined("CropAndResizeGrad" + to, "TensorFlow 1.15 has no second gradient of it either");
    }
  }

  private static Tensor build(GradientContext c, String type, Tensor... inputs) {
    OpBuilder b = c.tf().op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return Build.of(c.tf(), ConvGradients.copyAttrs(c, b, "align_corners", "half_pixel_centers"));
  }

  /** Height and width of a batch of images. */
  private static Tensor heightAndWidth(Tensor images) {
    return images.shape().isFullyDefined()
        ? Shapes.ints(images.ops(), images.shape().dim(1), images.shape().dim(2))
        : images.shapeTensor().slice(new int[] {1}, new int[] {2});
  }

  private static List<Gradient> resize(GradientContext c, String type) {
    DataType t = c.x().dtype();
    boolean given =
        t == DataType.FLOAT32
            || t == DataType.FLOAT64
            || (t.isFloating() && type.equals("ResizeBilinearGrad"));
    return List.of(
        given ? Gradient.of(build(c, type, c.grad(), c.x())) : Gradient.disconnected(),
        Gradient.disconnected());
  }

  /** Of a gradient operation, which is linear: the operation itself, on the gradient. */
  private static Tensor again(GradientContext c, String type, Tensor g) {
    return build(c, type, g, heightAndWidth(c.x()));
  }

  private static List<Gradient> crop(GradientContext c) {
    Tensor image = c.x();
    Tensor boxes = c.y();
    Tensor index = c.input(2);
    boolean real = image.dtype().isFloating();
    Gradient toImage = Gradient.disconnected();
    Gradient toBoxes = Gradient.disconnected();
    if (c.needs(0) && real) {
      OpBuilder b = c.tf().op("CropAndResizeGradImage", null);
      b.input(c.grad()).input(boxes).input(index).input(Shapes.of(image)).attr("T", image.dtype());
      toImage = Gradient.of(Build.of(c.tf(), ConvGradients.copyAttrs(c, b, "method")));
    }
    if (c.needs(1)) {
      OpBuilder b = c.tf().op("CropAndResizeGradBoxes", null);
      b.input(c.grad()).input(image).input(boxes).input(index);
      toBoxes = Gradient.of(Build.of(c.tf(), b));
    }
    return List.of(toImage, toBoxes, Gradient.disconnected(), Gradient.disconnected());
  }
}
