package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Auc;
import dev.millrace.ops.BatchNormalization;
import dev.millrace.ops.CandidateSample;
import dev.millrace.ops.Losses;
import dev.millrace.ops.Metric;
import dev.millrace.ops.Metrics;
import dev.millrace.ops.Ops;
import dev.millrace.ops.PartitionStrategy;
import dev.millrace.ops.PartitionedVariable;
import dev.millrace.ops.Partitioners;
import dev.millrace.ops.Reduction;
import dev.millrace.ops.Regularizers;
import dev.millrace.ops.SampledLossOptions;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.WindowOptions;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is made of several ops, and of variables by their scopes, runs on TensorFlow 1.15.0 as it is
 * exported, and gives the same there as here in both modes; so do its gradients. Needs the Maven
 * profile {@code interop}.
 */
class CompositionsInteropTest {
  private static final int STEPS = 2;
  private static final double TOLERANCE = 2e-5;

  @TempDir private Path work;

  /** A graph in the form that {@link TensorFlowJudge} runs. */
  private static final class Program {
    private final Ops tf = Ops.of(new Graph());
    private final List<Tensor> outputs = new ArrayList<>();
    private final List<Operation> steps = new ArrayList<>();

    Program() {
      tf.setRandomSeed(4);
    }

    void show(Operand x) {
      Tensor t = tf.tensor(x);
      boolean readable = !List.of(DataType.BOOL, DataType.FLOAT16).contains(t.dtype());
      Tensor r = readable ? t : t.cast(DataType.FLOAT32);
      try (var root = tf.scope("")) {
        outputs.add(tf.identity(r).as("out/" + outputs.size()));
      }
    }

    /** A value and its gradients with respect to {@code xs}. */
    void show(Tensor y, Operand... xs) {
      show(y);
      Gradients.of(List.of(y), List.of(xs)).forEach(g -> show(g.dense()));
    }

    void step(Operation op) {
      steps.add(op);
    }

    GraphDef graph() {
      List<Object> inits = new ArrayList<>();
      tf.globalVariables().forEach(v -> inits.add(v.initializer()));
      tf.localVariables().forEach(v -> inits.add(v.initializer()));
      tf.group("init", inits.toArray());
      tf.group("step", steps.toArray());
      tf.constant("step_count", STEPS);
      return tf.graph().toGraphDef();
    }

    List<TensorValue> run(SessionOptions options) {
      List<TensorValue> r = new ArrayList<>();
      try (Session s = new Session(tf.graph(), options)) {
        s.run("init");
        for (int i = 0; i < STEPS; i++) {
          s.run("step");
        }
        Fetches f = s.runner().fetch(outputs);
        for (int i = 0; i < outputs.size(); i++) {
          r.add(f.value(i));
        }
      }
      return r;
    }
  }

