package dev.millrace.cli.interop;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.UnaryOperator;

/** Recorded cases of diagonals, blocks, patches and rotations. */
final class ArrangeCases {
  private ArrangeCases() {}

  static void addTo(CaseList list) {
    diagonals(list);
    blocks(list);
    rotations(list);
  }

  /** The numbers from 1 on. */
  private static TensorValue count(DataType t, long... dims) {
    Shape s = Shape.of(dims);
    int[] v = new int[(int) s.numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = i + 1;
    }
    return CaseList.as(t, TensorValue.ofInts(v).reshape(s));
  }

  private static void diagonals(CaseList list) {
    list.op("DiagPart", "f32", count(DataType.FLOAT32, 2, 3, 2, 3));
    list.op("DiagPart", "i64", count(DataType.INT64, 4, 4));
    list.op("Diag", "i32_matrix", count(DataType.INT32, 2, 2));
    TensorValue x = count(DataType.FLOAT32, 2, 3, 4);
    list.op("MatrixSetDiag", "f32", x, TensorValue.of(new float[][] {{-1, -2, -3}, {7, 8, 9}}));
    list.op(
        "MatrixSetDiag",
        "tall",
        count(DataType.INT64, 3, 2),
        CaseList.as(DataType.INT64, TensorValue.ofInts(0, 0)));
    list.op("MatrixDiagPart", "tall", count(DataType.INT32, 2, 4, 3));
    list.op("MatrixDiag", "empty", TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 0)));
    long[][] bands = {{0, 0}, {-1, 1}, {2, -1}, {3, 4}};
    for (long[] band : bands) {
      String name = ("lower" + band[0] + "_upper" + band[1]).replace('-', 'm');
      list.op("MatrixBandPart", name, x, TensorValue.of(band[0]), TensorValue.of(band[1]));
    }
    list.op("MatrixBandPart", "i32", x, TensorValue.of(1), TensorValue.of(0));
  }

  private static void blocks(CaseList list) {
    TensorValue images = count(DataType.FLOAT32, 2, 4, 6, 2);
    TensorValue borders = TensorValue.of(new int[][] {{1, 1}, {0, 3}});
    TensorValue block = TensorValue.ofInts(2, 3);
    constants(list, "SpaceToBatchND", "padded", images, block, borders);
    constants(
        list,
        "BatchToSpaceND",
        "cropped",
        count(DataType.INT32, 12, 2, 3, 1),
        block,
        TensorValue.of(new int[][] {{1, 0}, {2, 3}}));
    constants(
        list,
        "BatchToSpaceND",
        "one_dimension",
        count(DataType.FLOAT64, 6, 2, 3),
        TensorValue.ofLongs(3),
        TensorValue.of(new long[][] {{0, 1}}));
    constants(
        list,
        "SpaceToBatchND",
        "nothing",
        count(DataType.FLOAT32, 2, 3),
        CaseList.as(DataType.INT32, TensorValue.ofFloats()),
        TensorValue.zeros(DataType.INT32, Shape.of(0, 2)));
    list.op(
        "BatchToSpace",
        "f32",
        b -> b.attr("block_size", 2),
        count(DataType.FLOAT32, 8, 2, 3, 1),
        TensorValue.of(new int[][] {{0, 1}, {1, 0}}));
    list.op(
        "DepthToSpace", "block3", b -> b.attr("block_size", 3), count(DataType.INT32, 1, 2, 1, 18));
    list.op(
        "SpaceToDepth",
        "block3",
        b -> b.attr("block_size", 3),
        count(DataType.FLOAT64, 2, 3, 6, 2));
    for (String padding : new String[] {"SAME", "VALID"}) {
      UnaryOperator<OpBuilder> patches =
          b ->
              b.attr("ksizes", AttrValue.ofInts(1, 3, 2, 1))
                  .attr("strides", AttrValue.ofInts(1, 2, 3, 1))
                  .attr("rates", AttrValue.ofInts(1, 1, 2, 1))
                  .attr("padding", padding);
      list.op("ExtractImagePatches", padding, patches, count(DataType.FLOAT32, 2, 5, 7, 2));
      list.op("ExtractImagePatches", padding + "_i32", patches, count(DataType.INT32, 1, 5, 7, 1));
    }
  }

  /** TensorFlow wants to know the block's size when the graph is built. */
  private static void constants(
      CaseList list, String type, String variant, TensorValue x, TensorValue... others) {
    CaseGraph c = new CaseGraph(x);
    OpBuilder b = c.graph().opBuilder(type, "op").input(c.input(0));
    for (int i = 0; i < others.length; i++) {
      b.input(c.constant("constant_" + i, others[i]));
    }
    list.add(type, variant, c.outputs(b.build()));
  }

  private static void rotations(CaseList list) {
    TensorValue x = count(DataType.FLOAT32, 2, 4, 3);
    list.op(
        "ReverseSequence",
        "batch_first",
        b -> b.attr("seq_dim", 1).attr("batch_dim", 0),
        x,
        TensorValue.ofLongs(3, 4));
    list.op(
        "ReverseSequence",
        "time_first",
        b -> b.attr("seq_dim", 0).attr("batch_dim", 1),
        x,
        TensorValue.ofInts(0, 1, 2, 2));
    list.op(
        "ReverseSequence",
        "inner",
        b -> b.attr("seq_dim", 2).attr("batch_dim", 0),
        count(DataType.INT64, 2, 4, 3),
        TensorValue.ofInts(2, 3));
    list.op("Roll", "vector", count(DataType.INT32, 5), TensorValue.of(2), TensorValue.of(0));
    list.op("Roll", "several", x, TensorValue.ofInts(1, -5, 1), TensorValue.ofInts(0, 1, -1));
    list.op("Roll", "twice", x, TensorValue.ofLongs(1, 2), TensorValue.ofLongs(2, 2));
    TensorValue borders = TensorValue.of(new int[][] {{1, 2}, {2, 0}});
    for (String mode : new String[] {"REFLECT", "SYMMETRIC"}) {
      list.op(
          "MirrorPadGrad", mode, b -> b.attr("mode", mode), count(DataType.FLOAT32, 6, 5), borders);
    }
  }
}
