package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.RecordedConvCases.doubles;
import static dev.millrace.cli.interop.RecordedConvCases.numbers;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Normalization and images: cases that the shared fixtures leave out. */
final class RecordedImageCases {
  private static final TensorValue SCALE = TensorValue.ofFloats(1.25f, -0.5f);
  private static final TensorValue OFFSET = TensorValue.ofFloats(0.25f, 3);
  private static final TensorValue NONE = TensorValue.zeros(DataType.FLOAT32, Shape.of(0));

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private RecordedImageCases() {
    batchNorm();
    responseNorm();
    resizing();
    crops();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new RecordedImageCases().cases;
  }

  private void add(
      String type, String variant, UnaryOperator<OpBuilder> attrs, TensorValue... inputs) {
    cases.put(type + "__" + variant, new CaseGraph(inputs).op(type, attrs));
  }

  /** Cases show the first {@code outputs} outputs; what follows TensorFlow may leave unset. */
  private static GraphDef some(CaseGraph c, Operation op, int... outputs) {
    for (int k = 0; k < outputs.length; k++) {
      c.graph().opBuilder("Identity", "out/" + k).input(op.output(outputs[k])).build();
    }
    return c.graph().toGraphDef();
  }

  private static Operation norm(CaseGraph c, String type, UnaryOperator<OpBuilder> attrs) {
    OpBuilder b = c.graph().opBuilder(type, "norm");
    for (int i = 0; i < 5; i++) {
      b.input(c.input(i));
    }
    return attrs.apply(b).build();
  }

