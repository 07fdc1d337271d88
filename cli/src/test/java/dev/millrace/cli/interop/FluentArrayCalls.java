package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Index;
import dev.millrace.ops.PartitionStrategy;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Calls of what makes, cuts, joins and arranges tensors. */
final class FluentArrayCalls {
  private FluentArrayCalls() {}

  static FluentCalls making() {
    FluentCalls c = new FluentCalls();
    c.add("constant", (f, tf) -> List.of(tf.constant(1.5), tf.constant(2, DataType.INT64)));
    c.add("convertToTensor", (f, tf) -> tf.convertToTensor(new int[] {1, 2}, DataType.FLOAT32));
    c.add("placeholderWithDefault", (f, tf) -> tf.placeholderWithDefault(3, Shape.unknown()));
    c.add(
        "zeros",
        (f, tf) -> List.of(tf.zeros(DataType.INT32, 2), tf.zeros(DataType.FLOAT32, f.ints(2, 3))));
    c.add(
        "ones",
        (f, tf) -> List.of(tf.ones(DataType.INT32, 2), tf.ones(DataType.FLOAT32, f.ints(2, 3))));
    c.add("fill", (f, tf) -> tf.fill(f.ints(2, 3), 7));
    c.add(
        "zerosLike",
        (f, tf) -> List.of(tf.zerosLike(f.any(2)), tf.zerosLike(f.any(2), DataType.INT32)));
    c.add(
        "onesLike",
        (f, tf) -> List.of(tf.onesLike(f.any(2)), tf.onesLike(f.any(2), DataType.INT32)));
    c.add("meshgrid", (f, tf) -> tf.meshgrid(true, f.any(3), f.any(2)));
    c.add(
        "range",
        (f, tf) -> List.of(tf.range(f.in(5)), tf.range(2, 5), tf.range(f.in(1.5f), 4, 0.5)));
    c.add("linspace", (f, tf) -> tf.linspace(f.in(1f), 3, 5));
    c.add(
        "shapeTensor",
        (f, tf) -> List.of(tf.shapeTensor(f.any(2, 3)), tf.shapeTensor(f.any(2), DataType.INT64)));
    c.add("rankTensor", (f, tf) -> tf.rankTensor(f.any(2, 3)));
    c.add("sizeTensor", (f, tf) -> tf.sizeTensor(f.any(2, 3)));
    c.add("shapeN", (f, tf) -> tf.shapeN(List.of(f.any(2, 3), f.any(4))));
    c.add(
        "reshape",
        (f, tf) -> List.of(tf.reshape(f.any(2, 3), -1, 2), tf.reshape(f.any(4), f.ints(2, 2))));
    c.add("broadcastTo", (f, tf) -> tf.broadcastTo(f.any(1, 3), f.ints(2, 3)));
    c.add("broadcastDynamicShape", (f, tf) -> tf.broadcastDynamicShape(f.ints(2, 1), f.ints(3)));
    c.add("tile", (f, tf) -> tf.tile(f.any(1, 3), f.ints(2, 2)));
    c.add("expandDims", (f, tf) -> tf.expandDims(f.any(2, 3), -2));
    c.add(
        "squeeze", (f, tf) -> List.of(tf.squeeze(f.any(1, 3, 1)), tf.squeeze(f.any(1, 3, 1), -1)));
    c.add(
        "transpose",
        (f, tf) ->
            List.of(
                tf.transpose(f.any(2, 3)),
                tf.transpose(f.any(2, 3, 4), 2, 0, 1),
                tf.transpose(f.any(2, 3), f.ints(1, 0))));
    c.add("invertPermutation", (f, tf) -> tf.invertPermutation(f.ints(2, 0, 1)));
    c.add("identityN", (f, tf) -> tf.identityN(List.of(f.any(2), f.ints(1))));
    c.add("identity", (f, tf) -> tf.identity(f.any(2)));
    c.add("stopGradient", (f, tf) -> tf.stopGradient(f.any(2)));
    c.add("preventGradient", (f, tf) -> tf.preventGradient(f.any(2), "no"));
    c.add("verifyTensorAllFinite", (f, tf) -> tf.verifyTensorAllFinite(f.any(2), "not finite"));
    c.add("ensureShape", (f, tf) -> tf.ensureShape(f.any(2, 3), Shape.of(-1, 3)));
    c.add("checkNumerics", (f, tf) -> tf.checkNumerics(f.any(2), "not finite"));
    return c;
  }

