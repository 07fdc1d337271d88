package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions that are made of several ops, by their values. */
class HelpersTest {
  private static final float[][] X = {{1, -2, 3}, {0, 5, -6}};

  private final Ops tf = Ops.of(new Graph());

  private record Row(String name, Function<Ops, Tensor> program, double[] want) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Row row(String name, Function<Ops, Tensor> program, double... want) {
    return new Row(name, program, want);
  }

  static Stream<Row> rows() {
    return Stream.of(arithmetic(), reductions(), networks(), arrays(), counts()).flatMap(s -> s);
  }

  private static Stream<Row> arithmetic() {
    float inf = Float.POSITIVE_INFINITY;
    return Stream.of(
        row("truncateDiv", t -> t.truncateDiv(new int[] {-7, 7}, 2), -3, 3),
        row("truncateMod", t -> t.truncateMod(new int[] {-7, 7}, 2), -1, 1),
        row("mulNoNan", t -> t.mulNoNan(new float[] {inf, 2}, new float[] {0, 3}), 0, 6),
        row("xdivy", t -> t.xdivy(new float[] {0, 3}, new float[] {0, 2}), 0, 1.5),
        row("xlogy", t -> t.xlogy(new float[] {0, 2}, new float[] {0, 1}), 0, 0),
        row("nextAfter", t -> t.nextAfter(new float[] {1}, 2f), Math.nextUp(1f)),
        row(
            "approximateEqual",
            t -> num(t, t.approximateEqual(new float[] {1, 1}, new float[] {1.05f, 1.2f}, 0.1)),
            1,
            0),
        row("polyval", t -> t.polyval(List.of(2f, 0f, -1f), new float[] {1, 3}), 1, 17),
        row("polyval of nothing", t -> t.polyval(List.of(), new float[] {1, 3}), 0, 0),
        row(
            "logSigmoid",
            t -> t.logSigmoid(new float[] {0, -100, 3}),
            -Math.log(2),
            -100,
            -Math.log1p(Math.exp(-3))),
        row("accumulateN", t -> t.accumulateN(List.of(t.constant(1f), t.constant(2f))), 3),
        row(
            "saturateCast of floats",
            t -> t.saturateCast(new float[] {300, -300, 1.9f}, DataType.INT8),
            127,
            -128,
            1),
        row(
            "saturateCast to unsigned",
            t -> t.saturateCast(new int[] {300, -300, 7}, DataType.UINT8),
            255,
            0,
            7),
        row(
            "saturateCast of what float32 cannot hold",
            t -> t.saturateCast(new float[] {3e9f, -3e9f}, DataType.INT32),
            2147483520,
            Integer.MIN_VALUE),
        row(
            "saturateCast of doubles",
            t -> t.saturateCast(t.constant(new double[] {1e300}, DataType.FLOAT64), DataType.INT64),
            Math.nextDown(0x1p63)),
        row(
            "saturateCast to halves",
            t -> t.saturateCast(new float[] {1e6f, -1e6f}, DataType.FLOAT16),
            65504,
            -65504),
        row(
            "saturateCast of halves",
            t ->
                t.saturateCast(
                    t.cast(new float[] {65504, -65504}, DataType.FLOAT16), DataType.INT16),
            32752,
            -32768));
  }

  private static Tensor num(Ops t, Tensor x) {
    return t.cast(x, DataType.FLOAT32);
  }

