package dev.millrace.autodiff;

/** Gradients of control flow. */
public final class ControlFlowGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type : new String[] {"NoOp", "Assert"}) {
      r.notDifferentiable(type, "it has no result");
    }
  }
}
