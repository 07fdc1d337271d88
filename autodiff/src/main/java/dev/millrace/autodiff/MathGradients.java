package dev.millrace.autodiff;

/** Gradients of mathematical operations. */
public final class MathGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    UnaryGradients.register(r);
    BinaryGradients.register(r);
    ReduceGradients.register(r);
    MatrixGradients.register(r);
    ComplexGradients.register(r);
    SpecialGradients.register(r);
    LinalgGradients.register(r);
    SpectralGradients.register(r);
  }
}
