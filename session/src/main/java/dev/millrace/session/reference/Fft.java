package dev.millrace.session.reference;

/**
 * The discrete Fourier transform of any length, in place. Powers of two by Cooley and Tukey, other
 * lengths by Bluestein: as a convolution, which is done by a transform of a power of two.
 */
final class Fft {
  private final int n;
  private final double[] cos;
  private final double[] sin;
  private final Chirp chirp;

  Fft(int n) {
    this.n = n;
    boolean direct = (n & (n - 1)) == 0;
    cos = new double[direct ? n / 2 : 0];
    sin = new double[cos.length];
    for (int i = 0; i < cos.length; i++) {
      cos[i] = Math.cos(2 * Math.PI * i / n);
      sin[i] = Math.sin(2 * Math.PI * i / n);
    }
    chirp = direct ? null : new Chirp(n);
  }

  /** {@code X_k = Σ x_j exp(-2πi jk/n)}; the inverse with a plus, divided by n. */
  void transform(double[] re, double[] im, boolean inverse) {
    if (n < 2) {
      return;
    }
    if (inverse) {
      // The inverse is the transform with real and imaginary parts exchanged, before and after.
      transform(im, re, false);
      for (int i = 0; i < n; i++) {
        re[i] /= n;
        im[i] /= n;
      }
    } else if (chirp != null) {
      chirp.transform(re, im);
    } else {
      powerOfTwo(re, im);
    }
  }

  private void powerOfTwo(double[] re, double[] im) {
    int shift = Integer.numberOfLeadingZeros(n) + 1;
    for (int i = 0; i < n; i++) {
      int j = Integer.reverse(i) >>> shift;
      if (j > i) {
        swap(re, i, j);
        swap(im, i, j);
      }
    }
    for (int size = 2; size <= n; size *= 2) {
      int half = size / 2;
      int step = n / size;
      for (int from = 0; from < n; from += size) {
        for (int k = 0; k < half; k++) {
          int a = from + k;
          int b = a + half;
          double c = cos[k * step];
          double s = sin[k * step];
          double x = re[b] * c + im[b] * s;
          double y = im[b] * c - re[b] * s;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }

  private static void swap(double[] x, int i, int j) {
    double t = x[i];
    x[i] = x[j];
    x[j] = t;
  }

  /** Bluestein's algorithm: {@code jk = (j² + k² - (k-j)²) / 2}. */
  private static final class Chirp {
    private final int n;
    private final int m;
    private final Fft fft;
    private final double[] cos;
    private final double[] sin;
    private final double[] filterRe;
    private final double[] filterIm;

    Chirp(int n) {
      this.n = n;
      m = Integer.highestOneBit(2 * n - 1) * 2;
      fft = new Fft(m);
      cos = new double[n];
      sin = new double[n];
      filterRe = new double[m];
      filterIm = new double[m];
      for (int i = 0; i < n; i++) {
        double angle = Math.PI * (((long) i * i) % (2L * n)) / n;
        cos[i] = Math.cos(angle);
        sin[i] = Math.sin(angle);
        filterRe[i] = cos[i];
        filterIm[i] = sin[i];
        if (i > 0) {
          filterRe[m - i] = cos[i];
          filterIm[m - i] = sin[i];
        }
      }
      fft.transform(filterRe, filterIm, false);
    }

    void transform(double[] re, double[] im) {
      double[] x = new double[m];
      double[] y = new double[m];
      for (int i = 0; i < n; i++) {
        x[i] = re[i] * cos[i] + im[i] * sin[i];
        y[i] = im[i] * cos[i] - re[i] * sin[i];
      }
      fft.transform(x, y, false);
      for (int i = 0; i < m; i++) {
        double p = x[i] * filterRe[i] - y[i] * filterIm[i];
        y[i] = x[i] * filterIm[i] + y[i] * filterRe[i];
        x[i] = p;
      }
      fft.transform(x, y, true);
      for (int i = 0; i < n; i++) {
        re[i] = x[i] * cos[i] + y[i] * sin[i];
        im[i] = y[i] * cos[i] - x[i] * sin[i];
      }
    }
  }
}
