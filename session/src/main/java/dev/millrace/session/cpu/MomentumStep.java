package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;

/**
 * ResourceApplyMomentum and its Keras variant. The accumulator takes in the gradient, {@code a = m
 * a + g}, and the variable follows it, {@code v -= lr a}, or with Nesterov's momentum {@code v -=
 * lr (g + m a)}. Keras has the rate inside the accumulator: {@code a = m a - lr g}, {@code v += a}
 * or {@code v += m a - lr g}.
 */
final class MomentumStep extends UpdateStep {
  private final boolean keras;
  private final boolean nesterov;
  private final boolean isFloat;
  private final Region v;
  private final Region accumulator;
  private final Region rate;
  private final Region gradient;
  private final Region momentum;
  private final Scratch scratch;

  MomentumStep(BindContext node, boolean keras) {
    super(node, 3, 0.5, fitting(node, 0), fitting(node, 1));
    this.keras = keras;
    this.nesterov = node.attrs().getBool("use_nesterov");
    this.isFloat = node.inputType(3) == DataType.FLOAT32;
    this.v = node.variable(0).region();
    this.accumulator = node.variable(1).region();
    this.rate = node.input(2);
    this.gradient = node.input(3);
    this.momentum = node.input(4);
    this.scratch = node.scratch();
  }

  private static Variable fitting(BindContext node, int i) {
    Variable v = node.variable(i);
    if (v.dtype() != node.inputType(3) || !v.staticShape().equals(node.inputShape(3))) {
      throw new InvalidArgumentException(
          "variable '"
              + v.name()
              + "' is "
              + v.dtype()
              + v.staticShape()
              + ", its gradient "
              + node.inputType(3)
              + node.inputShape(3));
    }
    return v;
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    for (int at = from; at < to; at += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, to - at);
      if (isFloat) {
        floats(at, n, worker);
      } else {
        doubles(at, n, worker);
      }
    }
  }

  private void floats(int at, int n, int worker) {
    float[] x = scratch.floats(worker, 0, Scratch.BLOCK);
    float[] a = scratch.floats(worker, 1, Scratch.BLOCK);
    float[] g = scratch.floats(worker, 2, Scratch.BLOCK);
    float lr = rate.floats().get(0);
    float m = momentum.floats().get(0);
    v.floats().get(at, x, 0, n);
    accumulator.floats().get(at, a, 0, n);
    gradient.floats().get(at, g, 0, n);
    // Keras' form is the other with -lr g for g, and the variable moved by the accumulator itself.
    float before = keras ? -lr : 1f;
    float after = keras ? 1f : -lr;
    for (int i = 0; i < n; i++) {
      a[i] = a[i] * m + before * g[i];
    }
    if (nesterov) {
      for (int i = 0; i < n; i++) {
        x[i] += after * (before * g[i] + a[i] * m);
      }
    } else {
      for (int i = 0; i < n; i++) {
        x[i] += after * a[i];
      }
    }
    accumulator.floats().put(at, a, 0, n);
    v.floats().put(at, x, 0, n);
  }

  private void doubles(int at, int n, int worker) {
    double[] x = scratch.doubles(worker, 0, Scratch.BLOCK);
    double[] a = scratch.doubles(worker, 1, Scratch.BLOCK);
    double[] g = scratch.doubles(worker, 2, Scratch.BLOCK);
    double lr = rate.doubles().get(0);
    double m = momentum.doubles().get(0);
    v.doubles().get(at, x, 0, n);
    accumulator.doubles().get(at, a, 0, n);
    gradient.doubles().get(at, g, 0, n);
    double before = keras ? -lr : 1;
    double after = keras ? 1 : -lr;
    for (int i = 0; i < n; i++) {
      a[i] = a[i] * m + before * g[i];
    }
    if (nesterov) {
      for (int i = 0; i < n; i++) {
        x[i] += after * (before * g[i] + a[i] * m);
      }
    } else {
      for (int i = 0; i < n; i++) {
        x[i] += after * a[i];
      }
    }
    accumulator.doubles().put(at, a, 0, n);
    v.doubles().put(at, x, 0, n);
  }
}
