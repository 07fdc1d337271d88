package dev.millrace.session.queue;

import dev.millrace.graph.CancelledException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Wait;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Puts tuples together whose components come one by one, under a key. Complete ones are given in
 * the order in which their first components came. Safe for concurrent use.
 */
public final class Barrier extends WaitingLine {
  private final String name;
  private final List<DataType> types;
  private final List<Shape> shapes;
  private final Map<ByteBuffer, Tuple> incomplete = new LinkedHashMap<>();
  private final PriorityQueue<Tuple> ready =
      new PriorityQueue<>(
          Comparator.<Tuple>comparingLong(t -> t.index).thenComparingLong(t -> t.completed));
  private long insertion = Long.MIN_VALUE; // tuples that begin with one insertion have one index
  private long completions;
  private boolean closed;
  private boolean cancelled; // incomplete tuples will not be completed

  private static final class Tuple {
    private final long index;
    private final byte[] key;
    private final TensorValue[] values;
    private long completed; // how many were before it

    Tuple(long index, byte[] key, int components) {
      this.index = index;
      this.key = key;
      this.values = new TensorValue[components];
    }
  }

  /**
   * An empty barrier.
   *
   * @param shapes the components' shapes; none where each value may be of its own
   */
  public Barrier(String name, List<DataType> types, List<Shape> shapes) {
    if (!shapes.isEmpty() && shapes.size() != types.size()) {
      throw new InvalidArgumentException(
          "a barrier of " + types.size() + " components has " + shapes.size() + " shapes");
    }
    this.name = name;
    this.types = List.copyOf(types);
    this.shapes = List.copyOf(shapes);
  }

  public List<DataType> types() {
    return types;
  }

  @Override
  public String toString() {
    return "barrier '" + name + "'";
  }

  /**
   * Adds one component of several tuples.
   *
   * @param values the component's values as a batch
   * @throws InvalidArgumentException if a tuple has that component already
   * @throws CancelledException if the barrier is closed and a key is new, or it has been cancelled
   */
  public void insert(TensorValue keys, int component, TensorValue values) {
    if (component < 0 || component >= types.size()) {
      throw new InvalidArgumentException(
          this + " has " + types.size() + " components; there is none of number " + component);
    }
    int n = Rows.count(new TensorValue[] {keys, values});
    boolean fits =
        shapes.isEmpty() || shapes.get(component).isCompatibleWith(values.shape().sliceFrom(1));
    if (values.dtype() != types.get(component) || !fits) {
      throw new InvalidArgumentException(
          "component "
              + component
              + " of "
              + this
              + " is "
              + types.get(component)
              + (shapes.isEmpty() ? "" : shapes.get(component))
              + ", not "
              + values.dtype()
              + values.shape().sliceFrom(1));
    }
    locked(
        () -> {
          for (int i = 0; i < n; i++) {
            insert(keys.strings()[i], component, Rows.row(values, i));
          }
          insertion++;
        });
    flush();
  }

  private void insert(byte[] key, int component, TensorValue value) {
    Tuple t = incomplete.get(ByteBuffer.wrap(key));
    if (cancelled || (closed && t == null)) {
      throw new CancelledException(
          this + " is closed: nothing can be inserted for a new key, or at all once cancelled");
    }
    if (t == null) {
      t = new Tuple(insertion, key, types.size());
      incomplete.put(ByteBuffer.wrap(key), t);
    }
    if (t.values[component] != null) {
      throw new InvalidArgumentException(
          "key '"
              + new String(key, StandardCharsets.UTF_8)
              + "' of "
              + this
              + " has component "
              + component
              + " already");
    }
    t.values[component] = value;
    if (Arrays.stream(t.values).allMatch(v -> v != null)) {
      incomplete.remove(ByteBuffer.wrap(key));
      t.completed = completions++;
      ready.add(t);
    }
  }

  /** How many tuples are complete. */
  public int readySize() {
    int[] n = new int[1];
    locked(() -> n[0] = ready.size());
    return n[0];
  }

  /** How many tuples lack something. */
  public int incompleteSize() {
    int[] n = new int[1];
    locked(() -> n[0] = incomplete.size());
    return n[0];
  }

  /**
   * Lets no new keys be inserted.
   *
   * @param cancel whether what is incomplete cannot be completed either
   */
  public void close(boolean cancel) {
    locked(
        () -> {
          closed = true;
          if (cancel) {
            cancelled = true;
            incomplete.clear();
          }
        });
    flush();
  }

  /** Takes the indices, keys and batches of components. */
  @FunctionalInterface
  public interface Taker {
    void take(TensorValue indices, TensorValue keys, TensorValue[] values);
  }

  /**
   * Takes {@code n} complete tuples, as soon as there are so many.
   *
   * @param orFewer whether what is left of a closed barrier will do
   */
  public Wait take(long n, boolean orFewer, Taker result, Runnable changed) {
    if (n < 0 || n > Integer.MAX_VALUE) {
      throw new InvalidArgumentException("cannot take " + n + " elements");
    }
    Take t = new Take((int) n, orFewer, result, changed);
    enter(t, false);
    return t;
  }

  private final class Take extends Attempt {
    private final int wanted;
    private final boolean orFewer;
    private final Taker result;
    private final List<Tuple> taken = new ArrayList<>();

    Take(int wanted, boolean orFewer, Taker result, Runnable changed) {
      super(Barrier.this, "taking from " + Barrier.this, changed);
      this.wanted = wanted;
      this.orFewer = orFewer;
      this.result = result;
    }

    @Override
    Result run() {
      if (ready.size() < wanted) {
        boolean last = closed && incomplete.isEmpty();
        if (!last) {
          return Result.NOTHING;
        }
        if (!orFewer || (ready.isEmpty() && wanted > 0)) {
          throw new OutOfRangeException(
              Barrier.this
                  + " is closed and has insufficient elements (requested "
                  + wanted
                  + ", total size "
                  + ready.size()
                  + ")");
        }
      }
      while (taken.size() < wanted && !ready.isEmpty()) {
        taken.add(ready.poll());
      }
      return Result.ALL;
    }

    @Override
    void results() {
      long[] indices = taken.stream().mapToLong(t -> t.index).toArray();
      byte[][] keys = taken.stream().map(t -> t.key).toArray(byte[][]::new);
      TensorValue[] values = new TensorValue[types.size()];
      for (int c = 0; c < values.length; c++) {
        int component = c;
        List<TensorValue> column = taken.stream().map(t -> t.values[component]).toList();
        Shape element =
            !column.isEmpty()
                ? column.get(0).shape()
                : shapes.isEmpty() ? Shape.scalar() : shapes.get(c);
        values[c] = Rows.stack(types.get(c), element, column);
      }
      result.take(
          TensorValue.ofLongs(indices),
          TensorValue.wrap(DataType.STRING, Shape.vector(keys.length), keys),
          values);
    }
  }
}
