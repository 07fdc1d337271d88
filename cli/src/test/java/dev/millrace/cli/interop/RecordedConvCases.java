package dev.millrace.cli.interop;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Convolutions, dilation and pooling: cases that the shared fixtures leave out. */
final class RecordedConvCases {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private RecordedConvCases() {
    convolutions();
    volumes();
    dilation();
    maxima();
    maximaOf3d();
    averages();
    narrow();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new RecordedConvCases().cases;
  }

  /** Numbers with two decimals, the same for the same shape. */
  static TensorValue numbers(long... shape) {
    Shape s = Shape.of(shape);
    Random random = new Random(s.numElements());
    float[] v = new float[(int) s.numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.round(random.nextGaussian() * 100) / 100f;
    }
    return TensorValue.wrap(DataType.FLOAT32, s, v);
  }

  static TensorValue doubles(TensorValue v) {
    return TensorValue.wrap(DataType.FLOAT64, v.shape(), v.toDoubles());
  }

  static AttrValue list(long... values) {
    return AttrValue.ofInts(values);
  }

  private static TensorValue ints(int... values) {
    return TensorValue.ofInts(values);
  }

  private void add(
      String type, String variant, UnaryOperator<OpBuilder> attrs, TensorValue... inputs) {
    cases.put(type + "__" + variant, new CaseGraph(inputs).op(type, attrs));
  }

  private static UnaryOperator<OpBuilder> conv(String padding, long... strides) {
    return b -> b.attr("strides", list(strides)).attr("padding", padding);
  }

  private static UnaryOperator<OpBuilder> pool(String padding, long... sizesAndStrides) {
    int n = sizesAndStrides.length / 2;
    long[] sizes = Arrays.copyOf(sizesAndStrides, n);
    long[] strides = Arrays.copyOfRange(sizesAndStrides, n, 2 * n);
    return b ->
        b.attr("ksize", list(sizes)).attr("strides", list(strides)).attr("padding", padding);
  }

  private void convolutions() {
    add(
        "Conv2D",
        "empty_batch",
        conv("SAME", 1, 2, 2, 1),
        numbers(0, 4, 4, 2),
        numbers(3, 3, 2, 2));
    add(
        "Conv2D",
        "f64",
        conv("SAME", 1, 2, 1, 1),
        doubles(numbers(2, 4, 5, 3)),
        doubles(numbers(3, 2, 3, 4)));
    add("Conv2D", "1x1", conv("VALID", 1, 1, 1, 1), numbers(2, 3, 3, 4), numbers(1, 1, 4, 3));
    UnaryOperator<OpBuilder> padded =
        b ->
            conv("EXPLICIT", 1, 1, 2, 1)
                .apply(b)
                .attr("explicit_paddings", list(0, 0, 1, 2, 3, 0, 0, 0));
    add("Conv2D", "padded", padded, numbers(1, 3, 3, 2), numbers(2, 2, 2, 2));
    add(
        "Conv2DBackpropInput",
        "padded",
        padded,
        ints(1, 3, 3, 2),
        numbers(2, 2, 2, 2),
        numbers(1, 5, 3, 2));
    add(
        "Conv2DBackpropFilter",
        "padded",
        padded,
        numbers(1, 3, 3, 2),
        ints(2, 2, 2, 2),
        numbers(1, 5, 3, 2));
    add(
        "Conv2DBackpropInput",
        "strides",
        conv("SAME", 1, 3, 2, 1),
        ints(2, 5, 5, 2),
        numbers(2, 3, 2, 3),
        numbers(2, 2, 3, 3));
    add(
        "Conv2DBackpropFilter",
        "strides",
        conv("SAME", 1, 3, 2, 1),
        numbers(2, 5, 5, 2),
        ints(2, 3, 2, 3),
        numbers(2, 2, 3, 3));
    String depthwise = "DepthwiseConv2dNative";
    add(
        depthwise,
        "f32_valid",
        conv("VALID", 1, 1, 1, 1),
        numbers(2, 4, 4, 2),
        numbers(2, 3, 2, 3));
    add(
        depthwise + "BackpropInput",
        "f64_same_stride2",
        conv("SAME", 1, 2, 2, 1),
        ints(1, 5, 4, 2),
        doubles(numbers(3, 2, 2, 2)),
        doubles(numbers(1, 3, 2, 4)));
    add(
        depthwise + "BackpropFilter",
        "f32_valid",
        conv("VALID", 1, 1, 1, 1),
        numbers(2, 4, 4, 2),
        ints(2, 3, 2, 3),
        numbers(2, 3, 2, 6));
    add(
        depthwise + "BackpropFilter",
        "f64_same_stride2",
        conv("SAME", 1, 2, 2, 1),
        doubles(numbers(1, 5, 4, 2)),
        ints(3, 2, 2, 2),
        doubles(numbers(1, 3, 2, 4)));
  }

