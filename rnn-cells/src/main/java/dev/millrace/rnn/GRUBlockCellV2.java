package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * The gated recurrent unit as one op a step (GRUBlockCell; TensorFlow's contrib GRUBlockCellV2), of
 * float32. It computes what a {@link GRUCell} does, with the same variables.
 */
public final class GRUBlockCellV2 extends LayerRNNCell {
  private final int units;
  private Variable gatesKernel;
  private Variable gatesBias;
  private Variable candidateKernel;
  private Variable candidateBias;

  /** A cell. */
  public GRUBlockCellV2(int units) {
    this(units, "gru_cell", Reuse.NONE);
  }

  /**
   * A cell.
   *
   * @param name the name of its scope
   * @param reuse whether to take over variables that exist in the scope
   */
  public GRUBlockCellV2(int units, String name, Reuse reuse) {
    super(name, reuse);
    this.units = Units.checked(units);
  }

  @Override
  public CellShape stateSize() {
    return CellShape.of(units);
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(units);
  }

  @Override
  protected void build(Ops tf, int inputSize, DataType dtype) {
    long rows = (long) inputSize + units;
    gatesKernel = tf.getVariable("gates/kernel", null, dtype, Shape.matrix(rows, 2L * units));
    gatesBias = tf.getVariable("gates/bias", Initializers.ones(), dtype, Shape.vector(2L * units));
    candidateKernel = tf.getVariable("candidate/kernel", null, dtype, Shape.matrix(rows, units));
    candidateBias =
        tf.getVariable("candidate/bias", Initializers.zeros(), dtype, Shape.vector(units));
  }

  @Override
  protected CellResult step(Ops tf, Tensor inputs, Object state) {
    Tensor next =
        tf.tensor(
            tf.op("GRUBlockCell", null)
                .input(inputs)
                .input(Inputs.tensor(this, state, "state"))
                .input(gatesKernel)
                .input(candidateKernel)
                .input(gatesBias)
                .input(candidateBias)
                .build()
                .output(3));
    return new CellResult(next, next);
  }
}
