package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Recorded cases of sequences without alignment. */
final class CtcCases {
  private static final TensorValue LENGTHS = TensorValue.ofInts(6, 4, 3);

  private CtcCases() {}

  private static TensorValue scores(DataType t) {
    float[] x = new float[6 * 3 * 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (2 * Math.sin(i * 1.7 + i * i * 0.1));
    }
    return CaseList.as(t, TensorValue.wrap(DataType.FLOAT32, Shape.of(6, 3, 5), x));
  }

  static void addTo(CaseList list) {
    TensorValue at = TensorValue.of(new long[][] {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 0}});
    TensorValue labels = TensorValue.ofInts(1, 1, 3, 0, 2, 3);
    for (DataType t : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
      String name = t == DataType.FLOAT32 ? "f32" : "f64";
      for (boolean collapse : new boolean[] {false, true}) {
        for (boolean merge : new boolean[] {false, true}) {
          list.op(
              "CTCLoss",
              name + (collapse ? "_collapse" : "") + (merge ? "_merge" : ""),
              1e-4f,
              b ->
                  b.attr("preprocess_collapse_repeated", collapse)
                      .attr("ctc_merge_repeated", merge),
              scores(t),
              at,
              labels,
              LENGTHS);
        }
      }
      for (boolean merge : new boolean[] {false, true}) {
        String variant = name + (merge ? "_merge" : "");
        list.op(
            "CTCGreedyDecoder", variant, b -> b.attr("merge_repeated", merge), scores(t), LENGTHS);
        list.op(
            "CTCBeamSearchDecoder",
            variant,
            1e-4f,
            b -> b.attr("merge_repeated", merge).attr("beam_width", 20).attr("top_paths", 3),
            scores(t),
            TensorValue.ofInts(6, 4, 2));
        list.op(
            "CTCBeamSearchDecoder",
            variant + "_narrow",
            1e-4f,
            b -> b.attr("merge_repeated", merge).attr("beam_width", 2).attr("top_paths", 1),
            scores(t),
            TensorValue.ofInts(6, 4, 2));
        list.op(
            "CTCBeamSearchDecoder",
            variant + "_pruned",
            1e-4f,
            b -> b.attr("merge_repeated", merge).attr("beam_width", 8).attr("top_paths", 3),
            scores(t),
            TensorValue.ofInts(6, 6, 6));
      }
    }
    list.op(
        "CTCLoss",
        "too_long",
        1e-4f,
        b -> b.attr("ignore_longer_outputs_than_inputs", true),
        scores(DataType.FLOAT32),
        at,
        labels,
        TensorValue.ofInts(2, 2, 1));
    list.op(
        "CTCLoss",
        "no_way",
        1e-4f,
        b -> b,
        scores(DataType.FLOAT32),
        at,
        labels,
        TensorValue.ofInts(3, 2, 1));
  }
}
