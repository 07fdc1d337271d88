package dev.millrace.cli.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.seq2seq.AttentionMechanism;
import dev.millrace.rnn.seq2seq.AttentionWrapper;
import dev.millrace.rnn.seq2seq.BahdanauAttention;
import dev.millrace.rnn.seq2seq.BasicDecoder;
import dev.millrace.rnn.seq2seq.BasicDecoderOutput;
import dev.millrace.rnn.seq2seq.BeamSearchDecoder;
import dev.millrace.rnn.seq2seq.BeamSearchDecoderOutput;
import dev.millrace.rnn.seq2seq.Decoder;
import dev.millrace.rnn.seq2seq.DynamicDecode;
import dev.millrace.rnn.seq2seq.Embedding;
import dev.millrace.rnn.seq2seq.GreedyEmbeddingHelper;
import dev.millrace.rnn.seq2seq.Helper;
import dev.millrace.rnn.seq2seq.LuongAttention;
import dev.millrace.rnn.seq2seq.SampleEmbeddingHelper;
import dev.millrace.rnn.seq2seq.ScheduledEmbeddingTrainingHelper;
import dev.millrace.rnn.seq2seq.ScheduledOutputTrainingHelper;
import dev.millrace.rnn.seq2seq.Seq2seq;
import dev.millrace.rnn.seq2seq.TrainingHelper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decoders with attention give the same on TensorFlow 1.15.0 as here in both modes. */
class Seq2seqInteropTest {
  private static final double TOLERANCE = 1e-4;
  private static final int CLASSES = 6;
  private static final int END = 1;

  @TempDir private Path work;

  private final Map<String, RnnCase> cases = new LinkedHashMap<>();

  private void add(String name, Function<RnnCase, Object> model) {
    cases.put(name, new RnnCase(false, model));
  }

  private static Tensor lengths(RnnCase c) {
    return c.tf().maximum(c.length(), 1);
  }

  private static Tensor batch(RnnCase c) {
    return c.input().shapeTensor().get(0);
  }

  private static Variable table(RnnCase c) {
    return c.tf().getVariable("embedding", CLASSES, 3);
  }

  private static Object decoded(
      RnnCase c, AttentionMechanism attention, BiFunction<RnnCase, Ops, Helper> helper) {
    Ops tf = c.tf();
    AttentionWrapper cell =
        AttentionWrapper.builder(new MultiRNNCell(new GRUCell(4), new LSTMCell(4)), attention)
            .attentionLayerSize(5)
            .build();
    DynamicDecode.Result<BasicDecoderOutput> r =
        Seq2seq.dynamicDecode(
                tf,
                new BasicDecoder(
                    cell,
                    helper.apply(c, tf),
                    cell.zeroState(tf, batch(c), DataType.FLOAT32),
                    tf.layers().newDense(CLASSES)::apply,
                    CLASSES))
            .imputeFinished(true)
            .maximumIterations(5)
            .build();
    return List.of(r.outputs(), r.state(), r.sequenceLengths());
  }

  private static Tensor starts(RnnCase c) {
    return c.tf().fill(c.tf().stack(List.of(batch(c))), 2);
  }

