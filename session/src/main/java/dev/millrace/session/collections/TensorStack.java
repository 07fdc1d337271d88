package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** TensorFlow's {@code Stack}: what a loop's gradient takes back in reverse order. */
public final class TensorStack {
  private final DataType dtype;
  private final int maxSize;
  private final String name;
  private final List<TensorValue> values = new ArrayList<>();
  private boolean closed;

  /**
   * An empty stack.
   *
   * @param maxSize how many elements it takes; negative for any number
   * @param name for messages
   */
  public TensorStack(DataType dtype, int maxSize, String name) {
    this.dtype = dtype;
    this.maxSize = maxSize;
    this.name = name;
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
    requireOpen();
    if (v.dtype() != dtype) {
      throw new InvalidArgumentException(this + " holds " + dtype + ", not " + v.dtype());
    }
    if (maxSize >= 0 && values.size() >= maxSize) {
      throw new InvalidArgumentException(this + " is full: it takes " + maxSize + " elements");
    }
    values.add(v);
  }

  /**
   * Takes the top value away.
   *
   * @throws InvalidArgumentException if there is none, or the stack is closed
   */
  public TensorValue pop() {
    requireOpen();
    if (values.isEmpty()) {
      throw new InvalidArgumentException(this + " is empty, so that nothing can be popped");
    }
    return values.remove(values.size() - 1);
  }

  /** Forgets all elements; using the stack further is an error. */
  public void close() {
    values.clear();
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidArgumentException(this + " has been closed already");
    }
  }

  @Override
  public String toString() {
    return name.isEmpty() ? "the stack" : "stack '" + name + "'";
  }
}
