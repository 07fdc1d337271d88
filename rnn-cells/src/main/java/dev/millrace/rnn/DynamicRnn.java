package dev.millrace.rnn;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Collects what is to be said about a cell's loop over time; {@link #build} makes it. */
public final class DynamicRnn extends LoopedOptions<DynamicRnn> {
  private final RNNCell cell;
  private final Object inputs;
  private Object initialState;

  DynamicRnn(RNNCell cell, Object inputs) {
    this.cell = cell;
    this.inputs = inputs;
  }

  /** The state before the first step; by default zeros. */
  public DynamicRnn initialState(Object state) {
    this.initialState = state;
    return this;
  }

  /**
   * Adds the loop, in the variable scope {@code rnn}. It runs as many steps as the longest example
   * has, and one at least.
   *
   * @throws InvalidArgumentException if the inputs are not of rank 3 at least, or their sizes
   *     beyond batch and time are not known
   */
  public DynamicRnnResult build() {
    Ops tf = Inputs.ops(cell, inputs);
    try (VariableScope scope = open(tf, "rnn")) {
      List<Tensor> timeMajorInputs = new ArrayList<>();
      for (Object x : Nest.flatten(inputs)) {
        timeMajorInputs.add(timeMajor ? (Tensor) x : swapped((Tensor) checked(x)));
      }
      timeMajorInputs.forEach(DynamicRnn::checked);
      return new Unrolling(tf, timeMajorInputs).run();
    }
  }

  private static Object checked(Object x) {
    Shape s = ((Tensor) x).shape();
    if (!s.hasRank() || s.rank() < 3) {
      throw InvalidArgumentException.atCall(
          "a loop over time takes [batch, time, size], or [time, batch, size] with timeMajor, not "
              + x
              + (s.hasRank() && s.rank() == 2 ? "; expandDims(-1) makes a size of 1" : ""));
    }
    if (!s.sliceFrom(2).isFullyDefined()) {
      throw InvalidArgumentException.atCall(
          "the size of the inputs must be known, but they are " + x + "; setShape tells it");
    }
    return x;
  }

  /** With the first two dimensions swapped. */
  static Tensor swapped(Tensor x) {
    int[] perm = new int[x.shape().rank()];
    for (int i = 0; i < perm.length; i++) {
      perm[i] = i;
    }
    perm[0] = 1;
    perm[1] = 0;
    return x.transpose(perm);
  }

  /** The making of one loop. */
  private final class Unrolling {
    private final Ops tf;
    private final List<Tensor> xs;
    private final long knownTime;
    private final long knownBatch;

    Unrolling(Ops tf, List<Tensor> xs) {
      this.tf = tf;
      this.xs = xs;
      long time = Shape.UNKNOWN;
      long batch = Shape.UNKNOWN;
      for (Tensor x : xs) {
        time = merged(time, x.shape().dim(0), "length in time");
        batch = merged(batch, x.shape().dim(1), "batch size");
      }
      this.knownTime = time;
      this.knownBatch = batch;
    }

    private long merged(long a, long b, String what) {
      if (a != Shape.UNKNOWN && b != Shape.UNKNOWN && a != b) {
        throw InvalidArgumentException.atCall(
            "the inputs must have one " + what + ", but have " + a + " and " + b);
      }
      return a == Shape.UNKNOWN ? b : a;
    }

    private Tensor size(int axis) {
      return tf.shapeTensor(xs.get(0)).get(axis);
    }

