package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import java.util.Arrays;

/** NumPy broadcasting seen from its gradient. */
public final class Broadcasts {
  private Broadcasts() {}

  /**
   * The axes of the result of broadcasting {@code s0} with {@code s1} over which a gradient must be
   * summed to get back to {@code s0} (first) and to {@code s1} (second), ascending: what {@code
   * BroadcastGradientArgs} gives. Where both are 1, the axis is in both lists, unless the shapes
   * are equal altogether.
   *
   * @throws InvalidArgumentException if the shapes do not broadcast
   */
  public static long[][] gradientAxes(long[] s0, long[] s1) {
    if (Arrays.equals(s0, s1)) {
      return new long[2][0];
    }
    int n = Math.max(s0.length, s1.length);
    long[] r0 = new long[n];
    long[] r1 = new long[n];
    int n0 = 0;
    int n1 = 0;
    for (int i = 0; i < n; i++) {
      long a = dim(s0, i - n);
      long b = dim(s1, i - n);
      if (a != b && a != 1 && b != 1) {
        throw new InvalidArgumentException(
            "shapes "
                + Arrays.toString(s0)
                + " and "
                + Arrays.toString(s1)
                + " do not broadcast: dimensions are matched from the last, and must be equal or"
                + " 1");
      }
      if (a == 1) {
        r0[n0++] = i;
      }
      if (b == 1) {
        r1[n1++] = i;
      }
    }
    return new long[][] {Arrays.copyOf(r0, n0), Arrays.copyOf(r1, n1)};
  }

  /** The dimension at {@code fromEnd} (negative), or 1 where the shape has none there. */
  private static long dim(long[] s, int fromEnd) {
    int i = s.length + fromEnd;
    return i < 0 ? 1 : s[i];
  }

  /**
   * The shape to which {@code shapes} broadcast together.
   *
   * @throws InvalidArgumentException if they do not
   */
  public static Shape shape(Shape... shapes) {
    Shape s = Shape.scalar();
    for (Shape t : shapes) {
      s = s.broadcast(t);
    }
    return s;
  }
}
