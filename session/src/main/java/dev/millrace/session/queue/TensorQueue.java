package dev.millrace.session.queue;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Wait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A queue of tuples of tensors in a session. Who enqueues into a full queue or dequeues from an
 * empty one waits, in the order of coming; a batch is enqueued and dequeued element by element.
 * Safe for concurrent use.
 */
public final class TensorQueue extends WaitingLine {
  /** Which element comes next. */
  public enum Kind {
    FIFO("FIFOQueue"),
    PADDING("PaddingFIFOQueue"),
    RANDOM("RandomShuffleQueue"),
    PRIORITY("PriorityQueue");

    private final String opType;

    Kind(String opType) {
      this.opType = opType;
    }

    /** The op type that makes such queues. */
    public String opType() {
      return opType;
    }
  }

  /**
   * What a queue is.
   *
   * @param types the components' dtypes
   * @param shapes their shapes, or none where each element may be of its own
   * @param capacity how many elements it holds; negative for any number
   * @param minimum how many elements a dequeue leaves, so that there are some to choose among
   * @param seed with {@code seed2} the random choices' seeds
   */
  public record Spec(
      Kind kind,
      List<DataType> types,
      List<Shape> shapes,
      long capacity,
      long minimum,
      long seed,
      long seed2) {
    /**
     * Checks what belongs together.
     *
     * @throws InvalidArgumentException if it does not
     */
    public Spec {
      types = List.copyOf(types);
      shapes = List.copyOf(shapes);
      boolean mayDiffer = kind == Kind.FIFO || kind == Kind.RANDOM;
      if (shapes.size() != types.size() && !(shapes.isEmpty() && mayDiffer)) {
        throw new InvalidArgumentException(
            "a queue of " + types.size() + " components has " + shapes.size() + " shapes");
      }
      if (kind == Kind.PADDING && shapes.stream().anyMatch(s -> !s.hasRank())) {
        throw new InvalidArgumentException("a padding queue must know the ranks: " + shapes);
      }
      if (kind != Kind.PADDING && shapes.stream().anyMatch(s -> !s.isFullyDefined())) {
        throw new InvalidArgumentException("the shapes of a queue must be known: " + shapes);
      }
      if (minimum < 0 || (capacity >= 0 && minimum >= capacity)) {
        throw new InvalidArgumentException(
            "min_after_dequeue must lie in [0, capacity), but is "
                + minimum
                + " with capacity "
                + capacity);
      }
    }
  }

  private final String name;
  private final Spec spec;
  private final Elements elements;
  private boolean closed;

  public TensorQueue(String name, Spec spec) {
    this.name = name;
    this.spec = spec;
    this.elements =
        switch (spec.kind) {
          case FIFO, PADDING -> new Elements.InOrder();
          case RANDOM -> new Elements.AtRandom(spec.seed, spec.seed2);
          case PRIORITY -> new Elements.ByPriority();
        };
  }

  public Spec spec() {
    return spec;
  }

  /** How many elements there are now. */
  public int size() {
    int[] n = new int[1];
    locked(() -> n[0] = elements.size());
    return n[0];
  }

  /** Whether nothing more can be enqueued. */
  public boolean isClosed() {
    boolean[] c = new boolean[1];
    locked(() -> c[0] = closed);
    return c[0];
  }

  @Override
  public String toString() {
    return spec.kind.opType + " '" + name + "'";
  }

  // ---- enqueue

  /**
   * Enqueues one element, as soon as there is room.
   *
   * @throws InvalidArgumentException if it is of other dtypes or shapes than the queue
   */
  public Wait enqueue(TensorValue[] element, Runnable changed) {
    check(element, 0);
    return begin(new Enqueue(new TensorValue[][] {element}, changed), true);
  }

