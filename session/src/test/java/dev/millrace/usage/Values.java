package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.Operand;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import java.util.Map;

/** Runs tensors in both modes, which must agree. */
final class Values {
  private Values() {}

  /** The value of {@code x}, all variables initialised first. */
  static TensorValue of(Ops tf, Operand x) {
    return of(tf, x, Map.of());
  }

  /** As {@link #of(Ops, Operand)}, with feeds. */
  static TensorValue of(Ops tf, Operand x, Map<? extends Operand, ?> feeds) {
    TensorValue plan = run(tf, x, feeds, SessionOptions.plan());
    TensorValue reference = run(tf, x, feeds, SessionOptions.reference());
    assertThat(plan.dtype()).isEqualTo(reference.dtype());
    assertThat(plan.shape()).isEqualTo(reference.shape());
    if (plan.dtype().isFloating()) {
      assertClose(plan, doubles(reference), 1e-5);
    } else {
      assertThat(plan).isEqualTo(reference);
    }
    return plan;
  }

  private static TensorValue run(
      Ops tf, Operand x, Map<? extends Operand, ?> feeds, SessionOptions options) {
    try (Session s = new Session(tf.graph(), options)) {
      s.run(tf.variablesInitializer("init", tf.globalVariables()));
      s.run(tf.variablesInitializer("init", tf.localVariables()));
      Runner r = s.runner();
      feeds.forEach(r::feed);
      return r.fetchValue(x);
    }
  }

  /** The elements in row-major order. */
  static double[] doubles(TensorValue v) {
    double[] r = new double[v.size()];
    for (int i = 0; i < r.length; i++) {
      r[i] = v.getDouble(i);
    }
    return r;
  }

  /** Compares element by element, relative to each and with a tenth of the tolerance at 0. */
  static void assertClose(TensorValue got, double[] want, double tolerance) {
    assertThat(got.size()).isEqualTo(want.length);
    for (int i = 0; i < want.length; i++) {
      if (Double.isNaN(want[i]) || Double.isInfinite(want[i])) {
        assertThat((Double) got.getDouble(i)).as("element %d", i).isEqualTo((Double) want[i]);
      } else {
        assertThat(got.getDouble(i))
            .as("element %d", i)
            .isCloseTo(want[i], within(tolerance * Math.abs(want[i]) + tolerance / 10));
      }
    }
  }

  /** The value of {@code x} is {@code want} within float32's precision. */
  static void check(Ops tf, Operand x, double... want) {
    assertClose(of(tf, x), want, 1e-5);
  }

  /** As {@link #check(Ops, Operand, double...)}, with feeds. */
  static void check(Ops tf, Operand x, Map<? extends Operand, ?> feeds, List<Double> want) {
    double[] w = want.stream().mapToDouble(Double::doubleValue).toArray();
    assertClose(of(tf, x, feeds), w, 1e-5);
  }
}
