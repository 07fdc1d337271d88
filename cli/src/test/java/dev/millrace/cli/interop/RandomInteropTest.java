package dev.millrace.cli.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.CandidateSample;
import dev.millrace.ops.Ops;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random graphs built here draw the same numbers on TensorFlow 1.15.0 as here in both modes, at the
 * first run and at later ones. Needs the Maven profile {@code interop}.
 */
class RandomInteropTest {
  private static final DataType[] FLOATS = {
    DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT32, DataType.FLOAT64
  };
  private static final DataType[] INTEGERS = {DataType.INT32, DataType.INT64};

  @TempDir private Path work;

  @BeforeEach
  void needsTensorFlow() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
  }

  /** All kinds of numbers of that many elements each. */
  private static TwoRuns numbers(Long seed, int... sizes) {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    tf.setRandomSeed(seed == null ? 7 : 21);
    for (int n : sizes) {
      for (DataType t : FLOATS) {
        String of = t + "[" + n + "]";
        g.add("uniform " + of, tf.randomUniform(n, t, 0, 1, seed));
        g.add("normal " + of, tf.randomNormal(n, t, 0, 1, seed));
        g.add("truncated " + of, tf.truncatedNormal(n, t, 0, 1, seed));
      }
      for (DataType t : INTEGERS) {
        String of = t + "[" + n + "]";
        g.add("integers " + of, tf.randomUniform(n, t, -7, 1000, seed));
      }
    }
    return g;
  }

  /** Every choice of seeds for the graph and for the op; a graph cannot change its seed. */
  private static TwoRuns seeds(Long graphSeed) {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    if (graphSeed != null) {
      tf.setRandomSeed(graphSeed);
    }
    Long[] opSeeds = {0L, 1L, -1L, 12345678901L, (long) Integer.MAX_VALUE, Long.MIN_VALUE};
    for (Long opSeed : opSeeds) {
      g.add("op seed " + opSeed, tf.randomUniform(9, DataType.FLOAT32, 0, 1, opSeed));
    }
    if (graphSeed != null) {
      g.add("no op seed", tf.randomUniform(9));
      g.add("no op seed, again", tf.randomUniform(9));
    }
    return g;
  }

  private static TwoRuns shapesAndBounds() {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    tf.setRandomSeed(5);
    g.add("scalar", tf.randomUniform(new int[0]));
    g.add("no elements", tf.randomNormal(new int[] {3, 0, 2}));
    g.add("no integers", tf.randomUniform(new int[] {0}, DataType.INT64, 0, 1, 3L));
    var shape = tf.placeholderWithDefault(new int[] {3, 5, 7}, Shape.vector(3));
    g.add("shape from a tensor", tf.randomUniform(shape, DataType.FLOAT32, -2, 3, null));
    g.add("normal of that shape", tf.randomNormal(shape, DataType.FLOAT64, 1.5, 0.25, 8L));
    g.add("long sizes", tf.truncatedNormal(new long[] {5, 3}));
    int[] all = {Integer.MIN_VALUE, Integer.MAX_VALUE};
    g.add("all ints", tf.randomUniform(100, DataType.INT32, all[0], all[1], 3L));
    g.add("all longs", tf.randomUniform(100, DataType.INT64, Long.MIN_VALUE, Long.MAX_VALUE, 4L));
    var low = tf.placeholderWithDefault(-3, Shape.scalar());
    g.add("bounds from tensors", tf.randomUniform(100, DataType.INT32, low, low.add(5), 9L));
    var x = tf.constant(new float[13][17]).add(1);
    g.add("dropout", tf.dropout(x, 0.3, null, 77L));
    g.add("dropout of rows", tf.dropout(x, 0.5, new int[] {13, 1}, null));
    return g;
  }

  private static TwoRuns choices() {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    tf.setRandomSeed(3);
    for (int n : new int[] {0, 1, 2, 5, 100, 1000}) {
      g.add("shuffled " + n, tf.randomShuffle(tf.range(n)));
    }
    g.add("shuffled rows", tf.randomShuffle(tf.range(60).reshape(12, 5), 9L));
    g.add("shuffled scalar", tf.randomShuffle(tf.constant(7), 9L));
    float[][] logits = {{0, 1, 2, 3}, {-5, 0.5f, 100, 99}, {Float.NEGATIVE_INFINITY, 0, 0, 1}};
    for (DataType t : new DataType[] {DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64}) {
      for (int samples : new int[] {1, 2, 7, 40}) {
        String name = "classes by " + t + " * " + samples;
        g.add(name, tf.multinomial(tf.constant(logits).cast(t), samples, DataType.INT32, 5L));
      }
    }
    g.add("classes", tf.multinomial(tf.constant(logits), 3));
    g.add("one class", tf.multinomial(new float[][] {{1}}, 5, DataType.INT64, 1L));
    return g;
  }

  private static TwoRuns distributions() {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    tf.setRandomSeed(3);
    double[] parameters = {0.01, 0.3, 0.99, 1, 1.5, 3, 9.99, 10, 25, 300, 1e4};
    DataType[] floats = {DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64};
    for (DataType t : floats) {
      var p = tf.constant(parameters, DataType.FLOAT64).cast(t);
      g.add("gamma, normal, " + t, tf.randomGamma(new int[] {70, 3}, p, null, t, 5L));
      g.add("gamma, normal, scaled, " + t, tf.randomGamma(9, p, 2.5, t, null));
      for (DataType out : new DataType[] {t, DataType.INT32, DataType.INT64}) {
        g.add("poisson " + t + " " + out, tf.randomPoisson(new int[] {70}, p, out, 11L));
      }
    }
    g.add("poisson of java", tf.randomPoisson(10, 3.5));
    g.add("poisson of ints", tf.randomPoisson(20, new int[] {0, 3, 30}));
    g.add("no poisson", tf.randomPoisson(0, new float[] {1, 2}));
    for (DataType t : floats) {
      double inf = Double.POSITIVE_INFINITY;
      double[][] bounds = {
        {-2, 2}, {-1, 1}, {-inf, 0.5}, {1, inf}, {3, 3.5}, {-4, -3}, {-inf, -2}, {2, 9}
      };
      for (double[] b : bounds) {
        String name = "truncated between " + b[0] + " and " + b[1] + ", " + t;
        g.add(name, tf.parameterizedTruncatedNormal(new int[] {37, 9}, 0, 1, b[0], b[1], t, 17L));
      }
      g.add(
          "truncated by rows, " + t,
          tf.parameterizedTruncatedNormal(
              new int[] {3, 40},
              new double[] {10, 20, 30},
              new double[] {1, 2, 3},
              new double[] {9, 15, 33},
              100,
              t,
              null));
    }
    return g;
  }

  private static TwoRuns stateless() {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    Object[] seeds = {new int[] {1, 2}, new long[] {-5, 1L << 40}, new long[] {0, 0}};
    for (Object seed : seeds) {
      for (DataType t : new DataType[] {DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64}) {
        g.add("uniform " + t, tf.statelessRandomUniform(2049, seed, t, -1, 3));
        g.add("normal " + t, tf.statelessRandomNormal(new int[] {41, 7}, seed, t, 0, 2));
        g.add("truncated " + t, tf.statelessTruncatedNormal(300, seed, t, 0, 1));
      }
      for (DataType t : INTEGERS) {
        g.add("integers " + t, tf.statelessRandomUniform(new int[] {5, 7}, seed, t, -3, 90));
      }
      g.add("classes", tf.statelessMultinomial(new float[2][4], 50, seed, DataType.INT32));
    }
    return g;
  }

  /** What is learned in the first run must matter in the last. */
  private static TwoRuns candidates() {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    tf.setRandomSeed(3);
    for (int range : new int[] {1, 2, 8, 21, 1000}) {
      var classes = tf.constant(new long[][] {{0, range / 2}, {range - 1, 0}, {range / 3, 0}});
      float[] weights = new float[range];
      for (int i = 0; i < range; i++) {
        weights[i] = 1 + (i * 7) % 13;
      }
      int n = Math.min(range, 50);
      for (boolean unique : new boolean[] {true, false}) {
        String of = " of " + range + (unique ? ", unique" : "");
        add(g, "uniform" + of, tf.uniformCandidateSampler(classes, 2, n, unique, range, null));
        add(g, "log" + of, tf.logUniformCandidateSampler(classes, 2, n, unique, range, 5L));
        add(g, "learned" + of, tf.learnedUnigramCandidateSampler(classes, 2, n, unique, range, 8L));
        add(
            g,
            "fixed" + of,
            tf.fixedUnigramCandidateSampler(classes, 2, n, unique, weights, 0.75, 0, 9L));
        add(
            g,
            "fixed, some reserved" + of,
            tf.fixedUnigramCandidateSampler(classes, 2, n, unique, weights, 1, 4, 9L));
      }
      add(g, "all of " + range, tf.allCandidateSampler(classes, 2, range, null));
    }
    return g;
  }

  private static void add(TwoRuns g, String name, CandidateSample s) {
    g.add(name, s.sampled());
    g.show(name + ", expected true ones", s.trueExpectedCount());
    g.show(name + ", expected others", s.sampledExpectedCount());
  }

  @Test
  void samplesTensorFlowsNumbers() throws Exception {
    Map<String, TwoRuns> cases = new LinkedHashMap<>();
    cases.put("choices", choices());
    cases.put("distributions", distributions());
    cases.put("stateless", stateless());
    cases.put("candidates", candidates());
    TwoRuns.compare(cases, work);
  }

  @Test
  void drawsTensorFlowsNumbers() throws Exception {
    Map<String, TwoRuns> cases = new LinkedHashMap<>();
    cases.put("odd", numbers(null, 0, 1, 2, 3, 5, 127, 255, 256, 257, 1023, 1024, 1025, 4099));
    cases.put("many", numbers(1234L, 1 << 20, 1_000_003));
    cases.put("seed_none", seeds(null));
    cases.put("seed_0", seeds(0L));
    cases.put("seed_large", seeds(98765432109876L));
    cases.put("shapes", shapesAndBounds());
    TwoRuns.compare(cases, work);
  }
}