  /**
   * Enqueues the rows of batches one by one, as soon as there is room for each.
   *
   * @throws InvalidArgumentException if they are of other dtypes or shapes than the queue
   */
  public Wait enqueueMany(TensorValue[] batches, Runnable changed) {
    check(batches, 1);
    int n = Rows.count(batches);
    if (n == 0) {
      return Wait.done();
    }
    TensorValue[][] rows = new TensorValue[n][batches.length];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < batches.length; c++) {
        rows[i][c] = Rows.row(batches[c], i);
      }
    }
    return begin(new Enqueue(rows, changed), true);
  }

  private Wait begin(Attempt a, boolean gives) {
    enter(a, gives);
    return a;
  }

  private void check(TensorValue[] tuple, int skipped) {
    List<DataType> types = Arrays.stream(tuple).map(TensorValue::dtype).toList();
    if (!types.equals(spec.types)) {
      throw new InvalidArgumentException(
          this + " holds components " + spec.types + ", not " + types);
    }
    for (int c = 0; c < spec.shapes.size(); c++) {
      Shape s = tuple[c].shape();
      if (s.rank() < skipped || !spec.shapes.get(c).isCompatibleWith(s.sliceFrom(skipped))) {
        throw new InvalidArgumentException(
            "component "
                + c
                + " of "
                + this
                + " is of shape "
                + spec.shapes.get(c)
                + (skipped > 0 ? ", and batches of one more dimension" : "")
                + "; a value of shape "
                + s
                + " does not fit");
      }
    }
    if (spec.kind == Kind.PRIORITY && tuple[0].shape().rank() != skipped) {
      throw new InvalidArgumentException(
          "a priority must be one int64, not of shape " + tuple[0].shape());
    }
  }

  private final class Enqueue extends Attempt {
    private final TensorValue[][] rows;
    private int next;

    Enqueue(TensorValue[][] rows, Runnable changed) {
      super(TensorQueue.this, "enqueueing into " + TensorQueue.this, changed);
      this.rows = rows;
    }

    @Override
    Result run() {
      if (closed) {
        throw new CancelledException(TensorQueue.this + " is closed");
      }
      int before = next;
      while (next < rows.length && hasRoom()) {
        elements.add(rows[next++]);
      }
      return next == rows.length ? Result.ALL : next > before ? Result.SOME : Result.NOTHING;
    }

    @Override
    void results() {}
  }

  private boolean hasRoom() {
    return spec.capacity < 0 || elements.size() < spec.capacity;
  }

  // ---- dequeue

  /**
   * Dequeues one element, as soon as there is one.
   *
   * @param result takes the components
   */
  public Wait dequeue(Consumer<TensorValue[]> result, Runnable changed) {
    return begin(new Dequeue(1, false, taken -> result.accept(taken.get(0)), changed), false);
  }

  /**
   * Dequeues {@code n} elements as a batch, as soon as there are so many.
   *
   * @param orFewer whether what is left of a closed queue will do, as long as it is something
   * @param result takes the batches of the components
   * @throws InvalidArgumentException if the elements may be of different shapes
   */
  public Wait dequeueMany(
      long n, boolean orFewer, Consumer<TensorValue[]> result, Runnable changed) {
    if (spec.shapes.isEmpty() && !spec.types.isEmpty()) {
      throw new InvalidArgumentException(
          "a batch can be dequeued from " + this + " only if it was made with shapes");
    }
    if (n < 0 || n > Integer.MAX_VALUE) {
      throw new InvalidArgumentException("cannot dequeue " + n + " elements");
    }
    if (n == 0) {
      result.accept(batches(List.of()));
      return Wait.done();
    }
    return begin(
        new Dequeue((int) n, orFewer, taken -> result.accept(batches(taken)), changed), false);
  }

  private TensorValue[] batches(List<TensorValue[]> taken) {
    TensorValue[] r = new TensorValue[spec.types.size()];
    for (int c = 0; c < r.length; c++) {
      int component = c;
      List<TensorValue> column = taken.stream().map(t -> t[component]).toList();
      r[c] =
          spec.kind == Kind.PADDING
              ? Rows.pad(spec.types.get(c), spec.shapes.get(c), column)
              : Rows.stack(spec.types.get(c), spec.shapes.get(c), column);
    }
    return r;
  }

  private final class Dequeue extends Attempt {
    private final int wanted;
    private final boolean orFewer;
    private final Consumer<List<TensorValue[]>> result;
    private final List<TensorValue[]> taken = new ArrayList<>();

    Dequeue(int wanted, boolean orFewer, Consumer<List<TensorValue[]>> result, Runnable changed) {
      super(TensorQueue.this, "dequeuing from " + TensorQueue.this, changed);
      this.wanted = wanted;
      this.orFewer = orFewer;
      this.result = result;
    }

    @Override
    Result run() {
      if (closed && elements.size() < wanted - taken.size()) {
        return runOut();
      }
      long spare = closed ? elements.size() : elements.size() - spec.minimum;
      int before = taken.size();
      while (spare-- > 0 && taken.size() < wanted) {
        taken.add(elements.take());
      }
      return taken.size() == wanted
          ? Result.ALL
          : taken.size() > before ? Result.SOME : Result.NOTHING;
    }

    /** Nothing more will come: takes what there is, or gives it back and fails. */
    private Result runOut() {
      if (orFewer && (!taken.isEmpty() || elements.size() > 0)) {
        while (elements.size() > 0) {
          taken.add(elements.take());
        }
        return Result.ALL;
      }
      giveBack();
      throw new OutOfRangeException(
          TensorQueue.this
              + " is closed and has insufficient elements (requested "
              + wanted
              + ", current size "
              + elements.size()
              + ")");
    }

    @Override
    void giveBack() {
      for (int i = taken.size() - 1; i >= 0; i--) {
        elements.putBack(taken.get(i));
      }
      taken.clear();
    }

    @Override
    void results() {
      result.accept(taken);
    }
  }

  // ---- close

  /**
   * Lets nothing more be enqueued once what waits to be enqueued has been; what is there can still
   * be dequeued.
   *
   * @param cancelPending whether what waits to be enqueued is cancelled instead
   */
  public Wait close(boolean cancelPending, Runnable changed) {
    if (!cancelPending) {
      return begin(new Close(changed), true);
    }
    List<Runnable> answers = new ArrayList<>();
    locked(
        () -> {
          closed = true;
          answers.addAll(cancelGiving());
        });
    answers.forEach(Runnable::run);
    flush();
    return Wait.done();
  }

  private final class Close extends Attempt {
    Close(Runnable changed) {
      super(TensorQueue.this, "closing " + TensorQueue.this, changed);
    }

    @Override
    Result run() {
      if (closed) {
        throw new CancelledException(TensorQueue.this + " is already closed");
      }
      closed = true;
      return Result.ALL;
    }

    @Override
    void results() {}
  }
}
