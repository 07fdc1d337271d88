package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableScope;
import java.util.List;

/**
 * A cell that attends to its own last outputs (TensorFlow's contrib AttentionCellWrapper), after
 * Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", 2014.
 *
 * <p>The state is the list of the cell's state, the attention [batch, size], and the last {@code
 * length} outputs side by side, [batch, length · size]. The output is of {@code size} columns.
 */
public final class AttentionCellWrapper extends ScopedRNNCell {
  private final RNNCell cell;
  private final int length;
  private final int size;
  private final int vectorSize;
  private final Integer inputSize;
  private final boolean stateIsTuple;

  /** Around {@code cell}, attending to the last {@code length} outputs. */
  public AttentionCellWrapper(RNNCell cell, int length) {
    this(builder(cell, length));
  }

  private AttentionCellWrapper(Builder b) {
    super(null, b.reuse);
    this.cell = b.cell;
    this.length = b.length;
    this.size = b.size == null ? b.cell.outputSize().columns() : b.size;
    this.vectorSize = b.vectorSize == null ? size : b.vectorSize;
    this.inputSize = b.inputSize;
    this.stateIsTuple = b.stateIsTuple;
    if (!stateIsTuple && !cell.stateSize().isLeaf()) {
      throw InvalidArgumentException.atCall(
          "with stateIsTuple = false the cell's state is one tensor; make the cell with"
              + " stateIsTuple(false) too");
    }
  }

  /** Begins a wrapper, to say more about it. */
  public static Builder builder(RNNCell cell, int length) {
    return new Builder(cell, length);
  }

  /** Collects what is to be said about a wrapper. */
  public static final class Builder {
    private final RNNCell cell;
    private final int length;
    private Integer size;
    private Integer vectorSize;
    private Integer inputSize;
    private boolean stateIsTuple = true;
    private Reuse reuse = Reuse.NONE;

    private Builder(RNNCell cell, int length) {
      if (length < 1) {
        throw InvalidArgumentException.atCall(
            "attention looks back 1 step at least, not " + length);
      }
      this.cell = cell;
      this.length = length;
    }

    /** The columns of the attention and the output; by default those of the cell's output. */
    public Builder size(int columns) {
      this.size = Units.checked(columns);
      return this;
    }

    /** The columns in which states and outputs are compared; by default as {@link #size}. */
    public Builder vectorSize(int columns) {
      this.vectorSize = Units.checked(columns);
      return this;
    }

    /** The columns of what the cell is called with; by default those of the inputs. */
    public Builder inputSize(int columns) {
      this.inputSize = Units.checked(columns);
      return this;
    }

    /** Whether the state is a list, or its three parts side by side in one tensor. */
    public Builder stateIsTuple(boolean tuple) {
      this.stateIsTuple = tuple;
      return this;
    }

    /** Whether to take over variables that exist in the scope, which then is not a new one. */
    public Builder reuse(Reuse reuse) {
      this.reuse = reuse;
      return this;
    }

    /** Makes the wrapper. */
    public AttentionCellWrapper build() {
      return new AttentionCellWrapper(this);
    }
  }

  @Override
  public CellShape stateSize() {
    return stateIsTuple
        ? CellShape.list(cell.stateSize(), CellShape.of(size), CellShape.of((long) size * length))
        : CellShape.of(cell.stateSize().columns() + size + (long) size * length);
  }

  @Override
  public CellShape outputSize() {
    return CellShape.of(size);
  }

  @Override
  protected CellResult step(Ops tf, Object inputs, Object state) {
    Tensor x = Inputs.matrix(this, inputs);
    List<?> parts = parts(tf, state);
    Tensor attention = (Tensor) parts.get(1);
    Tensor window = tf.reshape(parts.get(2), -1, length, size);
    int columns = inputSize == null ? Math.toIntExact(x.shape().dim(1)) : inputSize;
    CellResult inner = cell.call(Linear.of(tf, columns, x, attention), parts.get(0));
    List<Object> flat = Nest.flatten(inner.state());
    Tensor query = flat.size() == 1 ? (Tensor) flat.get(0) : tf.concat(flat, 1);
    Tensor attended = attend(tf, query, window);
    Tensor output;
    try (VariableScope s = tf.variableScope("attn_output_projection")) {
      output = Linear.of(tf, size, inner.tensor(), attended);
    }
    Tensor rest = tf.slice(window, new int[] {0, 1, 0}, new int[] {-1, -1, -1});
    Tensor newWindow =
        tf.reshape(tf.concat(1, rest, tf.expandDims(output, 1)), -1, (long) length * size);
    List<Object> after = List.of(inner.state(), attended, newWindow);
    return new CellResult(output, stateIsTuple ? after : tf.concat(after, 1));
  }

  private List<?> parts(Ops tf, Object state) {
    if (!stateIsTuple) {
      int[] sizes = {cell.stateSize().columns(), size, size * length};
      return tf.split(Inputs.tensor(this, state, "concatenated state"), sizes, 1);
    }
    if (state instanceof List<?> l && l.size() == 3) {
      return l;
    }
    throw InvalidArgumentException.atCall(
        "the state of an AttentionCellWrapper is a list of the cell's state, the attention and the"
            + " window, not "
            + state);
  }

  /** The mean of the window's rows, weighted by how well each fits the query. */
  private Tensor attend(Ops tf, Tensor query, Tensor window) {
    try (VariableScope s = tf.variableScope("attention")) {
      // In TensorFlow a convolution of one by one, whence the kernel's shape: a product.
      Shape kernel = Shape.of(1, 1, size, vectorSize);
      Variable k = tf.getVariable("attn_w", null, query.dtype(), kernel);
      Variable v = tf.getVariable("attn_v", null, query.dtype(), Shape.vector(vectorSize));
      Tensor rows = tf.matmul(tf.reshape(window, -1, size), tf.reshape(k, size, vectorSize));
      Tensor features = tf.reshape(rows, -1, length, vectorSize);
      Tensor y = tf.expandDims(Linear.of(tf, vectorSize, query), 1);
      Tensor score = tf.reduceSum(tf.mul(v, tf.tanh(tf.add(features, y))), 2);
      Tensor weights = tf.expandDims(tf.softmax(score), -1);
      return tf.reduceSum(tf.mul(weights, window), 1);
    }
  }
}
