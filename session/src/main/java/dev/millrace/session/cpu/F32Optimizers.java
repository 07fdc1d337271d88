package dev.millrace.session.cpu;

/**
 * The formulas of {@link OptimizerRule} in float32; the reference kernels' {@code OptimizerSteps}
 * says what they mean. Plain loops, so that they are vectorised.
 */
final class F32Optimizers {
  private F32Optimizers() {}

  static void descent(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float alpha = (float) h[0];
    for (int i = 0; i < n; i++) {
      v[i] -= alpha * g[i];
    }
  }

  static void proximalDescent(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float alpha = (float) h[0];
    float least = (float) (h[0] * h[1]);
    float shrink = (float) (1 + h[0] * h[2]);
    for (int i = 0; i < n; i++) {
      v[i] = towardsZero(v[i] - alpha * g[i], least) / shrink;
    }
  }

  /** {@code x} drawn towards 0 by {@code by}, but not past it. */
  private static float towardsZero(float x, float by) {
    return by > 0 ? Math.signum(x) * Math.max(Math.abs(x) - by, 0) : x;
  }

  static void momentum(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float lr = (float) h[0];
    float m = (float) h[1];
    for (int i = 0; i < n; i++) {
      float x = a[i] * m + g[i];
      a[i] = x;
      v[i] -= lr * x;
    }
  }

  static void nesterov(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float lr = (float) h[0];
    float m = (float) h[1];
    for (int i = 0; i < n; i++) {
      float x = a[i] * m + g[i];
      a[i] = x;
      v[i] -= lr * g[i] + lr * (x * m);
    }
  }

  static void kerasMomentum(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float lr = (float) h[0];
    float m = (float) h[1];
    for (int i = 0; i < n; i++) {
      float x = a[i] * m - lr * g[i];
      a[i] = x;
      v[i] += x;
    }
  }

  static void kerasNesterov(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float lr = (float) h[0];
    float m = (float) h[1];
    for (int i = 0; i < n; i++) {
      float x = a[i] * m - lr * g[i];
      a[i] = x;
      v[i] += x * m - lr * g[i];
    }
  }

  static void adagrad(
      float[][] s, float[] g, double rate, double epsilon, boolean updateSlots, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float lr = (float) rate;
    float e = (float) epsilon;
    if (updateSlots) {
      for (int i = 0; i < n; i++) {
        a[i] += g[i] * g[i];
      }
    }
    for (int i = 0; i < n; i++) {
      v[i] -= lr * g[i] / ((float) Math.sqrt(a[i]) + e);
    }
  }

  static void proximalAdagrad(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float lr = (float) h[0];
    float l1 = (float) h[1];
    float l2 = (float) h[2];
    for (int i = 0; i < n; i++) {
      float x = a[i] + g[i] * g[i];
      a[i] = x;
      float rate = lr / (float) Math.sqrt(x);
      v[i] = towardsZero(v[i] - rate * g[i], rate * l1) / (1 + rate * l2);
    }
  }

