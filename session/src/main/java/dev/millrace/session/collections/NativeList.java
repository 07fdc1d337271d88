package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.Region;

/**
 * A list whose elements lie off the heap as far as they can. It is changed in place by whoever
 * alone holds it; others change a {@link #copy}.
 */
public final class NativeList implements TensorList, Counted {
  private final DataType dtype;
  private final Shape elementShape;
  private final int maxSize;
  private final ElementStore values;
  private int holders;

  private NativeList(DataType dtype, Shape elementShape, int maxSize, ElementStore values) {
    this.dtype = dtype;
    this.elementShape = elementShape;
    this.maxSize = maxSize;
    this.values = values;
  }

  /** A list of {@code size} elements that are not set. */
  public static NativeList reserved(
      DataType dtype, Shape elementShape, int maxSize, int size, SlabPool pool) {
    return new NativeList(dtype, elementShape, maxSize, new ElementStore(dtype, size, pool));
  }

  /** A list of the same elements, held by nobody. */
  public static NativeList copy(TensorList list, SlabPool pool) {
    if (list instanceof NativeList n) {
      return new NativeList(n.dtype, n.elementShape, n.maxSize, n.values.copy());
    }
    NativeList c = reserved(list.dtype(), list.elementShape(), list.maxSize(), list.size(), pool);
    for (int i = 0; i < list.size(); i++) {
      TensorValue v = list.get(i);
      if (v != null) {
        c.values.put(i, v);
      }
    }
    return c;
  }

  @Override
  public DataType dtype() {
    return dtype;
  }

  @Override
  public Shape elementShape() {
    return elementShape;
  }

  @Override
  public int maxSize() {
    return maxSize;
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public TensorValue get(int i) {
    return values.isSet(i) ? values.get(i) : null;
  }

  /** Whether element {@code i} was set. */
  public boolean isSet(int i) {
    return values.isSet(i);
  }

  /** The shape of element {@code i}, which must be set. */
  public Shape shape(int i) {
    return values.shape(i);
  }

  /** Whether only one holds this, who may change it if it then passes it on. */
  public boolean isHeldOnce() {
    return holders == 1;
  }

  /** Makes the list longer by elements that are not set, or shorter. */
  public void resize(int n) {
    values.resize(n);
  }

  /**
   * Sets an element to a copy of a dense value in memory.
   *
   * @throws InvalidArgumentException if its shape does not fit
   */
  public void set(int i, Shape s, Region from) {
    requireFits(s);
    values.put(i, s, from);
  }

  /** Sets an element to anything of that shape, which {@code from} has. */
  public void setAny(int i, Shape s, Region from) {
    requireFits(s);
    values.putAny(i, s, from);
  }

  /** Sets the first {@code n} elements to the rows of a dense value in memory. */
  public void setRows(int n, Shape row, Region from) {
    requireFits(row);
    values.putRows(n, row, from);
  }

  private void requireFits(Shape s) {
    if (!elementShape.isCompatibleWith(s)) {
      throw new InvalidArgumentException(
          "the list takes elements of shape " + elementShape + ", not of shape " + s);
    }
  }

  /** Copies element {@code i}, which must be set and dense, to memory of its size. */
  public void copyTo(int i, Region to) {
    values.copyTo(i, to);
  }

  /** Copies elements, all set and of one shape, to memory, from byte {@code at} on. */
  public void copyRows(int from, int n, Region to, long at) {
    values.copyRows(from, n, to, at);
  }

  /**
   * Where elements {@code from} to {@code from + n}, exclusive, lie side by side, for others to
   * look at while they hold it; null where they do not. The first lies at {@link #offset}.
   */
  public Slab lend(int from, int n) {
    return values.lend(from, n);
  }

  /** Where element {@code i} lies in what {@link #lend} gives. */
  public long offset(int i) {
    return values.offset(i);
  }

  /** Whether all elements that are set have one shape and lie side by side. */
  public boolean isSlab() {
    return values.isSlab();
  }

  @Override
  public void retain() {
    holders++;
  }

  @Override
  public void release() {
    if (--holders == 0) {
      values.free();
    }
  }
}
