package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;

/** Ops that put tensors together by lists of places. */
final class StitchOps {
  private StitchOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("DynamicStitch")
            .inputs("indices: N * int32", "data: N * T")
            .outputs("merged: T")
            .attrs("N: int >= 1", "T: type")
            .allValueInputs()
            .shape(StitchOps::stitchShape)
            .value(StitchOps::stitchValue));
  }

  /**
   * data[i] has the shape of indices[i] and then that of a slice; there are max(indices) + 1
   * slices.
   */
  private static void stitchShape(ShapeContext c) {
    int n = c.inputCount() / 2;
    Shape slice = Shape.unknown();
    long last = -1;
    boolean known = true;
    for (int i = 0; i < n; i++) {
      Shape at = c.input(i);
      Shape data = c.input(n + i);
      if (at.hasRank() && data.hasRank()) {
        if (data.rank() < at.rank() || !data.slice(0, at.rank()).isCompatibleWith(at)) {
          throw new InvalidArgumentException(
              "data["
                  + i
                  + "] must have the shape of indices["
                  + i
                  + "] first, but is "
                  + data
                  + " for indices "
                  + at);
        }
        slice = slice.merge(data.sliceFrom(at.rank()));
      }
      TensorValue v = c.constant(i);
      known &= v != null;
      for (int k = 0; v != null && k < v.size(); k++) {
        if (v.getLong(k) < 0) {
          throw new InvalidArgumentException(
              "indices must not be negative, but indices[" + i + "] has " + v.getLong(k));
        }
        last = Math.max(last, v.getLong(k));
      }
    }
    c.output(0, Shape.vector(known ? last + 1 : Shape.UNKNOWN).concat(slice));
  }

  private static KnownInts stitchValue(ShapeContext c, int output, Shape shape) {
    int n = c.inputCount() / 2;
    if (shape.rank() != 1 || shape.dim(0) == Shape.UNKNOWN) {
      return null;
    }
    KnownInts.Builder b = KnownInts.builder(false, (int) shape.dim(0));
    for (int i = 0; i < n; i++) {
      KnownInts at = c.ints(i);
      KnownInts data = c.ints(n + i);
      if (at == null || data == null || !at.isFullyKnown()) {
        return null;
      }
      for (int k = 0; k < at.size(); k++) {
        b.copy((int) at.get(k), data, k);
      }
    }
    return b.build();
  }
}
