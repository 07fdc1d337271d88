package dev.millrace.session.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors that {@link FloatMath} promises, over samples of all bit patterns. */
class FloatMathTest {
  /** Coprime to powers of two, so that all exponents and many mantissas come up. */
  private static final int STEP = 997;

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double elu(double x) {
    return x > 0 ? x : Math.expm1(x);
  }

  /** The method, the exact function, and the greatest error in units of the last place. */
  static Stream<Arguments> functions() {
    return Stream.of(
        Arguments.of("exp", (DoubleUnaryOperator) Math::exp, 1.0),
        Arguments.of("expm1", (DoubleUnaryOperator) Math::expm1, 2.0),
        Arguments.of("sigmoid", (DoubleUnaryOperator) FloatMathTest::sigmoid, 3.0),
        Arguments.of("tanh", (DoubleUnaryOperator) Math::tanh, 6.0),
        Arguments.of("log", (DoubleUnaryOperator) Math::log, 1.0),
        Arguments.of("log1p", (DoubleUnaryOperator) Math::log1p, 2.0),
        Arguments.of("softplus", (DoubleUnaryOperator) FloatMathTest::softplus, 3.0));
  }

  private interface Block {
    void run(float[] x, float[] z, int n);
  }

  private static Block method(Class<?> in, String name) throws ReflectiveOperationException {
    Method m =
        in.getDeclaredMethod(name, float[].class, float[].class, int.class, BlockTemps.class);
    m.setAccessible(true);
    BlockTemps t = new BlockTemps();
    return (x, z, n) -> {
      try {
        m.invoke(null, x, z, n, t);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(name, e);
      }
    };
  }

  @ParameterizedTest
  @MethodSource("functions")
  void isAsExactAsPromised(String name, DoubleUnaryOperator exact, double ulps)
      throws ReflectiveOperationException {
    assertThat(worst(method(FloatMath.class, name), exact, name)).isLessThanOrEqualTo(ulps);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void isAsExactWithoutFusedMultiplication(String name, DoubleUnaryOperator exact, double ulps)
      throws ReflectiveOperationException {
    String before = System.getProperty(Fma.PROPERTY);
    System.setProperty(Fma.PROPERTY, "false");
    try {
      Class<?> other = new Copies().loadClass(FloatMath.class.getName());
      assertThat(other).isNotSameAs(FloatMath.class);
      assertThat(worst(method(other, name), exact, name)).isLessThanOrEqualTo(ulps);
    } finally {
      if (before == null) {
        System.clearProperty(Fma.PROPERTY);
      } else {
        System.setProperty(Fma.PROPERTY, before);
      }
    }
  }

  /** Loads the two classes anew, so that the choice is made again. */
  private static final class Copies extends ClassLoader {
    Copies() {
      super(FloatMath.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(FloatMath.class.getName()) && !name.equals(Fma.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> c = findLoadedClass(name);
      if (c != null) {
        return c;
      }
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = FloatMath.class.getClassLoader().getResourceAsStream(file)) {
        byte[] code = in.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private static double worst(Block f, DoubleUnaryOperator exact, String name) {
    float[] x = new float[Scratch.BLOCK];
    float[] z = new float[Scratch.BLOCK];
    double worst = 0;
    for (long b = Integer.MIN_VALUE; b <= Integer.MAX_VALUE; ) {
      int n = 0;
      for (; n < x.length && b <= Integer.MAX_VALUE; b += STEP) {
        x[n++] = Float.intBitsToFloat((int) b);
      }
      f.run(x, z, n);
      for (int i = 0; i < n; i++) {
        double error = error(z[i], exact.applyAsDouble(x[i]));
        boolean flushed = name.equals("sigmoid") && z[i] == 0 && x[i] < -87;
        worst = flushed ? worst : Math.max(worst, error);
      }
    }
    return worst;
  }

  /** In units of the last place of the exact result; infinite where NaN or infinity is wrong. */
  private static double error(float got, double want) {
    float rounded = (float) want;
    if (Double.isNaN(want)) {
      return Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    } else if (Float.isInfinite(rounded) || Float.isInfinite(got)) {
      // At the border, the one may round to infinity and the other not.
      boolean border = Math.abs(want) > 3.4028e38 && Math.abs(got) > 3.4028e38f;
      return got == rounded || border ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(got - want) / Math.ulp(rounded);
  }

  @Test
  void specialValues() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {0, -0f, inf, -inf, Float.NaN, Float.MIN_VALUE, -Float.MIN_VALUE, 1};
    BlockTemps t = new BlockTemps();
    float[] z = new float[x.length];
    FloatMath.exp(x, z, x.length, t);
    assertThat(z).startsWith(1, 1, inf, 0, Float.NaN, 1, 1);
    FloatMath.log(x, z, x.length, t);
    assertThat(z).startsWith(-inf, -inf, inf, Float.NaN, Float.NaN, -103.27893f, Float.NaN, 0);
    FloatMath.tanh(x, z, x.length, t);
    assertThat(z).startsWith(0, -0f, 1, -1, Float.NaN, Float.MIN_VALUE, -Float.MIN_VALUE);
    FloatMath.sigmoid(x, z, x.length, t);
    assertThat(z).startsWith(0.5f, 0.5f, 1, 0, Float.NaN, 0.5f, 0.5f);
    FloatMath.expm1(x, z, x.length, t);
    assertThat(z).startsWith(0, 0, inf, -1, Float.NaN);
    FloatMath.log1p(x, z, x.length, t);
    assertThat(z).startsWith(0, 0, inf, Float.NaN, Float.NaN, Float.MIN_VALUE);
    FloatMath.softplus(x, z, x.length, t);
    assertThat(z).startsWith(0.6931472f, 0.6931472f, inf, 0, Float.NaN);
  }

  @Test
  void worksInPlace() {
    float[] x = new float[Scratch.BLOCK];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 100) / 7f;
    }
    BlockTemps t = new BlockTemps();
    functions()
        .forEach(
            a -> {
              try {
                Block f = method(FloatMath.class, (String) a.get()[0]);
                float[] apart = new float[x.length];
                f.run(x, apart, x.length);
                float[] same = x.clone();
                f.run(same, same, x.length);
                assertThat(same).as((String) a.get()[0]).isEqualTo(apart);
              } catch (ReflectiveOperationException e) {
                throw new LinkageError((String) a.get()[0], e);
              }
            });
    float[] elu = x.clone();
    FloatMath.elu(elu, elu, elu.length, t, 1f, 1f);
    for (int i = 0; i < x.length; i++) {
      assertThat(error(elu[i], elu(x[i]))).isLessThan(3);
    }
  }

  @Test
  void erfIsExactToAFloat() {
    // From tables of the error function.
    assertThat((float) Erf.erf(0)).isZero();
    assertThat((float) Erf.erf(0.5)).isEqualTo(0.5204999f);
    assertThat((float) Erf.erf(-1)).isEqualTo(-0.8427008f);
    assertThat((float) Erf.erf(2)).isEqualTo(0.9953223f);
    assertThat((float) Erf.erf(1e30)).isEqualTo(1);
    assertThat(Erf.erf(Double.NaN)).isNaN();
  }

  @Test
  void longSumsAreExact() {
    float[] x = new float[1_000_000];
    Arrays.fill(x, 0.1f);
    double want = 1_000_000 * (double) 0.1f;
    assertThat(Folds.sum(x, 0, x.length)).isCloseTo(want, offset(want * 1e-6));
  }
}
