package dev.millrace.session.plan;

import java.util.List;

/** A run that has been made ready, in either mode. */
public interface ExecutablePlan extends AutoCloseable {
  /**
   * Runs once; several threads may at the same time.
   *
   * @param feeds the values in the order of the signature's feeds, dtypes and shapes checked
   */
  void run(List<? extends Feed> feeds, FetchSink sink);

  /** Frees the memory of runs that are over. */
  @Override
  void close();
}
