package dev.millrace.graph;

/**
 * Gives the known elements of a node's integer output, for operations of which shape arithmetic is
 * made.
 */
@FunctionalInterface
public interface ValueFn {
  /**
   * What is known of output {@code output}, or null for nothing. Every input's elements may be
   * asked for. The output shapes have been inferred already, and {@code outputShape} is this
   * output's.
   */
  KnownInts value(ShapeContext c, int output, Shape outputShape);
}
