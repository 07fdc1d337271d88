package dev.millrace.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Dense;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.BidirectionalDynamicRnn;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.CellShape;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMBlockFusedCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LSTMStateTuple;
import dev.millrace.rnn.LayerRNNCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.RawRnn;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.StaticRnnResult;
import dev.millrace.rnn.seq2seq.AttentionMechanism;
import dev.millrace.rnn.seq2seq.AttentionWrapper;
import dev.millrace.rnn.seq2seq.BahdanauAttention;
import dev.millrace.rnn.seq2seq.BasicDecoder;
import dev.millrace.rnn.seq2seq.BasicDecoderOutput;
import dev.millrace.rnn.seq2seq.BeamSearchDecoder;
import dev.millrace.rnn.seq2seq.DynamicDecode;
import dev.millrace.rnn.seq2seq.Embedding;
import dev.millrace.rnn.seq2seq.GreedyEmbeddingHelper;
import dev.millrace.rnn.seq2seq.Helper;
import dev.millrace.rnn.seq2seq.LuongAttention;
import dev.millrace.rnn.seq2seq.Seq2seq;
import dev.millrace.rnn.seq2seq.TrainingHelper;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The snippets of docs/rnn.md, word for word. */
class RnnSnippetsTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @Test
  void everySnippetIsHere() throws IOException {
    String here =
        unindented(
            Files.readString(Path.of("src/test/java/dev/millrace/user/RnnSnippetsTest.java")));
    Matcher m = SNIPPET.matcher(Files.readString(Path.of("../docs/rnn.md")));
    int count = 0;
    while (m.find()) {
      assertThat(here).contains(unindented(m.group(1)));
      count++;
    }
    assertThat(count).isGreaterThan(5);
  }

  /** The code without spaces and comments, so that it may be broken in other ways. */
  private static String unindented(String code) {
    return code.lines()
        .filter(line -> !line.strip().startsWith("assertThat("))
        .map(line -> line.replaceFirst("//.*", ""))
        .collect(Collectors.joining())
        .replaceAll("\\s+", "");
  }

  private List<String> names() {
    return tf.globalVariables().stream().map(Variable::name).toList();
  }

  private Session session() {
    Session s = new Session(graph);
    s.run(tf.globalVariablesInitializer());
    return s;
  }

  @Test
  void aNetworkOverSequences() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, -1, 8);
    Tensor lengths = tf.placeholder("lengths", DataType.INT32, -1);
    DynamicRnnResult r = Rnn.dynamicRnn(new LSTMCell(32), x).sequenceLength(lengths).build();
    LSTMStateTuple last = (LSTMStateTuple) r.state();
    Tensor logits = tf.layers().dense(last.h(), 5);
    assertThat(names()).contains("rnn/lstm_cell/kernel", "dense/kernel");

    Tensor fixed = tf.placeholder(DataType.FLOAT32, -1, 10, 8);
    StaticRnnResult s = Rnn.staticRnn(new GRUCell(16), fixed.unstack(1)).scope("static").build();
    Tensor first = s.outputs().get(0);
    assertThat(first.shape()).isEqualTo(Shape.of(-1, 16));
    assertThat(names()).contains("static/gru_cell/gates/kernel");
    try (Session session = session()) {
      float[][][] twoExamples = new float[2][3][8];
      TensorValue v =
          session.feed(x, twoExamples).feed(lengths, new int[] {1, 3}).fetchValue(logits);
      assertThat(v.shape()).isEqualTo(Shape.of(2, 5));
    }
  }

  @Test
  void aSequenceInPieces() {
    GRUCell reader = new GRUCell(16);
    Tensor piece = tf.placeholder("piece", DataType.FLOAT32, 2, -1, 8);
    Object before = reader.zeroState(tf, 2, DataType.FLOAT32); // zeros, unless it is fed
    DynamicRnnResult read =
        Rnn.dynamicRnn(reader, piece).initialState(before).scope("read").build();
    float[][][] whole = new float[2][6][8];
    float[][][][] pieces = new float[2][2][3][8];
    for (int b = 0; b < 2; b++) {
      for (int t = 0; t < 6; t++) {
        whole[b][t][b + t] = t + 1;
        pieces[t / 3][b][t % 3] = whole[b][t];
      }
    }
    try (Session session = session()) {
      List<TensorValue> state = null;
      for (float[][][] p : pieces) {
        Runner run = session.feed(piece, p);
        if (state != null) {
          run.feedAll(before, state);
        }
        Fetches f = run.fetchAll(read.outputs(), read.state());
        state = f.values(read.state());
      }
      TensorValue atOnce = session.feed(piece, whole).fetchAll(read.state()).value(0);
      assertThat(state).containsExactly(atOnce);
    }
  }

  @Test
  void cells() {
    LSTMCell cell =
        LSTMCell.builder(64).usePeepholes(true).cellClip(10).projection(32).forgetBias(0).build();
    assertThat(cell.outputSize().columns()).isEqualTo(32);

    Tensor keep = tf.placeholderWithDefault(1f, Shape.scalar());
    List<RNNCell> layers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      layers.add(DropoutWrapper.builder(new LSTMCell(32)).outputKeepProbability(keep).build());
    }
    MultiRNNCell stack = new MultiRNNCell(layers); // rnn/multi_rnn_cell/cell_0/lstm_cell/kernel, …
    Tensor x = tf.zeros(DataType.FLOAT32, 2, 3, 8);
    assertThat((List<?>) Rnn.dynamicRnn(stack, x).build().state()).hasSize(2);
    assertThat(names()).contains("rnn/multi_rnn_cell/cell_0/lstm_cell/kernel");
  }

  @Test
  void bothDirections() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, -1, 8);
    Tensor lengths = tf.placeholder("lengths", DataType.INT32, -1);
    BidirectionalDynamicRnn.Result both =
        Rnn.bidirectionalDynamicRnn(new GRUCell(16), new GRUCell(16), x)
            .sequenceLength(lengths)
            .build();
    Tensor outputs = both.outputs(); // [batch, time, 32]
    Tensor summary = tf.concat(1, both.forward().state(), both.backward().state());
    assertThat(outputs.shape()).isEqualTo(Shape.of(-1, -1, 32));
    assertThat(summary.shape()).isEqualTo(Shape.of(-1, 32));
  }

  @Test
  void aCellOfYourOwn() {
    final class DecayCell extends LayerRNNCell {
      private final int units;
      private Variable rate;

      DecayCell(int units) {
        this.units = units;
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
        rate = addVariable(tf, "rate", Initializers.constant(0.5), dtype, units);
      }

      @Override
      protected CellResult step(Ops tf, Tensor inputs, Object state) {
        Tensor next = tf.add(tf.mul(rate, state), inputs);
        return new CellResult(next, next);
      }
    }
    Tensor ones = tf.ones(DataType.FLOAT32, 1, 3, 2);
    Tensor y = Rnn.dynamicRnn(new DecayCell(2), ones).build().outputs();
    assertThat(names()).containsExactly("rnn/decay_cell/rate");
    try (Session session = session()) {
      float[] v = session.fetchValue(y).floats();
      assertThat(v).containsExactly(1, 1, 1.5f, 1.5f, 1.75f, 1.75f);
    }
  }

  @Test
  void aLoopOfYourOwn() {
    GRUCell cell = new GRUCell(4);
    Tensor zeros = tf.zeros(DataType.FLOAT32, 2, 4);
    RawRnn.Result r =
        Rnn.rawRnn(
                tf,
                cell,
                (time, output, state, loopState) -> {
                  Tensor done = tf.fill(new int[] {2}, time.greaterEqual(5));
                  return output == null
                      ? new RawRnn.Next(done, zeros.add(1), zeros, null, null)
                      : new RawRnn.Next(done, output, state, output, null);
                })
            .build();
    Tensor kept = (Tensor) r.stacked(); // [5, 2, 4]
    try (Session session = session()) {
      assertThat(session.fetchValue(kept).shape()).isEqualTo(Shape.of(5, 2, 4));
    }
  }

  @Test
  void attentionAndDecoding() {
    Variable embedding = tf.getVariable("embedding", 100, 16);
    Tensor source = tf.placeholder("source", DataType.INT32, -1, -1);
    Tensor sourceLengths = tf.placeholder("source_lengths", DataType.INT32, -1);
    DynamicRnnResult encoder =
        Rnn.dynamicRnn(new GRUCell(32), tf.gather(embedding, source))
            .sequenceLength(sourceLengths)
            .scope("encoder")
            .build();

    AttentionMechanism attention =
        BahdanauAttention.builder(32, encoder.outputs())
            .memorySequenceLength(sourceLengths)
            .build();
    AttentionWrapper decoderCell =
        AttentionWrapper.builder(new GRUCell(32), attention)
            .attentionLayerSize(32)
            .initialCellState(encoder.state())
            .build();
    Tensor batch = source.shapeTensor().get(0);
    Object start = decoderCell.zeroState(tf, batch, DataType.FLOAT32);
    Dense projection = tf.layers().newDense(100).name("projection");

    Tensor target = tf.placeholder("target", DataType.INT32, -1, -1);
    Tensor targetLengths = tf.placeholder("target_lengths", DataType.INT32, -1);
    Helper teacher = new TrainingHelper(tf.gather(embedding, target), targetLengths);
    BasicDecoder trainer = new BasicDecoder(decoderCell, teacher, start, projection::apply, 100);
    DynamicDecode.Result<BasicDecoderOutput> trained = Seq2seq.dynamicDecode(tf, trainer).build();

    Tensor labels = tf.placeholder("labels", DataType.INT32, -1, -1);
    Tensor weights = tf.sequenceMask(targetLengths).cast(DataType.FLOAT32);
    Tensor loss = Seq2seq.sequenceLoss(trained.outputs().rnnOutput(), labels, weights).build();
    assertThat(names())
        .contains(
            "encoder/gru_cell/gates/kernel",
            "memory_layer/kernel",
            "decoder/attention_wrapper/bahdanau_attention/query_layer/kernel",
            "decoder/attention_wrapper/attention_layer/kernel",
            "decoder/projection/kernel");
    int trained0 = names().size();

    Helper greedy =
        new GreedyEmbeddingHelper(
            tf, Embedding.of(embedding), tf.fill(tf.stack(List.of(batch)), 1), 2);
    BasicDecoder chooser = new BasicDecoder(decoderCell, greedy, start, projection::apply, 100);
    Tensor symbols =
        Seq2seq.dynamicDecode(tf, chooser).maximumIterations(50).build().outputs().sampleId();
    assertThat(names()).hasSize(trained0);

    int width = 4;
    AttentionMechanism tiled = new LuongAttention(32, Seq2seq.tileBatch(encoder.outputs(), width));
    AttentionWrapper beamCell =
        AttentionWrapper.builder(new GRUCell(32), tiled)
            .initialCellState(Seq2seq.tileBatch(encoder.state(), width))
            .attentionLayerSize(100)
            .build();
    BeamSearchDecoder search =
        BeamSearchDecoder.builder(
                tf,
                beamCell,
                Embedding.of(embedding),
                tf.fill(tf.stack(List.of(batch)), 1),
                2,
                beamCell.zeroState(tf, batch.mul(width), DataType.FLOAT32),
                width)
            .lengthPenaltyWeight(0.6)
            .build();
    Tensor best =
        Seq2seq.dynamicDecode(tf, search)
            .scope("search")
            .maximumIterations(50)
            .build()
            .outputs()
            .predictedIds(); // [batch, time, width], the best first
    try (Session session = session()) {
      int[][] in = {{5, 6, 7}, {8, 9, 0}};
      Runner r = session.feed(source, in).feed(sourceLengths, new int[] {3, 2});
      Fetches f =
          r.feed(target, new int[][] {{1, 5}, {1, 6}})
              .feed(labels, new int[][] {{5, 2}, {6, 2}})
              .feed(targetLengths, new int[] {2, 2})
              .fetch(loss, symbols, best);
      assertThat(f.value(0).floats()[0]).isBetween(4f, 5.2f);
      assertThat(f.value(1).shape().dim(0)).isEqualTo(2);
      assertThat(f.value(2).shape().dim(2)).isEqualTo(4);
    }
  }

  @Test
  void oneOpForAWholeLstm() {
    Tensor steps = tf.placeholder(DataType.FLOAT32, 20, -1, 8);
    LSTMBlockFusedCell.Result fused = new LSTMBlockFusedCell(32).call(steps);
    Tensor h = fused.state().h();
    assertThat(h.shape()).isEqualTo(Shape.of(-1, 32));
  }
}
