package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.StateGraph.shapes;
import static dev.millrace.cli.interop.StateGraph.strings;
import static dev.millrace.cli.interop.StateGraph.types;

import com.google.protobuf.ByteString;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.BytesList;
import dev.millrace.proto.Example;
import dev.millrace.proto.Feature;
import dev.millrace.proto.FeatureList;
import dev.millrace.proto.FeatureLists;
import dev.millrace.proto.Features;
import dev.millrace.proto.FloatList;
import dev.millrace.proto.Int64List;
import dev.millrace.proto.SequenceExample;
import java.util.List;
import java.util.function.Consumer;

/** Cases of serialized examples. */
final class ExampleCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I64 = DataType.INT64;
  private static final DataType STRING = DataType.STRING;

  private final CaseList cases;

  private ExampleCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    ExampleCases e = new ExampleCases(cases);
    e.batch();
    e.lengths();
    e.single();
    e.sequence();
    e.sequences();
  }

  private void add(String type, String variant, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    cases.add(type, variant, g.graphDef());
  }

  private static Feature floats(float... xs) {
    FloatList.Builder b = FloatList.newBuilder();
    for (float x : xs) {
      b.addValue(x);
    }
    return Feature.newBuilder().setFloatList(b).build();
  }

  private static Feature longs(long... xs) {
    Int64List.Builder b = Int64List.newBuilder();
    for (long x : xs) {
      b.addValue(x);
    }
    return Feature.newBuilder().setInt64List(b).build();
  }

  private static Feature texts(String... xs) {
    BytesList.Builder b = BytesList.newBuilder();
    for (String x : xs) {
      b.addValue(ByteString.copyFromUtf8(x));
    }
    return Feature.newBuilder().setBytesList(b).build();
  }

  private static byte[] example(Object... namesAndFeatures) {
    return Example.newBuilder().setFeatures(features(namesAndFeatures)).build().toByteArray();
  }

  private static Features features(Object... namesAndFeatures) {
    Features.Builder f = Features.newBuilder();
    for (int i = 0; i < namesAndFeatures.length; i += 2) {
      f.putFeature((String) namesAndFeatures[i], (Feature) namesAndFeatures[i + 1]);
    }
    return f.build();
  }

  private static String batch(StateGraph g, byte[]... examples) {
    return g.constant(TensorValue.wrap(STRING, Shape.of(examples.length), examples));
  }

  private static void outputs(StateGraph g, String node, int from, int to) {
    for (int i = from; i < to; i++) {
      g.output(node + ":" + i);
    }
  }

  private void batch() {
    add(
        "ParseExample",
        "dense_and_sparse",
        g -> {
          String in =
              batch(
                  g,
                  example("d", floats(1, 2), "i", longs(5), "s", longs(7, 8, 9), "t", texts("ab")),
                  example("d", floats(3, 4), "s", longs()),
                  example("d", floats(5, 6), "i", longs(6), "t", texts("cd", "ef"), "u", longs()));
          String p =
              g.node(
                  "ParseExample",
                  List.of(
                      in,
                      g.constant(TensorValue.zeros(STRING, Shape.of(0))),
                      g.constant("s"),
                      g.constant("t"),
                      g.constant("d"),
                      g.constant("i"),
                      g.constant(TensorValue.zeros(F32, Shape.of(0))),
                      g.constant(new long[] {-1})),
                  "Nsparse",
                  2,
                  "Ndense",
                  2,
                  "sparse_types",
                  types(I64, STRING),
                  "Tdense",
                  types(F32, I64),
                  "dense_shapes",
                  shapes(Shape.of(1, 2), Shape.of(1)));
          outputs(g, p, 0, 3);
          g.outputBytes(p + ":3");
          outputs(g, p, 4, 8);
        });
  }

  private void lengths() {
    add(
        "ParseExample",
        "dense_of_many_lengths",
        g -> {
          String in =
              batch(
                  g,
                  example("d", floats(1, 2, 3, 4), "i", longs(5)),
                  example("i", longs(6, 7, 8)),
                  example("d", floats(5, 6)));
          String p =
              g.node(
                  "ParseExample",
                  List.of(
                      in,
                      g.constant(TensorValue.zeros(STRING, Shape.of(0))),
                      g.constant("d"),
                      g.constant("i"),
                      g.constant(new float[] {0.5f}),
                      g.constant(new long[] {-1})),
                  "Nsparse",
                  0,
                  "Ndense",
                  2,
                  "sparse_types",
                  types(),
                  "Tdense",
                  types(F32, I64),
                  "dense_shapes",
                  shapes(Shape.of(-1, 2), Shape.of(-1)));
          outputs(g, p, 0, 2);
        });
  }

  private void single() {
    add(
        "ParseSingleExample",
        "dense_and_sparse",
        g -> {
          String in = g.bytes(example("d", floats(1, 2), "s", longs(7, 8, 9), "v", longs(4, 5, 6)));
          String p =
              g.node(
                  "ParseSingleExample",
                  List.of(
                      in,
                      g.constant(TensorValue.zeros(F32, Shape.of(0))),
                      g.constant(new long[][] {{3, 4}}),
                      g.constant(new long[] {0})),
                  "num_sparse",
                  2,
                  "sparse_keys",
                  strings("s", "none"),
                  "dense_keys",
                  strings("d", "e", "v"),
                  "sparse_types",
                  types(I64, F32),
                  "Tdense",
                  types(F32, I64, I64),
                  "dense_shapes",
                  shapes(Shape.of(2), Shape.of(1, 2), Shape.of(-1)));
          outputs(g, p, 0, 9);
        });
  }

  private void sequence() {
    add(
        "ParseSingleSequenceExample",
        "context_and_lists",
        g -> {
          SequenceExample s =
              SequenceExample.newBuilder()
                  .setContext(features("c", floats(1), "cs", longs(3, 4)))
                  .setFeatureLists(
                      FeatureLists.newBuilder()
                          .putFeatureList(
                              "l",
                              FeatureList.newBuilder()
                                  .addFeature(longs(1, 2))
                                  .addFeature(longs(3, 4))
                                  .addFeature(longs(5, 6))
                                  .build())
                          .putFeatureList(
                              "ls",
                              FeatureList.newBuilder()
                                  .addFeature(floats(1))
                                  .addFeature(floats())
                                  .addFeature(floats(2, 3))
                                  .build()))
                  .build();
          String p =
              g.node(
                  "ParseSingleSequenceExample",
                  List.of(
                      g.bytes(s.toByteArray()),
                      g.constant(new String[] {"none"}),
                      g.constant("cs"),
                      g.constant("c"),
                      g.constant("cd"),
                      g.constant("ls"),
                      g.constant("l"),
                      g.constant("none"),
                      g.constant(TensorValue.zeros(F32, Shape.of(0))),
                      g.constant(new long[] {8, 9}),
                      g.constant("")),
                  "Ncontext_sparse",
                  1,
                  "Ncontext_dense",
                  2,
                  "Nfeature_list_sparse",
                  1,
                  "Nfeature_list_dense",
                  2,
                  "context_sparse_types",
                  types(I64),
                  "Tcontext_dense",
                  types(F32, I64),
                  "feature_list_dense_types",
                  types(I64, F32),
                  "context_dense_shapes",
                  shapes(Shape.scalar(), Shape.of(2)),
                  "feature_list_sparse_types",
                  types(F32),
                  "feature_list_dense_shapes",
                  shapes(Shape.of(2), Shape.scalar()));
          outputs(g, p, 0, 10);
        });
  }

  private static FeatureList list(Feature... steps) {
    return FeatureList.newBuilder().addAllFeature(List.of(steps)).build();
  }

  private static byte[] sequence(Features context, Object... namesAndLists) {
    FeatureLists.Builder lists = FeatureLists.newBuilder();
    for (int i = 0; i < namesAndLists.length; i += 2) {
      lists.putFeatureList((String) namesAndLists[i], (FeatureList) namesAndLists[i + 1]);
    }
    return SequenceExample.newBuilder()
        .setContext(context)
        .setFeatureLists(lists)
        .build()
        .toByteArray();
  }

  /** Three sequences: the second has few lists, the third an empty one. */
  static TensorValue sequencesValue() {
    byte[][] all = {
      sequence(
          features("c", floats(1), "cs", longs(3, 4)),
          "l",
          list(longs(1, 2), longs(3, 4), longs(5, 6)),
          "ls",
          list(floats(1), floats(), floats(2, 3)),
          "t",
          list(texts("ab"))),
      sequence(features("c", floats(2), "cd", longs(5, 6)), "l", list(longs(7, 8))),
      sequence(
          features("c", floats(3), "cs", longs(9)),
          "l",
          list(),
          "ls",
          list(floats(4, 5, 6)),
          "t",
          list(texts("cd"), texts("ef")))
    };
    return TensorValue.wrap(STRING, Shape.of(all.length), all);
  }

  private void sequences() {
    add(
        "ParseSequenceExample",
        "context_and_lists",
        g -> {
          String in = g.constant(sequencesValue());
          String p =
              g.node(
                  "ParseSequenceExample",
                  List.of(
                      in,
                      g.constant(TensorValue.zeros(STRING, Shape.of(0))),
                      g.constant(TensorValue.zeros(F32, Shape.of(0))),
                      g.constant(new long[] {8, 9})),
                  "feature_list_dense_missing_assumed_empty",
                  strings("t"),
                  "context_sparse_keys",
                  strings("cs"),
                  "context_dense_keys",
                  strings("c", "cd"),
                  "feature_list_sparse_keys",
                  strings("ls", "none"),
                  "feature_list_dense_keys",
                  strings("l", "t"),
                  "Ncontext_sparse",
                  1,
                  "Ncontext_dense",
                  2,
                  "Nfeature_list_sparse",
                  2,
                  "Nfeature_list_dense",
                  2,
                  "context_sparse_types",
                  types(I64),
                  "Tcontext_dense",
                  types(F32, I64),
                  "feature_list_dense_types",
                  types(I64, STRING),
                  "context_dense_shapes",
                  shapes(Shape.scalar(), Shape.of(2)),
                  "feature_list_sparse_types",
                  types(F32, I64),
                  "feature_list_dense_shapes",
                  shapes(Shape.of(2), Shape.scalar()));
          outputs(g, p, 0, 12);
          g.output(g.node("StringLength", List.of(p + ":12")));
          outputs(g, p, 13, 15);
        });
  }
}