  private static Tensor random(Program p, double min, double max, long... dims) {
    Random random = new Random(dims.length + dims[0]);
    double[] d = random.doubles(Shape.of(dims).numElements(), min, max).toArray();
    float[] f = new float[d.length];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) d[i];
    }
    return p.tf.constant(TensorValue.wrap(DataType.FLOAT32, Shape.of(dims), f));
  }

  private static Program layers() {
    Program p = new Program();
    Ops tf = p.tf;
    Tensor x = random(p, -1, 1, 5, 4);
    Tensor sequence = random(p, -1, 1, 2, 3, 4);
    try (var s = tf.newVariableScope("net").regularizer(Regularizers.l2(0.01)).open()) {
      Tensor h = tf.layers().dense(x, 8, Tensor::tanh);
      Tensor y = tf.layers().fullyConnected(h, 3);
      Tensor z =
          tf.layers()
              .newDense(2)
              .name("last")
              .kernelRegularizer(Regularizers.l1(0.1))
              .apply(sequence);
      Tensor dropped = tf.layers().newDropout(0.4).seed(7).training(tf.constant(true)).apply(h);
      List<Variable> vars = tf.trainableVariables();
      p.show(y.square().reduceSum(), vars.get(0), vars.get(1), vars.get(2), vars.get(3));
      p.show(z.square().reduceSum(), vars.get(4), vars.get(5));
      p.show(dropped);
      p.show(tf.layers().flatten(sequence));
      p.show(tf.losses().regularizationLoss());
    }
    PartitionedVariable w =
        tf.sharedVariable("parts")
            .shape(7, 3)
            .partitioner(Partitioners.fixedSize(3))
            .getPartitioned();
    p.show(w);
    p.show(tf.embeddingLookup(w, new int[][] {{6, 0}, {3, 4}}, PartitionStrategy.DIV, 0.5));
    p.show(
        tf.embeddingLookup(w, new long[] {5, 1, 1, 0}).square().reduceSum(),
        w.parts().get(0),
        w.parts().get(2));
    w.assignAdd(tf.ones(DataType.FLOAT32, 7, 3)).forEach(a -> p.step(a.op()));
    return p;
  }

  private static Program images() {
    Program p = new Program();
    Ops tf = p.tf;
    Tensor x = random(p, -1, 1, 3, 6, 6, 2);
    Tensor flag = tf.placeholderWithDefault(true, Shape.scalar());
    for (Object training : new Object[] {true, false, flag}) {
      Tensor y = tf.layers().newConv2d(4, 3).windows(WindowOptions.same()).apply(x);
      BatchNormalization b = tf.layers().newBatchNormalization().training(training);
      Tensor z = b.apply(y).relu();
      BatchNormalization last = tf.layers().newBatchNormalization().training(training);
      Tensor out = last.apply(tf.layers().dense(tf.layers().flatten(z), 3));
      p.show(out.mul(random(p, -1, 1, 3, 3)).reduceSum(), b.gamma(), b.beta(), last.gamma(), x);
      for (BatchNormalization layer : List.of(b, last)) {
        p.show(layer.movingMean());
        p.show(layer.movingVariance());
      }
    }
    p.show(tf.layers().maxPooling2d(x, 2, 2));
    p.show(tf.layers().conv1d(x.reshape(3, 36, 2), 3, 5, Tensor::tanh).square().reduceSum(), x);
    tf.graph().collection(GraphKeys.UPDATE_OPS).forEach(op -> p.step((Operation) op));
    return p;
  }

  private static Program losses() {
    Program p = new Program();
    Ops tf = p.tf;
    Tensor labels = tf.constant(new float[][] {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}, {0, 1, 0}});
    Tensor x = random(p, -2, 2, 4, 3);
    Tensor probable = random(p, 0.05, 0.95, 4, 3);
    Tensor ids = tf.constant(new int[] {1, 0, 2, 1});
    for (Object w : new Object[] {1f, new float[][] {{1}, {0}, {2}, {0.5f}}}) {
      for (Reduction r : Reduction.values()) {
        Losses l = tf.losses().weighted(w).reduction(r);
        p.show(l.absoluteDifference(labels, x), x);
        p.show(l.meanSquaredError(labels, x), x);
        p.show(l.hingeLoss(labels, x), x);
        p.show(l.huberLoss(labels, x, 0.7), x);
        p.show(l.logLoss(labels, probable), probable);
        p.show(l.sigmoidCrossEntropy(labels, x, 0.1), x);
        p.show(l.cosineDistance(labels, x, 1), x);
        Losses rows = w instanceof Float ? l : l.weighted(new float[] {1, 0, 2, 0.5f});
        p.show(rows.softmaxCrossEntropy(labels, x, 0.1), x);
        p.show(rows.sparseSoftmaxCrossEntropy(ids, x), x);
      }
      p.show(tf.losses().weighted(w).meanPairwiseSquaredError(labels, x), x);
    }
    Tensor open = tf.placeholderWithDefault(new float[][] {{1}, {0}, {2}, {0.5f}}, Shape.unknown());
    p.show(tf.losses().weighted(open).meanSquaredError(labels, x), x);
    return p;
  }

  private static void streaming(Program p, Metric m) {
    p.show(m.value());
    p.step(m.update().op());
  }

  private static Program metrics() {
    Program p = new Program();
    Ops tf = p.tf;
    tf.setRandomSeed(9);
    Tensor draw = tf.randomUniform(new int[] {6});
    Tensor y = tf.constant(new float[] {0, 1, 1, 0, 1, 0});
    Tensor classes = tf.constant(new int[] {0, 2, 1, 0, 1, 2});
    Tensor guess = draw.mul(3).floor().cast(DataType.INT32);
    for (Metrics m :
        List.of(tf.metrics(), tf.metrics().weighted(new float[] {1, 0.5f, 0, 2, 1, 3}))) {
      streaming(p, m.mean(draw));
      streaming(p, m.meanTensor(draw));
      streaming(p, m.accuracy(classes, guess));
      streaming(p, m.rootMeanSquaredError(y, draw));
      streaming(p, m.meanAbsoluteError(y, draw));
      streaming(p, m.precision(y, draw.greater(0.5)));
      streaming(p, m.recall(y, draw.greater(0.5)));
      streaming(p, m.auc(y, draw));
      streaming(p, m.auc(y, draw, Auc.precisionRecall()));
      streaming(p, m.recallAtThresholds(y, draw, 0.25, 0.75));
      streaming(p, m.meanPerClassAccuracy(classes, guess, 3));
      streaming(p, m.meanIou(classes, guess, 3));
    }
    return p;
  }

  private static Program helpers() {
    Program p = new Program();
    Ops tf = p.tf;
    Tensor x = random(p, -2, 2, 3, 4);
    Tensor y = random(p, -2, 2, 4, 3, 2);
    Tensor positive = random(p, 0.1, 3, 3, 4);
    p.show(tf.einsum("ij,jkl->ikl", x, y).square().reduceSum(), x, y);
    p.show(tf.einsum("ij,jkl->l", x, y).square().reduceSum(), x, y);
    p.show(tf.einsum("...i,ijk->...kj", x, y).square().reduceSum(), x, y);
    p.show(tf.tensordot(x, y, new int[] {0, 1}, new int[] {1, 0}).square().reduceSum(), x, y);
    p.show(tf.clipByNorm(x, 1.5, 1), x);
    p.show(tf.norm(x, 1, false, 1), x);
    p.show(tf.norm(x, 2, true, 0), x);
    p.show(tf.norm(x, Double.POSITIVE_INFINITY, false), x);
    p.show(tf.norm(positive, 3, false, 1), positive);
    p.show(tf.reduceVariance(x, 0), x);
    p.show(tf.reduceStd(x, 1), x);
    p.show(tf.countNonzero(tf.relu(x), 1));
    p.show(tf.moments(x, false, 0).get(1), x);
    p.show(tf.weightedMoments(x, positive, false, 1).get(1), x, positive);
    p.show(tf.logPoissonLoss(positive, x, true), x);
    p.show(tf.swish(x), x);
    p.show(tf.crelu(x), x);
    p.show(tf.logSigmoid(x), x);
    p.show(tf.l2Normalize(x, 1), x);
    p.show(tf.zeroFraction(tf.relu(x)));
    p.show(tf.sort(x, 0, true), x);
    p.show(tf.argSort(x));
    p.show(tf.meshgrid(false, new float[] {1, 2}, new float[] {3, 4, 5}).get(1));
    p.show(tf.eye(3, 4, DataType.FLOAT32));
    p.show(tf.confusionMatrix(new int[] {0, 1, 1}, new int[] {0, 1, 2}, null));
    p.show(tf.bincount(new int[] {1, 3, 1, 7}, null, null, 5, DataType.INT32));
    p.show(tf.unsortedSegmentMean(x, new int[] {1, 0, 1}, 3), x);
    p.show(tf.batchGather(x, new int[][] {{3, 0}, {1, 1}, {2, 0}}));
    p.show(tf.booleanMask(x, new boolean[] {true, false, true, true}, 1));
    p.show(tf.polyval(List.of(1f, x, 2f), positive), x, positive);
    p.show(tf.saturateCast(x.mul(200), DataType.UINT8).cast(DataType.INT32));
    p.show(tf.isStrictlyIncreasing(positive));
    try (var c = tf.controlDependencies(tf.assertPositive(positive), tf.assertRank(x, 2))) {
      p.show(positive.log());
    }
    List<Tensor> parts = tf.dynamicPartition(x, new int[] {1, 0, 1}, 3);
    p.show(parts.get(1).square().reduceSum(), x);
    return p;
  }

  private static Program sampled() {
    Program p = new Program();
    Ops tf = p.tf;
    Tensor x = random(p, -1, 1, 5, 4);
    Variable w = tf.variable("w", random(p, -1, 1, 20, 4));
    Variable b = tf.variable("b", random(p, -1, 1, 20));
    Tensor one = tf.constant(new int[][] {{0}, {3}, {0}, {1}, {7}});
    Tensor two = tf.constant(new long[][] {{0, 0}, {3, 1}, {2, 0}, {1, 1}, {7, 19}});
    SampledLossOptions seeded = new SampledLossOptions().seed(5);
    p.show(tf.nceLoss(w, b, one, x, 12, 20), x, w, b);
    p.show(tf.nceLoss(w, b, two, x, 12, 20, seeded.numTrue(2)), x, w, b);
    p.show(tf.nceLoss(w, b, one, x, 12, 20, seeded.removeAccidentalHits(true)), x, w, b);
    p.show(tf.sampledSoftmaxLoss(w, b, one, x, 12, 20), x, w, b);
    p.show(tf.sampledSoftmaxLoss(w, b, two, x, 12, 20, seeded.numTrue(2)), x, w, b);
    CandidateSample all = tf.allCandidateSampler(one.cast(DataType.INT64), 1, 20, null);
    p.show(tf.sampledSoftmaxLoss(w, b, one, x, 20, 20, seeded.sample(all)), x, w, b);
    p.show(
        tf.sparseSoftmaxCrossEntropyWithLogits(
            one.squeeze(1), tf.matmul(x, w, false, true).add(b)));
    PartitionedVariable shards =
        tf.sharedVariable("shards")
            .shape(20, 4)
            .partitioner(Partitioners.fixedSize(3))
            .getPartitioned();
    SampledLossOptions div = seeded.partitionStrategy(PartitionStrategy.DIV);
    p.show(tf.nceLoss(shards, b, one, x, 12, 20, div), x, shards.parts().get(0), b);
    return p;
  }

  @Test
  void compositionsGiveTheSameOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, Program> programs = new LinkedHashMap<>();
    programs.put("layers", layers());
    programs.put("images", images());
    programs.put("losses", losses());
    programs.put("metrics", metrics());
    programs.put("helpers", helpers());
    programs.put("sampled", sampled());
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    programs.forEach((name, p) -> graphs.put(name, p.graph()));
    Map<String, List<TensorValue>> wants = TensorFlowJudge.run(graphs, work);
    programs.forEach(
        (name, p) -> {
          for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
            double worst = compare(name, p, p.run(o), wants.get(name));
            System.out.printf(
                "%s, %s: %d results, largest relative difference from TensorFlow %.2g%n",
                name, o.mode(), p.outputs.size(), worst);
          }
        });
  }

  private static double compare(
      String name, Program p, List<TensorValue> got, List<TensorValue> want) {
    assertThat(got).hasSameSizeAs(want);
    double worst = 0;
    for (int k = 0; k < got.size(); k++) {
      String what = name + " " + k + " " + p.outputs.get(k).name();
      TensorValue g = got.get(k);
      TensorValue w = want.get(k);
      assertThat(g.shape()).as(what).isEqualTo(w.shape());
      for (int i = 0; i < w.size(); i++) {
        double d = Math.abs(g.getDouble(i) - w.getDouble(i));
        assertThat(g.getDouble(i))
            .as(what)
            .isCloseTo(
                w.getDouble(i), within(TOLERANCE * Math.abs(w.getDouble(i)) + TOLERANCE / 10));
        worst = Math.max(worst, d == 0 ? 0 : d / Math.max(0.1, Math.abs(w.getDouble(i))));
      }
    }
    return worst;
  }
}
