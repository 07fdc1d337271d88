package dev.millrace.session.cpu;

import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.FusibleKernel;
import dev.millrace.session.kernel.NodeSpec;

/** A kernel whose nodes are single instructions. */
interface InstructionKernel extends FusibleKernel {
  /** The instruction that a supported node is. */
  Instruction instruction(NodeSpec node);

  @Override
  default boolean isFusible(NodeSpec node) {
    return true;
  }

  @Override
  default FastKernel fused(FusedGroup group) {
    return new FusedKernel(group);
  }
}
