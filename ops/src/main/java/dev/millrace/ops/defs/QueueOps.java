package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Queues. The first versions know them by a vector of two names, the later ones by a resource; what
 * a queue holds is known to the Java object that stands for it, not to the handle.
 */
final class QueueOps {
  static final String OLD_HANDLE = "handle: Ref(string)";
  static final String HANDLE = "handle: resource";
  private static final String CANCEL = "cancel_pending_enqueues: bool = false";

  private QueueOps() {}

  static void register(OpRegistry r) {
    for (boolean old : new boolean[] {true, false}) {
      queues(r, old);
      enqueues(r, old);
      dequeues(r, old);
      others(r, old);
    }
    r.add(
        OpDef.named("FakeQueue")
            .inputs("resource: resource")
            .outputs(OLD_HANDLE)
            .stateful()
            .shape(c -> c.output(0, Shape.vector(2))));
  }

  private static String version(boolean old) {
    return old ? "" : "V2";
  }

  /** Something shared, whose handle is output 0; {@code attrs} come before the names. */
  static OpDef.Builder shared(String type, boolean old, String handle, String... attrs) {
    List<String> all = new ArrayList<>(Arrays.asList(attrs));
    all.add("container: string = ''");
    all.add("shared_name: string = ''");
    return OpDef.named(type)
        .outputs(handle + (old ? ": Ref(string)" : ": resource"))
        .attrs(all.toArray(String[]::new))
        .stateful()
        .shape(c -> c.output(0, old ? Shape.vector(2) : Shape.scalar()));
  }

  private static void queues(OpRegistry r, boolean old) {
    String types = "component_types: list(type) >= 1";
    String shapes = "shapes: list(shape) >= 0 = []";
    String capacity = "capacity: int = -1";
    String v = version(old);
    r.add(shared("FIFOQueue" + v, old, "handle", types, shapes, capacity));
    r.add(shared("PaddingFIFOQueue" + v, old, "handle", types, shapes, capacity));
    r.add(
        shared(
            "RandomShuffleQueue" + v,
            old,
            "handle",
            types,
            shapes,
            capacity,
            "min_after_dequeue: int = 0",
            "seed: int = 0",
            "seed2: int = 0"));
    r.add(
        shared(
            "PriorityQueue" + v,
            old,
            "handle",
            "component_types: list(type) >= 0 = []",
            "shapes: list(shape) >= 0",
            capacity));
  }

  /** An op on something shared, whose handle is input 0. */
  static OpDef.Builder on(String type, boolean old, String... moreInputs) {
    List<String> all = new ArrayList<>(List.of(old ? OLD_HANDLE : HANDLE));
    all.addAll(Arrays.asList(moreInputs));
    return OpDef.named(type).inputs(all.toArray(String[]::new)).stateful();
  }

  /** Checks the handle, input {@code i}. */
  static void requireHandle(ShapeContext c, int i) {
    Shape s = c.input(i);
    if (c.inputType(i) == DataType.RESOURCE) {
      Shapes.requireScalar(c, i, "a handle");
    } else if (!s.isCompatibleWith(Shape.vector(2))) {
      throw new InvalidArgumentException("a handle is a vector of two names, not " + s);
    }
  }

  private static void enqueues(OpRegistry r, boolean old) {
    for (String op : new String[] {"QueueEnqueue", "QueueEnqueueMany"}) {
      r.add(
          on(op + version(old), old, "components: Tcomponents")
              .attrs("Tcomponents: list(type) >= 1", "timeout_ms: int = -1")
              .shape(c -> requireHandle(c, 0)));
    }
  }

  private static void dequeues(OpRegistry r, boolean old) {
    String types = "component_types: list(type) >= 1";
    r.add(
        on("QueueDequeue" + version(old), old)
            .outputs("components: component_types")
            .attrs(types, "timeout_ms: int = -1")
            .stateShape()
            .shape(c -> requireHandle(c, 0)));
    for (String op : new String[] {"QueueDequeueMany", "QueueDequeueUpTo"}) {
      r.add(
          on(op + version(old), old, "n: int32")
              .outputs("components: component_types")
              .attrs(types, "timeout_ms: int = -1")
              .stateShape()
              .shape(
                  c -> {
                    requireHandle(c, 0);
                    Shapes.requireScalar(c, 1, "the number of elements");
                  }));
    }
  }

  private static void others(OpRegistry r, boolean old) {
    String v = version(old);
    r.add(on("QueueClose" + v, old).attrs(CANCEL).shape(c -> requireHandle(c, 0)));
    r.add(on("QueueSize" + v, old).outputs("size: int32").shape(QueueOps::aboutHandle));
    r.add(on("QueueIsClosed" + v, old).outputs("is_closed: bool").shape(QueueOps::aboutHandle));
  }

  /** A scalar about what is behind a handle. */
  static void aboutHandle(ShapeContext c) {
    requireHandle(c, 0);
    c.output(0, Shape.scalar());
  }
}
