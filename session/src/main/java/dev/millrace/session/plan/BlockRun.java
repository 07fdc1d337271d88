package dev.millrace.session.plan;

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
  private int epoch;

  /**
   * @param counted the carriers, constants and parameters that stay the same left out, whose values
   *     count who holds them
   */
  BlockRun(
      RunContext context,
      List<Stage> stages,
      Carrier[] carriers,
      int parameters,
      int constants,
      int[] fetches,
      int[] counted) {
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
    for (int i = 0; i < stages.length; i++) {
      stages[i].run(this, states[i]);
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
