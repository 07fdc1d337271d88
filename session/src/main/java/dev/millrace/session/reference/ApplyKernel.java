package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Variable;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Runs an optimizer's formula over whole variables, or over the rows that {@code indices} lists.
 * Which input is what follows from the op's definition: resources are the variable and its slots,
 * {@code grad} or {@code delta} is the gradient, everything else a hyper-parameter.
 */
final class ApplyKernel implements ReferenceKernel {
  private final List<OpDef.ArgDef> inputs;
  private final int variables;
  private final OptimizerSteps.Step step;

  private ApplyKernel(String type, OptimizerSteps.Step step) {
    inputs = OpRegistry.global().get(type).inputs();
    variables = (int) inputs.stream().filter(a -> a.type() == DataType.RESOURCE).count();
    this.step = step;
  }

  /** Adds the kernels of the op types of {@code rule} that there are. */
  static void add(ReferenceKernels k, String rule, OptimizerSteps.Step step) {
    for (String prefix : new String[] {"ResourceApply", "ResourceSparseApply"}) {
      if (OpRegistry.global().find(prefix + rule) != null) {
        k.add(prefix + rule, new ApplyKernel(prefix + rule, step));
      }
    }
  }

  @Override
  public void compute(KernelContext c) {
    Variable[] state = new Variable[variables];
    for (int i = 0; i < variables; i++) {
      state[i] = c.variable(i);
    }
    TensorValue gradient = null;
    TensorValue indices = null;
    int parameters = 0;
    double[] h = new double[inputs.size()];
    for (int i = variables; i < inputs.size(); i++) {
      switch (inputs.get(i).name()) {
        case "grad", "delta" -> gradient = c.input(i);
        case "indices" -> indices = Dims.requireRank(c.input(i), 1, "indices");
        default ->
            h[parameters++] = Dims.requireScalar(c.input(i), inputs.get(i).name()).getDouble(0);
      }
    }
    if (!gradient.dtype().isFloating()) {
      throw Elementwise.unsupported(c, gradient.dtype());
    }
    Call call = new Call(c, state, gradient, indices, h);
    VariableLocks.with(call::run, state);
  }

  /** One step, under the variables' locks. */
  private final class Call {
    private final KernelContext c;
    private final Variable[] state;
    private final TensorValue gradient;
    private final TensorValue indices; // null where the gradient is of every row
    private final double[] h;

    Call(KernelContext c, Variable[] state, TensorValue gradient, TensorValue indices, double[] h) {
      this.c = c;
      this.state = state;
      this.gradient = gradient;
      this.indices = indices;
      this.h = h;
    }

    void run() {
      Shape shape = requireShapes();
      Result[] values = new Result[variables];
      for (int v = 0; v < variables; v++) {
        values[v] = Result.copyOf(VariableKernels.find(state[v]));
      }
      int good = indices == null ? 0 : Rows.countInRange(indices, shape.dim(0));
      if (indices == null) {
        elements(values, 0, 0, gradient.size());
      } else {
        int size = Dims.count(shape.dims(), 1, shape.rank());
        for (int i = 0; i < good; i++) {
          elements(values, (int) indices.getLong(i) * size, i * size, size);
        }
      }
      for (int v = 0; v < variables; v++) {
        state[v].assign(values[v].value());
      }
      // As in TensorFlow, the rows before one that is not there have changed.
      if (indices != null && good < indices.size()) {
        throw Rows.outOfRange(indices, good, shape.dim(0));
      }
    }

    /** Steps on {@code n} elements from {@code at} on, by the gradient's from {@code from} on. */
    private void elements(Result[] values, int at, int from, int n) {
      DoubleUnaryOperator round = Result.rounding(gradient.dtype());
      double[] s = new double[variables];
      for (int i = 0; i < n; i++) {
        for (int v = 0; v < variables; v++) {
          s[v] = values[v].getDouble(at + i);
        }
        step.apply(s, gradient.getDouble(from + i), h, c.attrs(), round);
        for (int v = 0; v < variables; v++) {
          values[v].setDouble(at + i, s[v]);
        }
      }
    }

    /** The variables' one shape, which the gradient must fit. */
    private Shape requireShapes() {
      Shape shape = state[0].shape();
      if (indices != null && shape.rank() == 0) {
        throw new InvalidArgumentException(
            "variable '" + state[0].name() + "' is a scalar without rows");
      }
      Shape expected = indices == null ? shape : indices.shape().concat(shape.sliceFrom(1));
      for (Variable v : state) {
        if (!v.shape().equals(shape) || !gradient.shape().equals(expected)) {
          throw new InvalidArgumentException(
              "variable '"
                  + v.name()
                  + "' is of shape "
                  + v.shape()
                  + ", its gradient of shape "
                  + gradient.shape()
                  + ", which should be "
                  + expected);
        }
      }
      return shape;
    }
  }
}
