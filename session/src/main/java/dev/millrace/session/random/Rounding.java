package dev.millrace.session.random;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InternalException;

/** Rounds doubles to what shorter floating-point dtypes have. */
final class Rounding {
  private Rounding() {}

  /** The number nearest to {@code x} that {@code dtype} has. */
  static double of(DataType dtype, double x) {
    return switch (dtype) {
      case FLOAT64 -> x;
      case FLOAT32 -> (float) x;
      case FLOAT16 -> Float16.toFloat(Float16.ofFloat((float) x));
      case BFLOAT16 -> Float16.bfloatToFloat(Float16.bfloatOfFloat((float) x));
      default -> throw new InternalException(dtype + " is no floating-point type");
    };
  }
}
