package dev.millrace.session;

import dev.millrace.session.plan.ExecutablePlan;
import dev.millrace.session.plan.Signature;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The plans of a session by signature; the least recently used go first. Plans are made outside the
 * lock, and the first one made wins.
 */
final class PlanCache implements AutoCloseable {
  private final int max;
  private final Function<Signature, ExecutablePlan> compile;
  private final Map<Signature, ExecutablePlan> plans = new LinkedHashMap<>(16, 0.75f, true);

  private final Set<ExecutablePlan> pinned = Collections.newSetFromMap(new IdentityHashMap<>());

  PlanCache(int max, Function<Signature, ExecutablePlan> compile) {
    this.max = max;
    this.compile = compile;
  }

  /** A plan that stays until the session closes. */
  ExecutablePlan pin(Signature signature) {
    ExecutablePlan p = get(signature);
    synchronized (plans) {
      pinned.add(p);
    }
    return p;
  }

  ExecutablePlan get(Signature signature) {
    synchronized (plans) {
      ExecutablePlan p = plans.get(signature);
      if (p != null) {
        return p;
      }
    }
    ExecutablePlan made = compile.apply(signature);
    synchronized (plans) {
      ExecutablePlan first = plans.putIfAbsent(signature, made);
      if (plans.size() > max) {
        // The evicted plan may be running: its programs free themselves when they come back.
        Map.Entry<Signature, ExecutablePlan> eldest = plans.entrySet().iterator().next();
        plans.remove(eldest.getKey());
        if (!pinned.contains(eldest.getValue())) {
          eldest.getValue().close();
        }
      }
      return first != null ? first : made;
    }
  }

  @Override
  public void close() {
    synchronized (plans) {
      plans.values().forEach(ExecutablePlan::close);
      pinned.forEach(ExecutablePlan::close);
      plans.clear();
      pinned.clear();
    }
  }
}