  private void volumes() {
    add(
        "Conv3D",
        "f64_same_strides",
        conv("SAME", 1, 1, 2, 2, 1),
        doubles(numbers(1, 3, 4, 4, 2)),
        doubles(numbers(2, 3, 2, 2, 2)));
    add(
        "Conv3DBackpropInputV2",
        "f32_valid",
        conv("VALID", 1, 1, 1, 1, 1),
        ints(1, 3, 4, 3, 2),
        numbers(2, 2, 2, 2, 3),
        numbers(1, 2, 3, 2, 3));
    add(
        "Conv3DBackpropInputV2",
        "f64_same_strides",
        conv("SAME", 1, 1, 2, 2, 1),
        ints(1, 3, 4, 4, 2),
        doubles(numbers(2, 3, 2, 2, 2)),
        doubles(numbers(1, 3, 2, 2, 2)));
    add(
        "Conv3DBackpropFilterV2",
        "f32_valid",
        conv("VALID", 1, 1, 1, 1, 1),
        numbers(1, 3, 4, 3, 2),
        ints(2, 2, 2, 2, 3),
        numbers(1, 2, 3, 2, 3));
    add(
        "Conv3DBackpropFilterV2",
        "f64_same_strides",
        conv("SAME", 1, 1, 2, 2, 1),
        doubles(numbers(1, 3, 4, 4, 2)),
        ints(2, 3, 2, 2, 2),
        doubles(numbers(1, 3, 2, 2, 2)));
  }

  private void dilation() {
    UnaryOperator<OpBuilder> same =
        b ->
            b.attr("strides", list(1, 2, 1, 1))
                .attr("rates", list(1, 1, 2, 1))
                .attr("padding", "SAME");
    UnaryOperator<OpBuilder> valid =
        b ->
            b.attr("strides", list(1, 1, 1, 1))
                .attr("rates", list(1, 1, 1, 1))
                .attr("padding", "VALID");
    add("Dilation2D", "f32_same", same, numbers(2, 4, 5, 2), numbers(3, 2, 2));
    add("Dilation2D", "f64_valid", valid, doubles(numbers(1, 4, 5, 1)), doubles(numbers(2, 3, 1)));
    add(
        "Dilation2D",
        "i32",
        valid,
        TensorValue.of(new int[][][][] {{{{3}, {-7}}, {{5}, {5}}}}),
        TensorValue.of(new int[][][] {{{1}}, {{-2}}}));
    for (String to : new String[] {"Input", "Filter"}) {
      String type = "Dilation2DBackprop" + to;
      add(type, "f32_same", same, numbers(2, 4, 5, 2), numbers(3, 2, 2), numbers(2, 2, 5, 2));
      add(
          type,
          "f32_ties",
          valid,
          TensorValue.of(new float[1][2][3][1]),
          TensorValue.of(new float[2][2][1]),
          TensorValue.of(new float[][][][] {{{{5}, {7}}}}));
    }
  }

