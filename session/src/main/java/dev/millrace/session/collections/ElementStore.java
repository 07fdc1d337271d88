package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import java.util.Arrays;

/**
 * The elements of an array, list or stack, by number. Dense ones of one shape that come from
 * off-heap memory lie side by side in a block of it; as soon as one is of another shape, and where
 * they come from the heap, they lie there.
 */
final class ElementStore {
  /** Copying less than that costs no more than looking at it where it lies. */
  private static final int MIN_LENT_BYTES = 2048;

  private final DataType dtype;
  private final SlabPool pool; // null where nothing lies off the heap
  private final int run;
  private int size;
  private boolean[] set = new boolean[4];
  private TensorValue[] heap; // null while elements lie off the heap, or there are none
  private Slab slab;
  private boolean lends = true; // whether others may look at elements in the slab
  private Shape shape; // of the elements in the slab
  private int elementBytes;

  /**
   * @param pool gives off-heap memory; null if everything is to lie on the heap
   */
  ElementStore(DataType dtype, int size, SlabPool pool) {
    this.dtype = dtype;
    this.pool = pool;
    this.run = pool == null ? 0 : pool.run();
    resize(size);
  }

  int size() {
    return size;
  }

  /** Makes the store longer by elements that are not set, or shorter. */
  void resize(int n) {
    if (n > set.length) {
      set = Arrays.copyOf(set, Math.max(n, 2 * set.length));
    }
    for (int i = n; i < size; i++) {
      unset(i);
    }
    size = n;
    if (heap != null && n > heap.length) {
      heap = Arrays.copyOf(heap, Math.max(n, 2 * heap.length));
    }
  }

  boolean isSet(int i) {
    return set[i];
  }

  void unset(int i) {
    set[i] = false;
    if (heap != null) {
      heap[i] = null;
    }
  }

  /** The shape of element {@code i}, which must be set. */
  Shape shape(int i) {
    return heap != null ? heap[i].shape() : shape;
  }

  /** Whether all elements that are set have one shape and lie side by side off the heap. */
  boolean isSlab() {
    return slab != null;
  }

  /** Sets an element to a value, which is kept as it is if elements lie on the heap. */
  void put(int i, TensorValue v) {
    if (slab != null && v.shape().equals(shape)) {
      reserve();
      HeapCopies.store(v, part(slab.whole(), (long) i * elementBytes, elementBytes));
    } else {
      toHeap();
      heap[i] = v;
    }
    set[i] = true;
  }

  /** Sets an element to a copy of a dense value in memory. */
  void put(int i, Shape s, Region from) {
    if (pool == null || !fitsSlab(s, from.size())) {
      put(i, HeapCopies.load(dtype, s, from));
      return;
    }
    reserve();
    requireRun();
    slab.whole().bytes().put(i * elementBytes, from.bytes(), 0, elementBytes);
    set[i] = true;
  }

  /** Sets an element to anything of that shape, which {@code from} has. */
  void putAny(int i, Shape s, Region from) {
    if (pool == null || !fitsSlab(s, from.size())) {
      put(i, s, from);
      return;
    }
    reserve();
    requireRun();
    set[i] = true;
  }

  /** Sets elements {@code 0} to {@code n}, exclusive, to copies of the rows of a dense value. */
  void putRows(int n, Shape row, Region from) {
    long bytes = n == 0 ? 0 : from.size() / n;
    if (n > 0 && pool != null && fitsSlab(row, bytes)) {
      reserve();
      requireRun();
      slab.whole().bytes().put(0, from.bytes(), 0, (int) from.size());
      Arrays.fill(set, 0, n, true);
      return;
    }
    for (int i = 0; i < n; i++) {
      put(i, row, part(from, i * bytes, bytes));
    }
  }

  private static Region part(Region from, long at, long bytes) {
    Region r = new Region();
    r.bind(from.owner(), from.address() + at, bytes);
    return r;
  }

  private boolean fitsSlab(Shape s, long bytes) {
    if (heap != null || bytes * Math.max(size, 1) > Integer.MAX_VALUE) {
      return false;
    }
    if (shape == null) {
      shape = s;
      elementBytes = (int) bytes;
    }
    return shape.equals(s);
  }

