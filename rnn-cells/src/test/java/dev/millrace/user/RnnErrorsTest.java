package dev.millrace.user;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.CellShape;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LayerRNNCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.Rnn;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Errors of recurrent networks tell the user's line, the tensors at fault, and what to do. */
class RnnErrorsTest {
  private static final String LINE = "RnnErrorsTest\\.java:\\d+";

  private final Ops tf = Ops.of(new Graph());
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 4, 5, 2);

  private static void tells(ThrowingCallable call, String pattern) {
    assertThatThrownBy(call).message().containsPattern("(?s)" + pattern.replace("LINE", LINE));
  }

  @Test
  void oneCellForTwoLayers() {
    LSTMCell cell = new LSTMCell(3);
    tells(
        () -> Rnn.dynamicRnn(new MultiRNNCell(cell, cell), x).build(),
        "LSTMCell that was made for inputs of size 2 .* is called with .*\\[4,3\\]"
            + ".*make one cell per layer, as in List.of.*first called at .*LINE.*called at .*LINE");
  }

  @Test
  void aCellForInputsOfAnotherSize() {
    GRUCell cell = new GRUCell(3);
    Rnn.dynamicRnn(cell, x).build();
    Tensor wider = tf.placeholder("wider", DataType.FLOAT32, 4, 5, 6);
    tells(
        () -> Rnn.staticRnn(cell, wider.unstack(1)).scope("again").build(),
        "GRUCell that was made for inputs of size 2 .*\\[4,6\\].*first called at .*LINE"
            + ".*called at .*LINE");
  }

  @Test
  void aStateOfAnotherStructure() {
    Tensor zeros = tf.zeros(DataType.FLOAT32, 4, 3);
    tells(
        () -> Rnn.dynamicRnn(new LSTMCell(3), x).initialState(zeros).build(),
        "LSTMStateTuple.*called at .*LINE");
    tells(
        () ->
            Rnn.dynamicRnn(new MultiRNNCell(new GRUCell(3), new GRUCell(3)), x)
                .initialState(List.of(zeros))
                .build(),
        "called at .*LINE");
  }

  /** A cell whose state grows. */
  private static final class GrowingCell extends LayerRNNCell {
    @Override
    public CellShape stateSize() {
      return CellShape.of(3);
    }

    @Override
    public CellShape outputSize() {
      return CellShape.of(3);
    }

    @Override
    protected void build(Ops tf, int inputSize, DataType dtype) {}

    @Override
    protected CellResult step(Ops tf, Tensor inputs, Object state) {
      Tensor h = (Tensor) state;
      return new CellResult(h, tf.concat(1, h, inputs));
    }
  }

  @Test
  void aStateThatChangesItsShape() {
    tells(
        () -> Rnn.dynamicRnn(new GrowingCell(), x).build(),
        "has shape \\[4,3\\].*after one step .*float32\\[4,5\\], made at .*LINE.*shapeInvariants"
            + ".*called at .*LINE");
  }

  @Test
  void inputsWithoutADimensionOfTime() {
    Tensor rows = tf.placeholder("rows", DataType.FLOAT32, -1, 7);
    tells(
        () -> Rnn.dynamicRnn(new GRUCell(3), rows).build(),
        "\\[batch, time, size\\].*rows:0.*expandDims\\(-1\\).*called at .*LINE");
    Tensor open = tf.placeholder("open", DataType.FLOAT32, -1, -1, -1);
    tells(
        () -> Rnn.dynamicRnn(new GRUCell(3), open).build(),
        "size of the inputs must be known.*open:0.*setShape.*called at .*LINE");
    tells(
        () -> Rnn.dynamicRnn(new GRUCell(3), x).sequenceLength(new int[] {1, 2}).build(),
        "each of the 4 examples.*called at .*LINE");
  }
}
