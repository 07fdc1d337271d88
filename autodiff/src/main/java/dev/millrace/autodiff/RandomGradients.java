package dev.millrace.autodiff;

import dev.millrace.ops.Tensor;

/** Random operations: none but those of gamma distributions pass gradients on. */
public final class RandomGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {
          "RandomUniform",
          "RandomUniformInt",
          "RandomStandardNormal",
          "TruncatedNormal",
          "StatelessRandomUniform",
          "StatelessRandomUniformInt",
          "StatelessRandomNormal",
          "StatelessTruncatedNormal"
        }) {
      r.notDifferentiable(type, "its result depends on the shape and on chance only");
    }
    for (String type :
        new String[] {"Multinomial", "StatelessMultinomial", "RandomPoisson", "RandomPoissonV2"}) {
      r.notDifferentiable(type, "its results are whole numbers");
    }
    for (String type :
        new String[] {
          "UniformCandidateSampler",
          "LogUniformCandidateSampler",
          "LearnedUnigramCandidateSampler",
          "ThreadUnsafeUnigramCandidateSampler",
          "FixedUnigramCandidateSampler",
          "AllCandidateSampler",
          "ComputeAccidentalHits"
        }) {
      r.notDifferentiable(type, "classes are whole numbers, and chance draws them");
    }
    r.undefined(
        "RandomShuffle", "the order is not known afterwards; shuffle indices and gather by them");
    r.notDifferentiable(
        "ParameterizedTruncatedNormal", "TensorFlow takes its numbers as constants");
    r.add("RandomGamma", Rules.of(Rules.NONE, RandomGradients::gamma));
    r.undefined("RandomGammaGrad", "no second derivative of gamma numbers is known here");
  }

  /** The sample dimensions come first, so that alpha broadcasts to the samples. */
  private static Tensor gamma(GradientContext c, Tensor g) {
    Tensor partial = Build.op(c.tf(), "RandomGammaGrad", c.y(), c.out());
    return c.sumTo(g.mul(partial), c.y());
  }
}
