package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Plans against the reference mode on random graphs: element-wise arithmetic, products, reductions,
 * rearrangements, tensors whose shapes depend on values, variables read and written in many places,
 * and control dependencies at random. Run with several batch sizes and sets of fetches, targets and
 * fed tensors, each several times.
 */
class RandomGraphTest {
  private static final int GRAPHS = Integer.getInteger("millrace.test.graphs", 150);
  private static final int COLUMNS = 4;

  /** One random graph. Matrices are of shape [?, 4] unless they are said to be small: [4, 4]. */
  private static final class Model {
    final Random random;
    final RawGraph g = new RawGraph();
    final Output x = g.placeholder(-1, COLUMNS);
    final Output y = g.placeholder(-1, COLUMNS);
    final List<Output> rows = new ArrayList<>(List.of(x, y)); // [batch, 4]
    final List<Output> small = new ArrayList<>(); // [4, 4]
    final List<Output> others = new ArrayList<>(); // fetched only
    final List<Output> handles = new ArrayList<>();
    final List<Operation> inits = new ArrayList<>();
    final List<Output> finalReads = new ArrayList<>();
    final List<Operation> writes = new ArrayList<>();

    Model(long seed) {
      random = new Random(seed);
      small.add(g.constant(matrix(COLUMNS)));
      small.add(g.constant(matrix(COLUMNS)));
      for (int i = 0; i < 3; i++) {
        Output v = g.variable("v" + i, Shape.of(COLUMNS, COLUMNS));
        handles.add(v);
        inits.add(g.assign(v, g.constant(matrix(COLUMNS))));
      }
      int n = 10 + random.nextInt(40);
      for (int i = 0; i < n; i++) {
        add();
      }
      for (Output v : handles) {
        finalReads.add(g.read(v));
      }
    }

    TensorValue matrix(int rows) {
      float[] f = new float[rows * COLUMNS];
      for (int i = 0; i < f.length; i++) {
        f[i] = random.nextInt(9) / 4f - 1;
      }
      return TensorValue.wrap(DataType.FLOAT32, Shape.of(rows, COLUMNS), f);
    }

    <T> T any(List<T> list) {
      // Mostly recent ones, so that graphs become deep.
      int back = Math.min(random.nextInt(list.size()), random.nextInt(list.size()));
      return list.get(list.size() - 1 - back);
    }

    List<Operation> controls() {
      List<Operation> c = new ArrayList<>();
      if (random.nextInt(5) == 0) {
        c.add(random.nextBoolean() && !writes.isEmpty() ? any(writes) : any(rows).op());
      }
      if (random.nextInt(12) == 0) {
        c.add(any(small).op());
      }
      c.removeIf(o -> o.type().equals("Placeholder"));
      return c;
    }

    Output node(String type, Output... in) {
      return g.after(controls(), type, in);
    }

    private Output bounded(Output o) {
      return node("Tanh", o); // so that numbers do not grow
    }

    void add() {
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> rows.add(node(binary(), any(rows), any(rows)));
        case 3 -> rows.add(node(unary(), any(rows)));
        case 4 -> small.add(node(unary(), any(small)));
        case 5 -> small.add(bounded(node(binary(), any(small), any(small))));
        case 6 -> rows.add(bounded(node("MatMul", any(rows), any(small))));
        case 7 ->
            small.add(
                bounded(
                    g.graph
                        .opBuilder("MatMul", null)
                        .input(any(rows))
                        .input(any(rows))
                        .attr("transpose_a", true)
                        .build()
                        .output(0)));
        case 8 -> rows.add(node(binary(), any(rows), reduced(any(small), 0)));
        case 9 ->
            rows.add(
                node(binary(), any(rows), g.op("ExpandDims", reduced(any(rows), 1), scalar(1))));
        case 10 -> rows.add(reshaped(any(rows)));
        case 11 -> small.add(node("Transpose", any(small), g.ints(1, 0)));
        case 12 -> rows.add(joined());
        case 13 -> small.add(read());
        case 14, 15 -> write();
        case 16 -> rows.add(identity(any(rows)));
        case 17 -> dynamic();
        case 18 -> shapes();
        default -> small.add(identity(any(small)));
      }
    }

