package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;
import static dev.millrace.autodiff.MathGradientCases.first;
import static dev.millrace.autodiff.MathGradientCases.hidden;
import static dev.millrace.autodiff.MathGradientCases.op;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for operations that move elements. */
final class ArrayGradientCases {
  private ArrayGradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    identities(r);
    shapes(r);
    slices(r);
    joins(r);
    gathers(r);
    return r;
  }

  private static void identities(List<GradientCase> r) {
    for (String op : new String[] {"Identity", "Snapshot", "GuaranteeConst"}) {
      r.add(row(op).any(2, 3));
    }
    r.add(
        row("IdentityN")
            .any(2, 3)
            .any(2)
            .withAll((tf, x) -> all(tf, tf.op("IdentityN", null).inputList(x).build())));
    r.add(
        row("Print")
            .any(2, 3)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("Print", null)
                            .input(x.get(0))
                            .inputList(List.of(x.get(0)))
                            .attr("first_n", 0))));
    r.add(
        row("CheckNumerics")
            .any(2, 3)
            .with(
                (tf, x) ->
                    first(tf, tf.op("CheckNumerics", null).input(x.get(0)).attr("message", "x"))));
    r.add(
        row("EnsureShape")
            .any(2, 3)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("EnsureShape", null).input(x.get(0)).attr("shape", Shape.of(2, 3)))));
    r.add(
        row("PlaceholderWithDefault")
            .any(2, 3)
            .with((tf, x) -> tf.placeholderWithDefault(x.get(0).square(), Shape.of(2, 3))));
  }

  private static List<Tensor> all(Ops tf, Operation op) {
    return op.outputs().stream().map(tf::tensor).toList();
  }

  private static void shapes(List<GradientCase> r) {
    r.add(row("Reshape").any(2, 3).with((tf, x) -> x.get(0).reshape(3, 2).square()));
    r.add(row("ExpandDims").any(2, 3).with((tf, x) -> x.get(0).expandDims(1)));
    r.add(row("Squeeze").any(2, 1, 3).with((tf, x) -> x.get(0).squeeze()));
    for (String op : new String[] {"Transpose", "ConjugateTranspose"}) {
      r.add(
          row(op)
              .any(2, 3, 4)
              .with((tf, x) -> op(tf, op, x.get(0), tf.constant(new int[] {2, 0, 1}))));
      r.add(
          row(op, "at run time")
              .any(2, 3, 4)
              .with((tf, x) -> op(tf, op, x.get(0), hidden(tf, 2, 0, 1))));
    }
    r.add(
        row("Reverse")
            .any(2, 3)
            .with(
                (tf, x) -> op(tf, "Reverse", x.get(0), tf.constant(new boolean[] {false, true}))));
    r.add(
        row("ReverseV2")
            .any(2, 3)
            .with((tf, x) -> op(tf, "ReverseV2", x.get(0), tf.constant(new int[] {-1}))));
    r.add(
        row("Fill")
            .any()
            .with((tf, x) -> op(tf, "Fill", tf.constant(new int[] {2, 3}), x.get(0)).square()));
    r.add(
        row("BroadcastTo")
            .any(2, 1)
            .with((tf, x) -> op(tf, "BroadcastTo", x.get(0), tf.constant(new int[] {4, 2, 3}))));
    r.add(
        row("BroadcastTo", "at run time")
            .any(3)
            .with((tf, x) -> op(tf, "BroadcastTo", x.get(0), hidden(tf, 2, 3))));
    r.add(
        row("Tile")
            .any(2, 3)
            .with((tf, x) -> op(tf, "Tile", x.get(0), tf.constant(new int[] {3, 2}))));
    r.add(row("Tile", "once").any(2).with((tf, x) -> op(tf, "Tile", x.get(0), hidden(tf, 1))));
  }

  private static void slices(List<GradientCase> r) {
    r.add(
        row("Slice")
            .any(3, 4)
            .with((tf, x) -> op(tf, "Slice", x.get(0), ints(tf, 1, 0), ints(tf, 2, -1))));
    r.add(
        row("Slice", "at run time")
            .any(3, 4)
            .with((tf, x) -> op(tf, "Slice", x.get(0), hidden(tf, 1, 2), hidden(tf, -1, 1))));
    r.add(
        row("StridedSlice")
            .any(4, 5)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("StridedSlice", null)
                            .input(x.get(0))
                            .input(ints(tf, 1, 4))
                            .input(ints(tf, 2, 0))
                            .input(ints(tf, 1, -2))
                            .attr("shrink_axis_mask", 1))));
    r.add(
        row("StridedSliceGrad")
            .any(2, 2)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("StridedSliceGrad", null)
                            .input(ints(tf, 4, 5))
                            .input(ints(tf, 0, 0))
                            .input(ints(tf, 4, 3))
                            .input(ints(tf, 2, 2))
                            .input(x.get(0)))));
    r.add(
        row("Pad")
            .any(2, 3)
            .with((tf, x) -> op(tf, "Pad", x.get(0), tf.constant(new int[][] {{1, 0}, {2, 1}}))));
    for (boolean edge : new boolean[] {false, true}) {
      r.add(
          row("MirrorPad", edge ? "SYMMETRIC" : "REFLECT")
              .any(2, 3)
              .with((tf, x) -> tf.mirrorPad(x.get(0), new int[][] {{1, 0}, {2, 1}}, edge)));
    }
    r.add(
        row("PadV2")
            .any(2, 3)
            .any()
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "PadV2",
                        x.get(0),
                        tf.constant(new int[][] {{1, 0}, {2, 1}}),
                        x.get(1))));
  }

  private static Tensor ints(Ops tf, int... values) {
    return tf.constant(values);
  }

  private static void joins(List<GradientCase> r) {
    r.add(
        row("Pack")
            .any(2, 3)
            .any(2, 3)
            .with((tf, x) -> first(tf, tf.op("Pack", null).inputList(x).attr("axis", 1))));
    r.add(
        row("Unpack")
            .any(2, 3)
            .withAll(
                (tf, x) ->
                    all(
                        tf,
                        tf.op("Unpack", null)
                            .input(x.get(0))
                            .attr("num", 3)
                            .attr("axis", 1)
                            .build())));
    r.add(
        row("Unpack", "one output of three")
            .any(2, 3)
            .with(
                (tf, x) ->
                    tf.tensor(
                        tf.op("Unpack", null)
                            .input(x.get(0))
                            .attr("num", 3)
                            .attr("axis", 1)
                            .build()
                            .output(1))));
    r.add(
        row("ConcatV2")
            .any(2, 3)
            .any(2, 1)
            .with(
                (tf, x) -> first(tf, tf.op("ConcatV2", null).inputList(x).input(tf.constant(-1)))));
    r.add(
        row("ConcatV2", "axis at run time")
            .any(2, 3)
            .any(1, 3)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("ConcatV2", null)
                            .inputList(x)
                            .input(hidden(tf, -2).reshape(Shape.scalar())))));
    r.add(
        row("Concat")
            .any(2, 3)
            .any(1, 3)
            .with((tf, x) -> first(tf, tf.op("Concat", null).input(tf.constant(0)).inputList(x))));
    r.add(
        row("Split")
            .any(2, 4)
            .withAll(
                (tf, x) ->
                    all(
                        tf,
                        tf.op("Split", null)
                            .input(tf.constant(1))
                            .input(x.get(0))
                            .attr("num_split", 2)
                            .build())));
    r.add(
        row("SplitV")
            .any(2, 4)
            .withAll(
                (tf, x) ->
                    all(
                        tf,
                        tf.op("SplitV", null)
                            .input(x.get(0))
                            .input(ints(tf, 1, 3))
                            .input(tf.constant(1))
                            .attr("num_split", 2)
                            .build())));
  }

  private static void gathers(List<GradientCase> r) {
    r.add(row("Gather").any(3, 2).with((tf, x) -> op(tf, "Gather", x.get(0), ints(tf, 2, 0, 2))));
    r.add(
        row("Gather", "by two reads")
            .any(3, 2)
            .with(
                (tf, x) ->
                    op(tf, "Gather", x.get(0), ints(tf, 2, 0))
                        .add(op(tf, "Gather", x.get(0), tf.constant(new long[] {2, 1})))));
    r.add(
        row("GatherV2", "rows")
            .any(3, 2)
            .with(
                (tf, x) ->
                    gather(
                        tf,
                        x.get(0),
                        tf.constant(new int[][] {{2, 0}, {2, 1}}),
                        tf.constant(0),
                        0)));
    r.add(
        row("GatherV2", "columns")
            .any(2, 3, 2)
            .with(
                (tf, x) ->
                    gather(
                        tf,
                        x.get(0),
                        tf.constant(new int[][] {{2, 0}, {2, 1}}),
                        tf.constant(1),
                        0)));
    r.add(
        row("GatherV2", "axis at run time")
            .any(2, 3)
            .with(
                (tf, x) ->
                    gather(
                        tf, x.get(0), ints(tf, 2, 2), hidden(tf, -1).reshape(Shape.scalar()), 0)));
    r.add(
        row("GatherV2", "in batches")
            .any(2, 2, 3)
            .with(
                (tf, x) ->
                    gather(
                        tf,
                        x.get(0),
                        tf.constant(new int[][] {{2, 2, 0}, {1, 0, 0}}),
                        tf.constant(2),
                        1)));
    r.add(
        row("GatherNd")
            .any(3, 2)
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "GatherNd",
                        x.get(0),
                        tf.constant(new int[][] {{2, 0}, {2, 0}, {1, 1}}))));
    r.add(
        row("GatherNd", "rows")
            .any(3, 2)
            .with((tf, x) -> op(tf, "GatherNd", x.get(0), tf.constant(new int[][] {{2}, {0}}))));
    r.add(
        row("ScatterNd")
            .any(3, 2)
            .with(
                (tf, x) ->
                    op(
                        tf,
                        "ScatterNd",
                        tf.constant(new int[][] {{1}, {3}, {1}}),
                        x.get(0),
                        ints(tf, 4, 2))));
    r.add(
        row("DynamicStitch")
            .any(2, 3)
            .any(3)
            .with(
                (tf, x) ->
                    first(
                        tf,
                        tf.op("DynamicStitch", null)
                            .inputList(List.of(ints(tf, 3, 0), tf.constant(1)))
                            .inputList(x))));
    r.add(
        row("ParallelDynamicStitch")
            .any(2, 3)
            .any(1, 3)
            .with(
                (tf, x) ->
                    tf.parallelDynamicStitch(
                        List.of(ints(tf, 2, 0), ints(tf, 1)), List.of(x.get(0), x.get(1)))));
    r.add(
        row("DynamicPartition")
            .any(4, 2)
            .with(
                (tf, x) -> {
                  List<Tensor> parts = tf.dynamicPartition(x.get(0), new int[] {1, 0, 1, 1}, 3);
                  return tf.concat(0, parts.get(1).square(), parts.get(0), parts.get(2));
                }));
    r.add(
        row("DynamicPartition", "by a matrix")
            .any(2, 2, 3)
            .with(
                (tf, x) -> tf.dynamicPartition(x.get(0), new int[][] {{0, 1}, {1, 1}}, 2).get(1)));
    for (String op :
        new String[] {
          "TensorScatterUpdate", "TensorScatterAdd", "TensorScatterSub", "ScatterNdNonAliasingAdd"
        }) {
      r.add(
          row(op)
              .any(4, 2)
              .any(2, 2)
              .with(
                  (tf, x) -> op(tf, op, x.get(0), tf.constant(new int[][] {{3}, {1}}), x.get(1))));
      r.add(
          row(op, "elements")
              .any(4, 2)
              .any(2)
              .with(
                  (tf, x) ->
                      op(tf, op, x.get(0), tf.constant(new int[][] {{3, 1}, {1, 0}}), x.get(1))));
    }
    r.add(row("TopKV2").distinct(2, 4).with((tf, x) -> op(tf, "TopKV2", x.get(0), tf.constant(2))));
    r.add(
        row("TopKV2", "of a vector")
            .distinct(4)
            .with((tf, x) -> op(tf, "TopKV2", x.get(0), tf.constant(3))));
  }

  private static Tensor gather(Ops tf, Tensor x, Tensor indices, Tensor axis, int batchDims) {
    return first(
        tf,
        tf.op("GatherV2", null).input(x).input(indices).input(axis).attr("batch_dims", batchDims));
  }
}
