package dev.millrace.ops;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Operations that only order others. */
abstract class FlowApi extends LinalgApi {
  FlowApi(Graph graph) {
    super(graph);
  }

  /** An operation that does nothing (NoOp). */
  public Operation noOp() {
    return noOp("NoOp");
  }

  /** An operation that does nothing, under a name (NoOp). */
  public Operation noOp(String name) {
    return op("NoOp", name).build();
  }

  /**
   * An operation that is done when all of those given are.
   *
   * @param ops operations, tensors, assignments, or lists of them
   */
  public Operation group(Object... ops) {
    return group("group_deps", ops);
  }

  /** As {@link #group(Object...)}, under a name. */
  public Operation group(String name, Object... ops) {
    List<Operation> all = operations(Arrays.asList(given(ops, "the operations")));
    try (Scope s = graph().nameScope(name)) {
      TreeMap<String, List<Operation>> byDevice = new TreeMap<>();
      for (Operation o : all) {
        byDevice.computeIfAbsent(o.device().toString(), d -> new ArrayList<>()).add(o);
      }
      if (byDevice.size() <= 1) {
        return waitFor(s.name(), byDevice.isEmpty() ? "" : byDevice.firstKey(), all);
      }
      // One node a device first, so that each tells the others only once.
      List<Operation> perDevice = new ArrayList<>();
      byDevice.forEach((device, some) -> perDevice.add(waitFor("NoOp", device, some)));
      return waitFor(s.name(), "", perDevice);
    }
  }

  private Operation waitFor(String name, String device, List<Operation> ops) {
    Set<Operation> once = new LinkedHashSet<>(ops);
    try (Scope d = device.isEmpty() ? null : graph().device(device);
        Scope c = graph().controlDependencies(once)) {
      return noOp(name);
    }
  }

  /**
   * The same tensors, none of which is there before all are computed.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the list is empty
   */
  public List<Tensor> tuple(List<? extends Operand> xs) {
    return tuple(xs, List.of());
  }

  /** As {@link #tuple(List)}; they also wait for {@code others}, operations or tensors. */
  public List<Tensor> tuple(List<? extends Operand> xs, List<?> others) {
    if (given(xs, "the list of tensors").isEmpty()) {
      throw error("tuple needs at least one tensor");
    }
    try (Scope s = graph().nameScope("tuple")) {
      List<Operation> gates = new ArrayList<>(operations(xs));
      gates.addAll(operations(others));
      gates.sort(Comparator.comparingInt(Operation::id));
      Operation gate = group("group_deps", gates);
      return xs.stream().map(x -> withDependencies(List.of(gate), x)).toList();
    }
  }

  /** x once {@code before} is done: an Identity placed with x. */
  Tensor withDependencies(List<Operation> before, Operand x) {
    Output out = x.asOutput();
    try (Scope place = graph().colocateWith(out.op());
        Scope wait = graph().controlDependencies(before)) {
      return node("Identity", "control_dependency", out);
    }
  }
}
