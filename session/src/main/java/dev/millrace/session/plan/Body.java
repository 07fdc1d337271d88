package dev.millrace.session.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a plan that a node runs: a branch, the condition or body of a loop, a function that is
 * called. Its feeds are the parameters and its fetches the results.
 */
final class Body {
  private final PlanGraph graph;
  private final List<Integer> arguments;
  private final List<Integer> results;

  /**
   * @param arguments by parameter the number of the node's input that gives it. In a loop, inputs
   *     that are variables stand for their present values, and the numbers after those of the
   *     inputs for what the condition gives to the body.
   * @param results by fetch the number of the node's output, or of the loop's variable, that it
   *     gives
   */
  Body(PlanGraph graph, List<Integer> arguments, List<Integer> results) {
    this.graph = graph;
    this.arguments = new ArrayList<>(arguments);
    this.results = new ArrayList<>(results);
  }

  /** A body whose parameters are the node's inputs from {@code first} on, in order. */
  static Body of(PlanGraph graph, int first, int parameters) {
    return new Body(
        graph,
        IntStream.range(first, first + parameters).boxed().toList(),
        IntStream.range(0, graph.fetches().size()).boxed().toList());
  }

  PlanGraph graph() {
    return graph;
  }

  List<Integer> arguments() {
    return arguments;
  }

  List<Integer> results() {
    return results;
  }

  /** Forgets the parameters that nothing uses, and what computes nothing that is used. */
  void compact() {
    graph.dropUnused();
    List<PlanNode> feeds = new ArrayList<>();
    graph.nodes().stream().filter(PlanNode::isFeed).forEach(feeds::add);
    feeds.sort(Comparator.comparingInt(PlanNode::feedNumber));
    List<Integer> old = List.copyOf(arguments);
    arguments.clear();
    for (PlanNode f : feeds) {
      arguments.add(old.get(f.feedNumber()));
      f.setFeedNumber(arguments.size() - 1);
    }
  }

  /** Whether running this may have to wait for what others do. */
  boolean mayWait() {
    return graph.nodes().stream().anyMatch(PlanNode::mayWait);
  }

  /** Whether running this changes something. */
  boolean hasEffect() {
    return graph.nodes().stream().anyMatch(PlanNode::hasEffect);
  }
}
