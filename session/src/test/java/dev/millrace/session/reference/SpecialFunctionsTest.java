package dev.millrace.session.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Values from Abramowitz and Stegun, "Handbook of Mathematical Functions", and functional
 * equations.
 */
class SpecialFunctionsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.5, 0.5204998778130465",
    "1, 0.8427007929497149",
    "-1, -0.8427007929497149",
    "2, 0.9953222650189527",
    "3, 0.9999779095030014",
    "30, 1"
  })
  void erf(double x, double y) {
    assertThat(SpecialFunctions.erf(x)).isCloseTo(y, within(4e-16));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 0.4795001221869535",
    "1, 0.15729920705028513",
    "2, 0.004677734981047266",
    "5, 1.5374597944280349e-12",
    "10, 2.088487583762545e-45",
    "-3, 1.9999779095030015"
  })
  void erfcKeepsItsDigitsFarOut(double x, double y) {
    assertThat(SpecialFunctions.erfc(x)).isCloseTo(y, within(4e-14 * y));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "2, 0",
    "0.5, 0.5723649429247001",
    "10, 12.801827480081469",
    "100, 359.1342053695754",
    "-0.5, 1.2655121234846454",
    "1e-10, 23.025850929882733",
    "1.0000000596046448, -3.4404731743256985e-8"
  })
  void lgamma(double x, double y) {
    assertThat(SpecialFunctions.lgamma(x)).isCloseTo(y, within(1e-14 * Math.abs(y)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, -0.5772156649015329",
    "0.5, -1.9635100260214235",
    "10, 2.251752589066721",
    "-0.5, 0.03648997397857652"
  })
  void digamma(double x, double y) {
    assertThat(SpecialFunctions.digamma(x)).isCloseTo(y, within(1e-14));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "-2", "-17"})
  void gammaHasPoles(double x) {
    assertThat(SpecialFunctions.lgamma(x)).isPositive().isInfinite();
    assertThat(SpecialFunctions.digamma(x)).isPositive().isInfinite();
  }

  @Property
  void gammaRecurs(@ForAll @DoubleRange(min = 0.01, max = 40) double x) {
    double next = SpecialFunctions.lgamma(x + 1);
    assertThat(SpecialFunctions.lgamma(x) + Math.log(x))
        .isCloseTo(next, within(1e-13 * Math.max(1, Math.abs(next))));
    assertThat(SpecialFunctions.digamma(x) + 1 / x)
        .isCloseTo(SpecialFunctions.digamma(x + 1), within(1e-13 * Math.max(1, 1 / x)));
  }

  @Property
  void hyperbolicInverses(@ForAll @DoubleRange(min = -15, max = 15) double x) {
    double scale = Math.max(1e-9, Math.abs(x));
    assertThat(SpecialFunctions.asinh(Math.sinh(x))).isCloseTo(x, within(1e-14 * scale));
    double c = Math.cosh(x);
    assertThat(Math.cosh(SpecialFunctions.acosh(c))).isCloseTo(c, within(1e-13 * c));
    double t = x / 16;
    assertThat(Math.tanh(SpecialFunctions.atanh(t)))
        .isCloseTo(t, within(1e-14 * Math.abs(t) + 1e-300));
  }

  @Property
  void erfAndErfcAddUpToOne(@ForAll @DoubleRange(min = -6, max = 6) double x) {
    assertThat(SpecialFunctions.erf(x) + SpecialFunctions.erfc(x)).isCloseTo(1, within(1e-15));
  }
}
