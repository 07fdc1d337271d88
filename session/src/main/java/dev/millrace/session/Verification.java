package dev.millrace.session;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.Region;
import dev.millrace.session.plan.Compiler;
import dev.millrace.session.plan.ExecutablePlan;
import dev.millrace.session.plan.Feed;
import dev.millrace.session.plan.FetchSink;
import dev.millrace.session.plan.Signature;
import dev.millrace.session.state.RunControl;
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import dev.millrace.session.trace.RunTrace;
import java.util.List;

/**
 * Runs everything in both modes and compares fetches, variables and failures. The reference mode
 * has variables of its own, which are set to the plan's before each run, so that neither rounding
 * nor a run that failed halfway adds up. Random operations need seeds, or the two modes draw
 * different numbers.
 */
final class Verification {
  private static final double TOLERANCE_32 = 1e-4;
  private static final double TOLERANCE_64 = 1e-9;

  private final SessionState state;
  private final SessionState shadow = new SessionState();
  private final PlanCache reference;

  Verification(SessionState state, PlanResources resources, Compiler compiler, int maxPlans) {
    this.state = state;
    PlanResources own = new PlanResources(shadow, resources.pool(), resources.checkNumbers());
    reference = new PlanCache(maxPlans, s -> compiler.compileReference(s, own));
  }

  /**
   * Runs {@code plan} and compares it with the reference mode, failures too; one such run at a
   * time. Runs that may wait for others, on queues and the like, are not compared.
   */
  void run(
      ExecutablePlan plan,
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunControl control,
      RunTrace trace) {
    if (plan.mayWait()) {
      plan.run(feeds, sink, control, trace); // what it takes from others is there only once
    } else {
      runBoth(plan, signature, feeds, sink, control, trace);
    }
  }

  private synchronized void runBoth(
      ExecutablePlan plan,
      Signature signature,
      List<? extends Feed> feeds,
      FetchSink sink,
      RunControl control,
      RunTrace trace) {
    copyStateToShadow();
    TensorValue[] got = new TensorValue[signature.fetches().size()];
    TensorValue[] want = new TensorValue[signature.fetches().size()];
    MillraceException failure = attempt(() -> plan.run(feeds, collect(got), control, trace));
    MillraceException wanted =
        attempt(() -> reference.get(signature).run(feeds, collect(want), control, null));
    if ((failure == null) != (wanted == null)
        || (failure != null && failure.code() != wanted.code())) {
      throw new InternalException(
          "the plan " + outcome(failure) + ", the reference mode " + outcome(wanted),
          failure != null ? failure : wanted);
    }
    if (failure != null) {
      throw failure;
    }
    for (int k = 0; k < got.length; k++) {
      compare("'" + signature.fetches().get(k).name() + "'", got[k], want[k]);
    }
    for (Variable v : state.variables()) {
      Variable s = shadow(v);
      if (v.isInitialized() != s.isInitialized()) {
        throw new InternalException(v + " is initialized in only one of the modes");
      }
      if (v.isInitialized()) {
        compare(v.toString(), v.read(), s.read());
      }
    }
    for (int k = 0; k < got.length; k++) {
      sink.value(k, got[k]);
    }
  }

  private void copyStateToShadow() {
    for (Variable v : state.variables()) {
      if (v.isInitialized()) {
        shadow(v).assign(v.read());
      } else {
        shadow(v).destroy();
      }
    }
  }

  private Variable shadow(Variable v) {
    return v.isByReference()
        ? shadow.referenceVariable(v.container(), v.name(), v.dtype(), v.staticShape())
        : shadow.variable(v.container(), v.name(), v.dtype(), v.staticShape());
  }

  private static MillraceException attempt(Runnable run) {
    try {
      run.run();
      return null;
    } catch (MillraceException e) {
      return e;
    }
  }

  private static String outcome(MillraceException e) {
    return e == null ? "succeeds" : "fails with " + e.code();
  }

  private static FetchSink collect(TensorValue[] into) {
    return new FetchSink() {
      @Override
      public void dense(int k, DataType dtype, Shape shape, Region memory) {
        into[k] = HeapCopies.load(dtype, shape, memory);
      }

      @Override
      public void value(int k, TensorValue value) {
        into[k] = value;
      }
    };
  }

  private static void compare(String what, TensorValue got, TensorValue want) {
    if (got.dtype() != want.dtype() || !got.shape().equals(want.shape())) {
      throw new InternalException(
          "the plan gave "
              + got.dtype()
              + got.shape()
              + " for "
              + what
              + ", the reference mode "
              + want.dtype()
              + want.shape());
    }
    if (!got.dtype().isFloating()) {
      if (got.dtype() != DataType.RESOURCE
          && got.dtype() != DataType.VARIANT
          && !got.equals(want)) {
        throw new InternalException(
            "the plan gave " + got + " for " + what + ", the reference mode " + want);
      }
      return;
    }
    double t = got.dtype() == DataType.FLOAT64 ? TOLERANCE_64 : TOLERANCE_32;
    for (int i = 0; i < got.size(); i++) {
      double g = got.getDouble(i);
      double w = want.getDouble(i);
      boolean same =
          Double.compare(g, w) == 0
              || (Double.isFinite(w) && Math.abs(g - w) <= t * Math.abs(w) + t / 10);
      if (!same) {
        throw new InternalException(
            "the plan gave "
                + g
                + " for element "
                + i
                + " of "
                + what
                + ", the reference mode "
                + w);
      }
    }
  }

  void close() {
    reference.close();
    shadow.clear();
  }
}
