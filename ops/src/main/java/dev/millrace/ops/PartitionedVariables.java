package dev.millrace.ops;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Finds and makes the variables of a store that lie in parts. */
final class PartitionedVariables {
  private final VariableStore store;
  private final Map<String, PartitionedVariable> made = new HashMap<>();

  PartitionedVariables(VariableStore store) {
    this.store = store;
  }

  /**
   * @param partitioner null for the parts of one that exists
   */
  PartitionedVariable get(VariableRequest r, Partitioner partitioner) {
    Variable whole = store.find(r.name());
    if (whole != null) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' is asked for in parts, but exists in one piece; ask for it by get()"
              + VariableStore.definedAt(whole));
    }
    PartitionedVariable found = made.get(r.name());
    if (partitioner == null && found == null) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' is asked for in parts, and neither the call nor the scope has a partitioner");
    }
    Output value = valueOf(r);
    Shape shape = value == null ? r.shape() : value.shape();
    int[] partitions = partitioner == null ? null : partitions(r, shape, partitioner);
    if (found != null) {
      checkShared(found, r, shape, partitions);
      return found;
    }
    if (r.reuse() == Reuse.TRUE) {
      throw new NotFoundException(
          "variable '"
              + r.name()
              + "' does not exist in parts, and the scope only shares (Reuse.TRUE); to make it"
              + " where it does not exist, open the scope with Reuse.AUTO_REUSE"
              + VariableStore.calledAt());
    }
    PartitionedVariable v = make(r, value, shape, partitions);
    made.put(r.name(), v);
    return v;
  }

  private Output valueOf(VariableRequest r) {
    Object value = r.initialValue();
    if (value == null) {
      return null;
    } else if (value instanceof Supplier) {
      throw GraphApi.error(
          "variable '" + r.name() + "' in parts takes an initial value or an initializer");
    }
    return store.ops().convert(value, r.dtype(), "initial_value");
  }

  private static int[] partitions(VariableRequest r, Shape shape, Partitioner partitioner) {
    if (shape == null || !shape.isFullyDefined() || shape.rank() == 0) {
      throw GraphApi.error(
          "variable '"
              + r.name()
              + "' in parts needs a fully known shape of at least one dimension, not "
              + (shape == null ? "none" : shape));
    }
    int[] p = partitioner.partition(shape, r.dtype());
    boolean fits =
        p.length == shape.rank()
            && Arrays.stream(p).allMatch(n -> n >= 1)
            && Arrays.stream(p).filter(n -> n > 1).count() <= 1;
    if (!fits) {
      throw GraphApi.error(
          "the partitioner of variable '"
              + r.name()
              + "' "
              + shape
              + " gave "
              + Arrays.toString(p)
              + "; it must give a number for each axis, each 1 or above and one at most above 1");
    }
    return p;
  }

  private static void checkShared(
      PartitionedVariable found, VariableRequest r, Shape shape, int[] partitions) {
    String where = VariableStore.definedAt(found.parts().get(0));
    String what = null;
    if (r.reuse() == Reuse.NONE) {
      throw new AlreadyExistsException(
          "variable '"
              + r.name()
              + "' exists already, in parts; to share it, open the scope with Reuse.TRUE or"
              + " Reuse.AUTO_REUSE"
              + where
              + VariableStore.calledAt());
    } else if (shape != null && !shape.isCompatibleWith(found.shape())) {
      what = "shape " + shape + ", but it has shape " + found.shape();
    } else if (r.dtype() != found.dtype()) {
      what = "dtype " + r.dtype() + ", but it has dtype " + found.dtype();
    } else if (partitions != null && !Arrays.equals(partitions, found.partitions())) {
      what =
          "parts "
              + Arrays.toString(partitions)
              + ", but it has parts "
              + Arrays.toString(found.partitions());
    }
    if (what != null) {
      throw GraphApi.error("variable '" + r.name() + "' is to be shared with " + what + where);
    }
  }

  private PartitionedVariable make(VariableRequest r, Output value, Shape shape, int[] partitions) {
    int axis = 0;
    for (int i = 0; i < partitions.length; i++) {
      axis = partitions[i] > 1 ? i : axis;
    }
    int n = partitions[axis];
    checkNoOtherParts(r.name(), n);
    List<Variable> parts = new ArrayList<>();
    List<Long> offset = new ArrayList<>(java.util.Collections.nCopies(shape.rank(), 0L));
    for (int i = 0; i < n; i++) {
      // The first parts take what does not divide evenly.
      long size = shape.dim(axis) / n + (i < shape.dim(axis) % n ? 1 : 0);
      long[] dims = shape.dims();
      dims[axis] = size;
      VariableSlice slice = new VariableSlice(r.name(), shape, offset, Shape.of(dims));
      parts.add(part(r, value, slice, r.name() + "/part_" + i));
      offset.set(axis, offset.get(axis) + size);
    }
    return new PartitionedVariable(store.ops(), r.name(), shape, axis, partitions, parts);
  }

  /** Parts that were made one by one must be as many as are to be made now. */
  private void checkNoOtherParts(String name, int n) {
    boolean first = store.find(name + "/part_0") != null;
    boolean last = store.find(name + "/part_" + (n - 1)) != null;
    boolean more = store.find(name + "/part_" + n) != null;
    if (first && (!last || more)) {
      throw GraphApi.error(
          "variable '"
              + name
              + "' is to be cut into "
              + n
              + " parts, but "
              + (more ? "more" : "fewer")
              + " exist"
              + VariableStore.definedAt(store.find(name + "/part_0")));
    }
  }

  private Variable part(VariableRequest r, Output value, VariableSlice slice, String name) {
    VariableRequest p = r.withName(name).withShape(slice.shape());
    if (value != null) {
      try (Scope s = store.ops().graph().nameScope(name + "/PartitionedInitializer")) {
        List<Long> sizes = Arrays.stream(slice.shape().dims()).boxed().toList();
        p = p.withInitialValue(store.ops().slice(store.ops().tensor(value), slice.offset(), sizes));
      }
    }
    return store.getSingle(p, slice);
  }
}
