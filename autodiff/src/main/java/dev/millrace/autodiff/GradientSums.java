package dev.millrace.autodiff;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Sums the gradients that reach one tensor by several paths. */
final class GradientSums {
  private final Ops tf;
  private final AggregationMethod method;

  GradientSums(Ops tf, AggregationMethod method) {
    this.tf = tf;
    this.method = method;
  }

  /**
   * The sum of connected gradients: of slices their concatenation, as long as there is no dense one
   * among them.
   */
  Gradient sum(List<Gradient> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    if (parts.stream().allMatch(Gradient::isSparse)) {
      return Gradient.of(IndexedSlices.sum(parts.stream().map(Gradient::slices).toList()));
    }
    List<Tensor> dense = parts.stream().map(Gradient::dense).toList();
    return Gradient.of(
        switch (method) {
          case ADD_N -> tf.addN(dense);
          case ACCUMULATE_N -> accumulate(dense);
          case TREE -> tree(dense);
        });
  }

  private Tensor accumulate(List<Tensor> parts) {
    dev.millrace.graph.Shape s = parts.get(0).shape();
    for (Tensor p : parts) {
      s = s.merge(p.shape());
    }
    // The op needs to know the whole shape beforehand.
    return s.isFullyDefined()
        ? Build.of(tf, tf.op("AccumulateNV2", null).inputList(parts).attr("shape", s))
        : tf.addN(parts);
  }

  private Tensor tree(List<Tensor> parts) {
    List<Tensor> level = parts;
    while (level.size() > 1) {
      List<Tensor> next = new ArrayList<>();
      for (int i = 0; i + 1 < level.size(); i += 2) {
        next.add(level.get(i).add(level.get(i + 1)));
      }
      if (level.size() % 2 == 1) {
        next.add(level.get(level.size() - 1));
      }
      level = next;
    }
    return level.get(0);
  }
}
