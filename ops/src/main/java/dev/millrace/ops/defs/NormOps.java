package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.List;

/** Batch normalization and local response normalization. */
final class NormOps {
  private static final String[] LRN = {
    "depth_radius: int = 5",
    "bias: float = 1.0",
    "alpha: float = 1.0",
    "beta: float = 0.5",
    "T: {half, bfloat16, float} = float"
  };
  private static final String[] BATCH_NORM = {
    "epsilon: float = 0.0001", "data_format: {'NHWC', 'NCHW'} = 'NHWC'", "is_training: bool = true"
  };

  private NormOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("LRN")
            .inputs("input: T")
            .outputs("output: T")
            .attrs(LRN)
            .shape(c -> c.output(0, c.inputOfRank(0, 4))));
    r.add(
        OpDef.named("LRNGrad")
            .inputs("input_grads: T", "input_image: T", "output_image: T")
            .outputs("output: T")
            .attrs(LRN)
            .shape(
                c -> {
                  c.inputOfRank(0, 4);
                  c.output(0, Shapes.merged(c, 0, 3).merge(Shape.ofRank(4)));
                }));
    batchNorm(r, "", "T", "T: {float}");
    batchNorm(r, "V2", "U", "T: {half, bfloat16, float}", "U: {float}");
    batchNorm(r, "V3", "U", "T: {half, bfloat16, float}", "U: {float}");
  }

  /**
   * FusedBatchNorm and its gradient.
   *
   * @param stats the type of the statistics
   */
  private static void batchNorm(OpRegistry r, String version, String stats, String... types) {
    String s = ": " + stats;
    boolean third = version.equals("V3");
    List<String> attrs = new ArrayList<>(List.of(types));
    attrs.addAll(List.of(BATCH_NORM));
    List<String> outputs =
        new ArrayList<>(
            List.of(
                "y: T",
                "batch_mean" + s,
                "batch_variance" + s,
                "reserve_space_1" + s,
                "reserve_space_2" + s));
    List<String> inputs =
        new ArrayList<>(
            List.of(
                "y_backprop: T",
                "x: T",
                "scale: " + (version.isEmpty() ? "T" : "float"),
                "reserve_space_1" + s,
                "reserve_space_2" + s));
    if (third) {
      outputs.add("reserve_space_3" + s);
      inputs.add("reserve_space_3" + s);
    }
    r.add(
        OpDef.named("FusedBatchNorm" + version)
            .inputs("x: T", "scale" + s, "offset" + s, "mean" + s, "variance" + s)
            .outputs(outputs.toArray(String[]::new))
            .attrs(attrs.toArray(String[]::new))
            .shape(NormOps::batchNormShape));
    r.add(
        OpDef.named("FusedBatchNormGrad" + version)
            .inputs(inputs.toArray(String[]::new))
            .outputs(
                "x_backprop: T",
                "scale_backprop" + s,
                "offset_backprop" + s,
                (third ? "reserve_space_4" : "reserve_space_3") + s,
                (third ? "reserve_space_5" : "reserve_space_4") + s)
            .attrs(attrs.toArray(String[]::new))
            .shape(NormOps::batchNormGradientShape));
  }

  private static void batchNormShape(ShapeContext c) {
    boolean training = c.attrs().getBool("is_training");
    Shape x = c.inputOfRank(0, 4);
    int axis = ImageFormat.of(c.attrs()).channelAxis(4);
    long channels = x.dim(axis);
    String[] names = {"x", "scale", "offset", "mean", "variance"};
    for (int i = 1; i <= (training ? 2 : 4); i++) {
      channels = channels(c, i, channels, names[i]);
    }
    for (int i = 3; training && i <= 4; i++) {
      long n = c.inputOfRank(i, 1).dim(0);
      if (n != 0 && n != Shape.UNKNOWN) {
        throw new InvalidArgumentException(
            names[i]
                + " must be empty, of shape [0], with is_training, which computes it from x; its"
                + " shape is "
                + c.input(i));
      }
    }
    c.output(0, x.withDim(axis, channels));
    for (int i = 1; i <= 4; i++) {
      c.output(i, Shape.vector(channels));
    }
    if (c.outputCount() == 6) {
      c.output(5, Shape.scalar());
    }
  }

  private static long channels(ShapeContext c, int i, long channels, String name) {
    return Shapes.mergeDims(
        channels, c.inputOfRank(i, 1).dim(0), "the channels of x and the numbers in " + name);
  }

  private static void batchNormGradientShape(ShapeContext c) {
    c.inputOfRank(0, 4);
    Shape x = Shapes.merged(c, 0, 2).merge(Shape.ofRank(4));
    int axis = ImageFormat.of(c.attrs()).channelAxis(4);
    long channels = x.dim(axis);
    String[] names = {"y_backprop", "x", "scale", "reserve_space_1", "reserve_space_2"};
    for (int i = 2; i <= 4; i++) {
      channels = channels(c, i, channels, names[i]);
    }
    c.output(0, x.withDim(axis, channels));
    c.output(1, Shape.vector(channels));
    c.output(2, Shape.vector(channels));
    c.output(3, Shape.scalar());
    c.output(4, Shape.scalar());
  }
}