  private static Stream<Row> reductions() {
    double inf = Double.POSITIVE_INFINITY;
    return Stream.of(
        row("reduceVariance", t -> t.reduceVariance(X, 1), 38 / 9.0, 182 / 9.0),
        row("reduceVariance of all", t -> t.reduceVariance(X), 75 / 6.0 - 1 / 36.0),
        row("reduceStd", t -> t.reduceStd(X, 0), 0.5, 3.5, 4.5),
        row("reduceEuclideanNorm", t -> t.reduceEuclideanNorm(new float[] {3, 4}), 5),
        row(
            "reduceEuclideanNorm, kept",
            t -> t.reduceEuclideanNorm(X, true, 0).squeeze(0),
            1,
            Math.sqrt(29),
            Math.sqrt(45)),
        row("countNonzero", t -> t.countNonzero(X), 5),
        row("countNonzero along an axis", t -> t.countNonzero(X, 1), 3, 2),
        row("countNonzero of bools", t -> t.countNonzero(new boolean[] {true, false, true}), 2),
        row("countNonzero of strings", t -> t.countNonzero(new String[] {"", "a", "b"}), 2),
        row("norm", t -> t.norm(new float[] {3, -4}), 5),
        row("norm of order 1", t -> t.norm(X, 1, false, 1), 6, 11),
        row("norm of order infinity", t -> t.norm(X, inf, false, 1), 3, 6),
        row("norm of order 3", t -> t.norm(new float[] {3, -4, 5}, 3, true), 6),
        row("frobeniusNorm", t -> t.frobeniusNorm(X, false, 0, 1), Math.sqrt(75)),
        row("clipByNorm", t -> t.clipByNorm(new float[] {3, -4}, 1), 0.6, -0.8),
        row("clipByNorm of what is short", t -> t.clipByNorm(new float[] {3, -4}, 6), 3, -4),
        row("clipByNorm of zeros", t -> t.clipByNorm(new float[2], 1), 0, 0),
        row(
            "clipByNorm by rows",
            t -> t.clipByNorm(new float[][] {{3, 4}, {0.3f, 0.4f}}, 1, 1),
            0.6,
            0.8,
            0.3,
            0.4));
  }

  private static Stream<Row> networks() {
    float[][] w = {{1, 0}, {0, 1}, {1, -1}};
    return Stream.of(
        row("reluLayer", t -> t.reluLayer(X, w, new float[] {0, 2}), 4, 0, 0, 13),
        row("xwPlusB", t -> t.xwPlusB(X, w, new float[] {0, 2}), 4, -3, -6, 13),
        row("crelu", t -> t.crelu(new float[] {1, -2}), 1, 0, 0, 2),
        row("crelu along an axis", t -> t.crelu(X, 0).reduceSum(1), 4, 5, 2, 6),
        row("swish", t -> t.swish(new float[] {0, 2}), 0, 2 / (1 + Math.exp(-2))),
        row("zeroFraction", t -> t.zeroFraction(X), 1 / 6.0),
        row("zeroFraction of nothing", t -> t.zeroFraction(new float[0]), Double.NaN),
        row(
            "logPoissonLoss",
            t -> t.logPoissonLoss(new float[] {2, 0}, new float[] {0.5f, -1}),
            Math.exp(0.5) - 1,
            Math.exp(-1)),
        row(
            "logPoissonLoss in full",
            t -> t.logPoissonLoss(new float[] {3, 1, 0}, new float[] {0, 0, 0}, true),
            1 + 3 * Math.log(3) - 3 + 0.5 * Math.log(6 * Math.PI),
            1,
            1),
        row("l2Normalize", t -> t.l2Normalize(new float[][] {{3, 4}}, 1), 0.6, 0.8),
        row("moments, mean", t -> t.moments(X, false, 1).get(0), 2 / 3.0, -1 / 3.0),
        row("moments, variance", t -> t.moments(X, true, 1).get(1), 38 / 9.0, 182 / 9.0),
        row(
            "weightedMoments, mean",
            t -> t.weightedMoments(X, new float[] {1, 0, 1}, false, 1).get(0),
            2,
            -3),
        row(
            "weightedMoments, variance",
            t -> t.weightedMoments(X, new float[] {1, 0, 1}, true, 1).get(1),
            1,
            9),
        row(
            "weightedMoments of all",
            t -> t.weightedMoments(X, new float[][] {{1}, {0}}, false).get(0),
            2 / 3.0),
        row(
            "moments from statistics",
            t -> {
              List<Tensor> s = t.sufficientStatistics(X, 1f, false, 0);
              List<Tensor> m = t.normalizeMoments(s.get(0), s.get(1), s.get(2), 1f);
              return t.concat(0, m.get(0), m.get(1));
            },
            0.5,
            1.5,
            -1.5,
            0.25,
            12.25,
            20.25),
        row(
            "moments from statistics of all",
            t -> {
              List<Tensor> s = t.sufficientStatistics(X, null, false);
              return t.stack(t.normalizeMoments(s.get(0), s.get(1), s.get(2), null));
            },
            1 / 6.0,
            75 / 6.0 - 1 / 36.0),
        row("accuracy", t -> t.accuracy(new int[] {1, 2, 3, 4}, new int[] {1, 0, 3, 0}), 0.5));
  }

