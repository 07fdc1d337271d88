package dev.millrace.session.kernel;

import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.WorkerPool;
import dev.millrace.session.state.Variable;
import java.util.function.Supplier;

/**
 * A node with concrete shapes and the memory of its inputs and outputs, for a kernel to bind to.
 */
public interface BindContext extends NodeSpec {
  /**
   * The memory of input {@code i}, a dense tensor. May be bound elsewhere between runs: see {@link
   * Region}.
   */
  Region input(int i);

  /** The memory of output {@code i}, a dense tensor. */
  Region output(int i);

  /** The variable behind input {@code i}, a resource whose memory is fixed. */
  Variable variable(int i);

  /** What this node keeps from run to run in the session, made by {@code make} the first time. */
  <T> T nodeState(Class<T> kind, Supplier<T> make);

  /** The threads over which a large step is split. */
  WorkerPool pool();

  /**
   * Arrays for intermediate values, shared by all steps of the plan instance, which run one after
   * another.
   */
  Scratch scratch();
}
