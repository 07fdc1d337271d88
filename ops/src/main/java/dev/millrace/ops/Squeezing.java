package dev.millrace.ops;

import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;

/** Brings labels and predictions to ranks that go together. */
final class Squeezing {
  private Squeezing() {}

  /**
   * Labels and predictions, a last dimension of size 1 left out of the one that has it too many.
   * Where a rank is not known they stay as they are.
   *
   * @param more how many dimensions the predictions should have more than the labels
   */
  static Output[] fit(Ops ops, Output labels, Output predictions, int more) {
    Shape l = labels.shape();
    Shape p = predictions.shape();
    int diff = l.hasRank() && p.hasRank() ? p.rank() - l.rank() - more : 0;
    if (diff == 1 && isOneOrUnknown(p.dim(-1))) {
      return new Output[] {labels, ops.squeeze(predictions, -1).asOutput()};
    } else if (diff == -1 && isOneOrUnknown(l.dim(-1))) {
      return new Output[] {ops.squeeze(labels, -1).asOutput(), predictions};
    }
    return new Output[] {labels, predictions};
  }

  private static boolean isOneOrUnknown(long size) {
    return size == 1 || size == Shape.UNKNOWN;
  }
}
