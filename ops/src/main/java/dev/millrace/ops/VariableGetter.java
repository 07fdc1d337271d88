package dev.millrace.ops;

import java.util.function.Function;

/**
 * Stands between {@code getVariable} and the variables of a scope, and may change what is asked for
 * or give another variable: TensorFlow's custom getter. One that renames:
 *
 * <pre>{@code
 * VariableGetter teacher = (asked, next) -> next.apply(asked.withName(asked.name() + "_teacher"));
 * }</pre>
 *
 * <p>A getter of a scope inside another one with a getter has that one as {@code next}.
 */
@FunctionalInterface
public interface VariableGetter {
  /**
   * Gives the variable that is asked for.
   *
   * @param asked everything that is known of it, the scope's defaults filled in
   * @param next what would give it without this getter
   */
  Variable get(VariableRequest asked, Function<VariableRequest, Variable> next);

  /** This getter where {@code outer} is the getter of the scope around; null for none. */
  default VariableGetter inside(VariableGetter outer) {
    return outer == null ? this : (asked, next) -> get(asked, r -> outer.get(r, next));
  }
}
