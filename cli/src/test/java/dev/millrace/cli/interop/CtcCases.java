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
      list.op("CTCLoss", "PROBE", scores(DataType.FLOAT32), at, labels, TensorValue.ofInts(3, 2, 1));
    for (String t : new String[] {"0x10", "inf", "-inf", "Infinity", "nan", "NaN", "+3", "1e50", "0x1p3", "-0x10","+inf","+-3"}) list.op("StringToNumber", "PROBE"+t, TensorValue.of(t));
    for (String t : new String[] {"+3", "- 3", "0x10", "3.0"}) list.op("StringToNumber", "PROBEI"+t, b->b.attr("out_type",DataType.INT32),TensorValue.of(t));
    list.op("Substr", "PROBEneg", TensorValue.of("hello"), TensorValue.of(1), TensorValue.of(-2));
    list.op("Substr", "PROBEend", TensorValue.of("hello"), TensorValue.of(5), TensorValue.of(2));
    list.op("Substr", "PROBEendu", b->b.attr("unit","UTF8_CHAR"), TensorValue.of("hello"), TensorValue.of(5), TensorValue.of(2));
    list.op("Substr", "PROBEnegu", b->b.attr("unit","UTF8_CHAR"), TensorValue.of("hello"), TensorValue.of(1), TensorValue.of(-2));
    list.op("AsString", "PROBEhash", b->b.attr("fill","#"), TensorValue.of(2f));
    list.op("AsString", "PROBEwidthbool", b->b.attr("width",8), TensorValue.of(true));
    list.op("AsString", "PROBEnan", TensorValue.ofFloats(Float.NaN, -Float.NaN));
    list.op("UnsortedSegmentJoin", "PROBE", TensorValue.of(new String[]{"a","b"}), TensorValue.ofInts(-1,0), TensorValue.of(1));
    list.op("DecodeBase64", "PROBE", TensorValue.of("YW+/"));
    list.op("DecodeBase64", "PROBEbad", TensorValue.of("Y"));
    list.op("SparseReduceSum", "PROBE", TensorValue.of(new long[][]{{0,1}}), TensorValue.ofFloats(1), TensorValue.ofLongs(2,2), TensorValue.ofInts(5));
  }
}
