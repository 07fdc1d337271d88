package dev.millrace.cli.loops;

import dev.millrace.cli.loops.LoopGraph.Choice;
import dev.millrace.cli.loops.LoopGraph.Loop;
import dev.millrace.graph.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A random graph of loops and choices in each other, on vectors of three floats, which read and
 * write variables. The branches and bodies see what is around them as in graphs that Python writes:
 * through switches and invariants.
 */
final class RandomLoops {
  private static final int SIZE = 3;
  private static final int DEEPEST = 3;

  private final Random random;
  private final boolean smooth;
  private final LoopGraph g = new LoopGraph();
  private final List<String> handles = new ArrayList<>();
  private int loops;

  RandomLoops(long seed) {
    this(seed, false);
  }

  /**
   * @param smooth whether the graph is of float64, without corners and without effects, so that its
   *     derivatives can be measured
   */
  RandomLoops(long seed, boolean smooth) {
    this.smooth = smooth;
    random = new Random(seed);
    for (int i = 0; i < 2; i++) {
      handles.add(g.variable("v" + i, vector()));
    }
    Context root = new Context(null, 0);
    for (int i = 0; i < 3; i++) {
      root.values.add(g.input(vector()));
    }
    root.fill(4 + random.nextInt(5));
    String[] after = root.effects.toArray(String[]::new);
    for (int i = 0; i < 4; i++) {
      g.output(root.any(), after);
    }
    for (String h : handles) {
      g.output(g.read(h, dtype(), after));
    }
  }

  LoopGraph graph() {
    return g;
  }

