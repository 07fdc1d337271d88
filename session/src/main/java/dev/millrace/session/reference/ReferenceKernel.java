package dev.millrace.session.reference;

/**
 * Computes a node from the values of its inputs. Has no state of its own, so that one serves all
 * nodes and threads.
 */
@FunctionalInterface
public interface ReferenceKernel {
  /**
   * Reads the inputs of {@code c} and sets every output.
   *
   * @throws dev.millrace.graph.MillraceException if the values do not fit the op; whoever runs the
   *     kernel adds the node to the message
   */
  void compute(KernelContext c);
}
