package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The shape of a cell's state or output for one example, without the batch: TensorFlow's {@code
 * state_size} and {@code output_size}. It is the shape of one tensor, or a structure of such shapes
 * that says how its tensors stand together.
 *
 * <pre>{@code
 * CellShape.of(128)                                              // one vector
 * CellShape.list(CellShape.of(128), CellShape.of(64))            // a list of two
 * CellShape.record(LSTMStateTuple::of, CellShape.of(128), CellShape.of(64))
 * }</pre>
 */
public final class CellShape {
  private final Shape shape;
  private final List<CellShape> parts;
  private final Function<List<?>, ?> maker;

  private CellShape(Shape shape, List<CellShape> parts, Function<List<?>, ?> maker) {
    this.shape = shape;
    this.parts = parts;
    this.maker = maker;
  }

  /** One tensor with these sizes for each example; none for a number. */
  public static CellShape of(long... dims) {
    return of(Shape.of(dims));
  }

  /** One tensor with this shape for each example. */
  public static CellShape of(Shape shape) {
    return new CellShape(shape, null, null);
  }

  /** A list of structures. */
  public static CellShape list(CellShape... parts) {
    return list(Arrays.asList(parts));
  }

  /** A list of structures. */
  public static CellShape list(List<CellShape> parts) {
    return new CellShape(null, List.copyOf(parts), List::copyOf);
  }

  /**
   * An object of several structures.
   *
   * @param maker makes it of its parts
   */
  public static CellShape record(Function<List<?>, ?> maker, CellShape... parts) {
    return new CellShape(null, List.of(parts), maker);
  }

  /** Whether this is the shape of one tensor. */
  public boolean isLeaf() {
    return parts == null;
  }

  /**
   * The shape of the one tensor.
   *
   * @throws InvalidArgumentException if there are several
   */
  public Shape shape() {
    if (!isLeaf()) {
      throw InvalidArgumentException.atCall("one tensor is wanted, not a structure: " + this);
    }
    return shape;
  }

  /**
   * The length of the one vector.
   *
   * @throws InvalidArgumentException if this is not the shape of one vector of known length
   */
  public int columns() {
    if (!isLeaf() || shape.rank() != 1 || shape.dim(0) == Shape.UNKNOWN) {
      throw InvalidArgumentException.atCall("a vector of known length is wanted, not " + this);
    }
    return Math.toIntExact(shape.dim(0));
  }

  /** The shapes of the tensors, from left to right. */
  public List<Shape> flatten() {
    List<Shape> all = new ArrayList<>();
    collect(all);
    return all;
  }

  private void collect(List<Shape> all) {
    if (isLeaf()) {
      all.add(shape);
    } else {
      parts.forEach(p -> p.collect(all));
    }
  }

  /**
   * The structure of the tensors that {@code f} gives for their shapes, asked from left to right.
   */
  public Object map(Function<Shape, Tensor> f) {
    if (isLeaf()) {
      return f.apply(shape);
    }
    List<Object> made = new ArrayList<>();
    for (CellShape part : parts) {
      made.add(part.map(f));
    }
    return maker.apply(made);
  }

  @Override
  public String toString() {
    return isLeaf() ? shape.toString() : parts.toString();
  }
}
