package dev.millrace.session.plan;

import dev.millrace.session.state.Wait;
import java.util.List;

/**
 * What one run of a {@link Block} needs beside what the block has: carriers of values, and the
 * states of its stages. Used again for later runs.
 */
final class BlockRun {
  private final RunContext context;
  private final Stage[] stages;
  private final Stage.State[] states;
  private final Carrier[] carriers;
  private final int parameters;
  private final int constants; // the carriers after the parameters', which never change
  private final int[] fetches;
  private final int[] counted;
  private final int[][] after;
  private final boolean[] mayWait;
  private int epoch;

  /**
   * @param counted the carriers, constants and parameters that stay the same left out, whose values
   *     count who holds them
   * @param after by stage those it comes after; null where none may have to wait
   * @param mayWait by stage whether it may
   */
  BlockRun(
      RunContext context,
      List<Stage> stages,
      Carrier[] carriers,
      int parameters,
      int constants,
      int[] fetches,
      int[] counted,
      int[][] after,
      boolean[] mayWait) {
    this.context = context;
    this.stages = stages.toArray(new Stage[0]);
    this.states = new Stage.State[this.stages.length];
    for (int i = 0; i < states.length; i++) {
      states[i] = this.stages[i].newState(context);
    }
    this.carriers = carriers;
    this.parameters = parameters;
    this.constants = constants;
    this.fetches = fetches;
    this.counted = counted;
    this.after = after;
    this.mayWait = mayWait;
  }

  RunContext context() {
    return context;
  }

  /** The parameters come first. */
  Carrier carrier(int i) {
    return carriers[i];
  }

  /** The value of fetch {@code k}, after a run. */
  Carrier fetch(int k) {
    return carriers[fetches[k]];
  }

  int fetchCount() {
    return fetches.length;
  }

  /** Begins an epoch: parameters that otherwise stay the same may have changed. */
  void renew() {
    epoch++;
  }

  int epoch() {
    return epoch;
  }

  /** Runs every stage. */
  void run() {
    if (after != null) {
      new Scheduler().run();
      return;
    }
    for (int i = 0; i < stages.length; i++) {
      stages[i].run(this, states[i]);
    }
  }

  /** One run of the stages where some may have to wait. */
  private final class Scheduler extends StageScheduler {
    Scheduler() {
      super(stages.length, context.state().control());
    }

    @Override
    boolean isReady(int i) {
      for (int s : after[i]) {
        if (!isDone(s)) {
          return false;
        }
      }
      return true;
    }

    @Override
    Wait begin(int i, boolean alone) {
      if (stages[i] instanceof WaitStage w) {
        return w.begin(BlockRun.this);
      }
      if (mayWait[i] && !alone) {
        return inThread(() -> stages[i].run(BlockRun.this, states[i]), context.state().control());
      }
      stages[i].run(BlockRun.this, states[i]);
      return Wait.done();
    }
  }

  /** Lets go of the values that count who holds them, when whoever runs this has its results. */
  void letGo() {
    for (int c : counted) {
      carriers[c].clear();
    }
  }

  /** As {@link #letGo}, but of the parameters only. */
  void letGoOfParameters() {
    for (int c : counted) {
      if (c < parameters) {
        carriers[c].clear();
      }
    }
  }

  /** Frees the memory, when no further run comes. */
  void close() {
    for (Stage.State s : states) {
      s.close();
    }
  }

  /** Lets go of all values and gives back what other runs may use. */
  void release() {
    for (Stage.State s : states) {
      s.release();
    }
    for (int i = 0; i < carriers.length; i++) {
      if (i < parameters || i >= parameters + constants) {
        carriers[i].clear();
      }
    }
  }
}
