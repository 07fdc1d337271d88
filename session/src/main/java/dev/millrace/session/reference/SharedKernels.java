package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.queue.Barrier;
import dev.millrace.session.queue.Mutex;
import dev.millrace.session.queue.StagingArea;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Wait;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Mutexes, tensors that a session keeps, staging areas and barriers. */
final class SharedKernels {
  private static final String TENSOR = "session tensor";

  private SharedKernels() {}

  static void register(ReferenceKernels k) {
    AccumulatorKernels.register(k);
    mutexes(k);
    k.add("GetSessionHandle", SharedKernels::keep);
    k.add("GetSessionHandleV2", SharedKernels::keep);
    k.add("GetSessionTensor", SharedKernels::kept);
    k.add("DeleteSessionTensor", SharedKernels::forget);
    staging(k);
    barriers(k);
  }

  // ---- mutexes

  private static void mutexes(ReferenceKernels k) {
    k.add("MutexV2", c -> Handles.make(c, "mutex", Mutex.class, () -> new Mutex(c.nodeName())));
    k.addWaiting(
        "MutexLock",
        (c, changed) ->
            Handles.get(c, 0, "mutex", Mutex.class)
                .lock(
                    held -> {
                      c.runState().add("mutex", held); // given back when the run ends, at last
                      c.output(
                          0,
                          TensorValue.wrap(DataType.VARIANT, Shape.scalar(), new Object[] {held}));
                    },
                    changed));
    QueueKernels.atOnce(
        k,
        "ConsumeMutexLock",
        c -> {
          Object held = Dims.requireScalar(c.input(0), "the lock").objects()[0];
          if (!(held instanceof Mutex.Held m)) {
            throw new InvalidArgumentException("input 0 is no lock of a mutex, but " + held);
          }
          m.giveBack();
        });
  }

  // ---- tensors that the session keeps

  private static void keep(KernelContext c) {
    SessionState s = c.state();
    long number = c.nodeState(AtomicLong.class, AtomicLong::new).getAndIncrement();
    String name = c.nodeName() + ";" + number + ";/job:localhost/replica:0/task:0/device:CPU:0";
    s.putShared(TENSOR, name, c.input(0));
    c.output(
        0,
        c.outputType(0) == DataType.STRING
            ? TensorValue.of(name)
            : TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {name}));
  }

  private static String handle(KernelContext c) {
    return Dims.requireScalar(c.input(0), "the handle").getString(0);
  }

  private static void kept(KernelContext c) {
    TensorValue v = c.state().findShared(TENSOR, "", handle(c), TensorValue.class);
    if (v.dtype() != c.outputType(0)) {
      throw new InvalidArgumentException(
          "the tensor '" + handle(c) + "' is " + v.dtype() + ", not " + c.outputType(0));
    }
    c.output(0, v);
  }

  private static void forget(KernelContext c) {
    if (!c.state().removeShared(TENSOR, handle(c))) {
      throw new NotFoundException("the session keeps no tensor '" + handle(c) + "'");
    }
  }

  // ---- staging areas

  private static StagingArea area(KernelContext c) {
    String shared = c.attrs().getString("shared_name");
    return c.state()
        .shared(
            "staging area",
            c.attrs().getString("container"),
            shared.isEmpty() ? c.nodeName() : shared,
            StagingArea.class,
            () ->
                new StagingArea(
                    shared.isEmpty() ? c.nodeName() : shared,
                    c.attrs().getInt("capacity"),
                    c.attrs().getInt("memory_limit")));
  }

  private static void staging(ReferenceKernels k) {
    k.addWaiting(
        "Stage",
        (c, changed) -> {
          TensorValue[] values = new TensorValue[c.inputCount()];
          for (int i = 0; i < values.length; i++) {
            values[i] = c.input(i);
          }
          return area(c).put(values, changed);
        });
    k.addWaiting("Unstage", (c, changed) -> area(c).get(outputs(c, 0), changed));
    k.addWaiting(
        "StagePeek",
        (c, changed) -> area(c).peek(Dims.scalar(c.input(0), "the index"), outputs(c, 0), changed));
    QueueKernels.atOnce(k, "StageSize", c -> c.output(0, TensorValue.of(area(c).size())));
    QueueKernels.atOnce(k, "StageClear", c -> area(c).clear());
  }

  private static Consumer<TensorValue[]> outputs(KernelContext c, int at) {
    return values -> {
      if (values.length != c.outputCount() - at) {
        throw new InvalidArgumentException(
            "an element has " + values.length + " parts, not " + (c.outputCount() - at));
      }
      for (int i = 0; i < values.length; i++) {
        if (values[i].dtype() != c.outputType(at + i)) {
          throw new InvalidArgumentException(
              "part "
                  + i
                  + " of an element is "
                  + values[i].dtype()
                  + ", not "
                  + c.outputType(at + i));
        }
        c.output(at + i, values[i]);
      }
    };
  }

  // ---- barriers

  private static Barrier barrier(KernelContext c) {
    return Handles.get(c, 0, "barrier", Barrier.class);
  }

  private static void barriers(ReferenceKernels k) {
    k.add(
        "Barrier",
        c ->
            Handles.make(
                c,
                "barrier",
                Barrier.class,
                () ->
                    new Barrier(
                        c.nodeName(),
                        c.attrs().getTypes("component_types"),
                        c.attrs().getShapes("shapes"))));
    QueueKernels.atOnce(
        k,
        "BarrierInsertMany",
        c -> barrier(c).insert(c.input(1), (int) c.attrs().getInt("component_index"), c.input(2)));
    k.addWaiting("BarrierTakeMany", SharedKernels::take);
    QueueKernels.atOnce(
        k, "BarrierClose", c -> barrier(c).close(c.attrs().getBool("cancel_pending_enqueues")));
    QueueKernels.atOnce(
        k, "BarrierReadySize", c -> c.output(0, TensorValue.of(barrier(c).readySize())));
    QueueKernels.atOnce(
        k, "BarrierIncompleteSize", c -> c.output(0, TensorValue.of(barrier(c).incompleteSize())));
  }

  private static Wait take(KernelContext c, Runnable changed) {
    return barrier(c)
        .take(
            Dims.scalar(c.input(1), "the number of elements"),
            c.attrs().getBool("allow_small_batch"),
            (indices, keys, values) -> {
              c.output(0, indices);
              c.output(1, keys);
              outputs(c, 2).accept(values);
            },
            changed);
  }
}
