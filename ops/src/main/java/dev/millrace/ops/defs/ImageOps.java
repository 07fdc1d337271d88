package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Images made larger or smaller, and crops of them. Images are {@code NHWC}. */
final class ImageOps {
  private static final String PIXELS =
      "T: {int8, uint8, int16, uint16, int32, int64, half, float, double}";
  private static final String ALIGN = "align_corners: bool = false";
  private static final String CENTERS = "half_pixel_centers: bool = false";

  private ImageOps() {}

  static void register(OpRegistry r) {
    resize(
        r,
        "ResizeBilinear",
        "resized_images: float",
        "T: {int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}",
        ALIGN,
        CENTERS);
    resize(r, "ResizeBicubic", "resized_images: float", PIXELS, ALIGN, CENTERS);
    resize(r, "ResizeNearestNeighbor", "resized_images: T", PIXELS, ALIGN, CENTERS);
    resize(r, "ResizeArea", "resized_images: float", PIXELS, ALIGN);
    resizeGradient(r, "ResizeBilinearGrad", "T: {float, bfloat16, half, double}");
    resizeGradient(r, "ResizeBicubicGrad", "T: {float, double}");
    r.add(
        OpDef.named("ResizeNearestNeighborGrad")
            .inputs("grads: T", "size: int32")
            .outputs("output: T")
            .attrs("T: {uint8, int8, int32, half, float, double}", ALIGN, CENTERS)
            .valueInputs(1)
            .shape(ImageOps::resizedShape));
    crops(r);
  }

  private static void resize(OpRegistry r, String type, String output, String... attrs) {
    r.add(
        OpDef.named(type)
            .inputs("images: T", "size: int32")
            .outputs(output)
            .attrs(attrs)
            .valueInputs(1)
            .shape(ImageOps::resizedShape));
  }

  private static void resizeGradient(OpRegistry r, String type, String types) {
    r.add(
        OpDef.named(type)
            .inputs("grads: float", "original_image: T")
            .outputs("output: T")
            .attrs(types, ALIGN, CENTERS)
            .shape(
                c -> {
                  requireOneGrid(c);
                  Shape grads = c.inputOfRank(0, 4);
                  Shape image = c.inputOfRank(1, 4);
                  long batch =
                      Shapes.mergeDims(grads.dim(0), image.dim(0), "the batches of both inputs");
                  long channels =
                      Shapes.mergeDims(grads.dim(3), image.dim(3), "the channels of both inputs");
                  c.output(0, image.withDim(0, batch).withDim(3, channels));
                }));
  }

  private static void resizedShape(ShapeContext c) {
    requireOneGrid(c);
    Shape in = c.inputOfRank(0, 4);
    c.output(0, sized(c, 1, in.dim(0), in.dim(3)));
  }

  private static void requireOneGrid(ShapeContext c) {
    if (c.attrs().has("half_pixel_centers")
        && c.attrs().getBool("half_pixel_centers")
        && c.attrs().getBool("align_corners")) {
      throw new InvalidArgumentException(
          "align_corners and half_pixel_centers cannot both be set: they place the pixels"
              + " differently");
    }
  }

  /** Images of the height and width in input {@code i}. */
  private static Shape sized(ShapeContext c, int i, long batch, long channels) {
    if (c.inputOfRank(i, 1).dim(0) != Shape.UNKNOWN && c.input(i).dim(0) != 2) {
      throw new InvalidArgumentException(
          "the size must be a height and a width, but input " + i + " is " + c.input(i));
    }
    KnownInts k = c.ints(i);
    for (int j = 0; k != null && j < 2; j++) {
      if (k.isKnown(j) && k.get(j) <= 0) {
        throw new InvalidArgumentException("height and width must be positive, but are " + k);
      }
    }
    Long height = Shapes.at(k, 0);
    Long width = Shapes.at(k, 1);
    return Shape.of(
        batch,
        height == null ? Shape.UNKNOWN : height,
        width == null ? Shape.UNKNOWN : width,
        channels);
  }

  private static void crops(OpRegistry r) {
    r.add(
        OpDef.named("CropAndResize")
            .inputs("image: T", "boxes: float", "box_ind: int32", "crop_size: int32")
            .outputs("crops: float")
            .attrs(
                PIXELS,
                "method: {'bilinear', 'nearest'} = 'bilinear'",
                "extrapolation_value: float = 0")
            .valueInputs(3)
            .shape(c -> c.output(0, sized(c, 3, boxes(c, 1), c.inputOfRank(0, 4).dim(3)))));
    r.add(
        OpDef.named("CropAndResizeGradImage")
            .inputs("grads: float", "boxes: float", "box_ind: int32", "image_size: int32")
            .outputs("output: T")
            .attrs("T: {float, half, double}", "method: {'bilinear', 'nearest'} = 'bilinear'")
            .valueInputs(3)
            .shape(
                c -> {
                  requireGrads(c, 1, Shape.UNKNOWN);
                  c.output(0, ConvOps.ofRank(Shapes.spelledBy(c, 3), 4, "image_size"));
                }));
    r.add(
        OpDef.named("CropAndResizeGradBoxes")
            .inputs("grads: float", "image: T", "boxes: float", "box_ind: int32")
            .outputs("output: float")
            .attrs(PIXELS, "method: {'bilinear'} = 'bilinear'")
            .shape(
                c -> {
                  requireGrads(c, 2, c.inputOfRank(1, 4).dim(3));
                  c.output(0, Shape.matrix(boxes(c, 2), 4));
                }));
  }

  /** The number of boxes in input {@code i}, of shape [n, 4]; input {@code i + 1} is of [n]. */
  private static long boxes(ShapeContext c, int i) {
    Shape boxes = c.inputOfRank(i, 2);
    Shapes.mergeDims(boxes.dim(1), 4, "the numbers of a box and 4");
    return Shapes.mergeDims(
        boxes.dim(0), c.inputOfRank(i + 1, 1).dim(0), "the numbers of boxes and of box_ind");
  }

  private static void requireGrads(ShapeContext c, int boxes, long channels) {
    Shape grads = c.inputOfRank(0, 4);
    Shapes.mergeDims(grads.dim(0), boxes(c, boxes), "the numbers of grads and of boxes");
    Shapes.mergeDims(grads.dim(3), channels, "the channels of grads and of the image");
  }
}