    private String binary() {
      return new String[] {"Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum"}[random.nextInt(6)];
    }

    private String unary() {
      return new String[] {"Neg", "Tanh", "Abs", "Relu", "Sigmoid"}[random.nextInt(5)];
    }

    private Output scalar(int i) {
      return g.constant(TensorValue.of(i));
    }

    private Output reduced(Output m, int axis) {
      return node(random.nextBoolean() ? "Mean" : "Max", m, scalar(axis));
    }

    private Output reshaped(Output m) {
      Output flat = node("Reshape", m, g.ints(-1));
      others.add(flat);
      Output back = random.nextBoolean() ? g.op("Shape", m) : g.ints(-1, COLUMNS);
      Output r = node("Reshape", random.nextBoolean() ? node("Neg", flat) : flat, back);
      r.setShape(Shape.of(-1, COLUMNS));
      return r;
    }

    /** The halves of the columns of two matrices, side by side. */
    private Output joined() {
      Output left = node("Slice", any(rows), g.ints(0, 0), g.ints(-1, 2));
      Output right = node("Slice", any(rows), g.ints(0, 2), g.ints(-1, 2));
      return g.graph
          .opBuilder("ConcatV2", null)
          .inputList(List.of(left, right))
          .input(scalar(1))
          .controlInputs(controls())
          .build()
          .output(0);
    }

    private Output identity(Output m) {
      return switch (random.nextInt(5)) {
        case 0 -> node("StopGradient", m);
        case 1 -> node("Mul", m, g.constant(TensorValue.of(1f)));
        case 2 -> node("Neg", node("Neg", m));
        default -> node("Identity", m);
      };
    }

    private Output read() {
      return g.read(any(handles), controls().toArray(Operation[]::new));
    }

    private void write() {
      String type =
          new String[] {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"}
              [random.nextInt(3)];
      Output value = bounded(any(small));
      if (random.nextInt(3) == 0) {
        value = read(); // straight from variable to variable
      }
      if (random.nextInt(4) == 0) {
        value = node("Reshape", node("Reshape", value, g.ints(-1)), g.ints(COLUMNS, COLUMNS));
      }
      writes.add(g.write(type, any(handles), value, controls().toArray(Operation[]::new)));
    }

    /** A matrix of the rows that some vector selects: its number is known only in the run. */
    private void dynamic() {
      // No number that inputs and roundings come close to.
      Output positive =
          node("Greater", g.op("Max", any(rows), scalar(1)), g.constant(TensorValue.of(0.2173f)));
      Output which = node("Reshape", node("Where", positive), g.ints(-1));
      Output picked = node("Gather", any(rows), which);
      others.add(picked);
      others.add(node("Neg", which));
      Output size = node("Size", which);
      others.add(size);
      // Back to a row that broadcasts; a sum of no rows is zero.
      Output sum = node("Tanh", node("Sum", picked, scalar(0)));
      rows.add(node("Add", any(rows), sum));
      if (random.nextBoolean()) {
        Output count = node("Range", scalar(0), size, scalar(1));
        others.add(node("Mul", count, count));
      }
      if (random.nextBoolean()) {
        Output filled =
            node("Fill", node("ExpandDims", size, scalar(0)), g.constant(TensorValue.of(2f)));
        others.add(filled);
      }
    }

    private void shapes() {
      Output s = node("Shape", any(rows));
      others.add(s);
      Output n = node("Size", any(rows));
      Output f =
          g.graph.opBuilder("Cast", null).input(n).attr("DstT", DataType.FLOAT32).build().output(0);
      rows.add(bounded(node("Add", any(rows), f)));
      others.add(node("Fill", s, g.constant(TensorValue.of(1f))));
    }
  }

  private record Call(
      List<Output> feeds, List<Output> fetches, List<Operation> targets, int batch) {}