  private void maxima() {
    TensorValue odd =
        TensorValue.of(
            new float[][][][] {
              {
                {{NAN}, {1}, {1}, {NAN}, {1}, {2}, {NAN}, {NAN}, {-INF}, {-INF}},
                {{1}, {1}, {1}, {1}, {NAN}, {1}, {NAN}, {NAN}, {-INF}, {NAN}}
              }
            });
    UnaryOperator<OpBuilder> two = pool("VALID", 1, 2, 2, 1, 1, 2, 2, 1);
    add("MaxPool", "nan_and_infinity", two, odd);
    add("MaxPool", "depth", pool("VALID", 1, 1, 1, 2, 1, 1, 1, 2), numbers(1, 2, 2, 4));
    add(
        "MaxPool",
        "f64_empty_batch",
        two,
        TensorValue.zeros(DataType.FLOAT64, Shape.of(0, 4, 4, 2)));
    TensorValue ties =
        TensorValue.of(new float[][][][] {{{{1}, {1}, {2}, {2}, {3}}, {{1}, {1}, {2}, {2}, {3}}}});
    TensorValue pooled = TensorValue.of(new float[][][][] {{{{1}, {2}}}});
    TensorValue g = TensorValue.of(new float[][][][] {{{{5}, {7}}}});
    add("MaxPoolGrad", "ties", two, ties, pooled, g);
    add("MaxPoolGradGrad", "ties", two, ties, pooled, numbers(1, 2, 5, 1));
    add(
        "MaxPoolGradGrad",
        "nothing_equals",
        two,
        ties,
        TensorValue.of(new float[1][1][2][1]),
        numbers(1, 2, 5, 1));
    cases.put(
        "MaxPoolGradGrad__overlapping",
        second("MaxPool", pool("SAME", 1, 3, 2, 1, 1, 2, 1, 1), numbers(2, 4, 4, 2)));
    TensorValue sizes = ints(1, 3, 2, 1);
    TensorValue strides = ints(1, 2, 1, 1);
    UnaryOperator<OpBuilder> same = b -> b.attr("padding", "SAME");
    add("MaxPoolV2", "f32_same", same, numbers(2, 4, 4, 2), sizes, strides);
    add(
        "MaxPoolV2",
        "i32",
        same,
        TensorValue.of(new int[][][][] {{{{3}, {-7}}, {{5}, {6}}}}),
        sizes,
        strides);
    CaseGraph c = new CaseGraph(numbers(2, 4, 4, 2), sizes, strides, numbers(2, 2, 4, 2));
    Output y =
        c.graph()
            .opBuilder("MaxPoolV2", "pool")
            .input(c.input(0))
            .input(c.input(1))
            .input(c.input(2))
            .attr("padding", "SAME")
            .build()
            .output(0);
    cases.put(
        "MaxPoolGradV2__f32_same",
        c.outputs(
            c.graph()
                .opBuilder("MaxPoolGradV2", "op")
                .input(c.input(0))
                .input(y)
                .input(c.input(3))
                .input(c.input(1))
                .input(c.input(2))
                .attr("padding", "SAME")
                .build()));
    CaseGraph d = new CaseGraph(numbers(2, 4, 4, 2), sizes, strides, numbers(2, 4, 4, 2));
    Output z =
        d.graph()
            .opBuilder("MaxPoolV2", "pool")
            .input(d.input(0))
            .input(d.input(1))
            .input(d.input(2))
            .attr("padding", "SAME")
            .build()
            .output(0);
    cases.put(
        "MaxPoolGradGradV2__f32_same",
        d.outputs(
            d.graph()
                .opBuilder("MaxPoolGradGradV2", "op")
                .input(d.input(0))
                .input(z)
                .input(d.input(3))
                .input(d.input(1))
                .input(d.input(2))
                .attr("padding", "SAME")
                .build()));
    argmax(odd);
  }

  /** The second gradient operation on x, its pooling, and a gradient of x's shape. */
  private static GraphDef second(String type, UnaryOperator<OpBuilder> attrs, TensorValue x) {
    CaseGraph c = new CaseGraph(x, numbers(x.shape().dims()));
    Output y = attrs.apply(c.graph().opBuilder(type, "pool").input(c.input(0))).build().output(0);
    return c.outputs(
        attrs
            .apply(
                c.graph()
                    .opBuilder(type + "GradGrad", "op")
                    .input(c.input(0))
                    .input(y)
                    .input(c.input(1)))
            .build());
  }

  private void argmax(TensorValue odd) {
    String type = "MaxPoolWithArgmax";
    add(type, "nan", pool("VALID", 1, 2, 2, 1, 1, 2, 2, 1), odd);
    for (boolean batch : new boolean[] {false, true}) {
      String variant = batch ? "batch_in_index" : "same";
      UnaryOperator<OpBuilder> attrs =
          b -> pool("SAME", 1, 2, 2, 1, 1, 2, 2, 1).apply(b).attr("include_batch_in_index", batch);
      add(type, variant, attrs, numbers(2, 3, 3, 2));
      CaseGraph c = new CaseGraph(numbers(2, 3, 3, 2), numbers(2, 2, 2, 2));
      Output at =
          attrs.apply(c.graph().opBuilder(type, "pool").input(c.input(0))).build().output(1);
      cases.put(
          "MaxPoolGradWithArgmax__" + variant,
          c.outputs(
              attrs
                  .apply(
                      c.graph()
                          .opBuilder("MaxPoolGradWithArgmax", "op")
                          .input(c.input(0))
                          .input(c.input(1))
                          .input(at))
                  .build()));
    }
  }

