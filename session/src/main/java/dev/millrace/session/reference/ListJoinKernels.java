package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.HeapList;
import dev.millrace.session.collections.TensorList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Lists made of whole tensors, and tensors made of whole lists. */
final class ListJoinKernels {
  private static final String LIST = "the list";

  private ListJoinKernels() {}

  static void register(ReferenceKernels k) {
    k.add("TensorListStack", ListJoinKernels::stack);
    k.add("TensorListGather", ListJoinKernels::gather);
    k.add("TensorListScatter", c -> scatter(c, -1));
    k.add(
        "TensorListScatterV2",
        c -> scatter(c, Dims.requireScalar(c.input(3), "the number of elements").getLong(0)));
    k.add("TensorListScatterIntoExistingList", ListJoinKernels::scatterInto);
    k.add(
        "TensorListConcat",
        c -> concat(c, c.attrs().getShape("element_shape"), TensorValue.ofLongs()));
    k.add("TensorListConcatV2", c -> concat(c, ListKernels.shapeOf(c.input(1)), c.input(2)));
    k.add("TensorListSplit", ListJoinKernels::split);
  }

  private static void stack(KernelContext c) {
    TensorList l = ListKernels.typedList(c, 0);
    long wanted = c.attrs().getInt("num_elements");
    if (wanted != -1 && wanted != l.size()) {
      throw new InvalidArgumentException(
          "the list has " + l.size() + " elements, where " + wanted + " are expected");
    }
    Shape shape = ListKernels.mergedShape(l, ListKernels.shapeOf(c.input(1)));
    List<TensorValue> all = new ArrayList<>();
    for (int i = 0; i < l.size(); i++) {
      all.add(ListKernels.element(l, i, shape));
    }
    c.output(0, stacked(all, l.dtype(), shape));
  }

  private static TensorValue stacked(List<TensorValue> all, DataType dtype, Shape shape) {
    if (all.isEmpty() && !shape.isFullyDefined()) {
      throw new InvalidArgumentException(
          "nothing is taken from the list, and the shape of its elements, "
              + shape
              + ", is not fully known, so that the result has no shape");
    }
    return TensorArrayKernels.stacked(all, dtype, shape, LIST);
  }

  private static void gather(KernelContext c) {
    TensorList l = ListKernels.typedList(c, 0);
    TensorValue indices = Dims.requireRank(c.input(1), 1, "the indices");
    Shape shape = ListKernels.mergedShape(l, ListKernels.shapeOf(c.input(2)));
    List<TensorValue> all = new ArrayList<>();
    for (int i = 0; i < indices.size(); i++) {
      all.add(ListKernels.element(l, ListKernels.index(l, indices.getLong(i)), shape));
    }
    c.output(0, stacked(all, l.dtype(), shape));
  }

  private static int highest(TensorValue rows, TensorValue indices) {
    Dims.requireRank(indices, 1, "the indices");
    if (rows.shape().rank() < 1 || rows.shape().dim(0) != indices.size()) {
      throw new InvalidArgumentException(
          indices.size() + " indices take as many rows, not a tensor of shape " + rows.shape());
    }
    int highest = -1;
    for (int i : indices.toInts()) {
      if (i < 0) {
        throw new InvalidArgumentException("an index must not be negative, but one is " + i);
      }
      highest = Math.max(highest, i);
    }
    return highest;
  }

  private static void scatter(KernelContext c, long size) {
    int highest = highest(c.input(0), c.input(1));
    if (size < -1 || (size >= 0 && highest >= size)) {
      throw new InvalidArgumentException(
          "a list of " + size + " elements has no element " + highest);
    }
    DataType t = c.attrs().getType("element_dtype");
    int n = size < 0 ? highest + 1 : (int) size;
    TensorList l = HeapList.reserved(t, ListKernels.shapeOf(c.input(2)), n);
    c.output(0, ListKernels.wrap(scattered(l, c.input(0), c.input(1))));
  }

  private static TensorList scattered(TensorList l, TensorValue rows, TensorValue indices) {
    List<TensorValue> all = HeapList.elementsOf(l);
    for (int i = 0; i < indices.size(); i++) {
      TensorValue row = TensorArrayKernels.row(rows, i);
      ListKernels.requireFits(l, row);
      all.set((int) indices.getLong(i), row);
    }
    return HeapList.like(l, all);
  }

  private static void scatterInto(KernelContext c) {
    TensorList l = ListKernels.typedList(c, 0);
    int highest = highest(c.input(1), c.input(2));
    List<TensorValue> all = HeapList.elementsOf(l);
    all.addAll(Collections.nCopies(Math.max(0, highest + 1 - all.size()), null));
    TensorList longer = HeapList.like(l, all);
    c.output(0, ListKernels.wrap(scattered(longer, c.input(1), c.input(2))));
  }

  /**
   * @param told what is said of the elements' shape
   * @param leading the first dimensions of elements that were not set
   */
  private static void concat(KernelContext c, Shape told, TensorValue leading) {
    TensorList l = ListKernels.typedList(c, 0);
    Shape element = ListKernels.mergedShape(l, told);
    if (element.hasRank() && element.rank() == 0) {
      throw new InvalidArgumentException("scalars cannot be concatenated");
    }
    List<TensorValue> all = new ArrayList<>();
    for (int i = 0; i < l.size(); i++) {
      TensorValue v = l.get(i);
      all.add(v != null ? v : missing(l, i, element, leading));
    }
    Shape rest = element.hasRank() ? element.sliceFrom(1) : Shape.unknown();
    if (all.isEmpty() && !rest.isFullyDefined()) {
      throw new InvalidArgumentException(
          "the list is empty, and the shape of its elements but for the first dimension, "
              + rest
              + ", is not fully known, so that the result has no shape");
    }
    c.output(0, TensorArrayKernels.concatenated(all, l.dtype(), rest, LIST));
    c.output(1, TensorValue.ofLongs(all.stream().mapToLong(v -> v.shape().dim(0)).toArray()));
  }

  private static TensorValue missing(TensorList l, int i, Shape element, TensorValue leading) {
    Shape s = element;
    if (s.hasRank() && s.dim(0) == Shape.UNKNOWN && i < leading.size()) {
      s = s.withDim(0, leading.getLong(i));
    }
    for (int k = 0; k < l.size() && !s.isFullyDefined(); k++) {
      TensorValue other = l.get(k);
      if (other != null && s.hasRank() && other.shape().rank() == s.rank()) {
        s = s.slice(0, 1).concat(s.sliceFrom(1).merge(other.shape().sliceFrom(1)));
      }
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

  private static void split(KernelContext c) {
    TensorValue x = c.input(0);
    int[] lengths = TensorArrayKernels.splitLengths(x, c.input(2));
    TensorList like = HeapList.reserved(x.dtype(), ListKernels.shapeOf(c.input(1)), lengths.length);
    List<TensorValue> parts = new ArrayList<>();
    int at = 0;
    for (int n : lengths) {
      parts.add(TensorArrayKernels.rows(x, at, n));
      ListKernels.requireFits(like, parts.get(parts.size() - 1));
      at += n;
    }
    c.output(0, ListKernels.wrap(HeapList.like(like, parts)));
  }
}
