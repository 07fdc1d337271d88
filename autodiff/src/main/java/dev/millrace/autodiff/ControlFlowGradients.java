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
      r.add(ref + "Switch", Choices::ofSwitch);
      r.add(ref + "Merge", Choices::ofMerge);
      for (String type : new String[] {"Enter", "Exit", "NextIteration"}) {
        // These are differentiated together with the loop that they are of.
        r.undefined(ref + type, "it is not part of a loop with one condition");
      }
    }
    TensorArrayGradients.register(r);
    for (String v : new String[] {"", "V2"}) {
      for (String type : new String[] {"Stack", "StackPush", "StackPop", "StackClose"}) {
        r.notDifferentiable(type + v, "stacks carry what gradients need, and none themselves");
      }
    }
  }
}
