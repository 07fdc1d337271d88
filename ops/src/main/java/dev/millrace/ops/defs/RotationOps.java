package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Ops that give a tensor's elements another order along some axes. */
final class RotationOps {
  private RotationOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("ReverseSequence")
            .inputs("input: T", "seq_lengths: Tlen")
            .outputs("output: T")
            .attrs("seq_dim: int", "batch_dim: int = 0", "T: type", "Tlen: {int32, int64} = int64")
            .shape(RotationOps::reverseSequenceShape));
    r.add(
        OpDef.named("Roll")
            .inputs("input: T", "shift: Tshift", "axis: Taxis")
            .outputs("output: T")
            .attrs("T: type", "Tshift: {int32, int64}", "Taxis: {int32, int64}")
            .shape(RotationOps::rollShape));
  }

  private static void reverseSequenceShape(ShapeContext c) {
    Shape s = c.input(0);
    Shape lengths = c.inputOfRank(1, 1);
    if (!s.hasRank()) {
      c.output(0, s);
      return;
    }
    int seq = Shapes.axis(c.attrs().getInt("seq_dim"), s.rank(), "seq_dim");
    int batch = Shapes.axis(c.attrs().getInt("batch_dim"), s.rank(), "batch_dim");
    if (seq == batch) {
      throw new InvalidArgumentException("seq_dim and batch_dim must differ; both are " + seq);
    }
    long n =
        Shapes.mergeDims(
            s.dim(batch), lengths.dim(0), "the size of the batch and the number of lengths");
    c.output(0, s.withDim(batch, n));
  }

  private static void rollShape(ShapeContext c) {
    Shape shift = c.input(1);
    Shape axis = c.input(2);
    for (Shape s : new Shape[] {shift, axis}) {
      if (s.hasRank() && s.rank() > 1) {
        throw new InvalidArgumentException(
            "shift and axis must be scalars or vectors, but one is of shape " + s);
      }
    }
    if (!shift.isCompatibleWith(axis)) {
      throw new InvalidArgumentException(
          "there must be a shift for each axis, but the shapes are " + shift + " and " + axis);
    }
    c.output(0, c.inputOfRankAtLeast(0, 1));
  }
}
