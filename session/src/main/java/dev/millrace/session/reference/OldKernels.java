package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.linalg.Matrix;
import dev.millrace.session.linalg.SymmetricEigen;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Op types of programs of long ago, most of which go by other names now; and bits as they are. */
final class OldKernels {
  private OldKernels() {}

  static void register(ReferenceKernels k) {
    for (String type :
        new String[] {
          "MatrixBandPart",
          "MatrixDeterminant",
          "MatrixDiag",
          "MatrixDiagPart",
          "MatrixInverse",
          "MatrixSetDiag",
          "MatrixSolve",
          "MatrixSolveLs",
          "MatrixTriangularSolve",
          "Cholesky",
          "CholeskyGrad",
          "SelfAdjointEigV2",
          "Svd",
          "FFT",
          "IFFT",
          "FFT2D",
          "IFFT2D",
          "FFT3D",
          "IFFT3D"
        }) {
      k.same("Batch" + type, type);
    }
    k.add("SelfAdjointEig", OldKernels::eigen);
    k.add("BatchSelfAdjointEig", OldKernels::eigen);
    k.add("Bitcast", OldKernels::bitcast);
  }

  /** The eigenvalues above the eigenvectors. */
  private static void eigen(KernelContext c) {
    TensorValue x = Batches.requireSquare(c, c.input(0), "input");
    int n = Batches.rows(x);
    Result r = new Result(x.dtype(), Batches.batch(x).concat(Shape.matrix(n + 1, n)));
    for (int i = 0; i < Batches.count(x); i++) {
      SymmetricEigen e = SymmetricEigen.of(Batches.matrix(x, i));
      Matrix all = new Matrix(n + 1, n);
      for (int column = 0; column < n; column++) {
        all.set(0, column, e.values()[column]);
        for (int row = 0; row < n; row++) {
          all.set(row + 1, column, e.vectors().get(row, column));
        }
      }
      Batches.set(r, i, all);
    }
    c.output(0, r.value());
  }

  private static void bitcast(KernelContext c) {
    TensorValue x = c.input(0);
    DataType to = c.outputType(0);
    int width = x.dtype().size();
    Shape shape = x.shape();
    if (width > to.size()) {
      shape = shape.concat(Shape.vector(width / to.size()));
    } else if (width < to.size()) {
      int n = to.size() / width;
      if (shape.rank() < 1 || shape.dim(-1) != n) {
        throw new InvalidArgumentException(
            "to make a "
                + to
                + " of "
                + n
                + " elements of "
                + x.dtype()
                + " the last dimension must be "
                + n
                + "; the shape is "
                + shape);
      }
      shape = shape.slice(0, -1);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(x.size(), width)).order(ByteOrder.nativeOrder());
    put(x.data(), bytes);
    bytes.rewind();
    Object data = DecodeKernels.elements(to, bytes, Dims.count(shape));
    c.output(0, TensorValue.wrap(to, shape, data));
  }

  private static void put(Object data, ByteBuffer to) {
    if (data instanceof float[] a) {
      to.asFloatBuffer().put(a);
    } else if (data instanceof double[] a) {
      to.asDoubleBuffer().put(a);
    } else if (data instanceof int[] a) {
      to.asIntBuffer().put(a);
    } else if (data instanceof long[] a) {
      to.asLongBuffer().put(a);
    } else if (data instanceof short[] a) {
      to.asShortBuffer().put(a);
    } else {
      to.put((byte[]) data);
    }
  }
}
