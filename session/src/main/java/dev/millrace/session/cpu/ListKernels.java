package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.collections.NativeList;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.collections.TensorList;
import dev.millrace.session.kernel.CellContext;
import dev.millrace.session.kernel.CellKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lists of dense tensors off the heap. A list that nobody else holds is changed in place; whole
 * lists are copied from and to tensors at once.
 */
final class ListKernels {
  private ListKernels() {}

  static void register(FastKernels to) {
    add(
        to,
        "TensorListReserve",
        n -> Cells.isKnownShape(n, 0) && Cells.isInt(n, 1),
        ListKernels::reserve);
    add(
        to,
        "EmptyTensorList",
        n -> Cells.isKnownShape(n, 0) && Cells.isInt(n, 1),
        ListKernels::empty);
    add(
        to,
        "TensorListFromTensor",
        n -> Cells.isDense(n, 0) && n.inputShape(0).rank() > 0 && Cells.isKnownShape(n, 1),
        ListKernels::fromTensor);
    add(
        to,
        "TensorListSetItem",
        n -> Cells.isInt(n, 1) && Cells.isDense(n, 2),
        ListKernels::setItem);
    add(to, "TensorListPushBack", n -> Cells.isDense(n, 1), ListKernels::pushBack);
    add(
        to,
        "TensorListGetItem",
        n -> Cells.isInt(n, 1) && Cells.isKnownShape(n, 2),
        ListKernels::getItem);
    add(to, "TensorListPopBack", n -> Cells.isKnownShape(n, 1), ListKernels::popBack);
    add(to, "TensorListStack", n -> Cells.isKnownShape(n, 1), ListKernels::stack);
    add(
        to,
        "TensorListConcatV2",
        n -> Cells.isKnownShape(n, 1) && Cells.isDense(n, 2),
        c -> ListConcat.bind(c, Cells.knownShape(c, 1), Shape.unknown()));
    // As the plan has it: the shape that is given holds where the list is empty.
    add(
        to,
        "_JoinRows",
        n -> Cells.isKnownShape(n, 1) && Cells.isDense(n, 2),
        c -> ListConcat.bind(c, Shape.unknown(), Cells.knownShape(c, 1)));
    to.add("TensorListLength", kernel(n -> true, ListKernels::length));
  }

  /** Adds a kernel for elements that are dense. */
  private static void add(
      FastKernels to, String type, Predicate<NodeSpec> supports, Function<CellContext, Step> bind) {
    to.add(
        type, kernel(n -> n.attrs().getType("element_dtype").isDense() && supports.test(n), bind));
  }

  static CellKernel kernel(Predicate<NodeSpec> supports, Function<CellContext, Step> bind) {
    return new CellKernel() {
      @Override
      public boolean supports(NodeSpec node) {
        return supports.test(node);
      }

      @Override
      public Step bind(CellContext node) {
        return bind.apply(node);
      }
    };
  }

  private static TensorValue wrap(TensorList l) {
    return TensorValue.wrap(DataType.VARIANT, Shape.scalar(), new Object[] {l});
  }

  static TensorList list(CellContext c, DataType t) {
    TensorList l = Cells.object(c, 0, TensorList.class, "tensor list");
    if (l.dtype() != t) {
      throw new InvalidArgumentException("the list is of " + l.dtype() + ", but is used as " + t);
    }
    return l;
  }

  /** The list in input 0 as the one to be changed and passed on: itself if nobody else has it. */
  private static NativeList own(CellContext c, TensorList l) {
    return isOwn(c, l) ? (NativeList) l : NativeList.copy(l, c.slabs());
  }

  private static boolean isOwn(CellContext c, TensorList l) {
    return l instanceof NativeList n && c.isLastUse(0) && n.isHeldOnce();
  }

  /** Passes a list on: in the wrapping that it came in, if it came in input 0. */
  private static void give(CellContext c, NativeList l, TensorList input) {
    c.setCell(0, l == input ? c.cell(0) : wrap(l));
  }

  private static int index(TensorList l, int i) {
    if (i < 0 || i >= l.size()) {
      throw new InvalidArgumentException(
          "there is no element " + i + " in a list of " + l.size() + " elements");
    }
    return i;
  }

