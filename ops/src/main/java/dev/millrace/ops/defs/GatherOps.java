package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Ops that take or put elements at given places. */
final class GatherOps {
  private GatherOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Gather")
            .inputs("params: Tparams", "indices: Tindices")
            .outputs("output: Tparams")
            .attrs("validate_indices: bool = true", "Tparams: type", "Tindices: {int32, int64}")
            .shape(GatherOps::gatherShape)
            .value(GatherOps::gatherValue));
    r.add(
        OpDef.named("GatherV2")
            .inputs("params: Tparams", "indices: Tindices", "axis: Taxis")
            .outputs("output: Tparams")
            .attrs(
                "batch_dims: int = 0",
                "Tparams: type",
                "Tindices: {int32, int64}",
                "Taxis: {int32, int64}")
            .valueInputs(2)
            .shape(GatherOps::gatherV2Shape)
            .value(GatherOps::gatherValue));
    r.add(
        OpDef.named("GatherNd")
            .inputs("params: Tparams", "indices: Tindices")
            .outputs("output: Tparams")
            .attrs("Tparams: type", "Tindices: {int32, int64}")
            .shape(GatherOps::gatherNdShape));
    r.add(
        OpDef.named("ScatterNd")
            .inputs("indices: Tindices", "updates: T", "shape: Tindices")
            .outputs("output: T")
            .attrs("T: type", "Tindices: {int32, int64}")
            .valueInputs(2)
            .shape(GatherOps::scatterNdShape));
  }

  private static void gatherShape(ShapeContext c) {
    Shape params = c.inputOfRankAtLeast(0, 1);
    c.output(0, c.input(1).concat(params.hasRank() ? params.sliceFrom(1) : params));
  }

  private static void gatherV2Shape(ShapeContext c) {
    Long axis = Shapes.scalarInt(c, 2, "the axis");
    c.output(0, gathered(c.input(0), c.input(1), axis, c.attrs().getInt("batch_dims")));
  }

  /**
   * The shape of slices of {@code params} along {@code axis} at {@code indices}: the dimensions of
   * params before the axis, those of the indices after the batch, those of params after the axis.
   *
   * @param axis null where it is not known
   */
  static Shape gathered(Shape params, Shape indices, Long axis, long batchDims) {
    if (params.rank() == 0) {
      throw new InvalidArgumentException("one cannot gather from a scalar");
    }
    if (indices.hasRank() && (batchDims < -indices.rank() || batchDims > indices.rank())) {
      throw new InvalidArgumentException(
          "batch_dims must be at most the rank of the indices, but is "
              + batchDims
              + " for indices "
              + indices);
    }
    if (!params.hasRank()) {
      return Shape.unknown();
    }
    if (batchDims >= params.rank()) {
      throw new InvalidArgumentException(
          "batch_dims must be below the rank of the params, but is "
              + batchDims
              + " for params "
              + params);
    }
    Integer at =
        axis == null ? null : Shapes.axis(axis, params.rank(), "axis, for params " + params + ",");
    if (!indices.hasRank()) {
      return Shape.unknown();
    }
    int batch = (int) (batchDims < 0 ? batchDims + indices.rank() : batchDims);
    if (batch >= params.rank() || (at != null && at < batch)) {
      throw new InvalidArgumentException(
          "batch_dims, "
              + batch
              + ", must be at most the axis, which must lie in the params "
              + params);
    }
    Shape batchOfParams = params.slice(0, batch);
    if (!batchOfParams.isCompatibleWith(indices.slice(0, batch))) {
      throw new InvalidArgumentException(
          "the first "
              + batch
              + " dimensions of params and indices must be equal, but the shapes are "
              + params
              + " and "
              + indices);
    }
    Shape batchShape = batchOfParams.merge(indices.slice(0, batch));
    if (at == null) {
      return batchShape.concat(Shape.ofRank(params.rank() - 1 + indices.rank() - 2 * batch));
    }
    return batchShape
        .concat(params.slice(batch, at))
        .concat(indices.sliceFrom(batch))
        .concat(params.sliceFrom(at + 1));
  }

  /** Params that are known are a vector, so that the axis can only be 0. */
  private static KnownInts gatherValue(ShapeContext c, int output, Shape shape) {
    KnownInts params = c.ints(0);
    KnownInts indices = c.ints(1);
    boolean batched = c.attrs().has("batch_dims") && c.attrs().getInt("batch_dims") != 0;
    if (params == null || params.isScalar() || indices == null || batched) {
      return null;
    }
    KnownInts.Builder b = KnownInts.builder(indices.isScalar(), indices.size());
    for (int i = 0; i < indices.size(); i++) {
      if (indices.isKnown(i) && indices.get(i) >= 0 && indices.get(i) < params.size()) {
        b.copy(i, params, (int) indices.get(i));
      }
    }
    return b.build();
  }

  private static void gatherNdShape(ShapeContext c) {
    c.output(0, gatheredNd(c.input(0), c.inputOfRankAtLeast(1, 1)));
  }

  /** The shape of what vectors of indices, in the last dimension, pick from {@code params}. */
  static Shape gatheredNd(Shape params, Shape indices) {
    long depth = indices.dim(-1);
    if (!params.hasRank() || depth == Shape.UNKNOWN) {
      return Shape.unknown();
    }
    if (depth > params.rank()) {
      throw new InvalidArgumentException(
          "the last dimension of the indices, "
              + indices
              + ", must be at most the rank of the params, "
              + params);
    }
    return indices.slice(0, -1).concat(params.sliceFrom((int) depth));
  }

  private static void scatterNdShape(ShapeContext c) {
    Shape out = Shapes.spelledBy(c, 2);
    checkScatterNd(c.inputOfRankAtLeast(0, 1), c.inputOfRankAtLeast(1, 1), out);
    c.output(0, out);
  }

  /**
   * Checks that {@code updates} has a slice of {@code out} for every vector of {@code indices}.
   *
   * @throws InvalidArgumentException if it has not
   */
  static void checkScatterNd(Shape indices, Shape updates, Shape out) {
    if (out.hasRank()
        && Shapes.elements(out) == 0
        && (Shapes.elements(indices) > 0 || Shapes.elements(updates) > 0)) {
      throw new InvalidArgumentException(
          "there are indices "
              + indices
              + " or updates "
              + updates
              + " for an empty output "
              + out);
    }
    if (!indices.hasRank() || !updates.hasRank()) {
      return;
    }
    long depth = indices.dim(-1);
    int outer = indices.rank() - 1;
    boolean fits =
        updates.rank() >= outer
            && updates.slice(0, outer).isCompatibleWith(indices.slice(0, outer));
    if (fits && depth != Shape.UNKNOWN && out.hasRank()) {
      fits =
          depth <= out.rank()
              && updates.sliceFrom(outer).isCompatibleWith(out.sliceFrom((int) depth));
    }
    if (!fits) {
      throw new InvalidArgumentException(
          "updates must have a slice of the output for each vector of indices, but indices are "
              + indices
              + ", updates "
              + updates
              + " and the output "
              + out);
    }
  }
}
