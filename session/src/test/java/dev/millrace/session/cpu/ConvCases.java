package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.ConvSpec;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Nodes for the convolutions: sizes, strides, dilations, paddings, formats and groups. */
final class ConvCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType F64 = DataType.FLOAT64;

  private final Values v;
  private final Consumer<KernelNode> to;

  /** Gives all cases to {@code to}. */
  ConvCases(Values v, Consumer<KernelNode> to) {
    this.v = v;
    this.to = to;
    for (DataType t : new DataType[] {F32, F64}) {
      plain(t);
      volumes(t);
    }
    onlyFloats();
  }

  private static AttrValue list(long... values) {
    return AttrValue.ofInts(values);
  }

  private static UnaryOperator<KernelNode> windows(String padding, long... strides) {
    return n -> n.attr("strides", list(strides)).attr("padding", AttrValue.of(padding));
  }

  private static UnaryOperator<KernelNode> dilated(String padding, long... dilations) {
    long[] ones = new long[dilations.length];
    Arrays.fill(ones, 1);
    return n -> windows(padding, ones).apply(n).attr("dilations", list(dilations));
  }

  private static UnaryOperator<KernelNode> first(UnaryOperator<KernelNode> windows) {
    return n -> windows.apply(n).attr("data_format", AttrValue.of("NCHW"));
  }

  private static UnaryOperator<KernelNode> padded(long... all) {
    return n -> windows("EXPLICIT", 1, 1, 1, 1).apply(n).attr("explicit_paddings", list(all));
  }

  private static long[] dims(long... d) {
    return d;
  }

  /** A convolution and both of its gradients. */
  private void add(
      String type, DataType t, UnaryOperator<KernelNode> attrs, long[] input, long[] filter) {
    String version = type.equals("Conv3D") ? "V2" : "";
    KernelNode forward = attrs.apply(KernelNode.of(type, v.normal(t, input), v.normal(t, filter)));
    to.accept(forward);
    Shape output = ConvSpec.of(type, forward.attrs()).output(Shape.of(input), Shape.of(filter));
    to.accept(
        attrs.apply(KernelNode.of(type, v.normal(t, input), v.normal(t, filter))).unknown(0, 1));
    to.accept(
        attrs.apply(
            KernelNode.of(
                type + "BackpropInput" + version,
                ints(input),
                v.normal(t, filter),
                v.normal(t, output.dims()))));
    to.accept(
        attrs.apply(
            KernelNode.of(
                type + "BackpropFilter" + version,
                v.normal(t, input),
                ints(filter),
                v.normal(t, output.dims()))));
  }

  private static TensorValue ints(long... values) {
    return TensorValue.ofInts(Arrays.stream(values).mapToInt(Math::toIntExact).toArray());
  }

  private void plain(DataType t) {
    String type = "Conv2D";
    add(type, t, windows("SAME", 1, 1, 1, 1), dims(2, 5, 7, 3), dims(3, 3, 3, 4));
    add(type, t, windows("VALID", 1, 1, 1, 1), dims(2, 5, 7, 3), dims(3, 2, 3, 16));
    add(type, t, windows("VALID", 1, 1, 1, 1), dims(1, 3, 3, 2), dims(3, 3, 2, 2));
    add(type, t, windows("SAME", 1, 2, 3, 1), dims(3, 9, 8, 1), dims(5, 5, 1, 32));
    add(type, t, windows("VALID", 1, 2, 2, 1), dims(2, 8, 9, 16), dims(3, 2, 16, 8));
    add(type, t, windows("SAME", 1, 3, 3, 1), dims(2, 7, 7, 4), dims(1, 1, 4, 4));
    add(type, t, dilated("VALID", 1, 2, 3, 1), dims(2, 7, 9, 3), dims(3, 2, 3, 5));
    add(type, t, dilated("SAME", 1, 3, 1, 1), dims(2, 7, 9, 3), dims(3, 3, 3, 5));
    add(type, t, padded(0, 0, 1, 2, 3, 0, 0, 0), dims(2, 4, 5, 3), dims(3, 4, 3, 8));
    add(type, t, windows("VALID", 1, 1, 1, 1), dims(1, 1, 1, 1), dims(1, 1, 1, 1));
    add(type, t, windows("SAME", 1, 1, 1, 1), dims(0, 5, 7, 3), dims(3, 3, 3, 4));
    add(type, t, windows("SAME", 1, 1, 1, 1), dims(2, 5, 7, 3), dims(3, 3, 3, 0));
    // Large enough to be cut, into equal parts and others.
    add(type, t, windows("SAME", 1, 1, 1, 1), dims(10, 14, 14, 16), dims(3, 3, 16, 32));
    add(type, t, windows("SAME", 1, 1, 1, 1), dims(17, 12, 12, 16), dims(3, 3, 16, 16));
  }

  private void volumes(DataType t) {
    add("Conv3D", t, windows("SAME", 1, 1, 2, 1, 1), dims(2, 3, 4, 5, 3), dims(2, 3, 3, 3, 4));
    add("Conv3D", t, windows("VALID", 1, 1, 1, 2, 1), dims(1, 4, 4, 5, 8), dims(2, 1, 3, 8, 16));
    add("Conv3D", t, dilated("VALID", 1, 1, 2, 1, 1), dims(2, 3, 5, 4, 2), dims(2, 3, 2, 2, 3));
  }

  private void onlyFloats() {
    add("Conv2D", F32, first(windows("SAME", 1, 1, 2, 1)), dims(2, 3, 6, 7), dims(3, 2, 3, 8));
    add("Conv2D", F32, first(padded(0, 0, 0, 0, 1, 0, 0, 2)), dims(2, 3, 6, 7), dims(3, 2, 3, 8));
    add("Conv2D", F32, windows("SAME", 1, 1, 1, 1), dims(2, 6, 6, 6), dims(3, 3, 2, 9));
    add("Conv2D", F32, first(windows("VALID", 1, 1, 1, 1)), dims(2, 8, 6, 6), dims(3, 3, 4, 16));
    UnaryOperator<KernelNode> ncdhw =
        n -> windows("SAME", 1, 1, 1, 1, 1).apply(n).attr("data_format", AttrValue.of("NCDHW"));
    add("Conv3D", F32, ncdhw, dims(2, 3, 3, 4, 5), dims(2, 2, 3, 3, 4));
    String depthwise = "DepthwiseConv2dNative";
    add(depthwise, F32, windows("SAME", 1, 1, 1, 1), dims(2, 6, 7, 3), dims(3, 2, 3, 2));
    add(depthwise, F32, windows("VALID", 1, 2, 2, 1), dims(2, 9, 8, 16), dims(3, 3, 16, 1));
    add(depthwise, F32, windows("SAME", 1, 2, 1, 1), dims(1, 5, 5, 1), dims(3, 3, 1, 4));
    add(depthwise, F32, dilated("SAME", 1, 2, 2, 1), dims(2, 7, 7, 8), dims(3, 3, 8, 1));
    add(depthwise, F32, first(windows("SAME", 1, 1, 1, 1)), dims(2, 8, 5, 6), dims(3, 3, 8, 1));
    add(depthwise, F32, windows("SAME", 1, 1, 1, 1), dims(16, 28, 28, 32), dims(3, 3, 32, 1));
  }
}
