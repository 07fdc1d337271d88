package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;

/** Places a cell's steps on a device (TensorFlow's DeviceWrapper). */
public final class DeviceWrapper extends WrapperCell {
  private final String device;

  /**
   * Around {@code cell}.
   *
   * @param device as {@link Ops#device} takes it
   */
  public DeviceWrapper(RNNCell cell, String device) {
    super(cell);
    this.device = device;
  }

  @Override
  public Object zeroState(Ops tf, Object batchSize, DataType dtype) {
    try (Scope d = tf.device(device)) {
      return super.zeroState(tf, batchSize, dtype);
    }
  }

  @Override
  public CellResult call(Object inputs, Object state) {
    try (Scope d = Inputs.ops(this, inputs).device(device)) {
      return wrappedCell().call(inputs, state);
    }
  }
}
