package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A list whose elements lie on the Java heap. Immutable.
 *
 * @param elements null where one was not set
 */
public record HeapList(DataType dtype, Shape elementShape, int maxSize, List<TensorValue> elements)
    implements TensorList {
  public HeapList {
    elements = Collections.unmodifiableList(new ArrayList<>(elements));
  }

  /** A list of {@code size} elements that are not set. */
  public static HeapList reserved(DataType dtype, Shape elementShape, int size) {
    return new HeapList(dtype, elementShape, -1, Collections.nCopies(size, null));
  }

  /** A list of these elements that is otherwise like {@code other}. */
  public static HeapList like(TensorList other, List<TensorValue> elements) {
    return new HeapList(other.dtype(), other.elementShape(), other.maxSize(), elements);
  }

  /** The elements of a list, to be changed. */
  public static List<TensorValue> elementsOf(TensorList list) {
    List<TensorValue> all = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      all.add(list.get(i));
    }
    return all;
  }

  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public TensorValue get(int i) {
    return elements.get(i);
  }
}
