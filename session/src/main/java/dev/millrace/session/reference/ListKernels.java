package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.HeapList;
import dev.millrace.session.collections.Sums;
import dev.millrace.session.collections.TensorList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Lists of tensors: values, of which a change makes another. */
final class ListKernels {
  private static final String LIST = "the list";

  private ListKernels() {}

  static void register(ReferenceKernels k) {
    k.add("EmptyTensorList", ListKernels::empty);
    k.add("TensorListReserve", ListKernels::reserve);
    k.add("TensorListFromTensor", ListKernels::fromTensor);
    k.add("TensorListPushBack", ListKernels::pushBack);
    k.add("TensorListPushBackBatch", ListKernels::pushBackBatch);
    k.add("TensorListPopBack", ListKernels::popBack);
    k.add("TensorListSetItem", ListKernels::setItem);
    k.add("TensorListGetItem", ListKernels::getItem);
    k.add("TensorListResize", ListKernels::resize);
    k.add("TensorListLength", c -> c.output(0, TensorValue.of(list(c, 0).size())));
    k.add("TensorListElementShape", ListKernels::elementShape);
    k.add("TensorListConcatLists", ListKernels::concatLists);
    ListJoinKernels.register(k);
  }

  // ---- what the kernels share

  /** The list in input {@code i}. */
  static TensorList list(KernelContext c, int i) {
    if (c.input(i).shape().rank() != 0) {
      throw new InvalidArgumentException(
          "input " + i + " must be one list, not of shape " + c.input(i).shape());
    }
    return list(c.input(i), 0, i);
  }

  private static TensorList list(TensorValue lists, int at, int input) {
    if (lists.objects()[at] instanceof TensorList l) {
      return l;
    }
    throw new InvalidArgumentException("input " + input + " is no tensor list");
  }

  /** The list in input {@code i}, whose elements must be of attribute {@code element_dtype}. */
  static TensorList typedList(KernelContext c, int i) {
    return typed(c, list(c, i));
  }

  private static TensorList typed(KernelContext c, TensorList l) {
    DataType t = c.attrs().getType("element_dtype");
    if (l.dtype() != t) {
      throw new InvalidArgumentException("the list is of " + l.dtype() + ", but is used as " + t);
    }
    return l;
  }

  static TensorValue wrap(TensorList l) {
    return TensorValue.wrap(DataType.VARIANT, Shape.scalar(), new Object[] {l});
  }

  /** The shape that a vector of sizes spells, -1 where one is open; -1 alone is any shape. */
  static Shape shapeOf(TensorValue sizes) {
    if (sizes.shape().rank() == 0) {
      if (sizes.getLong(0) != -1) {
        throw new InvalidArgumentException(
            "an element shape that is a scalar must be -1, for any shape, not " + sizes);
      }
      return Shape.unknown();
    }
    return Shape.of(Dims.requireRank(sizes, 1, "the element shape").toLongs());
  }

  /** What is known of the elements' shape: by the list, and by what the op is told. */
  static Shape mergedShape(TensorList l, Shape told) {
    if (!l.elementShape().isCompatibleWith(told)) {
      throw new InvalidArgumentException(
          "the list has elements of shape " + l.elementShape() + ", not of shape " + told);
    }
    return l.elementShape().merge(told);
  }

  /** Checks that a tensor may become an element of a list. */
  static void requireFits(TensorList l, TensorValue v) {
    if (!l.elementShape().isCompatibleWith(v.shape())) {
      throw new InvalidArgumentException(
          "the list takes elements of shape " + l.elementShape() + ", not of shape " + v.shape());
    }
  }

  static int index(TensorList l, TensorValue given) {
    return index(l, Dims.requireScalar(given, "the index").getLong(0));
  }

  static int index(TensorList l, long i) {
    if (i < 0 || i >= l.size()) {
      throw new InvalidArgumentException(
          "there is no element " + i + " in a list of " + l.size() + " elements");
    }
    return (int) i;
  }

