package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Variable;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Runs an optimizer's formula over whole variables. Which input is what follows from the op's
 * definition: resources are the variable and its slots, {@code grad} or {@code delta} is the
 * gradient, everything else a hyper-parameter.
 */
final class ApplyStep {
  private final List<OpDef.ArgDef> inputs;
  private final int variables;
  private final OptimizerSteps.Step step;

  private ApplyStep(String type, OptimizerSteps.Step step) {
    inputs = OpRegistry.global().get(type).inputs();
    variables = (int) inputs.stream().filter(a -> a.type() == DataType.RESOURCE).count();
    this.step = step;
  }

  /** Adds the kernel of {@code ResourceApply<rule>}. */
  static void add(ReferenceKernels k, String rule, OptimizerSteps.Step step) {
    String type = "ResourceApply" + rule;
    k.add(type, new ApplyStep(type, step)::run);
  }

  private void run(KernelContext c) {
    Variable[] state = new Variable[variables];
    for (int i = 0; i < variables; i++) {
      state[i] = c.variable(i);
    }
    double[] h = new double[inputs.size() - variables - 1];
    TensorValue gradient = null;
    int parameters = 0;
    for (int i = variables; i < inputs.size(); i++) {
      String name = inputs.get(i).name();
      if (name.equals("grad") || name.equals("delta")) {
        gradient = c.input(i);
      } else {
        h[parameters++] = DenseApplyKernels.hyperparameter(c, i, name);
      }
    }
    TensorValue g = gradient;
    VariableLocks.with(() -> all(c, state, g, h), state);
  }

  private void all(KernelContext c, Variable[] state, TensorValue gradient, double[] h) {
    DenseApplyKernels.requireShape(gradient, state);
    DoubleUnaryOperator round = Result.rounding(gradient.dtype());
    TensorValue[] before = new TensorValue[variables];
    Result[] after = new Result[variables];
    for (int v = 0; v < variables; v++) {
      before[v] = state[v].read();
      after[v] = new Result(gradient.dtype(), gradient.shape());
    }
    double[] s = new double[variables];
    for (int i = 0; i < gradient.size(); i++) {
      for (int v = 0; v < variables; v++) {
        s[v] = before[v].getDouble(i);
      }
      step.apply(s, gradient.getDouble(i), h, c.attrs(), round);
      for (int v = 0; v < variables; v++) {
        after[v].setDouble(i, s[v]);
      }
    }
    for (int v = 0; v < variables; v++) {
      state[v].assign(after[v].value());
    }
  }
}
