package dev.millrace.session.cpu;

/**
 * The formulas of {@link OptimizerRule} in float64; the reference kernels' {@code OptimizerSteps}
 * says what they mean. Plain loops, so that they are vectorised.
 */
final class F64Optimizers {
  private F64Optimizers() {}

  static void descent(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double alpha = h[0];
    for (int i = 0; i < n; i++) {
      v[i] -= alpha * g[i];
    }
  }

  static void proximalDescent(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double alpha = h[0];
    double least = h[0] * h[1];
    double shrink = 1 + h[0] * h[2];
    for (int i = 0; i < n; i++) {
      v[i] = towardsZero(v[i] - alpha * g[i], least) / shrink;
    }
  }

  /** {@code x} drawn towards 0 by {@code by}, but not past it. */
  private static double towardsZero(double x, double by) {
    return by > 0 ? Math.signum(x) * Math.max(Math.abs(x) - by, 0) : x;
  }

  static void momentum(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double lr = h[0];
    double m = h[1];
    for (int i = 0; i < n; i++) {
      double x = a[i] * m + g[i];
      a[i] = x;
      v[i] -= lr * x;
    }
  }

  static void nesterov(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double lr = h[0];
    double m = h[1];
    for (int i = 0; i < n; i++) {
      double x = a[i] * m + g[i];
      a[i] = x;
      v[i] -= lr * g[i] + lr * (x * m);
    }
  }

  static void kerasMomentum(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double lr = h[0];
    double m = h[1];
    for (int i = 0; i < n; i++) {
      double x = a[i] * m - lr * g[i];
      a[i] = x;
      v[i] += x;
    }
  }

  static void kerasNesterov(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double lr = h[0];
    double m = h[1];
    for (int i = 0; i < n; i++) {
      double x = a[i] * m - lr * g[i];
      a[i] = x;
      v[i] += x * m - lr * g[i];
    }
  }

  static void adagrad(
      double[][] s, double[] g, double rate, double epsilon, boolean updateSlots, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double lr = rate;
    double e = epsilon;
    if (updateSlots) {
      for (int i = 0; i < n; i++) {
        a[i] += g[i] * g[i];
      }
    }
    for (int i = 0; i < n; i++) {
      v[i] -= lr * g[i] / (Math.sqrt(a[i]) + e);
    }
  }

  static void proximalAdagrad(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double lr = h[0];
    double l1 = h[1];
    double l2 = h[2];
    for (int i = 0; i < n; i++) {
      double x = a[i] + g[i] * g[i];
      a[i] = x;
      double rate = lr / Math.sqrt(x);
      v[i] = towardsZero(v[i] - rate * g[i], rate * l1) / (1 + rate * l2);
    }
  }

