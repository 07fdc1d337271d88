package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Ops that put tensors together, and take them apart, by lists of places. */
final class StitchOps {
  private StitchOps() {}

  static void register(OpRegistry r) {
    for (String op : new String[] {"DynamicStitch", "ParallelDynamicStitch"}) {
      r.add(
          OpDef.named(op)
              .inputs("indices: N * int32", "data: N * T")
              .outputs("merged: T")
              .attrs("N: int >= 1", "T: type")
              .allValueInputs()
              .shape(StitchOps::stitchShape)
              .value(StitchOps::stitchValue));
    }
    r.add(
        OpDef.named("DynamicPartition")
            .inputs("data: T", "partitions: int32")
            .outputs("outputs: num_partitions * T")
            .attrs("num_partitions: int >= 1", "T: type")
            .valueInputs(1)
            .shape(StitchOps::partitionShape));
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

  /** How many slices go to each output, only the values tell. */
  private static void partitionShape(ShapeContext c) {
    Shape data = c.input(0);
    Shape partitions = c.input(1);
    Shape slice = Shape.unknown();
    if (data.hasRank() && partitions.hasRank()) {
      if (data.rank() < partitions.rank()
          || !data.slice(0, partitions.rank()).isCompatibleWith(partitions)) {
        throw new InvalidArgumentException(
            "the data must have the shape of the partitions first, but is "
                + data
                + " for partitions "
                + partitions);
      }
      slice = data.sliceFrom(partitions.rank());
    }
    long[] known = Shapes.allInts(c, 1);
    for (int i = 0; i < c.outputCount(); i++) {
      int output = i;
      long n =
          known == null ? Shape.UNKNOWN : Arrays.stream(known).filter(p -> p == output).count();
      c.output(i, Shape.vector(n).concat(slice));
    }
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