  private static Call call(Model m) {
    List<Output> feeds = new ArrayList<>(List.of(m.x, m.y));
    for (int i = m.random.nextInt(3); i > 0; i--) {
      Output o = m.any(m.random.nextBoolean() ? m.rows : m.small);
      if (!feeds.contains(o)) {
        feeds.add(o);
      }
    }
    List<Output> fetches = new ArrayList<>();
    for (int i = m.random.nextInt(5); i >= 0; i--) {
      List<Output> from =
          switch (m.random.nextInt(4)) {
            case 0 -> m.small;
            case 1 -> m.others.isEmpty() ? m.rows : m.others;
            default -> m.rows;
          };
      fetches.add(m.any(from));
    }
    List<Operation> targets = new ArrayList<>();
    for (int i = m.random.nextInt(4); i > 0 && !m.writes.isEmpty(); i--) {
      targets.add(m.any(m.writes));
    }
    // Now and then large enough to be split over threads.
    int batch = m.random.nextInt(20) == 0 ? 5000 : 1 + m.random.nextInt(6);
    return new Call(feeds, fetches, targets, batch);
  }

  private static Object run(Session s, Call c, Map<Output, TensorValue> values) {
    Runner r = s.runner();
    for (Output f : c.feeds) {
      r.feed(f, values.get(f));
    }
    c.targets.forEach(r::target);
    try {
      return r.fetch(c.fetches);
    } catch (dev.millrace.graph.MillraceException e) {
      return e;
    }
  }

  @Test
  void plansGiveWhatTheReferenceModeGives() {
    long first = Long.getLong("millrace.test.seed", 1);
    for (long seed = first; seed < first + GRAPHS; seed++) {
      try {
        check(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void check(long seed) {
    Model m = new Model(seed);
    SessionOptions.Builder plan = SessionOptions.builder().verify(false).threads(2);
    try (Session want = new Session(m.g.graph, SessionOptions.reference());
        Session got = new Session(m.g.graph, plan.build());
        Session plain = new Session(m.g.graph, plan.simplify(false).build())) {
      List<Session> sessions = List.of(want, got, plain);
      sessions.forEach(s -> s.run(m.inits.toArray()));
      double tolerance = 1e-3; // variables add up what rounding makes of each run
      for (int k = 0; k < 6; k++) {
        Call c = call(m);
        if (c.batch > 6) {
          tolerance = 1e-2; // sums over thousands of rows, in another order; variables keep them
        }
        for (int repeat = 0; repeat < 2; repeat++) {
          Map<Output, TensorValue> values = new LinkedHashMap<>();
          for (Output f : c.feeds) {
            values.put(f, m.matrix(m.small.contains(f) ? COLUMNS : c.batch));
          }
          Object expected = run(want, c, values);
          for (Session s : sessions.subList(1, 3)) {
            String what =
                "call " + k + "." + repeat + (s == got ? "" : ", not simplified") + " " + c;
            compare(what, run(s, c, values), expected, tolerance);
            for (Output v : m.finalReads) {
              compare(what + ", then " + v, s.fetchValue(v), want.fetchValue(v), tolerance);
            }
          }
        }
      }
    }
  }

  private static void compare(String what, Object got, Object want, double tolerance) {
    if (want instanceof Fetches w && got instanceof Fetches g) {
      for (int i = 0; i < w.size(); i++) {
        compare("fetch " + i + " of " + what, g.value(i), w.value(i), tolerance);
      }
    } else if (want instanceof RuntimeException e) {
      throw new AssertionError(what, e);
    } else if (got instanceof RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private static void compare(String what, TensorValue got, TensorValue want, double tolerance) {
    assertThat(got.dtype()).as(what).isEqualTo(want.dtype());
    assertThat(got.shape()).as(what).isEqualTo(want.shape());
    if (!want.dtype().isFloating()) {
      assertThat(got).as(what).isEqualTo(want);
      return;
    }
    for (int i = 0; i < want.size(); i++) {
      double w = want.getDouble(i);
      double g = got.getDouble(i);
      if (!(Double.compare(w, g) == 0
          || Math.abs(w - g) <= tolerance * Math.abs(w) + tolerance / 10)) {
        throw new AssertionError(what + ": element " + i + " is " + g + ", not " + w);
      }
    }
  }
}
