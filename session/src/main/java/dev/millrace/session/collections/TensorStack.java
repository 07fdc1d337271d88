package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.Region;

/** TensorFlow's {@code Stack}: what a loop's gradient takes back in reverse order. */
public final class TensorStack implements Counted {
  private final DataType dtype;
  private final int maxSize;
  private final String name;
  private final ElementStore values;
  private boolean closed;
  private int holders;

  /**
   * An empty stack.
   *
   * @param maxSize how many elements it takes; negative for any number
   * @param name for messages
   * @param pool gives memory for elements off the heap; null if they are to lie on it
   */
  public TensorStack(DataType dtype, int maxSize, String name, SlabPool pool) {
    this.dtype = dtype;
    this.maxSize = maxSize;
    this.name = name;
    this.values = new ElementStore(dtype, 0, pool);
  }

  public DataType dtype() {
    return dtype;
  }

  /**
   * Puts a value on top.
   *
   * @throws InvalidArgumentException if it is of another dtype, or the stack is full or closed
   */
  public void push(TensorValue v) {
    values.put(grow(v.dtype()), v);
  }

  /** As {@link #push(TensorValue)}, with a copy of a dense value in memory. */
  public void push(DataType t, Shape s, Region from) {
    values.put(grow(t), s, from);
  }

  /** Puts anything of that shape, which {@code from} has, on top. */
  public void pushAny(DataType t, Shape s, Region from) {
    values.putAny(grow(t), s, from);
  }

  private int grow(DataType t) {
    requireOpen();
    if (t != dtype) {
      throw new InvalidArgumentException(this + " holds " + dtype + ", not " + t);
    }
    int n = values.size();
    if (maxSize >= 0 && n >= maxSize) {
      throw new InvalidArgumentException(this + " is full: it takes " + maxSize + " elements");
    }
    values.resize(n + 1);
    return n;
  }

  /**
   * Takes the top value away.
   *
   * @throws InvalidArgumentException if there is none, or the stack is closed
   */
  public TensorValue pop() {
    TensorValue v = values.get(top());
    drop();
    return v;
  }

  /**
   * The shape of the top value.
   *
   * @throws InvalidArgumentException as {@link #pop} does
   */
  public Shape topShape() {
    return values.shape(top());
  }

  /** As {@link #pop}, into memory of the size of the top value, which is dense. */
  public void popTo(Region to) {
    values.copyTo(top(), to);
    drop();
  }

  /**
   * Where the top value lies, for others to look at while they hold it; null where it must be
   * copied. It lies at {@link #topOffset}.
   */
  public Slab lendTop() {
    return values.lend(top(), 1);
  }

  /** Where the top value lies in what {@link #lendTop} gives. */
  public long topOffset() {
    return values.offset(top());
  }

  /** Takes the top value away, of which nobody wants a copy. */
  public void drop() {
    values.resize(top());
  }

  private int top() {
    requireOpen();
    if (values.size() == 0) {
      throw new InvalidArgumentException(this + " is empty, so that nothing can be popped");
    }
    return values.size() - 1;
  }

  /** Forgets all elements; using the stack further is an error. */
  public void close() {
    values.free();
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidArgumentException(this + " has been closed already");
    }
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

  @Override
  public String toString() {
    return name.isEmpty() ? "the stack" : "stack '" + name + "'";
  }
}
