package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Scope;

/** Diagonals, blocks of neighbouring elements, patches of images, and orders along an axis. */
abstract class ArrangeApi extends NumberApi {
  ArrangeApi(Graph graph) {
    super(graph);
  }

  // ---- diagonals

  /** A tensor of twice the rank, zero but for its diagonal, which is x (Diag). */
  public Tensor diag(Object x) {
    return node("Diag", "Diag", x);
  }

  /** The diagonal of a tensor whose dimensions are some, twice (DiagPart). */
  public Tensor diagPart(Object x) {
    return node("DiagPart", "DiagPart", x);
  }

  /** Square matrices, zero but for their diagonals, the rows of x (MatrixDiag). */
  public Tensor matrixDiag(Object x) {
    return node("MatrixDiag", "MatrixDiag", x);
  }

  /** The diagonals of a batch of matrices (MatrixDiagPart). */
  public Tensor matrixDiagPart(Object x) {
    return node("MatrixDiagPart", "MatrixDiagPart", x);
  }

  /** A batch of matrices with other diagonals (MatrixSetDiag). */
  public Tensor matrixSetDiag(Object x, Object diagonal) {
    return node("MatrixSetDiag", "MatrixSetDiag", x, diagonal);
  }

  /**
   * A batch of matrices with zeros outside a band around the diagonal (MatrixBandPart): {@code (x,
   * -1, 0)} gives lower triangles.
   *
   * @param lower how many diagonals below the main one stay; all when negative
   * @param upper how many diagonals above the main one stay; all when negative
   */
  public Tensor matrixBandPart(Object x, Object lower, Object upper) {
    try (Scope s = graph().nameScope("MatrixBandPart")) {
      DataType index = dtypeOf(lower, upper);
      DataType t = index == null ? DataType.INT64 : index;
      return node(
          "MatrixBandPart",
          s.name(),
          convert(x, null, "input"),
          convert(lower, t, "num_lower"),
          convert(upper, t, "num_upper"));
    }
  }

  /** The sum of the diagonal of each matrix of a batch (MatrixDiagPart, Sum). */
  public Tensor trace(Object x) {
    try (Scope s = graph().nameScope("Trace")) {
      return reduceSum(matrixDiagPart(x), -1);
    }
  }

  // ---- blocks

  /**
   * Cuts dimensions after the first into blocks and moves the places inside a block to the batch
   * (SpaceToBatchND).
   *
   * @param x [batch, cut dimensions..., rest...]
   * @param blockShape a size for each dimension cut: a vector
   * @param paddings how many zeros go before and after each of them first: [dimensions, 2]
   */
  public Tensor spaceToBatch(Object x, Object blockShape, Object paddings) {
    return node("SpaceToBatchND", "SpaceToBatchND", x, blockShape, paddings);
  }

  /**
   * What {@link #spaceToBatch} undoes (BatchToSpaceND).
   *
   * @param crops how much is cut off before and after each dimension in the end
   */
  public Tensor batchToSpace(Object x, Object blockShape, Object crops) {
    return node("BatchToSpaceND", "BatchToSpaceND", x, blockShape, crops);
  }

  /** Images [batch, height, width, depth] with square blocks moved to the depth (SpaceToDepth). */
  public Tensor spaceToDepth(Object x, int blockSize) {
    return finish(begin("SpaceToDepth", "SpaceToDepth", x).attr("block_size", blockSize));
  }

  /** Images with the depth spread over square blocks, as {@link #spaceToDepth} undoes it. */
  public Tensor depthToSpace(Object x, int blockSize) {
    return finish(begin("DepthToSpace", "DepthToSpace", x).attr("block_size", blockSize));
  }

  /**
   * Patches of images, each laid out along the depth (ExtractImagePatches).
   *
   * @param images [batch, height, width, depth]
   * @param sizes height and width of a patch
   * @param strides how far patches are apart, down and to the right
   * @param rates how far neighbours in a patch are apart, down and to the right
   * @param padding {@code "SAME"} or {@code "VALID"}
   * @return [batch, rows, columns, height * width * depth]
   */
  public Tensor extractImagePatches(
      Object images, int[] sizes, int[] strides, int[] rates, String padding) {
    OpBuilder b = begin("ExtractImagePatches", "ExtractImagePatches", images);
    b.attr("ksizes", window(sizes, "sizes"));
    b.attr("strides", window(strides, "strides"));
    b.attr("rates", window(rates, "rates"));
    return finish(b.attr("padding", padding));
  }

  private static AttrValue window(int[] heightAndWidth, String what) {
    if (GraphApi.given(heightAndWidth, what).length != 2) {
      throw error(what + " are a height and a width, not " + heightAndWidth.length + " numbers");
    }
    return AttrValue.ofInts(1, heightAndWidth[0], heightAndWidth[1], 1);
  }

  // ---- orders

  /**
   * Each sequence of a batch reversed up to its length, the rest as it is (ReverseSequence).
   *
   * @param lengths a vector of whole numbers, one for each sequence
   * @param seqAxis the axis along which the sequences run
   * @param batchAxis the axis along which they stand beside each other
   */
  public Tensor reverseSequence(Object x, Object lengths, int seqAxis, int batchAxis) {
    return finish(
        begin("ReverseSequence", "ReverseSequence", x, lengths)
            .attr("seq_dim", seqAxis)
            .attr("batch_dim", batchAxis));
  }

  /**
   * x turned round along axes: what goes out at the end comes in at the beginning (Roll).
   *
   * @param shift by how many places, towards the end; a number or one for each axis
   * @param axis an axis or some
   */
  public Tensor roll(Object x, Object shift, Object axis) {
    return node("Roll", "roll", x, shift, axis);
  }
}
