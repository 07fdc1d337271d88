package dev.millrace.session.reference;

import dev.millrace.graph.AlreadyExistsException;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The reference kernel of every op type that has one, and the types that exist in graphs only. */
public final class ReferenceKernels {
  private static final ReferenceKernels ALL = new ReferenceKernels();

  private final Map<String, ReferenceKernel> kernels = new TreeMap<>();

  static {
    MathKernels.register(ALL);
    ArrayKernels.register(ALL);
    SegmentKernels.register(ALL);
    NnKernels.register(ALL);
    RnnKernels.register(ALL);
    StateKernels.register(ALL);
    RandomKernels.register(ALL);
    ControlFlowKernels.register(ALL);
  }

  private ReferenceKernels() {}

  /** The kernel of that type, or null. */
  public static ReferenceKernel find(String opType) {
    return ALL.kernels.get(opType);
  }

  /** The op types that have a kernel. */
  public static Set<String> types() {
    return Collections.unmodifiableSet(ALL.kernels.keySet());
  }

  /** Gives {@code opType} its kernel. */
  void add(String opType, ReferenceKernel kernel) {
    if (kernels.put(opType, kernel) != null) {
      throw new AlreadyExistsException("op type '" + opType + "' has a reference kernel already");
    }
  }
}
