package dev.millrace.cli.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.rnn.BasicLSTMCell;
import dev.millrace.rnn.BidirectionalDynamicRnn;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.RawRnn;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.StackBidirectionalDynamicRnn;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loops over time, and their gradients, give the same on TensorFlow 1.15.0 as here in both modes.
 */
class DynamicRnnInteropTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path work;

  private final Map<String, RnnCase> cases = new LinkedHashMap<>();

  private void add(String name, Function<RnnCase, Object> model) {
    cases.put(name, new RnnCase(true, model));
  }

  private static Object parts(DynamicRnnResult r) {
    return List.of(r.outputStructure(), r.state());
  }

  @Test
  void loopsGiveTheSameOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    add("gru", c -> parts(Rnn.dynamicRnn(new GRUCell(4), c.input()).build()));
    add(
        "lstm_lengths",
        c -> parts(Rnn.dynamicRnn(new LSTMCell(4), c.input()).sequenceLength(c.length()).build()));
    add(
        "layers_lengths_time_major",
        c ->
            parts(
                Rnn.dynamicRnn(
                        new MultiRNNCell(new GRUCell(4), new BasicLSTMCell(2)),
                        c.input().transpose(1, 0, 2))
                    .timeMajor(true)
                    .sequenceLength(c.length())
                    .build()));
    add(
        "variational_dropout",
        c ->
            parts(
                Rnn.dynamicRnn(
                        DropoutWrapper.builder(new LSTMCell(4))
                            .outputKeepProbability(0.6)
                            .stateKeepProbability(0.6)
                            .variational(c.tf(), DataType.FLOAT32)
                            .seed(8)
                            .build(),
                        c.input())
                    .build()));
    add(
        "bidirectional",
        c -> {
          BidirectionalDynamicRnn.Result r =
              Rnn.bidirectionalDynamicRnn(new GRUCell(4), new LSTMCell(3), c.input())
                  .sequenceLength(c.length())
                  .build();
          return List.of(parts(r.forward()), parts(r.backward()));
        });
    add(
        "stack_bidirectional",
        c -> {
          StackBidirectionalDynamicRnn.Result r =
              Rnn.stackBidirectionalDynamicRnn(
                      List.of(new GRUCell(4), new GRUCell(2)),
                      List.of(new GRUCell(3), new GRUCell(2)),
                      c.input())
                  .sequenceLength(c.length())
                  .build();
          return List.of(r.outputs(), r.forwardStates(), r.backwardStates());
        });
    add("raw", DynamicRnnInteropTest::raw);
    RnnCase.compare(cases, work, TOLERANCE);
  }

  /** What dynamicRnn does, by hand; the loop's own state counts the steps. */
  private static Object raw(RnnCase c) {
    var tf = c.tf();
    GRUCell cell = new GRUCell(4);
    TensorArray xs =
        tf.newTensorArray(DataType.FLOAT32)
            .size(RnnCase.TIME)
            .elementShape(Shape.of(-1, RnnCase.SIZE))
            .build()
            .unstack(c.input().transpose(1, 0, 2));
    Tensor batch = c.input().shapeTensor().get(0);
    RawRnn.Result r =
        Rnn.rawRnn(
                tf,
                cell,
                (time, output, state, loopState) -> {
                  Tensor finished = tf.lessEqual(c.length(), time);
                  Tensor next =
                      tf.cond(
                          tf.reduceAll(finished),
                          () -> tf.zerosLike(xs.read(0)),
                          () -> xs.read(time));
                  Object before =
                      output == null ? cell.zeroState(tf, batch, DataType.FLOAT32) : state;
                  Object count = loopState == null ? tf.constant(0) : tf.add(loopState, 1);
                  return new RawRnn.Next(finished, next, before, output, count);
                })
            .build();
    return List.of(r.stacked(), r.state(), r.loopState());
  }
}
