package dev.millrace.autodiff;

/** Gradients of what calls functions: branches, loops, calls. */
public final class FunctionalGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {
          "If",
          "StatelessIf",
          "Case",
          "While",
          "StatelessWhile",
          "PartitionedCall",
          "StatefulPartitionedCall"
        }) {
      r.undefined(type, "gradients through functions are not known yet");
    }
  }
}
