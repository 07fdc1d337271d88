package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.first;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for convolutions. */
final class ConvGradientCases {
  private ConvGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    conv2d(r);
    others(r);
    gradients(r);
    dilation(r);
    return r;
  }

  /** A convolution with the same stride along all spatial dimensions. */
  static OpBuilder conv(Ops tf, String type, long stride, String padding, Tensor... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return b.attr("strides", spatial(type, stride)).attr("padding", padding);
  }

  private static AttrValue spatial(String type, long n) {
    return type.contains("3D") ? AttrValue.ofInts(1, n, n, n, 1) : AttrValue.ofInts(1, n, n, 1);
  }

  private static void conv2d(List<GradientCase> r) {
    r.add(
        row("Conv2D")
            .any(2, 3, 4, 2)
            .any(2, 2, 2, 3)
            .with((tf, x) -> first(tf, conv(tf, "Conv2D", 1, "SAME", x.get(0), x.get(1)))));
    r.add(
        row("Conv2D", "with strides and dilations")
            .any(1, 5, 6, 1)
            .any(2, 3, 1, 2)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        conv(tf, "Conv2D", 2, "VALID", x.get(0), x.get(1))
                            .attr("dilations", AttrValue.ofInts(1, 2, 1, 1)))));
    r.add(
        row("Conv2D", "channels first, padded")
            .any(1, 2, 3, 3)
            .any(2, 2, 2, 2)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("Conv2D", null)
                            .input(x.get(0))
                            .input(x.get(1))
                            .attr("strides", AttrValue.ofInts(1, 1, 2, 1))
                            .attr("padding", "EXPLICIT")
                            .attr("explicit_paddings", AttrValue.ofInts(0, 0, 0, 0, 1, 0, 0, 2))
                            .attr("data_format", "NCHW"))));
    r.add(
        row("Conv2D", "in groups")
            .any(1, 2, 2, 4)
            .any(2, 1, 2, 4)
            .with((tf, x) -> first(tf, conv(tf, "Conv2D", 1, "SAME", x.get(0), x.get(1)))));
  }

  private static void others(List<GradientCase> r) {
    String depthwise = "DepthwiseConv2dNative";
    r.add(
        row(depthwise)
            .any(2, 3, 3, 2)
            .any(2, 2, 2, 2)
            .with((tf, x) -> first(tf, conv(tf, depthwise, 1, "SAME", x.get(0), x.get(1)))));
    r.add(
        row(depthwise, "with strides")
            .any(1, 5, 4, 2)
            .any(3, 2, 2, 1)
            .with((tf, x) -> first(tf, conv(tf, depthwise, 2, "VALID", x.get(0), x.get(1)))));
    r.add(
        row("Conv3D")
            .any(1, 2, 3, 2, 2)
            .any(2, 2, 1, 2, 2)
            .with((tf, x) -> first(tf, conv(tf, "Conv3D", 1, "SAME", x.get(0), x.get(1)))));
  }

  /** The gradient operations, as functions of their own, of both real inputs. */
  private static void gradients(List<GradientCase> r) {
    for (String type : new String[] {"Conv2D", "DepthwiseConv2dNative", "Conv3D"}) {
      boolean volume = type.equals("Conv3D");
      boolean depthwise = type.startsWith("Depthwise");
      String version = volume ? "V2" : "";
      int[] input = volume ? new int[] {1, 2, 3, 2, 2} : new int[] {1, 3, 4, 2};
      int[] filter = volume ? new int[] {2, 2, 1, 2, 2} : new int[] {2, 2, 2, 2};
      // With VALID windows and strides of 1.
      long[] output = volume ? new long[] {1, 1, 2, 2, 2} : new long[] {1, 2, 3, depthwise ? 4 : 2};
      String toInput = type + "BackpropInput" + version;
      r.add(
          row(toInput)
              .any(longs(filter))
              .any(output)
              .with(
                  (tf, x) ->
                      first(
                          tf,
                          conv(tf, toInput, 1, "VALID", tf.constant(input), x.get(0), x.get(1)))));
      String toFilter = type + "BackpropFilter" + version;
      r.add(
          row(toFilter)
              .any(longs(input))
              .any(output)
              .with(
                  (tf, x) ->
                      first(
                          tf,
                          conv(
                              tf, toFilter, 1, "VALID", x.get(0), tf.constant(filter), x.get(1)))));
    }
  }

  private static long[] longs(int[] xs) {
    long[] r = new long[xs.length];
    for (int i = 0; i < r.length; i++) {
      r[i] = xs[i];
    }
    return r;
  }

  private static void dilation(List<GradientCase> r) {
    r.add(
        row("Dilation2D")
            .distinct(1, 4, 4, 2)
            .between(-0.01, 0.01, 2, 2, 2)
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("Dilation2D", null)
                            .input(x.get(0))
                            .input(x.get(1))
                            .attr("strides", AttrValue.ofInts(1, 1, 2, 1))
                            .attr("rates", AttrValue.ofInts(1, 2, 1, 1))
                            .attr("padding", "SAME"))));
  }
}
