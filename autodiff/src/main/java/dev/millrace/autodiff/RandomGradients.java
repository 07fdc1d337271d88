package dev.millrace.autodiff;

/** Random operations: none passes gradients on. */
public final class RandomGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {
          "RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal"
        }) {
      r.notDifferentiable(type, "its result depends on the shape and on chance only");
    }
  }
}
