package dev.millrace.graph;

/**
 * What a shape function sees of a node, and where it leaves its answer. The same function serves
 * while a graph is built, with shapes partly known, and when a plan is specialised, with all of
 * them known.
 */
public interface ShapeContext {
  /** The type of the operation. */
  String opType();

  Attrs attrs();

  int inputCount();

  DataType inputType(int i);

  Shape input(int i);

  int outputCount();

  DataType outputType(int i);

  /**
   * The known elements of input {@code i}, an integer tensor of rank 0 or 1; null where nothing is
   * known. The op's definition must list the input among its {@link OpDef.Builder#valueInputs}.
   */
  KnownInts ints(int i);

  /**
   * The whole value of input {@code i}; null where it is not known. Same condition as for {@link
   * #ints}.
   */
  TensorValue constant(int i);

  /** What is known of the value behind input {@code i}, a resource; null where nothing is. */
  HandleData handle(int i);

  /** Output {@code i} has that shape; outputs that are not set are of unknown shape. */
  void output(int i, Shape shape);

  /** Output {@code i} is a handle to such a value. */
  void outputHandle(int i, HandleData data);

  /**
   * The shape that input {@code i}, a vector of sizes, spells; sizes that are not known, or -1, are
   * unknown.
   */
  default Shape shapeFromInput(int i) {
    KnownInts k = ints(i);
    if (k != null) {
      if (k.isScalar()) {
        if (k.isKnown(0) && k.get(0) == -1) {
          return Shape.unknown();
        }
        throw new InvalidArgumentException(
            "input " + i + " must be a vector of sizes, not a scalar");
      }
      return k.toShape();
    }
    Shape s = input(i);
    if (s.hasRank() && s.rank() != 1) {
      throw new InvalidArgumentException(
          "input " + i + " must be a vector of sizes, not of shape " + s);
    }
    return s.hasRank() && s.dim(0) != Shape.UNKNOWN
        ? Shape.ofRank((int) s.dim(0))
        : Shape.unknown();
  }

  /**
   * Input {@code i}'s shape, which must be of that rank.
   *
   * @throws InvalidArgumentException if it is known to be of another
   */
  default Shape inputOfRank(int i, int rank) {
    Shape s = input(i);
    if (s.hasRank() && s.rank() != rank) {
      throw new InvalidArgumentException(
          "input " + i + " must be of rank " + rank + ", but its shape is " + s);
    }
    return s.hasRank() ? s : Shape.ofRank(rank);
  }

  /**
   * Input {@code i}'s shape, which must be of at least that rank.
   *
   * @throws InvalidArgumentException if it is known to be of a lower one
   */
  default Shape inputOfRankAtLeast(int i, int rank) {
    Shape s = input(i);
    if (s.hasRank() && s.rank() < rank) {
      throw new InvalidArgumentException(
          "input " + i + " must be of rank " + rank + " or more, but its shape is " + s);
    }
    return s;
  }
}