  @Test
  void decodersGiveTheSameOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    add(
        "training_bahdanau",
        c ->
            decoded(
                c,
                BahdanauAttention.builder(4, c.input())
                    .normalize(true)
                    .memorySequenceLength(lengths(c))
                    .build(),
                (k, tf) -> new TrainingHelper(k.input(), k.length())));
    add(
        "training_luong",
        c ->
            decoded(
                c,
                LuongAttention.builder(4, c.input()).scale(true).build(),
                (k, tf) -> new TrainingHelper(k.input(), k.length())));
    add(
        "greedy",
        c ->
            decoded(
                c,
                LuongAttention.builder(4, c.input()).memorySequenceLength(lengths(c)).build(),
                (k, tf) -> new GreedyEmbeddingHelper(tf, Embedding.of(table(k)), starts(k), END)));
    add(
        "sampled",
        c ->
            decoded(
                c,
                new LuongAttention(4, c.input()),
                (k, tf) ->
                    new SampleEmbeddingHelper(
                        tf, Embedding.of(table(k)), starts(k), END, 0.5, 3L)));
    add(
        "scheduled",
        c ->
            decoded(
                c,
                new LuongAttention(4, c.input()),
                (k, tf) ->
                    new ScheduledEmbeddingTrainingHelper(
                        k.input(), k.length(), Embedding.of(table(k)), 0.5, false, 3L, 4L)));
    add(
        "scheduled_outputs",
        c ->
            decoded(
                c,
                new LuongAttention(4, c.input()),
                (k, tf) ->
                    new ScheduledOutputTrainingHelper(
                        tf.pad(k.input(), new int[][] {{0, 0}, {0, 0}, {0, 3}}), k.length(), 0.5)));
    cases.put("sequence_loss", new RnnCase(true, Seq2seqInteropTest::loss));
    cases.put("reversed", new RnnCase(false, Seq2seqInteropTest::reversed));
    add("beam_search", Seq2seqInteropTest::beams);
    RnnCase.compare(cases, work, TOLERANCE);
  }

  /** A decoder's loss, averaged in all ways, with its gradients. */
  private static Object loss(RnnCase c) {
    Ops tf = c.tf();
    List<?> parts =
        (List<?>)
            decoded(
                c,
                BahdanauAttention.builder(4, c.input()).build(),
                (k, t) -> new TrainingHelper(k.input(), t.fill(t.stack(List.of(batch(k))), 4)));
    Tensor logits = ((BasicDecoderOutput) parts.get(0)).rnnOutput();
    Tensor targets = c.input().reduceMean(2).add(1).mul(2).cast(DataType.INT32);
    Tensor weights = tf.sequenceMask(c.length(), RnnCase.TIME, DataType.FLOAT32);
    return List.of(
        Seq2seq.sequenceLoss(logits, targets, weights).build(),
        Seq2seq.sequenceLoss(logits, targets, weights)
            .averageAcrossTimesteps(false)
            .averageAcrossBatch(false)
            .sumOverBatch(true)
            .build());
  }

  /** An encoder over reversed inputs, whose states and outputs are tiled for beams. */
  private static Object reversed(RnnCase c) {
    Tensor back = c.tf().reverseSequence(c.input(), c.length(), 1, 0);
    var r = Rnn.dynamicRnn(new GRUCell(4), back).sequenceLength(c.length()).build();
    return List.of(
        Seq2seq.tileBatch(r.outputs(), 3), Seq2seq.tileBatch(r.state(), 3), back.reverse(1));
  }

  /** Without following the beams back, for which TensorFlow has an op in an extension only. */
  private static Object beams(RnnCase c) {
    Ops tf = c.tf();
    int width = 3;
    Tensor memory = Seq2seq.tileBatch(c.input(), width);
    AttentionWrapper cell =
        AttentionWrapper.builder(new LSTMCell(4), new LuongAttention(4, memory))
            .attentionLayerSize(CLASSES)
            .build();
    BeamSearchDecoder decoder =
        BeamSearchDecoder.builder(
                tf,
                cell,
                Embedding.of(table(c)),
                starts(c),
                END,
                cell.zeroState(tf, tf.mul(batch(c), width), DataType.FLOAT32),
                width)
            .lengthPenaltyWeight(0.7)
            .build();
    var r = Seq2seq.dynamicDecode(tf, steps(decoder)).maximumIterations(4).build();
    return List.of(r.outputs(), r.state(), r.sequenceLengths());
  }

  /** The same search that leaves its steps as they are. */
  private static Decoder<BeamSearchDecoderOutput, BeamSearchDecoderOutput> steps(
      BeamSearchDecoder search) {
    return new Decoder<>() {
      @Override
      public Object batchSize() {
        return search.batchSize();
      }

      @Override
      public List<OutputSpec> outputSpecs() {
        return search.outputSpecs();
      }

      @Override
      public Start initialize() {
        return search.initialize();
      }

      @Override
      public Step<BeamSearchDecoderOutput> step(Tensor time, Object inputs, Object state) {
        return search.step(time, inputs, state);
      }

      @Override
      public boolean tracksOwnFinished() {
        return search.tracksOwnFinished();
      }

      @Override
      public Finish<BeamSearchDecoderOutput> finish(
          BeamSearchDecoderOutput outputs, Object state, Tensor lengths) {
        return new Finish<>(outputs, state);
      }
    };
  }
}
