package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.nd4j.NativeThreads;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Products of row-major matrices on one thread. For floats dnnl's is the fastest measured, for
 * small matrices most; OpenBLAS, which ND4J brings, follows, and for doubles is the first; where
 * neither library loads, plain loops do. The caller keeps the matrices' memory reachable.
 */
abstract class Gemm {
  private static final class Best {
    static final Gemm F32 = first(Dnnl.INSTANCE, OpenBlas.INSTANCE);
    static final Gemm F64 = first(OpenBlas.INSTANCE);
  }

  /**
   * c = op(a) op(b), where op transposes if the flag is set; m, n and k are the sizes after that,
   * all at least 1.
   */
  final void f32(
      Matrix a,
      boolean ta,
      Matrix b,
      boolean tb,
      Matrix c,
      int m,
      int n,
      int k,
      Scratch s,
      int worker) {
    f32(a, ta, b, tb, c, false, m, n, k, s, worker);
  }

  /**
   * As above, or c += op(a) op(b).
   *
   * @param add whether to add to what c holds
   */
  abstract void f32(
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
      int worker);

  /** As {@code f32}. */
  final void f64(
      Matrix a,
      boolean ta,
      Matrix b,
      boolean tb,
      Matrix c,
      int m,
      int n,
      int k,
      Scratch s,
      int worker) {
    f64(a, ta, b, tb, c, false, m, n, k, s, worker);
  }

  /** As {@code f32}. */
  abstract void f64(
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
      int worker);

  /** Computes a small product, to see whether the library is there. */
  abstract void probe();

  /** The way chosen for floats. */
  static Gemm forFloats() {
    return Best.F32;
  }

  /** The way chosen for doubles. */
  static Gemm forDoubles() {
    return Best.F64;
  }

  /** The first of these whose library loads. */
  private static Gemm first(Gemm... ways) {
    for (Gemm g : ways) {
      try {
        NativeThreads.prepare();
        g.probe();
        return g;
      } catch (RuntimeException | LinkageError e) {
        // Not built for this platform, or left off the class path: the next one.
      }
    }
    return JavaGemm.INSTANCE;
  }

  /** oneDNN. */
  static final class Dnnl extends Gemm {
    static final Dnnl INSTANCE = new Dnnl();

    @Override
    void probe() {
      float[] c = new float[1];
      check(
          dnnl.dnnl_sgemm(
              (byte) 'N',
              (byte) 'N',
              1,
              1,
              1,
              1f,
              new float[] {1},
              1,
              new float[] {1},
              1,
              0f,
              c,
              1));
    }

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
      NativeThreads.prepare();
      byte x = (byte) (ta ? 'T' : 'N');
      byte y = (byte) (tb ? 'T' : 'N');
      check(
          dnnl.dnnl_sgemm(
              x,
              y,
              m,
              n,
              k,
              1f,
              a.floats(),
              a.stride,
              b.floats(),
              b.stride,
              add ? 1f : 0f,
              c.floats(),
              c.stride));
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
      throw new UnsupportedOperationException("dnnl multiplies floats only");
    }

    private static void check(int status) {
      if (status != dnnl.dnnl_success) {
        throw new IllegalStateException("dnnl_sgemm failed with status " + status);
      }
    }
  }

  /**
   * OpenBLAS; a product with a vector is a case of its own there, since its gemm is ten times
   * slower for it.
   */
  static final class OpenBlas extends Gemm {
    static final OpenBlas INSTANCE = new OpenBlas();

    private static final int ROW_MAJOR = openblas_nolapack.CblasRowMajor;
    private static final int PLAIN = openblas_nolapack.CblasNoTrans;
    private static final int TRANSPOSED = openblas_nolapack.CblasTrans;

    @Override
    void probe() {
      double[] c = new double[1];
      double[] one = {1};
      openblas_nolapack.cblas_dgemm(ROW_MAJOR, PLAIN, PLAIN, 1, 1, 1, 1, one, 1, one, 1, 0, c, 1);
    }

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
      NativeThreads.prepare();
      if (m == 1) {
        // c^T = op(b)^T a^T
        openblas_nolapack.cblas_sgemv(
            ROW_MAJOR,
            tb ? PLAIN : TRANSPOSED,
            tb ? n : k,
            tb ? k : n,
            1f,
            b.floats(),
            b.stride,
            a.floats(),
            ta ? a.stride : 1,
            add ? 1f : 0f,
            c.floats(),
            1);
      } else if (n == 1) {
        openblas_nolapack.cblas_sgemv(
            ROW_MAJOR,
            ta ? TRANSPOSED : PLAIN,
            ta ? k : m,
            ta ? m : k,
            1f,
            a.floats(),
            a.stride,
            b.floats(),
            tb ? 1 : b.stride,
            add ? 1f : 0f,
            c.floats(),
            c.stride);
      } else {
        openblas_nolapack.cblas_sgemm(
            ROW_MAJOR,
            ta ? TRANSPOSED : PLAIN,
            tb ? TRANSPOSED : PLAIN,
            m,
            n,
            k,
            1f,
            a.floats(),
            a.stride,
            b.floats(),
            b.stride,
            add ? 1f : 0f,
            c.floats(),
            c.stride);
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
      NativeThreads.prepare();
      if (m == 1) {
        openblas_nolapack.cblas_dgemv(
            ROW_MAJOR,
            tb ? PLAIN : TRANSPOSED,
            tb ? n : k,
            tb ? k : n,
            1,
            b.doubles(),
            b.stride,
            a.doubles(),
            ta ? a.stride : 1,
            add ? 1 : 0,
            c.doubles(),
            1);
      } else if (n == 1) {
        openblas_nolapack.cblas_dgemv(
            ROW_MAJOR,
            ta ? TRANSPOSED : PLAIN,
            ta ? k : m,
            ta ? m : k,
            1,
            a.doubles(),
            a.stride,
            b.doubles(),
            tb ? 1 : b.stride,
            add ? 1 : 0,
            c.doubles(),
            c.stride);
      } else {
        openblas_nolapack.cblas_dgemm(
            ROW_MAJOR,
            ta ? TRANSPOSED : PLAIN,
            tb ? TRANSPOSED : PLAIN,
            m,
            n,
            k,
            1,
            a.doubles(),
            a.stride,
            b.doubles(),
            b.stride,
            add ? 1 : 0,
            c.doubles(),
            c.stride);
      }
    }
  }
}
