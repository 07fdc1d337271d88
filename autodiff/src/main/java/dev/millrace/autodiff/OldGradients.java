package dev.millrace.autodiff;

import java.util.List;

/**
 * Gradients of op types that programs of long ago made: those of the types that took their place.
 */
public final class OldGradients implements GradientProvider {
  private static final List<String> BATCHED =
      List.of(
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
          "IFFT3D");

  @Override
  public void register(GradientRegistry r) {
    for (String type : BATCHED) {
      r.same("Batch" + type, type);
    }
    for (String type : new String[] {"SelfAdjointEig", "BatchSelfAdjointEig"}) {
      r.undefined(type, "TensorFlow has none of it; SelfAdjointEigV2 has one");
    }
    r.notDifferentiable("Bitcast", "its result is made of bits");
    for (String v : new String[] {"", "V2"}) {
      for (String type : new String[] {"", "Grad", "Size", "Close"}) {
        r.notDifferentiable("TensorArray" + type + v, "it makes, measures or closes an array");
      }
      for (String type : new String[] {"Write", "Read", "Gather", "Scatter", "Concat", "Split"}) {
        r.undefined("TensorArray" + type + v, ARRAYS);
      }
    }
    r.undefined("TensorArrayPack", ARRAYS);
    r.undefined("TensorArrayUnpack", ARRAYS);
  }

  private static final String ARRAYS =
      "gradients are not taken through tensor arrays older than TensorArrayV3";
}
