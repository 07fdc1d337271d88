package dev.millrace.session.state;

/** Work that has begun and that others may have to let end: it never holds up a thread. */
public interface Wait {
  /** Whether the work is done, or has failed; goes on with it if that is possible now. */
  boolean isDone();

  /**
   * Takes the results of work that is done.
   *
   * @throws dev.millrace.graph.MillraceException if it has failed
   */
  void finish();

  /** Gives the work up, if it is not done; what it has taken so far goes back. */
  void cancel();

  /** Work that was done at once. */
  static Wait done() {
    return Done.INSTANCE;
  }

  /** What {@link #done} gives. */
  enum Done implements Wait {
    INSTANCE;

    @Override
    public boolean isDone() {
      return true;
    }

    @Override
    public void finish() {}

    @Override
    public void cancel() {}
  }
}
