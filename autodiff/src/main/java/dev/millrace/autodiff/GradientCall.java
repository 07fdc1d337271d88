package dev.millrace.autodiff;

/**
 * One call of {@link Gradients}: a token that tells calls apart by identity. Gradient functions of
 * stateful things, as of tensor arrays, keep the gradients of different calls separate by it.
 */
public final class GradientCall {
  private final String scope;

  GradientCall(String scope) {
    this.scope = scope;
  }

  /**
   * The full name of the name scope in which the call builds, unique in the graph: for the
   * attributes that must tell calls apart in an exported graph. For use as a whole, never to be
   * parsed.
   */
  public String scope() {
    return scope;
  }

  /** A name for the frame of the loop that goes the steps of another one backward. */
  String loopName(dev.millrace.graph.Graph graph, String frame) {
    String last = frame.endsWith("/") ? frame.substring(0, frame.length() - 1) : frame;
    return graph.uniqueName(
        "backward_" + last.replaceAll("[^A-Za-z0-9_.]", "_"), true);
  }

  @Override
  public String toString() {
    return "gradients call '" + scope + "'";
  }
}
