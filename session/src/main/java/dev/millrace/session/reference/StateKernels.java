package dev.millrace.session.reference;

/** The kernels of the ops on variables, by groups. */
final class StateKernels {
  private StateKernels() {}

  static void register(ReferenceKernels k) {
    VariableKernels.register(k);
    ScatterKernels.register(k);
    ScatterNdKernels.register(k);
    OptimizerSteps.register(k);
    CheckpointKernels.register(k);
  }
}
