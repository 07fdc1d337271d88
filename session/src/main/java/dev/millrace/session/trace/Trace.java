package dev.millrace.session.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one or several runs and the time that each took. Since single steps are noisy, a
 * trace sums up all runs that were traced into it. Safe for concurrent use.
 *
 * <p>Times are those of the thread that leads a run; a step that others help with ends when all are
 * done. Taking the times costs some 0.1 microseconds a step.
 */
public final class Trace {
  /** More would take gigabytes; what comes after is counted only. */
  private static final int MAX_EVENTS = 4_000_000;

  private final List<TraceEvent> events = new ArrayList<>();
  private int begun;
  private int runs;
  private long dropped;

  /** Begins a run, for sessions; it counts when it has ended. */
  public synchronized RunTrace begin() {
    return new RunTrace(this, begun++);
  }

  synchronized void add(List<TraceEvent> more) {
    runs++;
    int left = MAX_EVENTS - events.size();
    if (more.size() > left) {
      dropped += more.size() - left;
    }
    events.addAll(more.subList(0, Math.min(left, more.size())));
  }

  /** How many runs have been traced to their end. */
  public synchronized int runs() {
    return runs;
  }

  /** How many events were left out, since there were too many to keep: normally 0. */
  public synchronized long dropped() {
    return dropped;
  }

  /** All that has been recorded so far, run by run; what encloses others comes after them. */
  public synchronized List<TraceEvent> events() {
    return List.copyOf(events);
  }

  /** Forgets everything. */
  public synchronized void clear() {
    events.clear();
    begun = 0;
    runs = 0;
    dropped = 0;
  }

  /**
   * A table by op type and kind of kernel, the most expensive first: how often it ran and how long
   * that took in all runs together, in one run and at a time; its share of the time of the runs;
   * and the arithmetic (products and convolutions only) and memory traffic per second.
   */
  public String table() {
    return new TraceTable(this).byType();
  }

  /**
   * A table of the {@code n} most expensive steps by name, all their executions taken together,
   * with their results and, of fused steps, their nodes.
   */
  public String slowest(int n) {
    return new TraceTable(this).slowest(n);
  }

  /**
   * The events in Chrome's format, which {@code chrome://tracing} and Perfetto show on a time line.
   */
  public String chromeJson() {
    StringBuilder text = new StringBuilder();
    try {
      ChromeJson.write(events(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringBuilder throws none
    }
    return text.toString();
  }

  /** Writes {@link #chromeJson()} into a file. */
  public void chromeJson(Path file) throws IOException {
    try (Writer w = Files.newBufferedWriter(file)) {
      ChromeJson.write(events(), w);
    }
  }
}
