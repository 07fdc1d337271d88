package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.trace.RunTrace;
import java.util.List;

/** A run that has been made ready, in either mode. */
public interface ExecutablePlan extends AutoCloseable {
  /**
   * Runs once; several threads may at the same time.
   *
   * @param feeds the values in the order of the signature's feeds, dtypes and shapes checked
   * @param control what may end the run early; one that may wait needs one of its own
   * @param trace takes the times of the steps; null for none
   */
  void run(List<? extends Feed> feeds, FetchSink sink, RunControl control, RunTrace trace);

  /**
   * The plan as text, for people.
   *
   * @param feeds the shapes of the feeds, null for those that are not known
   */
  String describe(List<Shape> feeds);

  /** Whether a run may have to wait for what other runs do. */
  boolean mayWait();

  /** Frees the memory of runs that are over. */
  @Override
  void close();
}
