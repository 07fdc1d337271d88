package dev.millrace.session;

import dev.millrace.graph.MillraceException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.QueueRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the threads that fill queues. */
public final class QueueRunners {
  private static final Logger LOG = LoggerFactory.getLogger(QueueRunners.class);

  private QueueRunners() {}

  /**
   * Starts the threads of all runners in the collection QUEUE_RUNNERS of the session's graph:
   * start_queue_runners.
   *
   * @param coordinator stops the threads, which tell it of failures; null for none
   * @return the threads, daemons
   */
  public static List<Thread> start(Session session, Coordinator coordinator) {
    List<Thread> all = new ArrayList<>();
    for (QueueRunner r : Ops.of(session.graph()).queueRunners()) {
      all.addAll(start(session, r, coordinator));
    }
    return all;
  }

  /** Starts the threads of one runner. */
  public static List<Thread> start(Session session, QueueRunner runner, Coordinator coordinator) {
    List<Thread> threads = new ArrayList<>();
    AtomicInteger running = new AtomicInteger(runner.enqueueOps().size());
    for (var op : runner.enqueueOps()) {
      threads.add(
          thread(
              op.name(),
              () -> new Enqueuing(session, runner, coordinator, running).run(op.name())));
    }
    if (coordinator != null) {
      threads.add(thread(runner.cancelOp().name(), () -> cancel(session, runner, coordinator)));
      threads.forEach(coordinator::register);
    }
    threads.forEach(Thread::start);
    return threads;
  }

  private static Thread thread(String name, Runnable work) {
    Thread t = new Thread(work, "QueueRunner-" + name);
    t.setDaemon(true);
    return t;
  }

  /** Frees enqueues that wait, when the threads should stop. */
  private static void cancel(Session session, QueueRunner runner, Coordinator coordinator) {
    try {
      coordinator.waitForStop();
      session.run(runner.cancelOp());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (MillraceException e) {
      LOG.debug("queue '{}' was not cancelled: {}", runner.queue().name(), e.getMessage());
    }
  }

  /** What one thread does. */
  private record Enqueuing(
      Session session, QueueRunner runner, Coordinator coordinator, AtomicInteger running) {
    void run(String op) {
      MillraceException end = null;
      try {
        SessionCallable enqueue = session.callable().target(op).build();
        while (coordinator == null || !coordinator.shouldStop()) {
          enqueue.call();
        }
      } catch (MillraceException e) {
        end = e;
      } catch (RuntimeException e) {
        failed(e);
      }
      boolean last = running.decrementAndGet() == 0;
      if (end != null && !runner.endCodes().contains(end.code())) {
        failed(end);
      } else if (end != null && last) {
        close();
      }
    }

    /** The last thread that comes to the end of the input closes the queue. */
    private void close() {
      try {
        session.run(runner.closeOp());
      } catch (MillraceException e) {
        LOG.debug("queue '{}' was closed already: {}", runner.queue().name(), e.getMessage());
      }
    }

    private void failed(RuntimeException e) {
      if (session.isClosed()) {
        LOG.debug("the session is closed: a thread of queue '{}' ends", runner.queue().name());
        if (coordinator != null) {
          coordinator.requestStop();
        }
      } else if (coordinator == null) {
        LOG.error("a thread that fills queue '{}' ends", runner.queue().name(), e);
      } else {
        coordinator.requestStop(e);
      }
    }
  }
}
