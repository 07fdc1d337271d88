package dev.millrace.ops.defs;

import dev.millrace.graph.OpProvider;
import dev.millrace.graph.OpRegistry;

/** Registers every op family of this module; found by {@link java.util.ServiceLoader}. */
public final class StandardOps implements OpProvider {
  /** For the service loader. */
  public StandardOps() {}

  @Override
  public void register(OpRegistry registry) {
    MathOps.register(registry);
    ReductionOps.register(registry);
    MatrixOps.register(registry);
    BitwiseOps.register(registry);
    SpecialOps.register(registry);
    CountingOps.register(registry);
    LinalgOps.register(registry);
    ArrayOps.register(registry);
    ReshapeOps.register(registry);
    SliceOps.register(registry);
    JoinOps.register(registry);
    DiagonalOps.register(registry);
    BlockOps.register(registry);
    RotationOps.register(registry);
    GatherOps.register(registry);
    StitchOps.register(registry);
    UniqueOps.register(registry);
    SegmentOps.register(registry);
    NnOps.register(registry);
    RnnOps.register(registry);
    ConvOps.register(registry);
    PoolOps.register(registry);
    NormOps.register(registry);
    ImageOps.register(registry);
    StateOps.register(registry);
    ScatterOps.register(registry);
    ReferenceOps.register(registry);
    CheckpointOps.register(registry);
    TrainingOps.register(registry);
    RandomOps.register(registry);
    ControlFlowOps.register(registry);
    FrameOps.register(registry);
    TensorArrayOps.register(registry);
    FunctionalOps.register(registry);
    ListOps.register(registry);
    QueueOps.register(registry);
    ReaderOps.register(registry);
    ParseOps.register(registry);
    TableOps.register(registry);
    SharedOps.register(registry);
    SummaryOps.register(registry);
    StringOps.register(registry);
    SparseOps.register(registry);
    SpectralOps.register(registry);
    PictureOps.register(registry);
    CtcOps.register(registry);
    ForeignOps.register(registry);
    OldOps.register(registry); // names that refer to types above
  }
}
