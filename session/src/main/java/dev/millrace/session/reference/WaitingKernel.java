package dev.millrace.session.reference;

import dev.millrace.session.state.Wait;

/**
 * A kernel whose op may have to wait for other ops, in its own run or in others: whoever runs it
 * goes on with what else there is. Its op has an effect.
 */
@FunctionalInterface
public interface WaitingKernel {
  /**
   * Begins.
   *
   * @param changed told when the work may be able to go on; may be called by any thread
   * @return when {@link Wait#finish} has been called, the outputs of {@code c} are set
   * @throws dev.millrace.graph.MillraceException if the values do not fit the op
   */
  Wait begin(KernelContext c, Runnable changed);
}
