package dev.millrace.graph;

import java.util.List;

/**
 * Makes variables of loops in the form of TensorFlow 1, whose back edges are closed after the nodes
 * that they lead to are made. Differentiation needs that; nothing else should.
 */
public final class FrameGrowth {
  private FrameGrowth() {}

  /**
   * The merge of a loop variable, whose second input is still missing.
   *
   * @param enter its value before the loop, an output of {@code Enter}
   * @param shape what its value fits in every iteration
   */
  public static Operation merge(Output enter, Shape shape) {
    if (!isType(enter.op(), "Enter")) {
      throw new InternalException("'" + enter.name() + "' does not enter a loop");
    }
    Operation merge;
    try (Scope plain = enter.graph().translating(null)) {
      merge =
          enter
              .graph()
              .opBuilder("Merge", null)
              .attr("N", 2)
              .attr("T", enter.dtype())
              .flatInput(enter)
              .pendingInput()
              .build();
    }
    if (merge.outputShape(0).isCompatibleWith(shape)) {
      merge.refineShape(0, shape);
    }
    merge.describe(0, enter.handleData(), null);
    return merge;
  }

  /**
   * Makes {@code next}, an output of {@code NextIteration}, the second input of a merge that has
   * none.
   */
  public static void close(Operation merge, Output next) {
    List<Output> in = merge.inputs();
    if (!isType(merge, "Merge") || in.size() != 2 || in.get(1) != null) {
      throw new InternalException("'" + merge.name() + "' is no merge that waits for a back edge");
    }
    if (!isType(next.op(), "NextIteration") || next.dtype() != in.get(0).dtype()) {
      throw new InternalException(
          "'" + next.name() + "' cannot come back to '" + merge.name() + "'");
    }
    merge.setInput(1, next);
  }

  /** Notes what is known of the resource that {@code x} is a handle of. */
  public static void describe(Output x, HandleData data) {
    x.op().describe(x.index(), data, null);
  }

  private static boolean isType(Operation op, String type) {
    return op.type().equals(type) || op.type().equals("Ref" + type);
  }
}