  static FluentCalls pieces() {
    FluentCalls c = new FluentCalls();
    c.add("get", (f, tf) -> tf.get(f.any(3, 4), 1, f.in(2)));
    c.add(
        "slice",
        (f, tf) ->
            List.of(
                tf.slice(f.any(3, 4), Index.ellipsis(), Index.at(-1)),
                tf.slice(f.any(3, 4), Index.every(-1), Index.newAxis(), Index.from(2)),
                tf.slice(f.any(3, 4), new int[] {1, 0}, new int[] {2, -1}),
                tf.slice(f.any(3, 4), f.ints(0, 1), f.ints(2, 2)),
                tf.slice(f.any(3, 4), List.of(f.in(1), 0), List.of(2, f.in(3)))));
    c.add(
        "stridedSlice",
        (f, tf) -> tf.stridedSlice(f.any(5), new int[] {4}, new int[] {0}, new int[] {-2}));
    c.add(
        "concat",
        (f, tf) ->
            List.of(
                tf.concat(1, f.any(2, 3), f.any(2, 1)), tf.concat(List.of(f.any(2), f.any(3)), 0)));
    c.add(
        "stack",
        (f, tf) ->
            List.of(
                tf.stack(List.of(f.any(2), f.any(2))), tf.stack(List.of(f.any(2), f.any(2)), -1)));
    c.add("unstack", (f, tf) -> tf.unstack(f.any(2, 3), 1));
    c.add("split", (f, tf) -> tf.split(f.any(4, 2), 2, 0));
    c.add("split", (f, tf) -> tf.split(f.any(4, 5), new int[] {2, -1, 1}, 1));
    c.add(
        "dynamicPartition", (f, tf) -> tf.dynamicPartition(f.any(5, 2), f.ints(1, 0, 1, 2, 0), 3));
    c.add(
        "dynamicStitch",
        (f, tf) ->
            tf.dynamicStitch(
                List.of(f.ints(2, 0), f.ints(1, 2)), List.of(f.any(2, 2), f.any(2, 2))));
    c.add(
        "parallelDynamicStitch",
        (f, tf) ->
            tf.parallelDynamicStitch(
                List.of(f.ints(2, 0), f.ints(1)), List.of(f.any(2, 2), f.any(1, 2))));
    c.add(
        "gather",
        (f, tf) ->
            List.of(
                tf.gather(f.any(4, 3), f.in(new int[][] {{0, 3}, {1, 1}})),
                tf.gather(f.any(4, 3), f.ints(2, 0), 1),
                tf.gather(f.any(2, 4, 3), f.in(new int[][] {{0}, {3}}), 1, 1)));
    c.add(
        "batchGather", (f, tf) -> tf.batchGather(f.any(2, 4), f.in(new int[][] {{0, 3}, {1, 1}})));
    c.add("gatherNd", (f, tf) -> tf.gatherNd(f.any(3, 4), f.in(new int[][] {{0, 3}, {2, 1}})));
    c.add(
        "scatterNd",
        (f, tf) -> tf.scatterNd(f.in(new int[][] {{1}, {3}, {1}}), f.any(3, 2), f.ints(4, 2)));
    c.add(
        "oneHot",
        (f, tf) ->
            List.of(
                tf.oneHot(f.ints(1, -1, 2), 3),
                tf.oneHot(f.ints(1, 0), f.in(2), 5, -1, 0, DataType.FLOAT64)));
    boolean[] p = {true, false, true};
    c.add("where", (f, tf) -> List.of(tf.where(f.in(p), f.any(3), f.any(3)), tf.where(f.in(p))));
    c.add("select", (f, tf) -> tf.select(f.in(p), f.any(3, 2), f.any(3, 2)));
    c.add("whereV2", (f, tf) -> tf.whereV2(f.in(p), f.any(2, 3), f.any(3)));
    c.add(
        "booleanMask",
        (f, tf) ->
            List.of(tf.booleanMask(f.any(3, 2), f.in(p)), tf.booleanMask(f.any(2, 3), f.in(p), 1)));
    c.add(
        "pad",
        (f, tf) ->
            List.of(
                tf.pad(f.any(2, 2), new int[][] {{1, 0}, {0, 2}}),
                tf.pad(f.any(2), new int[][] {{1, 1}}, 9)));
    c.add("mirrorPad", (f, tf) -> tf.mirrorPad(f.any(3), new int[][] {{1, 2}}, false));
    c.add("reverse", (f, tf) -> tf.reverse(f.any(2, 3), -1));
    c.add(
        "sequenceMask",
        (f, tf) ->
            List.of(
                tf.sequenceMask(f.ints(1, 3, 0)),
                tf.sequenceMask(f.ints(1, 2), 4, DataType.FLOAT32)));
    c.add("inTopK", (f, tf) -> tf.inTopK(f.any(3, 5), f.ints(0, 1, 2), 2));
    return c;
  }

