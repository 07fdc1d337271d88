package dev.millrace.session.collections;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/**
 * TensorFlow's tensor list: a value. Whoever changes a list makes another one, unless nobody else
 * can see it.
 */
public interface TensorList {
  /** The dtype of the elements. */
  DataType dtype();

  /** What the shape of every element fits. */
  Shape elementShape();

  /** How many elements pushing may bring the list to; negative for any number. */
  int maxSize();

  int size();

  /** Element {@code i}, or null if it was not set. */
  TensorValue get(int i);
}
