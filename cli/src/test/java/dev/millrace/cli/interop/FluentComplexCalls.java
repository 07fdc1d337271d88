package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Calls of linear algebra on complex matrices. What is open, as phases are, is not compared. */
final class FluentComplexCalls {
  private static final DataType[] TYPES = {DataType.COMPLEX64, DataType.COMPLEX128};

  private FluentComplexCalls() {}

  static FluentCalls linalg() {
    FluentCalls c = new FluentCalls().within(1e-4);
    for (DataType t : TYPES) {
      squares(c, t);
      systems(c, t);
      decompositions(c, t);
    }
    return c;
  }

  private static Tensor any(FluentCalls f, Ops tf, DataType t, long... dims) {
    return tf.complex(f.any(dims), f.any(dims)).cast(t);
  }

  /** Far from singular. */
  private static Tensor regular(FluentCalls f, Ops tf, DataType t, int n) {
    return any(f, tf, t, 2, n, n).add(tf.eye(n).mul(3).cast(t));
  }

  /** Hermitian, all eigenvalues above 0. */
  private static Tensor positive(FluentCalls f, Ops tf, DataType t) {
    Tensor a = any(f, tf, t, 2, 3, 3);
    return tf.matmul(a, adjoint(tf, a)).add(tf.eye(3).cast(t));
  }

  private static Tensor adjoint(Ops tf, Tensor a) {
    return tf.conj(tf.matrixTranspose(a));
  }

  private static void squares(FluentCalls c, DataType t) {
    c.add("matrixDeterminant", (f, tf) -> tf.matrixDeterminant(any(f, tf, t, 2, 3, 3)));
    c.add("logMatrixDeterminant", (f, tf) -> tf.logMatrixDeterminant(any(f, tf, t, 2, 3, 3)));
    c.add("matrixInverse", (f, tf) -> tf.matrixInverse(regular(f, tf, t, 3)));
    c.add("cholesky", (f, tf) -> tf.cholesky(positive(f, tf, t)));
    c.add("matrixSquareRoot", (f, tf) -> tf.matrixSquareRoot(positive(f, tf, t)));
    c.add("lu", (f, tf) -> tf.lu(regular(f, tf, t, 4)));
  }

  private static void systems(FluentCalls c, DataType t) {
    for (boolean adjoint : new boolean[] {false, true}) {
      c.add(
          "matrixSolve",
          (f, tf) -> tf.matrixSolve(regular(f, tf, t, 3), any(f, tf, t, 2, 3, 2), adjoint));
      for (boolean lower : new boolean[] {false, true}) {
        c.add(
            "matrixTriangularSolve",
            (f, tf) ->
                tf.matrixTriangularSolve(any(f, tf, t, 3, 3), any(f, tf, t, 3, 2), lower, adjoint));
      }
    }
    c.add(
        "matrixSolveLs",
        (f, tf) -> tf.matrixSolveLs(any(f, tf, t, 4, 3), any(f, tf, t, 4, 2), 0.1, true));
    c.add(
        "matrixSolveLs",
        (f, tf) -> tf.matrixSolveLs(any(f, tf, t, 2, 4), any(f, tf, t, 2, 2), 0.1, true));
  }

  private static void decompositions(FluentCalls c, DataType t) {
    for (boolean full : new boolean[] {false, true}) {
      c.add("qr", (f, tf) -> tf.qr(any(f, tf, t, 2, 4, 3), full));
      c.add("qr", (f, tf) -> tf.qr(any(f, tf, t, 3, 4), full));
      c.add("svd", (f, tf) -> product(tf, tf.svd(any(f, tf, t, 2, 4, 3), full)));
      c.add("svd", (f, tf) -> product(tf, tf.svd(any(f, tf, t, 3, 4), full)));
    }
    c.add("selfAdjointEigvals", (f, tf) -> tf.selfAdjointEigvals(any(f, tf, t, 2, 3, 3)));
    c.add(
        "selfAdjointEig",
        (f, tf) -> {
          List<Tensor> e = tf.selfAdjointEig(any(f, tf, t, 2, 3, 3));
          Tensor v = e.get(1);
          Tensor scaled = v.mul(tf.expandDims(e.get(0), 1));
          return List.of(e.get(0), tf.matmul(scaled, adjoint(tf, v)));
        });
    c.add("svdValues", (f, tf) -> tf.svdValues(any(f, tf, t, 2, 4, 3)));
  }

  /** The singular values, the matrix that the parts make, and what tells unitary ones. */
  private static List<Tensor> product(Ops tf, List<Tensor> svd) {
    Tensor s = svd.get(0);
    Tensor u = svd.get(1);
    Tensor v = svd.get(2);
    Tensor some = tf.slice(tf.shapeTensor(s), Index.at(-1));
    Tensor left = firstColumns(tf, u, some).mul(tf.expandDims(s, -2));
    return List.of(
        s,
        tf.matmul(left, adjoint(tf, firstColumns(tf, v, some))),
        tf.matmul(adjoint(tf, u), u),
        tf.matmul(adjoint(tf, v), v));
  }

  private static Tensor firstColumns(Ops tf, Tensor m, Tensor n) {
    return tf.slice(m, Index.ellipsis(), Index.upTo(n));
  }
}
