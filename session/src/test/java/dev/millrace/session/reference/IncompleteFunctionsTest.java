package dev.millrace.session.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values computed with 40 digits. */
class IncompleteFunctionsTest {
  private static Offset<Double> nearly(double y, double relative) {
    return within(relative * Math.abs(y));
  }

  @ParameterizedTest
  @CsvSource({
    "0.01, 0.5, 0.99437324380603282, 0.0056267561939671841",
    "0.5, 0.5, 0.6826894921370859, 0.3173105078629141",
    "2.5, 9, 0.99705359541211971, 0.0029464045878802904",
    "10, 3, 0.0011024881301154797, 0.99889751186988452",
    "100, 100, 0.51329879827914866, 0.48670120172085134",
    "100, 130, 0.99724959163269347, 0.0027504083673065263",
    "10000, 10100, 0.84134875044717962, 0.15865124955282038",
    "1000000, 1000000, 0.50013298076087259, 0.49986701923912741",
    "3, 1e-05, 1.6666541667166669e-16, 0.99999999999999983",
    "40, 5, 8.5500237568428868e-23, 1"
  })
  void incompleteGamma(double a, double x, double p, double q) {
    assertThat(IncompleteGamma.p(a, x)).isCloseTo(p, nearly(p, 1e-12));
    assertThat(IncompleteGamma.q(a, x)).isCloseTo(q, nearly(q, 1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "0.01, 0.5, -0.565545911715",
    "0.5, 0.5, -0.647200352378",
    "2.5, 9, -0.00474167954819",
    "10, 3, -0.00141563646058",
    "100, 100, -0.0399274978578",
    "100, 130, -0.000810130028562",
    "10000, 10100, -0.00241568800318",
    "3, 1e-05, -2.12815799849e-15",
    "40, 5, -1.79143635062e-22"
  })
  void incompleteGammaByItsShape(double a, double x, double byA) {
    assertThat(IncompleteGamma.pByA(a, x)).isCloseTo(byA, nearly(byA, 1e-10));
  }

  @Test
  void incompleteGammaAtItsEdges() {
    double inf = Double.POSITIVE_INFINITY;
    assertThat(IncompleteGamma.p(1, 0)).isZero();
    assertThat(IncompleteGamma.q(1, 0)).isOne();
    assertThat(IncompleteGamma.p(2, inf)).isOne();
    assertThat(IncompleteGamma.q(2, inf)).isZero();
    assertThat(IncompleteGamma.p(inf, 2)).isZero();
    assertThat(IncompleteGamma.p(inf, inf)).isNaN();
    assertThat(IncompleteGamma.p(-1, 1)).isNaN();
    assertThat(IncompleteGamma.p(0, 1)).isNaN();
    assertThat(IncompleteGamma.q(1, -1)).isNaN();
    assertThat(IncompleteGamma.p(Double.NaN, 1)).isNaN();
    assertThat(IncompleteGamma.q(1, Double.NaN)).isNaN();
    assertThat(IncompleteGamma.pByA(1, 0)).isZero();
    assertThat(IncompleteGamma.pByA(1, inf)).isZero();
    assertThat(IncompleteGamma.pByA(-1, 1)).isNaN();
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 1, 2.6123753486854883",
    "2, 0.001, 1000001.6425331958",
    "7, 3.5, 0.00019216403826393778",
    "30, 0.5, 1073741824.0000052",
    "1.0001, 10, 9997.7485008664877",
    "3, -2.5, 0.054102025820863702",
    "2, 1e6, 1.0000005000001667e-6",
    "Infinity, 1, 1",
    "Infinity, 2, 0",
    "2, Infinity, 0",
    "1, 3, Infinity",
    "2, -3, Infinity",
    "0.5, 1, NaN",
    "2.5, -1.5, NaN",
    "NaN, 1, NaN",
    "2, NaN, NaN"
  })
  void zeta(double x, double q, double z) {
    double got = ZetaFunction.zeta(x, q);
    if (Double.isFinite(z)) {
      assertThat(got).isCloseTo(z, nearly(z, 1e-14));
    } else {
      assertThat(got).isEqualTo(Double.valueOf(z));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, -0.5772156649015329",
    "1, 1, 1.6449340668482264",
    "2, 0.3, -75.272536588726039",
    "5, 7.5, 0.0013927076560043099",
    "1, -1.5, 9.3792466449891238",
    "20, 3, -233141556.11225682"
  })
  void polygamma(double n, double x, double y) {
    assertThat(ZetaFunction.polygamma(n, x)).isCloseTo(y, nearly(y, 1e-13));
  }

  @Test
  void polygammaHasWholeOrders() {
    assertThat(ZetaFunction.polygamma(0.5, 1)).isNaN();
    assertThat(ZetaFunction.polygamma(-1, 1)).isNaN();
    assertThat(ZetaFunction.polygamma(1, 0)).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, 0.5, 0.6875",
    "0.1, 0.2, 0.9, 0.78048803200244669",
    "100, 200, 0.3, 0.10884306564490976",
    "10000, 10000, 0.501, 0.61135004785746245",
    "0.5, 30, 0.001, 0.19276269384046289",
    "30, 0.5, 0.999, 0.80723730615953703",
    "5, 5, 1e-6, 1.25999580000540e-28",
    "3000, 20, 0.99, 0.019767894047843187"
  })
  void incompleteBeta(double a, double b, double x, double y) {
    assertThat(IncompleteBeta.value(a, b, x)).isCloseTo(y, nearly(y, 1e-12));
  }

  @Test
  void incompleteBetaAtItsEdges() {
    assertThat(IncompleteBeta.value(2, 3, 0)).isZero();
    assertThat(IncompleteBeta.value(2, 3, 1)).isOne();
    assertThat(IncompleteBeta.value(2, 3, 1.1)).isNaN();
    assertThat(IncompleteBeta.value(0, 3, 0.5)).isNaN();
    assertThat(IncompleteBeta.value(2, Double.POSITIVE_INFINITY, 0.5)).isNaN();
    assertThat(IncompleteBeta.value(2, Double.NaN, 0.5)).isNaN();
  }
}
