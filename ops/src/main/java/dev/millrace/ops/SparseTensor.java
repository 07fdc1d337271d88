package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;

/**
 * A tensor most of whose elements are not there: three tensors, as in TensorFlow.
 *
 * @param indices the places of the elements that are there: int64 [n, rank], in row-major order for
 *     most ops
 * @param values the elements, [n]
 * @param denseShape the shape of the whole: int64 [rank]
 */
public record SparseTensor(Tensor indices, Tensor values, Tensor denseShape) {
  /**
   * Checks what is known of the shapes.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the three do not fit, or indices and
   *     shape are not int64
   */
  public SparseTensor {
    require(indices, 2, "indices");
    require(values, 1, "values");
    require(denseShape, 1, "denseShape");
    for (Tensor t : new Tensor[] {indices, denseShape}) {
      if (t.dtype() != DataType.INT64) {
        throw GraphApi.error(
            "indices and denseShape must be int64, but '" + t.name() + "' is " + t.dtype());
      }
    }
    Shape i = indices.shape();
    if (i.hasRank()
        && (!i.isCompatibleWith(vectorLike(values, 0, i))
            || !i.isCompatibleWith(vectorLike(denseShape, 1, i)))) {
      throw GraphApi.error(
          "indices of shape "
              + i
              + ", values of shape "
              + values.shape()
              + " and a dense shape of shape "
              + denseShape.shape()
              + " are no sparse tensor");
    }
  }

  private static void require(Operand x, int rank, String what) {
    Shape s = x.asOutput().shape();
    if (s.hasRank() && s.rank() != rank) {
      throw GraphApi.error(what + " must be of rank " + rank + ", but is of shape " + s);
    }
  }

  /** {@code like}, a matrix, with the length of {@code vector} along one dimension. */
  private static Shape vectorLike(Tensor vector, int dim, Shape like) {
    return vector.shape().hasRank() ? like.withDim(dim, vector.shape().dim(0)) : like;
  }

  /** The elements' dtype. */
  public DataType dtype() {
    return values.dtype();
  }

  /** What is known of the dense shape. */
  public Shape shape() {
    KnownInts k = denseShape.asOutput().knownInts();
    if (k != null) {
      return k.toShape();
    }
    Shape s = denseShape.shape();
    return s.hasRank() && s.dim(0) != Shape.UNKNOWN
        ? Shape.ofRank((int) s.dim(0))
        : Shape.unknown();
  }

  /** The same places with other elements. */
  public SparseTensor withValues(Tensor values) {
    return new SparseTensor(indices, values, denseShape);
  }
}
