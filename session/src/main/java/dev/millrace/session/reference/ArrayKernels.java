package dev.millrace.session.reference;

/** The kernels of the array ops, by groups. */
final class ArrayKernels {
  private ArrayKernels() {}

  static void register(ReferenceKernels k) {
    IdentityKernels.register(k);
    ShapeKernels.register(k);
    TransposeKernels.register(k);
    SliceKernels.register(k);
    JoinKernels.register(k);
    PadKernels.register(k);
    DiagonalKernels.register(k);
    BlockKernels.register(k);
    RotationKernels.register(k);
    FillKernels.register(k);
    GatherKernels.register(k);
    StitchKernels.register(k);
    SearchKernels.register(k);
  }
}
