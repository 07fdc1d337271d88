package dev.millrace.autodiff;

import dev.millrace.graph.OpBuilder;
import dev.millrace.ops.Tensor;

/**
 * Gradients of convolutions. A convolution is linear in its input and in its filter, and so are its
 * two gradient operations: the gradients of all three are made of the three.
 */
final class ConvGradients {
  private static final String[] ATTRS = {
    "strides", "padding", "use_cudnn_on_gpu", "explicit_paddings", "data_format", "dilations"
  };

  private ConvGradients() {}

  static void register(GradientRegistry r) {
    new Family("Conv2D", "").register(r);
    new Family("DepthwiseConv2dNative", "").register(r);
    new Family("Conv3D", "V2").register(r);
    dilation(r);
  }

  /** A convolution and its gradient operations. */
  private record Family(String type, String version) {
    void register(GradientRegistry r) {
      r.add(
          type,
          Rules.of(
              (c, g) -> toInput(c, Shapes.of(c.x()), c.y(), g),
              (c, g) -> toFilter(c, c.x(), Shapes.of(c.y()), g)));
      // Of (input_sizes, filter, out_backprop).
      r.add(
          type + "BackpropInput" + version,
          Rules.of(
              Rules.NONE,
              (c, g) -> toFilter(c, g, Shapes.of(c.y()), c.input(2)),
              (c, g) -> forward(c, g, c.y())));
      // Of (input, filter_sizes, out_backprop).
      r.add(
          type + "BackpropFilter" + version,
          Rules.of(
              (c, g) -> toInput(c, Shapes.of(c.x()), g, c.input(2)),
              Rules.NONE,
              (c, g) -> forward(c, c.x(), g)));
    }

    private Tensor forward(GradientContext c, Tensor input, Tensor filter) {
      return build(c, type, input, filter);
    }

    private Tensor toInput(GradientContext c, Tensor sizes, Tensor filter, Tensor g) {
      return build(c, type + "BackpropInput" + version, sizes, filter, g);
    }

    private Tensor toFilter(GradientContext c, Tensor input, Tensor sizes, Tensor g) {
      return build(c, type + "BackpropFilter" + version, input, sizes, g);
    }
  }

  /** An operation that slides its windows as {@code c}'s does. */
  private static Tensor build(GradientContext c, String type, Tensor... inputs) {
    OpBuilder b = c.tf().op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return Build.of(c.tf(), copyAttrs(c, b, ATTRS));
  }

  /** Gives {@code b} those of the attributes that {@code c}'s operation has. */
  static OpBuilder copyAttrs(GradientContext c, OpBuilder b, String... names) {
    for (String name : names) {
      if (c.attrs().has(name)) {
        b.attr(name, c.attrs().get(name));
      }
    }
    return b;
  }

  private static void dilation(GradientRegistry r) {
    r.add(
        "Dilation2D",
        Rules.of(
            (c, g) -> dilationGradient(c, "Dilation2DBackpropInput", g),
            (c, g) -> dilationGradient(c, "Dilation2DBackpropFilter", g)));
    for (String to : new String[] {"Input", "Filter"}) {
      r.undefined("Dilation2DBackprop" + to, "TensorFlow 1.15 has no second gradient of it either");
    }
  }

  private static Tensor dilationGradient(GradientContext c, String type, Tensor g) {
    return Build.of(
        c.tf(),
        copyAttrs(
            c,
            c.tf().op(type, null).input(c.x()).input(c.y()).input(g),
            "strides",
            "rates",
            "padding"));
  }
}
