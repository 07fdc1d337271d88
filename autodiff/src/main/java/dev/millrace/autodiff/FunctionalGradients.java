package dev.millrace.autodiff;

/** Gradients of what calls functions: branches, loops, calls. */
public final class FunctionalGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {"If", "StatelessIf", "Case", "PartitionedCall", "StatefulPartitionedCall"}) {
      r.add(type, BranchGradients::gradients);
    }
    for (String type : new String[] {"While", "StatelessWhile"}) {
      r.add(type, LoopGradients::gradients);
    }
  }
}
