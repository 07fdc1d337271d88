package dev.millrace.autodiff;

import dev.millrace.graph.HandleData;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Gradients of reading variables. They go to the variable's handle, where all reads meet. */
public final class StateGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    r.add("ReadVariableOp", Rules::passToFirst);
    r.add("ResourceGather", StateGradients::gather);
    for (String type : new String[] {"VarHandleOp", "VarIsInitializedOp", "VariableShape"}) {
      r.notDifferentiable(type, "its result does not depend on the variable's value");
    }
    for (String type :
        new String[] {
          "AssignVariableOp",
          "AssignAddVariableOp",
          "AssignSubVariableOp",
          "DestroyResourceOp",
          "ResourceApplyAdadelta",
          "ResourceApplyAdagrad",
          "ResourceApplyAdam",
          "ResourceApplyCenteredRMSProp",
          "ResourceApplyFtrl",
          "ResourceApplyFtrlV2",
          "ResourceApplyGradientDescent",
          "ResourceApplyKerasMomentum",
          "ResourceApplyMomentum",
          "ResourceApplyProximalGradientDescent",
          "ResourceApplyRMSProp"
        }) {
      r.notDifferentiable(type, "it has an effect, but no result");
    }
  }

  private static List<Gradient> gather(GradientContext c) {
    long batchDims = c.attrs().getInt("batch_dims");
    if (batchDims == 0) {
      return Rules.first(c, Gradient.of(GatherGradients.rows(c, shape(c))));
    }
    // Here the axis follows the batch.
    Tensor axis =
        batchDims < 0 ? c.y().rankTensor().add((int) batchDims) : c.tf().constant((int) batchDims);
    return Rules.first(c, Gradient.of(new AxisGather(c, shape(c), axis, batchDims).gradient()));
  }

  /** The shape of the variable: a constant where it is known. */
  private static Tensor shape(GradientContext c) {
    HandleData h = c.op().input(0).handleData();
    return h != null && h.shape().isFullyDefined()
        ? Shapes.constant(c.tf(), h.shape())
        : Build.op(c.tf(), "VariableShape", c.x());
  }
}
