package dev.millrace.session;

import dev.millrace.session.state.RunControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What may end a run early beside the session's end. */
final class RunLimit {
  private final List<Cancellation> cancellations = new ArrayList<>(1);
  private Duration time; // null for any

  void timeout(Duration limit) {
    time = limit;
  }

  void cancelledBy(Cancellation c) {
    cancellations.add(c);
  }

  /** What controls a run that begins now and may take a time, null for any. */
  static RunControl control(Duration time) {
    return time == null ? new RunControl() : new RunControl(time.toNanos());
  }

  /**
   * What controls a run that begins now.
   *
   * @param otherwise how long it may take where no time is set here; null for any
   */
  RunControl begin(Duration otherwise) {
    RunControl control = control(time == null ? otherwise : time);
    cancellations.forEach(c -> c.add(control));
    return control;
  }

  void end(RunControl control) {
    cancellations.forEach(c -> c.remove(control));
  }
}
