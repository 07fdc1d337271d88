package dev.millrace.autodiff;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import java.util.HashSet;
import java.util.Set;

/**
 * One call of {@link Gradients}: a token that tells calls apart by identity. Gradient functions of
 * stateful things, as of tensor arrays, keep the gradients of different calls separate by it.
 */
public final class GradientCall {
  private final String scope;
  private String source;

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

  /**
   * What the arrays of this call's gradients are told apart by. The name scope alone may be that of
   * an imported graph's gradients, too.
   */
  String source(Graph graph) {
    if (source == null) {
      Set<String> taken = new HashSet<>();
      for (Operation op : graph.operations()) {
        if (op.type().startsWith("TensorArrayGrad") && op.attrs().has("source")) {
          taken.add(op.attrs().getString("source"));
        }
      }
      String s = scope;
      for (int k = 1; taken.contains(s); k++) {
        s = scope + "_" + k;
      }
      source = s;
    }
    return source;
  }

  /** A name for the frame of the loop that goes the steps of another one backward. */
  String loopName(Graph graph, String frame) {
    String last = frame.endsWith("/") ? frame.substring(0, frame.length() - 1) : frame;
    return graph.uniqueName("backward_" + last.replaceAll("[^A-Za-z0-9_.]", "_"), true);
  }

  @Override
  public String toString() {
    return "gradients call '" + scope + "'";
  }
}
