package dev.millrace.session.queue;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.ResourceExhaustedException;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A short queue between two parts of a pipeline, bounded by number and by bytes. */
public final class StagingArea extends WaitingLine {
  private final String name;
  private final long capacity;
  private final long memoryLimit;
  private final List<TensorValue[]> elements = new ArrayList<>();
  private long bytes;

  /**
   * An empty area.
   *
   * @param capacity how many elements it holds; 0 for any number
   * @param memoryLimit how many bytes; 0 for any number
   */
  public StagingArea(String name, long capacity, long memoryLimit) {
    this.name = name;
    this.capacity = capacity;
    this.memoryLimit = memoryLimit;
  }

  private static long bytes(TensorValue[] element) {
    long n = 0;
    for (TensorValue v : element) {
      n += (long) v.size() * Math.max(1, v.dtype().size());
    }
    return n;
  }

  /** Adds an element, as soon as there is room. */
  public Wait put(TensorValue[] element, Runnable changed) {
    if (memoryLimit > 0 && bytes(element) > memoryLimit) {
      throw new ResourceExhaustedException(
          "an element of "
              + bytes(element)
              + " bytes is more than staging area '"
              + name
              + "' may hold, "
              + memoryLimit);
    }
    return begin(
        new Step("staging into", changed) {
          @Override
          Result run() {
            boolean full =
                (capacity > 0 && elements.size() >= capacity)
                    || (memoryLimit > 0 && bytes + bytes(element) > memoryLimit);
            if (full) {
              return Result.NOTHING;
            }
            elements.add(element);
            bytes += bytes(element);
            return Result.ALL;
          }

          @Override
          void results() {}
        },
        true);
  }

  private Wait begin(Attempt a, boolean gives) {
    enter(a, gives);
    return a;
  }

  /** Takes the oldest element, as soon as there is one. */
  public Wait get(Consumer<TensorValue[]> result, Runnable changed) {
    return begin(new Look(0, true, result, changed), false);
  }

  /** Looks at element {@code i}, as soon as there is such a one. */
  public Wait peek(long i, Consumer<TensorValue[]> result, Runnable changed) {
    if (i < 0) {
      throw new InvalidArgumentException("there is no element " + i);
    }
    return begin(new Look(i, false, result, changed), false);
  }

  public int size() {
    int[] n = new int[1];
    locked(() -> n[0] = elements.size());
    return n[0];
  }

  /** Removes everything. */
  public void clear() {
    locked(
        () -> {
          elements.clear();
          bytes = 0;
        });
    flush();
  }

  private abstract class Step extends Attempt {
    Step(String what, Runnable changed) {
      super(StagingArea.this, what + " area '" + StagingArea.this.name + "'", changed);
    }
  }

  private final class Look extends Step {
    private final long number;
    private final boolean takes;
    private final Consumer<TensorValue[]> result;
    private TensorValue[] found;

    Look(long number, boolean takes, Consumer<TensorValue[]> result, Runnable changed) {
      super("unstaging from", changed);
      this.number = number;
      this.takes = takes;
      this.result = result;
    }

    @Override
    Result run() {
      if (number >= elements.size()) {
        return Result.NOTHING;
      }
      found = takes ? elements.remove(0) : elements.get((int) number);
      if (takes) {
        bytes -= bytes(found);
      }
      return Result.ALL;
    }

    @Override
    void results() {
      result.accept(found);
    }
  }
}
