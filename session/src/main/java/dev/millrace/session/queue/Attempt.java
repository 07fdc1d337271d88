package dev.millrace.session.queue;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.MillraceException;
import dev.millrace.session.state.Wait;

/**
 * Something that a run wants of a place where runs wait for each other. Stands in a line; all but
 * {@link #isDone} is guarded by the place's lock.
 */
abstract class Attempt implements Wait {
  /** How far an attempt got. */
  enum Result {
    NOTHING,
    SOME,
    ALL
  }

  private final WaitingLine place;
  private final Runnable changed;
  private final String what;
  private volatile boolean done;
  private MillraceException failure;

  /**
   * @param what names the attempt when it is cancelled
   */
  Attempt(WaitingLine place, String what, Runnable changed) {
    this.place = place;
    this.what = what;
    this.changed = changed;
  }

  /** Goes on as far as possible; after {@link Result#ALL} the attempt is over. */
  abstract Result run();

  /** Gives back what an attempt that is given up has taken. */
  void giveBack() {}

  /** Takes the results, if the attempt did not fail. */
  abstract void results();

  void fail(MillraceException why) {
    failure = why;
  }

  boolean isOver() {
    return done;
  }

  /** Says that the attempt is over; the answer is to be run without the lock. */
  Runnable end() {
    done = true;
    return changed;
  }

  CancelledException cancelled() {
    return new CancelledException(what + " was cancelled");
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public void finish() {
    if (failure != null) {
      throw failure;
    }
    results();
  }

  @Override
  public void cancel() {
    place.giveUp(this);
  }
}
