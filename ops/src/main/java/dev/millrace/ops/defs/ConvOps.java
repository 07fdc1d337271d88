package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.Arrays;

/** Convolutions and their gradients, and morphological dilation. */
final class ConvOps {
  private static final String FLOATS = "T: {half, bfloat16, float, double}";
  private static final String REAL = "T: realnumbertype";
  private static final String PADDING = "padding: {'SAME', 'VALID'}";
  private static final String[] CONV2D = {
    FLOATS,
    "strides: list(int)",
    "use_cudnn_on_gpu: bool = true",
    "padding: {'SAME', 'VALID', 'EXPLICIT'}",
    "explicit_paddings: list(int) = []",
    "data_format: {'NHWC', 'NCHW'} = 'NHWC'",
    "dilations: list(int) = [1, 1, 1, 1]"
  };
  private static final String[] DEPTHWISE = {
    FLOATS,
    "strides: list(int)",
    PADDING,
    "data_format: {'NHWC', 'NCHW'} = 'NHWC'",
    "dilations: list(int) = [1, 1, 1, 1]"
  };
  private static final String[] CONV3D = {
    FLOATS,
    "strides: list(int) >= 5",
    PADDING,
    "data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'",
    "dilations: list(int) = [1, 1, 1, 1, 1]"
  };
  private static final String[] DILATION = {
    REAL, "strides: list(int) >= 4", "rates: list(int) >= 4", PADDING
  };

  private ConvOps() {}

  static void register(OpRegistry r) {
    family(r, "Conv2D", "", CONV2D);
    family(r, "DepthwiseConv2dNative", "", DEPTHWISE);
    family(r, "Conv3D", "V2", CONV3D);
    dilation(r);
  }

  /** A convolution and its two gradients. */
  private static void family(OpRegistry r, String type, String version, String[] attrs) {
    r.add(
        OpDef.named(type)
            .inputs("input: T", "filter: T")
            .outputs("output: T")
            .attrs(attrs)
            .shape(ConvOps::forwardShape));
    boolean wideSizes = version.equals("V2");
    String[] toInput = attrs;
    if (wideSizes) {
      toInput = Arrays.copyOf(attrs, attrs.length + 1);
      toInput[attrs.length] = "Tshape: {int32, int64} = int32";
    }
    r.add(
        OpDef.named(type + "BackpropInput" + version)
            .inputs(
                "input_sizes: " + (wideSizes ? "Tshape" : "int32"), "filter: T", "out_backprop: T")
            .outputs("output: T")
            .attrs(toInput)
            .valueInputs(0)
            .shape(ConvOps::toInputShape));
    r.add(
        OpDef.named(type + "BackpropFilter" + version)
            .inputs("input: T", "filter_sizes: int32", "out_backprop: T")
            .outputs("output: T")
            .attrs(attrs)
            .valueInputs(1)
            .shape(ConvOps::toFilterShape));
  }

  private static void forwardShape(ShapeContext c) {
    ConvSpec spec = ConvSpec.of(c.opType(), c.attrs());
    c.output(0, spec.output(c.inputOfRank(0, spec.rank()), c.inputOfRank(1, spec.rank())));
  }

  private static void toInputShape(ShapeContext c) {
    ConvSpec spec = ConvSpec.of(c.opType(), c.attrs());
    Shape filter = c.inputOfRank(1, spec.rank());
    Shape gradient = c.inputOfRank(2, spec.rank());
    Shape input = ofRank(Shapes.spelledBy(c, 0), spec.rank(), "input_sizes");
    spec.requireGradient(gradient, input, filter);
    c.output(0, input);
  }

  private static void toFilterShape(ShapeContext c) {
    ConvSpec spec = ConvSpec.of(c.opType(), c.attrs());
    Shape input = c.inputOfRank(0, spec.rank());
    Shape gradient = c.inputOfRank(2, spec.rank());
    Shape filter = ofRank(Shapes.spelledBy(c, 1), spec.rank(), "filter_sizes");
    spec.requireGradient(gradient, input, filter);
    c.output(0, filter);
  }

  /** A shape that the input {@code what} spells. */
  static Shape ofRank(Shape spelled, int rank, String what) {
    if (spelled.hasRank() && spelled.rank() != rank) {
      throw new InvalidArgumentException(
          what + " must have " + rank + " numbers, but spells the shape " + spelled);
    }
    return spelled.hasRank() ? spelled : Shape.ofRank(rank);
  }

  private static void dilation(OpRegistry r) {
    r.add(
        OpDef.named("Dilation2D")
            .inputs("input: T", "filter: T")
            .outputs("output: T")
            .attrs(DILATION)
            .shape(c -> c.output(0, dilated(c))));
    r.add(
        OpDef.named("Dilation2DBackpropInput")
            .inputs("input: T", "filter: T", "out_backprop: T")
            .outputs("in_backprop: T")
            .attrs(DILATION)
            .shape(c -> dilationGradientShape(c, 0)));
    r.add(
        OpDef.named("Dilation2DBackpropFilter")
            .inputs("input: T", "filter: T", "out_backprop: T")
            .outputs("filter_backprop: T")
            .attrs(DILATION)
            .shape(c -> dilationGradientShape(c, 1)));
  }

  private static Shape dilated(ShapeContext c) {
    return DilationSpec.of(c.attrs()).output(c.inputOfRank(0, 4), c.inputOfRank(1, 3));
  }

  private static void dilationGradientShape(ShapeContext c, int of) {
    Shape output = dilated(c);
    Shape gradient = c.inputOfRank(2, 4);
    if (!output.isCompatibleWith(gradient)) {
      throw new InvalidArgumentException(
          "out_backprop must have the result's shape, which is " + output + ", but is " + gradient);
    }
    c.output(0, c.inputOfRank(of, of == 0 ? 4 : 3));
  }
}