  private void batchNorm() {
    for (String version : new String[] {"", "V2", "V3"}) {
      String type = "FusedBatchNorm" + version;
      CaseGraph c = new CaseGraph(numbers(3, 2, 2, 2), SCALE, OFFSET, NONE, NONE);
      Operation op = norm(c, type, b -> b.attr("epsilon", 0.01f));
      cases.put(
          type + "__all_outputs",
          some(
              c,
              op,
              version.equals("V3") ? new int[] {0, 1, 2, 3, 4, 5} : new int[] {0, 1, 2, 3, 4}));
      CaseGraph empty =
          new CaseGraph(
              TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 2, 2, 2)), SCALE, OFFSET, NONE, NONE);
      cases.put(type + "__empty_batch", some(empty, norm(empty, type, b -> b), 0, 1, 2, 3, 4));
      gradient(version, true, 3);
      gradient(version, true, 0);
      gradient(version, false, 2);
      gradient(version, false, 0);
    }
    UnaryOperator<OpBuilder> inference = b -> b.attr("is_training", false);
    TensorValue[] estimates = {TensorValue.ofFloats(0.3f, -0.1f), TensorValue.ofFloats(0.7f, 2)};
    CaseGraph c = new CaseGraph(numbers(2, 3, 1, 2), SCALE, OFFSET, estimates[0], estimates[1]);
    cases.put("FusedBatchNorm__inference", some(c, norm(c, "FusedBatchNorm", inference), 0));
    cases.put(
        "FusedBatchNormV3__f16",
        RecordedConvCases.inHalf(
            "FusedBatchNormV3",
            b -> b,
            List.of(numbers(3, 2, 2, 2), SCALE, OFFSET, NONE, NONE),
            1));
  }

  private void gradient(String version, boolean training, int batch) {
    TensorValue x =
        batch == 0
            ? TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 2, 2, 2))
            : numbers(batch, 2, 2, 2);
    CaseGraph c =
        new CaseGraph(
            numbers(batch, 2, 2, 2),
            x,
            SCALE,
            TensorValue.ofFloats(0.3f, -0.1f),
            TensorValue.ofFloats(0.7f, 2));
    OpBuilder b = c.graph().opBuilder("FusedBatchNormGrad" + version, "op");
    for (int i = 0; i < 5; i++) {
      b.input(c.input(i));
    }
    if (version.equals("V3")) {
      b.input(c.constant("reserved", TensorValue.of(0f)));
    }
    Operation op = b.attr("epsilon", 0.01f).attr("is_training", training).build();
    String variant = (training ? "training" : "inference") + (batch == 0 ? "_empty" : "");
    cases.put("FusedBatchNormGrad" + version + "__" + variant, some(c, op, 0, 1, 2, 3, 4));
  }

  private void responseNorm() {
    UnaryOperator<OpBuilder> wide =
        b -> b.attr("depth_radius", 5).attr("bias", 2f).attr("alpha", 0.5f).attr("beta", 0.75f);
    add("LRN", "wider_than_depth", wide, numbers(1, 2, 1, 3));
    add("LRN", "radius_0", b -> b.attr("depth_radius", 0), numbers(1, 2, 1, 3));
    cases.put("LRN__f16", RecordedConvCases.inHalf("LRN", b -> b, List.of(numbers(1, 1, 2, 3)), 1));
    CaseGraph c = new CaseGraph(numbers(1, 2, 1, 7), numbers(1, 1, 2, 7));
    Output x =
        c.graph()
            .opBuilder("Reshape", "x")
            .input(c.input(1))
            .input(c.constant("shape", TensorValue.ofInts(1, 2, 1, 7)))
            .build()
            .output(0);
    Output y = wide.apply(c.graph().opBuilder("LRN", "lrn").input(x)).build().output(0);
    cases.put(
        "LRNGrad__wide",
        c.outputs(
            wide.apply(c.graph().opBuilder("LRNGrad", "op").input(c.input(0)).input(x).input(y))
                .build()));
  }

  private void resizing() {
    TensorValue image = numbers(2, 3, 4, 2);
    TensorValue colours = numbers(1, 5, 3, 3);
    TensorValue bytes =
        TensorValue.wrap(
            DataType.UINT8,
            Shape.of(1, 2, 3, 1),
            new byte[] {0, 50, 100, (byte) 150, (byte) 200, (byte) 250});
    TensorValue larger = TensorValue.ofInts(7, 5);
    TensorValue smaller = TensorValue.ofInts(2, 2);
    TensorValue one = TensorValue.ofInts(1, 1);
    for (String type :
        new String[] {"ResizeBilinear", "ResizeBicubic", "ResizeNearestNeighbor", "ResizeArea"}) {
      for (String grid : new String[] {"", "_aligned", "_centers"}) {
        if (type.equals("ResizeArea") && grid.equals("_centers")) {
          continue;
        }
        UnaryOperator<OpBuilder> attrs = grid(grid);
        add(type, "larger" + grid, attrs, image, larger);
        add(type, "smaller" + grid, attrs, image, smaller);
        add(type, "colours" + grid, attrs, colours, TensorValue.ofInts(3, 7));
        add(type, "one" + grid, attrs, image, one);
        add(type, "bytes" + grid, attrs, bytes, larger);
        if (!type.equals("ResizeArea")) {
          resizingGradient(type, grid, attrs);
        }
      }
      add(type, "same_size", b -> b, doubles(image), TensorValue.ofInts(3, 4));
    }
  }

  private static UnaryOperator<OpBuilder> grid(String grid) {
    return switch (grid) {
      case "_aligned" -> b -> b.attr("align_corners", true);
      case "_centers" -> b -> b.attr("half_pixel_centers", true);
      default -> b -> b;
    };
  }

  private void resizingGradient(String type, String grid, UnaryOperator<OpBuilder> attrs) {
    TensorValue like = numbers(2, 3, 4, 2);
    boolean nearest = type.equals("ResizeNearestNeighbor");
    TensorValue second = nearest ? TensorValue.ofInts(3, 4) : like;
    add(type + "Grad", "larger" + grid, attrs, numbers(2, 7, 5, 2), second);
    add(type + "Grad", "smaller" + grid, attrs, numbers(2, 2, 2, 2), second);
    add(
        type + "Grad",
        "f64" + grid,
        attrs,
        nearest ? doubles(numbers(2, 2, 3, 2)) : numbers(2, 2, 3, 2),
        nearest ? second : doubles(like));
  }

  private void crops() {
    TensorValue image = numbers(2, 4, 5, 2);
    TensorValue boxes =
        TensorValue.of(
            new float[][] {
              {0, 0, 1, 1},
              {0.1f, 0.2f, 0.7f, 0.9f},
              {0.8f, 0.6f, 0.2f, 0.1f},
              {-0.5f, 0.3f, 0.5f, 1.4f}
            });
    TensorValue index = TensorValue.ofInts(0, 1, 1, 0);
    for (String method : new String[] {"bilinear", "nearest"}) {
      UnaryOperator<OpBuilder> attrs =
          b -> b.attr("method", method).attr("extrapolation_value", -3f);
      add("CropAndResize", method, attrs, image, boxes, index, TensorValue.ofInts(3, 4));
      add(
          "CropAndResize",
          method + "_one_pixel",
          attrs,
          image,
          boxes,
          index,
          TensorValue.ofInts(1, 1));
      add(
          "CropAndResizeGradImage",
          method,
          b -> b.attr("method", method).attr("T", DataType.FLOAT32),
          numbers(4, 3, 4, 2),
          boxes,
          index,
          TensorValue.ofInts(2, 4, 5, 2));
    }
    add(
        "CropAndResize",
        "i32",
        b -> b,
        TensorValue.of(new int[][][][] {{{{3}, {-7}}, {{5}, {6}}}}),
        TensorValue.of(new float[][] {{0.2f, 0, 1, 1}}),
        TensorValue.ofInts(0),
        TensorValue.ofInts(2, 3));
    add("CropAndResizeGradBoxes", "f32", b -> b, numbers(4, 3, 4, 2), image, boxes, index);
    add("CropAndResizeGradBoxes", "one_pixel", b -> b, numbers(4, 1, 1, 2), image, boxes, index);
  }
}
