package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.VariableScope;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Collects what is to be said about a decoder's run; {@link #build} adds it.
 *
 * @param <O> what a step of the decoder gives
 * @param <F> what is made of it in the end
 */
public final class DynamicDecode<O, F> {
  private static final int PARALLEL_ITERATIONS = 32;

  private final Ops tf;
  private final Decoder<O, F> decoder;
  private boolean outputTimeMajor;
  private boolean imputeFinished;
  private Object maximumIterations;
  private int parallelIterations = PARALLEL_ITERATIONS;
  private boolean swapMemory;
  private String scope = "decoder";
  private O structure;

  DynamicDecode(Ops tf, Decoder<O, F> decoder) {
    this.tf = tf;
    this.decoder = decoder;
  }

  /** Whether outputs are [time, batch, …] in place of [batch, time, …]. */
  public DynamicDecode<O, F> outputTimeMajor(boolean timeMajor) {
    this.outputTimeMajor = timeMajor;
    return this;
  }

  /**
   * Whether sequences that are over give zeros and keep their state, as the state after the last
   * step and its gradient need it; by default not. A beam search wants it off.
   */
  public DynamicDecode<O, F> imputeFinished(boolean impute) {
    this.imputeFinished = impute;
    return this;
  }

  /** The greatest number of steps: a number or an int32 scalar; by default any. */
  public DynamicDecode<O, F> maximumIterations(Object n) {
    this.maximumIterations = n;
    return this;
  }

  /** How many steps TensorFlow may run side by side; by default 32. It changes no result. */
  public DynamicDecode<O, F> parallelIterations(int n) {
    this.parallelIterations = n;
    return this;
  }

  /** Whether TensorFlow may move what the gradient needs off the device. Changes no result. */
  public DynamicDecode<O, F> swapMemory(boolean swap) {
    this.swapMemory = swap;
    return this;
  }

  /** The name of the variable scope; by default {@code decoder}. */
  public DynamicDecode<O, F> scope(String name) {
    this.scope = name;
    return this;
  }

  /**
   * What a decoder's run gives.
   *
   * @param outputs of all steps
   * @param state after the last step
   * @param sequenceLengths how many steps each sequence took, int32
   */
  public record Result<F>(F outputs, Object state, Tensor sequenceLengths) {}

  /** Adds the run: steps until all sequences are over. */
  public Result<F> build() {
    try (VariableScope s = tf.variableScope(scope)) {
      Tensor limit =
          maximumIterations == null
              ? null
              : maximumIterations instanceof Operand o
                  ? tf.tensor(o)
                  : tf.constant("maximum_iterations", maximumIterations, DataType.INT32);
      Decoder.Start start = decoder.initialize();
      Tensor finished = start.finished();
      if (limit != null) {
        finished = tf.logicalOr(finished, tf.lessEqual(limit, 0));
      }
      LoopOptions options =
          new LoopOptions().parallelIterations(parallelIterations).swapMemory(swapMemory);
      if (limit != null) {
        options = options.maximumIterations(limit);
      }
      List<Object> last =
          tf.whileLoop(
              v -> tf.logicalNot(tf.reduceAll(v.get(4))),
              this::step,
              List.of(
                  tf.constant("time", 0),
                  arrays(),
                  start.state(),
                  start.inputs(),
                  finished,
                  tf.zerosLike(tf.cast(finished, DataType.INT32))),
              options);
      Tensor lengths = (Tensor) last.get(5);
      Decoder.Finish<F> f = decoder.finish(stacked(last.get(1)), last.get(2), lengths);
      return new Result<>(inOrder(f.outputs()), f.state(), lengths);
    }
  }

  private List<TensorArray> arrays() {
    long batch = decoder.batchSize() instanceof Number n ? n.longValue() : Shape.UNKNOWN;
    List<TensorArray> arrays = new ArrayList<>();
    for (Decoder.OutputSpec spec : decoder.outputSpecs()) {
      arrays.add(
          tf.newTensorArray(spec.dtype())
              .dynamicSize(true)
              .elementShape(Shape.vector(batch).concat(spec.shape()))
              .build());
    }
    return arrays;
  }

  private List<Object> step(List<Object> v) {
    Tensor time = (Tensor) v.get(0);
    Object state = v.get(2);
    Tensor finished = (Tensor) v.get(4);
    Decoder.Step<O> next = decoder.step(time, v.get(3), state);
    Nest.requireSame(state, next.state());
    Nest.requireSame(v.get(3), next.inputs());
    structure = next.outputs();
    Tensor nextFinished =
        decoder.tracksOwnFinished() ? next.finished() : tf.logicalOr(next.finished(), finished);
    Tensor lengths = (Tensor) v.get(5);
    Tensor nextLengths =
        tf.where(
            tf.logicalNot(finished), tf.fill(tf.shapeTensor(lengths), tf.add(time, 1)), lengths);
    Object outputs = next.outputs();
    Object nextState = next.state();
    if (imputeFinished) {
      outputs = Nest.map(outputs, x -> tf.where(finished, tf.zerosLike(x), x));
      nextState = Nest.map(state, nextState, (old, x) -> kept(finished, (Tensor) old, (Tensor) x));
    }
    List<Object> flat = Nest.flatten(outputs);
    List<TensorArray> written = new ArrayList<>();
    for (Object array : (List<?>) v.get(1)) {
      written.add(((TensorArray) array).write(time, flat.get(written.size())));
    }
    return List.of(tf.add(time, 1), written, nextState, next.inputs(), nextFinished, nextLengths);
  }

  /** The old state of sequences that are over; scalars and arrays pass. */
  private Object kept(Tensor finished, Tensor old, Tensor x) {
    boolean hasRows = x.dtype() != DataType.VARIANT && x.shape().rank() != 0;
    return hasRows ? tf.where(finished, old, x) : x;
  }

  @SuppressWarnings("unchecked") // the outputs' structure with other tensors
  private O stacked(Object arrays) {
    List<Tensor> all = new ArrayList<>();
    for (Object a : (List<?>) arrays) {
      all.add(((TensorArray) a).stack());
    }
    if (Nest.flatten(structure).size() != all.size()) {
      throw InvalidArgumentException.atCall(
          "the decoder tells of " + all.size() + " output tensors, but gives " + structure);
    }
    Iterator<Tensor> next = all.iterator();
    return (O) Nest.map(structure, x -> next.next());
  }

  @SuppressWarnings("unchecked") // the same structure
  private F inOrder(F outputs) {
    return outputTimeMajor ? outputs : (F) Nest.map(outputs, x -> swapped((Tensor) x));
  }

  /** With the first two dimensions swapped. */
  static Tensor swapped(Tensor x) {
    if (!x.shape().hasRank() || x.shape().rank() < 2) {
      return x;
    }
    int[] perm = new int[x.shape().rank()];
    for (int i = 2; i < perm.length; i++) {
      perm[i] = i;
    }
    perm[0] = 1;
    perm[1] = 0;
    return x.transpose(perm);
  }
}
