package dev.millrace.session.state;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A variable of a session. Dense values lie off the heap, where plans read and update them in
 * place; a variable whose static shape is known keeps its memory for life, so that plans may bind
 * to it.
 *
 * <p>Every change is made under the variable's lock, and so is atomic. Reads take no lock: a read
 * beside a concurrent run's update may see part of it.
 */
public final class Variable {
  private final String container;
  private final String name;
  private final DataType dtype;
  private final boolean byReference;
  private volatile Shape staticShape;
  private final ReentrantLock lock = new ReentrantLock();
  private final Region region = new Region();
  private NativeMemory memory;
  private TensorValue heapValue; // values that do not lie in regions
  private volatile Shape shape; // null until initialised

  Variable(String container, String name, DataType dtype, Shape staticShape, boolean byReference) {
    this.container = container;
    this.name = name;
    this.dtype = dtype;
    this.staticShape = staticShape;
    this.byReference = byReference;
  }

  /**
   * A variable of no session, with zeros: what {@code TemporaryVariable} makes anew in each run.
   */
  public static Variable temporary(String name, DataType dtype, Shape shape) {
    Variable v = new Variable("", name, dtype, shape, true);
    v.assign(TensorValue.zeros(dtype, shape));
    return v;
  }

  /** Whether this is of TensorFlow's first kind of variables, those of {@code VariableV2}. */
  public boolean isByReference() {
    return byReference;
  }

  public String name() {
    return name;
  }

  /** The container that the handle names; empty by default. */
  public String container() {
    return container;
  }

  public DataType dtype() {
    return dtype;
  }

  /** The shape that every value must fit. */
  public Shape staticShape() {
    return staticShape;
  }

  /**
   * Adds what another handle knows of the shape.
   *
   * @throws InvalidArgumentException if it does not fit what is known, or the present value
   */
  void narrow(Shape more) {
    if (more.equals(staticShape)) {
      return;
    }
    lock.lock();
    try {
      if (!staticShape.isCompatibleWith(more) || (shape != null && !more.isCompatibleWith(shape))) {
        throw new InvalidArgumentException(
            "variable '"
                + name
                + "' is of shape "
                + (shape != null ? shape : staticShape)
                + "; a handle to it asks for "
                + more);
      }
      staticShape = staticShape.merge(more);
    } finally {
      lock.unlock();
    }
  }

  public boolean isInitialized() {
    return shape != null;
  }

  /**
   * The shape of the present value.
   *
   * @throws MillraceException if there is none, as {@link #missing} tells
   */
  public Shape shape() {
    Shape s = shape;
    if (s == null) {
      throw missing();
    }
    return s;
  }

  /**
   * The failure of anything but a plain read before there is a value: in TensorFlow the resource
   * does not exist until its first assignment. Of a variable by reference it is the same as that of
   * a read.
   */
  public MillraceException missing() {
    return byReference ? uninitialized() : new NotFoundException(uninitialized().getMessage());
  }

  /** The failure of reading this before it has a value. */
  public FailedPreconditionException uninitialized() {
    return new FailedPreconditionException(
        "variable '"
            + name
            + "' is not initialized: run its initializer first, or globalVariablesInitializer for all");
  }

  /** Taken around every change of the value in place. */
  public ReentrantLock lock() {
    return lock;
  }

  /**
   * The memory of a dense variable whose static shape is fully defined; the same for life.
   *
   * @throws InvalidArgumentException if the variable has no such memory
   */
  public Region region() {
    lock.lock();
    try {
      if (!dtype.isDense() || !staticShape.isFullyDefined()) {
        throw new InvalidArgumentException(
            "variable '" + name + "' of shape " + staticShape + " has no fixed memory");
      }
      reserve(staticShape);
      return region;
    } finally {
      lock.unlock();
    }
  }

  private void reserve(Shape s) {
    long bytes = HeapCopies.byteSize(dtype, s);
    if (memory == null || memory.size() != bytes) {
      NativeMemory old = memory;
      memory = NativeMemory.allocate(bytes);
      region.bind(memory, memory.region(0, bytes).address(), bytes);
      if (old != null) {
        old.close();
      }
    }
  }

  /**
   * Says that the memory now holds a value of that shape: after a kernel has written it in place,
   * under the lock.
   */
  public void markInitialized(Shape s) {
    shape = s;
  }

  /**
   * A copy of the value.
   *
   * @throws FailedPreconditionException if there is none
   */
  public TensorValue read() {
    lock.lock();
    try {
      Shape s = shape;
      if (s == null) {
        throw uninitialized();
      }
      return dtype.isDense() ? HeapCopies.load(dtype, s, region) : heapValue;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives the variable a value.
   *
   * @throws InvalidArgumentException if dtype or shape do not fit
   */
  public void assign(TensorValue v) {
    if (v.dtype() != dtype) {
      throw new InvalidArgumentException(
          "variable '" + name + "' is " + dtype + "; it cannot take a " + v.dtype() + " value");
    }
    if (!staticShape.isCompatibleWith(v.shape())) {
      throw new InvalidArgumentException(
          "variable '"
              + name
              + "' is of shape "
              + staticShape
              + "; it cannot take a value of shape "
              + v.shape());
    }
    lock.lock();
    try {
      if (dtype.isDense()) {
        reserve(v.shape());
        HeapCopies.store(v, region);
      } else {
        heapValue = v;
      }
      shape = v.shape();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Shows the bytes of a dense value as they lie in memory, and keeps others from changing it
   * meanwhile.
   *
   * @throws FailedPreconditionException if there is none
   */
  public void use(BiConsumer<Shape, ByteBuffer> with) {
    lock.lock();
    try {
      if (shape == null) {
        throw uninitialized();
      }
      with.accept(shape, region.bytes().duplicate().order(ByteOrder.nativeOrder()).rewind());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets {@code with} write a dense value's bytes where they are to lie.
   *
   * @param with fills the buffer to its end; tells whether it has done so
   * @return whether it has; if it has not, or fails, the variable has no value
   */
  public boolean fill(Shape of, Predicate<ByteBuffer> with) {
    lock.lock();
    try {
      destroy();
      reserve(of);
      boolean filled =
          with.test(region.bytes().duplicate().order(ByteOrder.nativeOrder()).rewind());
      if (filled) {
        shape = of;
      }
      return filled;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Replaces the value by {@code change} of it, atomically.
   *
   * @throws MillraceException if there is none, as {@link #missing} tells
   */
  public void update(UnaryOperator<TensorValue> change) {
    lock.lock();
    try {
      if (!isInitialized()) {
        throw missing();
      }
      assign(change.apply(read()));
    } finally {
      lock.unlock();
    }
  }

  /** Makes the variable uninitialised. Its memory stays, since plans may be bound to it. */
  public void destroy() {
    lock.lock();
    try {
      shape = null;
      heapValue = null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes the variable uninitialised and frees its memory; no plan that is bound to it may run
   * afterwards.
   */
  public void free() {
    lock.lock();
    try {
      destroy();
      if (memory != null) {
        memory.close();
        memory = null;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "variable '" + name + "' " + dtype + staticShape;
  }
}