  /**
   * An element; zeros if it was not set.
   *
   * @param shape what is known of its shape; where that is not all, the others' tells the rest
   */
  static TensorValue element(TensorList l, int i, Shape shape) {
    TensorValue v = l.get(i);
    if (v != null) {
      if (!shape.isCompatibleWith(v.shape())) {
        throw new InvalidArgumentException(
            "element " + i + " of the list is of shape " + v.shape() + ", not of shape " + shape);
      }
      return v;
    }
    Shape s = shape;
    for (int k = 0; k < l.size() && !s.isFullyDefined(); k++) {
      TensorValue other = l.get(k);
      s = other != null && s.isCompatibleWith(other.shape()) ? s.merge(other.shape()) : s;
    }
    if (!s.isFullyDefined()) {
      throw new InvalidArgumentException(
          "element "
              + i
              + " of the list was not set, and its shape "
              + s
              + " is not fully known, so that it cannot be zeros");
    }
    return TensorValue.zeros(l.dtype(), s);
  }

  // ---- the kernels

  private static void empty(KernelContext c) {
    int max = (int) Dims.requireScalar(c.input(1), "the largest size").getLong(0);
    DataType t = c.attrs().getType("element_dtype");
    c.output(0, wrap(new HeapList(t, shapeOf(c.input(0)), max, List.of())));
  }

  private static void reserve(KernelContext c) {
    int n = size(c.input(1));
    DataType t = c.attrs().getType("element_dtype");
    c.output(0, wrap(HeapList.reserved(t, shapeOf(c.input(0)), n)));
  }

  private static int size(TensorValue given) {
    long n = Dims.requireScalar(given, "the number of elements").getLong(0);
    if (n < 0) {
      throw new InvalidArgumentException(
          "the number of elements must not be negative, but is " + n);
    }
    return (int) n;
  }

  private static void fromTensor(KernelContext c) {
    TensorValue x = c.input(0);
    if (x.shape().rank() == 0) {
      throw new InvalidArgumentException("a list is made of a tensor's rows, but this is a scalar");
    }
    Shape told = shapeOf(c.input(1));
    Shape row = x.shape().sliceFrom(1);
    if (!told.isCompatibleWith(row)) {
      throw new InvalidArgumentException(
          "elements of shape " + told + " cannot be the rows of a tensor of shape " + x.shape());
    }
    List<TensorValue> rows = new ArrayList<>();
    for (int i = 0; i < x.shape().dim(0); i++) {
      rows.add(TensorArrayKernels.row(x, i));
    }
    c.output(0, wrap(new HeapList(x.dtype(), told, -1, rows)));
  }

  private static TensorList pushed(TensorList l, TensorValue v) {
    requireFits(l, v);
    if (l.maxSize() >= 0 && l.size() >= l.maxSize()) {
      throw new InvalidArgumentException("the list is full: it takes " + l.maxSize() + " elements");
    }
    List<TensorValue> all = HeapList.elementsOf(l);
    all.add(v);
    return HeapList.like(l, all);
  }

  private static void pushBack(KernelContext c) {
    c.output(0, wrap(pushed(typedList(c, 0), c.input(1))));
  }

  private static void pushBackBatch(KernelContext c) {
    TensorValue lists = Dims.requireRank(c.input(0), 1, "the lists");
    TensorValue rows = c.input(1);
    if (rows.shape().rank() < 1 || rows.shape().dim(0) != lists.size()) {
      throw new InvalidArgumentException(
          lists.size() + " lists take as many rows, not a tensor of shape " + rows.shape());
    }
    Object[] pushed = new Object[lists.size()];
    for (int i = 0; i < pushed.length; i++) {
      pushed[i] = pushed(typed(c, list(lists, i, 0)), TensorArrayKernels.row(rows, i));
    }
    c.output(0, TensorValue.wrap(DataType.VARIANT, lists.shape(), pushed));
  }

  private static void popBack(KernelContext c) {
    TensorList l = typedList(c, 0);
    if (l.size() == 0) {
      throw new InvalidArgumentException("the list is empty, so that nothing can be popped");
    }
    Shape shape = mergedShape(l, shapeOf(c.input(1)));
    c.output(1, element(l, l.size() - 1, shape));
    List<TensorValue> rest = HeapList.elementsOf(l);
    rest.remove(rest.size() - 1);
    c.output(0, wrap(HeapList.like(l, rest)));
  }

