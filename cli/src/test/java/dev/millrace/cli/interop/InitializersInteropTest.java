package dev.millrace.cli.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Initializers.Distribution;
import dev.millrace.ops.Initializers.Fan;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Variable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Variables made here begin with the same values on TensorFlow 1.15.0 as here, and with the same
 * next ones when the initializers run again. Needs the Maven profile {@code interop}.
 */
class InitializersInteropTest {
  @TempDir private Path work;

  /** Variables of every dtype and shape given, their initializers with and without a seed. */
  private static TwoRuns variables(
      Map<String, Initializer> initializers, DataType[] dtypes, long[]... shapes) {
    TwoRuns g = new TwoRuns();
    Ops tf = g.tf();
    tf.setRandomSeed(42);
    initializers.forEach(
        (name, initializer) -> {
          for (DataType t : dtypes) {
            for (long[] shape : shapes) {
              Variable v = tf.variable("v", initializer, t, shape);
              g.init(v.initializer());
              g.step(v.initializer());
              g.show(name + " " + v, v);
            }
          }
        });
    return g;
  }

  private static final DataType[] REALS = {DataType.FLOAT32, DataType.FLOAT64, DataType.FLOAT16};
  private static final long[][] SHAPES = {
    {7}, {5, 3}, {2, 3, 4}, {3, 3, 4, 5}, {1, 1}, {0, 3}, {120, 70}
  };

  private static Map<String, Initializer> constants() {
    Map<String, Initializer> all = new LinkedHashMap<>();
    all.put("zeros", Initializers.zeros());
    all.put("ones", Initializers.ones());
    all.put("constant", Initializers.constant(3));
    all.put("short list", Initializers.constant(new int[] {1, -2, 3}));
    return all;
  }

  private static Map<String, Initializer> draws() {
    Map<String, Initializer> all = new LinkedHashMap<>();
    all.put("uniform", Initializers.randomUniform(-0.3, 0.7));
    all.put("uniform, seeded", Initializers.randomUniform(-1, 1, 5L));
    all.put("normal", Initializers.randomNormal(20, 2));
    all.put("normal, seeded", Initializers.randomNormal(0, 1, 6L));
    all.put("truncated", Initializers.truncatedNormal(0, 0.1));
    all.put("truncated, seeded", Initializers.truncatedNormal(-3, 0.5, 7L));
    all.put("glorot uniform", Initializers.glorotUniform());
    all.put("glorot normal", Initializers.glorotNormal(3L));
    all.put("he uniform", Initializers.heUniform(2L));
    all.put("he normal", Initializers.heNormal());
    all.put("lecun uniform", Initializers.lecunUniform());
    all.put("lecun normal", Initializers.lecunNormal(1L));
    all.put("unit scaling", Initializers.uniformUnitScaling(1.43, 4L));
    for (Fan fan : Fan.values()) {
      for (Distribution d : Distribution.values()) {
        String name = "variance scaling, " + fan + ", " + d.name().toLowerCase(Locale.ROOT);
        all.put(name, Initializers.varianceScaling(1.7, fan, d, 11L));
      }
    }
    return all;
  }

  @Test
  void variablesBeginAsOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, TwoRuns> cases = new LinkedHashMap<>();
    DataType[] integers = {DataType.INT32, DataType.INT64};
    cases.put("constants", variables(constants(), REALS, new long[][] {{7}, {5, 3}, {2, 2, 2}}));
    cases.put("integers", variables(constants(), integers, new long[][] {{7}, {5, 3}, {2, 2, 2}}));
    cases.put("draws", variables(draws(), REALS, SHAPES));
    cases.put(
        "drawn_integers",
        variables(Map.of("uniform", Initializers.randomUniform(-5, 90)), integers, SHAPES));
    cases.put(
        "identity",
        variables(
            Map.of("identity", Initializers.identity(1.5)),
            REALS,
            new long[][] {{4, 4}, {3, 5}, {5, 3}}));
    DataType[] wide = {DataType.FLOAT32, DataType.FLOAT64};
    Map<String, Initializer> orthogonal = new LinkedHashMap<>();
    orthogonal.put("orthogonal", Initializers.orthogonal(1));
    orthogonal.put("orthogonal, seeded", Initializers.orthogonal(2.5, 3L));
    cases.put(
        "orthogonal",
        variables(orthogonal, wide, new long[][] {{4, 4}, {3, 5}, {50, 20}, {3, 2, 4}, {1, 6}}));
    cases.put(
        "delta_orthogonal",
        variables(
            Map.of("delta orthogonal", Initializers.deltaOrthogonal(1.5)),
            wide,
            new long[][] {{3, 2, 4}, {3, 3, 4, 4}, {2, 3, 4, 1, 3}}));
    TwoRuns.compare(cases, work);
  }
}
