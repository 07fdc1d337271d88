package dev.millrace.session.queue;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.random.Philox;
import dev.millrace.session.random.PhiloxStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The elements of a queue, and which comes next. */
interface Elements {
  int size();

  void add(TensorValue[] element);

  /** Takes the next element. */
  TensorValue[] take();

  /** Puts an element back that was taken. */
  void putBack(TensorValue[] element);

  /** First in, first out. */
  final class InOrder implements Elements {
    private final ArrayDeque<TensorValue[]> elements = new ArrayDeque<>();

    @Override
    public int size() {
      return elements.size();
    }

    @Override
    public void add(TensorValue[] element) {
      elements.add(element);
    }

    @Override
    public TensorValue[] take() {
      return elements.remove();
    }

    @Override
    public void putBack(TensorValue[] element) {
      elements.addFirst(element);
    }
  }

  /** Any element may be the next, each with the same chance; TensorFlow's choices for its seeds. */
  final class AtRandom implements Elements {
    private final List<TensorValue[]> elements = new ArrayList<>();
    private final PhiloxStream stream;
    private final int[] block = new int[Philox.BLOCK];
    private int used = Philox.BLOCK;

    AtRandom(long seed, long seed2) {
      stream = PhiloxStream.ofSeeds(seed, seed2);
    }

    @Override
    public int size() {
      return elements.size();
    }

    @Override
    public void add(TensorValue[] element) {
      elements.add(element);
    }

    @Override
    public TensorValue[] take() {
      if (used == Philox.BLOCK) {
        stream.reserveBlocks(1).block(0, block, 0);
        used = 0;
      }
      int i = Integer.remainderUnsigned(block[used++], elements.size());
      TensorValue[] chosen = elements.get(i);
      TensorValue[] last = elements.remove(elements.size() - 1);
      if (i < elements.size()) {
        elements.set(i, last); // closes the gap
      }
      return chosen;
    }

    @Override
    public void putBack(TensorValue[] element) {
      elements.add(element);
    }
  }

  /** The least first component, an int64, comes next; of equal ones the oldest. */
  final class ByPriority implements Elements {
    private static final class Entry {
      private final long priority;
      private final long age;
      private final TensorValue[] element;

      Entry(long priority, long age, TensorValue[] element) {
        this.priority = priority;
        this.age = age;
        this.element = element;
      }
    }

    private final PriorityQueue<Entry> entries =
        new PriorityQueue<>(
            Comparator.<Entry>comparingLong(e -> e.priority).thenComparingLong(e -> e.age));
    private long newest;
    private long oldest;

    @Override
    public int size() {
      return entries.size();
    }

    @Override
    public void add(TensorValue[] element) {
      entries.add(new Entry(element[0].getLong(0), newest++, element));
    }

    @Override
    public TensorValue[] take() {
      return entries.remove().element;
    }

    @Override
    public void putBack(TensorValue[] element) {
      entries.add(new Entry(element[0].getLong(0), --oldest, element));
    }
  }
}