  private static void setItem(KernelContext c) {
    TensorList l = typedList(c, 0);
    int i = index(l, c.input(1));
    requireFits(l, c.input(2));
    List<TensorValue> all = HeapList.elementsOf(l);
    all.set(i, c.input(2));
    c.output(0, wrap(HeapList.like(l, all)));
  }

  private static void getItem(KernelContext c) {
    TensorList l = typedList(c, 0);
    int i = index(l, c.input(1));
    c.output(0, element(l, i, mergedShape(l, shapeOf(c.input(2)))));
  }

  private static void resize(KernelContext c) {
    TensorList l = list(c, 0);
    int n = size(c.input(1));
    List<TensorValue> all = HeapList.elementsOf(l);
    List<TensorValue> kept = new ArrayList<>(all.subList(0, Math.min(n, all.size())));
    kept.addAll(Collections.nCopies(n - kept.size(), null));
    c.output(0, wrap(HeapList.like(l, kept)));
  }

  private static void elementShape(KernelContext c) {
    Shape s = list(c, 0).elementShape();
    DataType t = c.outputType(0);
    c.output(0, s.hasRank() ? Dims.vector(t, s.dims()) : Dims.numbers(t, Shape.scalar(), -1));
  }

  private static void concatLists(KernelContext c) {
    TensorValue a = c.input(0);
    TensorValue b = c.input(1);
    Dims.requireSame(a, LIST, b, "the other");
    Object[] joined = new Object[a.size()];
    for (int i = 0; i < joined.length; i++) {
      TensorList x = typed(c, list(a, i, 0));
      TensorList y = typed(c, list(b, i, 1));
      List<TensorValue> all = HeapList.elementsOf(x);
      all.addAll(HeapList.elementsOf(y));
      Shape s = mergedShape(x, y.elementShape());
      joined[i] = new HeapList(x.dtype(), s, x.maxSize(), all);
    }
    c.output(0, TensorValue.wrap(DataType.VARIANT, a.shape(), joined));
  }

  // ---- arithmetic on lists, as the gradients of loops need it

  /** The lists with zeros in the place of every element that was set. */
  static TensorValue zerosLike(TensorValue lists) {
    Object[] zeros = new Object[lists.size()];
    for (int k = 0; k < zeros.length; k++) {
      TensorList l = list(lists, k, 0);
      List<TensorValue> all = HeapList.elementsOf(l);
      all.replaceAll(v -> v == null ? null : TensorValue.zeros(v.dtype(), v.shape()));
      zeros[k] = HeapList.like(l, all);
    }
    return TensorValue.wrap(DataType.VARIANT, lists.shape(), zeros);
  }

  /** The sums of lists of one length, element by element; what was not set counts as zero. */
  static TensorValue sum(TensorValue a, TensorValue b) {
    Dims.requireSame(a, LIST, b, "the other");
    Object[] sums = new Object[a.size()];
    for (int k = 0; k < sums.length; k++) {
      TensorList x = list(a, k, 0);
      TensorList y = list(b, k, 1);
      if (x.dtype() != y.dtype() || x.size() != y.size()) {
        throw new InvalidArgumentException(
            "lists of "
                + x.size()
                + " elements of "
                + x.dtype()
                + " and of "
                + y.size()
                + " of "
                + y.dtype()
                + " cannot be added");
      }
      List<TensorValue> all = HeapList.elementsOf(x);
      for (int i = 0; i < all.size(); i++) {
        TensorValue other = y.get(i);
        if (all.get(i) == null) {
          all.set(i, other);
        } else if (other != null) {
          Dims.requireSame(all.get(i), "element " + i, other, "that of the other list");
          all.set(i, Sums.add(all.get(i), other));
        }
      }
      sums[k] = new HeapList(x.dtype(), mergedShape(x, y.elementShape()), x.maxSize(), all);
    }
    return TensorValue.wrap(DataType.VARIANT, a.shape(), sums);
  }
}
