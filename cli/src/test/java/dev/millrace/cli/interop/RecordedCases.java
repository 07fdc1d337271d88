package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cases for op types that the shared fixtures leave out. TensorFlow computes what they must give;
 * the recorded files lie in {@code src/test/resources/recorded} and are tested like the others.
 */
final class RecordedCases {
  private static final TensorValue X =
      TensorValue.of(new float[][] {{-2.5f, -1, -0.5f}, {0, 0.5f, 3.25f}});
  private static final TensorValue Y =
      TensorValue.of(new float[][] {{1.5f, -2, 0}, {-0.25f, 0.5f, 2}});
  private static final TensorValue ROW = TensorValue.of(new float[] {2, 0, -1.5f});
  private static final TensorValue SPECIAL =
      TensorValue.of(
          new float[] {
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f, 1e-40f, 1e30f
          });

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private RecordedCases() {
    unary();
    binary();
    reductions();
    arrays();
    state();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    Map<String, GraphDef> all = new RecordedCases().cases;
    all.putAll(OptimizerCases.all());
    all.putAll(ScatterCases.all());
    all.putAll(ReferenceCases.all());
    all.putAll(ReferenceLoopCases.all());
    all.putAll(SegmentCases.all());
    PartitionCases.addTo(new CaseList(all));
    all.putAll(RecordedConvCases.all());
    all.putAll(RecordedImageCases.all());
    all.putAll(RecordedRnnCases.all());
    all.putAll(RecordedLoopCases.all());
    all.putAll(RecordedListCases.all());
    all.putAll(RecordedArrayCases.all());
    CaseList list = new CaseList(all);
    RandomCases.addTo(list);
    NumberCases.addTo(list);
    ComplexCases.addTo(list);
    ArrangeCases.addTo(list);
    LinalgCases.addTo(list);
    QueueCases.addTo(list);
    ReaderCases.addTo(list);
    ExampleCases.addTo(list);
    TableCases.addTo(list);
    SharedCases.addTo(list);
    SummaryCases.addTo(list);
    StringCases.addTo(list);
    SparseCases.addTo(list);
    SpectralCases.addTo(list);
    PictureCases.addTo(list);
    CtcCases.addTo(list);
    ComplexFunctionCases.addTo(list);
    OldOpCases.addTo(list);
    return all;
  }

  private void op(String type, String variant, TensorValue... inputs) {
    cases.put(type + "__" + variant, new CaseGraph(inputs).op(type, b -> b));
  }

  private static TensorValue doubles(TensorValue v) {
    return TensorValue.wrap(DataType.FLOAT64, v.shape(), v.toDoubles());
  }

