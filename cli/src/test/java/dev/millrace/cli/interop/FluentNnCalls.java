package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.WindowOptions;
import java.util.List;

/** Calls of what networks are made of, of variables, control flow and checks. */
final class FluentNnCalls {
  private FluentNnCalls() {}

  static FluentCalls nn() {
    FluentCalls c = new FluentCalls();
    c.add("relu", (f, tf) -> tf.relu(f.any(5)));
    c.add("relu6", (f, tf) -> tf.relu6(f.between(-3, 9, 5)));
    c.add("elu", (f, tf) -> tf.elu(f.any(5)));
    c.add("selu", (f, tf) -> tf.selu(f.any(5)));
    c.add("leakyRelu", (f, tf) -> List.of(tf.leakyRelu(f.any(5)), tf.leakyRelu(f.any(5), 0.3)));
    c.add("softplus", (f, tf) -> tf.softplus(f.any(5)));
    c.add("softsign", (f, tf) -> tf.softsign(f.any(5)));
    c.add("softmax", (f, tf) -> List.of(tf.softmax(f.any(2, 5)), tf.softmax(f.any(3, 2, 2), 0)));
    c.add(
        "logSoftmax",
        (f, tf) -> List.of(tf.logSoftmax(f.any(2, 5)), tf.logSoftmax(f.any(3, 2), 0)));
    c.add("biasAdd", (f, tf) -> tf.biasAdd(f.any(2, 3), f.any(3)));
    c.add("xwPlusB", (f, tf) -> tf.xwPlusB(f.any(2, 3), f.any(3, 4), f.any(4)));
    c.add("reluLayer", (f, tf) -> tf.reluLayer(f.any(2, 3), f.any(3, 4), f.any(4)));
    c.add("crelu", (f, tf) -> tf.crelu(f.any(2, 3)));
    c.add("swish", (f, tf) -> tf.swish(f.any(5)));
    c.add("zeroFraction", (f, tf) -> tf.zeroFraction(f.ints(0, 1, 0, 2)));
    c.add("l2Loss", (f, tf) -> tf.l2Loss(f.any(5)));
    c.add(
        "softmaxCrossEntropyWithLogits",
        (f, tf) -> tf.softmaxCrossEntropyWithLogits(tf.softmax(f.any(2, 4)), f.any(2, 4)));
    c.add(
        "softmaxCrossEntropyWithLogitsV2",
        (f, tf) -> tf.softmaxCrossEntropyWithLogitsV2(tf.softmax(f.any(2, 4)), f.any(2, 4)));
    c.add(
        "sparseSoftmaxCrossEntropyWithLogits",
        (f, tf) -> tf.sparseSoftmaxCrossEntropyWithLogits(f.ints(1, 3), f.any(2, 4)));
    c.add(
        "sigmoidCrossEntropyWithLogits",
        (f, tf) -> tf.sigmoidCrossEntropyWithLogits(f.between(0, 1, 4), f.any(4)));
    c.add(
        "weightedCrossEntropyWithLogits",
        (f, tf) -> tf.weightedCrossEntropyWithLogits(f.between(0, 1, 4), f.any(4), 2));
    c.add("logPoissonLoss", (f, tf) -> tf.logPoissonLoss(f.positive(4), f.any(4), true));
    c.add(
        "l2Normalize",
        (f, tf) -> List.of(tf.l2Normalize(f.any(2, 3), 1), tf.l2Normalize(f.any(3), 1e-3, 0)));
    c.add("moments", (f, tf) -> tf.moments(f.any(4, 3), false, 0));
    c.add(
        "weightedMoments", (f, tf) -> tf.weightedMoments(f.any(4, 3), f.positive(4, 1), false, 0));
    c.add("sufficientStatistics", (f, tf) -> tf.sufficientStatistics(f.any(4, 3), 0.5, false, 0));
    c.add(
        "normalizeMoments", (f, tf) -> tf.normalizeMoments(f.in(4f), f.any(3), f.positive(3), 0.5));
    c.add("accuracy", (f, tf) -> tf.accuracy(f.ints(1, 2, 3), f.ints(1, 0, 3)));
    return c;
  }

