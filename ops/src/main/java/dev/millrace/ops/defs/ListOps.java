package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * Lists of tensors: values, not places; an op that changes one gives another. Of a list is known,
 * as handle data, the dtype and shape that its elements fit.
 */
final class ListOps {
  private static final String ELEMENT = "element_dtype: type";
  private static final String SHAPE_TYPE = "shape_type: {int32, int64}";

  private ListOps() {}

  static void register(OpRegistry r) {
    making(r);
    changing(r);
    reading(r);
    joining(r);
  }

  // ---- new lists

  private static void making(OpRegistry r) {
    r.add(
        OpDef.named("EmptyTensorList")
            .inputs("element_shape: shape_type", "max_num_elements: int32")
            .outputs("handle: variant")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(0)
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "the largest number of elements");
                  list(c, elementShape(c, 0));
                }));
    r.add(
        OpDef.named("TensorListReserve")
            .inputs("element_shape: shape_type", "num_elements: int32")
            .outputs("handle: variant")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(0)
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "the number of elements");
                  list(c, elementShape(c, 0));
                }));
    r.add(
        OpDef.named("TensorListFromTensor")
            .inputs("tensor: element_dtype", "element_shape: shape_type")
            .outputs("output_handle: variant")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(1)
            .shape(c -> list(c, merged(rows(c, 0), elementShape(c, 1)))));
    r.add(
        OpDef.named("TensorListScatter")
            .inputs("tensor: element_dtype", "indices: int32", "element_shape: shape_type")
            .outputs("output_handle: variant")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(2)
            .shape(c -> scattered(c, 2)));
    r.add(
        OpDef.named("TensorListScatterV2")
            .inputs(
                "tensor: element_dtype",
                "indices: int32",
                "element_shape: shape_type",
                "num_elements: int32")
            .outputs("output_handle: variant")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(2)
            .shape(
                c -> {
                  Shapes.requireScalar(c, 3, "the number of elements");
                  scattered(c, 2);
                }));
    r.add(
        OpDef.named("TensorListSplit")
            .inputs("tensor: element_dtype", "element_shape: shape_type", "lengths: int64")
            .outputs("output_handle: variant")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(1)
            .shape(ListOps::split));
  }

  private static void scattered(ShapeContext c, int shapeInput) {
    Shape indices = c.inputOfRank(1, 1);
    Shape rows = c.inputOfRankAtLeast(0, 1);
    if (rows.hasRank()) {
      Shapes.mergeDims(rows.dim(0), indices.dim(0), "the numbers of rows and indices");
    }
    list(c, merged(rows(c, 0), elementShape(c, shapeInput)));
  }

  private static void split(ShapeContext c) {
    c.inputOfRank(2, 1);
    Shape tensor = c.inputOfRankAtLeast(0, 1);
    Shape element = elementShape(c, 1);
    if (tensor.hasRank()) {
      merged(tensor.withDim(0, Shape.UNKNOWN), element);
    }
    list(c, element);
  }

  // ---- changes

  private static void changing(OpRegistry r) {
    r.add(
        OpDef.named("TensorListPushBack")
            .inputs("input_handle: variant", "tensor: element_dtype")
            .outputs("output_handle: variant")
            .attrs(ELEMENT)
            .shape(c -> takes(c, c.input(1))));
    r.add(
        OpDef.named("TensorListSetItem")
            .inputs("input_handle: variant", "index: int32", "item: element_dtype")
            .outputs("output_handle: variant")
            .attrs(ELEMENT)
            .shape(
                c -> {
                  Shapes.requireScalar(c, 1, "the index");
                  takes(c, c.input(2));
                }));
    r.add(
        OpDef.named("TensorListScatterIntoExistingList")
            .inputs("input_handle: variant", "tensor: element_dtype", "indices: int32")
            .outputs("output_handle: variant")
            .attrs(ELEMENT)
            .shape(
                c -> {
                  c.inputOfRank(2, 1);
                  takes(c, rows(c, 1));
                }));
    r.add(
        OpDef.named("TensorListResize")
            .inputs("input_handle: variant", "size: int32")
            .outputs("output_handle: variant")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  Shapes.requireScalar(c, 1, "the size");
                  c.output(0, Shape.scalar());
                  if (c.handle(0) != null) {
                    c.outputHandle(0, c.handle(0));
                  }
                }));
    r.add(
        OpDef.named("TensorListPushBackBatch")
            .inputs("input_handles: variant", "tensor: element_dtype")
            .outputs("output_handles: variant")
            .attrs(ELEMENT)
            .shape(ListOps::pushBatch));
  }

  /** Output 0 is the list in input 0 with {@code item} in it, which must fit. */
  private static void takes(ShapeContext c, Shape item) {
    Shapes.requireScalar(c, 0, "a list");
    Shape element = known(c, 0);
    if (!element.isCompatibleWith(item)) {
      throw new InvalidArgumentException(
          "the list is of elements of shape "
              + element
              + ", which a tensor of shape "
              + item
              + " does not fit");
    }
    list(c, element);
  }

  private static void pushBatch(ShapeContext c) {
    Shape lists = c.inputOfRank(0, 1);
    Shape rows = c.inputOfRankAtLeast(1, 1);
    long n =
        rows.hasRank()
            ? Shapes.mergeDims(lists.dim(0), rows.dim(0), "the numbers of lists and rows")
            : lists.dim(0);
    c.output(0, Shape.vector(n));
    c.outputHandle(0, new HandleData(elementType(c), merged(known(c, 0), rows(c, 1))));
  }

  // ---- elements

  private static void reading(OpRegistry r) {
    r.add(
        OpDef.named("TensorListLength")
            .inputs("input_handle: variant")
            .outputs("length: int32")
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  c.output(0, Shape.scalar());
                }));
    r.add(
        OpDef.named("TensorListElementShape")
            .inputs("input_handle: variant")
            .outputs("element_shape: shape_type")
            .attrs(SHAPE_TYPE)
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  // An unknown rank is told as a scalar.
                  int rank = c.handle(0) == null ? -1 : c.handle(0).shape().rank();
                  c.output(0, rank < 0 ? Shape.unknown() : Shape.vector(rank));
                }));
    r.add(
        OpDef.named("TensorListPopBack")
            .inputs("input_handle: variant", "element_shape: int32")
            .outputs("output_handle: variant", "tensor: element_dtype")
            .attrs(ELEMENT)
            .valueInputs(1)
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  list(c, known(c, 0));
                  c.output(1, merged(known(c, 0), elementShape(c, 1)));
                }));
    r.add(
        OpDef.named("TensorListGetItem")
            .inputs("input_handle: variant", "index: int32", "element_shape: int32")
            .outputs("item: element_dtype")
            .attrs(ELEMENT)
            .valueInputs(2)
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  Shapes.requireScalar(c, 1, "the index");
                  c.output(0, merged(known(c, 0), elementShape(c, 2)));
                }));
    r.add(
        OpDef.named("TensorListStack")
            .inputs("input_handle: variant", "element_shape: int32")
            .outputs("tensor: element_dtype")
            .attrs(ELEMENT, "num_elements: int = -1")
            .valueInputs(1)
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  Shape element = merged(known(c, 0), elementShape(c, 1));
                  c.output(0, Shape.vector(c.attrs().getInt("num_elements")).concat(element));
                }));
    r.add(
        OpDef.named("TensorListGather")
            .inputs("input_handle: variant", "indices: int32", "element_shape: int32")
            .outputs("values: element_dtype")
            .attrs(ELEMENT)
            .valueInputs(2)
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a list");
                  Shape element = merged(known(c, 0), elementShape(c, 2));
                  c.output(0, c.inputOfRank(1, 1).concat(element));
                }));
  }

  // ---- several at once

  private static void joining(OpRegistry r) {
    r.add(
        OpDef.named("TensorListConcat")
            .inputs("input_handle: variant")
            .outputs("tensor: element_dtype", "lengths: int64")
            .attrs(ELEMENT, "element_shape: shape = { unknown_rank: true }")
            .stateShape()
            .shape(c -> joined(c, c.attrs().getShape("element_shape"))));
    r.add(
        OpDef.named("TensorListConcatV2")
            .inputs("input_handle: variant", "element_shape: shape_type", "leading_dims: int64")
            .outputs("tensor: element_dtype", "lengths: int64")
            .attrs(ELEMENT, SHAPE_TYPE)
            .valueInputs(1)
            .stateShape()
            .shape(
                c -> {
                  c.inputOfRank(2, 1);
                  joined(c, elementShape(c, 1));
                }));
    r.add(
        OpDef.named("TensorListConcatLists")
            .inputs("input_a: variant", "input_b: variant")
            .outputs("output: variant")
            .attrs(ELEMENT)
            .shape(
                c -> {
                  c.output(0, Shapes.merged(c, 0, 2));
                  c.outputHandle(
                      0, new HandleData(elementType(c), merged(known(c, 0), known(c, 1))));
                }));
  }

  private static void joined(ShapeContext c, Shape declared) {
    Shapes.requireScalar(c, 0, "a list");
    Shape element = merged(known(c, 0), declared);
    if (element.hasRank() && element.rank() == 0) {
      throw new InvalidArgumentException(
          "the elements to concatenate must be of rank 1 or more, but are scalars");
    }
    c.output(0, element.hasRank() ? element.withDim(0, Shape.UNKNOWN) : Shape.unknown());
    c.output(1, Shape.vector(Shape.UNKNOWN));
  }

  // ---- parts

  private static DataType elementType(ShapeContext c) {
    return c.attrs().getType("element_dtype");
  }

  /** Output 0 is a list of elements of that shape. */
  private static void list(ShapeContext c, Shape element) {
    c.output(0, Shape.scalar());
    c.outputHandle(0, new HandleData(elementType(c), element));
  }

  /** The shape that input {@code i} declares: sizes, -1 where one is open; alone for any shape. */
  private static Shape elementShape(ShapeContext c, int i) {
    Shape sizes = c.input(i);
    boolean open = sizes.hasRank() && sizes.rank() == 0 && c.ints(i) == null;
    return open ? Shape.unknown() : c.shapeFromInput(i);
  }

  /** The shape that the elements of the list in input {@code i} are known to fit. */
  private static Shape known(ShapeContext c, int i) {
    HandleData h = c.handle(i);
    if (h == null) {
      return Shape.unknown();
    }
    if (h.dtype() != elementType(c)) {
      throw new InvalidArgumentException(
          "the list is of elements of " + h.dtype() + ", but is used as one of " + elementType(c));
    }
    return h.shape();
  }

  /** The shape of one row of input {@code i}. */
  private static Shape rows(ShapeContext c, int i) {
    Shape s = c.inputOfRankAtLeast(i, 1);
    return s.hasRank() ? s.sliceFrom(1) : Shape.unknown();
  }

  private static Shape merged(Shape a, Shape b) {
    if (!a.isCompatibleWith(b)) {
      throw new InvalidArgumentException(
          "the elements are of shape " + a + ", which " + b + " contradicts");
    }
    return a.merge(b);
  }
}
