package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.first;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for pooling, normalization and resizing. */
final class PoolGradientCases {
  private PoolGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    average(r);
    max(r);
    maxV2(r);
    withArgmax(r);
    max3d(r);
    norms(r);
    images(r);
    return r;
  }

  private static OpBuilder pool(Ops tf, String type, long stride, String padding, Tensor... in) {
    OpBuilder b = tf.op(type, null);
    for (Tensor x : in) {
      b.input(x);
    }
    AttrValue two =
        type.contains("3D") ? AttrValue.ofInts(1, 2, 2, 2, 1) : AttrValue.ofInts(1, 2, 2, 1);
    AttrValue strides =
        type.contains("3D")
            ? AttrValue.ofInts(1, stride, stride, stride, 1)
            : AttrValue.ofInts(1, stride, stride, 1);
    return b.attr("ksize", two).attr("strides", strides).attr("padding", padding);
  }

  private static void average(List<GradientCase> r) {
    r.add(
        row("AvgPool")
            .any(2, 3, 3, 2)
            .with((tf, x) -> first(tf, pool(tf, "AvgPool", 1, "SAME", x.get(0)))));
    r.add(
        row("AvgPool", "channels first")
            .any(1, 2, 5, 4)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("AvgPool", null)
                            .input(x.get(0))
                            .attr("ksize", AttrValue.ofInts(1, 1, 3, 2))
                            .attr("strides", AttrValue.ofInts(1, 1, 2, 2))
                            .attr("padding", "VALID")
                            .attr("data_format", "NCHW"))));
    r.add(
        row("AvgPoolGrad")
            .any(1, 2, 2, 2)
            .with(
                (tf, x) -> {
                  Tensor sizes = tf.constant(new int[] {1, 3, 3, 2});
                  return first(tf, pool(tf, "AvgPoolGrad", 2, "SAME", sizes, x.get(0)));
                }));
    r.add(
        row("AvgPool3D")
            .any(1, 3, 2, 3, 2)
            .with((tf, x) -> first(tf, pool(tf, "AvgPool3D", 1, "VALID", x.get(0)))));
    r.add(
        row("AvgPool3DGrad")
            .any(1, 1, 1, 2, 2)
            .with(
                (tf, x) -> {
                  Tensor sizes = tf.constant(new int[] {1, 2, 2, 3, 2});
                  return first(tf, pool(tf, "AvgPool3DGrad", 1, "VALID", sizes, x.get(0)));
                }));
  }

  private static void max(List<GradientCase> r) {
    r.add(
        row("MaxPool")
            .distinct(2, 3, 3, 2)
            .with((tf, x) -> first(tf, pool(tf, "MaxPool", 1, "SAME", x.get(0)))));
    r.add(
        row("MaxPool", "squared")
            .distinct(1, 4, 4, 1)
            .with((tf, x) -> first(tf, pool(tf, "MaxPool", 2, "VALID", x.get(0))).square()));
    r.add(
        row("MaxPoolGrad")
            .distinct(1, 4, 3, 2)
            .any(1, 2, 2, 2)
            .with(
                (tf, x) -> {
                  Tensor in = x.get(0).stopGradient();
                  Tensor out = first(tf, pool(tf, "MaxPool", 2, "SAME", in));
                  return first(tf, pool(tf, "MaxPoolGrad", 2, "SAME", x.get(0), out, x.get(1)));
                }));
    r.add(
        row("MaxPoolGradGrad")
            .distinct(1, 4, 3, 2)
            .any(1, 4, 3, 2)
            .with(
                (tf, x) -> {
                  Tensor out = first(tf, pool(tf, "MaxPool", 2, "SAME", x.get(0)));
                  return first(tf, pool(tf, "MaxPoolGradGrad", 2, "SAME", x.get(0), out, x.get(1)));
                }));
  }

  private static OpBuilder poolV2(Ops tf, String type, Tensor... in) {
    OpBuilder b = tf.op(type, null);
    for (Tensor x : in) {
      b.input(x);
    }
    return b.input(tf.constant(new int[] {1, 2, 2, 1}))
        .input(tf.constant(new int[] {1, 1, 2, 1}))
        .attr("padding", "SAME");
  }

  private static void maxV2(List<GradientCase> r) {
    r.add(
        row("MaxPoolV2")
            .distinct(1, 3, 4, 2)
            .with((tf, x) -> first(tf, poolV2(tf, "MaxPoolV2", x.get(0)))));
    r.add(
        row("MaxPoolGradV2")
            .distinct(1, 3, 4, 1)
            .any(1, 3, 2, 1)
            .with(
                (tf, x) -> {
                  Tensor out = first(tf, poolV2(tf, "MaxPoolV2", x.get(0)));
                  return first(tf, poolV2(tf, "MaxPoolGradV2", x.get(0), out, x.get(1)));
                }));
    r.add(
        row("MaxPoolGradGradV2")
            .distinct(1, 3, 4, 1)
            .any(1, 3, 4, 1)
            .with(
                (tf, x) -> {
                  Tensor out = first(tf, poolV2(tf, "MaxPoolV2", x.get(0)));
                  return first(tf, poolV2(tf, "MaxPoolGradGradV2", x.get(0), out, x.get(1)));
                }));
  }

  private static void withArgmax(List<GradientCase> r) {
    String type = "MaxPoolWithArgmax";
    r.add(
        row(type)
            .distinct(2, 3, 3, 2)
            .with((tf, x) -> first(tf, pool(tf, type, 1, "VALID", x.get(0)))));
    r.add(
        row(type, "batch in index")
            .distinct(2, 3, 3, 1)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        pool(tf, type, 2, "SAME", x.get(0)).attr("include_batch_in_index", true))));
    r.add(
        row("MaxPoolGradWithArgmax")
            .distinct(2, 4, 3, 1)
            .any(2, 2, 2, 1)
            .with(
                (tf, x) -> {
                  Tensor at = tf.tensor(pool(tf, type, 2, "SAME", x.get(0)).build().output(1));
                  return first(
                      tf, pool(tf, "MaxPoolGradWithArgmax", 2, "SAME", x.get(0), x.get(1), at));
                }));
    r.add(
        row("MaxPoolGradGradWithArgmax")
            .distinct(2, 4, 3, 1)
            .any(2, 4, 3, 1)
            .with(
                (tf, x) -> {
                  Tensor at = tf.tensor(pool(tf, type, 2, "SAME", x.get(0)).build().output(1));
                  return first(
                      tf, pool(tf, "MaxPoolGradGradWithArgmax", 2, "SAME", x.get(0), x.get(1), at));
                }));
  }

  private static void max3d(List<GradientCase> r) {
    r.add(
        row("MaxPool3D")
            .distinct(1, 2, 3, 2, 2)
            .inSinglePrecision()
            .with((tf, x) -> first(tf, pool(tf, "MaxPool3D", 1, "SAME", x.get(0)))));
    for (String grad : new String[] {"MaxPool3DGrad", "MaxPool3DGradGrad"}) {
      boolean second = grad.endsWith("GradGrad");
      r.add(
          row(grad)
              .distinct(1, 3, 2, 2, 1)
              .any(1, second ? 3 : 2, second ? 2 : 1, second ? 2 : 1, 1)
              .inSinglePrecision()
              .with(
                  (tf, x) -> {
                    Tensor out = first(tf, pool(tf, "MaxPool3D", 2, "SAME", x.get(0)));
                    return first(tf, pool(tf, grad, 2, "SAME", x.get(0), out, x.get(1)));
                  }));
    }
  }

  private static void norms(List<GradientCase> r) {
    r.add(
        row("LRN")
            .any(1, 2, 2, 5)
            .inSinglePrecision()
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("LRN", null)
                            .input(x.get(0))
                            .attr("depth_radius", 2)
                            .attr("bias", 1.5f)
                            .attr("alpha", 0.3f)
                            .attr("beta", 0.75f))));
    for (String version : new String[] {"", "V2", "V3"}) {
      for (String format : new String[] {"NHWC", "NCHW"}) {
        batchNorm(r, version, format, true);
        batchNorm(r, version, format, false);
      }
    }
  }

  private static void batchNorm(
      List<GradientCase> r, String version, String format, boolean training) {
    long[] shape = {3, 2, 2, 2};
    String what = format + (training ? ", training" : ", inference");
    r.add(
        row("FusedBatchNorm" + version, what)
            .any(shape)
            .between(0.5, 1.5, 2)
            .any(2)
            .inSinglePrecision()
            .with(
                (tf, x) -> {
                  Tensor mean = tf.constant(training ? new float[0] : new float[] {0.3f, -0.2f});
                  Tensor variance = tf.constant(training ? new float[0] : new float[] {0.8f, 1.5f});
                  return first(
                      tf,
                      tf.op("FusedBatchNorm" + version, null)
                          .input(x.get(0))
                          .input(x.get(1))
                          .input(x.get(2))
                          .input(mean)
                          .input(variance)
                          .attr("epsilon", 0.1f)
                          .attr("data_format", format)
                          .attr("is_training", training));
                }));
    if (training) {
      return; // the statistics that the gradient takes are then x's own
    }
    r.add(
        row("FusedBatchNormGrad" + version, what)
            .any(shape)
            .any(shape)
            .between(0.5, 1.5, 2)
            .inSinglePrecision()
            .withAll(
                (tf, x) -> {
                  OpBuilder b =
                      tf.op("FusedBatchNormGrad" + version, null)
                          .input(x.get(0))
                          .input(x.get(1))
                          .input(x.get(2))
                          .input(tf.constant(new float[] {0.3f, -0.2f}))
                          .input(tf.constant(new float[] {0.8f, 1.5f}));
                  if (version.equals("V3")) {
                    b.input(tf.constant(0f));
                  }
                  return b
                      .attr("epsilon", 0.1f)
                      .attr("data_format", format)
                      .attr("is_training", false)
                      .build()
                      .outputs()
                      .subList(0, 3)
                      .stream()
                      .map(tf::tensor)
                      .toList();
                }));
  }

  private static OpBuilder resize(Ops tf, String type, Tensor x, Tensor size, boolean centers) {
    return tf.op(type, null)
        .input(x)
        .input(size)
        .attr("align_corners", false)
        .attr("half_pixel_centers", centers);
  }

  private static void images(List<GradientCase> r) {
    for (String type : new String[] {"ResizeBilinear", "ResizeBicubic", "ResizeNearestNeighbor"}) {
      for (boolean centers : new boolean[] {false, true}) {
        String what = centers ? "pixel centers" : "";
        r.add(
            row(type, what)
                .any(1, 3, 2, 2)
                .inSinglePrecision()
                .with(
                    (tf, x) -> {
                      Tensor size = tf.constant(new int[] {2, 5});
                      return first(tf, resize(tf, type, x.get(0), size, centers));
                    }));
        r.add(
            row(type + "Grad", what)
                .any(1, 2, 5, 2)
                .inSinglePrecision()
                .with(
                    (tf, x) -> {
                      Tensor like =
                          type.equals("ResizeNearestNeighbor")
                              ? tf.constant(new int[] {3, 2})
                              : tf.constant(new float[1][3][2][2]);
                      return first(tf, resize(tf, type + "Grad", x.get(0), like, centers));
                    }));
      }
    }
    crops(r);
  }

  private static void crops(List<GradientCase> r) {
    // Positions that stay between pixels when a box moves a little.
    float[][] boxes = {{0.12f, 0.07f, 0.81f, 0.88f}, {0.6f, -0.5f, 0.2f, 0.7f}};
    r.add(
        row("CropAndResize", "of an image")
            .any(2, 4, 4, 2)
            .inSinglePrecision()
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("CropAndResize", null)
                            .input(x.get(0))
                            .input(tf.constant(boxes))
                            .input(tf.constant(new int[] {1, 0}))
                            .input(tf.constant(new int[] {3, 2})))));
    r.add(
        row("CropAndResize", "by boxes")
            .any(1, 4, 4, 2)
            .values(Shape.of(1, 4), 0.12, 0.07, 0.81, 0.88)
            .inSinglePrecision()
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("CropAndResize", null)
                            .input(x.get(0))
                            .input(x.get(1))
                            .input(tf.constant(new int[] {0}))
                            .input(tf.constant(new int[] {2, 1})))));
  }
}
