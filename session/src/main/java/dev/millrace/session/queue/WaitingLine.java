package dev.millrace.session.queue;

import dev.millrace.graph.MillraceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A place where attempts stand in two lines, those that give and those that take; each line goes on
 * from its head, so that nobody is overtaken.
 */
abstract class WaitingLine {
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Attempt> giving = new ArrayDeque<>();
  private final ArrayDeque<Attempt> taking = new ArrayDeque<>();

  /** Does something under the lock. */
  final void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Puts an attempt into a line, and lets all go on that can. */
  final void enter(Attempt a, boolean gives) {
    locked(() -> (gives ? giving : taking).add(a));
    flush();
  }

  /** Whether some attempt waits to give something. */
  final boolean isSomeoneGiving() {
    return !giving.isEmpty();
  }

  /** Cancels all that wait to give something; under the lock. */
  final List<Runnable> cancelGiving() {
    List<Runnable> answers = new ArrayList<>();
    for (Attempt a : giving) {
      a.fail(a.cancelled());
      answers.add(a.end());
    }
    giving.clear();
    return answers;
  }

  /** Lets the attempts at the heads of the lines go on until nothing changes. */
  final void flush() {
    List<Runnable> answers = new ArrayList<>();
    locked(
        () -> {
          boolean changed = true;
          while (changed) {
            changed = advance(giving, answers);
            changed |= advance(taking, answers);
          }
        });
    answers.forEach(Runnable::run);
  }

  private static boolean advance(ArrayDeque<Attempt> line, List<Runnable> answers) {
    boolean progress = false;
    while (!line.isEmpty()) {
      Attempt a = line.peek();
      Attempt.Result r;
      try {
        r = a.run();
      } catch (MillraceException e) {
        a.fail(e);
        r = Attempt.Result.ALL;
      }
      progress |= r != Attempt.Result.NOTHING;
      if (r != Attempt.Result.ALL) {
        break;
      }
      line.poll();
      answers.add(a.end());
    }
    return progress;
  }

  final void giveUp(Attempt a) {
    locked(
        () -> {
          if (!a.isOver()) {
            a.giveBack();
            giving.remove(a);
            taking.remove(a);
            a.fail(a.cancelled());
            a.end(); // whoever cancels knows
          }
        });
    flush(); // others may have waited behind it
  }
}
