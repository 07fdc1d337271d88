package dev.millrace.cli.interop;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Recorded cases of sparse tensors. */
final class SparseCases {
  private static final TensorValue AT =
      TensorValue.of(new long[][] {{0, 1}, {0, 3}, {2, 0}, {2, 2}, {2, 3}});
  private static final TensorValue A = TensorValue.ofFloats(1, -2, 3, 0.5f, -1.5f);
  private static final TensorValue SHAPE = TensorValue.ofLongs(4, 4);
  private static final TensorValue B_AT =
      TensorValue.of(new long[][] {{0, 0}, {0, 3}, {1, 1}, {2, 2}});
  private static final TensorValue B = TensorValue.ofFloats(2, 2, -4, 0.25f);
  private static final TensorValue DENSE =
      TensorValue.of(
          new float[][] {{1, 2, 3, 4}, {-1, 0.5f, 2, 1}, {0.25f, 8, -2, 3}, {1, 1, -1, -1}});
  private static final TensorValue NO_PLACES = TensorValue.zeros(DataType.INT64, Shape.of(0, 2));
  private static final TensorValue NOTHING = TensorValue.zeros(DataType.FLOAT32, Shape.of(0));

  private SparseCases() {}

  private static TensorValue as(DataType t, TensorValue v) {
    return CaseList.as(t, v);
  }

  static void addTo(CaseList list) {
    dense(list);
    products(list);
    both(list);
    reductions(list);
    arrangements(list);
    rows(list);
    distances(list);
  }

  private static void dense(CaseList list) {
    TensorValue zero = TensorValue.of(-1f);
    list.op("SparseToDense", "matrix", AT, SHAPE, A, zero);
    list.op("SparseToDense", "one_value", AT, SHAPE, TensorValue.of(7f), zero);
    list.op(
        "SparseToDense",
        "vector_i32",
        TensorValue.ofInts(1, 3),
        TensorValue.ofInts(5),
        TensorValue.of(new String[] {"x", "y"}),
        TensorValue.of("-"));
    list.op(
        "SparseToDense",
        "scalar",
        TensorValue.of(2),
        TensorValue.ofInts(4),
        TensorValue.of(true),
        TensorValue.of(false));
    list.op(
        "SparseToDense",
        "unsorted",
        b -> b.attr("validate_indices", false),
        TensorValue.of(new int[][] {{1, 1}, {0, 0}, {1, 1}}),
        TensorValue.ofInts(2, 2),
        TensorValue.ofLongs(5, 6, 7),
        TensorValue.of(0L));
    list.op("SparseToDense", "empty", NO_PLACES, SHAPE, NOTHING, zero);
    for (DataType t : new DataType[] {DataType.FLOAT32, DataType.FLOAT64, DataType.INT32}) {
      list.op("SparseTensorDenseAdd", t.toString(), AT, as(t, A), SHAPE, as(t, DENSE));
    }
    list.op(
        "SparseTensorDenseAdd",
        "i32_places",
        as(DataType.INT32, AT),
        A,
        as(DataType.INT32, SHAPE),
        DENSE);
    for (String op : new String[] {"Mul", "Add", "Div"}) {
      String type = "SparseDenseCwise" + op;
      list.op(type, "same", AT, A, SHAPE, DENSE);
      list.op(type, "row", AT, A, SHAPE, TensorValue.ofFloats(1, 2, 3, 4));
      list.op(type, "column", AT, A, SHAPE, TensorValue.of(new float[][] {{1}, {2}, {4}, {8}}));
      list.op(type, "scalar", AT, A, SHAPE, TensorValue.of(3f));
      list.op(type, "f64", AT, as(DataType.FLOAT64, A), SHAPE, as(DataType.FLOAT64, DENSE));
      list.op(
          type,
          "i32",
          AT,
          TensorValue.ofInts(7, -7, 5, 6, 2),
          SHAPE,
          TensorValue.ofInts(2, 2, 3, -4));
    }
    list.op("SparseSoftmax", "f32", AT, A, SHAPE);
    list.op("SparseSoftmax", "f64", AT, as(DataType.FLOAT64, A), SHAPE);
    list.op(
        "SparseSoftmax",
        "rank3",
        TensorValue.of(new long[][] {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {1, 1, 0}, {1, 1, 1}}),
        A,
        TensorValue.ofLongs(2, 2, 2));
  }