  static FluentCalls images() {
    FluentCalls c = new FluentCalls();
    WindowOptions same = WindowOptions.same().strides(2);
    c.add(
        "conv2d",
        (f, tf) ->
            List.of(
                tf.conv2d(f.any(2, 5, 5, 2), f.any(3, 3, 2, 4), 1, "VALID"),
                tf.conv2d(f.any(2, 5, 5, 2), f.any(3, 3, 2, 4), same)));
    c.add("conv3d", (f, tf) -> tf.conv3d(f.any(1, 4, 4, 4, 2), f.any(2, 2, 2, 2, 3), 1, "SAME"));
    c.add("conv1d", (f, tf) -> tf.conv1d(f.any(2, 6, 2), f.any(3, 2, 4), 2, "SAME"));
    c.add(
        "atrousConv2d",
        (f, tf) -> tf.atrousConv2d(f.any(2, 7, 7, 2), f.any(3, 3, 2, 4), 2, "SAME"));
    c.add(
        "depthwiseConv2d",
        (f, tf) -> tf.depthwiseConv2d(f.any(2, 5, 5, 2), f.any(3, 3, 2, 2), 1, "SAME"));
    c.add(
        "separableConv2d",
        (f, tf) ->
            tf.separableConv2d(f.any(2, 5, 5, 2), f.any(3, 3, 2, 2), f.any(1, 1, 4, 3), 1, "SAME"));
    c.add(
        "conv2dTranspose",
        (f, tf) ->
            tf.conv2dTranspose(
                f.any(2, 3, 3, 4), f.any(3, 3, 2, 4), new int[] {2, 6, 6, 2}, 2, "SAME"));
    c.add(
        "conv3dTranspose",
        (f, tf) ->
            tf.conv3dTranspose(
                f.any(1, 2, 2, 2, 3), f.any(2, 2, 2, 2, 3), new int[] {1, 4, 4, 4, 2}, 2, "SAME"));
    c.add(
        "maxPool",
        (f, tf) ->
            List.of(
                tf.maxPool(f.any(2, 5, 5, 2), 2, 2, "SAME"),
                tf.maxPool(f.any(2, 5, 5, 2), new int[] {3, 2}, same)));
    c.add("avgPool", (f, tf) -> tf.avgPool(f.any(2, 5, 5, 2), 2, 2, "SAME"));
    int[] cube = {2, 2, 2};
    c.add("maxPool3d", (f, tf) -> tf.maxPool3d(f.any(1, 4, 4, 4, 2), cube, same));
    c.add("avgPool3d", (f, tf) -> tf.avgPool3d(f.any(1, 4, 4, 4, 2), cube, same));
    c.add("maxPool1d", (f, tf) -> tf.maxPool1d(f.any(2, 6, 2), 2, same));
    c.add("avgPool1d", (f, tf) -> tf.avgPool1d(f.any(2, 6, 2), 2, same));
    c.add(
        "maxPoolWithArgmax",
        (f, tf) -> tf.maxPoolWithArgmax(f.any(2, 4, 4, 2), new int[] {2, 2}, same));
    c.add(
        "fusedBatchNorm",
        (f, tf) -> tf.fusedBatchNorm(f.any(2, 3, 3, 2), f.any(2), f.any(2), 1e-3).subList(0, 3));
    c.add(
        "batchNormalization",
        (f, tf) ->
            tf.batchNormalization(f.any(4, 3), f.any(3), f.positive(3), f.any(3), f.any(3), 1e-3));
    c.add(
        "localResponseNormalization",
        (f, tf) ->
            List.of(
                tf.localResponseNormalization(f.any(1, 2, 2, 7)),
                tf.localResponseNormalization(f.any(1, 2, 2, 7), 2, 1, 0.5, 0.7)));
    c.add("resizeBilinear", (f, tf) -> tf.resizeBilinear(f.any(1, 3, 3, 2), new int[] {5, 4}));
    c.add("resizeBicubic", (f, tf) -> tf.resizeBicubic(f.any(1, 3, 3, 2), new int[] {5, 4}, true));
    c.add(
        "resizeNearestNeighbor",
        (f, tf) -> tf.resizeNearestNeighbor(f.any(1, 3, 3, 2), new int[] {5, 4}, false));
    c.add("resizeArea", (f, tf) -> tf.resizeArea(f.any(1, 4, 4, 2), new int[] {2, 3}, false));
    float[][] boxes = {{0, 0, 1, 1}, {0.1f, 0.2f, 0.6f, 0.9f}};
    c.add(
        "cropAndResize",
        (f, tf) ->
            tf.cropAndResize(f.any(2, 5, 5, 2), f.in(boxes), f.ints(0, 1), new int[] {3, 3}));
    return c;
  }

