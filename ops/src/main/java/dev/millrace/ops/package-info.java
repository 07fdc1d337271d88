/**
 * Op definitions by family, and the API that graphs are written in: {@code Ops} and the fluent
 * {@code Tensor}.
 */
package dev.millrace.ops;
