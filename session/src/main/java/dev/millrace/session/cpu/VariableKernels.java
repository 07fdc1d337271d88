package dev.millrace.session.cpu;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;

/** Assignments to variables, additions to them and subtractions from them, in place. */
final class VariableKernels {
  private VariableKernels() {}

  static void register(FastKernels to) {
    to.add("AssignVariableOp", new Assign());
    to.add("AssignAddVariableOp", new Change("Add"));
    to.add("AssignSubVariableOp", new Change("Sub"));
  }

  /**
   * The variable behind input {@code i}, if a value of the shape of input {@code value} fits it.
   */
  private static Variable fitting(BindContext node, int i, int value) {
    Variable v = node.variable(i);
    if (v.dtype() != node.inputType(value)) {
      throw new InvalidArgumentException(
          "variable '"
              + v.name()
              + "' is "
              + v.dtype()
              + "; it cannot take a "
              + node.inputType(value)
              + " value");
    }
    if (!v.staticShape().equals(node.inputShape(value))) {
      throw new InvalidArgumentException(
          "variable '"
              + v.name()
              + "' is of shape "
              + v.staticShape()
              + "; it cannot take a value of shape "
              + node.inputShape(value));
    }
    return v;
  }

  private static final class Assign implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return node.inputType(1).isDense();
    }

    @Override
    public Step bind(BindContext node) {
      Variable v = fitting(node, 0, 1);
      Region value = node.input(1);
      Region memory = v.region();
      return () -> {
        v.lock().lock();
        try {
          memory.copyFrom(value);
          v.markInitialized(v.staticShape());
        } finally {
          v.lock().unlock();
        }
      };
    }
  }

  /** Adds to a variable, or subtracts from it. */
  private record Change(String op) implements FastKernel {
    private Binary instruction(NodeSpec node) {
      return ElementwiseKernels.binary(op, node.inputType(1));
    }

    @Override
    public boolean supports(NodeSpec node) {
      return instruction(node) != null;
    }

    @Override
    public Step bind(BindContext node) {
      return new ChangeStep(node, instruction(node));
    }
  }

  private static final class ChangeStep extends UpdateStep {
    private final Binary op;
    private final Region v;
    private final Region value;
    private final Scratch scratch;

    ChangeStep(BindContext node, Binary op) {
      super(node, 1, op.ns + 0.15, fitting(node, 0, 1));
      this.op = op;
      this.v = node.variable(0).region();
      this.value = node.input(1);
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object a = op.in.block(scratch, worker, 0, Scratch.BLOCK);
      Object b = op.in.block(scratch, worker, 1, Scratch.BLOCK);
      for (int at = from; at < to; at += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, to - at);
        op.in.get(v, at, a, 0, n);
        op.in.get(value, at, b, 0, n);
        op.run(a, b, a, n, scratch.temps(worker));
        op.in.put(v, at, a, 0, n);
      }
    }
  }
}
