package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.List;

/** Ops that take tensors apart by numbered partitions, and put them together by lists of places. */
final class StitchOps {
  private StitchOps() {}

  static void register(OpRegistry r) {
    for (String type : List.of("DynamicStitch", "ParallelDynamicStitch")) {
      r.add(stitch(type));
    }
    r.add(
        OpDef.named("DynamicPartition")
            .inputs("data: T", "partitions: int32")
            .outputs("outputs: num_partitions * T")
            .attrs("num_partitions: int >= 1", "T: type")
            .valueInputs(1)
            .shape(StitchOps::partitionShape));
  }

  private static OpDef.Builder stitch(String type) {
    return OpDef.named(type)
        .inputs("indices: N * int32", "data: N * T")
        .outputs("merged: T")
        .attrs("N: int >= 1", "T: type")
        .allValueInputs()
        .shape(StitchOps::stitchShape)
        .value(StitchOps::stitchValue);
  }

  /** The data begin with the partitions' shape; an output has as many slices as are in it. */
  private static void partitionShape(ShapeContext c) {
    Shape data = c.input(0);
    Shape partitions = c.input(1);
    int n = (int) c.attrs().getInt("num_partitions");
    Shape slice = Shape.unknown();
    if (data.hasRank() && partitions.hasRank()) {
      int r = partitions.rank();
      if (data.rank() < r || !data.slice(0, r).isCompatibleWith(partitions)) {
        throw new InvalidArgumentException(
            "data must have the shape of partitions first, but is "
                + data
                + " for partitions "
                + partitions);
      }
      slice = data.sliceFrom(r);
    }
    TensorValue known = c.constant(1);
    long[] sizes = new long[n];
    for (int i = 0; known != null && i < known.size(); i++) {
      long p = known.getLong(i);
      if (p < 0 || p >= n) {
        throw new InvalidArgumentException(
            "partitions has " + p + ", but they are numbered from 0 to " + (n - 1));
      }
      sizes[(int) p]++;
    }
    for (int i = 0; i < n; i++) {
      c.output(i, Shape.vector(known == null ? Shape.UNKNOWN : sizes[i]).concat(slice));
    }
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
