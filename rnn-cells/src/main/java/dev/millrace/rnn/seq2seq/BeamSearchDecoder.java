package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.RNNCell;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Searches for the likeliest sequences, keeping the best few at every step (TensorFlow's
 * BeamSearchDecoder).
 *
 * <p>With attention, tile the memory, its lengths and the encoder's state by {@link
 * Seq2seq#tileBatch} before the mechanism is made, and take {@code zeroState(tf, batch · width, …)}
 * for the initial state.
 */
public final class BeamSearchDecoder
    implements Decoder<BeamSearchDecoderOutput, FinalBeamSearchDecoderOutput> {
  private final Ops tf;
  private final RNNCell cell;
  private final Embedding embedding;
  private final int width;
  private final Object batch;
  private final Beams beams;
  private final Tensor end;
  private final Tensor startInputs;
  private final Object initialCellState;
  private final UnaryOperator<Tensor> outputLayer;
  private final Object lengthPenalty;
  private final boolean reorderTensorArrays;

  private BeamSearchDecoder(Builder b) {
    this.tf = b.tf;
    this.cell = b.cell;
    this.embedding = b.embedding;
    this.width = b.width;
    this.outputLayer = b.outputLayer;
    this.lengthPenalty = b.lengthPenalty;
    this.reorderTensorArrays = b.reorderTensorArrays;
    Tensor start = Sizes.integers(tf, b.startSymbols, "startSymbols");
    this.batch = Sizes.of(start, 0);
    this.beams = new Beams(tf, batch, width);
    this.end =
        b.endSymbol instanceof Operand o
            ? tf.tensor(o)
            : tf.constant("end_token", b.endSymbol, DataType.INT32);
    this.initialCellState = beams.splitAll(b.initialState);
    Tensor tiled = tf.tile(tf.expandDims(start, 1), new int[] {1, width});
    this.startInputs = embedding.embed(tf, tiled);
  }

  /**
   * Begins a search.
   *
   * @param cell the cell, called with [batch · width, …]
   * @param embedding makes inputs of symbols, [batch, width] to [batch, width, size]
   * @param startSymbols integers [batch]
   * @param endSymbol an integer: a number or a scalar tensor
   * @param initialState of the cell, its tensors [batch · width, …]: {@link Seq2seq#tileBatch}
   * @param width the number of beams
   */
  public static Builder builder(
      Ops tf,
      RNNCell cell,
      Embedding embedding,
      Object startSymbols,
      Object endSymbol,
      Object initialState,
      int width) {
    return new Builder(tf, cell, embedding, startSymbols, endSymbol, initialState, width);
  }

  /** Collects what is to be said about a search. */
  public static final class Builder {
    private final Ops tf;
    private final RNNCell cell;
    private final Embedding embedding;
    private final Object startSymbols;
    private final Object endSymbol;
    private final Object initialState;
    private final int width;
    private UnaryOperator<Tensor> outputLayer = UnaryOperator.identity();
    private Object lengthPenalty = 0.0;
    private boolean reorderTensorArrays = true;

    private Builder(
        Ops tf,
        RNNCell cell,
        Embedding embedding,
        Object startSymbols,
        Object endSymbol,
        Object initialState,
        int width) {
      if (width < 1) {
        throw InvalidArgumentException.atCall("a search has 1 beam at least, not " + width);
      }
      this.tf = tf;
      this.cell = cell;
      this.embedding = embedding;
      this.startSymbols = startSymbols;
      this.endSymbol = endSymbol;
      this.initialState = initialState;
      this.width = width;
    }

    /** Makes logits of the cell's outputs, [batch, width, size] to [batch, width, classes]. */
    public Builder outputLayer(UnaryOperator<Tensor> layer) {
      this.outputLayer = layer;
      return this;
    }

    /**
     * The weight w of the length penalty: beams are compared by their logarithmic probability over
     * {@code ((5 + length) / 6)^w}, Wu et al., 2016; by default 0. A number or a scalar tensor.
     */
    public Builder lengthPenaltyWeight(Object weight) {
      this.lengthPenalty = weight;
      return this;
    }

    /** Whether arrays in the state, as alignments, follow the beams in the end; by default yes. */
    public Builder reorderTensorArrays(boolean reorder) {
      this.reorderTensorArrays = reorder;
      return this;
    }

    /** Makes the decoder. */
    public BeamSearchDecoder build() {
      return new BeamSearchDecoder(this);
    }
  }

  @Override
  public Object batchSize() {
    return batch;
  }

  private DataType dtype() {
    return ((Tensor) Nest.flatten(initialCellState).get(0)).dtype();
  }

  @Override
  public List<OutputSpec> outputSpecs() {
    Shape s = Shape.vector(width);
    return List.of(
        new OutputSpec(s, dtype()),
        new OutputSpec(s, DataType.INT32),
        new OutputSpec(s, DataType.INT32));
  }

  @Override
  public Start initialize() {
    Tensor firsts = tf.fill(tf.stack(List.of(batch)), 0);
    Tensor isFirst = tf.oneHot(firsts, width, true, false, -1, DataType.BOOL);
    // All beams are alike in the beginning; only the first one counts.
    Tensor logProbs = tf.oneHot(firsts, width, 0, Double.NEGATIVE_INFINITY, -1, dtype());
    Tensor finished = tf.logicalNot(isFirst);
    Tensor lengths = tf.zerosLike(tf.cast(finished, DataType.INT64));
    return new Start(
        finished,
        startInputs,
        new BeamSearchDecoderState(initialCellState, logProbs, finished, lengths));
  }

  @Override
  public boolean tracksOwnFinished() {
    return true;
  }

  @Override
  public Step<BeamSearchDecoderOutput> step(Tensor time, Object inputs, Object state) {
    try (Scope s = tf.scope("BeamSearchDecoderStep")) {
      BeamSearchDecoderState before = (BeamSearchDecoderState) state;
      Object merged = Nest.map(inputs, x -> beams.merge((Tensor) x));
      CellResult r = cell.call(merged, beams.mergeAll(before.cellState()));
      Tensor logits = outputLayer.apply(beams.split(r.tensor()));
      Object cellState = beams.splitAll(r.state());
      Search search = new Search(before, logits);
      BeamSearchDecoderOutput out = search.best();
      BeamSearchDecoderState after = search.after(out, cellState);
      Tensor next =
          tf.cond(
              tf.reduceAll(after.finished()),
              () -> tf.identity(startInputs),
              () -> embedding.embed(tf, out.predictedIds()));
      return new Step<>(out, after, next, after.finished());
    }
  }

  /** The choice of the best beams among all that go on by one symbol. */
  private final class Search {
    private final BeamSearchDecoderState before;
    private final Object classes;
    private final Tensor totals;
    private final Tensor scores;
    private Tensor chosen;

    Search(BeamSearchDecoderState before, Tensor logits) {
      this.before = before;
      this.classes = Sizes.of(logits, 2);
      Tensor log = endOnly(tf.logSoftmax(logits));
      this.totals = tf.add(tf.expandDims(before.logProbs(), 2), log);
      this.scores = tf.div(totals, penalty());
    }

    /** A beam that has ended goes on by the end symbol alone, with probability 1. */
    private Tensor endOnly(Tensor log) {
      Number least = log.dtype() == DataType.FLOAT64 ? -Double.MAX_VALUE : -Float.MAX_VALUE;
      Tensor row = tf.oneHot(end, classes, 0, least, -1, log.dtype());
      Tensor rows = tf.add(tf.zerosLike(log), row);
      Tensor mask = tf.tile(tf.expandDims(before.finished(), 2), tf.stack(List.of(1, 1, classes)));
      return tf.where(mask, rows, log);
    }

    /** ((5 + length) / 6)^w for each continuation: the end symbol adds nothing to the length. */
    private Object penalty() {
      if (lengthPenalty instanceof Number n && n.doubleValue() == 0) {
        return 1;
      }
      Tensor adds = tf.oneHot(end, classes, 0L, 1L, -1, DataType.INT64);
      Tensor goesOn = tf.cast(tf.logicalNot(before.finished()), DataType.INT64);
      Tensor lengths =
          tf.add(tf.expandDims(before.lengths(), 2), tf.mul(tf.expandDims(goesOn, 2), adds));
      Tensor real = tf.cast(lengths, totals.dtype());
      return tf.pow(tf.div(tf.add(real, 5), 6), lengthPenalty);
    }

    BeamSearchDecoderOutput best() {
      Tensor flat = tf.reshape(scores, tf.stack(List.of(batch, -1)));
      List<Tensor> top = tf.topK(flat, width);
      chosen = top.get(1);
      long known = batch instanceof Integer n ? n : Shape.UNKNOWN;
      Tensor best = top.get(0).setShape(known, width);
      chosen.setShape(known, width);
      return new BeamSearchDecoderOutput(
          best, tf.mod(chosen, classes), tf.floorDiv(chosen, classes));
    }

    BeamSearchDecoderState after(BeamSearchDecoderOutput out, Object cellState) {
      Tensor parents = out.parentIds();
      Object range =
          classes instanceof Integer n ? (Object) (n * width) : tf.mul((Tensor) classes, width);
      Tensor flat = tf.reshape(totals, List.of(batch, range));
      Tensor logProbs = beams.gather(flat, chosen, range);
      Tensor ended = beams.gather(before.finished(), parents);
      Tensor lengths =
          tf.add(
              beams.gather(before.lengths(), parents),
              tf.cast(tf.logicalNot(ended), DataType.INT64));
      Tensor finished = tf.logicalOr(ended, tf.equal(out.predictedIds(), end));
      return new BeamSearchDecoderState(
          beams.gatherAll(cellState, parents), logProbs, finished, lengths);
    }
  }

  @Override
  public Finish<FinalBeamSearchDecoderOutput> finish(
      BeamSearchDecoderOutput outputs, Object state, Tensor lengths) {
    BeamSearchDecoderState last = (BeamSearchDecoderState) state;
    Tensor longest = tf.cast(tf.reduceMax(last.lengths(), 1), DataType.INT32);
    Tensor ids = Seq2seq.gatherTree(outputs.predictedIds(), outputs.parentIds(), longest, end);
    Object cellState = last.cellState();
    if (reorderTensorArrays && cellState instanceof AttentionWrapperState a) {
      cellState = withHistory(a, outputs.parentIds(), last.lengths());
    }
    return new Finish<>(
        new FinalBeamSearchDecoderOutput(ids, outputs),
        new BeamSearchDecoderState(cellState, last.logProbs(), last.finished(), last.lengths()));
  }

  /** The alignments of each beam from its beginning, [time, batch · width, memory time]. */
  private AttentionWrapperState withHistory(
      AttentionWrapperState s, Tensor parents, Tensor lengths) {
    Object history = s.alignmentHistory();
    Object sorted;
    if (history instanceof TensorArray a) {
      sorted = new BeamOrder(tf, parents, lengths, width).sorted(a.stack());
    } else {
      sorted =
          ((List<?>) history)
              .stream()
                  .map(
                      h ->
                          h instanceof TensorArray a
                              ? new BeamOrder(tf, parents, lengths, width).sorted(a.stack())
                              : h)
                  .toList();
    }
    return new AttentionWrapperState(
        s.cellState(), s.attention(), s.time(), s.alignments(), sorted, s.attentionState());
  }
}
