package dev.millrace.cli.interop;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Recorded cases of bits, special functions and counting. */
final class NumberCases {
  private NumberCases() {}

  static void addTo(CaseList list) {
    bits(list);
    special(list);
    counting(list);
    running(list);
  }

  private static void bits(CaseList list) {
    TensorValue x = TensorValue.of(new int[][] {{0, 1, 5}, {-1, -100, 127}});
    TensorValue y = TensorValue.ofInts(3, 77, -2);
    TensorValue by = TensorValue.ofInts(2, 7, 9);
    for (DataType t :
        new DataType[] {
          DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16, DataType.INT64
        }) {
      TensorValue a = CaseList.as(t, x);
      list.op("BitwiseXor", t.tfName(), a, CaseList.as(t, y));
      list.op("RightShift", t.tfName(), a, CaseList.as(t, by));
      list.op("LeftShift", t.tfName(), a, CaseList.as(t, by));
      list.op("PopulationCount", t.tfName(), a);
      list.op("Invert", t.tfName(), a);
    }
    list.op("RightShift", "beyond", x, TensorValue.ofInts(40, -1, 31));
    list.op("BitwiseOr", "i64", CaseList.as(DataType.INT64, x), TensorValue.of(1L << 40));
  }

  private static void special(CaseList list) {
    TensorValue a = TensorValue.ofDoubles(0.01, 0.5, 1, 2.5, 10, 100, -1, 0);
    TensorValue x = TensorValue.of(new double[][] {{0}, {0.5}, {3}, {30}, {99}, {-1}});
    for (String op : new String[] {"Igamma", "Igammac", "IgammaGradA"}) {
      list.op(op, "f64", a, x);
      list.op(op, "f32", CaseList.as(DataType.FLOAT32, a), CaseList.as(DataType.FLOAT32, x));
    }
    TensorValue z = TensorValue.ofDoubles(1, 1.5, 2, 3, 30, 0.5);
    TensorValue q = TensorValue.of(new double[][] {{1}, {0.3}, {7.5}, {-2}, {-1.5}, {0}});
    list.op("Zeta", "f64", z, q);
    list.op("Zeta", "f32", CaseList.as(DataType.FLOAT32, z), CaseList.as(DataType.FLOAT32, q));
    TensorValue n = TensorValue.ofDoubles(0, 1, 2, 7, 0.5, -1);
    list.op("Polygamma", "f64", n, q);
    TensorValue positive = TensorValue.of(new float[][] {{0.7f}, {4}});
    list.op("Polygamma", "f32", CaseList.as(DataType.FLOAT32, n), positive);
    TensorValue b = TensorValue.ofDoubles(0.5, 1, 3, 20, 0);
    TensorValue p = TensorValue.ofDoubles(0.1, 0, 0.5, 0.8, 0.5);
    list.op("Betainc", "f64", TensorValue.of(2.5), b, p);
    list.op("Betainc", "scalars", TensorValue.of(2f), TensorValue.of(3f), TensorValue.of(0.3f));
    TensorValue u = TensorValue.of(new float[][] {{1, 2, 3}, {-1, 0.5f, 2}});
    TensorValue v = TensorValue.of(new float[][] {{0.5f, -2, 1}, {3, 3, -1}});
    list.op("Cross", "f32", u, v);
    list.op("Cross", "i32", CaseList.as(DataType.INT32, u), CaseList.as(DataType.INT32, v));
  }

  private static void counting(CaseList list) {
    TensorValue values = TensorValue.ofFloats(-1, 0, 1.5f, 2, 5, 15);
    TensorValue range = TensorValue.ofFloats(0, 5);
    list.op("HistogramFixedWidth", "f32", values, range, TensorValue.of(5));
    list.op(
        "HistogramFixedWidth",
        "i32",
        b -> b.attr("dtype", DataType.INT64),
        TensorValue.ofInts(-1, 0, 1, 2, 4, 5, 9),
        TensorValue.ofInts(0, 5),
        TensorValue.of(3));
    list.op(
        "Bucketize",
        "f32",
        b -> b.attr("boundaries", AttrValue.ofFloats(0, 10, 10, 100)),
        TensorValue.of(new float[][] {{-5, 0, 9}, {10, 100, Float.NaN}}));
    list.op(
        "Bucketize",
        "i64",
        b -> b.attr("boundaries", AttrValue.ofFloats(0.5f)),
        TensorValue.ofLongs(-5, 0, 9));
    TensorValue sorted = TensorValue.of(new float[][] {{0, 3, 9, 9, 10}, {1, 2, 3, 4, 5}});
    TensorValue wanted = TensorValue.of(new float[][] {{2, 4, 9}, {0, 2, 6}});
    list.op("LowerBound", "f32", sorted, wanted);
    list.op("UpperBound", "f32", b -> b.attr("out_type", DataType.INT64), sorted, wanted);
    TensorValue x = TensorValue.ofInts(1, 2, 3, 4, 5, 6, 3);
    list.op("ListDiff", "i32", x, TensorValue.ofInts(1, 3, 5));
    list.op(
        "ListDiff",
        "f32",
        b -> b.attr("out_idx", DataType.INT64),
        TensorValue.ofFloats(1, Float.NaN, -0f, 0),
        TensorValue.ofFloats(Float.NaN, 0));
    list.op("ListDiff", "empty", x, TensorValue.zeros(DataType.INT32, Shape.of(0)));
    list.op("UnravelIndex", "i32", TensorValue.ofInts(22, 41, 37), TensorValue.ofInts(7, 6));
    list.op("UnravelIndex", "scalar", TensorValue.of(22L), TensorValue.ofLongs(7, 2, 3));
  }

  private static void running(CaseList list) {
    TensorValue x = TensorValue.of(new float[][] {{1, -2, 30}, {0.5f, 100, 99}});
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        list.op(
            "CumulativeLogsumexp",
            (exclusive ? "exclusive" : "inclusive") + (reverse ? "_reverse" : ""),
            b -> b.attr("exclusive", exclusive).attr("reverse", reverse),
            x,
            TensorValue.of(1));
      }
    }
    TensorValue halves = CaseList.as(DataType.FLOAT16, x);
    list.op("CumulativeLogsumexp", "half", 1e-2f, b -> b, halves, TensorValue.of(0));
  }
}
