package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;

/** Assignments to variables and the simplest updates by a gradient, in place. */
final class VariableKernels {
  private VariableKernels() {}

  static void register(FastKernels to) {
    to.add("AssignVariableOp", new Assign());
    to.add("AssignAddVariableOp", new Change("Add"));
    to.add("AssignSubVariableOp", new Change("Sub"));
    to.add("ResourceApplyGradientDescent", new Descent());
    to.add("ResourceApplyMomentum", new Momentum(false));
    to.add("ResourceApplyKerasMomentum", new Momentum(true));
  }

  private static boolean isReal(NodeSpec node, int input) {
    DataType t = node.inputType(input);
    return t == DataType.FLOAT32 || t == DataType.FLOAT64;
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

  private static final class Descent implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return isReal(node, 2);
    }

    @Override
    public Step bind(BindContext node) {
      return new DescentStep(node);
    }
  }

  /** {@code v -= alpha * delta}. */
  private static final class DescentStep extends UpdateStep {
    private final boolean isFloat;
    private final Region v;
    private final Region alpha;
    private final Region delta;
    private final Scratch scratch;

    DescentStep(BindContext node) {
      super(node, 2, 0.3, fitting(node, 0, 2));
      this.isFloat = node.inputType(2) == DataType.FLOAT32;
      this.v = node.variable(0).region();
      this.alpha = node.input(1);
      this.delta = node.input(2);
      this.scratch = node.scratch();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      for (int at = from; at < to; at += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, to - at);
        if (isFloat) {
          float[] a = scratch.floats(worker, 0, Scratch.BLOCK);
          float[] d = scratch.floats(worker, 1, Scratch.BLOCK);
          v.floats().get(at, a, 0, n);
          delta.floats().get(at, d, 0, n);
          descend(a, alpha.floats().get(0), d, n);
          v.floats().put(at, a, 0, n);
        } else {
          double[] a = scratch.doubles(worker, 0, Scratch.BLOCK);
          double[] d = scratch.doubles(worker, 1, Scratch.BLOCK);
          v.doubles().get(at, a, 0, n);
          delta.doubles().get(at, d, 0, n);
          descend(a, alpha.doubles().get(0), d, n);
          v.doubles().put(at, a, 0, n);
        }
      }
    }

    private static void descend(float[] v, float alpha, float[] d, int n) {
      for (int i = 0; i < n; i++) {
        v[i] -= alpha * d[i];
      }
    }

    private static void descend(double[] v, double alpha, double[] d, int n) {
      for (int i = 0; i < n; i++) {
        v[i] -= alpha * d[i];
      }
    }
  }

  private record Momentum(boolean keras) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return isReal(node, 3);
    }

    @Override
    public Step bind(BindContext node) {
      return new MomentumStep(node, keras);
    }
  }
}
