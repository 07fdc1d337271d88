package dev.millrace.session.kernel;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.collections.SlabPool;
import dev.millrace.session.memory.Region;

/**
 * A node for a {@link CellKernel} to bind to. The methods of this interface itself are for when the
 * step runs.
 */
public interface CellContext extends BindContext {
  /** The value of input {@code i}, which is no dense tensor. */
  TensorValue cell(int i);

  /**
   * Whether nothing uses input {@code i} after this node, so that what nobody else holds may be
   * changed and passed on.
   */
  boolean isLastUse(int i);

  /** Sets output {@code i}, which is no dense tensor. */
  void setCell(int i, TensorValue value);

  /**
   * The memory for output {@code i}, a dense tensor, which turns out to be of that shape.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the graph promised another
   */
  Region result(int i, Shape shape);

  /**
   * Gives output {@code i}, a dense tensor, where it lies in a slab, which is held until the step
   * runs again or the run ends.
   *
   * @return false if the output must be copied to {@link #result}
   */
  boolean lend(int i, Shape shape, Slab slab, long offset, long bytes);

  /** Whether something takes output {@code i}. */
  boolean isUsed(int i);

  /** Memory for what lives as long as the run. */
  SlabPool slabs();
}
