package dev.millrace.session.kernel;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** A node with concrete shapes, before memory is planned. All shapes are fully defined. */
public interface NodeSpec {
  /** The type of the operation. */
  String opType();

  /** The node's name. */
  String nodeName();

  Attrs attrs();

  int inputCount();

  DataType inputType(int i);

  Shape inputShape(int i);

  /**
   * The value of input {@code i} where it is known before the run, as axes and permutations mostly
   * are; else null.
   */
  TensorValue constant(int i);

  int outputCount();

  DataType outputType(int i);

  Shape outputShape(int i);
}
