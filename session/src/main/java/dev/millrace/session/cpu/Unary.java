package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BlockTemps;

/**
 * An element-wise instruction of one operand: a loop over blocks of at most {@link
 * dev.millrace.session.kernel.Scratch#BLOCK} elements. Has no state, and so serves all steps and
 * threads.
 *
 * <p>Each loop is a method of its own, behind a call that the JIT cannot inline: inlined into a
 * large interpreter they run up to 1.6 times slower.
 */
final class Unary {
  /** The lane of the operand. */
  final Lane in;

  /** The lane of the result. */
  final Lane out;

  /** What an element takes in nanoseconds, roughly. */
  final double ns;

  private final Loop loop;

  /**
   * {@code z[i] = f(x[i])} for {@code i < n}, on arrays of the instruction's lanes; {@code z} may
   * be {@code x}.
   */
  @FunctionalInterface
  private interface Loop {
    void run(Object x, Object z, int n, BlockTemps t);
  }

  @FunctionalInterface
  interface F32 {
    void run(float[] x, float[] z, int n, BlockTemps t);
  }

  @FunctionalInterface
  interface F64 {
    void run(double[] x, double[] z, int n);
  }

  @FunctionalInterface
  interface I32 {
    void run(int[] x, int[] z, int n);
  }

  @FunctionalInterface
  interface I64 {
    void run(long[] x, long[] z, int n);
  }

  @FunctionalInterface
  interface I8 {
    void run(byte[] x, byte[] z, int n);
  }

  @FunctionalInterface
  interface F32ToI8 {
    void run(float[] x, byte[] z, int n);
  }

  @FunctionalInterface
  interface F64ToI8 {
    void run(double[] x, byte[] z, int n);
  }

  private Unary(Lane in, Lane out, double ns, Loop loop) {
    this.in = in;
    this.out = out;
    this.ns = ns;
    this.loop = loop;
  }

  static Unary f32(double ns, F32 f) {
    return new Unary(Lane.F32, Lane.F32, ns, (x, z, n, t) -> f.run((float[]) x, (float[]) z, n, t));
  }

  static Unary f64(double ns, F64 f) {
    return new Unary(Lane.F64, Lane.F64, ns, (x, z, n, t) -> f.run((double[]) x, (double[]) z, n));
  }

  static Unary i32(double ns, I32 f) {
    return new Unary(Lane.I32, Lane.I32, ns, (x, z, n, t) -> f.run((int[]) x, (int[]) z, n));
  }

  static Unary i64(double ns, I64 f) {
    return new Unary(Lane.I64, Lane.I64, ns, (x, z, n, t) -> f.run((long[]) x, (long[]) z, n));
  }

  static Unary i8(double ns, I8 f) {
    return new Unary(Lane.I8, Lane.I8, ns, (x, z, n, t) -> f.run((byte[]) x, (byte[]) z, n));
  }

  static Unary testF32(double ns, F32ToI8 f) {
    return new Unary(Lane.F32, Lane.I8, ns, (x, z, n, t) -> f.run((float[]) x, (byte[]) z, n));
  }

  static Unary testF64(double ns, F64ToI8 f) {
    return new Unary(Lane.F64, Lane.I8, ns, (x, z, n, t) -> f.run((double[]) x, (byte[]) z, n));
  }

  /** Computes {@code n} elements. */
  void run(Object x, Object z, int n, BlockTemps t) {
    loop.run(x, z, n, t);
  }
}
