package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Fourier transforms of the last one, two or three dimensions, one dimension after another. */
final class SpectralKernels {
  private SpectralKernels() {}

  static void register(ReferenceKernels k) {
    for (int rank = 1; rank <= 3; rank++) {
      int n = rank;
      String suffix = rank == 1 ? "" : rank + "D";
      k.add("FFT" + suffix, c -> complex(c, n, false));
      k.add("IFFT" + suffix, c -> complex(c, n, true));
      k.add("RFFT" + suffix, c -> real(c, n));
      k.add("IRFFT" + suffix, c -> inverseReal(c, n));
    }
  }

  /** A tensor of complex numbers, in doubles. */
  private static final class Spectrum {
    final Shape shape;
    final double[] re;
    final double[] im;

    Spectrum(Shape shape) {
      this.shape = shape;
      this.re = new double[Dims.count(shape)];
      this.im = new double[re.length];
    }

    /** Transforms along one dimension. */
    void transform(int axis, boolean inverse) {
      int n = (int) shape.dim(axis);
      int step = Dims.count(shape.dims(), axis + 1, shape.rank());
      Fft fft = new Fft(n);
      double[] x = new double[n];
      double[] y = new double[n];
      for (int line = 0; line < (n == 0 ? 0 : re.length / n); line++) {
        int from = line / step * step * n + line % step;
        for (int i = 0; i < n; i++) {
          x[i] = re[from + i * step];
          y[i] = im[from + i * step];
        }
        fft.transform(x, y, inverse);
        for (int i = 0; i < n; i++) {
          re[from + i * step] = x[i];
          im[from + i * step] = y[i];
        }
      }
    }

    TensorValue value(DataType t) {
      if (t.isComplex()) {
        ComplexValues.Builder r = new ComplexValues.Builder(t, shape);
        for (int i = 0; i < re.length; i++) {
          r.set(i, re[i], im[i]);
        }
        return r.value();
      }
      Result r = new Result(t, shape);
      for (int i = 0; i < re.length; i++) {
        r.setDouble(i, re[i]);
      }
      return r.value();
    }
  }

  private static void complex(KernelContext c, int rank, boolean inverse) {
    TensorValue x = c.input(0);
    Spectrum s = cut(x, x.shape());
    for (int d = 1; d <= rank; d++) {
      s.transform(x.shape().rank() - d, inverse);
    }
    c.output(0, s.value(x.dtype()));
  }

  /** The beginning of each of {@code x}'s dimensions, as long as {@code to} says. */
  private static Spectrum cut(TensorValue x, Shape to) {
    Spectrum s = new Spectrum(to);
    int[] strides = Dims.strides(x.shape());
    for (int i = 0; i < s.re.length; i++) {
      int at = 0;
      int rest = i;
      for (int d = to.rank() - 1; d >= 0; d--) {
        at += (int) (rest % to.dim(d)) * strides[d];
        rest /= (int) to.dim(d);
      }
      if (x.dtype().isComplex()) {
        Complex z = ComplexValues.get(x, at);
        s.re[i] = z.re();
        s.im[i] = z.im();
      } else {
        s.re[i] = x.getDouble(at);
      }
    }
    return s;
  }

  /** The shape with these last dimensions, of which the input must have as many at least. */
  private static Shape lengths(KernelContext c, int rank, boolean halved) {
    Shape in = c.input(0).shape();
    long[] lengths = Dims.shape(Dims.requireRank(c.input(1), 1, "fft_length"), "fft_length").dims();
    if (lengths.length != rank || in.rank() < rank) {
      throw new InvalidArgumentException(
          "the input, of shape "
              + in
              + ", and fft_length, of "
              + lengths.length
              + " elements, must have at least, and just, "
              + rank
              + " dimensions");
    }
    Shape to = in;
    for (int i = 0; i < rank; i++) {
      int d = in.rank() - rank + i;
      long need = halved && i == rank - 1 && lengths[i] > 0 ? lengths[i] / 2 + 1 : lengths[i];
      if (in.dim(d) < need) {
        throw new InvalidArgumentException(
            "dimension "
                + d
                + " of the input must be of "
                + need
                + " at least for an fft_length of "
                + lengths[i]
                + ", but the shape is "
                + in
                + "; pad it first");
      }
      to = to.withDim(d, need);
    }
    return to;
  }

  private static void real(KernelContext c, int rank) {
    TensorValue x = c.input(0);
    Shape to = lengths(c, rank, false);
    Spectrum s = cut(x, to);
    for (int d = 1; d <= rank; d++) {
      s.transform(to.rank() - d, false);
    }
    long n = to.dim(-1);
    Shape half = to.withDim(-1, n == 0 ? 0 : n / 2 + 1);
    c.output(0, cut(s.value(DataType.COMPLEX128), half).value(DataType.COMPLEX64));
  }

  /**
   * What the spectrum of a real signal does not say twice is filled in along the last dimension.
   */
  private static void inverseReal(KernelContext c, int rank) {
    Shape half = lengths(c, rank, true);
    Spectrum s = cut(c.input(0), half);
    for (int d = 2; d <= rank; d++) {
      s.transform(half.rank() - d, true);
    }
    int n = (int) c.input(1).getLong(rank - 1);
    int width = (int) half.dim(-1);
    Spectrum full = new Spectrum(half.withDim(-1, n));
    for (int i = 0; i < full.re.length; i++) {
      int row = i / n * width;
      int k = i % n;
      boolean given = k < width;
      int at = row + (given ? k : n - k);
      full.re[i] = s.re[at];
      full.im[i] = given ? s.im[at] : -s.im[at];
    }
    full.transform(half.rank() - 1, true);
    c.output(0, full.value(DataType.FLOAT32));
  }
}
