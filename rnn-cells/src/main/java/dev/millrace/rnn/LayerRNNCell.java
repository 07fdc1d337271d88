package dev.millrace.rnn;

import dev.millrace.graph.CreationSite;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.function.UnaryOperator;

/**
 * A cell that makes its variables once, when it is first called, in a variable scope named after
 * it: a cell called inside the scope {@code rnn} has {@code rnn/basic_lstm_cell/kernel}. Another
 * cell there gets {@code rnn/basic_lstm_cell_1}. All calls of one cell share its variables, so all
 * must have inputs of one size and dtype: every layer takes a cell of its own.
 *
 * <pre>{@code
 * final class Decay extends LayerRNNCell {
 *   private Variable rate;
 *
 *   Decay(int units) { ... }
 *
 *   @Override protected void build(Ops tf, int inputSize, DataType dtype) {
 *     rate = addVariable(tf, "rate", Initializers.ones(), dtype, units);
 *   }
 *
 *   @Override protected CellResult step(Ops tf, Tensor inputs, Object state) {
 *     Tensor next = tf.add(tf.mul(rate, state), inputs);
 *     return new CellResult(next, next);
 *   }
 * }
 * }</pre>
 *
 * <p>Build with the {@code tf} that is handed in: inside a loop it is the loop body's.
 */
public abstract class LayerRNNCell implements RNNCell {
  private final LayerScope scope;
  private final UnaryOperator<Tensor> activation;
  private CreationSite builtAt;
  private int builtFor;
  private DataType builtDtype;

  /** A cell whose scope is named after its class. */
  protected LayerRNNCell() {
    this(new CellOptions.None());
  }

  /** A cell with options. */
  protected LayerRNNCell(CellOptions<?> options) {
    String name = options.name == null ? LayerScope.nameOf(getClass()) : options.name;
    this.scope = new LayerScope(name, options.reuse);
    this.activation = options.activation;
  }

  /**
   * A cell with a scope of that name.
   *
   * @param reuse whether to take over variables that exist in the scope, which then is not a new
   *     one
   */
  protected LayerRNNCell(String name, Reuse reuse) {
    this.scope = new LayerScope(name, reuse);
    this.activation = Tensor::tanh;
  }

  /** Makes the variables, with {@link #addVariable}; called once. */
  protected abstract void build(Ops tf, int inputSize, DataType dtype);

  /**
   * Adds the ops of one step.
   *
   * @param inputs [batch, inputSize]
   */
  protected abstract CellResult step(Ops tf, Tensor inputs, Object state);

  /** The function of the inner states. */
  protected final Tensor activate(Tensor x) {
    return activation.apply(x);
  }

  /**
   * A variable in the cell's scope.
   *
   * @param initializer null for the scope's, or else Glorot's uniform one
   */
  protected final Variable addVariable(
      Ops tf, String name, Initializer initializer, DataType dtype, long... dims) {
    return tf.getVariable(name, initializer, dtype, Shape.of(dims));
  }

  /** A kernel and a bias of zeros that turn {@code rows} columns into {@code columns}. */
  final Weights addWeights(Ops tf, Initializer kernel, DataType dtype, int rows, int columns) {
    return new Weights(
        addVariable(tf, "kernel", kernel, dtype, rows, columns),
        addVariable(tf, "bias", Initializers.zeros(), dtype, columns));
  }

  /**
   * {@inheritDoc}
   *
   * @throws InvalidArgumentException if the inputs are not a floating-point matrix of known width,
   *     or not of the size that the first call's were
   */
  @Override
  public final CellResult call(Object inputs, Object state) {
    Tensor x = Inputs.matrix(this, inputs);
    int size = Math.toIntExact(x.shape().dim(1));
    Ops tf = x.ops();
    return scope.inside(
        tf,
        () -> {
          if (builtAt == null) {
            build(tf, size, x.dtype());
            builtFor = size;
            builtDtype = x.dtype();
            builtAt = CreationSite.here();
          } else if (size != builtFor || x.dtype() != builtDtype) {
            throw differs(x);
          }
          return step(tf, x, state);
        });
  }

  private InvalidArgumentException differs(Tensor x) {
    return InvalidArgumentException.atCall(
        "a "
            + getClass().getSimpleName()
            + " that was made for inputs of size "
            + builtFor
            + " and dtype "
            + builtDtype
            + " is called with "
            + x
            + ". A cell has one set of weights: make one cell per layer, as in List.of(new"
            + " LSTMCell(n), new LSTMCell(n)), not one cell twice"
            + "\n  first called at "
            + builtAt);
  }
}
