package dev.millrace.session;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.BundleWriter;
import dev.millrace.graph.checkpoint.CheckpointEntry;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.graph.checkpoint.TensorSlice;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableSlice;
import dev.millrace.session.state.SessionState;

/**
 * A variable, or the part of a partitioned one that a variable holds, and the name under which a
 * checkpoint has it.
 *
 * @param handle the resource, or the reference
 * @param slice what part it is; null for a whole variable
 */
record SavedTensor(String name, Output handle, VariableSlice slice) {
  /** By the variable's own name. */
  static SavedTensor of(Variable v) {
    return v.slice() == null ? of(v.name(), v) : of(v.slice().fullName(), v);
  }

  static SavedTensor of(String name, Variable v) {
    return new SavedTensor(name, v.handle(), v.slice());
  }

  /** Of an imported variable by its handle or reference. */
  static SavedTensor of(String name, Operand handle) {
    Output h = handle.asOutput();
    String type = h.op().type();
    if (!type.equals("VarHandleOp") && !type.equals("VariableV2") && !type.equals("Variable")) {
      throw new InvalidArgumentException(
          "a saver takes variables; '" + h.name() + "' is made by a " + type + " node");
    }
    return new SavedTensor(name, h, null);
  }

  boolean isReference() {
    return handle.dtype() != DataType.RESOURCE;
  }

  DataType dtype() {
    return handle.op().attrs().getType("dtype");
  }

  Shape shape() {
    return isReference() ? handle.shape() : handle.op().attrs().getShape("shape");
  }

  /** The part, as readers of checkpoints take it; null for all. */
  TensorSlice part() {
    if (slice == null) {
      return null;
    }
    long[] starts = slice.offset().stream().mapToLong(Long::longValue).toArray();
    return TensorSlice.of(starts, slice.shape().dims());
  }

  /** The text of saver nodes for the part; empty for all. */
  String spec() {
    return slice == null ? "" : slice.spec();
  }

  private dev.millrace.session.state.Variable in(SessionState state) {
    Operation op = handle.op();
    Attrs a = op.attrs();
    String shared = a.getString("shared_name");
    String key = shared.isEmpty() ? op.name() : shared;
    return isReference()
        ? state.referenceVariable(a.getString("container"), key, dtype(), handle.shape())
        : state.variable(a.getString("container"), key, dtype(), shape());
  }

  /** The session's value. */
  TensorValue value(SessionState state) {
    return in(state).read();
  }

  /** Writes the session's value, from where it lies. */
  void save(SessionState state, BundleWriter to) {
    dev.millrace.session.state.Variable v = in(state);
    if (slice != null) {
      to.addSlice(name, slice.fullShape(), part(), v.read());
    } else if (dtype().isDense()) {
      v.use((shape, bytes) -> to.add(name, dtype(), shape, out -> out.write(bytes)));
    } else {
      to.add(name, v.read());
    }
  }

  /**
   * Checks that the checkpoint has a value that fits, undamaged.
   *
   * @param reshape whether another shape with as many elements will do
   */
  void check(CheckpointReader from, boolean reshape) {
    CheckpointEntry e = from.entry(name);
    if (e.dtype() != dtype()) {
      throw new InvalidArgumentException(
          "variable '"
              + handle.op().name()
              + "' is "
              + dtype()
              + ", but '"
              + name
              + "' in checkpoint "
              + from.prefix()
              + " is "
              + e.dtype());
    }
    Shape want = slice == null ? shape() : slice.fullShape();
    boolean fits =
        want.isCompatibleWith(e.shape())
            || (reshape
                && slice == null
                && want.isFullyDefined()
                && want.numElements() == e.shape().numElements());
    if (!fits) {
      throw new InvalidArgumentException(
          "variable '"
              + handle.op().name()
              + "' is of shape "
              + want
              + ", but '"
              + name
              + "' in checkpoint "
              + from.prefix()
              + " is of shape "
              + e.shape()
              + (reshape ? "" : "; a saver with reshape(true) takes values of as many elements"));
    }
    if (slice != null || !from.readBytes(name, null)) {
      read(from);
    }
  }

  private TensorValue read(CheckpointReader from) {
    return slice == null ? from.read(name) : from.read(name, part());
  }

  /** Gives the session's variable the value of the checkpoint, which {@link #check} has passed. */
  void restore(SessionState state, CheckpointReader from) {
    dev.millrace.session.state.Variable v = in(state);
    CheckpointEntry e = from.entry(name);
    Shape own = shape();
    Shape shape = own.isCompatibleWith(e.shape()) ? e.shape() : own;
    if (slice == null && e.slices().isEmpty() && dtype().isDense()) {
      boolean done = v.fill(shape, bytes -> from.readBytes(name, bytes));
      if (done) {
        return;
      }
    }
    TensorValue value = read(from);
    v.assign(slice == null ? value.reshape(shape) : value);
  }
}
