/**
 * The definitions of the op types by family: signatures, attributes and shape functions, as
 * TensorFlow 1.15 registers them. {@link dev.millrace.ops.defs.StandardOps} brings them all into
 * the registry.
 */
package dev.millrace.ops.defs;
