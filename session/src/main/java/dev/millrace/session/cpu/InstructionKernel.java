package dev.millrace.session.cpu;

import dev.millrace.session.kernel.FusedRole;
import dev.millrace.session.kernel.NodeSpec;

/** A kernel whose nodes are single instructions. */
interface InstructionKernel extends ProgramKernel {
  /** The instruction that a supported node is. */
  Instruction instruction(NodeSpec node);

  /** Whether no value can make the node fail. */
  default boolean isFusible(NodeSpec node) {
    return true;
  }

  @Override
  default FusedRole role(NodeSpec node) {
    return isFusible(node) ? FusedRole.ELEMENT : null;
  }
}
