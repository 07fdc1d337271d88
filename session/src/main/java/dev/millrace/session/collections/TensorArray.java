package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * TensorFlow's {@code TensorArray}: elements that are written once each, and read any number of
 * times unless a read clears them. The array of their gradients is a tensor array too, to which
 * several values may be written; they add up.
 *
 * <p>Belongs to one run, which uses it from one thread at a time.
 */
public final class TensorArray {
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

  /** One element. */
  private static final class Element {
    private Shape shape; // null until written; the forward element's in an array of gradients
    private TensorValue value; // null: zeros of that shape
    private boolean read;
    private boolean cleared;
  }

  private final Options options;
  private final boolean adds; // whether several values may be written to an element
  private final List<Element> elements = new ArrayList<>();
  private final Map<String, TensorArray> gradients = new HashMap<>();
  private Shape elementShape;
  private boolean growing;
  private boolean added;
  private boolean closed;

  /**
   * An array of {@code size} elements, none of them written.
   *
   * @throws InvalidArgumentException if the size is negative
   */
  public TensorArray(Options options, int size) {
    this(options, size, false);
  }

  private TensorArray(Options options, int size, boolean adds) {
    if (size < 0) {
      throw new InvalidArgumentException(
          "the size of a tensor array must not be negative, but is " + size);
    }
    this.options = options;
    this.adds = adds;
    this.elementShape = options.elementShape();
    this.growing = options.dynamicSize();
    grow(size);
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
    return elements.size();
  }

  /** Makes the array at least {@code size} long, if it may grow. */
  public void reserve(int size) {
    if (growing) {
      grow(size);
    }
  }

  private void grow(int size) {
    while (elements.size() < size) {
      elements.add(new Element());
    }
  }

  /**
   * Writes element {@code i}, or adds to it in an array of gradients.
   *
   * @throws InvalidArgumentException if there is no such element, it was written or read already,
   *     or dtype or shape do not fit
   */
  public void write(int i, TensorValue v) {
    requireOpen();
    if (i < 0 || (!growing && i >= elements.size())) {
      throw new InvalidArgumentException(
          this + " cannot be written at " + i + ": its size is " + elements.size() + ", and fixed");
    }
    grow(i + 1);
    if (v.dtype() != dtype()) {
      throw new InvalidArgumentException(this + " holds " + dtype() + ", not " + v.dtype());
    }
    if (!elementShape.isCompatibleWith(v.shape())) {
      throw new InvalidArgumentException(
          this
              + " has elements of shape "
              + elementShape
              + "; a value of shape "
              + v.shape()
              + " cannot be written at "
              + i
              + " (consider infer_shape=False)");
    }
    if (options.identicalShapes() && !elementShape.isFullyDefined()) {
      elementShape = v.shape();
    }
    put(elements.get(i), i, v);
  }

  private void put(Element e, int i, TensorValue v) {
    if (e.read) {
      throw new InvalidArgumentException(
          this + " cannot be written at " + i + ", since that element has been read already");
    }
    if (e.shape == null) {
      e.shape = v.shape();
      e.value = v;
      return;
    }
    if (!adds) {
      throw new InvalidArgumentException(
          this + " cannot be written at " + i + " a second time: elements are written once");
    }
    if (!e.shape.equals(v.shape())) {
      throw new InvalidArgumentException(
          this
              + ": the sum at "
              + i
              + " is of shape "
              + e.shape
              + "; a value of shape "
              + v.shape()
              + " cannot be added");
    }
    added |= e.value != null;
    e.value = e.value == null ? v : Sums.add(e.value, v);
  }

  /**
   * Element {@code i}, which is forgotten if the array clears what is read. One that was not
   * written is zeros where its shape is known.
   *
   * @throws InvalidArgumentException if there is no such element, it was cleared, or it was not
   *     written and its shape is not known
   */
  public TensorValue read(int i) {
    requireOpen();
    if (i < 0 || i >= elements.size()) {
      throw new InvalidArgumentException(
          this + " cannot be read at " + i + ": its size is " + elements.size());
    }
    Element e = elements.get(i);
    if (e.cleared) {
      throw new InvalidArgumentException(
          this
              + " cannot be read at "
              + i
              + " twice, since the first read cleared the element; use clear_after_read=false");
    }
    TensorValue v = e.value;
    if (v == null) {
      Shape s = e.shape != null ? e.shape : elementShape;
      if (!s.isFullyDefined()) {
        throw new InvalidArgumentException(
            this
                + " cannot be read at "
                + i
                + ", which was not written; with a fully defined element_shape (it is "
                + s
                + ") it would be zeros");
      }
      v = TensorValue.zeros(dtype(), s);
    }
    if (options.clearAfterRead()) {
      e.value = null;
      e.cleared = true;
    }
    e.read = true;
    return v;
  }

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
    g =
        new TensorArray(
            new Options(
                dtype(),
                prepend.concat(elementShape),
                false,
                true,
                options.identicalShapes(),
                options.name() + "@" + source),
            elements.size(),
            true);
    for (int i = 0; i < elements.size(); i++) {
      Shape s = elements.get(i).shape;
      g.elements.get(i).shape = s == null ? null : prepend.concat(s);
    }
    gradients.put(source, g);
    return g;
  }

  /** Forgets all elements; using the array further is an error. */
  public void close() {
    elements.clear();
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidArgumentException(this + " has been closed already");
    }
  }

  @Override
  public String toString() {
    return options.name().isEmpty() ? "the tensor array" : "tensor array '" + options.name() + "'";
  }
}
