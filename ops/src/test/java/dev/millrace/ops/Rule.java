package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import java.util.function.Function;

/** A rule, a program that obeys it, and what the program says. */
record Rule(String rule, Function<Ops, Object> program, String says) {
  static Rule rule(String rule, Function<Ops, Object> program, String says) {
    return new Rule(rule, program, says);
  }

  /** Runs the program on a new graph. */
  void check() {
    assertThat(String.valueOf(program.apply(Ops.of(new Graph())))).isEqualTo(says);
  }

  @Override
  public String toString() {
    return rule;
  }
}