  private static void products(CaseList list) {
    for (boolean a : new boolean[] {false, true}) {
      for (boolean b : new boolean[] {false, true}) {
        String name = (a ? "left" : "") + (b ? "right" : "") + (a || b ? "" : "plain");
        TensorValue right =
            b
                ? TensorValue.of(new float[][] {{1, 2, -1, 3}, {0.5f, 4, 0, 1}})
                : TensorValue.of(new float[][] {{1, 2}, {-1, 3}, {0.5f, 4}, {0, 1}});
        for (DataType t : new DataType[] {DataType.FLOAT32, DataType.FLOAT64, DataType.INT32}) {
          list.op(
              "SparseTensorDenseMatMul",
              name + "_" + t,
              x -> x.attr("adjoint_a", a).attr("adjoint_b", b),
              AT,
              as(t, A),
              SHAPE,
              as(t, right));
        }
        complex(list, name, a, b, right);
      }
    }
    list.op("SparseTensorDenseMatMul", "i32_places", as(DataType.INT32, AT), A, SHAPE, DENSE);
    list.op("SparseTensorDenseMatMul", "empty", NO_PLACES, NOTHING, SHAPE, DENSE);
    list.op(
        "SparseTensorDenseMatMul",
        "repeated",
        TensorValue.of(new long[][] {{0, 1}, {0, 1}, {1, 0}, {1, 0}, {0, 0}}),
        A,
        TensorValue.ofLongs(2, 4),
        DENSE);
  }

  private static void complex(CaseList list, String name, boolean a, boolean b, TensorValue right) {
    CaseGraph g = new CaseGraph(AT, A, SHAPE, right);
    Output values = twice(g, "values", g.input(1));
    Output matrix = twice(g, "matrix", g.input(3));
    Output z =
        g.graph()
            .opBuilder("SparseTensorDenseMatMul", "op")
            .input(g.input(0))
            .input(values)
            .input(g.input(2))
            .input(matrix)
            .attr("adjoint_a", a)
            .attr("adjoint_b", b)
            .build()
            .output(0);
    list.add("SparseTensorDenseMatMul", name + "_complex", g.outputs(parts(g, z)));
  }

  private static Output twice(CaseGraph g, String name, Output x) {
    Output square = g.graph().opBuilder("Square", name + "2").input(x).build().output(0);
    return g.graph().opBuilder("Complex", name).input(x).input(square).build().output(0);
  }

  private static List<Output> parts(CaseGraph g, Output z) {
    List<Output> r = new ArrayList<>();
    for (String part : new String[] {"Real", "Imag"}) {
      r.add(g.graph().opBuilder(part, part).input(z).build().output(0));
    }
    return r;
  }

  private static void both(CaseList list) {
    for (float threshold : new float[] {0, 0.5f, 3}) {
      list.op(
          "SparseAdd",
          "over" + (int) (10 * threshold),
          AT,
          A,
          SHAPE,
          B_AT,
          B,
          SHAPE,
          TensorValue.of(threshold));
    }
    list.op(
        "SparseAdd",
        "i64",
        AT,
        as(DataType.INT64, A),
        SHAPE,
        B_AT,
        as(DataType.INT64, B),
        SHAPE,
        TensorValue.of(1L));
    list.op("SparseAdd", "empty", AT, A, SHAPE, NO_PLACES, NOTHING, SHAPE, TensorValue.of(0f));
    list.op(
        "SparseAddGrad",
        "f32",
        TensorValue.ofFloats(1, 2, 3, 4),
        AT,
        B_AT,
        TensorValue.of(new long[][] {{0, 0}, {0, 1}, {2, 0}, {2, 2}}));
    for (String which : new String[] {"Maximum", "Minimum"}) {
      String type = "SparseSparse" + which;
      list.op(type, "f32", AT, A, SHAPE, B_AT, B, SHAPE);
      list.op(type, "i32", AT, as(DataType.INT32, A), SHAPE, B_AT, as(DataType.INT32, B), SHAPE);
    }
  }

  private static void reductions(CaseList list) {
    int[][] axes = {{0}, {1}, {-1}, {0, 1}, {}};
    for (String op : new String[] {"Sum", "Max"}) {
      for (String kind : new String[] {"", "Sparse"}) {
        String type = "SparseReduce" + op + kind;
        for (int[] a : axes) {
          for (boolean keep : new boolean[] {false, true}) {
            StringBuilder name = new StringBuilder(keep ? "keep" : "axes");
            for (int x : a) {
              name.append(x < 0 ? "m" : "").append(Math.abs(x));
            }
            list.op(
                type,
                name.toString(),
                b -> b.attr("keep_dims", keep),
                AT,
                A,
                SHAPE,
                TensorValue.ofInts(a));
          }
        }
        list.op(type, "scalar_axis", AT, A, SHAPE, TensorValue.of(1));
        list.op(
            type,
            "rank3",
            TensorValue.of(new long[][] {{0, 0, 1}, {0, 1, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 1}}),
            as(DataType.INT32, A),
            TensorValue.ofLongs(2, 2, 2),
            TensorValue.ofInts(2, 0));
      }
    }
  }