  static FluentCalls state() {
    FluentCalls c = new FluentCalls();
    c.add(
        "variable",
        (f, tf) ->
            List.of(
                tf.variable(new float[] {1, 2}),
                tf.variable("w", Initializers.glorotUniform(2L), 3, 2)));
    c.add(
        "newVariable",
        (f, tf) -> tf.newVariable("n").initialValue(new int[] {4}).trainable(false).build());
    c.add("getVariable", (f, tf) -> tf.getVariable("g", Initializers.ones(), 2));
    c.add("getLocalVariable", (f, tf) -> tf.getLocalVariable("l", Initializers.zeros(), 2));
    c.add("sharedVariable", (f, tf) -> tf.sharedVariable("s").initialValue(tf.constant(3f)).get());
    c.add(
        "sharedLocalVariable",
        (f, tf) -> tf.sharedLocalVariable("sl").initialValue(tf.constant(3f)).get());
    c.add(
        "isVariableInitialized", (f, tf) -> tf.isVariableInitialized(tf.globalVariables().get(0)));
    c.add(
        "variableScope",
        (f, tf) -> {
          try (var s = tf.variableScope("deep")) {
            return tf.getVariable("v", Initializers.constant(2), 2).mul(3);
          }
        });
    c.add(
        "newVariableScope",
        (f, tf) -> {
          try (var s = tf.newVariableScope("deeper").initializer(Initializers.ones()).open()) {
            return tf.getVariable("v", 2).mul(3);
          }
        });
    c.add(
        "template",
        (f, tf) -> {
          var t =
              tf.template("t", (Tensor x) -> x.mul(tf.getVariable("v", Initializers.ones(), 1)));
          return List.of(t.apply(f.any(2)), t.apply(f.any(3)));
        });
    c.add("layers", (f, tf) -> tf.layers().dense(f.any(2, 3), 4, Tensor::tanh));
    c.add("losses", (f, tf) -> tf.losses().meanSquaredError(f.any(2, 3), f.any(2, 3)));
    c.add("metrics", (f, tf) -> tf.metrics().mean(f.any(3)).update());
    c.add(
        "reportUninitializedVariables",
        (f, tf) -> tf.sizeTensor(tf.reportUninitializedVariables()));
    return c;
  }

