/**
 * Graphs: operations, tensors, shapes, dtypes, scopes, the registry of op types, shape inference,
 * and the file formats of TensorFlow.
 *
 * <p>Start at {@link dev.millrace.graph.Graph}. Nothing here computes.
 */
package dev.millrace.graph;
