package dev.millrace.cli.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.AttentionCellWrapper;
import dev.millrace.rnn.BasicLSTMCell;
import dev.millrace.rnn.BasicRNNCell;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.CellShape;
import dev.millrace.rnn.DeviceWrapper;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.EmbeddingWrapper;
import dev.millrace.rnn.GRUBlockCellV2;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.InputProjectionWrapper;
import dev.millrace.rnn.LSTMBlockCell;
import dev.millrace.rnn.LSTMBlockFusedCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LayerNormBasicLSTMCell;
import dev.millrace.rnn.LayerRNNCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.OutputProjectionWrapper;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.ResidualWrapper;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.StateSaver;
import dev.millrace.rnn.StaticBidirectionalRnn;
import dev.millrace.rnn.StaticRnnResult;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every recurrent cell, unrolled over examples of lengths 0 to all steps, gives the same outputs,
 * states and gradients on TensorFlow 1.15.0 as here in both modes.
 */
class RnnInteropTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path work;

  private final Map<String, RnnCase> cases = new LinkedHashMap<>();

  /** A cell unrolled step by step and by a loop, which must give the same. */
  private void unrolled(String name, Function<Ops, RNNCell> cell) {
    unrolled(name, cell, true);
  }

  /** A cell that draws other numbers in a loop. */
  private void drawing(String name, Function<Ops, RNNCell> cell) {
    unrolled(name, cell, false);
  }

  private void unrolled(String name, Function<Ops, RNNCell> cell, boolean agree) {
    cases.put(
        name,
        new RnnCase(
            (c, xs) -> {
              RNNCell made = cell.apply(c.tf());
              StaticRnnResult r = Rnn.staticRnn(made, xs).sequenceLength(c.length()).build();
              DynamicRnnResult d =
                  Rnn.dynamicRnn(made, c.input()).sequenceLength(c.length()).build();
              if (agree) {
                c.agree(
                    List.of(c.tf().stack(r.outputs(), 1), r.state()),
                    List.of(d.outputs(), d.state()));
              }
              return List.of(r.outputStructures(), r.state(), d.outputStructure(), d.state());
            }));
  }

  private void cells() {
    unrolled("basic_rnn", tf -> new BasicRNNCell(4));
    unrolled("gru", tf -> new GRUCell(4));
    unrolled("basic_lstm", tf -> new BasicLSTMCell(4));
    unrolled("basic_lstm_concatenated", tf -> BasicLSTMCell.builder(4).stateIsTuple(false).build());
    unrolled(
        "lstm_with_everything",
        tf ->
            LSTMCell.builder(5)
                .usePeepholes(true)
                .cellClip(0.5)
                .projection(3)
                .projectionClip(0.4)
                .build());
    unrolled("layer_norm_lstm", tf -> new LayerNormBasicLSTMCell(4));
    drawing(
        "lstm_dropout",
        tf ->
            DropoutWrapper.builder(new LSTMCell(4))
                .inputKeepProbability(0.7)
                .outputKeepProbability(tf.constant(0.5f).add(0.1))
                .stateKeepProbability(0.6)
                .seed(8)
                .build());
    drawing(
        "gru_variational_dropout",
        tf ->
            DropoutWrapper.builder(new GRUCell(4))
                .outputKeepProbability(0.6)
                .stateKeepProbability(0.6)
                .variational(tf, DataType.FLOAT32)
                .seed(8)
                .build());
    unrolled(
        "layers",
        tf ->
            new MultiRNNCell(
                new GRUCell(4), new ResidualWrapper(new LSTMCell(4)), new BasicRNNCell(2)));
    unrolled(
        "projections",
        tf -> new OutputProjectionWrapper(new InputProjectionWrapper(new GRUCell(4), 2), 3));
    unrolled("attention", tf -> new AttentionCellWrapper(new GRUCell(4), 2));
    unrolled("lstm_block", tf -> LSTMBlockCell.builder(4).usePeepholes(true).cellClip(0.5).build());
    unrolled("gru_block", tf -> new GRUBlockCellV2(4));
    unrolled("device", tf -> new DeviceWrapper(new GRUCell(4), "/cpu:0"));
    unrolled("own_cell", tf -> new DecayCell());
  }

  private void unrollings() {
    cases.put(
        "bidirectional",
        new RnnCase(
            (c, xs) -> {
              StaticBidirectionalRnn.Result r =
                  Rnn.staticBidirectionalRnn(new GRUCell(4), new LSTMCell(3), xs)
                      .sequenceLength(c.length())
                      .build();
              return List.of(r.outputStructures(), r.forwardState(), r.backwardState());
            }));
    cases.put(
        "stack_bidirectional",
        new RnnCase(
            (c, xs) -> {
              var r =
                  Rnn.stackBidirectionalRnn(
                          List.of(new GRUCell(4), new GRUCell(2)),
                          List.of(new GRUCell(3), new GRUCell(2)),
                          xs)
                      .build();
              return List.of(r.outputs(), r.forwardStates(), r.backwardStates());
            }));
    cases.put(
        "embedding",
        new RnnCase(
            (c, xs) -> {
              List<Tensor> symbols =
                  xs.stream()
                      .map(x -> x.reduceMean(1).mul(2).add(2.5))
                      .map(x -> x.cast(DataType.INT32))
                      .toList();
              StaticRnnResult r =
                  Rnn.staticRnn(new EmbeddingWrapper(new GRUCell(4), 5, 3), symbols)
                      .dtype(DataType.FLOAT32)
                      .sequenceLength(c.length())
                      .build();
              return List.of(r.outputs(), r.state());
            }));
    cases.put("state_saving", new RnnCase(RnnInteropTest::pieces));
    cases.put(
        "lstm_fused",
        new RnnCase(
            (c, xs) -> {
              LSTMBlockFusedCell cell = LSTMBlockFusedCell.builder(4).usePeepholes(true).build();
              var r = cell.call(c.tf().stack(xs), null, c.length());
              return List.of(r.outputs(), r.state());
            }));
  }

  /** Two pieces of a sequence, the second from the state that the first saved. */
  private static Object pieces(RnnCase c, List<Tensor> xs) {
    Ops tf = c.tf();
    GRUCell cell = new GRUCell(4);
    Map<String, Tensor> saved = new HashMap<>();
    saved.put("h", tf.zeros(DataType.FLOAT32, 5, 4));
    StateSaver saver =
        new StateSaver() {
          @Override
          public Tensor state(String name) {
            return saved.get(name);
          }

          @Override
          public Operation saveState(String name, Tensor value) {
            saved.put(name, value);
            return value.asOutput().op();
          }
        };
    List<Tensor> fixed = xs.stream().map(x -> x.reshape(5, RnnCase.SIZE)).toList();
    StaticRnnResult first = Rnn.staticStateSavingRnn(cell, fixed.subList(0, 2), saver, "h").build();
    StaticRnnResult second =
        Rnn.staticStateSavingRnn(cell, fixed.subList(2, 4), saver, "h").build();
    return List.of(first.outputs(), second.outputs(), second.state());
  }

  /** A cell that a user would write. */
  private static final class DecayCell extends LayerRNNCell {
    private Variable rate;

    @Override
    public CellShape stateSize() {
      return CellShape.of(RnnCase.SIZE);
    }

    @Override
    public CellShape outputSize() {
      return CellShape.of(RnnCase.SIZE);
    }

    @Override
    protected void build(Ops tf, int inputSize, DataType dtype) {
      rate = addVariable(tf, "rate", Initializers.constant(0.5), dtype, RnnCase.SIZE);
    }

    @Override
    protected CellResult step(Ops tf, Tensor inputs, Object state) {
      Tensor next = tf.add(tf.mul(rate, state), inputs).sin();
      return new CellResult(next, next);
    }
  }

  @Test
  void cellsGiveTheSameOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    cells();
    unrollings();
    RnnCase.compare(cases, work, TOLERANCE);
  }
}