  static FluentCalls flow() {
    FluentCalls c = new FluentCalls();
    c.add("noOp", (f, tf) -> tf.noOp());
    c.add("group", (f, tf) -> tf.group(f.any(2), f.any(3)));
    c.add("tuple", (f, tf) -> tf.tuple(List.of(f.any(2), f.any(3))));
    c.add("cond", (f, tf) -> tf.cond(f.in(true), () -> tf.constant(1f), () -> tf.constant(2f)));
    c.add(
        "caseOf",
        (f, tf) ->
            tf.caseOf(
                List.of(
                    tf.when(f.in(false), () -> tf.constant(1)),
                    tf.when(f.in(true), () -> tf.constant(2))),
                () -> tf.constant(3)));
    c.add("when", (f, tf) -> null);
    c.add(
        "switchCase",
        (f, tf) -> tf.switchCase(f.in(1), List.of(() -> tf.constant(1), () -> tf.constant(2))));
    c.add(
        "whileLoop",
        (f, tf) -> {
          Tensor x = f.any(2);
          return tf.whileLoop((i, a) -> i.less(3), (i, a) -> List.of(i.add(1), a.add(x)), 0, x);
        });
    c.add("mapFn", (f, tf) -> tf.mapFn((Tensor r) -> r.reduceSum(), f.any(3, 2)));
    c.add("foldl", (f, tf) -> tf.foldl((Tensor a, Tensor r) -> a.mul(0.5).add(r), f.any(3, 2)));
    c.add("foldr", (f, tf) -> tf.foldr((Tensor a, Tensor r) -> a.mul(0.5).add(r), f.any(3, 2)));
    c.add("scan", (f, tf) -> tf.scan((Tensor a, Tensor r) -> a.mul(0.5).add(r), f.any(3, 2)));
    c.add(
        "tensorArray",
        (f, tf) -> {
          TensorArray a = tf.tensorArray(DataType.FLOAT32, 2);
          return a.write(0, f.any(2)).write(1, f.any(2)).stack();
        });
    c.add(
        "newTensorArray",
        (f, tf) ->
            tf.newTensorArray(DataType.FLOAT32)
                .size(1)
                .elementShape(Shape.of(2))
                .build()
                .write(0, f.any(2))
                .stack());
    return c;
  }

  static FluentCalls checks() {
    FluentCalls c = new FluentCalls();
    c.add("assertTrue", (f, tf) -> tf.assertTrue(f.in(true), f.any(2)));
    c.add("assertThat", (f, tf) -> tf.assertThat(f.in(true), List.of(f.any(2))));
    c.add("assertEqual", (f, tf) -> tf.assertEqual(f.ints(1, 2), f.ints(1, 2)));
    c.add("assertNoneEqual", (f, tf) -> tf.assertNoneEqual(f.ints(1, 2), f.ints(2, 1)));
    c.add("assertLess", (f, tf) -> tf.assertLess(f.ints(1, 2), 3));
    c.add("assertLessEqual", (f, tf) -> tf.assertLessEqual(f.ints(1, 3), 3, "told"));
    c.add("assertGreater", (f, tf) -> tf.assertGreater(f.ints(1, 2), 0));
    c.add("assertGreaterEqual", (f, tf) -> tf.assertGreaterEqual(f.ints(1, 2), 1));
    c.add("assertPositive", (f, tf) -> tf.assertPositive(f.ints(1, 2)));
    c.add("assertNegative", (f, tf) -> tf.assertNegative(f.ints(-1, -2)));
    c.add("assertNonNegative", (f, tf) -> tf.assertNonNegative(f.ints(0, 2)));
    c.add("assertNonPositive", (f, tf) -> tf.assertNonPositive(f.ints(0, -2)));
    c.add("assertNear", (f, tf) -> tf.assertNear(f.in(1f), f.in(1f)));
    c.add("assertRank", (f, tf) -> tf.assertRank(f.any(2, 3), 2));
    c.add("assertRankAtLeast", (f, tf) -> tf.assertRankAtLeast(f.any(2, 3), 1));
    c.add("assertRankIn", (f, tf) -> tf.assertRankIn(f.any(2, 3), 1, 2));
    c.add("assertScalar", (f, tf) -> tf.assertScalar(f.in(1)));
    c.add("assertType", (f, tf) -> tf.assertType(f.in(1), DataType.INT32));
    c.add("assertInteger", (f, tf) -> tf.assertInteger(f.in(1)));
    c.add("isNonDecreasing", (f, tf) -> tf.isNonDecreasing(f.ints(1, 2, 2)));
    c.add("isStrictlyIncreasing", (f, tf) -> tf.isStrictlyIncreasing(f.ints(1, 2, 2)));
    c.add("addCheckNumericsOps", (f, tf) -> tf.addCheckNumericsOps());
    return c;
  }
}