  private void unary() {
    TensorValue inside = TensorValue.of(new float[] {-0.99f, -0.5f, 0, 1e-3f, 0.25f, 0.999f});
    op("Atanh", "f32", inside);
    op("Atanh", "f64", doubles(inside));
    for (String type : new String[] {"Cosh", "Erfc", "Expm1", "Rint", "Selu"}) {
      op(type, "f32", X);
      op(type, "f64", doubles(X));
      op(type, "special", SPECIAL);
    }
    op("IsInf", "f32", SPECIAL);
    op("IsInf", "f64", doubles(SPECIAL));
    op("OnesLike", "f32", X);
    op("OnesLike", "i64", TensorValue.of(new long[][] {{5}, {6}}));
    op("OnesLike", "bool", TensorValue.of(new boolean[] {false, true}));
    op("OnesLike", "empty", TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3)));
    for (String type : new String[] {"SeluGrad", "SoftsignGrad"}) {
      op(type, "f32", Y, X);
      op(type, "f64", doubles(Y), doubles(X));
    }
  }

  private void binary() {
    for (String type : new String[] {"Atan2", "MulNoNan", "Xlogy", "NextAfter"}) {
      TensorValue second =
          type.equals("Xlogy") ? TensorValue.of(new float[][] {{1, 2, 0}, {0.5f, 3, 1}}) : Y;
      op(type, "f32", X, second);
      op(
          type,
          "broadcast",
          X,
          type.equals("Xlogy") ? TensorValue.of(new float[] {2, 0.5f, 1}) : ROW);
      op(type, "f64", doubles(X), doubles(second));
    }
    op("MulNoNan", "zero_times_inf", SPECIAL, TensorValue.zeros(DataType.FLOAT32, Shape.of(7)));
    op(
        "TruncateMod",
        "i32",
        TensorValue.of(new int[] {7, -7, 7, -7, 0}),
        TensorValue.of(new int[] {3, 3, -3, -3, 5}));
    op("TruncateMod", "f32", X, TensorValue.of(2f));
    op("TruncateMod", "f64", doubles(X), TensorValue.of(-0.75));
    op(
        "LogicalOr",
        "broadcast",
        TensorValue.of(new boolean[][] {{true}, {false}}),
        TensorValue.of(new boolean[] {true, false}));
    cases.put(
        "ApproximateEqual__default",
        new CaseGraph(
                X, TensorValue.of(new float[][] {{-2.5f, -1.000001f, -0.49f}, {1e-6f, 0.5f, 3}}))
            .op("ApproximateEqual", b -> b));
    cases.put(
        "ApproximateEqual__tolerance",
        new CaseGraph(X, Y).op("ApproximateEqual", b -> b.attr("tolerance", 1.01f)));
    TensorValue choice = TensorValue.of(new boolean[][] {{true}, {false}});
    op("SelectV2", "broadcast", choice, X, ROW);
    op("SelectV2", "scalar", TensorValue.of(false), X, Y);
    op(
        "SelectV2",
        "ints",
        TensorValue.of(new boolean[] {true, false}),
        TensorValue.of(new int[] {1, 2}),
        TensorValue.of(9));
    cases.put(
        "AccumulateNV2__three",
        new CaseGraph(X, Y, X).listOp("AccumulateNV2", b -> b.attr("shape", Shape.of(2, 3))));
  }

  private void reductions() {
    TensorValue ints = TensorValue.of(new int[][] {{1, 2, 3}, {4, -5, 6}});
    op("Prod", "axis1", X, TensorValue.of(1));
    op("Prod", "all", ints, TensorValue.ofInts(0, 1));
    op("Prod", "none", X, TensorValue.ofInts());
    op("Prod", "empty", TensorValue.zeros(DataType.FLOAT32, Shape.of(0, 3)), TensorValue.of(0));
    cases.put(
        "Prod__keep_dims",
        new CaseGraph(doubles(X), TensorValue.of(-1)).op("Prod", b -> b.attr("keep_dims", true)));
    op("EuclideanNorm", "axis0", X, TensorValue.of(0));
    op("EuclideanNorm", "all", doubles(Y), TensorValue.ofInts(0, 1));
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        cases.put(
            "Cumprod__" + (exclusive ? "exclusive" : "inclusive") + (reverse ? "_reverse" : ""),
            new CaseGraph(Y, TensorValue.of(1))
                .op("Cumprod", b -> b.attr("exclusive", exclusive).attr("reverse", reverse)));
      }
    }
    op("Cumprod", "i32", ints, TensorValue.of(0));
  }

  private void arrays() {
    op("LinSpace", "f32", TensorValue.of(1f), TensorValue.of(4f), TensorValue.of(7));
    op("LinSpace", "one", TensorValue.of(1f), TensorValue.of(4f), TensorValue.of(1));
    op("LinSpace", "f64", TensorValue.of(-2.0), TensorValue.of(1.0), TensorValue.of(4));
    TensorValue pads = TensorValue.of(new int[][] {{1, 0}, {2, 1}});
    for (String mode : new String[] {"REFLECT", "SYMMETRIC"}) {
      cases.put(
          "MirrorPad__" + mode.toLowerCase(java.util.Locale.ROOT),
          new CaseGraph(X, pads).op("MirrorPad", b -> b.attr("mode", mode)));
    }
    cases.put(
        "MirrorPad__i32",
        new CaseGraph(TensorValue.of(new int[] {1, 2, 3}), TensorValue.of(new int[][] {{2, 2}}))
            .op("MirrorPad", b -> b.attr("mode", "REFLECT")));
  }

  private static Output variable(CaseGraph c, TensorValue initial) {
    Output handle =
        c.graph()
            .opBuilder("VarHandleOp", "v")
            .attr("dtype", initial.dtype())
            .attr("shape", initial.shape())
            .build()
            .output(0);
    Operation assign =
        c.graph()
            .opBuilder("AssignVariableOp", "assign")
            .input(handle)
            .input(c.constant("initial", initial))
            .build();
    c.graph().opBuilder("NoOp", "init").controlInput(assign).build();
    return handle;
  }

  private void state() {
    CaseGraph shape = new CaseGraph();
    cases.put(
        "VariableShape__f32",
        shape.outputs(
            shape.graph().opBuilder("VariableShape", "op").input(variable(shape, X)).build()));
    CaseGraph wide = new CaseGraph();
    cases.put(
        "VariableShape__i64",
        wide.outputs(
            wide.graph()
                .opBuilder("VariableShape", "op")
                .input(variable(wide, ROW))
                .attr("out_type", DataType.INT64)
                .build()));
    CaseGraph gone = new CaseGraph();
    Output handle = variable(gone, X);
    Operation destroy =
        gone.graph().opBuilder("DestroyResourceOp", "destroy").input(handle).build();
    cases.put(
        "DestroyResourceOp__then_asked",
        gone.outputs(
            gone.graph()
                .opBuilder("VarIsInitializedOp", "op")
                .input(handle)
                .controlInput(destroy)
                .build()));
  }
}