  private static Stream<Row> arrays() {
    return Stream.of(
        row("zerosLike of a dtype", t -> t.zerosLike(X, DataType.INT32), 0, 0, 0, 0, 0, 0),
        row("onesLike of a dtype", t -> t.onesLike(new int[2], DataType.FLOAT64), 1, 1),
        row("eye", t -> t.eye(2), 1, 0, 0, 1),
        row("eye, wide", t -> t.eye(2, 3, DataType.INT32), 1, 0, 0, 0, 1, 0),
        row("eye, tall", t -> t.eye(t.constant(3), t.constant(1), DataType.FLOAT64), 1, 0, 0),
        row(
            "meshgrid, first",
            t -> t.meshgrid(false, new int[] {1, 2}, new int[] {3, 4, 5}).get(0),
            1,
            2,
            1,
            2,
            1,
            2),
        row(
            "meshgrid, second",
            t -> t.meshgrid(false, new int[] {1, 2}, new int[] {3, 4, 5}).get(1),
            3,
            3,
            4,
            4,
            5,
            5),
        row(
            "meshgrid of a matrix",
            t -> t.meshgrid(true, new int[] {1, 2}, new int[] {3, 4, 5}).get(0),
            1,
            1,
            1,
            2,
            2,
            2),
        row(
            "broadcastDynamicShape",
            t -> t.broadcastDynamicShape(new int[] {2, 1}, new int[] {3}),
            2,
            3),
        row("shapeN", t -> t.concat(0, t.shapeN(List.of(X, 5f)).toArray()), 2, 3),
        row("invertPermutation", t -> t.invertPermutation(new int[] {2, 0, 1}), 1, 2, 0),
        row("identityN", t -> t.identityN(List.of(1f, new float[] {2, 3})).get(1), 2, 3),
        row("verifyTensorAllFinite", t -> t.verifyTensorAllFinite(new float[] {1}, "bad"), 1),
        row("gather of batches", t -> t.gather(X, new int[][] {{2, 0}, {1, 1}}, 1, 1), 3, 1, 5, 5),
        row("batchGather", t -> t.batchGather(X, new int[][] {{2}, {1}}), 3, 5),
        row(
            "booleanMask along an axis",
            t -> t.booleanMask(X, new boolean[] {true, false, true}, 1),
            1,
            3,
            0,
            -6),
        row("sort", t -> t.sort(X), -2, 1, 3, -6, 0, 5),
        row("sort, descending", t -> t.sort(X, -1, true), 3, 1, -2, 5, 0, -6),
        row("sort along an axis", t -> t.sort(X, 0, false), 0, -2, -6, 1, 5, 3),
        row(
            "sort of the least integers",
            t -> t.sort(new int[] {0, Integer.MIN_VALUE, Integer.MAX_VALUE, -1}),
            Integer.MIN_VALUE,
            -1,
            0,
            Integer.MAX_VALUE),
        row("sort of bytes", t -> t.sort(t.cast(new int[] {200, 3}, DataType.UINT8)), 3, 200),
        row("argSort", t -> t.argSort(new float[] {3, 1, 2, 1}), 1, 3, 2, 0),
        row("argSort, descending", t -> t.argSort(X, 0, true), 0, 1, 0, 1, 0, 1));
  }

