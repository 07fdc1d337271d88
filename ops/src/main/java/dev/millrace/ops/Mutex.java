package dev.millrace.ops;

import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import java.util.function.Supplier;

/**
 * Lets one run at a time in ({@link Ops#mutex}): tf.CriticalSection.
 *
 * <pre>{@code
 * Mutex m = tf.mutex();
 * Tensor next = m.execute(() -> counter.assignAdd(1));
 * }</pre>
 */
public final class Mutex {
  private final Ops ops;
  private final Output handle;

  private Mutex(Ops ops, Output handle) {
    this.ops = ops;
    this.handle = handle;
  }

  static Mutex make(Ops ops, String sharedName) {
    return new Mutex(
        ops,
        ops.op("MutexV2", "mutex")
            .attr("shared_name", GraphApi.given(sharedName, "the shared name"))
            .build()
            .output(0));
  }

  /** The resource that the mutex' operations take. */
  public Output handle() {
    return handle;
  }

  /** Waits for the mutex and takes it: a lock, to be given back (MutexLock). */
  public Tensor lock() {
    return ops.node("MutexLock", "MutexLock", handle);
  }

  /** Gives a lock back (ConsumeMutexLock); when a run ends, its locks are given back at last. */
  public Operation release(Operand lock) {
    return ops.begin("ConsumeMutexLock", "ConsumeMutexLock", lock).build();
  }

  /**
   * What {@code body} builds, computed while the mutex is held.
   *
   * @param body makes operations; those that it makes itself wait for the lock
   * @param before what has to be computed before the lock is taken: what the body needs of other
   *     bodies of this mutex must stand here, lest each waits for the other
   * @return what the body gives — a tensor, an operation or a structure of them —, there when the
   *     lock is given back
   * @throws dev.millrace.graph.InvalidArgumentException if the body gives something else
   */
  @SuppressWarnings("unchecked") // the same structure of the same kinds
  public <T> T execute(Supplier<T> body, Object... before) {
    GraphApi.given(body, "the body");
    try (Scope s = ops.graph().nameScope("critical_section_execute")) {
      Tensor lock;
      try (Scope after = ops.controlDependencies(before)) {
        lock = lock();
      }
      Object result;
      try (Scope after = ops.controlDependencies(lock)) {
        result = Nest.map(GraphApi.given(body.get(), "what the body gives"), this::settled);
      }
      Operation release;
      try (Scope after = ops.controlDependencies(Nest.flatten(result))) {
        release = release(lock);
      }
      try (Scope after = ops.controlDependencies(release)) {
        return (T) Nest.map(result, this::settled);
      }
    }
  }

  /** x by a node that is made here, which waits for what the scope waits for. */
  private Object settled(Object x) {
    if (x instanceof Operation op) {
      return ops.group(op);
    }
    if (x instanceof Tensor t) {
      return t.identity();
    }
    throw GraphApi.error(
        "the body of a mutex gives tensors and operations; of an assignment its operation() or a"
            + " value made of it, not "
            + x);
  }
}
