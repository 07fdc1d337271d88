package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.CellShape;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.ScopedRNNCell;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * A cell that attends to a memory at every step (TensorFlow's AttentionWrapper). It is called with
 * the inputs and the last attention side by side; the new attention is made of the memory's rows,
 * weighted by how they align with the cell's output, and, with an attention layer, of that output.
 * The state is an {@link AttentionWrapperState}.
 *
 * <p>Variables in the scope {@code attention_wrapper}: the cell's, the mechanism's and, with an
 * attention layer, {@code attention_layer/kernel} [cell outputs + memory size, size].
 *
 * <p>For a beam search, tile the memory, its lengths and the encoder's state with {@link
 * Seq2seq#tileBatch} <i>before</i> the mechanism is made.
 */
public final class AttentionWrapper extends ScopedRNNCell {
  private final RNNCell cell;
  private final List<AttentionMechanism> mechanisms;
  private final boolean several;
  private final List<Projection> layers;
  private final BinaryOperator<Tensor> cellInput;
  private final boolean alignmentHistory;
  private final boolean outputAttention;
  private final Object initialCellState;

  private AttentionWrapper(Builder b) {
    super(b.name, Reuse.NONE);
    this.cell = b.cell;
    this.mechanisms = b.mechanisms;
    this.several = b.several;
    this.cellInput = b.cellInput;
    this.alignmentHistory = b.alignmentHistory;
    this.outputAttention = b.outputAttention;
    this.initialCellState = b.initialCellState;
    this.layers = new ArrayList<>();
    for (int size : b.layerSizes) {
      layers.add(new Projection("attention_layer", size));
    }
  }

  /** Begins a wrapper of a cell that attends by one mechanism. */
  public static Builder builder(RNNCell cell, AttentionMechanism mechanism) {
    return new Builder(cell, List.of(mechanism), false);
  }

  /** Begins a wrapper of a cell that attends by several mechanisms, side by side. */
  public static Builder builder(RNNCell cell, List<? extends AttentionMechanism> mechanisms) {
    return new Builder(cell, mechanisms, true);
  }

  /** Collects what is to be said about a wrapper. */
  public static final class Builder {
    private final RNNCell cell;
    private final List<AttentionMechanism> mechanisms;
    private final boolean several;
    private int[] layerSizes = {};
    private BinaryOperator<Tensor> cellInput =
        (in, attention) -> in.ops().concat(-1, in, attention);
    private boolean alignmentHistory;
    private boolean outputAttention = true;
    private Object initialCellState;
    private String name;

    private Builder(RNNCell cell, List<? extends AttentionMechanism> mechanisms, boolean several) {
      if (mechanisms.isEmpty()) {
        throw InvalidArgumentException.atCall("attention needs a mechanism at least");
      }
      this.cell = cell;
      this.mechanisms = List.copyOf(mechanisms);
      this.several = several;
    }

    /**
     * The size of the attention layer of each mechanism. Without it the attention is the weighted
     * memory itself.
     */
    public Builder attentionLayerSize(int... sizes) {
      if (sizes.length != mechanisms.size()) {
        throw InvalidArgumentException.atCall(
            mechanisms.size() + " mechanisms take as many layer sizes, not " + sizes.length);
      }
      this.layerSizes = sizes.clone();
      return this;
    }

    /** Whether to keep the alignments of all steps; by default not. */
    public Builder alignmentHistory(boolean keep) {
      this.alignmentHistory = keep;
      return this;
    }

    /** What makes the cell's inputs of inputs and attention; by default both side by side. */
    public Builder cellInput(BinaryOperator<Tensor> f) {
      this.cellInput = f;
      return this;
    }

    /** Whether the output is the attention, or the cell's output; by default the attention. */
    public Builder outputAttention(boolean attention) {
      this.outputAttention = attention;
      return this;
    }

    /** The cell's state in {@link #zeroState}, in place of zeros: as that of an encoder. */
    public Builder initialCellState(Object state) {
      this.initialCellState = state;
      return this;
    }

    /** The name of the scope; by default {@code attention_wrapper}. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** Makes the wrapper. */
    public AttentionWrapper build() {
      return new AttentionWrapper(this);
    }
  }

  private int attentionSize() {
    long size = 0;
    for (int i = 0; i < mechanisms.size(); i++) {
      size += layers.isEmpty() ? mechanisms.get(i).values().shape().dim(-1) : layers.get(i).units();
    }
    return Math.toIntExact(size);
  }

  @Override
  public CellShape outputSize() {
    return outputAttention ? CellShape.of(attentionSize()) : cell.outputSize();
  }

  /** Without the history of alignments, which has no shape for one example. */
  @Override
  public CellShape stateSize() {
    List<CellShape> sizes = mechanisms.stream().map(m -> CellShape.of(m.alignmentsSize())).toList();
    CellShape all = several ? CellShape.list(sizes) : sizes.get(0);
    return CellShape.record(
        p ->
            new AttentionWrapperState(
                p.get(0), (Tensor) p.get(1), (Tensor) p.get(2), p.get(3), p.get(4), p.get(5)),
        cell.stateSize(),
        CellShape.of(attentionSize()),
        CellShape.of(),
        all,
        CellShape.list(),
        all);
  }

  private Object one(List<?> all) {
    return several ? List.copyOf(all) : all.get(0);
  }

  private List<?> all(Object one) {
    return several ? (List<?>) one : List.of(one);
  }

  /**
   * The state to begin with: nothing attended to, the cell's state zeros or as given to {@link
   * Builder#initialCellState}.
   *
   * @throws InvalidArgumentException if the batch is known not to be the memory's
   */
  @Override
  public AttentionWrapperState zeroState(Ops tf, Object batchSize, DataType dtype) {
    try (Scope s = tf.scope("AttentionWrapperZeroState")) {
      Object state =
          initialCellState != null ? initialCellState : cell.zeroState(tf, batchSize, dtype);
      try (Scope wait = tf.controlDependencies(batchChecks(tf, batchSize))) {
        state = Nest.map(state, tf::identity);
      }
      List<Tensor> alignments = new ArrayList<>();
      List<Object> states = new ArrayList<>();
      List<Object> histories = new ArrayList<>();
      for (AttentionMechanism m : mechanisms) {
        Tensor first = m.initialAlignments(tf, batchSize, dtype);
        alignments.add(first);
        states.add(m.initialState(tf, batchSize, dtype));
        histories.add(
            alignmentHistory
                ? tf.newTensorArray(dtype).dynamicSize(true).elementShape(first.shape()).build()
                : List.of());
      }
      Object zeros = CellShape.of(attentionSize()).map(z -> RNNCell.zeros(tf, batchSize, z, dtype));
      return new AttentionWrapperState(
          state,
          (Tensor) zeros,
          tf.zeros(DataType.INT32),
          one(alignments),
          one(histories),
          one(states));
    }
  }

  /** That each memory is of that batch: now where both are known, else when run. */
  private List<Operation> batchChecks(Ops tf, Object batchSize) {
    List<Operation> checks = new ArrayList<>();
    for (AttentionMechanism m : mechanisms) {
      long known = m.values().shape().dim(0);
      if (batchSize instanceof Number n && known != Shape.UNKNOWN) {
        if (n.longValue() != known) {
          throw InvalidArgumentException.atCall(
              "the memory has a batch of " + known + ", the decoder one of " + n + BEAM_HINT);
        }
        continue;
      }
      Tensor batch = m.values().shapeTensor().get(0);
      checks.add(
          tf.assertThat(
              tf.equal(batch, batchSize),
              List.of(
                  "the batches of the memory and of the decoder must be equal" + BEAM_HINT,
                  batch,
                  batchSize)));
    }
    return checks;
  }

  private static final String BEAM_HINT =
      "; for a beam search, tile the memory by tileBatch before the attention is made";

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    if (!(state instanceof AttentionWrapperState before)) {
      throw InvalidArgumentException.atCall(
          "the state of an AttentionWrapper is an AttentionWrapperState, which zeroState makes,"
              + " not "
              + state);
    }
    Tensor in = cellInput.apply((Tensor) inputs, before.attention());
    CellResult r = cell.call(in, before.cellState());
    Tensor output = r.tensor();
    List<Tensor> attentions = new ArrayList<>();
    List<Tensor> alignments = new ArrayList<>();
    List<Object> states = new ArrayList<>();
    List<Object> histories = new ArrayList<>();
    for (int i = 0; i < mechanisms.size(); i++) {
      AttentionMechanism m = mechanisms.get(i);
      AttentionMechanism.Alignment a = m.align(tf, output, all(before.attentionState()).get(i));
      Tensor context = tf.squeeze(tf.matmul(tf.expandDims(a.alignments(), 1), m.values()), 1);
      attentions.add(
          layers.isEmpty() ? context : layers.get(i).apply(tf, tf.concat(1, output, context)));
      alignments.add(a.alignments());
      states.add(a.state());
      Object history = all(before.alignmentHistory()).get(i);
      histories.add(
          history instanceof TensorArray kept
              ? kept.write(before.time(), a.alignments())
              : history);
    }
    Tensor attention = attentions.size() == 1 ? attentions.get(0) : tf.concat(attentions, 1);
    AttentionWrapperState after =
        new AttentionWrapperState(
            r.state(),
            attention,
            tf.add(before.time(), 1),
            one(alignments),
            one(histories),
            one(states));
    return new CellResult(outputAttention ? attention : output, after);
  }
}
