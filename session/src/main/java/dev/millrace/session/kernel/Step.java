package dev.millrace.session.kernel;

/** One bound computation of a plan. Runs as often as the plan does, and allocates nothing. */
@FunctionalInterface
public interface Step {
  /**
   * Computes the outputs.
   *
   * @throws dev.millrace.graph.MillraceException if the values do not fit the op; the plan adds the
   *     node to the message
   */
  void run();
}
