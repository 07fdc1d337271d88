package dev.millrace.session.reference;

/** The kernels of the math ops, by groups. */
final class MathKernels {
  private MathKernels() {}

  static void register(ReferenceKernels k) {
    UnaryKernels.register(k);
    ArithmeticKernels.register(k);
    ComparisonKernels.register(k);
    SelectKernels.register(k);
    ReductionKernels.register(k);
    MatMulKernels.register(k);
    CastKernels.register(k);
    SequenceKernels.register(k);
    BitwiseKernels.register(k);
    SpecialKernels.register(k);
    CountingKernels.register(k);
  }
}
