package dev.millrace.ops;

import dev.millrace.graph.Graph;

/** Images made larger or smaller, and cropped. Images are [batch, height, width, channels]. */
abstract class ImageApi extends ConvApi {
  ImageApi(Graph graph) {
    super(graph);
  }

  /**
   * Images of another size, by bilinear interpolation; float32 (ResizeBilinear).
   *
   * @param size the new height and width
   * @param alignCorners whether the corner pixels of old and new image coincide; else, by the grid
   *     of TensorFlow 1, their upper left corners do
   */
  public Tensor resizeBilinear(Object images, Object size, boolean alignCorners) {
    return resize("ResizeBilinear", images, size, alignCorners);
  }

  /** {@link #resizeBilinear(Object, Object, boolean)} without aligned corners. */
  public Tensor resizeBilinear(Object images, Object size) {
    return resizeBilinear(images, size, false);
  }

  /** Images of another size, by bicubic interpolation; float32 (ResizeBicubic). */
  public Tensor resizeBicubic(Object images, Object size, boolean alignCorners) {
    return resize("ResizeBicubic", images, size, alignCorners);
  }

  /** Images of another size, each pixel that of the nearest one (ResizeNearestNeighbor). */
  public Tensor resizeNearestNeighbor(Object images, Object size, boolean alignCorners) {
    return resize("ResizeNearestNeighbor", images, size, alignCorners);
  }

  /**
   * Images of another size, each pixel the mean of the area it covers; float32 and without a
   * gradient (ResizeArea).
   */
  public Tensor resizeArea(Object images, Object size, boolean alignCorners) {
    return resize("ResizeArea", images, size, alignCorners);
  }

  private Tensor resize(String type, Object images, Object size, boolean alignCorners) {
    return finish(begin(type, type, images, size).attr("align_corners", alignCorners));
  }

  /**
   * Parts of images, brought to one size by bilinear interpolation (CropAndResize).
   *
   * @param boxes float32 [n, 4]: top, left, bottom and right of each part, as shares of the image
   *     from the first pixel to the last one; what lies outside is 0
   * @param boxIndex int32 [n]: which image each box is on
   * @param cropSize the height and width of the crops
   * @return float32 [n, height, width, channels]
   */
  public Tensor cropAndResize(Object images, Object boxes, Object boxIndex, Object cropSize) {
    return node("CropAndResize", "CropAndResize", images, boxes, boxIndex, cropSize);
  }
}
