package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Scratch;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Matrix products in plain loops, for platforms without a native library: four rows of the result
 * at a time, a block of columns wide, and each row of b times four numbers of a added to them.
 */
final class JavaGemm extends Gemm {
  static final JavaGemm INSTANCE = new JavaGemm();

  private static final int WIDTH = Scratch.BLOCK;

  private JavaGemm() {}

  @Override
  void probe() {}

  @Override
  void f32(
      Matrix a,
      boolean ta,
      Matrix b,
      boolean tb,
      Matrix c,
      boolean add,
      int m,
      int n,
      int k,
      Scratch s,
      int worker) {
    float[] row = s.floats(worker, 0, WIDTH);
    float[] c0 = s.floats(worker, 1, WIDTH);
    float[] c1 = s.floats(worker, 2, WIDTH);
    float[] c2 = s.floats(worker, 3, WIDTH);
    float[] c3 = s.floats(worker, 4, WIDTH);
    FloatBuffer left = a.region.floats();
    FloatBuffer out = c.region.floats();
    int down = ta ? 1 : a.stride;
    int along = ta ? a.stride : 1;
    for (int j = 0; j < n; j += WIDTH) {
      int w = Math.min(WIDTH, n - j);
      for (int i = 0; i < m; i += 4) {
        int rows = Math.min(4, m - i);
        int q = c.offset + i * c.stride + j;
        start(out, q, c0, w, add);
        start(out, q + c.stride, c1, w, add && rows > 1);
        start(out, q + 2 * c.stride, c2, w, add && rows > 2);
        start(out, q + 3 * c.stride, c3, w, add && rows > 3);
        for (int l = 0; l < k; l++) {
          if (tb) {
            Lane.F32.gather(b.region, b.offset + j * b.stride + l, b.stride, row, 0, 1, w);
          } else {
            b.region.floats().get(b.offset + l * b.stride + j, row, 0, w);
          }
          int p = a.offset + i * down + l * along;
          add(row, left.get(p), c0, w);
          if (rows == 4) {
            add(row, left.get(p + down), c1, w);
            add(row, left.get(p + 2 * down), c2, w);
            add(row, left.get(p + 3 * down), c3, w);
          } else if (rows > 1) {
            add(row, left.get(p + down), c1, w);
            if (rows > 2) {
              add(row, left.get(p + 2 * down), c2, w);
            }
          }
        }
        out.put(q, c0, 0, w);
        if (rows > 1) {
          out.put(q + c.stride, c1, 0, w);
        }
        if (rows > 2) {
          out.put(q + 2 * c.stride, c2, 0, w);
        }
        if (rows > 3) {
          out.put(q + 3 * c.stride, c3, 0, w);
        }
      }
    }
  }

  /** What sums begin with: what is there, or zeros. */
  private static void start(FloatBuffer from, int at, float[] sums, int n, boolean add) {
    if (add) {
      from.get(at, sums, 0, n);
    } else {
      Arrays.fill(sums, 0, n, 0);
    }
  }

  private static void add(float[] x, float f, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Fma.mad(f, x[i], z[i]);
    }
  }

  @Override
  void f64(
      Matrix a,
      boolean ta,
      Matrix b,
      boolean tb,
      Matrix c,
      boolean add,
      int m,
      int n,
      int k,
      Scratch s,
      int worker) {
    double[] row = s.doubles(worker, 0, WIDTH);
    double[] sum = s.doubles(worker, 1, WIDTH);
    DoubleBuffer left = a.region.doubles();
    int down = ta ? 1 : a.stride;
    int along = ta ? a.stride : 1;
    for (int j = 0; j < n; j += WIDTH) {
      int w = Math.min(WIDTH, n - j);
      for (int i = 0; i < m; i++) {
        if (add) {
          c.region.doubles().get(c.offset + i * c.stride + j, sum, 0, w);
        } else {
          Arrays.fill(sum, 0, w, 0);
        }
        for (int l = 0; l < k; l++) {
          if (tb) {
            Lane.F64.gather(b.region, b.offset + j * b.stride + l, b.stride, row, 0, 1, w);
          } else {
            b.region.doubles().get(b.offset + l * b.stride + j, row, 0, w);
          }
          add(row, left.get(a.offset + i * down + l * along), sum, w);
        }
        c.region.doubles().put(c.offset + i * c.stride + j, sum, 0, w);
      }
    }
  }

  private static void add(double[] x, double f, double[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Fma.mad(f, x[i], z[i]);
    }
  }
}
