package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.rnn.AttentionCellWrapper;
import dev.millrace.rnn.BasicLSTMCell;
import dev.millrace.rnn.BasicRNNCell;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.EmbeddingWrapper;
import dev.millrace.rnn.GRUBlockCellV2;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.InputProjectionWrapper;
import dev.millrace.rnn.LSTMBlockCell;
import dev.millrace.rnn.LSTMBlockFusedCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LayerNormBasicLSTMCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.OutputProjectionWrapper;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.ResidualWrapper;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.StaticBidirectionalRnn;
import dev.millrace.rnn.StaticRnnResult;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every recurrent cell, unrolled over examples of lengths 0 to all steps, gives the same outputs,
 * states and gradients on TensorFlow 1.15.0 as here in both modes.
 */
class RnnInteropTest {
  private static final int TIME = 4;
  private static final int SIZE = 3;
  private static final int[] LENGTHS = {2, 0, 4, 1, 3};
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path work;

  /** A graph in the form that {@link TensorFlowJudge} runs. */
  private static final class Case {
    final Ops tf = Ops.of(new Graph());
    final TensorValue numbers;
    final TensorValue lengths = TensorValue.ofInts(LENGTHS);
    final Tensor x;
    final Tensor length;
    final List<Tensor> outs = new ArrayList<>();

    Case(BiFunction<Case, List<Tensor>, Object> model) {
      tf.setRandomSeed(11);
      Random random = new Random(3);
      float[][][] v = new float[LENGTHS.length][TIME][SIZE];
      for (float[][] example : v) {
        for (float[] step : example) {
          for (int i = 0; i < SIZE; i++) {
            step[i] = 2 * random.nextFloat() - 1;
          }
        }
      }
      numbers = TensorValue.of(v);
      x = tf.placeholder("in/0", DataType.FLOAT32, -1, TIME, SIZE);
      length = tf.placeholder("in/1", DataType.INT32, -1);
      tf.constant("feed/0", numbers);
      tf.constant("feed/1", lengths);
      List<Object> results = Nest.flatten(model.apply(this, x.unstack(1)));
      List<Tensor> losses = new ArrayList<>();
      for (Object y : results) {
        out((Tensor) y);
        losses.add(((Tensor) y).add(0.1).square().reduceSum());
      }
      Tensor loss = tf.addN(losses);
      List<Variable> variables = tf.trainableVariables();
      variables.forEach(w -> out(w.readValue()));
      Gradients.of(List.of(loss), variables).stream().map(Gradient::dense).forEach(this::out);
      tf.graph().opBuilder("NoOp", "init").controlInput(tf.globalVariablesInitializer()).build();
    }

    private void out(Tensor t) {
      outs.add(t.as("out/" + outs.size()));
    }

    List<TensorValue> run(SessionOptions options) {
      try (Session s = new Session(tf.graph(), options)) {
        s.run("init");
        Runner r = s.feed(x, numbers).feed(length, lengths);
        var fetched = r.fetch(outs);
        List<TensorValue> values = new ArrayList<>();
        for (int i = 0; i < outs.size(); i++) {
          values.add(fetched.value(i));
        }
        return values;
      }
    }
  }

  private final Map<String, Case> cases = new LinkedHashMap<>();

  private void unrolled(String name, Function<Ops, RNNCell> cell) {
    cases.put(
        name,
        new Case(
            (c, xs) -> {
              StaticRnnResult r =
                  Rnn.staticRnn(cell.apply(c.tf), xs).sequenceLength(c.length).build();
              return List.of(r.outputStructures(), r.state());
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
    unrolled(
        "lstm_dropout",
        tf ->
            DropoutWrapper.builder(new LSTMCell(4))
                .inputKeepProbability(0.7)
                .outputKeepProbability(tf.constant(0.5f).add(0.1))
                .stateKeepProbability(0.6)
                .seed(8)
                .build());
    unrolled(
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
  }

  private void unrollings() {
    cases.put(
        "bidirectional",
        new Case(
            (c, xs) -> {
              StaticBidirectionalRnn.Result r =
                  Rnn.staticBidirectionalRnn(new GRUCell(4), new LSTMCell(3), xs)
                      .sequenceLength(c.length)
                      .build();
              return List.of(r.outputStructures(), r.forwardState(), r.backwardState());
            }));
    cases.put(
        "stack_bidirectional",
        new Case(
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
        new Case(
            (c, xs) -> {
              List<Tensor> symbols =
                  xs.stream()
                      .map(x -> x.reduceMean(1).mul(2).add(2.5))
                      .map(x -> x.cast(DataType.INT32))
                      .toList();
              StaticRnnResult r =
                  Rnn.staticRnn(new EmbeddingWrapper(new GRUCell(4), 5, 3), symbols)
                      .dtype(DataType.FLOAT32)
                      .sequenceLength(c.length)
                      .build();
              return List.of(r.outputs(), r.state());
            }));
    cases.put(
        "lstm_fused",
        new Case(
            (c, xs) -> {
              LSTMBlockFusedCell cell = LSTMBlockFusedCell.builder(4).usePeepholes(true).build();
              var r = cell.call(c.tf.stack(xs), null, c.length);
              return List.of(r.outputs(), r.state());
            }));
  }

  @Test
  void cellsGiveTheSameOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    cells();
    unrollings();
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, c) -> graphs.put(name, c.tf.graph().toGraphDef()));
    Map<String, List<TensorValue>> want = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, Case> c : cases.entrySet()) {
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        List<TensorValue> got = c.getValue().run(o);
        assertThat(got).hasSameSizeAs(want.get(c.getKey()));
        double worst = 0;
        for (int k = 0; k < got.size(); k++) {
          worst = Math.max(worst, difference(got.get(k), want.get(c.getKey()).get(k)));
        }
        System.out.printf(
            "%s, %s: largest relative difference from TensorFlow %.2g%n",
            c.getKey(), o.mode(), worst);
        assertThat(worst).as(c.getKey()).isLessThan(TOLERANCE);
      }
    }
  }

  /** The largest difference, relative to the largest number wanted. */
  private static double difference(TensorValue got, TensorValue want) {
    assertThat(got.shape()).isEqualTo(want.shape());
    double scale = 1e-12;
    double most = 0;
    for (int i = 0; i < want.size(); i++) {
      scale = Math.max(scale, Math.abs(want.getDouble(i)));
      most = Math.max(most, Math.abs(got.getDouble(i) - want.getDouble(i)));
    }
    return most / scale;
  }
}