  private static Step reserve(CellContext c) {
    DataType t = c.attrs().getType("element_dtype");
    Shape s = Cells.knownShape(c, 0);
    Region size = c.input(1);
    return () -> {
      int n = size.ints().get(0);
      if (n < 0) {
        throw new InvalidArgumentException(
            "the number of elements must not be negative, but is " + n);
      }
      c.setCell(0, wrap(NativeList.reserved(t, s, -1, n, c.slabs())));
    };
  }

  private static Step empty(CellContext c) {
    DataType t = c.attrs().getType("element_dtype");
    Shape s = Cells.knownShape(c, 0);
    Region max = c.input(1);
    return () -> c.setCell(0, wrap(NativeList.reserved(t, s, max.ints().get(0), 0, c.slabs())));
  }

  private static Step fromTensor(CellContext c) {
    DataType t = c.inputType(0);
    Shape told = Cells.knownShape(c, 1);
    Shape row = c.inputShape(0).sliceFrom(1);
    int n = (int) c.inputShape(0).dim(0);
    if (!told.isCompatibleWith(row)) {
      throw new InvalidArgumentException(
          "elements of shape "
              + told
              + " cannot be the rows of a tensor of shape "
              + c.inputShape(0));
    }
    Region from = c.input(0);
    return () -> {
      NativeList l = NativeList.reserved(t, told, -1, n, c.slabs());
      l.setRows(n, row, from);
      c.setCell(0, wrap(l));
    };
  }

  private static Step setItem(CellContext c) {
    DataType t = c.inputType(2);
    Shape s = c.inputShape(2);
    Region at = c.input(1);
    Region item = c.input(2);
    return () -> {
      TensorList l = list(c, t);
      int i = index(l, at.ints().get(0));
      NativeList own = own(c, l);
      own.set(i, s, item);
      give(c, own, l);
    };
  }

  private static Step pushBack(CellContext c) {
    DataType t = c.inputType(1);
    Shape s = c.inputShape(1);
    Region item = c.input(1);
    boolean copies = !c.attrs().has(CellKernel.SHAPE_ONLY);
    return () -> {
      TensorList l = list(c, t);
      int n = l.size();
      if (l.maxSize() >= 0 && n >= l.maxSize()) {
        throw new InvalidArgumentException(
            "the list is full: it takes " + l.maxSize() + " elements");
      }
      if (!l.elementShape().isCompatibleWith(s)) {
        throw new InvalidArgumentException(
            "the list takes elements of shape " + l.elementShape() + ", not of shape " + s);
      }
      NativeList own = own(c, l);
      own.resize(n + 1);
      if (copies) {
        own.set(n, s, item);
      } else {
        own.setAny(n, s, item);
      }
      give(c, own, l);
    };
  }

  private static Step getItem(CellContext c) {
    DataType t = c.outputType(0);
    Shape told = Cells.knownShape(c, 2);
    Region at = c.input(1);
    return () -> {
      TensorList l = list(c, t);
      element(c, 0, l, index(l, at.ints().get(0)), told);
    };
  }

  /** Copies an element to output {@code output}; zeros if it was not set. */
  private static void element(CellContext c, int output, TensorList l, int i, Shape told) {
    if (l instanceof NativeList n && n.isSet(i)) {
      Shape s = n.shape(i);
      if (!told.isCompatibleWith(s)) {
        throw new InvalidArgumentException(
            "element " + i + " of the list is of shape " + s + ", not of shape " + told);
      }
      Slab slab = n.lend(i, 1);
      long bytes = HeapCopies.byteSize(l.dtype(), s);
      if (slab == null || !c.lend(output, s, slab, n.offset(i), bytes)) {
        n.copyTo(i, c.result(output, s));
      }
      return;
    }
    Shape known = merged(l, told);
    TensorValue v = l.get(i);
    if (v != null) {
      if (!known.isCompatibleWith(v.shape())) {
        throw new InvalidArgumentException(
            "element " + i + " of the list is of shape " + v.shape() + ", not of shape " + known);
      }
      HeapCopies.store(v, c.result(output, v.shape()));
      return;
    }
    Region to = c.result(output, shapeOfUnset(l, i, known));
    Cells.zero(to, 0, to.size());
  }

