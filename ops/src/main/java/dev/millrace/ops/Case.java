package dev.millrace.ops;

import java.util.function.Supplier;

/**
 * One case of {@link Ops#caseOf}.
 *
 * @param pred a scalar bool
 * @param then what is computed if it is true
 */
public record Case<S>(TensorMethods pred, Supplier<? extends S> then) {}
