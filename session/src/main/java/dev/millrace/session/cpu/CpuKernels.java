package dev.millrace.session.cpu;

import dev.millrace.session.kernel.FastKernels;

/** The fast kernels on the CPU, by family. */
public final class CpuKernels implements FastKernels.Provider {
  /** For the service loader. */
  public CpuKernels() {}

  @Override
  public void register(FastKernels to) {
    MatMulKernels.register(to);
    ConvKernels.register(to);
    PoolKernels.register(to);
    BatchNormKernels.register(to);
    ElementwiseKernels.register(to);
    BiasAdd.register(to);
    ReductionKernels.register(to);
    SoftmaxKernels.register(to);
    SelectKernels.register(to);
    CastKernel.register(to);
    AddNKernel.register(to);
    ExtremeKernels.register(to);
    FillKernels.register(to);
    ShapeKernels.register(to);
    JoinKernels.register(to);
    GatherKernels.register(to);
    RotationKernels.register(to);
    RunningSumKernels.register(to);
    RandomKernels.register(to);
    VariableKernels.register(to);
    ScatterKernels.register(to);
    OptimizerKernels.register(to);
    LstmKernels.register(to);
    GruKernels.register(to);
    ListKernels.register(to);
    TensorArrayKernels.register(to);
    StackKernels.register(to);
  }

  @Override
  public void prepare() {
    KernelWarmUp.begin();
  }
}
