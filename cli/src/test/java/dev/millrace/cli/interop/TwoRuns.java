package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A graph whose tensors are asked for twice, with some runs of a step in between, in the form that
 * {@link TensorFlowJudge} runs: {@code before/k}, {@code step}, {@code out/k}. The two are
 * different fetches, and so are different plans.
 */
final class TwoRuns {
  private static final int STEPS = 2;

  private final Ops tf = Ops.of(new Graph());
  private final List<String> names = new ArrayList<>();
  private final List<DataType> dtypes = new ArrayList<>();
  private final List<Operation> steps = new ArrayList<>();
  private final List<Operation> inits = new ArrayList<>();

  Ops tf() {
    return tf;
  }

  /** Asks for {@code x}, which every step runs as well. */
  void add(String name, Operand x) {
    step(x.asOutput().op());
    show(name, x);
  }

  /** Asks for {@code x}. */
  void show(String name, Operand x) {
    Tensor t = readable(tf.tensor(x));
    int k = names.size();
    names.add(name);
    dtypes.add(x.asOutput().dtype());
    tf.identity(t).as("before/" + k);
    tf.identity(t).as("out/" + k);
  }

  /** Every step runs {@code op}. */
  void step(Operation op) {
    steps.add(op);
  }

  /** {@code op} is run once, first. */
  void init(Operation op) {
    inits.add(op);
  }

  /** TensorFlow's Java results have no 16-bit types. */
  private static Tensor readable(Tensor t) {
    DataType d = t.dtype();
    return d == DataType.FLOAT16 || d == DataType.BFLOAT16 ? t.cast(DataType.FLOAT32) : t;
  }

  /** What was asked for, first all of the first run, then all of the last. */
  List<String> names() {
    List<String> all = new ArrayList<>();
    names.forEach(n -> all.add(n + ", first run"));
    names.forEach(n -> all.add(n + ", last run"));
    return all;
  }

  /** The dtype, before any cast, of number {@code i} of {@link #names}. */
  DataType dtype(int i) {
    return dtypes.get(i % dtypes.size());
  }

  /** The finished graph. */
  GraphDef graph() {
    tf.group("step", steps.toArray());
    tf.constant("step_count", STEPS);
    if (!inits.isEmpty()) {
      tf.group("init", inits.toArray());
    }
    return tf.graph().toGraphDef();
  }

  /** What this gives here, in the order of {@link #names}; {@link #graph} comes first. */
  List<TensorValue> run(SessionOptions options) {
    List<TensorValue> results = new ArrayList<>();
    try (Session s = new Session(tf.graph(), options)) {
      if (!inits.isEmpty()) {
        s.run("init");
      }
      results.addAll(fetch(s, "before/"));
      for (int i = 0; i < STEPS; i++) {
        s.run("step");
      }
      results.addAll(fetch(s, "out/"));
    }
    return results;
  }

  private List<TensorValue> fetch(Session s, String prefix) {
    List<Tensor> all = new ArrayList<>();
    for (int k = 0; k < names.size(); k++) {
      all.add(tf.tensor(tf.graph().operation(prefix + k).output(0)));
    }
    List<TensorValue> values = new ArrayList<>();
    var fetched = s.runner().fetch(all);
    for (int k = 0; k < all.size(); k++) {
      values.add(fetched.value(k));
    }
    return values;
  }

  /**
   * That the cases give here, in both modes, what they give on TensorFlow. What the name of a
   * tensor calls normal, truncated or expected depends on the logarithm, sine and cosine of the
   * machine's C library, which do not round correctly in one of a hundred cases; all else must be
   * equal.
   */
  static void compare(Map<String, TwoRuns> cases, Path work) throws Exception {
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    cases.forEach((name, c) -> graphs.put(name, c.graph()));
    Map<String, List<TensorValue>> wants = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, TwoRuns> c : cases.entrySet()) {
      for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
        Ulps all = c.getValue().compare(wants.get(c.getKey()), o);
        System.out.printf("%s, %s: beside TensorFlow's, %s%n", c.getKey(), o.mode(), all);
      }
    }
  }

  private Ulps compare(List<TensorValue> want, SessionOptions options) {
    List<TensorValue> got = run(options);
    Ulps all = new Ulps(0, 0, 0, 0);
    for (int k = 0; k < want.size(); k++) {
      String what = names().get(k);
      if (what.contains("orthogonal")) {
        assertClose(what, got.get(k), want.get(k));
        continue;
      }
      Ulps d = Ulps.between(got.get(k), want.get(k), dtype(k));
      // Doubles, and what is made by more functions, differ as the machine's functions do.
      boolean exact =
          dtype(k) == DataType.FLOAT64
              ? Stream.of("normal", "truncated").noneMatch(what::contains)
              : Stream.of("gamma", "expected").noneMatch(what::contains);
      assertThat(d.worst()).as("%s, %s", what, d).isLessThanOrEqualTo(exact ? 0 : 4);
      all = all.and(d);
    }
    assertThat(all.beyondTwo()).as("%s", all).isLessThanOrEqualTo(all.elements() / 10_000);
    return all;
  }

  /** Decompositions are exact up to their own rounding only: here the formula of the fixtures. */
  private static void assertClose(String what, TensorValue got, TensorValue want) {
    assertThat(got.shape()).as(what).isEqualTo(want.shape());
    double t = want.dtype() == DataType.FLOAT64 ? 1e-12 : 1e-5;
    for (int i = 0; i < want.size(); i++) {
      double w = want.getDouble(i);
      assertThat(got.getDouble(i)).as(what).isCloseTo(w, within(t * Math.abs(w) + t / 10));
    }
  }
}
