package dev.millrace.session.trace;

import java.util.List;

/**
 * What a step of a run is.
 *
 * @param opType the op type; {@code _Fused} for nodes that run as one, and other names that begin
 *     with an underscore for what is no operation of the graph
 * @param name the name of the node; of fused ones that of the last
 * @param nodes the fused nodes, as {@code name (Type)}; empty for a single node
 * @param kernel what computes it: {@code fast}, {@code cell} (a kernel on lists and the like),
 *     {@code reference}, {@code variable} (reads a variable) or {@code plan} (part of the plan
 *     itself)
 * @param outputs the dtypes and shapes of its results, as {@code float32[2, 3]}
 * @param bytes how many bytes it reads and writes in memory, as far as that follows from shapes
 * @param flops how many floating-point operations it takes; known for matrix products and
 *     convolutions, else 0
 */
public record StepInfo(
    String opType,
    String name,
    List<String> nodes,
    String kernel,
    List<String> outputs,
    long bytes,
    double flops) {
  public StepInfo {
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
  }

  /** A part of the plan itself, such as the taking in of feeds. */
  public static StepInfo ofPlan(String opType, String name) {
    return new StepInfo(opType, name, List.of(), "plan", List.of(), 0, 0);
  }
}