  private Object vector() {
    float[] v = new float[SIZE];
    double[] wide = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      v[i] = random.nextInt(9) / 4f - 1;
      wide[i] = v[i];
    }
    return smooth ? wide : v;
  }

  private Object number(float x) {
    return smooth ? (Object) (double) x : (Object) x;
  }

  private DataType dtype() {
    return smooth ? DataType.FLOAT64 : DataType.FLOAT32;
  }

  /** Where nodes are made: the graph, a branch, a loop's body. */
  private class Context {
    private final Context outer;
    private final int depth;
    private final List<String> values = new ArrayList<>();
    private final List<String> effects = new ArrayList<>(); // control inputs
    private final List<String> predicates = new ArrayList<>();
    private final Map<String, String> captured = new HashMap<>();

    Context(Context outer, int depth) {
      this.outer = outer;
      this.depth = depth;
    }

    /** What a value of the context around is here. */
    String enter(String x) {
      throw new IllegalStateException("nothing is around the graph: " + x);
    }

    /** What constants wait for. */
    String[] pivot() {
      return new String[0];
    }

    private String capture(String x) {
      return captured.computeIfAbsent(x, this::enter);
    }

    /** Some value, of here or of the contexts around. */
    String any() {
      if (outer != null && (values.isEmpty() || random.nextInt(4) == 0)) {
        return capture(outer.any());
      }
      return values.get(values.size() - 1 - random.nextInt(Math.min(values.size(), 4)));
    }

    String handle(int i) {
      return outer == null ? handles.get(i) : capture(outer.handle(i));
    }

    String constant(Object x) {
      return g.constant(x, pivot());
    }

    void fill(int steps) {
      for (int i = 0; i < steps; i++) {
        int kind = random.nextInt(12);
        if (kind < 3) {
          String type = new String[] {"Add", "Mul", "Sub", "Maximum"}[random.nextInt(4)];
          type = smooth && type.equals("Maximum") ? "Mul" : type;
          values.add(g.op("Tanh", g.op(type, any(), any())));
        } else if (kind < 4) {
          values.add(g.op("Neg", any()));
        } else if (kind < 5) {
          values.add(g.op("Add", any(), constant(vector())));
        } else if (kind < 6) {
          values.add(g.read(handle(random.nextInt(2)), dtype(), pivot()));
        } else if (kind < 7) {
          if (!smooth) {
            write();
          }
        } else if (depth < DEEPEST && kind < 9) {
          choose();
        } else if (depth < DEEPEST) {
          repeat();
        }
      }
    }

    private void write() {
      String type =
          new String[] {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"}
              [random.nextInt(3)];
      // What has effects waits for the pivot: what invariants alone decide would also run where
      // the loop ends.
      List<String> in = new ArrayList<>(List.of(any()));
      in.addAll(List.of(pivot()));
      String value = g.op("Tanh", in.toArray(String[]::new));
      effects.add(
          "^"
              + g.op(
                  type,
                  "dtype",
                  LoopGraph.attr(DataType.FLOAT32),
                  handle(random.nextInt(2)),
                  value));
    }

    private String predicate() {
      if (!predicates.isEmpty() && random.nextInt(3) == 0) {
        return predicates.get(random.nextInt(predicates.size()));
      }
      String sum = g.op("Sum", any(), constant(0));
      // No number that inputs and roundings come close to.
      String p = g.op("Less", sum, constant(number(random.nextInt(5) / 4f - 0.3718f)));
      predicates.add(p);
      return p;
    }

    private void choose() {
      Choice c = g.choice(predicate());
      Context yes = new Branch(this, c, true);
      Context no = new Branch(this, c, false);
      yes.fill(1 + random.nextInt(4));
      no.fill(random.nextInt(4));
      int results = 1 + random.nextInt(2);
      for (int i = 0; i < results; i++) {
        values.add(c.result(yes.result(), no.result()));
      }
      if (random.nextBoolean()) {
        // What one branch made, used by a later branch of the same choice.
        String later = g.op("Switch", any(), c.predicate());
        String made = g.op("Mul", later + ":1", yes.result());
        values.add(g.merge(later, made));
      }
      String last = values.get(values.size() - 1);
      effects.add("^" + last);
    }

    /** A value that is there once all effects have happened. */
    private String result() {
      List<String> in = new ArrayList<>(List.of(any()));
      in.addAll(effects);
      return g.op("Identity", in.toArray(String[]::new));
    }

    private void repeat() {
      int n = 1 + random.nextInt(3);
      String[] initial = new String[n + 1];
      initial[0] = constant(0);
      for (int i = 1; i <= n; i++) {
        initial[i] = any();
      }
      Loop l = g.loop("loop" + loops++, initial);
      int limit = random.nextInt(4);
      String goesOn = g.op("Less", l.value(0), g.constant(limit, l.conditionPivot()));
      if (random.nextBoolean()) {
        String sum = g.op("Sum", l.value(1), g.constant(0, l.conditionPivot()));
        String small = g.op("Less", sum, g.constant(number(1.7718f), l.conditionPivot()));
        goesOn = g.op("LogicalAnd", goesOn, small);
      }
      l.condition(goesOn);
      Context body = new LoopBody(this, l);
      for (int i = 1; i <= n; i++) {
        body.values.add(l.body(i));
      }
      body.fill(1 + random.nextInt(4));
      l.count(0, 1, body.effects.toArray(String[]::new));
      for (int i = 1; i <= n; i++) {
        boolean swap = random.nextInt(5) == 0;
        l.next(i, swap ? l.body(1 + i % n) : g.op("Identity", body.any(), l.pivot()));
      }
      int used = 1 + random.nextInt(n);
      for (int i = 1; i <= used; i++) {
        values.add(l.exit(i));
      }
      effects.add("^" + l.exit(0));
    }
  }

  private final class Branch extends Context {
    private final Choice choice;
    private final boolean side;

    Branch(Context outer, Choice choice, boolean side) {
      super(outer, outer.depth + 1);
      this.choice = choice;
      this.side = side;
    }

    @Override
    String enter(String x) {
      return side ? choice.yes(x) : choice.no(x);
    }

    @Override
    String[] pivot() {
      return new String[] {choice.pivot(side)};
    }
  }

  private final class LoopBody extends Context {
    private final Loop loop;

    LoopBody(Context outer, Loop loop) {
      super(outer, outer.depth + 1);
      this.loop = loop;
    }

    @Override
    String enter(String x) {
      return loop.invariant(x);
    }

    @Override
    String[] pivot() {
      return new String[] {loop.pivot()};
    }
  }
}