  static void adagradDa(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] sum = s[1];
    float[] squares = s[2];
    float lr = (float) h[0];
    float l1 = (float) (h[1] * h[3]);
    float quadratic = (float) (h[2] * h[3] * h[0]);
    for (int i = 0; i < n; i++) {
      sum[i] += g[i];
      squares[i] += g[i] * g[i];
      v[i] = -lr * towardsZero(sum[i], l1) / (quadratic + (float) Math.sqrt(squares[i]));
    }
  }

  static void adadelta(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] a = s[1];
    float[] u = s[2];
    float lr = (float) h[0];
    float rho = (float) h[1];
    float rest = 1 - rho;
    float e = (float) h[2];
    for (int i = 0; i < n; i++) {
      float x = rho * a[i] + rest * g[i] * g[i];
      a[i] = x;
      float update = (float) Math.sqrt(u[i] + e) / (float) Math.sqrt(x + e) * g[i];
      u[i] = rho * u[i] + rest * update * update;
      v[i] -= lr * update;
    }
  }

  static void rmsProp(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] ms = s[1];
    float[] mom = s[2];
    float lr = (float) h[0];
    float rest = 1 - (float) h[1];
    float m = (float) h[2];
    float e = (float) h[3];
    for (int i = 0; i < n; i++) {
      float x = ms[i] + rest * (g[i] * g[i] - ms[i]);
      ms[i] = x;
      float y = m * mom[i] + lr * g[i] / (float) Math.sqrt(x + e);
      mom[i] = y;
      v[i] -= y;
    }
  }

  static void centeredRmsProp(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] mg = s[1];
    float[] ms = s[2];
    float[] mom = s[3];
    float lr = (float) h[0];
    float rest = 1 - (float) h[1];
    float m = (float) h[2];
    float e = (float) h[3];
    for (int i = 0; i < n; i++) {
      float mean = mg[i] + rest * (g[i] - mg[i]);
      mg[i] = mean;
      float x = ms[i] + rest * (g[i] * g[i] - ms[i]);
      ms[i] = x;
      float y = m * mom[i] + lr * g[i] / (float) Math.sqrt(x - mean * mean + e);
      mom[i] = y;
      v[i] -= y;
    }
  }

  /** The rate of Adam and its kin, freed of the averages' bias towards 0. */
  private static float unbiased(double[] h) {
    return (float) (h[2] * Math.sqrt(1 - h[1]) / (1 - h[0]));
  }

  static void adam(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] m = s[1];
    float[] w = s[2];
    float rate = unbiased(h);
    float b1 = 1 - (float) h[3];
    float b2 = 1 - (float) h[4];
    float e = (float) h[5];
    for (int i = 0; i < n; i++) {
      float x = m[i] + b1 * (g[i] - m[i]);
      float y = w[i] + b2 * (g[i] * g[i] - w[i]);
      m[i] = x;
      w[i] = y;
      v[i] -= rate * x / ((float) Math.sqrt(y) + e);
    }
  }

  /** Adam with Nesterov's momentum. */
  static void nadam(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] m = s[1];
    float[] w = s[2];
    float rate = unbiased(h);
    float beta1 = (float) h[3];
    float b1 = 1 - beta1;
    float b2 = 1 - (float) h[4];
    float e = (float) h[5];
    for (int i = 0; i < n; i++) {
      float x = m[i] + b1 * (g[i] - m[i]);
      float y = w[i] + b2 * (g[i] * g[i] - w[i]);
      m[i] = x;
      w[i] = y;
      v[i] -= rate * (beta1 * x + b1 * g[i]) / ((float) Math.sqrt(y) + e);
    }
  }

  static void adamWithAmsgrad(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] m = s[1];
    float[] w = s[2];
    float[] most = s[3];
    float rate = unbiased(h);
    float b1 = 1 - (float) h[3];
    float b2 = 1 - (float) h[4];
    float e = (float) h[5];
    for (int i = 0; i < n; i++) {
      float x = m[i] + b1 * (g[i] - m[i]);
      float y = w[i] + b2 * (g[i] * g[i] - w[i]);
      m[i] = x;
      w[i] = y;
      most[i] = Math.max(most[i], y);
      v[i] -= rate * x / ((float) Math.sqrt(most[i]) + e);
    }
  }

  static void adaMax(float[][] s, float[] g, double[] h, int n) {
    float[] v = s[0];
    float[] m = s[1];
    float[] w = s[2];
    float rate = (float) (h[1] / (1 - h[0]));
    float b1 = 1 - (float) h[2];
    float beta2 = (float) h[3];
    float e = (float) h[4];
    for (int i = 0; i < n; i++) {
      float x = m[i] + b1 * (g[i] - m[i]);
      float y = Math.max(beta2 * w[i], Math.abs(g[i]));
      m[i] = x;
      w[i] = y;
      v[i] -= rate * x / (y + e);
    }
  }

  static void addSign(float[][] s, float[] g, double[] h, int n) {
    signed(s, g, h, (float) (h[1] + h[2]), (float) h[1], (float) (h[1] - h[2]), n);
  }

  static void powerSign(float[][] s, float[] g, double[] h, int n) {
    double power = h[1] * h[2];
    signed(s, g, h, (float) Math.exp(power), 1, (float) Math.exp(-power), n);
  }

  /** The step is as large as gradient and average agree in sign, one is 0, or they differ. */
  private static void signed(
      float[][] s, float[] g, double[] h, float agree, float zero, float differ, int n) {
    float[] v = s[0];
    float[] m = s[1];
    float lr = (float) h[0];
    float beta = (float) h[3];
    float rest = 1 - beta;
    for (int i = 0; i < n; i++) {
      float x = m[i] * beta + g[i] * rest;
      m[i] = x;
      float sign = Math.signum(g[i]) * Math.signum(x);
      float factor = sign > 0 ? agree : sign < 0 ? differ : zero;
      v[i] -= lr * factor * g[i];
    }
  }

  static void ftrl(
      float[][] s,
      float[] g,
      double lr,
      double l1,
      double l2,
      double shrinkage,
      double power,
      int n) {
    float[] v = s[0];
    float[] a = s[1];
    float[] z = s[2];
    float rate = (float) lr;
    float least = (float) l1;
    float twiceL2 = (float) (2 * l2);
    float twiceShrinkage = (float) (2 * shrinkage);
    boolean root = power == -0.5;
    for (int i = 0; i < n; i++) {
      float next = a[i] + g[i] * g[i];
      // In double precision, for the difference of what is nearly equal is divided by a small rate.
      double before = root ? Math.sqrt(a[i]) : Math.pow(a[i], -power);
      double after = root ? Math.sqrt(next) : Math.pow(next, -power);
      float x = z[i] + (g[i] + twiceShrinkage * v[i]) - (float) (after - before) / rate * v[i];
      z[i] = x;
      a[i] = next;
      v[i] =
          Math.abs(x) > least ? (Math.signum(x) * least - x) / ((float) after / rate + twiceL2) : 0;
    }
  }
}