  static void adagradDa(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] sum = s[1];
    double[] squares = s[2];
    double lr = h[0];
    double l1 = h[1] * h[3];
    double quadratic = h[2] * h[3] * h[0];
    for (int i = 0; i < n; i++) {
      sum[i] += g[i];
      squares[i] += g[i] * g[i];
      v[i] = -lr * towardsZero(sum[i], l1) / (quadratic + Math.sqrt(squares[i]));
    }
  }

  static void adadelta(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] a = s[1];
    double[] u = s[2];
    double lr = h[0];
    double rho = h[1];
    double rest = 1 - rho;
    double e = h[2];
    for (int i = 0; i < n; i++) {
      double x = rho * a[i] + rest * g[i] * g[i];
      a[i] = x;
      double update = Math.sqrt(u[i] + e) / Math.sqrt(x + e) * g[i];
      u[i] = rho * u[i] + rest * update * update;
      v[i] -= lr * update;
    }
  }

  static void rmsProp(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] ms = s[1];
    double[] mom = s[2];
    double lr = h[0];
    double rest = 1 - h[1];
    double m = h[2];
    double e = h[3];
    for (int i = 0; i < n; i++) {
      double x = ms[i] + rest * (g[i] * g[i] - ms[i]);
      ms[i] = x;
      double y = m * mom[i] + lr * g[i] / Math.sqrt(x + e);
      mom[i] = y;
      v[i] -= y;
    }
  }

  static void centeredRmsProp(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] mg = s[1];
    double[] ms = s[2];
    double[] mom = s[3];
    double lr = h[0];
    double rest = 1 - h[1];
    double m = h[2];
    double e = h[3];
    for (int i = 0; i < n; i++) {
      double mean = mg[i] + rest * (g[i] - mg[i]);
      mg[i] = mean;
      double x = ms[i] + rest * (g[i] * g[i] - ms[i]);
      ms[i] = x;
      double y = m * mom[i] + lr * g[i] / Math.sqrt(x - mean * mean + e);
      mom[i] = y;
      v[i] -= y;
    }
  }

  /** The rate of Adam and its kin, freed of the averages' bias towards 0. */
  private static double unbiased(double[] h) {
    return h[2] * Math.sqrt(1 - h[1]) / (1 - h[0]);
  }

  static void adam(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] m = s[1];
    double[] w = s[2];
    double rate = unbiased(h);
    double b1 = 1 - h[3];
    double b2 = 1 - h[4];
    double e = h[5];
    for (int i = 0; i < n; i++) {
      double x = m[i] + b1 * (g[i] - m[i]);
      double y = w[i] + b2 * (g[i] * g[i] - w[i]);
      m[i] = x;
      w[i] = y;
      v[i] -= rate * x / (Math.sqrt(y) + e);
    }
  }

  /** Adam with Nesterov's momentum. */
  static void nadam(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] m = s[1];
    double[] w = s[2];
    double rate = unbiased(h);
    double beta1 = h[3];
    double b1 = 1 - beta1;
    double b2 = 1 - h[4];
    double e = h[5];
    for (int i = 0; i < n; i++) {
      double x = m[i] + b1 * (g[i] - m[i]);
      double y = w[i] + b2 * (g[i] * g[i] - w[i]);
      m[i] = x;
      w[i] = y;
      v[i] -= rate * (beta1 * x + b1 * g[i]) / (Math.sqrt(y) + e);
    }
  }

  static void adamWithAmsgrad(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] m = s[1];
    double[] w = s[2];
    double[] most = s[3];
    double rate = unbiased(h);
    double b1 = 1 - h[3];
    double b2 = 1 - h[4];
    double e = h[5];
    for (int i = 0; i < n; i++) {
      double x = m[i] + b1 * (g[i] - m[i]);
      double y = w[i] + b2 * (g[i] * g[i] - w[i]);
      m[i] = x;
      w[i] = y;
      most[i] = Math.max(most[i], y);
      v[i] -= rate * x / (Math.sqrt(most[i]) + e);
    }
  }

  static void adaMax(double[][] s, double[] g, double[] h, int n) {
    double[] v = s[0];
    double[] m = s[1];
    double[] w = s[2];
    double rate = h[1] / (1 - h[0]);
    double b1 = 1 - h[2];
    double beta2 = h[3];
    double e = h[4];
    for (int i = 0; i < n; i++) {
      double x = m[i] + b1 * (g[i] - m[i]);
      double y = Math.max(beta2 * w[i], Math.abs(g[i]));
      m[i] = x;
      w[i] = y;
      v[i] -= rate * x / (y + e);
    }
  }

  static void addSign(double[][] s, double[] g, double[] h, int n) {
    signed(s, g, h, h[1] + h[2], h[1], h[1] - h[2], n);
  }

  static void powerSign(double[][] s, double[] g, double[] h, int n) {
    double power = h[1] * h[2];
    signed(s, g, h, Math.exp(power), 1, Math.exp(-power), n);
  }

  /** The step is as large as gradient and average agree in sign, one is 0, or they differ. */
  private static void signed(
      double[][] s, double[] g, double[] h, double agree, double zero, double differ, int n) {
    double[] v = s[0];
    double[] m = s[1];
    double lr = h[0];
    double beta = h[3];
    double rest = 1 - beta;
    for (int i = 0; i < n; i++) {
      double x = m[i] * beta + g[i] * rest;
      m[i] = x;
      double sign = Math.signum(g[i]) * Math.signum(x);
      double factor = sign > 0 ? agree : sign < 0 ? differ : zero;
      v[i] -= lr * factor * g[i];
    }
  }

  static void ftrl(
      double[][] s,
      double[] g,
      double lr,
      double l1,
      double l2,
      double shrinkage,
      double power,
      int n) {
    double[] v = s[0];
    double[] a = s[1];
    double[] z = s[2];
    double rate = lr;
    double least = l1;
    double twiceL2 = 2 * l2;
    double twiceShrinkage = 2 * shrinkage;
    boolean root = power == -0.5;
    for (int i = 0; i < n; i++) {
      double next = a[i] + g[i] * g[i];
      double before = root ? Math.sqrt(a[i]) : Math.pow(a[i], -power);
      double after = root ? Math.sqrt(next) : Math.pow(next, -power);
      double x = z[i] + (g[i] + twiceShrinkage * v[i]) - (after - before) / rate * v[i];
      z[i] = x;
      a[i] = next;
      v[i] = Math.abs(x) > least ? (Math.signum(x) * least - x) / (after / rate + twiceL2) : 0;
    }
  }
}
