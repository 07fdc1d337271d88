package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Both 16-bit formats, over all of their values. */
class Float16Test {
  private static final int HALF_INFINITY = 0x7c00;
  private static final int BFLOAT_INFINITY = 0x7f80;

  private static float half(int bits) {
    return Float16.toFloat((short) bits);
  }

  private static int bits(float x) {
    return Float16.ofFloat(x) & 0xffff;
  }

  private static float bfloat(int bits) {
    return Float16.bfloatToFloat((short) bits);
  }

  private static int bfloatBits(float x) {
    return Float16.bfloatOfFloat(x) & 0xffff;
  }

  /** The value by the definition of binary16. */
  private static double byDefinition(int bits) {
    int exponent = (bits >> 10) & 31;
    int mantissa = bits & 1023;
    double magnitude =
        exponent == 0
            ? mantissa * 0x1p-24
            : exponent == 31
                ? (mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : (1 + mantissa / 1024.0) * Math.pow(2, exponent - 15);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void everyHalfHasItsValueAndComesBack() {
    for (int b = 0; b < 1 << 16; b++) {
      assertThat((double) half(b)).as("bits %x", b).isEqualTo(Double.valueOf(byDefinition(b)));
      if (Double.isNaN(byDefinition(b))) {
        assertThat(half(bits(half(b)))).isNaN();
        assertThat(bits(half(b)) & 0x8000).isEqualTo(b & 0x8000);
      } else {
        assertThat(bits(half(b))).isEqualTo(b);
      }
    }
  }

  @Test
  void everyBfloatComesBack() {
    for (int b = 0; b < 1 << 16; b++) {
      if (Float.isNaN(bfloat(b))) {
        assertThat(bfloat(bfloatBits(bfloat(b)))).isNaN();
      } else {
        assertThat(Float.floatToRawIntBits(bfloat(b))).isEqualTo(b << 16);
        assertThat(bfloatBits(bfloat(b))).isEqualTo(b);
      }
    }
  }

  /**
   * Around the middle between every two neighbours: below goes down, above up, the middle to even.
   */
  @Test
  void halvesRoundToTheNearestAndTiesToEven() {
    for (int b = 0; b < HALF_INFINITY; b++) {
      // Beyond the largest value the next step of the same size stands for infinity.
      float above = b + 1 == HALF_INFINITY ? 65536f : half(b + 1);
      float middle = (half(b) + above) / 2;
      int even = (b & 1) == 0 ? b : b + 1;
      assertThat(bits(Math.nextDown(middle))).isEqualTo(b);
      assertThat(bits(middle)).isEqualTo(even);
      assertThat(bits(Math.nextUp(middle))).isEqualTo(b + 1);
      assertThat(bits(-middle)).isEqualTo(even | 0x8000);
    }
  }

  @Test
  void bfloatsRoundToTheNearestAndTiesToEven() {
    for (int b = 0; b < BFLOAT_INFINITY; b++) {
      float middle = Float.intBitsToFloat((b << 16) | 0x8000);
      int even = (b & 1) == 0 ? b : b + 1;
      assertThat(bfloatBits(Math.nextDown(middle))).isEqualTo(b);
      assertThat(bfloatBits(middle)).isEqualTo(even);
      assertThat(bfloatBits(Math.nextUp(middle))).isEqualTo(b + 1);
      assertThat(bfloatBits(-middle)).isEqualTo(even | 0x8000);
    }
  }

  @Test
  void whatIsTooLargeBecomesInfinite() {
    assertThat(bits(65504)).isEqualTo(HALF_INFINITY - 1);
    assertThat(bits(65520)).isEqualTo(HALF_INFINITY);
    assertThat(bits(Float.MAX_VALUE)).isEqualTo(HALF_INFINITY);
    assertThat(bits(Float.NEGATIVE_INFINITY)).isEqualTo(HALF_INFINITY | 0x8000);
    assertThat(bfloatBits(Float.MAX_VALUE)).isEqualTo(BFLOAT_INFINITY);
    assertThat(bits(Float.MIN_VALUE)).isZero();
    assertThat(bits(-Float.MIN_VALUE)).isEqualTo(0x8000);
  }

  @Property
  void noOtherHalfIsNearer(@ForAll float x) {
    int b = bits(x);
    double distance = Math.abs((double) half(b) - x);
    if (Math.abs(x) < 65504) {
      assertThat(Math.abs((double) half(b ^ 0x8000) - x)).isGreaterThanOrEqualTo(distance);
      assertThat(Math.abs((double) half(b + 1) - x)).isGreaterThanOrEqualTo(distance);
      if ((b & 0x7fff) > 0) {
        assertThat(Math.abs((double) half(b - 1) - x)).isGreaterThanOrEqualTo(distance);
      }
    }
  }
}
