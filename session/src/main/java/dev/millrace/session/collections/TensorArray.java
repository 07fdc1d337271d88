package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * TensorFlow's {@code TensorArray}: elements that are written once each, and read any number of
 * times unless a read clears them. The array of their gradients is a tensor array too, to which
 * several values may be written; they add up.
 *
 * <p>Belongs to one run, which uses it from one thread at a time.
 */
public final class TensorArray implements Counted {
  /**
   * What an array is made with.
   *
   * @param elementShape what every element's shape must fit
   * @param dynamicSize whether writes may make the array longer
   * @param clearAfterRead whether reading an element forgets it
   * @param identicalShapes whether the first element's shape is that of all
   * @param name for messages
   */
  public record Options(
      DataType dtype,
      Shape elementShape,
      boolean dynamicSize,
      boolean clearAfterRead,
      boolean identicalShapes,
      String name) {}

  private static final byte READ = 1;
  private static final byte CLEARED = 2;

  private final Options options;
  private final SlabPool pool;
  private final boolean adds; // whether several values may be written to an element
  private final ElementStore values; // unset where an element is not written, or zeros
  private final Map<String, TensorArray> gradients = new HashMap<>(2);
  private Shape[] shapes; // null until written; the forward element's in an array of gradients
  private byte[] states;
  private Shape elementShape;
  private boolean growing;
  private boolean added;
  private boolean closed;
  private int holders;

  /**
   * An array of {@code size} elements, none of them written.
   *
   * @param pool gives memory for elements off the heap; null if they are to lie on it
   * @throws InvalidArgumentException if the size is negative
   */
  public TensorArray(Options options, int size, SlabPool pool) {
    this(options, size, pool, false);
  }

  private TensorArray(Options options, int size, SlabPool pool, boolean adds) {
    if (size < 0) {
      throw new InvalidArgumentException(
          "the size of a tensor array must not be negative, but is " + size);
    }
    this.options = options;
    this.pool = pool;
    this.adds = adds;
    this.elementShape = options.elementShape();
    this.growing = options.dynamicSize();
    this.values = new ElementStore(options.dtype(), size, pool);
    this.shapes = new Shape[size];
    this.states = new byte[size];
  }

  public DataType dtype() {
    return options.dtype();
  }

  /** What is known of the shape that all elements have. */
  public Shape elementShape() {
    return elementShape;
  }

  /**
   * Adds to what is known of the shape that all elements have.
   *
   * @throws InvalidArgumentException if it does not fit what was known
   */
  public void refineElementShape(Shape more) {
    if (more.equals(elementShape)) {
      return;
    }
    if (!elementShape.isCompatibleWith(more)) {
      throw new InvalidArgumentException(
          this + " has elements of shape " + elementShape + ", not of shape " + more);
    }
    elementShape = elementShape.merge(more);
  }

  /** Whether writes may make the array longer. */
  public boolean isDynamic() {
    return growing;
  }

  public int size() {
    requireOpen();
    return values.size();
  }

  /** Makes the array at least {@code size} long, if it may grow. */
  public void reserve(int size) {
    if (growing && size > values.size()) {
      grow(size);
    }
  }

  private void grow(int size) {
    if (size > shapes.length) {
      int n = Math.max(size, 2 * shapes.length);
      shapes = Arrays.copyOf(shapes, n);
      states = Arrays.copyOf(states, n);
    }
    values.resize(size);
  }

  // ---- writing

  /**
   * Writes element {@code i}, or adds to it in an array of gradients.
   *
   * @throws InvalidArgumentException if there is no such element, it was written or read already,
   *     or dtype or shape do not fit
   */
  public void write(int i, TensorValue v) {
    if (begin(i, v.dtype(), v.shape())) {
      values.put(i, v);
    } else {
      values.put(i, Sums.add(values.get(i), v));
    }
  }

  /** As {@link #write(int, TensorValue)}, with a copy of a dense value in memory. */
  public void write(int i, DataType t, Shape s, Region from) {
    if (begin(i, t, s)) {
      values.put(i, s, from);
    } else {
      values.put(i, Sums.add(values.get(i), HeapCopies.load(t, s, from)));
    }
  }

