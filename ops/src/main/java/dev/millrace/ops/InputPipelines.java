package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Input pipelines on queues ({@link Ops#inputs}): tf.train's producers and batches. Each adds a
 * queue and a {@link QueueRunner} that fills it; what has to be said is said before:
 *
 * <pre>{@code
 * Queue files = tf.inputs().epochs(2).stringProducer(List.of("a.csv", "b.csv"));
 * List<Tensor> batch = tf.inputs().capacity(2000).threads(2).shuffleBatch(example, 32, 1000);
 * }</pre>
 *
 * <p>With {@link #epochs} there are local variables to be initialised. Every queue has a summary of
 * how full it is.
 */
public final class InputPipelines {
  private final Ops ops;
  private int epochs;
  private boolean shuffle = true;
  private Long seed;
  private long capacity = 32;
  private int threads = 1;
  private boolean enqueueMany;
  private boolean smallerFinalBatch;
  private boolean dynamicPad;
  private List<Shape> shapes;
  private String sharedName = "";
  private Object keepInput;

  InputPipelines(Ops ops) {
    this.ops = ops;
  }

  private InputPipelines copy() {
    InputPipelines r = new InputPipelines(ops);
    r.epochs = epochs;
    r.shuffle = shuffle;
    r.seed = seed;
    r.capacity = capacity;
    r.threads = threads;
    r.enqueueMany = enqueueMany;
    r.smallerFinalBatch = smallerFinalBatch;
    r.dynamicPad = dynamicPad;
    r.shapes = shapes;
    r.sharedName = sharedName;
    r.keepInput = keepInput;
    return r;
  }

  /** How often a producer gives everything; for ever by default. */
  public InputPipelines epochs(int n) {
    if (n < 1) {
      throw GraphApi.error("there must be 1 epoch at least, not " + n);
    }
    InputPipelines r = copy();
    r.epochs = n;
    return r;
  }

  /** Whether a producer shuffles in each epoch; it does by default. */
  public InputPipelines shuffle(boolean on) {
    InputPipelines r = copy();
    r.shuffle = on;
    return r;
  }

  /** The seed of what is random. */
  public InputPipelines seed(long s) {
    InputPipelines r = copy();
    r.seed = s;
    return r;
  }

  /** How many elements the queue holds; 32 by default. */
  public InputPipelines capacity(long n) {
    InputPipelines r = copy();
    r.capacity = n;
    return r;
  }

  /** How many threads enqueue; 1 by default. With more, the order is open. */
  public InputPipelines threads(int n) {
    if (n < 1) {
      throw GraphApi.error("there must be 1 thread at least, not " + n);
    }
    InputPipelines r = copy();
    r.threads = n;
    return r;
  }

  /** Whether each tensor is a batch of examples itself. */
  public InputPipelines enqueueMany(boolean on) {
    InputPipelines r = copy();
    r.enqueueMany = on;
    return r;
  }

  /** Whether the last batch may be smaller, where the input ends; what is left is lost else. */
  public InputPipelines allowSmallerFinalBatch(boolean on) {
    InputPipelines r = copy();
    r.smallerFinalBatch = on;
    return r;
  }

  /** Whether examples may differ in size and batches are padded; not for shuffled ones. */
  public InputPipelines dynamicPad(boolean on) {
    InputPipelines r = copy();
    r.dynamicPad = on;
    return r;
  }

  /** The examples' shapes, where the tensors do not tell them. */
  public InputPipelines shapes(List<Shape> s) {
    InputPipelines r = copy();
    r.shapes = List.copyOf(s);
    return r;
  }

  public InputPipelines sharedName(String name) {
    InputPipelines r = copy();
    r.sharedName = name;
    return r;
  }

  /** A scalar bool that tells for each example whether it goes into a batch. */
  public InputPipelines keepInput(Object condition) {
    InputPipelines r = copy();
    r.keepInput = condition;
    return r;
  }

  // ---- producers

  /**
   * A queue of the parts of {@code x} along its first dimension: input_producer.
   *
   * @param x of a known inner shape
   */
  public Queue inputProducer(Object x) {
    try (Scope s = ops.graph().nameScope("input_producer")) {
      return producer(s, ops.tensor(ops.convert(x, null, "input_tensor")));
    }
  }

  private Queue producer(Scope s, Tensor input) {
    Shape element = input.shape().hasRank() ? input.shape().sliceFrom(1) : Shape.unknown();
    if (!element.isFullyDefined()) {
      throw GraphApi.error(
          "the shape of what is produced must be known, but is " + element + ": setShape sets it");
    }
    Tensor x = shuffle ? ops.randomShuffle(input, seed) : input;
    x = limited(x);
    Queue q =
        ops.newQueue()
            .capacity(capacity)
            .component(x.dtype(), element)
            .sharedName(sharedName)
            .name(s.name())
            .fifo();
    new QueueRunner(q, List.of(q.enqueueMany(x))).addTo(ops);
    fullness("fraction_of_" + capacity + "_full", q.size().cast(DataType.FLOAT32), capacity);
    return q;
  }

  /** x, until it has been given as often as there are epochs. */
  private Tensor limited(Tensor x) {
    if (epochs == 0) {
      return x;
    }
    try (Scope s = ops.graph().nameScope("limit_epochs")) {
      Variable v =
          ops.newVariable("epochs")
              .initialValue(0L)
              .trainable(false)
              .collections(GraphKeys.LOCAL_VARIABLES)
              .build();
      Operation count =
          ops.op("ResourceCountUpTo", "CountUpTo")
              .input(v.handle())
              .attr("limit", epochs)
              .attr("T", DataType.INT64)
              .build();
      try (Scope after = ops.controlDependencies(count)) {
        return ops.node("Identity", s.name(), x);
      }
    }
  }

  private void fullness(String name, Tensor filled, long of) {
    ops.summary().scalar(name, filled.mul(1.0 / of));
  }

  /**
   * A queue of strings, as the names of files.
   *
   * @param strings a vector: a tensor, an array or a list
   */
  public Queue stringProducer(Object strings) {
    try (Scope s = ops.graph().nameScope("input_producer")) {
      Object given =
          strings instanceof List<?> l && !Conversions.hasOperandInside(l)
              ? l.toArray(String[]::new)
              : strings;
      Tensor x = ops.tensor(ops.convert(given, DataType.STRING, "Const"));
      if (x.dtype() != DataType.STRING) {
        throw GraphApi.error("strings are wanted, not " + Results.describe(x.asOutput()));
      }
      Operation some =
          ops.assertThat(
              ops.greater(ops.sizeTensor(x), 0),
              List.of("string_input_producer requires a non-null input tensor"));
      try (Scope after = ops.controlDependencies(some)) {
        x = x.identity();
      }
      return producer(s, x);
    }
  }

  /** A queue of the int32 numbers from 0 to before {@code limit}. */
  public Queue rangeProducer(Object limit) {
    try (Scope s = ops.graph().nameScope("input_producer")) {
      return producer(s, ops.range(limit));
    }
  }

  /**
   * One slice of each tensor along the first dimension, by the same number: slice_input_producer.
   */
  public List<Tensor> sliceProducer(Object... tensors) {
    if (tensors.length == 0) {
      throw GraphApi.error("there must be a tensor at least to take slices of");
    }
    try (Scope s = ops.graph().nameScope("input_producer")) {
      List<Tensor> all = new ArrayList<>();
      for (Object t : tensors) {
        all.add(ops.tensor(ops.convert(t, null, "tensor_" + all.size())));
      }
      Tensor size = ops.shapeTensor(all.get(0)).get(0);
      Tensor index = rangeProducer(size).dequeue();
      return all.stream().map(t -> ops.gather(t, index)).toList();
    }
  }

  // ---- batches

  /** Batches of examples: {@code tensors} are the parts of one example. */
  public List<Tensor> batch(List<? extends Operand> tensors, Object batchSize) {
    return batchJoin(Collections.nCopies(threads, tensors), batchSize, "batch");
  }

  /** As {@link #batch}, of examples that come in several ways, each by a thread of its own. */
  public List<Tensor> batchJoin(List<? extends List<? extends Operand>> ways, Object batchSize) {
    return batchJoin(ways, batchSize, "batch_join");
  }

  private List<Tensor> batchJoin(
      List<? extends List<? extends Operand>> ways, Object batchSize, String name) {
    try (Scope s = ops.graph().nameScope(name)) {
      List<Shape> elements = elementShapes(ways);
      QueueBuilder b =
          ops.newQueue()
              .capacity(capacity)
              .components(types(ways.get(0)), elements)
              .sharedName(sharedName);
      Queue q = dynamicPad ? b.padding() : b.fifo();
      fill(q, ways);
      fullness("fraction_of_" + capacity + "_full", q.size().cast(DataType.FLOAT32), capacity);
      return dequeue(q, batchSize, s.name());
    }
  }

  /**
   * Batches of examples chosen at random: {@code tensors} are the parts of one example.
   *
   * @param minAfterDequeue how many examples there are to choose among at least, until the input
   *     ends; more are better mixed
   */
  public List<Tensor> shuffleBatch(
      List<? extends Operand> tensors, Object batchSize, long minAfterDequeue) {
    return shuffleBatchJoin(
        Collections.nCopies(threads, tensors), batchSize, minAfterDequeue, "shuffle_batch");
  }

  /** As {@link #shuffleBatch}, of examples that come in several ways. */
  public List<Tensor> shuffleBatchJoin(
      List<? extends List<? extends Operand>> ways, Object batchSize, long minAfterDequeue) {
    return shuffleBatchJoin(ways, batchSize, minAfterDequeue, "shuffle_batch_join");
  }

  private List<Tensor> shuffleBatchJoin(
      List<? extends List<? extends Operand>> ways,
      Object batchSize,
      long minAfterDequeue,
      String name) {
    try (Scope s = ops.graph().nameScope(name)) {
      QueueBuilder b =
          ops.newQueue()
              .capacity(capacity)
              .components(types(ways.get(0)), elementShapes(ways))
              .sharedName(sharedName);
      if (seed != null) {
        b.seed(seed);
      }
      Queue q = b.randomShuffle(minAfterDequeue);
      fill(q, ways);
      Tensor over = ops.maximum(0, q.size().sub((int) minAfterDequeue)).cast(DataType.FLOAT32);
      long of = capacity - minAfterDequeue;
      fullness("fraction_over_" + minAfterDequeue + "_of_" + of + "_full", over, of);
      return dequeue(q, batchSize, s.name());
    }
  }

  private static List<DataType> types(List<? extends Operand> tensors) {
    return tensors.stream().map(t -> t.asOutput().dtype()).toList();
  }

  private List<Shape> elementShapes(List<? extends List<? extends Operand>> ways) {
    if (ways.isEmpty() || ways.get(0).isEmpty()) {
      throw GraphApi.error("there must be a tensor at least to make batches of");
    }
    if (shapes != null) {
      return shapes;
    }
    List<Shape> r = new ArrayList<>();
    for (int i = 0; i < ways.get(0).size(); i++) {
      Shape s = null;
      for (List<? extends Operand> way : ways) {
        Shape one = way.get(i).asOutput().shape();
        if (enqueueMany) {
          one = one.hasRank() ? one.sliceFrom(1) : one;
        }
        s = s == null ? one : s.relax(one);
      }
      if (!(dynamicPad ? s.hasRank() : s.isFullyDefined())) {
        throw GraphApi.error(
            "the shapes of examples must be known to make batches of them, but '"
                + ways.get(0).get(i).asOutput().name()
                + "' is "
                + s
                + ": setShape sets it, or shapes(…) here");
      }
      r.add(s);
    }
    return r;
  }

  private void fill(Queue q, List<? extends List<? extends Operand>> ways) {
    List<Operation> enqueues = new ArrayList<>();
    Operation before = null;
    List<? extends Operand> same = null;
    for (List<? extends Operand> way : ways) {
      if (way != same) { // threads that run the same thing run one operation
        before = enqueue(q, way);
        same = way;
      }
      enqueues.add(before);
    }
    new QueueRunner(q, enqueues).addTo(ops);
  }

  private Operation enqueue(Queue q, List<? extends Operand> way) {
    Object[] parts = way.toArray();
    if (keepInput == null) {
      return enqueueAll(q, parts);
    }
    if (enqueueMany) {
      throw GraphApi.error(
          "what is kept is told for one example at a time: not together with enqueueMany");
    }
    Output keep = ops.convert(keepInput, DataType.BOOL, "keep_input");
    Object done = ops.cond(keep, () -> enqueueAll(q, parts), () -> ops.noOp());
    return (Operation) done;
  }

  private Operation enqueueAll(Queue q, Object[] parts) {
    return enqueueMany ? q.enqueueMany(parts) : q.enqueue(parts);
  }

  private List<Tensor> dequeue(Queue q, Object batchSize, String name) {
    String type = smallerFinalBatch ? "QueueDequeueUpToV2" : "QueueDequeueManyV2";
    return q.dequeue(type, "", batchSize, name);
  }
}
