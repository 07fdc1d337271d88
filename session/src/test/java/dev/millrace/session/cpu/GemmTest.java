package dev.millrace.session.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NativeThreads;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to multiply matrices, also those that this platform would not choose. */
class GemmTest {
  private static final int[][] SIZES = {
    {1, 1, 1}, {1, 7, 5}, {6, 1, 5}, {5, 7, 1}, {3, 4, 5}, {13, 1100, 9}, {9, 20, 70}
  };

  private final Random random = new Random(3);

  @BeforeAll
  static void start() {
    NativeThreads.prepare();
  }

  static Stream<Gemm> ofFloats() {
    return Stream.of(Gemm.Dnnl.INSTANCE, Gemm.OpenBlas.INSTANCE, JavaGemm.INSTANCE);
  }

  static Stream<Gemm> ofDoubles() {
    return Stream.of(Gemm.OpenBlas.INSTANCE, JavaGemm.INSTANCE);
  }

  @Test
  void choosesALibrary() {
    assertThat(Gemm.forFloats()).isInstanceOf(Gemm.Dnnl.class);
    assertThat(Gemm.forDoubles()).isInstanceOf(Gemm.OpenBlas.class);
  }

  @ParameterizedTest
  @MethodSource("ofFloats")
  void multipliesFloats(Gemm g) {
    check(g, false);
  }

  @ParameterizedTest
  @MethodSource("ofDoubles")
  void multipliesDoubles(Gemm g) {
    check(g, true);
  }

  private void check(Gemm g, boolean doubles) {
    for (int[] s : SIZES) {
      for (int flags = 0; flags < 4; flags++) {
        check(g, doubles, s[0], s[1], s[2], (flags & 1) != 0, (flags & 2) != 0, false);
        check(g, doubles, s[0], s[1], s[2], (flags & 1) != 0, (flags & 2) != 0, true);
      }
    }
  }

  /** Matrices that are parts of wider ones: the strides are larger than the rows. */
  private void check(
      Gemm g, boolean doubles, int m, int n, int k, boolean ta, boolean tb, boolean add) {
    Matrix a = matrix(ta ? k : m, ta ? m : k, doubles);
    Matrix b = matrix(tb ? n : k, tb ? k : n, doubles);
    Matrix c = matrix(m, n, doubles);
    double before = get(c, m - 1, n, doubles);
    double[] there = new double[m * n];
    for (int i = 0; i < there.length && add; i++) {
      there[i] = get(c, i / n, i % n, doubles);
    }
    Scratch s = new Scratch(1);
    if (doubles) {
      g.f64(a, ta, b, tb, c, add, m, n, k, s, 0);
    } else {
      g.f32(a, ta, b, tb, c, add, m, n, k, s, 0);
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double want = there[i * n + j];
        for (int l = 0; l < k; l++) {
          want +=
              (ta ? get(a, l, i, doubles) : get(a, i, l, doubles))
                  * (tb ? get(b, j, l, doubles) : get(b, l, j, doubles));
        }
        assertThat(get(c, i, j, doubles))
            .as("%s %d x %d x %d at %d, %d", g.getClass().getSimpleName(), m, n, k, i, j)
            .isCloseTo(want, offset(doubles ? 1e-12 : 1e-4));
      }
    }
    assertThat(get(c, m - 1, n, doubles)).as("what lies beside the result").isEqualTo(before);
  }

  private Matrix matrix(int rows, int columns, boolean doubles) {
    int stride = columns + 3;
    int size = doubles ? Double.BYTES : Float.BYTES;
    long bytes = (2L + (long) rows * stride) * size;
    Region r = NativeMemory.allocate(bytes).region(0, bytes);
    for (int i = 0; i < 2 + rows * stride; i++) {
      if (doubles) {
        r.doubles().put(i, random.nextGaussian());
      } else {
        r.floats().put(i, (float) random.nextGaussian());
      }
    }
    return new Matrix(r, 2, stride);
  }

  private static double get(Matrix x, int i, int j, boolean doubles) {
    int at = x.offset + i * x.stride + j;
    return doubles ? x.region.doubles().get(at) : x.region.floats().get(at);
  }
}
