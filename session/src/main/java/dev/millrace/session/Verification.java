package dev.millrace.session;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.Output;
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
import dev.millrace.session.state.SessionState;
import dev.millrace.session.state.Variable;
import java.util.List;

/**
 * Runs everything in both modes and compares fetches and variables. The reference mode has
 * variables of its own, which are set to the plan's after each run, so that rounding does not add
 * up. Random operations need seeds, or the two modes draw different numbers.
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

  /** Runs {@code plan} and compares it with the reference mode. One run at a time. */
  synchronized void run(
      ExecutablePlan plan, Signature signature, List<? extends Feed> feeds, FetchSink sink) {
    TensorValue[] got = new TensorValue[signature.fetches().size()];
    TensorValue[] want = new TensorValue[signature.fetches().size()];
    plan.run(feeds, collect(got));
    reference.get(signature).run(feeds, collect(want));
    for (int k = 0; k < got.length; k++) {
      Output f = signature.fetches().get(k);
      compare("'" + f.name() + "'", got[k], want[k]);
    }
    for (Variable v : state.variables()) {
      Variable s = shadow.variable(v.container(), v.name(), v.dtype(), v.staticShape());
      if (v.isInitialized()) {
        TensorValue value = v.read();
        if (s.isInitialized()) {
          compare(v.toString(), value, s.read());
        }
        s.assign(value);
      }
    }
    for (int k = 0; k < got.length; k++) {
      sink.value(k, got[k]);
    }
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
      boolean same = Double.compare(g, w) == 0 || Math.abs(g - w) <= t * Math.abs(w) + t / 10;
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