    DynamicRnnResult run() {
      Object batch = knownBatch == Shape.UNKNOWN ? size(1) : (Object) knownBatch;
      Tensor lengths = checkedLengths(batch);
      Object first =
          initialState != null ? initialState : cell.zeroState(tf, batch, stateDtype(xs.get(0)));
      Object steps = knownTime == Shape.UNKNOWN ? size(0) : (Object) (int) knownTime;
      Tensor bound = tf.convertToTensor(steps, DataType.INT32);
      if (lengths != null) {
        bound = tf.minimum(bound, tf.maximum(1, tf.reduceMax(lengths)));
      }
      Loop loop = new Loop(bound, lengths, arrays(), outputs(steps, outputDtype(first)));
      List<Object> last =
          tf.whileLoop(
              loop::goesOn,
              loop::step,
              List.of(tf.constant("time", 0), loop.outputs, first),
              loopOptions());
      List<Object> written = Nest.flatten(last.get(1));
      Iterator<TensorArray> of = loop.outputs.iterator();
      Iterator<Object> flows = written.iterator();
      Object all =
          cell.outputSize().map(s -> stacked(of.next().withComponents(List.of(flows.next())), s));
      return new DynamicRnnResult(all, last.get(2));
    }

    private Tensor stacked(TensorArray outputs, Shape size) {
      Tensor all = outputs.stack();
      all.setShape(Shape.of(knownTime, knownBatch).concat(size));
      return timeMajor ? all : swapped(all);
    }

    /** The lengths, of which there must be as many as examples: checked at run time if need be. */
    private Tensor checkedLengths(Object batch) {
      Tensor lengths = lengths(tf, knownBatch);
      if (lengths == null || (knownBatch != Shape.UNKNOWN && lengths.shape().isFullyDefined())) {
        return lengths;
      }
      Tensor count = tf.shapeTensor(lengths);
      Operation check =
          tf.assertThat(
              tf.reduceAll(tf.equal(count, tf.stack(List.of(batch)))),
              List.of("sequenceLength must have a length for each example; they have", count));
      try (Scope s = tf.controlDependencies(check)) {
        return tf.identity(lengths).as("CheckSeqLen");
      }
    }

    private List<TensorArray> arrays() {
      List<TensorArray> arrays = new ArrayList<>();
      for (Tensor x : xs) {
        arrays.add(
            tf.newTensorArray(x.dtype())
                .size(size(0))
                .elementShape(x.shape().sliceFrom(1))
                .name("dynamic_rnn/input_" + arrays.size())
                .build()
                .unstack(x));
      }
      return arrays;
    }

    private List<TensorArray> outputs(Object steps, DataType dtype) {
      List<TensorArray> arrays = new ArrayList<>();
      for (Shape s : cell.outputSize().flatten()) {
        arrays.add(
            tf.newTensorArray(dtype)
                .size(steps)
                .elementShape(Shape.vector(knownBatch).concat(s))
                .name("dynamic_rnn/output_" + arrays.size())
                .build());
      }
      return arrays;
    }

    /** The loop's condition and body, on its variables: time, output arrays, state. */
    private final class Loop {
      private final Tensor bound;
      private final Tensor lengths;
      private final List<TensorArray> read;
      private final List<TensorArray> outputs;

      Loop(Tensor bound, Tensor lengths, List<TensorArray> read, List<TensorArray> outputs) {
        this.bound = bound;
        this.lengths = lengths;
        this.read = read;
        this.outputs = outputs;
      }

      Tensor goesOn(List<Object> variables) {
        return tf.less(variables.get(0), bound);
      }

      List<Object> step(List<Object> variables) {
        Tensor time = (Tensor) variables.get(0);
        Object state = variables.get(2);
        List<Tensor> now = read.stream().map(a -> a.read(time)).toList();
        CellResult r = cell.call(Nest.pack(inputs, now), state);
        Nest.requireSame(state, r.state());
        if (lengths != null) {
          r = Finished.copyThrough(tf, tf.greaterEqual(time, lengths), state, r);
        }
        List<Object> made = Nest.flatten(r.output());
        if (made.size() != outputs.size()) {
          throw InvalidArgumentException.atCall(
              "the cell says that its output is "
                  + cell.outputSize()
                  + ", but gives "
                  + r.output());
        }
        List<TensorArray> written = new ArrayList<>();
        for (Object array : (List<?>) variables.get(1)) {
          written.add(((TensorArray) array).write(time, made.get(written.size())));
        }
        return List.of(tf.add(time, 1), written, r.state());
      }
    }
  }
}