  private static Stream<Row> counts() {
    int[] ids = {0, 0, 2};
    float[][] x = {{1, 2}, {3, 4}, {5, 6}};
    int[] mixed = {2, -1, 2};
    return Stream.of(
        row("segmentSum", t -> t.segmentSum(x, ids), 4, 6, 0, 0, 5, 6),
        row("segmentMean", t -> t.segmentMean(x, ids), 2, 3, 0, 0, 5, 6),
        row("segmentProd", t -> t.segmentProd(x, ids), 3, 8, 1, 1, 5, 6),
        row("segmentMin", t -> t.segmentMin(x, ids), 1, 2, 0, 0, 5, 6),
        row("segmentMax", t -> t.segmentMax(x, ids), 3, 4, 0, 0, 5, 6),
        row("unsortedSegmentSum", t -> t.unsortedSegmentSum(x, mixed, 3), 0, 0, 0, 0, 6, 8),
        row("unsortedSegmentProd", t -> t.unsortedSegmentProd(x, mixed, 3), 1, 1, 1, 1, 5, 12),
        row("unsortedSegmentMin", t -> t.unsortedSegmentMin(x, new int[] {0, 0, 0}, 1), 1, 2),
        row("unsortedSegmentMax", t -> t.unsortedSegmentMax(x, new int[] {0, 0, 0}, 1), 5, 6),
        row("unsortedSegmentMean", t -> t.unsortedSegmentMean(x, mixed, 3), 0, 0, 0, 0, 3, 4),
        row(
            "unsortedSegmentSqrtN",
            t -> t.unsortedSegmentSqrtN(x, mixed, 3),
            0,
            0,
            0,
            0,
            6 / Math.sqrt(2),
            8 / Math.sqrt(2)),
        row("unique", t -> t.unique(new int[] {5, 3, 5}).get(0), 5, 3),
        row("unique, places", t -> t.unique(new int[] {5, 3, 5}).get(1), 0, 1, 0),
        row("uniqueWithCounts", t -> t.uniqueWithCounts(new int[] {5, 3, 5}).get(2), 2, 1),
        row("bincount", t -> t.bincount(new int[] {1, 3, 1}), 0, 2, 0, 1),
        row("bincount of nothing", t -> t.bincount(new int[0])),
        row(
            "bincount, longer",
            t -> t.bincount(new int[] {1}, null, 3, null, DataType.FLOAT32),
            0,
            1,
            0),
        row(
            "bincount, shorter",
            t -> t.bincount(new int[] {1, 3, 1}, null, null, 2, DataType.INT64),
            0,
            2),
        row(
            "bincount of weights",
            t -> t.bincount(new int[] {1, 3, 1}, new float[] {1, 2, 0.5f}, null, null, null),
            0,
            1.5,
            0,
            2),
        row(
            "confusionMatrix",
            t -> t.confusionMatrix(new int[] {0, 1, 1, 2}, new int[] {0, 1, 2, 2}, 3),
            1,
            0,
            0,
            0,
            1,
            1,
            0,
            0,
            1),
        row(
            "confusionMatrix of weights",
            t ->
                t.confusionMatrix(
                    new int[] {0, 1},
                    new long[] {1, 1},
                    null,
                    DataType.FLOAT32,
                    new float[] {2, 3}),
            0,
            2,
            0,
            3));
  }

  @ParameterizedTest
  @MethodSource
  void rows(Row row) {
    Tensor x = row.program.apply(tf);
    TensorValue v = Values.of(tf, x);
    assertThat(v.shape().isCompatibleWith(x.shape())).isTrue();
    Values.assertClose(v, row.want, 1e-5);
  }

  private record Mistake(String says, Function<Ops, Object> program) {}

