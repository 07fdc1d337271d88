package dev.millrace.session;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.nd4j.NdArrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What one run fetched, in the order of the fetches. The values are the caller's own. */
public final class Fetches {
  private final List<Output> outputs;
  private final TensorValue[] values;

  Fetches(List<Output> outputs, TensorValue[] values) {
    this.outputs = outputs;
    this.values = values;
  }

  public int size() {
    return values.length;
  }

  /** Fetch number {@code i} as an ND4J array. */
  public INDArray get(int i) {
    return NdArrays.copyOf(values[i]);
  }

  /** What was fetched of {@code x}, as an ND4J array. */
  public INDArray get(Operand x) {
    return get(indexOf(x));
  }

  /** Fetch number {@code i} as a value on the heap, for any dtype. */
  public TensorValue value(int i) {
    return values[i];
  }

  /** What was fetched of {@code x}, as a value on the heap. */
  public TensorValue value(Operand x) {
    return values[indexOf(x)];
  }

  /** What was fetched of the tensors of a structure, from left to right. */
  public List<TensorValue> values(Object structure) {
    return Runner.operands(structure).stream().map(this::value).toList();
  }

  /** The first element of what was fetched of {@code x}, as a float. */
  public float getFloat(Operand x) {
    return getFloat(indexOf(x));
  }

  /** The first element of fetch number {@code i} as a float. */
  public float getFloat(int i) {
    return (float) values[i].getDouble(0);
  }

  private int indexOf(Operand x) {
    int i = outputs.indexOf(x.asOutput());
    if (i < 0) {
      throw new InvalidArgumentException(
          "'" + x.asOutput().name() + "' was not fetched; fetched were " + outputs);
    }
    return i;
  }
}