  private void maximaOf3d() {
    UnaryOperator<OpBuilder> rows = pool("VALID", 1, 1, 1, 2, 1, 1, 1, 1, 2, 1);
    TensorValue odd =
        TensorValue.of(
            new float[][][][][] {{{{{NAN}, {1}, {1}, {NAN}, {NAN}, {NAN}, {-INF}, {NAN}}}}});
    add("MaxPool3D", "nan_and_infinity", rows, odd);
    add(
        "MaxPool3D",
        "overlapping",
        pool("SAME", 1, 2, 3, 2, 1, 1, 1, 2, 2, 1),
        numbers(1, 3, 4, 5, 2));
    TensorValue ties = TensorValue.of(new float[][][][][] {{{{{1}, {1}, {2}, {3}}}}});
    TensorValue pooled = TensorValue.of(new float[][][][][] {{{{{1}, {3}}}}});
    TensorValue g = TensorValue.of(new float[][][][][] {{{{{5}, {7}}}}});
    add("MaxPool3DGrad", "ties", rows, ties, pooled, g);
    add("MaxPool3DGradGrad", "ties", rows, ties, pooled, numbers(1, 1, 1, 4, 1));
    UnaryOperator<OpBuilder> attrs = pool("SAME", 1, 2, 3, 2, 1, 1, 1, 2, 2, 1);
    CaseGraph c = new CaseGraph(numbers(1, 3, 4, 5, 2), numbers(1, 3, 2, 3, 2));
    Output y =
        attrs.apply(c.graph().opBuilder("MaxPool3D", "pool").input(c.input(0))).build().output(0);
    cases.put(
        "MaxPool3DGrad__overlapping",
        c.outputs(
            attrs
                .apply(
                    c.graph()
                        .opBuilder("MaxPool3DGrad", "op")
                        .input(c.input(0))
                        .input(y)
                        .input(c.input(1)))
                .build()));
    cases.put("MaxPool3DGradGrad__overlapping", second("MaxPool3D", attrs, numbers(1, 3, 4, 5, 2)));
  }

  private void averages() {
    UnaryOperator<OpBuilder> same = pool("SAME", 1, 3, 2, 1, 1, 2, 1, 1);
    add("AvgPool", "f64_same", same, doubles(numbers(2, 4, 4, 2)));
    add("AvgPool", "stride_above_size", pool("SAME", 1, 1, 1, 1, 1, 3, 3, 1), numbers(1, 5, 5, 1));
    add("AvgPoolGrad", "f32_same", same, ints(2, 4, 4, 2), numbers(2, 2, 4, 2));
    add(
        "AvgPoolGrad",
        "f64_valid",
        pool("VALID", 1, 2, 2, 1, 1, 1, 2, 1),
        ints(1, 3, 5, 2),
        doubles(numbers(1, 2, 2, 2)));
    UnaryOperator<OpBuilder> volume = pool("SAME", 1, 2, 3, 2, 1, 1, 1, 2, 2, 1);
    add("AvgPool3D", "f32_same", volume, numbers(1, 3, 4, 5, 2));
    add(
        "AvgPool3D",
        "f64_valid",
        pool("VALID", 1, 2, 2, 2, 1, 1, 1, 2, 1, 1),
        doubles(numbers(1, 3, 4, 3, 2)));
    add("AvgPool3DGrad", "f32_same", volume, ints(1, 3, 4, 5, 2), numbers(1, 3, 2, 3, 2));
    add(
        "AvgPool3DGrad",
        "f64_valid",
        pool("VALID", 1, 2, 2, 2, 1, 1, 1, 2, 1, 1),
        ints(1, 3, 4, 3, 2),
        doubles(numbers(1, 2, 2, 2, 2)));
  }

  /** Half: its values are cast to float32, which is what TensorFlow's Java binding reads. */
  private void narrow() {
    inHalf("Conv2D", conv("SAME", 1, 1, 1, 1), List.of(numbers(1, 3, 3, 2), numbers(2, 2, 2, 2)));
    inHalf(
        "DepthwiseConv2dNative",
        conv("VALID", 1, 1, 1, 1),
        List.of(numbers(1, 3, 3, 2), numbers(2, 2, 2, 1)));
    inHalf("MaxPool", pool("SAME", 1, 2, 2, 1, 1, 1, 1, 1), List.of(numbers(1, 3, 3, 2)));
    inHalf("AvgPool", pool("SAME", 1, 2, 2, 1, 1, 1, 1, 1), List.of(numbers(1, 3, 3, 2)));
  }

  private void inHalf(String type, UnaryOperator<OpBuilder> attrs, List<TensorValue> inputs) {
    cases.put(type + "__f16", inHalf(type, attrs, inputs, inputs.size()));
  }

  /** The first {@code narrow} inputs are cast to half, and results of half cast back. */
  static GraphDef inHalf(
      String type, UnaryOperator<OpBuilder> attrs, List<TensorValue> inputs, int narrow) {
    CaseGraph c = new CaseGraph(inputs.toArray(TensorValue[]::new));
    OpBuilder b = c.graph().opBuilder(type, "op");
    for (int i = 0; i < inputs.size(); i++) {
      Output in = c.input(i);
      b.input(
          i >= narrow
              ? in
              : c.graph()
                  .opBuilder("Cast", "half" + i)
                  .input(in)
                  .attr("DstT", DataType.FLOAT16)
                  .build()
                  .output(0));
    }
    Output y = attrs.apply(b).build().output(0);
    return c.outputs(
        c.graph().opBuilder("Cast", "single").input(y).attr("DstT", DataType.FLOAT32).build());
  }
}
