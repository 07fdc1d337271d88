package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.StateGraph.strings;
import static dev.millrace.cli.interop.StateGraph.types;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.SummaryMetadata;
import java.util.List;
import java.util.function.Consumer;

/** Cases of summaries, byte by byte, and of printing. */
final class SummaryCases {
  private static final DataType F32 = DataType.FLOAT32;

  private final CaseList cases;

  private SummaryCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    SummaryCases s = new SummaryCases(cases);
    s.scalars();
    s.histograms();
    s.tensors();
    s.sounds();
    s.printing();
  }

  private void add(String type, String variant, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    boolean removed = type.equals("AudioSummary"); // which later graphs do not have
    cases.add(type, variant, removed ? CaseList.producedBy(14, g.graphDef()) : g.graphDef());
  }

  private void scalars() {
    add(
        "ScalarSummary",
        "f32",
        g -> g.outputBytes(g.node("ScalarSummary", List.of(g.constant("loss"), g.input(0.25f)))));
    add(
        "ScalarSummary",
        "several_i64",
        g ->
            g.outputBytes(
                g.node(
                    "ScalarSummary",
                    List.of(
                        g.constant(new String[] {"a", "b/ä", ""}),
                        g.input(new long[] {3, 0, -1L << 40})))));
    add(
        "MergeSummary",
        "three",
        g -> {
          String a = g.node("ScalarSummary", List.of(g.constant("a"), g.input(1f)));
          String b = g.node("ScalarSummary", List.of(g.constant("b"), g.input(2.0)));
          String h = g.node("HistogramSummary", List.of(g.constant("h"), g.input(new float[] {1})));
          g.outputBytes(g.node("MergeSummary", List.of(a, b, h), "N", 3));
        });
  }

  private void histograms() {
    add(
        "HistogramSummary",
        "f32",
        g ->
            g.outputBytes(
                g.node(
                    "HistogramSummary",
                    List.of(
                        g.constant("h"),
                        g.input(
                            new float[][] {
                              {1, 1.05f, 1.2f, -3}, {0, -0f, 1e-13f, -1e-13f}, {1e25f, -2e20f, 7, 7}
                            })))));
    add(
        "HistogramSummary",
        "f64_at_borders",
        g ->
            g.outputBytes(
                g.node(
                    "HistogramSummary",
                    List.of(
                        g.constant("h"),
                        g.input(new double[] {1e-12, 1e-12 * 1.1, -1e-12, 1e300, -1e300})))));
    add(
        "HistogramSummary",
        "i32",
        g ->
            g.outputBytes(
                g.node(
                    "HistogramSummary",
                    List.of(g.constant("h"), g.input(new int[] {1, 2, 2, 3, -4})))));
    add(
        "HistogramSummary",
        "empty",
        g ->
            g.outputBytes(
                g.node(
                    "HistogramSummary",
                    List.of(g.constant("h"), g.constant(TensorValue.zeros(F32, Shape.of(0)))))));
  }

  private void tensors() {
    add(
        "TensorSummaryV2",
        "strings_and_numbers",
        g -> {
          String metadata =
              g.bytes(
                  SummaryMetadata.newBuilder()
                      .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text"))
                      .setDisplayName("shown")
                      .build()
                      .toByteArray());
          g.outputBytes(
              g.node(
                  "TensorSummaryV2",
                  List.of(g.constant("t"), g.constant(new String[] {"x", "yz"}), metadata)));
          g.outputBytes(
              g.node(
                  "TensorSummaryV2",
                  List.of(g.constant("n"), g.input(new float[][] {{1, 2}, {2, 2}}), metadata)));
        });
    add(
        "TensorSummary",
        "f32",
        g ->
            g.outputBytes(
                g.node(
                    "TensorSummary",
                    List.of(g.input(new float[] {1, 2})),
                    "description",
                    "",
                    "labels",
                    strings("a"))));
  }

  private void sounds() {
    float[][][] stereo = {
      {{0, 1}, {0.5f, -1}, {-0.25f, 2}, {1e-5f, -1.5f}}, {{0.1f, 0.2f}, {0, 0}, {1, 1}, {0, 0}}
    };
    for (int max : new int[] {1, 3}) {
      add(
          "AudioSummaryV2",
          "at_most_" + max,
          g ->
              g.outputBytes(
                  g.node(
                      "AudioSummaryV2",
                      List.of(g.constant("sound"), g.input(stereo), g.constant(44100f)),
                      "max_outputs",
                      max)));
    }
    add(
        "AudioSummary",
        "one_channel",
        g ->
            g.outputBytes(
                g.node(
                    "AudioSummary",
                    List.of(
                        g.constant("sound"),
                        g.input(new float[][] {{0, 0.3f, -0.7f}, {1, -1, 0.99999f}})),
                    "sample_rate",
                    8000f)));
  }

  private void printing() {
    add(
        "Print",
        "gives_its_input",
        g ->
            g.output(
                g.node(
                    "Print",
                    List.of(g.input(new float[] {1, 2}), g.constant(3), g.constant("s")),
                    "U",
                    types(DataType.INT32, DataType.STRING),
                    "message",
                    "",
                    "first_n",
                    0)));
    add(
        "PrintV2",
        "an_empty_line",
        g -> {
          g.step("PrintV2", List.of(g.constant("")), "end", "");
          g.outputsAfterAll();
        });
  }
}
