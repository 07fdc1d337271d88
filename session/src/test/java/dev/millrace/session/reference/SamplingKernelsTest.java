package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That the numbers are TensorFlow's is tested beside it, in the interop tests. */
class SamplingKernelsTest {
  private static KernelCall seeded(String type, TensorValue... inputs) {
    return KernelCall.of(type, inputs).attr("seed", 1).attr("seed2", 2);
  }

  private static double mean(TensorValue x) {
    return Arrays.stream(x.toDoubles()).average().orElse(0);
  }

  private static double variance(TensorValue x) {
    double mean = mean(x);
    return Arrays.stream(x.toDoubles()).map(v -> (v - mean) * (v - mean)).average().orElse(0);
  }

  @Test
  void shufflingKeepsRowsWhole() {
    TensorValue x = TensorValue.of(new String[][] {{"a", "b"}, {"c", "d"}, {"e", "f"}});
    TensorValue y = seeded("RandomShuffle", x).value();
    for (int i = 0; i < 3; i++) {
      String first = y.getString(2 * i);
      assertThat(y.getString(2 * i + 1).charAt(0)).isEqualTo((char) (first.charAt(0) + 1));
    }
    TensorValue many = ofInts(IntStream.range(0, 500).toArray());
    TensorValue shuffled = seeded("RandomShuffle", many).value();
    assertThat(shuffled).isNotEqualTo(many);
    assertThat(Arrays.stream(shuffled.ints()).sorted().toArray()).isEqualTo(many.ints());
  }

  @Test
  void shufflingOfOneOrNoRows() {
    TensorValue empty = TensorValue.zeros(DataType.FLOAT32, Shape.of(3, 0));
    assertThat(seeded("RandomShuffle", empty).value()).isEqualTo(empty);
    assertThat(seeded("RandomShuffle", TensorValue.of(3)).value()).isEqualTo(TensorValue.of(3));
  }

  private static KernelCall multinomial(TensorValue logits, int n) {
    return seeded("Multinomial", logits, TensorValue.of(n)).attr("output_dtype", DataType.INT32);
  }

  @Test
  void classesComeAsOftenAsTheirProbabilitiesSay() {
    float[] p = {0.1f, 0.2f, 0.7f};
    float[][] logits = new float[1][3];
    for (int i = 0; i < 3; i++) {
      logits[0][i] = (float) Math.log(p[i]) + 90;
    }
    int[] drawn = multinomial(TensorValue.of(logits), 20_000).value().ints();
    for (int i = 0; i < 3; i++) {
      int k = i;
      assertThat(Arrays.stream(drawn).filter(d -> d == k).count() / 20_000.0)
          .isCloseTo(p[i], within(0.02));
    }
  }

