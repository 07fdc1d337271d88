package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.RunState;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.function.Supplier;

/**
 * What a reference kernel sees of the node it computes. Input values must not be written to; an
 * output may share an input's array.
 */
public interface KernelContext {
  /** The type of the operation. */
  String opType();

  /** The node's name. */
  String nodeName();

  Attrs attrs();

  int inputCount();

  TensorValue input(int i);

  int outputCount();

  DataType outputType(int i);

  /** Sets output {@code i}; dtype and shape are checked against what shape inference promised. */
  void output(int i, TensorValue value);

  /** The variables, tables and so on of the session. */
  SessionState state();

  /** What lives as long as this run. */
  RunState runState();

  /**
   * What this node keeps from run to run in this session, as the position in a stream of random
   * numbers; made by {@code make} at the first run. The object must be safe for concurrent use.
   */
  <T> T nodeState(Class<T> kind, Supplier<T> make);

  /**
   * The variable behind input {@code i}, a resource.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if the resource is of another kind
   */
  Variable variable(int i);
}