  private static void arrangements(CaseList list) {
    for (int axis : new int[] {0, 1, -1}) {
      TensorValue other = axis == 0 ? TensorValue.ofLongs(3, 4) : TensorValue.ofLongs(4, 5);
      list.add(
          "SparseConcat",
          "axis" + (axis < 0 ? "m" : "") + Math.abs(axis),
          lists(new CaseGraph(AT, B_AT, A, B, SHAPE, other), "SparseConcat", axis));
      for (int parts : new int[] {2, 3}) {
        if (axis >= 0) {
          list.op(
              "SparseSplit",
              "axis" + axis + "_" + parts,
              b -> b.attr("num_split", parts),
              TensorValue.of((long) axis),
              AT,
              A,
              SHAPE);
        }
      }
    }
    list.op(
        "SparseSlice",
        "middle",
        AT,
        A,
        SHAPE,
        TensorValue.ofLongs(0, 1),
        TensorValue.ofLongs(3, 2));
    list.op(
        "SparseSlice",
        "past_the_end",
        AT,
        A,
        SHAPE,
        TensorValue.ofLongs(2, 2),
        TensorValue.ofLongs(9, 9));
    list.op(
        "SparseSlice",
        "nothing",
        AT,
        A,
        SHAPE,
        TensorValue.ofLongs(1, 0),
        TensorValue.ofLongs(1, 4));
    list.op(
        "SparseSliceGrad",
        "f32",
        TensorValue.ofFloats(5, 6),
        AT,
        TensorValue.ofLongs(0, 1),
        TensorValue.of(new long[][] {{0, 0}, {2, 1}}));
    TensorValue mixed = TensorValue.of(new long[][] {{2, 3}, {0, 1}, {2, 0}, {0, 3}, {2, 2}});
    list.op("SparseReorder", "f32", mixed, A, SHAPE);
    list.op(
        "SparseReorder",
        "text",
        mixed,
        TensorValue.of(new String[] {"a", "b", "c", "d", "e"}),
        SHAPE);
    list.op("SparseReshape", "known", AT, SHAPE, TensorValue.ofLongs(2, 2, 4));
    list.op("SparseReshape", "open", AT, SHAPE, TensorValue.ofLongs(8, -1));
    list.op("SparseReshape", "vector", AT, SHAPE, TensorValue.ofLongs(-1));
  }

  private static dev.millrace.proto.GraphDef lists(CaseGraph g, String type, int axis) {
    OpBuilder b = g.graph().opBuilder(type, "op");
    for (int i = 0; i < 6; i += 2) {
      b.inputList(List.of(g.input(i), g.input(i + 1)));
    }
    return g.outputs(b.attr("concat_dim", axis).build());
  }

  private static void rows(CaseList list) {
    list.op("SparseFillEmptyRows", "f32", AT, A, SHAPE, TensorValue.of(9f));
    list.op(
        "SparseFillEmptyRows",
        "text",
        TensorValue.of(new long[][] {{2, 1}, {0, 0}, {2, 0}}),
        TensorValue.of(new String[] {"x", "y", "z"}),
        TensorValue.ofLongs(5, 3),
        TensorValue.of("-"));
    list.op("SparseFillEmptyRows", "empty", NO_PLACES, NOTHING, SHAPE, TensorValue.of(9f));
    list.op(
        "SparseFillEmptyRowsGrad",
        "f32",
        TensorValue.ofLongs(0, 1, 3),
        TensorValue.ofFloats(1, 2, 3, 4, 5));
  }

  private static void distances(CaseList list) {
    TensorValue shape = TensorValue.ofLongs(2, 2, 4);
    TensorValue hypothesis =
        TensorValue.of(
            new long[][] {{0, 0, 0}, {0, 0, 1}, {0, 0, 2}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}});
    TensorValue truth =
        TensorValue.of(new long[][] {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {1, 0, 1}});
    for (boolean normalize : new boolean[] {true, false}) {
      String name = normalize ? "normalized" : "steps";
      list.op(
          "EditDistance",
          name + "_recorded",
          b -> b.attr("normalize", normalize),
          hypothesis,
          TensorValue.of(new String[] {"a", "b", "c", "x", "p", "q"}),
          shape,
          truth,
          TensorValue.of(new String[] {"a", "c", "z", "y", "x"}),
          TensorValue.ofLongs(2, 2, 3));
      list.op(
          "EditDistance",
          name + "_f32",
          b -> b.attr("normalize", normalize).attr("T", AttrValue.of(DataType.FLOAT32)),
          hypothesis,
          TensorValue.ofFloats(1, 2, 3, 4, 5, 6),
          shape,
          truth,
          TensorValue.ofFloats(1, 3, 2, 4, 4),
          shape);
    }
  }
}
