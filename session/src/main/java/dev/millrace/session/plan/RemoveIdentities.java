package dev.millrace.session.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Lets consumers of identities use what the identities pass on. */
final class RemoveIdentities implements Pass {
  private static final Set<String> IDENTITIES =
      Set.of(
          "Identity",
          "IdentityN",
          "StopGradient",
          "PreventGradient",
          "Snapshot",
          "GuaranteeConst",
          "PlaceholderWithDefault");

  /** Whether the node only passes on its inputs. */
  static boolean isIdentity(PlanNode n) {
    return n.isOp() && IDENTITIES.contains(n.type());
  }

  @Override
  public void run(PlanGraph g) {
    Map<Edge, Edge> replace = new HashMap<>();
    for (PlanNode n : g.nodes()) {
      if (isIdentity(n)) {
        for (int i = 0; i < n.numOutputs(); i++) {
          replace.put(new Edge(n, i), n.inputs().get(i));
        }
      }
    }
    g.replace(replace);
    g.dropUnused();
  }
}
