package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BlockTemps;

/** An element-wise instruction of two operands of one lane; otherwise as {@link Unary}. */
final class Binary {
  /** The lane of both operands. */
  final Lane in;

  /** The lane of the result. */
  final Lane out;

  /** What an element takes in nanoseconds, roughly. */
  final double ns;

  private final Loop loop;

  /**
   * {@code z[i] = f(x[i], y[i])} for {@code i < n}, on arrays of the instruction's lanes; {@code z}
   * may be {@code x} or {@code y}.
   */
  @FunctionalInterface
  private interface Loop {
    void run(Object x, Object y, Object z, int n, BlockTemps t);
  }

  @FunctionalInterface
  interface F32 {
    void run(float[] x, float[] y, float[] z, int n);
  }

  @FunctionalInterface
  interface F32WithTemps {
    void run(float[] x, float[] y, float[] z, int n, BlockTemps t);
  }

  @FunctionalInterface
  interface F64 {
    void run(double[] x, double[] y, double[] z, int n);
  }

  @FunctionalInterface
  interface I32 {
    void run(int[] x, int[] y, int[] z, int n);
  }

  @FunctionalInterface
  interface I64 {
    void run(long[] x, long[] y, long[] z, int n);
  }

  @FunctionalInterface
  interface I8 {
    void run(byte[] x, byte[] y, byte[] z, int n);
  }

  @FunctionalInterface
  interface F32ToI8 {
    void run(float[] x, float[] y, byte[] z, int n);
  }

  @FunctionalInterface
  interface F64ToI8 {
    void run(double[] x, double[] y, byte[] z, int n);
  }

  @FunctionalInterface
  interface I32ToI8 {
    void run(int[] x, int[] y, byte[] z, int n);
  }

  @FunctionalInterface
  interface I64ToI8 {
    void run(long[] x, long[] y, byte[] z, int n);
  }

  private Binary(Lane in, Lane out, double ns, Loop loop) {
    this.in = in;
    this.out = out;
    this.ns = ns;
    this.loop = loop;
  }

  static Binary f32(double ns, F32 f) {
    return new Binary(
        Lane.F32, Lane.F32, ns, (x, y, z, n, t) -> f.run((float[]) x, (float[]) y, (float[]) z, n));
  }

  static Binary f32WithTemps(double ns, F32WithTemps f) {
    return new Binary(
        Lane.F32,
        Lane.F32,
        ns,
        (x, y, z, n, t) -> f.run((float[]) x, (float[]) y, (float[]) z, n, t));
  }

  static Binary f64(double ns, F64 f) {
    return new Binary(
        Lane.F64,
        Lane.F64,
        ns,
        (x, y, z, n, t) -> f.run((double[]) x, (double[]) y, (double[]) z, n));
  }

  static Binary i32(double ns, I32 f) {
    return new Binary(
        Lane.I32, Lane.I32, ns, (x, y, z, n, t) -> f.run((int[]) x, (int[]) y, (int[]) z, n));
  }

  static Binary i64(double ns, I64 f) {
    return new Binary(
        Lane.I64, Lane.I64, ns, (x, y, z, n, t) -> f.run((long[]) x, (long[]) y, (long[]) z, n));
  }

  static Binary i8(double ns, I8 f) {
    return new Binary(
        Lane.I8, Lane.I8, ns, (x, y, z, n, t) -> f.run((byte[]) x, (byte[]) y, (byte[]) z, n));
  }

  static Binary relationF32(double ns, F32ToI8 f) {
    return new Binary(
        Lane.F32, Lane.I8, ns, (x, y, z, n, t) -> f.run((float[]) x, (float[]) y, (byte[]) z, n));
  }

  static Binary relationF64(double ns, F64ToI8 f) {
    return new Binary(
        Lane.F64, Lane.I8, ns, (x, y, z, n, t) -> f.run((double[]) x, (double[]) y, (byte[]) z, n));
  }

  static Binary relationI32(double ns, I32ToI8 f) {
    return new Binary(
        Lane.I32, Lane.I8, ns, (x, y, z, n, t) -> f.run((int[]) x, (int[]) y, (byte[]) z, n));
  }

  static Binary relationI64(double ns, I64ToI8 f) {
    return new Binary(
        Lane.I64, Lane.I8, ns, (x, y, z, n, t) -> f.run((long[]) x, (long[]) y, (byte[]) z, n));
  }

  /** Computes {@code n} elements. */
  void run(Object x, Object y, Object z, int n, BlockTemps t) {
    loop.run(x, y, z, n, t);
  }
}
