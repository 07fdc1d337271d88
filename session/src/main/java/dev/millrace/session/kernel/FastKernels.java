package dev.millrace.session.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The fast kernels there are, by op type; several may serve one type, and the first that supports a
 * node is taken.
 */
public final class FastKernels {
  private static final FastKernels ALL = load();

  private final Map<String, List<FastKernel>> kernels = new HashMap<>();
  private final Map<String, List<CellKernel>> cellKernels = new HashMap<>();
  private final List<Provider> providers = new ArrayList<>();
  private final AtomicBoolean prepared = new AtomicBoolean();

  private FastKernels() {}

  /** A family of kernels; found by {@link ServiceLoader}. */
  public interface Provider {
    void register(FastKernels to);

    /** Begins what is to be done once a process before kernels run; returns at once. */
    default void prepare() {}
  }

  private static FastKernels load() {
    FastKernels k = new FastKernels();
    for (Provider p : ServiceLoader.load(Provider.class, FastKernels.class.getClassLoader())) {
      p.register(k);
      k.providers.add(p);
    }
    return k;
  }

  /** Lets the kernels get ready in the background; the first call in a process counts. */
  public static void prepare() {
    if (ALL.prepared.compareAndSet(false, true)) {
      ALL.providers.forEach(Provider::prepare);
    }
  }

  /** Adds a kernel for {@code opType}, after those that are there. */
  public void add(String opType, FastKernel kernel) {
    kernels.computeIfAbsent(opType, t -> new ArrayList<>()).add(kernel);
  }

  /** Adds a kernel for {@code opType}, after those that are there. */
  public void add(String opType, CellKernel kernel) {
    cellKernels.computeIfAbsent(opType, t -> new ArrayList<>()).add(kernel);
  }

  /** The kernel for a node that is not all dense tensors, or null. */
  public static CellKernel findCell(NodeSpec node) {
    for (CellKernel k : ALL.cellKernels.getOrDefault(node.opType(), List.of())) {
      if (k.supports(node)) {
        return k;
      }
    }
    return null;
  }

  /** The kernel for that node, or null where only the reference kernel serves. */
  public static FastKernel find(NodeSpec node) {
    return findAs(node.opType(), node);
  }

  /** The kernel for a node that is to be computed as one of another type, or null. */
  public static FastKernel findAs(String opType, NodeSpec node) {
    for (FastKernel k : ALL.kernels.getOrDefault(opType, List.of())) {
      if (k.supports(node)) {
        return k;
      }
    }
    return null;
  }

  /** The op types that have a fast kernel for some dtypes and shapes. */
  public static Set<String> types() {
    return Collections.unmodifiableSet(ALL.kernels.keySet());
  }
}
