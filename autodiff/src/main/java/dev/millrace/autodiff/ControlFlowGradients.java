package dev.millrace.autodiff;

/** Gradients of control flow, tensor arrays and stacks. */
public final class ControlFlowGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type : new String[] {"NoOp", "Assert", "Abort", "ControlTrigger"}) {
      r.notDifferentiable(type, "it has no result");
    }
    r.notDifferentiable("LoopCond", "it decides");
    for (String ref : new String[] {"", "Ref"}) {
      for (String type : new String[] {"Switch", "Merge", "Enter", "Exit", "NextIteration"}) {
        r.undefined(
            ref + type, "gradients are not taken through the branches and loops of TensorFlow 1");
      }
    }
    tensorArrays(r);
    for (String v : new String[] {"", "V2"}) {
      for (String type : new String[] {"Stack", "StackPush", "StackPop", "StackClose"}) {
        r.notDifferentiable(type + v, "stacks carry what gradients need, and none themselves");
      }
    }
  }

  private static void tensorArrays(GradientRegistry r) {
    for (String type : new String[] {"V3", "GradV3", "GradWithShape"}) {
      r.notDifferentiable("TensorArray" + type, "it makes an array");
    }
    r.notDifferentiable("TensorArraySizeV3", "its result is an integer");
    r.notDifferentiable("TensorArrayCloseV3", "it has no result");
    for (String type : new String[] {"Write", "Read", "Gather", "Scatter", "Concat", "Split"}) {
      r.undefined("TensorArray" + type + "V3", "gradients are not taken through tensor arrays");
    }
  }
}
