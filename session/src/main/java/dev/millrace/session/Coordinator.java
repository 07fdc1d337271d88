package dev.millrace.session;

import dev.millrace.graph.DeadlineExceededException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.StatusCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets several threads stop together: any of them may ask for it, all look whether they should, and
 * whoever joins them gets the failure of the one that asked because of one.
 *
 * <pre>{@code
 * Coordinator coord = new Coordinator();
 * List<Thread> threads = QueueRunners.start(session, coord);
 * try {
 *   while (!coord.shouldStop()) {
 *     session.run(train);
 *   }
 * } catch (OutOfRangeException e) {
 *   // the epochs are over
 * } finally {
 *   coord.requestStop();
 * }
 * coord.join(threads);
 * }</pre>
 *
 * <p>An {@link OutOfRangeException} is no failure: it says that the input has ended. Safe for
 * concurrent use.
 */
public final class Coordinator {
  private static final Duration GRACE = Duration.ofMinutes(2);

  private final List<Thread> registered = new ArrayList<>();
  private boolean stop;
  private Throwable failure;

  /** Asks all threads to stop. */
  public void requestStop() {
    requestStop(null);
  }

  /**
   * Asks all threads to stop because of a failure, which {@link #join} throws; the first one
   * counts.
   *
   * @param why null for none
   */
  public synchronized void requestStop(Throwable why) {
    if (!stop) {
      stop = true;
      failure = why instanceof OutOfRangeException ? null : why;
      notifyAll();
    }
  }

  /** Whether the threads should stop. */
  public synchronized boolean shouldStop() {
    return stop;
  }

  /** Waits until the threads should stop, or so long; whether they should. */
  public synchronized boolean waitForStop(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); !stop && left > 0; left = end - System.nanoTime()) {
      wait(Math.max(1, left / 1_000_000));
    }
    return stop;
  }

  /** Waits until the threads should stop. */
  public synchronized void waitForStop() throws InterruptedException {
    while (!stop) {
      wait();
    }
  }

  /** Begins anew after a stop. */
  public synchronized void clearStop() {
    stop = false;
    failure = null;
  }

  /** Adds a thread that {@link #join} waits for. */
  public synchronized void register(Thread t) {
    registered.add(t);
  }

  /** Throws the failure because of which the threads were asked to stop, if there was one. */
  public void raiseFailure() {
    Throwable f;
    synchronized (this) {
      f = failure;
    }
    if (f instanceof RuntimeException e) {
      throw e;
    } else if (f instanceof Error e) {
      throw e;
    } else if (f != null) {
      throw MillraceException.of(StatusCode.UNKNOWN, "a thread failed: " + f, f);
    }
  }

  /** Joins the registered threads. */
  public void join() throws InterruptedException {
    join(List.of());
  }

  /** As {@link #join(List, Duration)}, with two minutes of grace. */
  public void join(List<Thread> threads) throws InterruptedException {
    join(threads, GRACE);
  }

  /**
   * Waits until these threads and the registered ones have ended, or a stop is asked for and so
   * long has passed since.
   *
   * @throws DeadlineExceededException if threads go on after the time of grace
   * @throws RuntimeException the failure with which a stop was asked for
   */
  public void join(List<Thread> threads, Duration grace) throws InterruptedException {
    List<Thread> all = new ArrayList<>(threads);
    synchronized (this) {
      registered.stream().filter(t -> !all.contains(t)).forEach(all::add);
      registered.clear();
    }
    Duration look = Duration.ofMillis(20);
    while (all.stream().anyMatch(Thread::isAlive) && !waitForStop(look)) {
      // They run until someone asks them to stop.
    }
    long end = System.nanoTime() + grace.toNanos();
    for (Thread t : all) {
      long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
      t.join(left);
    }
    List<String> alive = all.stream().filter(Thread::isAlive).map(Thread::getName).toList();
    raiseFailure();
    if (!alive.isEmpty()) {
      throw new DeadlineExceededException("the coordinator stopped, but threads go on: " + alive);
    }
  }
}
