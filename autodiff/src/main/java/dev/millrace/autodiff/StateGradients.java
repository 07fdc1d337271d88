package dev.millrace.autodiff;

import dev.millrace.graph.HandleData;
import dev.millrace.ops.Tensor;
import java.util.List;
import java.util.Set;

/** Gradients of reading variables. They go to the variable's handle, where all reads meet. */
public final class StateGradients implements GradientProvider {
  private static final String[] SCATTERS = {
    "Update", "Add", "Sub", "Mul", "Div", "Min", "Max", "NdUpdate", "NdAdd", "NdSub"
  };

  private static final Set<String> RESOURCES_ONLY =
      Set.of("ApplyKerasMomentum", "SparseApplyKerasMomentum", "ApplyAdamWithAmsgrad");

  /** Optimizers' steps on whole variables only. */
  private static final String[] DENSE_STEPS = {
    "AdaMax", "Adam", "AdamWithAmsgrad", "AddSign", "GradientDescent", "PowerSign"
  };

  /** Optimizers' steps on whole variables or some of their rows. */
  private static final String[] STEPS = {
    "Adadelta",
    "Adagrad",
    "AdagradDA",
    "AdagradV2",
    "CenteredRMSProp",
    "Ftrl",
    "FtrlV2",
    "KerasMomentum",
    "Momentum",
    "ProximalAdagrad",
    "ProximalGradientDescent",
    "RMSProp"
  };

  @Override
  public void register(GradientRegistry r) {
    r.add("ReadVariableOp", Rules::passToFirst);
    r.add("ResourceGather", StateGradients::gather);
    for (String type : new String[] {"VarHandleOp", "VarIsInitializedOp", "VariableShape"}) {
      r.notDifferentiable(type, "its result does not depend on the variable's value");
    }
    for (String type :
        new String[] {
          "AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "DestroyResourceOp"
        }) {
      effect(r, type);
    }
    effect(r, "ResourceStridedSliceAssign");
    r.notDifferentiable("ResourceCountUpTo", "it counts runs");
    r.add("ResourceGatherNd", StateGradients::gatherNd);
    for (String op : SCATTERS) {
      effect(r, "ResourceScatter" + op);
      assignment(r, "Scatter" + op);
    }
    for (String rule : DENSE_STEPS) {
      step(r, "Apply" + rule);
    }
    for (String rule : STEPS) {
      step(r, "Apply" + rule);
      step(r, "SparseApply" + rule);
    }
    references(r);
    for (String type : new String[] {"SaveV2", "MergeV2Checkpoints", "Save", "SaveSlices"}) {
      effect(r, type);
    }
    for (String type : new String[] {"RestoreV2", "Restore", "RestoreSlice"}) {
      r.notDifferentiable(type, "its result comes from a file");
    }
    for (String type : new String[] {"ShardedFilename", "ShardedFilespec"}) {
      r.notDifferentiable(type, "its result is text");
    }
  }

  /** Variables by reference. Their values are read by whoever takes the reference as a tensor. */
  private static void references(GradientRegistry r) {
    for (String type : new String[] {"VariableV2", "Variable", "TemporaryVariable"}) {
      r.notDifferentiable(type, "it has no inputs");
    }
    for (String type : new String[] {"Assign", "AssignAdd", "AssignSub", "StridedSliceAssign"}) {
      assignment(r, type);
    }
    r.notDifferentiable(
        "IsVariableInitialized", "its result does not depend on the variable's value");
    r.notDifferentiable("CountUpTo", "it counts runs");
    r.notDifferentiable("DestroyTemporaryVariable", "it gives what assignments have made");
    r.add("RefIdentity", Rules::passToFirst);
  }

  private static void assignment(GradientRegistry r, String type) {
    r.notDifferentiable(type, "TensorFlow does not differentiate assignments");
  }

  /** An optimizer's step, of which some are there for resource variables only. */
  private static void step(GradientRegistry r, String type) {
    effect(r, "Resource" + type);
    if (!RESOURCES_ONLY.contains(type)) {
      assignment(r, type);
    }
  }

  private static void effect(GradientRegistry r, String type) {
    r.notDifferentiable(type, "it has an effect, but no result");
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

  private static List<Gradient> gatherNd(GradientContext c) {
    Tensor shape = shape(c).cast(c.y().dtype());
    return Rules.first(c, Gradient.of(c.tf().scatterNd(c.y(), c.grad(), shape)));
  }

  /** The shape of the variable: a constant where it is known. */
  private static Tensor shape(GradientContext c) {
    HandleData h = c.op().input(0).handleData();
    return h != null && h.shape().isFullyDefined()
        ? Shapes.constant(c.tf(), h.shape())
        : Build.op(c.tf(), "VariableShape", c.x());
  }
}
