package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FusedGroup;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A group of nodes as one program over blocks. */
final class FusedKernel implements FastKernel {
  private final FusedGroup group;
  private final FusedCode code;

  FusedKernel(FusedGroup group) {
    this.group = group;
    this.code = FusedCode.of(group);
  }

  @Override
  public boolean supports(NodeSpec node) {
    return true;
  }

  /**
   * A block of the input is read before any of the output's is written, if nothing loads it after
   * the first instruction that stores a piece of the output, and both are cut into the same pieces.
   */
  @Override
  public boolean mayOverwrite(NodeSpec node, int input, int output) {
    if (!node.inputShape(input).equals(node.outputShape(output))
        || node.inputType(input).size() != node.outputType(output).size()) {
      return false;
    }
    Set<Broadcast> pieces = new HashSet<>();
    Set<FusedCode.Source> loaded = new HashSet<>();
    List<FusedCode.Line> lines = code.lines();
    for (FusedCode.Line l : lines) {
      for (FusedCode.Store s : l.stores) {
        if (s.output() == output) {
          pieces.add(s.walk());
        }
      }
    }
    boolean written = false;
    for (FusedCode.Line l : lines) {
      for (Object o : l.sources) {
        if (o instanceof FusedCode.Source s && s.input() == input && loaded.add(s)) {
          if (written || !pieces.contains(s.walk())) {
            return false;
          }
        }
      }
      written |= l.stores.stream().anyMatch(s -> s.output() == output);
    }
    return !pieces.isEmpty();
  }

  @Override
  public Step bind(BindContext node) {
    return new FusedStep(node, group, code);
  }
}
