package dev.millrace.ops;

import java.util.function.Function;

/** A function whose variables are made by its first call and shared by the others. */
final class Template<A, R> implements Function<A, R> {
  private final Ops ops;
  private final String name;
  private final Function<A, R> function;
  private VariableScope scope;

  Template(Ops ops, String name, Function<A, R> function) {
    this.ops = ops;
    this.name = name;
    this.function = function;
  }

  @Override
  public R apply(A x) {
    try (VariableScope s =
        scope == null ? ops.variableScope(null, name) : ops.variableScope(scope, Reuse.TRUE)) {
      scope = scope == null ? s : scope;
      return function.apply(x);
    }
  }
}
