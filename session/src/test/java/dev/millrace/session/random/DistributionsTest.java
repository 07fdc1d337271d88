package dev.millrace.session.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.Float16;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * The numbers that TensorFlow 1.15.0 draws from the seeds (87654321, 42): five in a first run, five
 * in a second one, which begins 5 times 256 blocks later.
 */
class DistributionsTest {
  private static final Philox RUN_1 = new Philox(87654321, 42);
  private static final Philox RUN_2 = RUN_1.skip(5 * PhiloxStream.BLOCKS_PER_OUTPUT);

  /**
   * Two units in the last place of numbers up to 2: sine, cosine and logarithm are the machine's.
   */
  private static final Offset<Float> ALMOST_FLOAT = within(2 * Math.ulp(1f));

  private static final Offset<Double> ALMOST_DOUBLE = within(2 * Math.ulp(1.0));

  @Test
  void uniformFloats() {
    float[] r = new float[10];
    Distributions.uniform(RUN_1, r, 0, 0, 5);
    Distributions.uniform(RUN_2, r, 5, 0, 5);
    assertThat(r)
        .containsExactly(
            0.95227146f,
            0.67740774f,
            0.79531825f,
            0.75578177f,
            0.4759556f,
            0.81274223f,
            0.59748733f,
            0.79614735f,
            0.5760071f,
            0.13790011f);
  }

  @Test
  void uniformDoubles() {
    double[] r = new double[10];
    Distributions.uniform(RUN_1, r, 0, 0, 5);
    Distributions.uniform(RUN_2, r, 5, 0, 5);
    assertThat(r)
        .containsExactly(
            0.6181726095777149,
            0.36254602252651336,
            0.8076457653772362,
            0.4881631901754211,
            0.6897747269334924,
            0.5019386589480328,
            0.3691790245026483,
            0.10320139180478738,
            0.9878199457916772,
            0.7460118601115813);
  }

  @Test
  void uniformHalves() {
    short[] r = new short[5];
    Distributions.uniformHalf(RUN_1, r, 0, 0, 5);
    float[] values = new float[5];
    for (int i = 0; i < 5; i++) {
      values[i] = Float16.toFloat(r[i]);
    }
    assertThat(values)
        .containsExactly(0.0078125f, 0.32421875f, 0.24707031f, 0.3642578f, 0.028320312f);
  }

  @Test
  void integers() {
    int[] r = new int[10];
    Distributions.uniformInt(RUN_1, -5, 20, r, 0, 0, 5);
    Distributions.uniformInt(RUN_2, -5, 20, r, 5, 0, 5);
    assertThat(r).containsExactly(17, 14, 13, 9, 11, 9, 7, 13, -2, 6);
    long[] s = new long[5];
    Distributions.uniformLong(RUN_1, -5, 1L << 40, s, 0, 0, 5);
    assertThat(s)
        .containsExactly(329322738298L, 503435716935L, 103144773695L, 701087417946L, 267186354782L);
  }

  @Test
  void integersOfTheWholeRange() {
    int[] r = new int[1000];
    Distributions.uniformInt(RUN_1, Integer.MIN_VALUE, Integer.MAX_VALUE, r, 0, 0, 1000);
    assertThat(Arrays.stream(r).filter(x -> x < 0).count()).isBetween(400L, 600L);
  }

  @Test
  void normalFloats() {
    float[] r = new float[10];
    Distributions.normal(RUN_1, r, 0, 0, 5);
    Distributions.normal(RUN_2, r, 5, 0, 5);
    assertThat(r)
        .containsExactly(
            new float[] {
              -0.28077507f,
              -0.1377521f,
              -0.6763296f,
              0.024580413f,
              -0.89358455f,
              -0.37023765f,
              -0.5268839f,
              -0.31035113f,
              -0.59968674f,
              1.6946021f
            },
            ALMOST_FLOAT);
  }

  @Test
  void normalDoubles() {
    double[] r = new double[5];
    Distributions.normal(RUN_2, r, 0, 0, 5);
    assertThat(r)
        .containsExactly(
            new double[] {
              0.8600302541543371,
              -0.7993138820974477,
              -0.16294296649584603,
              2.124993051461527,
              -0.14829324021273166
            },
            ALMOST_DOUBLE);
  }

  @Test
  void truncatedNormals() {
    float[] r = new float[5];
    Distributions.truncatedNormal(RUN_1, r, 0, 0, 5);
    assertThat(r)
        .containsExactly(
            new float[] {-0.28077507f, -0.1377521f, -0.6763296f, 0.024580413f, -0.46845472f},
            ALMOST_FLOAT);
    double[] s = new double[5];
    Distributions.truncatedNormal(RUN_2, s, 0, 0, 5);
    assertThat(s)
        .containsExactly(
            new double[] {
              0.8600302541543371,
              -0.7993138820974477,
              -0.05604268674080257,
              -1.1448212931621742,
              0.5916136087617655
            },
            ALMOST_DOUBLE);
  }

  @Test
  void truncatedNormalsAreBelowTwo() {
    float[] r = new float[4000];
    Distributions.truncatedNormal(RUN_1, r, 0, 0, r.length);
    for (float x : r) {
      assertThat(x).isStrictlyBetween(-2f, 2f);
    }
    float[] untruncated = new float[4000];
    Distributions.normal(RUN_1, untruncated, 0, 0, r.length);
    long beyond = 0;
    for (float x : untruncated) {
      beyond += Math.abs(x) >= 2 ? 1 : 0;
    }
    assertThat(beyond).isBetween(120L, 250L); // 4.55 % are expected
  }

  @Test
  void partsAreThoseOfTheWhole() {
    int n = 37;
    float[] whole = new float[n];
    float[] parts = new float[n];
    Distributions.truncatedNormal(RUN_1, whole, 0, 0, n);
    Distributions.truncatedNormal(RUN_1, parts, 18, 18, n);
    Distributions.truncatedNormal(RUN_1, parts, 0, 0, 7);
    Distributions.truncatedNormal(RUN_1, parts, 7, 7, 18);
    assertThat(parts).isEqualTo(whole);
    double[] wholeDoubles = new double[n];
    double[] partDoubles = new double[n];
    Distributions.normal(RUN_1, wholeDoubles, 0, 0, n);
    Distributions.normal(RUN_1, partDoubles, 9, 9, n);
    Distributions.normal(RUN_1, partDoubles, 0, 0, 9);
    assertThat(partDoubles).isEqualTo(wholeDoubles);
  }

  @Test
  void momentsAreThoseOfTheDistribution() {
    double[] r = new double[20000];
    Distributions.normal(RUN_1, r, 0, 0, r.length);
    assertThat(Arrays.stream(r).average().orElseThrow()).isCloseTo(0, within(0.03));
    assertThat(Arrays.stream(r).map(x -> x * x).average().orElseThrow()).isCloseTo(1, within(0.05));
  }
}
