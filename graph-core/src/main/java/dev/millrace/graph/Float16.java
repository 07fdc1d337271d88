package dev.millrace.graph;

/** Conversions between float and the two 16-bit floating-point formats, which are kept as bits. */
public final class Float16 {
  private Float16() {}

  /** The value of IEEE 754 binary16 bits. */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int e = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (e << 23) | (mantissa << 13));
  }

  /**
   * The IEEE 754 binary16 bits nearest to {@code x}, ties to even; too large a value becomes
   * infinite.
   */
  public static short ofFloat(float x) {
    int bits = Float.floatToRawIntBits(x);
    int sign = (bits >>> 16) & 0x8000;
    float a = Math.abs(x);
    if (Float.isNaN(x)) {
      return (short) (sign | 0x7e00);
    }
    if (a >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (a < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(a * 0x1p24f));
    }
    int magnitude = Float.floatToRawIntBits(a);
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (short) (sign | ((rounded - (112 << 23)) >>> 13));
  }

  /** The value of bfloat16 bits: the upper half of a float's. */
  public static float bfloatToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The bfloat16 bits nearest to {@code x}, ties to even. */
  public static short bfloatOfFloat(float x) {
    if (Float.isNaN(x)) {
      return 0x7fc0;
    }
    int bits = Float.floatToRawIntBits(x);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
