package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Gradients of Fourier transforms. They are linear, so that the gradient takes the adjoint: of a
 * transform the inverse, but for its factor.
 */
final class SpectralGradients {
  private SpectralGradients() {}

  static void register(GradientRegistry r) {
    for (int rank = 1; rank <= 3; rank++) {
      int n = rank;
      String d = rank == 1 ? "" : rank + "D";
      r.add(
          "FFT" + d,
          Rules.of((c, g) -> Build.op(c.tf(), "IFFT" + d, g).mul(complex(size(c.x(), n), g))));
      r.add(
          "IFFT" + d,
          Rules.of((c, g) -> Build.op(c.tf(), "FFT" + d, g).div(complex(size(c.x(), n), g))));
      r.add("RFFT" + d, Rules.of((c, g) -> real(c, g, n, "IFFT" + d), NONE));
      r.add("IRFFT" + d, Rules.of((c, g) -> inverseReal(c, g, n, "RFFT" + d), NONE));
    }
  }

  /** How many elements the last dimensions have. */
  private static Tensor size(Tensor x, int rank) {
    return x.ops().slice(Shapes.of(x), Index.from(-rank)).reduceProd();
  }

  /** A number as a complex one of {@code like}'s dtype. */
  private static Tensor complex(Tensor n, Tensor like) {
    boolean wide = like.dtype() == DataType.COMPLEX128;
    Tensor re = n.cast(wide ? DataType.FLOAT64 : DataType.FLOAT32);
    return n.ops().complex(re, re.zerosLike());
  }

  /** {@code t} with {@code more} zeros behind each of its last dimensions. */
  private static Tensor padded(Tensor t, Tensor more, int rank) {
    Ops tf = t.ops();
    Tensor last = tf.stack(List.of(more.zerosLike(), more), 1);
    Tensor before =
        tf.zeros(DataType.INT32, (Object) tf.stack(List.of(t.rankTensor().sub(rank), 2)));
    return tf.pad(t, tf.concat(0, before, last));
  }

  /** Of a spectrum that ends halfway, what is left out got no gradient; the rest as above. */
  private static Tensor real(GradientContext c, Tensor g, int rank, String inverse) {
    Ops tf = c.tf();
    Tensor lengths = c.y();
    Tensor whole = padded(g, lengths.sub(endOf(g, rank)), rank);
    Tensor dx =
        tf.real(Build.op(tf, inverse, whole)).mul(lengths.reduceProd().cast(DataType.FLOAT32));
    return fitted(dx, c.x(), rank);
  }

  /** The last dimensions. */
  private static Tensor endOf(Tensor t, int rank) {
    return t.ops().slice(Shapes.of(t), Index.from(-rank));
  }

  /** What the transform cut off gets 0. */
  private static Tensor fitted(Tensor dx, Tensor x, int rank) {
    if (dx.shape().isFullyDefined() && dx.shape().equals(x.shape())) {
      return dx;
    }
    return padded(dx, endOf(x, rank).sub(endOf(dx, rank)), rank).setShape(x.shape());
  }

  /** Each number of a half spectrum counts for its mirror image, too, but for the outermost. */
  private static Tensor inverseReal(GradientContext c, Tensor g, int rank, String transform) {
    Ops tf = c.tf();
    Tensor lengths = c.y();
    Tensor n = tf.get(lengths, -1);
    Tensor k = tf.range(n.floorDiv(2).add(1));
    Tensor single = tf.logicalOr(tf.equal(k, 0), tf.equal(k.mul(2), n)).cast(DataType.FLOAT32);
    Tensor share = single.neg().add(2).div(lengths.reduceProd().cast(DataType.FLOAT32));
    Tensor dx = Build.op(tf, transform, g, lengths).mul(tf.complex(share, share.zerosLike()));
    return fitted(dx, c.x(), rank);
  }
}
