package dev.millrace.session.plan;

import dev.millrace.graph.DataType;

/** One output of a plan node, as an input of another. */
record Edge(PlanNode node, int index) {
  DataType dtype() {
    return node.outputTypes().get(index);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Edge e && e.node == node && e.index == index;
  }

  @Override
  public int hashCode() {
    return 31 * System.identityHashCode(node) + index;
  }

  @Override
  public String toString() {
    return node.name() + ":" + index;
  }
}
