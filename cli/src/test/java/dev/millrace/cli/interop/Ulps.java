package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/**
 * How far two tensors are apart, in units in the last place.
 *
 * @param elements how many elements they have
 * @param differing how many of these are not equal
 * @param beyondTwo how many are more than two units apart
 * @param worst the largest distance
 */
record Ulps(long elements, long differing, long beyondTwo, long worst) {

  /**
   * Compares element by element; those of other than floating dtypes must be equal.
   *
   * @param precision the dtype whose last place counts, where the numbers have been cast from a
   *     shorter one
   */
  static Ulps between(TensorValue got, TensorValue want, DataType precision) {
    assertThat(got.dtype()).isEqualTo(want.dtype());
    assertThat(got.shape()).isEqualTo(want.shape());
    if (!precision.isFloating()) {
      assertThat(Arrays.equals(got.toLongs(), want.toLongs())).as("equal elements").isTrue();
      return new Ulps(got.size(), 0, 0, 0);
    }
    long differing = 0;
    long beyondTwo = 0;
    long worst = 0;
    for (int i = 0; i < got.size(); i++) {
      long d = Math.abs(rank(got.getDouble(i), precision) - rank(want.getDouble(i), precision));
      differing += d > 0 ? 1 : 0;
      beyondTwo += d > 2 ? 1 : 0;
      worst = Math.max(worst, d);
    }
    return new Ulps(got.size(), differing, beyondTwo, worst);
  }

  /** The two comparisons as one. */
  Ulps and(Ulps o) {
    return new Ulps(
        elements + o.elements,
        differing + o.differing,
        beyondTwo + o.beyondTwo,
        Math.max(worst, o.worst));
  }

  /** The number of {@code x} when all that the dtype has are put in order; zeros are number 0. */
  private static long rank(double x, DataType t) {
    return switch (t) {
      case FLOAT64 -> rank(Double.doubleToLongBits(x), Long.MIN_VALUE);
      case FLOAT32 -> rank(Float.floatToIntBits((float) x), Integer.MIN_VALUE);
      case FLOAT16 -> rank(Float16.ofFloat((float) x), Short.MIN_VALUE);
      default -> rank(Float16.bfloatOfFloat((float) x), Short.MIN_VALUE);
    };
  }

  private static long rank(long bits, long least) {
    return bits < 0 ? least - bits : bits;
  }
}
