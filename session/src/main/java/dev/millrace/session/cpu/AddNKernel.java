package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/** AddN and AccumulateNV2: the sum of tensors of one shape, in the order of the inputs. */
final class AddNKernel implements InstructionKernel {
  static void register(FastKernels to) {
    to.add("AddN", new AddNKernel());
    to.add("AccumulateNV2", new AddNKernel());
  }

  @Override
  public boolean supports(NodeSpec node) {
    for (int i = 0; i < node.inputCount(); i++) {
      if (!node.inputShape(i).equals(node.outputShape(0))) {
        return false;
      }
    }
    return ElementwiseKernels.binary("Add", node.inputType(0)) != null;
  }

  /** Of two operands it is an addition. */
  @Override
  public boolean isFusible(NodeSpec node) {
    return node.inputCount() == 2;
  }

  @Override
  public Instruction instruction(NodeSpec node) {
    return Instruction.of(ElementwiseKernels.binary("Add", node.inputType(0)));
  }

  @Override
  public boolean mayOverwrite(NodeSpec node, int input, int output) {
    return true;
  }

  @Override
  public Step bind(BindContext node) {
    return new AddStep(node, ElementwiseKernels.binary("Add", node.inputType(0)));
  }

  private static final class AddStep extends RangeStep {
    private final Binary add;
    private final Region[] inputs;
    private final Region z;
    private final Scratch scratch;

    AddStep(BindContext node, Binary add) {
      super(
          node.pool(),
          (int) node.outputShape(0).numElements(),
          Scratch.BLOCK,
          (add.ns + 0.1) * node.inputCount());
      this.add = add;
      this.inputs = new Region[node.inputCount()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = node.input(i);
      }
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object sum = add.in.block(scratch, worker, 0, Scratch.BLOCK);
      Object x = add.in.block(scratch, worker, 1, Scratch.BLOCK);
      for (int at = from; at < to; at += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, to - at);
        add.in.get(inputs[0], at, sum, 0, n);
        for (int i = 1; i < inputs.length; i++) {
          add.in.get(inputs[i], at, x, 0, n);
          add.run(sum, x, sum, n, scratch.temps(worker));
        }
        add.in.put(z, at, sum, 0, n);
      }
    }
  }
}
