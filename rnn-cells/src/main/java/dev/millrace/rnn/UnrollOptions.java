package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;
import java.util.List;

/**
 * What everything that unrolls a cell in time can be told.
 *
 * @param <B> the builder that extends this
 */
public abstract class UnrollOptions<B extends UnrollOptions<B>> {
  Object sequenceLength;
  DataType dtype;
  String scopeName;
  VariableScope scope;

  UnrollOptions() {}

  /**
   * How many steps each example has: integers [batch]. Past an example's length its outputs are
   * zeros and its state stays.
   */
  public B sequenceLength(Object lengths) {
    this.sequenceLength = lengths;
    return self();
  }

  /** The dtype of the initial state of zeros; by default the inputs', if they are floating. */
  public B dtype(DataType dtype) {
    this.dtype = dtype;
    return self();
  }

  /** The name of the variable scope that the cell is called in. */
  public B scope(String name) {
    this.scopeName = name;
    return self();
  }

  /** The variable scope that the cell is called in, entered again. */
  public B scope(VariableScope scope) {
    this.scope = scope;
    return self();
  }

  @SuppressWarnings("unchecked") // every subclass is its own B
  final B self() {
    return (B) this;
  }

  /** Takes over what is said of lengths and dtype. */
  B like(UnrollOptions<?> other) {
    this.sequenceLength = other.sequenceLength;
    this.dtype = other.dtype;
    return self();
  }

  /** The one dtype of a state's tensors, unless one is given. */
  DataType outputDtype(Object state) {
    if (dtype != null) {
      return dtype;
    }
    List<DataType> all =
        Nest.flatten(state).stream()
            .map(x -> ((Tensor) x).dtype())
            .filter(t -> t != DataType.VARIANT)
            .distinct()
            .toList();
    if (all.size() == 1) {
      return all.get(0);
    }
    throw InvalidArgumentException.atCall(
        "the state has tensors of " + all + ", so say with dtype(…) which of them the outputs are");
  }

  VariableScope open(Ops tf, String defaultName) {
    return scope != null
        ? tf.variableScope(scope)
        : tf.variableScope(scopeName == null ? defaultName : scopeName);
  }

  /** The dtype of a state of zeros beside these inputs. */
  DataType stateDtype(Tensor input) {
    if (dtype != null) {
      return dtype;
    }
    if (input.dtype().isFloating()) {
      return input.dtype();
    }
    throw InvalidArgumentException.atCall(
        "without an initial state, say which dtype it is to have: the inputs are " + input.dtype());
  }

  /** The lengths as an int32 vector; null for none. */
  Tensor lengths(Ops tf, long batch) {
    if (sequenceLength == null) {
      return null;
    }
    Tensor lengths =
        sequenceLength instanceof Operand o
            ? tf.tensor(o)
            : tf.constant("sequence_length", sequenceLength);
    Shape s = lengths.shape();
    if (!lengths.dtype().isInteger() || !s.isCompatibleWith(Shape.vector(batch))) {
      throw InvalidArgumentException.atCall(
          "sequenceLength is a vector of integers, one for each of the "
              + (batch == Shape.UNKNOWN ? "examples" : batch + " examples")
              + ", not "
              + lengths);
    }
    return lengths.dtype() == DataType.INT32 ? lengths : tf.cast(lengths, DataType.INT32);
  }
}
