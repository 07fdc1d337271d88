package dev.millrace.cli.loops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.Graph;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.plan.Compiler;
import dev.millrace.session.plan.CompilerOptions;
import dev.millrace.session.plan.Plan;
import dev.millrace.session.plan.Signature;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans of random loops and choices give what the reference mode gives, which knows frames. */
class RandomLoopsTest {
  private static final int GRAPHS = Integer.getInteger("millrace.test.loops", 150);
  private static final double TOLERANCE = 1e-4;

  @Test
  void plansGiveWhatTheInterpreterGives() {
    long first = Long.getLong("millrace.test.seed", 1);
    for (long seed = first; seed < first + GRAPHS; seed++) {
      try {
        check(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static List<Output> numbered(Graph g, String prefix) {
    List<Output> all = new ArrayList<>();
    while (g.findOperation(prefix + all.size()) != null) {
      all.add(g.output(prefix + all.size() + ":0"));
    }
    return all;
  }

  private static void check(long seed) {
    Graph g = new Graph();
    g.importGraphDef(new RandomLoops(seed).graph().graphDef());
    List<Output> in = numbered(g, "in/");
    List<Output> out = numbered(g, "out/");
    CompilerOptions plain = new CompilerOptions(1, false, false, true);
    PlanResources none = new PlanResources(null, null, false);
    assertThat(new Compiler(plain).compile(new Signature(in, out, List.of()), none))
        .as("whether the graph is raised")
        .isInstanceOf(Plan.class);
    SessionOptions.Builder plan = SessionOptions.builder().verify(false).threads(1);
    try (Session want = new Session(g, SessionOptions.reference());
        Session got = new Session(g, plan.build());
        Session unsimplified = new Session(g, plan.simplify(false).build())) {
      List<Session> sessions = List.of(want, got, unsimplified);
      sessions.forEach(s -> s.run("init"));
      for (int repeat = 0; repeat < 3; repeat++) {
        Fetches expected = run(want, g, in, out);
        for (Session s : sessions.subList(1, 3)) {
          Fetches found = run(s, g, in, out);
          for (int k = 0; k < out.size(); k++) {
            compare(
                (s == got ? "" : "not simplified, ") + "run " + repeat + ", output " + k,
                found.value(k),
                expected.value(k));
          }
        }
        // One output alone needs less of the loops.
        int k = repeat % 4;
        TensorValue alone = one(want, g, in, out.get(k));
        for (Session s : sessions.subList(1, 3)) {
          compare("output " + k + " alone", one(s, g, in, out.get(k)), alone);
        }
      }
    }
  }

  private static Runner fed(Session s, Graph g, List<Output> in) {
    Runner r = s.runner();
    for (int i = 0; i < in.size(); i++) {
      r.feed(in.get(i), g.operation("feed/" + i).attrs().getTensor("value"));
    }
    return r;
  }

  private static Fetches run(Session s, Graph g, List<Output> in, List<Output> out) {
    return fed(s, g, in).fetch(out);
  }

  private static TensorValue one(Session s, Graph g, List<Output> in, Output out) {
    return fed(s, g, in).fetchValue(out);
  }

  private static void compare(String what, TensorValue got, TensorValue want) {
    assertThat(got.shape()).as(what).isEqualTo(want.shape());
    for (int i = 0; i < want.size(); i++) {
      double difference = Math.abs(got.getDouble(i) - want.getDouble(i));
      if (!(difference <= TOLERANCE * Math.abs(want.getDouble(i)) + TOLERANCE / 10)) {
        throw new AssertionError(
            what + ": element " + i + " is " + got.getDouble(i) + ", not " + want.getDouble(i));
      }
    }
  }
}
