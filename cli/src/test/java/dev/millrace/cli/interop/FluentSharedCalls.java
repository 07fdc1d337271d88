package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.FluentFileCalls.after;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Accumulator;
import dev.millrace.ops.Barrier;
import dev.millrace.ops.Mutex;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.SparseAccumulator;
import dev.millrace.ops.StagingArea;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.List;

/** Calls of what runs share: queues, accumulators, mutexes, barriers, staging areas. */
final class FluentSharedCalls {
  private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.INT32);
  private static final List<Shape> SHAPES = List.of(Shape.of(2), Shape.scalar());

  private FluentSharedCalls() {}

  // ---- queues

  /** Operations on a queue of one component, and of two. */
  static FluentCalls queues() {
    FluentCalls c = new FluentCalls();
    c.add("newQueue", (f, tf) -> null);
    c.add(
        "queue.enqueue",
        (f, tf) -> {
          Queue q = tf.newQueue().component(DataType.FLOAT32, Shape.of(2)).fifo();
          return List.of(q.enqueue(f.any(2)), q.dequeue());
        });
    c.add("queue.of", (f, tf) -> filled(f, tf, q -> Queue.of(q.handle().op()).dequeue()));
    c.add("queue.enqueueMany", (f, tf) -> filled(f, tf, q -> q.dequeue()));
    c.add("queue.dequeue", (f, tf) -> filled(f, tf, q -> q.dequeue()));
    c.add("queue.dequeueMany", (f, tf) -> filled(f, tf, q -> q.dequeueMany(2)));
    c.add("queue.dequeueUpTo", (f, tf) -> filled(f, tf, q -> q.dequeueUpTo(f.in(3))));
    c.add("queue.size", (f, tf) -> filled(f, tf, q -> q.size()));
    c.add("queue.isClosed", (f, tf) -> filled(f, tf, q -> q.isClosed()));
    c.add(
        "queue.close",
        (f, tf) ->
            filled(
                f, tf, q -> after(tf, q.close(), () -> List.of(q.isClosed(), q.dequeueUpTo(9)))));
    c.add("queue.dequeueTuple", (f, tf) -> pairs(f, tf, q -> q.dequeueTuple()));
    c.add("queue.dequeueManyTuple", (f, tf) -> pairs(f, tf, q -> q.dequeueManyTuple(3)));
    c.add("queue.dequeueUpToTuple", (f, tf) -> pairs(f, tf, q -> q.dequeueUpToTuple(2)));
    return c;
  }

  /** What is done with something once the run has a step. */
  @FunctionalInterface
  private interface Use<T> {
    Object of(T x);
  }

  private static List<Object> filled(FluentCalls f, Ops tf, Use<Queue> use) {
    Queue q = tf.fifoQueue(5, DataType.FLOAT32, Shape.of(2));
    return List.of(q.enqueueMany(f.any(3, 2)), use.of(q));
  }

  private static List<Object> pairs(FluentCalls f, Ops tf, Use<Queue> use) {
    Queue q = tf.fifoQueue(5, TYPES, SHAPES);
    return List.of(q.enqueueMany(f.any(3, 2), f.ints(1, 2, 3)), use.of(q));
  }

  // ---- accumulators

  static FluentCalls accumulators() {
    FluentCalls c = new FluentCalls();
    for (Accumulator.Kind kind : Accumulator.Kind.values()) {
      c.add("conditionalAccumulator", (f, tf) -> dense(f, tf, kind, a -> a.take(2)));
      c.add("sparseConditionalAccumulator", (f, tf) -> sparse(f, tf, kind, a -> all(a.take(2))));
    }
    Accumulator.Kind mean = Accumulator.Kind.MEAN;
    c.add(
        "conditionalAccumulator",
        (f, tf) -> {
          Accumulator a = tf.conditionalAccumulator(DataType.FLOAT32, Shape.unknown());
          return List.of(a.apply(f.any(3)), a.take(f.in(1)));
        });
    c.add(
        "sparseConditionalAccumulator",
        (f, tf) -> {
          SparseAccumulator a = tf.sparseConditionalAccumulator(DataType.FLOAT32, Shape.of(-1, 2));
          return List.of(a.apply(f.ints(1, 4), f.any(2, 2)), all(a.take(1)));
        });
    c.add("accumulator.apply", (f, tf) -> dense(f, tf, mean, a -> a.take(1)));
    c.add("accumulator.take", (f, tf) -> dense(f, tf, mean, a -> a.take(2)));
    c.add("accumulator.count", (f, tf) -> dense(f, tf, mean, a -> a.count()));
    c.add(
        "accumulator.setGlobalStep",
        (f, tf) -> {
          Accumulator a = tf.conditionalAccumulator(DataType.FLOAT32, Shape.of(2));
          Operation later = a.setGlobalStep(f.in(5));
          Operation stale = after(tf, later, () -> a.apply(f.any(2), 4));
          Operation fresh = after(tf, later, () -> a.apply(f.any(2), 5L));
          Tensor count = a.count();
          return List.of(stale, fresh, count, after(tf, count.op(), () -> a.take(1)));
        });
    c.add("sparseAccumulator.apply", (f, tf) -> sparse(f, tf, mean, a -> all(a.take(1))));
    c.add("sparseAccumulator.take", (f, tf) -> sparse(f, tf, mean, a -> all(a.take(2))));
    c.add("sparseAccumulator.count", (f, tf) -> sparse(f, tf, mean, a -> a.count()));
    c.add(
        "sparseAccumulator.setGlobalStep",
        (f, tf) -> {
          SparseAccumulator a = tf.sparseConditionalAccumulator(DataType.FLOAT32, Shape.of(4, 2));
          Operation later = a.setGlobalStep(5);
          Operation stale =
              after(tf, later, () -> a.apply(f.ints(1), f.any(1, 2), new long[] {4, 2}, 4));
          return List.of(stale, a.count());
        });
    return c;
  }

  private static List<Object> dense(
      FluentCalls f, Ops tf, Accumulator.Kind kind, Use<Accumulator> use) {
    Accumulator a = tf.conditionalAccumulator(DataType.FLOAT32, Shape.of(-1), kind, "");
    return List.of(a.apply(f.any(2)), a.apply(f.any(2), f.in(3)), use.of(a));
  }

  private static List<Object> sparse(
      FluentCalls f, Ops tf, Accumulator.Kind kind, Use<SparseAccumulator> use) {
    SparseAccumulator a =
        tf.sparseConditionalAccumulator(DataType.FLOAT32, Shape.of(5, 2), kind, "");
    return List.of(
        a.apply(f.ints(0, 3), f.any(2, 2)),
        a.apply(f.ints(3, 4), f.any(2, 2), new long[] {5, 2}, 0),
        use.of(a));
  }

  private static List<Tensor> all(SparseAccumulator.Taken t) {
    return List.of(t.indices(), t.values(), t.denseShape());
  }

  // ---- mutexes

  static FluentCalls held() {
    FluentCalls c = new FluentCalls().steps(3);
    c.add(
        "mutex",
        (f, tf) -> {
          Mutex m = tf.mutex();
          Variable v = tf.variable("counted", 1f);
          Tensor first = m.execute(() -> v.assignAdd(2f).mul(10));
          List<Tensor> second = m.execute(() -> List.of(v.assign(first.neg()).add(1)), first);
          return List.of(first.op(), second);
        });
    c.add("mutex", (f, tf) -> tf.mutex("shared").execute(() -> tf.noOp()));
    c.add(
        "mutex.execute",
        (f, tf) -> {
          Mutex m = tf.mutex();
          Tensor x = f.any(2);
          return m.execute(() -> x.mul(2), x);
        });
    c.add(
        "mutex.lock",
        (f, tf) -> {
          Mutex m = tf.mutex();
          Tensor lock = m.lock();
          Tensor x = after(tf, lock.op(), () -> f.any(2).neg());
          return List.of(after(tf, x.op(), () -> m.release(lock)), x);
        });
    c.add("mutex.release", (f, tf) -> null);
    return c;
  }

  // ---- barriers and staging areas

  static FluentCalls areas() {
    FluentCalls c = new FluentCalls();
    c.add("barrier", (f, tf) -> complete(f, tf, b -> all(b.takeMany(2))));
    c.add("barrier.insertMany", (f, tf) -> complete(f, tf, b -> all(b.takeMany(1))));
    c.add("barrier.takeMany", (f, tf) -> complete(f, tf, b -> all(b.takeMany(f.in(2), true))));
    c.add("barrier.readySize", (f, tf) -> complete(f, tf, b -> b.readySize()));
    c.add("barrier.incompleteSize", (f, tf) -> complete(f, tf, b -> b.incompleteSize()));
    c.add(
        "barrier.close",
        (f, tf) -> complete(f, tf, b -> after(tf, b.close(true), () -> all(b.takeMany(5, true)))));
    c.add("stagingArea", (f, tf) -> staged(f, tf, a -> a.get()));
    c.add(
        "stagingArea",
        (f, tf) -> {
          StagingArea a = tf.stagingArea(TYPES, List.of(), 3, 1000, "area");
          return List.of(a.put(List.of(f.any(3), 4)), a.get());
        });
    c.add("area.put", (f, tf) -> staged(f, tf, a -> a.get()));
    c.add("area.get", (f, tf) -> staged(f, tf, a -> a.get()));
    c.add("area.peek", (f, tf) -> staged(f, tf, a -> a.peek(f.in(1))));
    c.add("area.size", (f, tf) -> staged(f, tf, a -> a.size()));
    c.add("area.clear", (f, tf) -> staged(f, tf, a -> after(tf, a.clear(), a::size)));
    return c;
  }

  private static List<Object> complete(FluentCalls f, Ops tf, Use<Barrier> use) {
    Barrier b = tf.barrier(TYPES, SHAPES);
    Operation first = b.insertMany(0, new String[] {"p", "q", "r"}, f.any(3, 2));
    Operation second =
        after(tf, first, () -> b.insertMany(1, f.in(new String[] {"q", "p"}), f.ints(5, 6)));
    return List.of(first, second, use.of(b));
  }

  private static List<Tensor> all(Barrier.Taken t) {
    List<Tensor> r = new ArrayList<>(List.of(t.indices(), t.keys()));
    r.addAll(t.values());
    return r;
  }

  private static List<Object> staged(FluentCalls f, Ops tf, Use<StagingArea> use) {
    StagingArea a = tf.stagingArea(TYPES, SHAPES);
    Operation first = a.put(f.any(2), 3);
    Operation second = after(tf, first, () -> a.put(f.any(2), f.in(4)));
    return List.of(first, second, use.of(a));
  }
}
