package dev.millrace.session.cpu;

import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.FusibleKernel;

/** A kernel whose nodes can be part of a {@link FusedStep}. */
interface ProgramKernel extends FusibleKernel {
  @Override
  default FastKernel fused(FusedGroup group) {
    return new FusedKernel(group);
  }
}
