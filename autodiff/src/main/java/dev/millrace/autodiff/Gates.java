package dev.millrace.autodiff;

import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Makes gradients wait for each other. */
public final class Gates {
  private Gates() {}

  /**
   * The same gradients, none of which is there before all are computed; as they are if only one is
   * connected. Of slices, the values wait.
   */
  public static List<Gradient> together(Ops tf, List<Gradient> gradients) {
    List<Tensor> tensors = new ArrayList<>();
    for (Gradient g : gradients) {
      if (g.isConnected()) {
        tensors.add(g.isSparse() ? g.slices().values() : g.dense());
      }
    }
    if (tensors.size() < 2) {
      return gradients;
    }
    List<Tensor> gated;
    try (Scope where = tf.graph().ignoreColocation()) {
      gated = tf.tuple(tensors);
    }
    List<Gradient> result = new ArrayList<>();
    int next = 0;
    for (Gradient g : gradients) {
      if (!g.isConnected()) {
        result.add(g);
      } else if (g.isSparse()) {
        IndexedSlices s = g.slices();
        result.add(Gradient.of(new IndexedSlices(gated.get(next++), s.indices(), s.denseShape())));
      } else {
        result.add(Gradient.of(gated.get(next++)));
      }
    }
    return result;
  }
}
