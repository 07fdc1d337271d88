package dev.millrace.session.reference;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.NotFoundException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The reference kernel of every op type that has one, and the types that exist in graphs only. */
public final class ReferenceKernels {
  private static final ReferenceKernels ALL = new ReferenceKernels();

  private final Map<String, ReferenceKernel> kernels = new TreeMap<>();
  private final Map<String, WaitingKernel> waiting = new TreeMap<>();
  private final Set<String> control = new TreeSet<>();

  static {
    MathKernels.register(ALL);
    ArrayKernels.register(ALL);
    SegmentKernels.register(ALL);
    NnKernels.register(ALL);
    RnnKernels.register(ALL);
    StateKernels.register(ALL);
    RandomKernels.register(ALL);
    ControlFlowKernels.register(ALL);
    TensorArrayKernels.register(ALL);
    StackKernels.register(ALL);
    ListKernels.register(ALL);
    StringKernels.register(ALL);
    SparseKernels.register(ALL);
    SpectralKernels.register(ALL);
    ColourKernels.register(ALL);
    BoxKernels.register(ALL);
    PictureKernels.register(ALL);
    CtcKernels.register(ALL);
    ForeignKernels.register(ALL);
    ComplexKernels.register(ALL);
    QueueKernels.register(ALL);
    ReaderKernels.register(ALL);
    DecodeKernels.register(ALL);
    TableKernels.register(ALL);
    SharedKernels.register(ALL);
    SummaryKernels.register(ALL);
    OldKernels.register(ALL); // names that refer to types above
  }

  private ReferenceKernels() {}

  /** The kernel of that type, or null. */
  public static ReferenceKernel find(String opType) {
    return ALL.kernels.get(opType);
  }

  /** The kernel of that type, if it is one that may have to wait; else null. */
  public static WaitingKernel findWaiting(String opType) {
    return ALL.waiting.get(opType);
  }

  /** The op types that have a kernel. */
  public static Set<String> types() {
    Set<String> all = new TreeSet<>(ALL.kernels.keySet());
    all.addAll(ALL.waiting.keySet());
    return Collections.unmodifiableSet(all);
  }

  /**
   * The op types without a kernel that whoever runs a graph executes itself, since they decide what
   * else runs: loops, branches and calls.
   */
  public static Set<String> controlTypes() {
    return Collections.unmodifiableSet(ALL.control);
  }

  /** Marks {@code opTypes} as executed by whoever runs the graph. */
  void addControl(String... opTypes) {
    control.addAll(List.of(opTypes));
  }

  /** Gives {@code opType} its kernel. */
  void add(String opType, ReferenceKernel kernel) {
    if (kernels.put(opType, kernel) != null) {
      throw new AlreadyExistsException("op type '" + opType + "' has a reference kernel already");
    }
  }

  /** Gives {@code opType} the kernel of another type, as under its old name. */
  void same(String opType, String known) {
    add(opType, kernels.get(known));
  }

  /** Gives {@code opType} its kernel, which may have to wait for others. */
  void addWaiting(String opType, WaitingKernel kernel) {
    if (kernels.containsKey(opType) || waiting.put(opType, kernel) != null) {
      throw new AlreadyExistsException("op type '" + opType + "' has a reference kernel already");
    }
  }

  /** Gives {@code opType}, which has a kernel of real numbers, another for complex ones. */
  void forComplex(String opType, ReferenceKernel kernel) {
    ReferenceKernel real = kernels.get(opType);
    if (real == null) {
      throw new NotFoundException("op type '" + opType + "' has no reference kernel yet");
    }
    kernels.put(
        opType,
        c -> {
          boolean complex = c.input(0).dtype().isComplex() || c.outputType(0).isComplex();
          (complex ? kernel : real).compute(c);
        });
  }
}
