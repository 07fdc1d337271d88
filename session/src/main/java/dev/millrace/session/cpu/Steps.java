package dev.millrace.session.cpu;

import dev.millrace.session.kernel.Step;
import java.util.List;

/** Steps made of others. */
final class Steps {
  /** Does nothing: for results without elements. */
  static final Step NOTHING = () -> {};

  private Steps() {}

  /** Runs these one after another. */
  static Step sequence(List<Step> steps) {
    List<Step> real = steps.stream().filter(s -> s != NOTHING).toList();
    return switch (real.size()) {
      case 0 -> NOTHING;
      case 1 -> real.get(0);
      default -> new Sequence(real.toArray(Step[]::new));
    };
  }

  private static final class Sequence implements Step {
    private final Step[] steps;

    Sequence(Step[] steps) {
      this.steps = steps;
    }

    @Override
    public void run() {
      for (Step s : steps) {
        s.run();
      }
    }
  }
}
