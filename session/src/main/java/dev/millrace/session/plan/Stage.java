package dev.millrace.session.plan;

import dev.millrace.graph.Shape;

/** A step of a {@link Block}: a segment, a branch or a loop. Serves any number of runs at once. */
interface Stage {
  /** What one run of the block needs for this stage, kept for its later runs. */
  interface State {
    /** Gives back what other runs may use, at the end of a run. */
    void release();

    /** Frees the memory, when no further run comes. */
    void close();
  }

  /** The carriers from which this takes values. */
  int[] reads();

  /**
   * Tells from which carriers nothing takes the value after this stage, among those whose values
   * count who holds them: it lets go of them as early as it can.
   */
  void setLastReads(int[] carriers);

  /** What a new run of the block needs. */
  State newState(RunContext context);

  /**
   * Runs, from the run's carriers to the run's carriers.
   *
   * @param state what {@link #newState} gave for this run
   */
  void run(BlockRun run, State state);

  /**
   * Writes what this executes.
   *
   * @param shapes by carrier the shape of its value, null where only the run tells it; takes those
   *     of the results
   */
  void describe(PlanText to, Shape[] shapes);

  /** Frees the memory of runs that are over. */
  void clear();
}