  static Shape merged(TensorList l, Shape told) {
    if (!l.elementShape().isCompatibleWith(told)) {
      throw new InvalidArgumentException(
          "the list has elements of shape " + l.elementShape() + ", not of shape " + told);
    }
    return l.elementShape().merge(told);
  }

  private static Shape shapeOfUnset(TensorList l, int i, Shape known) {
    Shape s = known;
    for (int k = 0; k < l.size() && !s.isFullyDefined(); k++) {
      Shape other = shape(l, k);
      s = other != null && s.isCompatibleWith(other) ? s.merge(other) : s;
    }
    if (!s.isFullyDefined()) {
      throw unset(i, s);
    }
    return s;
  }

  /** Says that an element that was not set cannot be zeros. */
  static InvalidArgumentException unset(int i, Shape s) {
    return new InvalidArgumentException(
        "element "
            + i
            + " of the list was not set, and its shape "
            + s
            + " is not fully known, so that it cannot be zeros");
  }

  /** The shape of an element, or null if it was not set. */
  static Shape shape(TensorList l, int i) {
    if (l instanceof NativeList n) {
      return n.isSet(i) ? n.shape(i) : null;
    }
    TensorValue v = l.get(i);
    return v == null ? null : v.shape();
  }

  private static Step popBack(CellContext c) {
    DataType t = c.outputType(1);
    Shape told = Cells.knownShape(c, 1);
    return () -> {
      TensorList l = list(c, t);
      int n = l.size();
      if (n == 0) {
        throw new InvalidArgumentException("the list is empty, so that nothing can be popped");
      }
      element(c, 1, l, n - 1, told);
      NativeList own = own(c, l);
      own.resize(n - 1);
      give(c, own, l);
    };
  }

  private static Step stack(CellContext c) {
    DataType t = c.outputType(0);
    Shape told = Cells.knownShape(c, 1);
    long wanted = c.attrs().getInt("num_elements");
    return () -> {
      TensorList l = list(c, t);
      int n = l.size();
      if (wanted != -1 && wanted != n) {
        throw new InvalidArgumentException(
            "the list has " + n + " elements, where " + wanted + " are expected");
      }
      Shape row = merged(l, told);
      if (n == 0 && !row.isFullyDefined()) {
        throw new InvalidArgumentException(
            "nothing is taken from the list, and the shape of its elements, "
                + row
                + ", is not fully known, so that the result has no shape");
      }
      row = n == 0 ? row : rowShape(l, row);
      Shape all = Cells.rows(n, row);
      Slab slab = l instanceof NativeList whole ? whole.lend(0, n) : null;
      if (slab != null && c.lend(0, all, slab, 0, HeapCopies.byteSize(t, all))) {
        return;
      }
      Region to = c.result(0, all);
      copyAll(l, n, to, n == 0 ? 0 : to.size() / n);
    };
  }

  /** The shape that all elements have. */
  private static Shape rowShape(TensorList l, Shape known) {
    Shape row = shapeOfUnset(l, 0, known);
    for (int i = 0; i < l.size(); i++) {
      Shape s = shape(l, i);
      if (s != null && !s.equals(row)) {
        throw new InvalidArgumentException(
            "the list has elements of different shapes: number "
                + i
                + " is "
                + s
                + ", where "
                + row
                + " is expected");
      }
    }
    return row;
  }

  private static void copyAll(TensorList l, int n, Region to, long bytes) {
    boolean all = n > 0 && l instanceof NativeList; // of nothing there is no memory
    for (int i = 0; i < n && all; i++) {
      all = ((NativeList) l).isSet(i);
    }
    if (all) {
      ((NativeList) l).copyRows(0, n, to, 0);
      return;
    }
    for (int i = 0; i < n; i++) {
      TensorValue v = l.get(i);
      if (v == null) {
        Cells.zero(to, i * bytes, bytes);
      } else {
        Region part = new Region();
        part.bind(to.owner(), to.address() + i * bytes, bytes);
        HeapCopies.store(v, part);
      }
    }
  }

  private static Step length(CellContext c) {
    return () ->
        c.result(0, Shape.scalar())
            .ints()
            .put(0, Cells.object(c, 0, TensorList.class, "tensor list").size());
  }
}
