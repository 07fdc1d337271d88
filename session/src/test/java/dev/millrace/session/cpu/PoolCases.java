package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.PoolSpec;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Nodes for pooling and batch normalization. */
final class PoolCases {
  private static final DataType F32 = DataType.FLOAT32;

  private final Values v;
  private final Consumer<KernelNode> to;

  /** Gives all cases to {@code to}. */
  PoolCases(Values v, Consumer<KernelNode> to) {
    this.v = v;
    this.to = to;
    images();
    volumes();
    odd();
    for (String version : new String[] {"", "V2", "V3"}) {
      batchNorm(version);
    }
  }

  private static AttrValue list(long... values) {
    return AttrValue.ofInts(values);
  }

  private static TensorValue ints(long... values) {
    return TensorValue.ofInts(Arrays.stream(values).mapToInt(Math::toIntExact).toArray());
  }

  private static UnaryOperator<KernelNode> windows(
      long[] size, long[] strides, String padding, String format) {
    return n ->
        n.attr("ksize", list(size))
            .attr("strides", list(strides))
            .attr("padding", AttrValue.of(padding))
            .attr("data_format", AttrValue.of(format));
  }

  private static long[] dims(long... d) {
    return d;
  }

  private void images() {
    add(dims(2, 6, 8, 3), dims(1, 2, 2, 1), dims(1, 2, 2, 1), "VALID", "NHWC");
    add(dims(2, 7, 9, 16), dims(1, 3, 2, 1), dims(1, 2, 1, 1), "SAME", "NHWC");
    add(dims(3, 5, 5, 1), dims(1, 3, 3, 1), dims(1, 1, 1, 1), "SAME", "NHWC");
    add(dims(2, 7, 7, 4), dims(1, 1, 2, 1), dims(1, 3, 3, 1), "SAME", "NHWC");
    add(dims(2, 4, 4, 8), dims(1, 4, 4, 1), dims(1, 1, 1, 1), "VALID", "NHWC");
    add(dims(2, 3, 6, 8), dims(1, 1, 2, 3), dims(1, 1, 2, 2), "SAME", "NCHW");
    add(dims(0, 6, 8, 3), dims(1, 2, 2, 1), dims(1, 2, 2, 1), "VALID", "NHWC");
    add(dims(20, 28, 28, 32), dims(1, 2, 2, 1), dims(1, 2, 2, 1), "SAME", "NHWC");
    add(dims(8, 29, 27, 16), dims(1, 3, 3, 1), dims(1, 2, 2, 1), "SAME", "NHWC");
  }

  private void volumes() {
    add(dims(2, 3, 4, 5, 3), dims(1, 2, 3, 2, 1), dims(1, 1, 2, 2, 1), "SAME", "NDHWC");
    add(dims(1, 4, 4, 4, 8), dims(1, 2, 2, 2, 1), dims(1, 2, 2, 2, 1), "VALID", "NDHWC");
    add(dims(2, 3, 3, 4, 5), dims(1, 1, 2, 3, 2), dims(1, 1, 1, 2, 2), "SAME", "NCDHW");
  }

  /** Both kinds of pooling and their gradients. */
  private void add(long[] input, long[] size, long[] strides, String padding, String format) {
    String version = input.length == 5 ? "3D" : "";
    UnaryOperator<KernelNode> attrs = windows(size, strides, padding, format);
    TensorValue x = v.normal(F32, input);
    KernelNode max = attrs.apply(KernelNode.of("MaxPool" + version, x));
    to.accept(max);
    to.accept(attrs.apply(KernelNode.of("AvgPool" + version, x)));
    Shape output = PoolSpec.of("MaxPool" + version, max.attrs()).output(Shape.of(input));
    TensorValue g = v.normal(F32, output.dims());
    to.accept(attrs.apply(KernelNode.of("AvgPool" + version + "Grad", ints(input), g)));
    if (input.length == 4) {
      TensorValue y = max.reference().get(0);
      to.accept(attrs.apply(KernelNode.of("MaxPoolGrad", x, y, g)));
      UnaryOperator<KernelNode> v2 =
          n -> n.attr("padding", AttrValue.of(padding)).attr("data_format", AttrValue.of(format));
      to.accept(v2.apply(KernelNode.of("MaxPoolV2", x, ints(size), ints(strides))));
      to.accept(v2.apply(KernelNode.of("MaxPoolGradV2", x, y, g, ints(size), ints(strides))));
    }
  }

  /** NaN, infinities, and elements that tie. */
  private void odd() {
    UnaryOperator<KernelNode> attrs = windows(dims(1, 2, 2, 1), dims(1, 1, 2, 1), "SAME", "NHWC");
    TensorValue odd = v.odd(F32, 2, 9, 8, 5);
    to.accept(attrs.apply(KernelNode.of("MaxPool", odd)));
    TensorValue g = v.normal(F32, 2, 9, 4, 5);
    to.accept(attrs.apply(KernelNode.of("MaxPoolGrad", odd, g, g)));
    int[] few = v.below(DataType.INT32, 3, 2, 9, 8, 5).ints();
    TensorValue ties = TensorValue.zeros(F32, Shape.of(2, 9, 8, 5));
    for (int i = 0; i < few.length; i++) {
      ties.floats()[i] = few[i];
    }
    to.accept(attrs.apply(KernelNode.of("MaxPoolGrad", ties, g, g)));
    TensorValue low = TensorValue.zeros(F32, Shape.of(1, 2, 2, 1));
    Arrays.fill(low.floats(), Float.NEGATIVE_INFINITY);
    to.accept(attrs.apply(KernelNode.of("MaxPool", low)));
    TensorValue deep = v.odd(F32, 1, 3, 4, 4, 2);
    to.accept(
        windows(dims(1, 2, 2, 2, 1), dims(1, 1, 1, 2, 1), "VALID", "NDHWC")
            .apply(KernelNode.of("MaxPool3D", deep)));
  }

  private void batchNorm(String version) {
    for (long[] s :
        new long[][] {
          {3, 2, 4, 5}, {1, 1, 1, 3}, {7, 9, 8, 1}, {2, 3, 3, 1100}, {20, 14, 14, 64}
        }) {
      long c = s[3];
      TensorValue x = v.normal(F32, s);
      TensorValue none = TensorValue.zeros(F32, Shape.of(0));
      String type = "FusedBatchNorm" + version;
      to.accept(
          KernelNode.of(type, x, v.normal(F32, c), v.normal(F32, c), none, none)
              .attr("epsilon", AttrValue.of(0.01f)));
      to.accept(
          KernelNode.of(
                  type, x, v.normal(F32, c), v.normal(F32, c), v.normal(F32, c), v.positive(F32, c))
              .attr("is_training", AttrValue.of(false)));
      for (boolean training : new boolean[] {true, false}) {
        TensorValue[] in = {
          v.normal(F32, s), x, v.normal(F32, c), v.normal(F32, c), v.positive(F32, c)
        };
        if (version.equals("V3")) {
          in = Arrays.copyOf(in, 6);
          in[5] = TensorValue.of(0f);
        }
        to.accept(
            KernelNode.of("FusedBatchNormGrad" + version, in)
                .attr("epsilon", AttrValue.of(0.01f))
                .attr("is_training", AttrValue.of(training)));
      }
    }
  }
}