  @Test
  void mistakesAreToldWhenTheGraphIsBuilt() {
    List<Mistake> all =
        List.of(
            new Mistake("order of a norm must be above 0", t -> t.norm(X, 0, false)),
            new Mistake("there is frobeniusNorm", t -> t.norm(X, 2, false, 0, 1)),
            new Mistake("floating-point tensors", t -> t.norm(new int[] {1})),
            new Mistake("a variance is of floating-point", t -> t.reduceVariance(new int[] {1})),
            new Mistake("must be of one shape", t -> t.accuracy(new int[2], new int[3])),
            new Mistake("must be of one shape", t -> t.logPoissonLoss(new float[2], new float[3])),
            new Mistake("between real numbers", t -> t.saturateCast("a", DataType.INT32)),
            new Mistake("at least one tensor", t -> t.accumulateN(List.of())),
            new Mistake("known rank, not a scalar", t -> t.sort(1)),
            new Mistake("known rank 1 or more", t -> t.batchGather(X, 1)),
            new Mistake("the mask is a vector", t -> t.booleanMask(X, new boolean[2][3], 0)),
            new Mistake("has no mask [2]", t -> t.booleanMask(X, new boolean[2], 1)),
            new Mistake(
                "known rank",
                t ->
                    t.unsortedSegmentMean(
                        t.placeholder(DataType.FLOAT32, Shape.unknown()), new int[2], 2)));
    for (Mistake m : all) {
      assertThatThrownBy(() -> m.program.apply(tf))
          .hasMessageContaining(m.says)
          .hasMessageContaining("HelpersTest.java");
    }
  }

  @Test
  void shapesKnownOnlyWhenRun() {
    Tensor x = tf.placeholder(DataType.FLOAT32, Shape.unknown());
    Map<Tensor, Object> feeds = Map.of(x, X);
    Values.check(tf, tf.onesLike(x, DataType.INT32).reduceSum(), feeds, List.of(6.0));
    Values.check(tf, tf.zeroFraction(x), feeds, List.of(1 / 6.0));
    Values.check(tf, tf.reduceVariance(x), feeds, List.of(75 / 6.0 - 1 / 36.0));
    Values.check(tf, tf.countNonzero(x, 1), feeds, List.of(3.0, 2.0));
    Tensor vector = tf.placeholder(DataType.FLOAT32, -1);
    Values.check(
        tf, tf.sort(vector), Map.of(vector, new float[] {2, 1, 3}), List.of(1.0, 2.0, 3.0));
    Values.check(
        tf,
        tf.meshgrid(false, vector, new float[] {7, 8}).get(0),
        Map.of(vector, new float[] {2}),
        List.of(2.0, 2.0));
  }

  @Test
  void verificationFailsOnWhatIsNotFinite() {
    Tensor x = tf.verifyTensorAllFinite(new float[] {1, Float.NaN}, "the weights ran away");
    assertThatThrownBy(() -> Values.of(tf, x)).hasMessageContaining("the weights ran away");
  }

  @Test
  void allTensorsAreChecked() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32);
    tf.log(x).as("y");
    Operation check = tf.addCheckNumericsOps();
    try (Session s = new Session(tf.graph())) {
      s.feed(x, 1f).run(check);
      assertThatThrownBy(() -> s.feed(x, 0f).run(check)).hasMessageContaining("Log:0");
    }
  }

  @Test
  void uninitializedVariablesAreReported() {
    Variable a = tf.variable("a", 1f);
    tf.variable("b", 1f);
    tf.getLocalVariable("c", Initializers.zeros());
    Tensor report = tf.reportUninitializedVariables();
    try (Session s = new Session(tf.graph())) {
      s.run(a.initializer());
      assertThat(s.fetchValue(report)).isEqualTo(TensorValue.of(new String[] {"b", "c"}));
    }
    assertThat(Values.of(tf, tf.reportUninitializedVariables(List.of())).shape())
        .isEqualTo(Shape.of(0));
  }
}
