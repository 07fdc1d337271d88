package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Ops;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Dropout on a cell's inputs, outputs and states (TensorFlow's DropoutWrapper): an element is kept
 * with the given probability, and then divided by it. State dropout applies to the states that the
 * cell gives, of an LSTM to h and not to the memory c.
 *
 * <p>Masks are drawn anew at every step, or, {@link Builder#variational variational}, once for all
 * steps of a run and all examples of the batch: Gal and Ghahramani, "A Theoretically Grounded
 * Application of Dropout in Recurrent Neural Networks", 2015.
 */
public final class DropoutWrapper extends WrapperCell {
  private final KeepProbability input;
  private final KeepProbability output;
  private final KeepProbability state;
  private final DropoutMasks masks;
  private final UnaryOperator<Object> filter;

  private DropoutWrapper(Builder b) {
    super(b.cell);
    this.input = b.input;
    this.output = b.output;
    this.state = b.state;
    this.filter = b.filter;
    this.masks =
        b.tf == null
            ? new DropoutMasks(b.seed)
            : DropoutMasks.variational(
                b.tf, b.dtype, b.seed, b.cell, b.input.drops() ? b.inputSize : null);
  }

  /** Begins a wrapper; without any probability it keeps everything. */
  public static Builder builder(RNNCell cell) {
    return new Builder(cell);
  }

  /** Collects what is to be said about a wrapper. Probabilities are numbers or scalar tensors. */
  public static final class Builder {
    private final RNNCell cell;
    private KeepProbability input = KeepProbability.ALL;
    private KeepProbability output = KeepProbability.ALL;
    private KeepProbability state = KeepProbability.ALL;
    private UnaryOperator<Object> filter = DropoutWrapper::allButMemories;
    private Long seed;
    private Ops tf;
    private DataType dtype;
    private CellShape inputSize;

    private Builder(RNNCell cell) {
      this.cell = cell;
    }

    /** The probability that an element of the inputs is kept. */
    public Builder inputKeepProbability(Object probability) {
      this.input = KeepProbability.of("inputKeepProbability", probability);
      return this;
    }

    /** The probability that an element of the outputs is kept. */
    public Builder outputKeepProbability(Object probability) {
      this.output = KeepProbability.of("outputKeepProbability", probability);
      return this;
    }

    /** The probability that an element of the new states is kept. */
    public Builder stateKeepProbability(Object probability) {
      this.state = KeepProbability.of("stateKeepProbability", probability);
      return this;
    }

    /** The seed from which those of the single dropouts are made. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Draws one mask for all steps and examples. The masks are made when the wrapper is, outside of
     * any loop.
     *
     * @param tf what to build the masks with
     * @param dtype the dtype of inputs, states and outputs
     */
    public Builder variational(Ops tf, DataType dtype) {
      this.tf = tf;
      this.dtype = dtype;
      return this;
    }

    /** The size of the inputs, without the batch; needed for variational input dropout. */
    public Builder inputSize(CellShape size) {
      this.inputSize = size;
      return this;
    }

    /**
     * Which states to drop from. The function is asked about the state and, where it answers true,
     * about its parts.
     *
     * @param visitor gives true or false, or, for the parts of a record or list one by one, a
     *     {@link List} of these
     */
    public Builder stateFilter(Function<Object, Object> visitor) {
      this.filter = visitor::apply;
      return this;
    }

    /**
     * Makes the wrapper.
     *
     * @throws InvalidArgumentException if variational input dropout lacks the inputs' size
     */
    public DropoutWrapper build() {
      if (tf != null && input.drops() && inputSize == null) {
        throw InvalidArgumentException.atCall(
            "variational dropout of the inputs needs their inputSize");
      }
      return new DropoutWrapper(this);
    }
  }

  private static Object allButMemories(Object state) {
    return state instanceof LSTMStateTuple ? List.of(false, true) : (Object) true;
  }

  @Override
  public CellResult call(Object inputs, Object before) {
    Ops tf = Inputs.ops(this, inputs);
    Object in = masks.apply(tf, DropoutMasks.Place.INPUT, inputs, input, s -> true);
    CellResult r = wrappedCell().call(in, before);
    Object after = masks.apply(tf, DropoutMasks.Place.STATE, r.state(), state, filter);
    Object out = masks.apply(tf, DropoutMasks.Place.OUTPUT, r.output(), output, s -> true);
    return new CellResult(out, after);
  }
}
