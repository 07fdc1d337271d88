package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;

/** A group of element-wise nodes as one program over blocks. */
final class FusedKernel implements FastKernel {
  private final FusedGroup group;

  FusedKernel(FusedGroup group) {
    this.group = group;
  }

  @Override
  public boolean supports(NodeSpec node) {
    return true;
  }

  /**
   * A block of the input is read before any of the output's is written, if nothing reads it after
   * the instruction that makes the output.
   */
  @Override
  public boolean mayOverwrite(NodeSpec node, int input, int output) {
    if (!node.inputShape(input).equals(group.shape())
        || node.inputType(input).size() != node.outputType(output).size()) {
      return false;
    }
    boolean written = false;
    for (FusedGroup.Member m : group.members()) {
      if (written) {
        for (int source : m.sources()) {
          if (source == input) {
            return false;
          }
        }
      }
      written |= m.output() == output;
    }
    return true;
  }

  @Override
  public Step bind(BindContext node) {
    return new FusedStep(node, group);
  }
}