  /** Writes the rows of a dense value to the first {@code n} elements. */
  public void writeRows(int n, DataType t, Shape row, Region from) {
    boolean fresh = true;
    for (int i = 0; i < n; i++) {
      fresh &= i >= values.size() || !values.isSet(i);
    }
    if (!fresh) {
      long bytes = from.size() / n;
      for (int i = 0; i < n; i++) {
        Region r = new Region();
        r.bind(from.owner(), from.address() + i * bytes, bytes);
        write(i, t, row, r);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      begin(i, t, row);
    }
    values.putRows(n, row, from);
  }

  /** Checks a write; false if the value is to be added to the one that is there. */
  private boolean begin(int i, DataType t, Shape s) {
    requireOpen();
    if (i < 0 || (!growing && i >= values.size())) {
      throw new InvalidArgumentException(
          this + " cannot be written at " + i + ": its size is " + values.size() + ", and fixed");
    }
    if (i >= values.size()) {
      grow(i + 1);
    }
    if (t != dtype()) {
      throw new InvalidArgumentException(this + " holds " + dtype() + ", not " + t);
    }
    if (!elementShape.isCompatibleWith(s)) {
      throw new InvalidArgumentException(
          this
              + " has elements of shape "
              + elementShape
              + "; a value of shape "
              + s
              + " cannot be written at "
              + i
              + " (consider infer_shape=False)");
    }
    if (options.identicalShapes() && !elementShape.isFullyDefined()) {
      elementShape = s;
    }
    if ((states[i] & READ) != 0) {
      throw new InvalidArgumentException(
          this + " cannot be written at " + i + ", since that element has been read already");
    }
    if (shapes[i] == null) {
      shapes[i] = s;
      return true;
    }
    if (!adds) {
      throw new InvalidArgumentException(
          this + " cannot be written at " + i + " a second time: elements are written once");
    }
    if (!shapes[i].equals(s)) {
      throw new InvalidArgumentException(
          this
              + ": the sum at "
              + i
              + " is of shape "
              + shapes[i]
              + "; a value of shape "
              + s
              + " cannot be added");
    }
    boolean first = !values.isSet(i);
    added |= !first;
    return first;
  }

  // ---- reading

  /**
   * The shape of element {@code i}, which can be read.
   *
   * @throws InvalidArgumentException if there is no such element, it was cleared, or it was not
   *     written and its shape is not known
   */
  public Shape shape(int i) {
    requireOpen();
    if (i < 0 || i >= values.size()) {
      throw new InvalidArgumentException(
          this + " cannot be read at " + i + ": its size is " + values.size());
    }
    if ((states[i] & CLEARED) != 0) {
      throw new InvalidArgumentException(
          this
              + " cannot be read at "
              + i
              + " twice, since the first read cleared the element; use clear_after_read=false");
    }
    Shape s = shapes[i] != null ? shapes[i] : elementShape;
    if (!s.isFullyDefined()) {
      throw new InvalidArgumentException(
          this
              + " cannot be read at "
              + i
              + ", which was not written; with a fully defined element_shape (it is "
              + s
              + ") it would be zeros");
    }
    return s;
  }

  /**
   * Element {@code i}, which is forgotten if the array clears what is read. One that was not
   * written is zeros where its shape is known.
   *
   * @throws InvalidArgumentException as {@link #shape} does
   */
  public TensorValue read(int i) {
    Shape s = shape(i);
    TensorValue v = values.isSet(i) ? values.get(i) : TensorValue.zeros(dtype(), s);
    markRead(i);
    return v;
  }

  /** As {@link #read}, into memory of the element's size; the elements are dense. */
  public void readTo(int i, Region to) {
    shape(i);
    if (values.isSet(i)) {
      values.copyTo(i, to);
    } else {
      zero(to, 0, to.size());
    }
    markRead(i);
  }

  /**
   * Reads the first {@code n} elements, which must have one shape, into memory.
   *
   * @param elementBytes the bytes of an element
   */
  public void readRows(int n, long elementBytes, Region to) {
    boolean all = values.isSlab();
    for (int i = 0; i < n; i++) {
      shape(i);
      all &= values.isSet(i);
    }
    if (all) {
      values.copyRows(0, n, to, 0);
    } else {
      for (int i = 0; i < n; i++) {
        if (values.isSet(i)) {
          values.copyRows(i, 1, to, i * elementBytes);
        } else {
          zero(to, i * elementBytes, elementBytes);
        }
      }
    }
    for (int i = 0; i < n; i++) {
      markRead(i);
    }
  }

  private static void zero(Region to, long at, long bytes) {
    for (long p = at; p < at + bytes; p++) {
      to.bytes().put((int) p, (byte) 0);
    }
  }

  private void markRead(int i) {
    states[i] |= READ;
    if (options.clearAfterRead()) {
      states[i] |= CLEARED;
      values.unset(i);
    }
  }

  // ---- gradients

  /**
   * The array of this one's gradients for a source: made the first time, found again afterwards. It
   * is as long as this one is now, which cannot grow any more.
   *
   * @param source tells the gradients of several calls apart
   * @param prepend the dimensions that each gradient has before those of the element
   * @throws InvalidArgumentException if this is an array of gradients to one of whose elements
   *     several values were added
   */
  public TensorArray gradient(String source, Shape prepend) {
    requireOpen();
    TensorArray g = gradients.get(source);
    if (g != null) {
      return g;
    }
    if (added) {
      throw new InvalidArgumentException(
          this + " has no gradients, since several values were added up in one of its elements");
    }
    growing = false;
    Options o =
        new Options(
            dtype(),
            prepend.concat(elementShape),
            false,
            true,
            options.identicalShapes(),
            options.name() + "@" + source);
    g = new TensorArray(o, values.size(), pool, true);
    for (int i = 0; i < values.size(); i++) {
      g.shapes[i] = shapes[i] == null ? null : prepend.concat(shapes[i]);
    }
    g.retain(); // lives as long as this does
    gradients.put(source, g);
    return g;
  }

  /** Forgets all elements; using the array further is an error. */
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
      gradients.values().forEach(TensorArray::release);
    }
  }

  @Override
  public String toString() {
    return options.name().isEmpty() ? "the tensor array" : "tensor array '" + options.name() + "'";
  }
}
