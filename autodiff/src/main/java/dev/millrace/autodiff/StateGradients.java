package dev.millrace.autodiff;

import dev.millrace.graph.HandleData;
import dev.millrace.ops.Tensor;

/** Gradients of reading variables. They go to the variable's handle, where all reads meet. */
public final class StateGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    r.add("ReadVariableOp", Rules::passToFirst);
    r.add("ResourceGather", c -> Rules.first(c, Gradient.of(GatherGradients.rows(c, shape(c)))));
  }

  /** The shape of the variable: a constant where it is known. */
  private static Tensor shape(GradientContext c) {
    HandleData h = c.op().input(0).handleData();
    return h != null && h.shape().isFullyDefined()
        ? Shapes.constant(c.tf(), h.shape())
        : Build.op(c.tf(), "VariableShape", c.x());
  }
}