  @Test
  void impossibleClasses() {
    float inf = Float.POSITIVE_INFINITY;
    TensorValue logits = TensorValue.of(new float[][] {{-inf, 1, Float.NaN}, {-inf, -inf, -inf}});
    assertThat(multinomial(logits, 2).value().ints()).containsExactly(1, 1, 3, 3);
    assertThat(multinomial(logits, 0).value().shape()).isEqualTo(Shape.of(2, 0));
    assertThatThrownBy(() -> multinomial(logits, -1).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("num_samples must not be negative; it is -1");
    assertThatThrownBy(
            () -> multinomial(TensorValue.zeros(DataType.FLOAT32, Shape.of(2, 0)), 1).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("a class to choose");
  }

  @Test
  void gammaNumbersHaveTheirMeanAndVariance() {
    for (double alpha : new double[] {0.2, 1, 1.5, 40}) {
      TensorValue x = seeded("RandomGamma", ofInts(20_000), TensorValue.of(alpha)).value();
      assertThat(mean(x)).isCloseTo(alpha, within(4 * Math.sqrt(alpha / 20_000)));
      assertThat(variance(x)).isCloseTo(alpha, within(0.1 * alpha));
    }
    TensorValue strange = TensorValue.ofDoubles(-1, Double.NaN, 0);
    assertThat(seeded("RandomGamma", ofInts(1), strange).value().doubles())
        .containsExactly(Double.NaN, Double.NaN, 0);
    assertThat(seeded("RandomGamma", ofInts(0, 2), strange).value().shape())
        .isEqualTo(Shape.of(0, 2, 3));
  }

  @Test
  void poissonNumbersHaveTheirMeanAndVariance() {
    for (double rate : new double[] {0.3, 4, 10, 200}) {
      TensorValue x =
          seeded("RandomPoissonV2", ofInts(20_000), TensorValue.of(rate))
              .attr("dtype", DataType.INT64)
              .value();
      assertThat(mean(x)).isCloseTo(rate, within(4 * Math.sqrt(rate / 20_000)));
      assertThat(variance(x)).isCloseTo(rate, within(0.1 * rate));
    }
    TensorValue strange = TensorValue.ofDoubles(-1, 0, Double.NaN, Double.POSITIVE_INFINITY);
    assertThat(
            seeded("RandomPoisson", ofInts(1), strange)
                .attr("dtype", DataType.FLOAT64)
                .value()
                .doubles())
        .containsExactly(0, 0, Double.NaN, Double.NaN);
  }

  private static KernelCall bounded(double mean, double stddev, double min, double max) {
    return seeded(
            "ParameterizedTruncatedNormal",
            ofInts(1000),
            TensorValue.of(mean),
            TensorValue.of(stddev),
            TensorValue.of(min),
            TensorValue.of(max))
        .attr("dtype", DataType.FLOAT64);
  }

  @Test
  void boundsHold() {
    double inf = Double.POSITIVE_INFINITY;
    double[][] cases = {{0, 1, -2, 2}, {5, 2, 5, 5.1}, {0, 1, 4, inf}, {0, 1, -inf, -3}};
    for (double[] p : cases) {
      double[] x = bounded(p[0], p[1], p[2], p[3]).value().doubles();
      assertThat(Arrays.stream(x).min().orElseThrow()).isGreaterThanOrEqualTo(p[2]);
      assertThat(Arrays.stream(x).max().orElseThrow()).isLessThanOrEqualTo(p[3]);
    }
    assertThatThrownBy(() -> bounded(0, -1, 0, 1).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("stddev must be above 0");
    assertThatThrownBy(() -> bounded(0, 1, -inf, inf).run())
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void statelessNumbersDependOnTheSeedAlone() {
    KernelCall one =
        KernelCall.of("StatelessRandomUniform", ofInts(6), ofInts(1, 2))
            .attr("dtype", DataType.FLOAT32);
    TensorValue first = one.value();
    assertThat(one.value()).isEqualTo(first);
    assertThat(
            KernelCall.of("StatelessRandomUniform", ofInts(6), ofInts(1, 3))
                .attr("dtype", DataType.FLOAT32)
                .value())
        .isNotEqualTo(first);
    assertThatThrownBy(
            () ->
                KernelCall.of("StatelessRandomUniform", ofInts(6), ofInts(1))
                    .attr("dtype", DataType.FLOAT32)
                    .run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("a vector of two numbers");
  }

  /** The sample whose probability to be undercut is kept when the shape changes a little. */
  @Test
  void gammaSamplesMoveWithTheirShape() {
    for (double alpha : new double[] {0.05, 0.8, 3, 50, 2000}) {
      for (double q : new double[] {0.3, 0.9, 1, 1.2, 2}) {
        double x = alpha * q;
        double h = 1e-5 * alpha;
        double byAlpha =
            (IncompleteGamma.p(alpha + h, x) - IncompleteGamma.p(alpha - h, x)) / (2 * h);
        double density = IncompleteGamma.density(alpha, x) / x;
        if (density > 1e-9) {
          double want = -byAlpha / density;
          assertThat(IncompleteGamma.sampleGrad(alpha, x))
              .as("alpha %s, sample %s", alpha, x)
              .isCloseTo(want, within(1e-5 * Math.abs(want)));
        }
      }
    }
    assertThat(IncompleteGamma.sampleGrad(2, 0)).isZero();
    assertThat(IncompleteGamma.sampleGrad(-2, 1)).isNaN();
  }
}