  /** Has the slab hold all elements and nobody else look at it, so that they can be changed. */
  private void reserve() {
    long bytes = (long) size * elementBytes;
    boolean fits = slab != null && slab.memory().size() >= bytes;
    if (fits && !slab.isShared()) {
      return;
    }
    Slab old = slab;
    lends &= old == null || !fits || !old.isShared(); // else each change would copy again
    long twice = old == null || fits ? bytes : 2 * old.memory().size();
    slab = pool.take(Math.max(bytes, Math.min(twice, Integer.MAX_VALUE)));
    if (old != null) {
      long kept = Math.min(old.memory().size(), slab.memory().size());
      slab.whole().bytes().put(0, old.whole().bytes(), 0, (int) kept);
      old.release();
    }
  }

  private void toHeap() {
    if (heap != null) {
      return;
    }
    TensorValue[] all = new TensorValue[Math.max(set.length, size)];
    for (int i = 0; i < size; i++) {
      all[i] = set[i] ? get(i) : null;
    }
    freeSlab();
    heap = all;
  }

  /** Element {@code i}, which must be set; a copy if it lies off the heap. */
  TensorValue get(int i) {
    if (heap != null) {
      return heap[i];
    }
    requireRun();
    return HeapCopies.load(dtype, shape, part(slab.whole(), (long) i * elementBytes, elementBytes));
  }

  /** Copies element {@code i}, which must be set and dense, to memory of its size. */
  void copyTo(int i, Region to) {
    if (heap != null) {
      HeapCopies.store(heap[i], to);
      return;
    }
    requireRun();
    to.bytes().put(0, slab.whole().bytes(), i * elementBytes, elementBytes);
  }

  /**
   * Copies elements {@code from} to {@code from + n}, exclusive, all of them set, dense and of one
   * shape, to memory of their size.
   */
  void copyRows(int from, int n, Region to, long at) {
    if (n == 0) {
      return;
    }
    if (heap == null) {
      requireRun();
      to.bytes().put((int) at, slab.whole().bytes(), from * elementBytes, n * elementBytes);
      return;
    }
    long p = at;
    for (int i = from; i < from + n; i++) {
      long bytes = HeapCopies.byteSize(dtype, heap[i].shape());
      HeapCopies.store(heap[i], part(to, p, bytes));
      p += bytes;
    }
  }

  /**
   * The slab in which elements {@code from} to {@code from + n}, exclusive, lie side by side, all
   * set, for others to look at while they hold it; null where they do not, or are small enough to
   * be copied. The first lies at {@link #offset}.
   */
  Slab lend(int from, int n) {
    if (slab == null || !lends || (long) n * elementBytes < MIN_LENT_BYTES) {
      return null;
    }
    for (int i = from; i < from + n; i++) {
      if (!set[i]) {
        return null;
      }
    }
    requireRun();
    return slab;
  }

  /** Where element {@code i} lies in the slab. */
  long offset(int i) {
    return (long) i * elementBytes;
  }

  /** The bytes of an element in the slab. */
  int elementBytes() {
    return elementBytes;
  }

  /** A store of the same elements. */
  ElementStore copy() {
    ElementStore c = new ElementStore(dtype, size, pool);
    System.arraycopy(set, 0, c.set, 0, size);
    if (heap != null) {
      c.heap = heap.clone();
    } else if (slab != null) {
      requireRun();
      c.shape = shape;
      c.elementBytes = elementBytes;
      c.slab = slab;
      slab.retain();
    }
    return c;
  }

  /** Forgets all elements and gives back the memory. */
  void free() {
    heap = null;
    freeSlab();
    Arrays.fill(set, false);
    size = 0;
  }

  private void freeSlab() {
    if (slab != null) {
      if (pool.run() == run) {
        slab.release();
      }
      slab = null;
    }
    shape = null;
  }

  private void requireRun() {
    if (pool.run() != run) {
      throw new FailedPreconditionException(
          "the value belongs to a run that is over, and its elements are gone");
    }
  }
}
