package dev.millrace.session.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Multiply-and-add in one instruction where the processor has it. {@link Math#fma} without such an
 * instruction is computed with {@code BigDecimal}, a thousand times slower, so that the choice is
 * made once.
 */
final class Fma {
  /** Overrides the choice: {@code true} or {@code false}. */
  static final String PROPERTY = "millrace.fma";

  /** A constant to the compiler. */
  static final boolean FAST = isFast();

  private Fma() {}

  /** {@code a * b + c}, rounded once or twice. */
  static float mad(float a, float b, float c) {
    return FAST ? Math.fma(a, b, c) : a * b + c;
  }

  /** {@code a * b + c}, rounded once or twice. */
  static double mad(double a, double b, double c) {
    return FAST ? Math.fma(a, b, c) : a * b + c;
  }

  private static boolean isFast() {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return Boolean.parseBoolean(chosen);
    }
    try {
      HotSpotDiagnosticMXBean vm =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      if (vm != null) {
        return Boolean.parseBoolean(vm.getVMOption("UseFMA").getValue());
      }
    } catch (IllegalArgumentException | LinkageError e) {
      // Another virtual machine, or one that does not tell: measured below.
    }
    return measuredFast();
  }

  private static boolean measuredFast() {
    double x = 1;
    long start = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      x = Math.fma(x, 0.5, 0.1);
    }
    long ns = System.nanoTime() - start;
    return ns < 200_000 && x > 0;
  }
}
