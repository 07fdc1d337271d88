package dev.millrace.session.queue;

import dev.millrace.session.state.EndsWithRun;
import dev.millrace.session.state.Wait;
import java.util.function.Consumer;

/** A lock that one run at a time has; those that want it stand in a line. */
public final class Mutex extends WaitingLine {
  private final String name;
  private Held holder; // null when it is free

  public Mutex(String name) {
    this.name = name;
  }

  /**
   * Takes the lock, as soon as it is free.
   *
   * @param result takes what gives it back
   */
  public Wait lock(Consumer<Held> result, Runnable changed) {
    Take t = new Take(result, changed);
    enter(t, false);
    return t;
  }

  /** The lock as one holds it. */
  public final class Held implements EndsWithRun {
    @Override
    public void runEnds() {
      giveBack();
    }

    /** Gives the lock back, if it has not been. */
    public void giveBack() {
      locked(
          () -> {
            if (holder == this) {
              holder = null;
            }
          });
      flush();
    }
  }

  private final class Take extends Attempt {
    private final Consumer<Held> result;
    private Held taken;

    Take(Consumer<Held> result, Runnable changed) {
      super(Mutex.this, "locking mutex '" + Mutex.this.name + "'", changed);
      this.result = result;
    }

    @Override
    Result run() {
      if (holder != null) {
        return Result.NOTHING;
      }
      taken = new Held();
      holder = taken;
      return Result.ALL;
    }

    @Override
    void results() {
      result.accept(taken);
    }

    /** A lock that was taken when the run had failed already goes back too. */
    @Override
    public void cancel() {
      super.cancel();
      if (taken != null) {
        taken.giveBack();
      }
    }
  }
}
