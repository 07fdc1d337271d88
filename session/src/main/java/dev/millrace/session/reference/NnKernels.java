package dev.millrace.session.reference;

/** The kernels of the neural network ops, by groups. */
final class NnKernels {
  private NnKernels() {}

  static void register(ReferenceKernels k) {
    ActivationKernels.register(k);
    PointwiseGradKernels.register(k);
    SoftmaxKernels.register(k);
    BiasKernels.register(k);
    TopKKernels.register(k);
    ConvKernels.register(k);
    DilationKernels.register(k);
    PoolKernels.register(k);
    MaxPoolKernels.register(k);
    NormKernels.register(k);
    ResponseNormKernels.register(k);
    ResizeKernels.register(k);
    CropKernels.register(k);
  }
}
