package dev.millrace.ops;

import dev.millrace.graph.DataType;

/**
 * Colours, image files and boxes ({@link Ops#images}): tf.image. Images are [..., height, width,
 * channels]. Sizes are changed by {@link Ops#resizeBilinear} and its like.
 */
public final class Pictures {
  private final Ops ops;

  Pictures(Ops ops) {
    this.ops = ops;
  }

  // ---- colours

  /** Hue, saturation and value, each in [0, 1], of red, green and blue (RGBToHSV). */
  public Tensor rgbToHsv(Object images) {
    return ops.node("RGBToHSV", "RGBToHSV", images);
  }

  /** Red, green and blue of hue, saturation and value (HSVToRGB). */
  public Tensor hsvToRgb(Object images) {
    return ops.node("HSVToRGB", "HSVToRGB", images);
  }

  /** Each channel of each image moved away from its mean by a factor (AdjustContrastv2). */
  public Tensor adjustContrast(Object images, Object factor) {
    return ops.node("AdjustContrastv2", "AdjustContrastv2", images, factor);
  }

  /** Hues turned by a share of the circle in [-1, 1] (AdjustHue). */
  public Tensor adjustHue(Object images, Object delta) {
    return ops.node("AdjustHue", "AdjustHue", images, delta);
  }

  /** Saturations times a factor (AdjustSaturation). */
  public Tensor adjustSaturation(Object images, Object factor) {
    return ops.node("AdjustSaturation", "AdjustSaturation", images, factor);
  }

  // ---- files

  /**
   * The image in a PNG file's bytes (DecodePng); JPEG, GIF and BMP are read, too.
   *
   * @param channels 1, 3 or 4; 0 for those of the file
   * @param dtype uint8 or uint16
   */
  public Tensor decodePng(Object contents, int channels, DataType dtype) {
    return ops.finish(
        ops.begin("DecodePng", "DecodePng", contents)
            .attr("channels", channels)
            .attr("dtype", dtype));
  }

  /**
   * The image in a JPEG file's bytes, uint8; channels are 1, 3, or 0 for the file's (DecodeJpeg).
   */
  public Tensor decodeJpeg(Object contents, int channels) {
    return ops.finish(ops.begin("DecodeJpeg", "DecodeJpeg", contents).attr("channels", channels));
  }

  /** The frames of a GIF file's bytes: uint8 [frames, height, width, 3] (DecodeGif). */
  public Tensor decodeGif(Object contents) {
    return ops.node("DecodeGif", "DecodeGif", contents);
  }

  /** The image in a bitmap file's bytes, uint8 (DecodeBmp). */
  public Tensor decodeBmp(Object contents, int channels) {
    return ops.finish(ops.begin("DecodeBmp", "DecodeBmp", contents).attr("channels", channels));
  }

  /** An image of uint8 or uint16 as a PNG file's bytes (EncodePng). */
  public Tensor encodePng(Object image) {
    return ops.node("EncodePng", "EncodePng", image);
  }

  /** An image of uint8 as a JPEG file's bytes; quality in [0, 100] (EncodeJpeg). */
  public Tensor encodeJpeg(Object image, int quality) {
    return ops.finish(ops.begin("EncodeJpeg", "EncodeJpeg", image).attr("quality", quality));
  }

  // ---- boxes

  /**
   * The numbers of the best boxes, of which no two overlap much (NonMaxSuppressionV3): int32.
   *
   * @param boxes [n, 4]: two opposite corners, y and x each
   * @param scores [n]
   * @param most how many to choose at most
   * @param overlap the share in common from which the lesser of two boxes is left out
   * @param least scores must be above it
   */
  public Tensor nonMaxSuppression(
      Object boxes, Object scores, Object most, Object overlap, Object least) {
    return ops.node(
        "NonMaxSuppressionV3", "NonMaxSuppressionV3", boxes, scores, most, overlap, least);
  }

  /** Images with the borders of boxes on them (DrawBoundingBoxes). */
  public Tensor drawBoundingBoxes(Object images, Object boxes) {
    return ops.node("DrawBoundingBoxes", "DrawBoundingBoxes", images, boxes);
  }
}
