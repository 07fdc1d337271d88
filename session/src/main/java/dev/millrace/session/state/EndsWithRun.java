package dev.millrace.session.state;

/** Something that a run holds and must give back when it ends. */
@FunctionalInterface
public interface EndsWithRun {
  /** Called when the run has ended, well or not. */
  void runEnds();
}
