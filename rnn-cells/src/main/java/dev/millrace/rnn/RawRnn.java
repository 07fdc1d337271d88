package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is to be said about a loop whose inputs a function makes; {@link #build} makes it.
 */
public final class RawRnn extends LoopedOptions<RawRnn> {
  /** Makes what a cell is called with next, from what it gave. */
  @FunctionalInterface
  public interface LoopFunction {
    /**
     * Adds the ops between two steps. It is called twice: before the first step, where there is no
     * output, state and loop state yet (all null), and in the loop.
     *
     * @param time the number of steps done, an int32 scalar
     * @param output the cell's output; null before the first step
     * @param state the cell's new state; null before the first step
     * @param loopState what the function gave as its own state; null before the first step
     */
    Next next(Tensor time, Object output, Object state, Object loopState);
  }

  /**
   * What comes next.
   *
   * @param finished bools [batch]: which examples are over; who was over stays so
   * @param inputs the inputs of the next step, [batch, …]
   * @param state the state of the next step: before the first one the initial state
   * @param emit what to keep of this step, [batch, …]; before the first step tensors that only tell
   *     shapes and dtypes, without the batch, or null for the cell's outputs
   * @param loopState what the function gets the next time; null for none, in the loop for the one
   *     before
   */
  public record Next(Tensor finished, Object inputs, Object state, Object emit, Object loopState) {}

  /**
   * What the loop gives.
   *
   * @param emitted what was kept of each step: an array for each tensor, zeros for examples that
   *     were over
   * @param emitStructure how the arrays' tensors stand together
   * @param state the state of each example when it was over
   * @param loopState the function's last state; null for none
   */
  public record Result(
      List<TensorArray> emitted, Object emitStructure, Object state, Object loopState) {
    /** All that was kept, [time, batch, …], in the structure in which it was given. */
    public Object stacked() {
      return Nest.pack(emitStructure, emitted.stream().map(TensorArray::stack).toList());
    }
  }

  private final RNNCell cell;
  private final Ops tf;
  private final LoopFunction function;

  RawRnn(Ops tf, RNNCell cell, LoopFunction function) {
    this.cell = cell;
    this.tf = tf;
    this.function = function;
  }

  /** Adds the loop, in the variable scope {@code rnn}. It ends when all examples are over. */
  public Result build() {
    try (VariableScope scope = open(tf, "rnn")) {
      Next first = function.next(tf.constant("time", 0), null, null, null);
      Tensor input = (Tensor) Nest.flatten(first.inputs()).get(0);
      Emission emission = emission(first);
      boolean hasLoopState = first.loopState() != null;
      Object loopState = hasLoopState ? first.loopState() : tf.constant(0);
      List<Object> last =
          tf.whileLoop(
              v -> tf.logicalNot(tf.reduceAll(v.get(1))),
              v -> step(v, emission),
              List.of(
                  tf.constant("time", 0),
                  first.finished(),
                  first.inputs(),
                  emission.arrays(input.shape().dim(0)),
                  first.state(),
                  loopState),
              loopOptions());
      List<TensorArray> arrays = new ArrayList<>();
      for (Object a : (List<?>) last.get(3)) {
        arrays.add((TensorArray) a);
      }
      return new Result(
          arrays, emission.structure(), last.get(4), hasLoopState ? last.get(5) : null);
    }
  }

  private List<Object> step(List<Object> variables, Emission emission) {
    Tensor time = (Tensor) variables.get(0);
    Tensor finished = (Tensor) variables.get(1);
    Object state = variables.get(4);
    CellResult r = cell.call(variables.get(2), state);
    Nest.requireSame(state, r.state());
    Tensor nextTime = tf.add(time, 1);
    Next next = function.next(nextTime, r.output(), r.state(), variables.get(5));
    Nest.requireSame(state, next.state());
    Nest.requireSame(variables.get(2), next.inputs());
    Nest.requireSame(emission.structure(), next.emit());
    CellResult kept =
        Finished.copyThrough(tf, finished, state, new CellResult(next.emit(), next.state()));
    List<Object> emits = Nest.flatten(kept.output());
    List<TensorArray> written = new ArrayList<>();
    for (Object array : (List<?>) variables.get(3)) {
      written.add(((TensorArray) array).write(time, emits.get(written.size())));
    }
    return List.of(
        nextTime,
        tf.logicalOr(finished, next.finished()),
        next.inputs(),
        written,
        kept.state(),
        next.loopState() == null ? variables.get(5) : next.loopState());
  }

  /** What is emitted: shapes without the batch, and dtypes. */
  private record Emission(Ops tf, Object structure, List<Shape> shapes, List<DataType> dtypes) {
    List<TensorArray> arrays(long batch) {
      List<TensorArray> arrays = new ArrayList<>();
      for (int i = 0; i < shapes.size(); i++) {
        arrays.add(
            tf.newTensorArray(dtypes.get(i))
                .dynamicSize(true)
                .elementShape(Shape.vector(batch).concat(shapes.get(i)))
                .name("rnn_output_" + i)
                .build());
      }
      return arrays;
    }
  }

  private Emission emission(Next first) {
    List<Shape> shapes = new ArrayList<>();
    List<DataType> dtypes = new ArrayList<>();
    Tensor any = (Tensor) Nest.flatten(first.state()).get(0);
    Object structure =
        first.emit() != null ? first.emit() : cell.outputSize().map(s -> tf.zeros(any.dtype(), s));
    for (Object leaf : Nest.flatten(structure)) {
      Tensor t = (Tensor) leaf;
      shapes.add(t.shape());
      dtypes.add(t.dtype());
    }
    return new Emission(tf, structure, shapes, dtypes);
  }
}
