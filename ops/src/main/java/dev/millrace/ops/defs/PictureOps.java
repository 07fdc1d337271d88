package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Colours of images, image files, and boxes on images. */
final class PictureOps {
  private static final String CHANNELS = "channels: int = 0";

  private PictureOps() {}

  static void register(OpRegistry r) {
    colours(r);
    files(r);
    boxes(r);
  }

  private static void colours(OpRegistry r) {
    for (String type : new String[] {"RGBToHSV", "HSVToRGB"}) {
      r.add(
          OpDef.named(type)
              .inputs("images: T")
              .outputs("output: T")
              .attrs("T: {half, bfloat16, float, double} = float")
              .shape(PictureOps::threeChannels));
    }
    r.add(
        OpDef.named("AdjustContrastv2")
            .inputs("images: T", "contrast_factor: float")
            .outputs("output: T")
            .attrs("T: {half, float} = float")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "the factor");
                  c.output(0, c.inputOfRankAtLeast(0, 3));
                }));
    adjust(r, "AdjustHue", "delta: float");
    adjust(r, "AdjustSaturation", "scale: float");
  }

  private static void adjust(OpRegistry r, String type, String by) {
    r.add(
        OpDef.named(type)
            .inputs("images: T", by)
            .outputs("output: T")
            .attrs("T: {half, float} = float")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "input 1");
                  c.inputOfRankAtLeast(0, 3);
                  threeChannels(c);
                }));
  }

  /** Images of any rank whose last dimension is red, green and blue, or the like. */
  private static void threeChannels(ShapeContext c) {
    Shape s = c.inputOfRankAtLeast(0, 1);
    if (s.hasRank()) {
      Shapes.mergeDims(s.dim(-1), 3, "the number of channels and 3");
      s = s.withDim(-1, 3);
    }
    c.output(0, s);
  }

  // ---- files

  private static void files(OpRegistry r) {
    r.add(
        OpDef.named("DecodePng")
            .inputs("contents: string")
            .outputs("image: dtype")
            .attrs(CHANNELS, "dtype: {uint8, uint16} = uint8")
            .valueInputs(0)
            .shape(PictureOps::decodedShape));
    r.add(
        OpDef.named("DecodeJpeg")
            .inputs("contents: string")
            .outputs("image: uint8")
            .attrs(
                CHANNELS,
                "ratio: int = 1",
                "fancy_upscaling: bool = true",
                "try_recover_truncated: bool = false",
                "acceptable_fraction: float = 1",
                "dct_method: string = ''")
            .valueInputs(0)
            .shape(PictureOps::decodedShape));
    r.add(
        OpDef.named("DecodeBmp")
            .inputs("contents: string")
            .outputs("image: uint8")
            .attrs(CHANNELS)
            .valueInputs(0)
            .shape(PictureOps::decodedShape));
    r.add(
        OpDef.named("DecodeGif")
            .inputs("contents: string")
            .outputs("image: uint8")
            .valueInputs(0)
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the contents");
                  c.output(0, Shape.ofRank(4).withDim(3, 3));
                }));
    r.add(
        OpDef.named("ExtractJpegShape")
            .inputs("contents: string")
            .outputs("image_shape: output_type")
            .attrs("output_type: {int32, int64} = int32")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the contents");
                  c.output(0, Shape.vector(3));
                }));
    r.add(
        OpDef.named("EncodePng")
            .inputs("image: T")
            .outputs("contents: string")
            .attrs("compression: int = -1", "T: {uint8, uint16} = uint8")
            .shape(
                c -> {
                  c.inputOfRank(0, 3);
                  c.output(0, Shape.scalar());
                }));
    r.add(
        OpDef.named("EncodeJpeg")
            .inputs("image: uint8")
            .outputs("contents: string")
            .attrs(
                "format: {'', 'grayscale', 'rgb'} = ''",
                "quality: int = 95",
                "progressive: bool = false",
                "optimize_size: bool = false",
                "chroma_downsampling: bool = true",
                "density_unit: {'in', 'cm'} = 'in'",
                "x_density: int = 300",
                "y_density: int = 300",
                "xmp_metadata: string = ''")
            .shape(
                c -> {
                  c.inputOfRank(0, 3);
                  c.output(0, Shape.scalar());
                }));
  }

  private static void decodedShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "the contents");
    long channels = c.attrs().getInt("channels");
    if (channels < 0) {
      throw new InvalidArgumentException("channels must be 0 or more, but is " + channels);
    }
    c.output(0, Shape.ofRank(3).withDim(2, channels == 0 ? Shape.UNKNOWN : channels));
  }

  // ---- boxes

  private static void boxes(OpRegistry r) {
    String types = "T: {half, float} = float";
    String thresholds = "T_threshold: {half, float} = float";
    r.add(
        OpDef.named("NonMaxSuppression")
            .inputs("boxes: float", "scores: float", "max_output_size: int32")
            .outputs("selected_indices: int32")
            .attrs("iou_threshold: float = 0.5")
            .allValueInputs()
            .shape(PictureOps::selectedShape));
    r.add(
        OpDef.named("NonMaxSuppressionV2")
            .inputs("boxes: T", "scores: T", "max_output_size: int32", "iou_threshold: T_threshold")
            .outputs("selected_indices: int32")
            .attrs(types, thresholds)
            .allValueInputs()
            .shape(PictureOps::selectedShape));
    String[] inputs = {
      "boxes: T",
      "scores: T",
      "max_output_size: int32",
      "iou_threshold: T_threshold",
      "score_threshold: T_threshold"
    };
    r.add(
        OpDef.named("NonMaxSuppressionV3")
            .inputs(inputs)
            .outputs("selected_indices: int32")
            .attrs(types, thresholds)
            .allValueInputs()
            .shape(PictureOps::selectedShape));
    r.add(
        OpDef.named("NonMaxSuppressionV4")
            .inputs(inputs)
            .outputs("selected_indices: int32", "valid_outputs: int32")
            .attrs(types, thresholds, "pad_to_max_output_size: bool = false")
            .allValueInputs()
            .shape(PictureOps::selectedShape));
    r.add(
        OpDef.named("NonMaxSuppressionV5")
            .inputs(
                "boxes: T",
                "scores: T",
                "max_output_size: int32",
                "iou_threshold: T",
                "score_threshold: T",
                "soft_nms_sigma: T")
            .outputs("selected_indices: int32", "selected_scores: T", "valid_outputs: int32")
            .attrs(types, "pad_to_max_output_size: bool = false")
            .allValueInputs()
            .shape(PictureOps::selectedShape));
    r.add(
        OpDef.named("DrawBoundingBoxes")
            .inputs("images: T", "boxes: float")
            .outputs("output: T")
            .attrs("T: {float, half} = float")
            .shape(PictureOps::drawnShape));
    r.add(
        OpDef.named("DrawBoundingBoxesV2")
            .inputs("images: T", "boxes: float", "colors: float")
            .outputs("output: T")
            .attrs("T: {float, half} = float")
            .shape(
                c -> {
                  c.inputOfRank(2, 2);
                  drawnShape(c);
                }));
  }

  private static void selectedShape(ShapeContext c) {
    Shape boxes = c.inputOfRank(0, 2);
    Shapes.mergeDims(boxes.dim(1), 4, "the numbers of a box and 4");
    Shapes.mergeDims(
        boxes.dim(0), c.inputOfRank(1, 1).dim(0), "the numbers of boxes and of scores");
    for (int i = 2; i < c.inputCount(); i++) {
      Shapes.requireScalar(c, i, "input " + i);
    }
    boolean padded =
        c.attrs().has("pad_to_max_output_size") && c.attrs().getBool("pad_to_max_output_size");
    Long most = padded ? Shapes.scalarInt(c, 2, "max_output_size") : null;
    Shape chosen = Shape.vector(most == null ? Shape.UNKNOWN : Math.max(0, most));
    c.output(0, chosen);
    if (c.outputCount() == 2) {
      c.output(1, Shape.scalar());
    } else if (c.outputCount() == 3) {
      c.output(1, chosen);
      c.output(2, Shape.scalar());
    }
  }

  private static void drawnShape(ShapeContext c) {
    Shape boxes = c.inputOfRank(1, 3);
    Shapes.mergeDims(boxes.dim(2), 4, "the numbers of a box and 4");
    Shape images = c.inputOfRank(0, 4);
    Shapes.mergeDims(images.dim(0), boxes.dim(0), "the batches of images and of boxes");
    c.output(0, images);
  }
}
