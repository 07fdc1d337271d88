package dev.millrace.graph;

import dev.millrace.proto.TensorShapeProto;

/** Shapes in their wire form. */
public final class ShapeProtos {
  /** TensorFlow takes no tensors of more dimensions. */
  static final int MOST_DIMENSIONS = 254;

  private ShapeProtos() {}

  /**
   * The shape that {@code proto} spells.
   *
   * @throws InvalidArgumentException if a size is below -1, there are too many dimensions, or there
   *     are dimensions although the rank is called unknown
   */
  public static Shape read(TensorShapeProto proto) {
    int rank = proto.getDimCount();
    if (proto.getUnknownRank()) {
      if (rank > 0) {
        throw new InvalidArgumentException(
            "a shape of unknown rank cannot have dimensions; this one has " + rank);
      }
      return Shape.unknown();
    }
    if (rank > MOST_DIMENSIONS) {
      throw new InvalidArgumentException(
          "a shape has at most " + MOST_DIMENSIONS + " dimensions, not " + rank);
    }
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = proto.getDim(i).getSize();
    }
    return Shape.of(dims);
  }

  /** The wire form of {@code shape}. */
  public static TensorShapeProto write(Shape shape) {
    TensorShapeProto.Builder b = TensorShapeProto.newBuilder();
    if (!shape.hasRank()) {
      return b.setUnknownRank(true).build();
    }
    for (long d : shape.dims()) {
      b.addDimBuilder().setSize(d);
    }
    return b.build();
  }
}
