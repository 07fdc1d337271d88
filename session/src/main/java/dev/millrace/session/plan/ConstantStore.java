package dev.millrace.session.plan;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import java.util.IdentityHashMap;

/**
 * The constants of a plan off the heap, each copied there once, for all the shapes that it is
 * specialised for.
 */
final class ConstantStore {
  private final IdentityHashMap<TensorValue, Region> regions = new IdentityHashMap<>();

  /**
   * A store of the constants of {@code g} and its bodies; none is copied before it is asked for.
   */
  ConstantStore(PlanGraph g) {
    add(g);
  }

  private void add(PlanGraph g) {
    for (PlanNode n : g.nodes()) {
      if (n.isConstant() && n.value().dtype().isDense()) {
        regions.put(n.value(), null);
      }
      n.bodies().forEach(b -> add(b.graph()));
    }
  }

  /** The memory of {@code value}, or null if it is none of the plan's constants. */
  synchronized Region find(TensorValue value) {
    if (!regions.containsKey(value)) {
      return null;
    }
    return regions.computeIfAbsent(value, ConstantStore::copy);
  }

  private static Region copy(TensorValue value) {
    long bytes = HeapCopies.byteSize(value.dtype(), value.shape());
    Region r = NativeMemory.allocate(bytes).region(0, bytes);
    HeapCopies.store(value, r);
    return r;
  }
}
