package dev.millrace.graph;

import java.util.List;

/** The part of an error message that tells which node it is about. */
final class NodeDescription {
  private NodeDescription() {}

  static String of(Operation op) {
    return of(op.name(), op.type(), op.inputs(), op.creationSite());
  }

  static String of(String name, String type, List<Output> inputs, CreationSite site) {
    StringBuilder s =
        new StringBuilder("\n  node:   ").append(name).append(" (").append(type).append(')');
    for (int i = 0; i < inputs.size(); i++) {
      Output in = inputs.get(i);
      s.append(i == 0 ? "\n  inputs: " : ", ");
      if (in == null) {
        s.append("(a back edge to come)");
      } else {
        s.append(in.name()).append(' ').append(in.dtype()).append(in.shape());
      }
    }
    if (site.isKnown()) {
      s.append("\n  made at ").append(site);
    }
    return s.toString();
  }
}