  static FluentCalls arranging() {
    FluentCalls c = new FluentCalls();
    int[][] none = {{0, 0}, {0, 0}};
    c.add("spaceToBatch", (f, tf) -> tf.spaceToBatch(f.any(1, 4, 4, 2), new int[] {2, 2}, none));
    c.add("batchToSpace", (f, tf) -> tf.batchToSpace(f.any(4, 2, 2, 1), new int[] {2, 2}, none));
    c.add("spaceToDepth", (f, tf) -> tf.spaceToDepth(f.any(1, 4, 4, 2), 2));
    c.add("depthToSpace", (f, tf) -> tf.depthToSpace(f.any(1, 2, 2, 8), 2));
    int[] one = {1, 1};
    c.add(
        "extractImagePatches",
        (f, tf) ->
            tf.extractImagePatches(
                f.any(1, 4, 4, 2), new int[] {2, 2}, new int[] {2, 2}, one, "VALID"));
    c.add("reverseSequence", (f, tf) -> tf.reverseSequence(f.any(2, 4), f.ints(3, 1), 1, 0));
    c.add("roll", (f, tf) -> tf.roll(f.any(2, 4), 1, 1));
    String[] segments = {"segmentSum", "segmentMean", "segmentProd", "segmentMin", "segmentMax"};
    for (String s : segments) {
      c.add(
          s,
          (f, tf) -> {
            Tensor x = f.any(4, 2);
            Tensor ids = f.ints(0, 0, 1, 3);
            return switch (s) {
              case "segmentSum" -> tf.segmentSum(x, ids);
              case "segmentMean" -> tf.segmentMean(x, ids);
              case "segmentProd" -> tf.segmentProd(x, ids);
              case "segmentMin" -> tf.segmentMin(x, ids);
              default -> tf.segmentMax(x, ids);
            };
          });
    }
    c.add(
        "unsortedSegmentSum",
        (f, tf) -> tf.unsortedSegmentSum(f.any(4, 2), f.ints(2, 0, 2, -1), 4));
    c.add(
        "unsortedSegmentProd",
        (f, tf) -> tf.unsortedSegmentProd(f.any(4, 2), f.ints(2, 0, 2, 1), 4));
    c.add(
        "unsortedSegmentMin", (f, tf) -> tf.unsortedSegmentMin(f.any(4, 2), f.ints(2, 0, 2, 1), 3));
    c.add(
        "unsortedSegmentMax", (f, tf) -> tf.unsortedSegmentMax(f.any(4, 2), f.ints(2, 0, 2, 1), 3));
    c.add(
        "unsortedSegmentMean",
        (f, tf) -> tf.unsortedSegmentMean(f.any(4, 2), f.ints(2, 0, 2, 1), 4));
    c.add(
        "unsortedSegmentSqrtN",
        (f, tf) -> tf.unsortedSegmentSqrtN(f.any(4, 2), f.ints(2, 0, 2, 1), 4));
    c.add("unique", (f, tf) -> tf.unique(f.ints(3, 1, 3, 2)));
    c.add("uniqueWithCounts", (f, tf) -> tf.uniqueWithCounts(f.ints(3, 1, 3, 2)));
    c.add(
        "confusionMatrix",
        (f, tf) ->
            List.of(
                tf.confusionMatrix(f.ints(0, 1, 1), f.ints(0, 2, 1), 3),
                tf.confusionMatrix(f.ints(0, 1), f.ints(1, 1), null, DataType.FLOAT32, f.any(2))));
    c.add("sort", (f, tf) -> List.of(tf.sort(f.any(2, 5)), tf.sort(f.any(5, 2), 0, true)));
    c.add("argSort", (f, tf) -> List.of(tf.argSort(f.any(2, 5)), tf.argSort(f.any(5, 2), 0, true)));
    c.add("topK", (f, tf) -> tf.topK(f.any(2, 5), 3));
    c.add("embeddingLookup", (f, tf) -> tf.embeddingLookup(f.any(5, 3), f.ints(4, 0, 4)));
    c.add(
        "embeddingLookup",
        (f, tf) ->
            tf.embeddingLookup(
                List.of(f.any(3, 2), f.any(2, 2)), f.ints(4, 0, 3), PartitionStrategy.DIV, 1.0));
    return c;
  }
}
