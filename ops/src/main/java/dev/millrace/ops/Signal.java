package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Fourier transforms ({@link Ops#signal}): tf.signal. Real signals are float32, as in TensorFlow.
 */
public final class Signal {
  private final Ops ops;

  Signal(Ops ops) {
    this.ops = ops;
  }

  /** The transform along the last dimension of complex numbers (FFT). */
  public Tensor fft(Object x) {
    return ops.node("FFT", "FFT", x);
  }

  /** The inverse along the last dimension (IFFT). */
  public Tensor ifft(Object x) {
    return ops.node("IFFT", "IFFT", x);
  }

  /** The transform of the last two dimensions (FFT2D). */
  public Tensor fft2d(Object x) {
    return ops.node("FFT2D", "FFT2D", x);
  }

  /** The inverse of the last two dimensions (IFFT2D). */
  public Tensor ifft2d(Object x) {
    return ops.node("IFFT2D", "IFFT2D", x);
  }

  /** The transform of the last three dimensions (FFT3D). */
  public Tensor fft3d(Object x) {
    return ops.node("FFT3D", "FFT3D", x);
  }

  /** The inverse of the last three dimensions (IFFT3D). */
  public Tensor ifft3d(Object x) {
    return ops.node("IFFT3D", "IFFT3D", x);
  }

  /**
   * The first half of the spectrum of a real signal, [..., n / 2 + 1] of complex64 (RFFT).
   *
   * @param length n; none for the signal's own. A signal that is longer is cut off, one that is
   *     shorter gets zeros
   */
  public Tensor rfft(Object x, int... length) {
    return real("RFFT", x, 1, length);
  }

  /** {@link #rfft} of the last two dimensions (RFFT2D). */
  public Tensor rfft2d(Object x, int... lengths) {
    return real("RFFT2D", x, 2, lengths);
  }

  /** {@link #rfft} of the last three dimensions (RFFT3D). */
  public Tensor rfft3d(Object x, int... lengths) {
    return real("RFFT3D", x, 3, lengths);
  }

  /**
   * The real signal to the first half of its spectrum (IRFFT).
   *
   * @param length of the signal; none for {@code 2 · (size - 1)}
   */
  public Tensor irfft(Object x, int... length) {
    return inverse("IRFFT", x, 1, length);
  }

  /** {@link #irfft} of the last two dimensions (IRFFT2D). */
  public Tensor irfft2d(Object x, int... lengths) {
    return inverse("IRFFT2D", x, 2, lengths);
  }

  /** {@link #irfft} of the last three dimensions (IRFFT3D). */
  public Tensor irfft3d(Object x, int... lengths) {
    return inverse("IRFFT3D", x, 3, lengths);
  }

  private Tensor real(String type, Object x, int rank, int... lengths) {
    checkLengths(type, rank, lengths);
    try (Scope s = ops.scope(type)) {
      Tensor in = ops.tensor(ops.convert(x, DataType.FLOAT32, "input"));
      Tensor to = lengths.length > 0 ? ops.constant(lengths) : last(in, rank);
      return ops.node(type, s.name(), padded(in, rank, lengths), to);
    }
  }

  private Tensor inverse(String type, Object x, int rank, int... lengths) {
    checkLengths(type, rank, lengths);
    try (Scope s = ops.scope(type)) {
      Tensor in = ops.tensor(ops.convert(x, DataType.COMPLEX64, "input"));
      Tensor to;
      int[] need = lengths.clone();
      if (lengths.length > 0) {
        to = ops.constant(lengths);
        need[rank - 1] = lengths[rank - 1] == 0 ? 0 : lengths[rank - 1] / 2 + 1;
      } else {
        Tensor all = last(in, rank);
        Tensor width = ops.slice(all, Index.from(-1)).sub(1).mul(2);
        to = rank == 1 ? width : ops.concat(0, ops.slice(all, Index.upTo(-1)), width);
      }
      return ops.node(type, s.name(), padded(in, rank, need), to);
    }
  }

  private static void checkLengths(String type, int rank, int... lengths) {
    if (lengths.length != 0 && lengths.length != rank) {
      throw GraphApi.error(
          type + " takes " + rank + " lengths or none, not " + Arrays.toString(lengths));
    }
  }

  private Tensor last(Tensor x, int rank) {
    Shape s = x.shape();
    if (s.hasRank() && s.rank() >= rank && s.sliceFrom(s.rank() - rank).isFullyDefined()) {
      return ops.constant(
          Arrays.stream(s.sliceFrom(s.rank() - rank).dims()).mapToInt(Math::toIntExact).toArray());
    }
    return ops.slice(ops.shapeTensor(x), Index.from(-rank));
  }

  /** Zeros behind dimensions that are shorter than they must be. */
  private Tensor padded(Tensor x, int rank, int... need) {
    Shape s = x.shape();
    if (need.length == 0) {
      return x;
    }
    boolean enough = s.hasRank() && s.rank() >= rank;
    for (int i = 0; enough && i < rank; i++) {
      enough = s.dim(s.rank() - rank + i) >= need[i];
    }
    if (enough) {
      return x;
    }
    if (!s.hasRank() || s.rank() < rank) {
      throw GraphApi.error("lengths need a signal of known rank, not " + x);
    }
    Tensor more = ops.maximum(ops.sub(need, last(x, rank)), 0);
    Output lead = ops.zeros(DataType.INT32, s.rank() - rank, 2).asOutput();
    Tensor tail = ops.stack(List.of(ops.zerosLike(more), more), 1);
    return ops.pad(x, ops.concat(0, lead, tail));
  }
}
