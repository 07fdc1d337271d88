package dev.millrace.session.state;

import dev.millrace.graph.NotFoundException;
import dev.millrace.session.trace.RunTrace;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What lives as long as one run and is found by name. */
public final class RunState {
  private final Map<String, Object> resources = new ConcurrentHashMap<>();
  private final AtomicLong made = new AtomicLong();
  private volatile RunControl control = new RunControl();
  private volatile RunTrace trace; // null for none

  /**
   * Begins a run that {@code c} may end.
   *
   * @param t takes the times of its steps; null for none
   */
  public void begin(RunControl c, RunTrace t) {
    control = c;
    trace = t;
  }

  /** What takes the times of the run's steps, or null. */
  public RunTrace trace() {
    return trace;
  }

  /** What may end the run, and where it waits. */
  public RunControl control() {
    return control;
  }

  /** Keeps {@code resource} under a name of its own that begins with {@code prefix}. */
  public String add(String prefix, Object resource) {
    String name = prefix + "_" + made.getAndIncrement();
    resources.put(name, resource);
    return name;
  }

  /**
   * What was added under that name.
   *
   * @throws NotFoundException if there is no such thing of that kind in this run
   */
  public <T> T get(String name, Class<T> kind) {
    Object r = resources.get(name);
    if (!kind.isInstance(r)) {
      throw new NotFoundException(
          "this run has no " + kind.getSimpleName() + " called '" + name + "'");
    }
    return kind.cast(r);
  }

  /** Forgets everything, at the end of the run; what it holds goes back. */
  public void clear() {
    trace = null;
    for (Object r : resources.values()) {
      if (r instanceof EndsWithRun e) {
        e.runEnds();
      }
    }
    resources.clear();
  }
}
