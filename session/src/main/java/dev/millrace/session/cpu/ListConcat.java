package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.session.collections.NativeList;
import dev.millrace.session.collections.Slab;
import dev.millrace.session.collections.TensorList;
import dev.millrace.session.kernel.CellContext;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;

/** The elements of a list as one tensor, along their first dimension (TensorListConcatV2). */
final class ListConcat {
  private ListConcat() {}

  /**
   * All elements along their first dimension; where they lie, if they have one shape.
   *
   * @param ofNone the shape of an element, where there are none
   */
  static Step bind(CellContext c, Shape told, Shape ofNone) {
    DataType t = c.outputType(0);
    Region leading = c.input(2);
    int known = (int) c.inputShape(2).numElements();
    return () -> {
      TensorList l = ListKernels.list(c, t);
      int n = l.size();
      Shape element = ListKernels.merged(l, told);
      if (element.hasRank() && element.rank() == 0) {
        throw new InvalidArgumentException("scalars cannot be concatenated");
      }
      Shape whole0 = n == 0 && ofNone.hasRank() ? ofNone : element;
      Shape rest = whole0.hasRank() ? whole0.sliceFrom(1) : Shape.unknown();
      if (n == 0 && !rest.isFullyDefined()) {
        throw new InvalidArgumentException(
            "the list is empty, and the shape of its elements but for the first dimension, "
                + rest
                + ", is not fully known, so that the result has no shape");
      }
      long rows = 0;
      Shape[] parts = new Shape[n];
      for (int i = 0; i < n; i++) {
        long length = i < known ? leading.longs().get(i) : -1;
        parts[i] = partShape(l, i, element, length);
        rest = fitting(rest, parts[i], i);
        rows += parts[i].dim(0);
      }
      if (c.isUsed(1)) {
        Region lengths = c.result(1, Shape.of(n));
        for (int i = 0; i < n; i++) {
          lengths.longs().put(i, parts[i].dim(0));
        }
      }
      Shape all = Shape.of(rows).concat(rest);
      Slab slab = l instanceof NativeList whole ? whole.lend(0, n) : null;
      if (slab == null || !c.lend(0, all, slab, 0, HeapCopies.byteSize(t, all))) {
        copyParts(l, parts, c.result(0, all));
      }
    };
  }

  private static Shape partShape(TensorList l, int i, Shape element, long leading) {
    Shape s = ListKernels.shape(l, i);
    if (s != null) {
      return s;
    }
    s = element;
    if (s.hasRank() && s.dim(0) == Shape.UNKNOWN && leading >= 0) {
      s = s.withDim(0, leading);
    }
    for (int k = 0; k < l.size() && !s.isFullyDefined(); k++) {
      Shape other = ListKernels.shape(l, k);
      if (other != null && s.hasRank() && other.rank() == s.rank()) {
        s = s.slice(0, 1).concat(s.sliceFrom(1).merge(other.sliceFrom(1)));
      }
    }
    if (!s.isFullyDefined()) {
      throw ListKernels.unset(i, s);
    }
    return s;
  }

  private static Shape fitting(Shape rest, Shape part, int i) {
    if (part.rank() == 0 || !rest.isCompatibleWith(part.sliceFrom(1))) {
      throw new InvalidArgumentException(
          "element "
              + i
              + " of the list is of shape "
              + part
              + ", which cannot be concatenated to elements whose other dimensions are "
              + rest);
    }
    return part.sliceFrom(1);
  }

  private static void copyParts(TensorList l, Shape[] parts, Region to) {
    long at = 0;
    Region part = new Region();
    for (int i = 0; i < parts.length; i++) {
      long bytes = HeapCopies.byteSize(l.dtype(), parts[i]);
      if (bytes > 0) {
        part.bind(to.owner(), to.address() + at, bytes);
        if (l instanceof NativeList n && n.isSet(i)) {
          n.copyTo(i, part);
        } else if (l.get(i) != null) {
          HeapCopies.store(l.get(i), part);
        } else {
          Cells.zero(part, 0, bytes);
        }
      }
      at += bytes;
    }
  }
}
