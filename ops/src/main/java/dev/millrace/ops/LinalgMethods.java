package dev.millrace.ops;

/** Linear algebra on whatever stands for a batch of matrices. */
public interface LinalgMethods extends ArrayMethods {
  /** The diagonals (MatrixDiagPart). */
  default Tensor matrixDiagPart() {
    return ops().matrixDiagPart(this);
  }

  /** The sums of the diagonals. */
  default Tensor trace() {
    return ops().trace(this);
  }

  /** The determinants (MatrixDeterminant). */
  default Tensor matrixDeterminant() {
    return ops().matrixDeterminant(this);
  }

  /** The inverses; a singular matrix fails when run (MatrixInverse). */
  default Tensor matrixInverse() {
    return ops().matrixInverse(this);
  }

  /** The lower triangles l with {@code l lᵀ} equal to this (Cholesky). */
  default Tensor cholesky() {
    return ops().cholesky(this);
  }
}
