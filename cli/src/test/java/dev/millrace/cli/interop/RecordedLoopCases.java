package dev.millrace.cli.interop;

import static dev.millrace.cli.loops.LoopGraph.attr;

import dev.millrace.cli.loops.LoopGraph;
import dev.millrace.cli.loops.LoopGraph.Choice;
import dev.millrace.cli.loops.LoopGraph.Loop;
import dev.millrace.graph.DataType;
import dev.millrace.proto.GraphDef;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Cases of loops and choices in every form that TensorFlow 1's Python front end gives them. */
final class RecordedLoopCases {
  private static final float[][] MATRIX = {{0.5f, -0.25f}, {0.75f, 0.125f}};
  private static final DataType F32 = DataType.FLOAT32;

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private RecordedLoopCases() {
    counting();
    nesting();
    choices();
    order();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new RecordedLoopCases().cases;
  }

  private void add(String name, Consumer<LoopGraph> build) {
    LoopGraph g = new LoopGraph();
    build.accept(g);
    cases.put(name, g.graphDef());
  }

  private void counting() {
    for (int limit : new int[] {0, 1, 7}) {
      add(
          "Loop__several_exits_" + limit,
          g -> {
            // Fibonacci numbers: each variable takes the place of another.
            Loop l = g.loop("fib", g.constant(0), g.input(1f), g.input(1f));
            l.whileLess(0, limit);
            l.count(0, 1);
            l.next(1, l.body(2));
            l.next(2, g.op("Add", l.body(1), l.body(2)));
            for (int i = 0; i < 3; i++) {
              g.output(l.exit(i));
            }
          });
    }
    add(
        "Loop__one_exit_of_many",
        g -> {
          Loop l = g.loop("swap", g.constant(0), g.input(1f), g.input(2f), g.input(3f));
          l.whileLess(0, 5);
          l.count(0, 1);
          l.next(1, l.body(2));
          l.next(2, l.body(1));
          l.next(3, g.op("Mul", l.body(3), l.body(1)));
          g.output(l.exit(1));
        });
    add(
        "Loop__invariants",
        g -> {
          Loop l = g.loop("mul", g.constant(0), g.input(new float[][] {{1, 2}, {-1, 0.5f}}));
          String w = l.invariant(g.input(MATRIX));
          String bias = l.invariant(g.constant(new float[] {0.125f, -0.5f}));
          l.whileLess(0, 6);
          l.count(0, 1);
          l.next(1, g.op("Tanh", g.op("Add", g.op("MatMul", l.body(1), w), bias)));
          g.output(l.exit(1));
        });
    add(
        "Loop__stops_by_value",
        g -> {
          Loop l = g.loop("halve", g.input(100f), g.constant(0));
          l.condition(g.op("Greater", l.value(0), g.constant(1.5f, l.conditionPivot())));
          l.next(0, g.op("Mul", l.body(0), g.constant(0.5f, l.pivot())));
          l.count(1, 3);
          g.output(l.exit(0));
          g.output(l.exit(1));
        });
    add(
        "Loop__shape_grows",
        g -> {
          Loop l = g.loop("grow", g.constant(0), g.input(new float[][] {{1, 2}}));
          l.whileLess(0, 4);
          l.count(0, 1);
          String axis = g.constant(0, l.pivot());
          l.next(1, g.op("ConcatV2", "N", attr(2), l.body(1), g.op("Neg", l.body(1)), axis));
          g.output(g.op("Mul", l.exit(1), g.constant(2f)));
        });
    add(
        "Loop__shape_changes_and_is_used",
        g -> {
          // A vector that loses its last element, and the sum of what it was.
          Loop l = g.loop("shrink", g.input(new float[] {1, 2, 3, 4, 5}), g.constant(0f));
          String size = g.op("Size", l.value(0));
          l.condition(g.op("Greater", size, g.constant(1, l.conditionPivot())));
          String n = g.op("Sub", g.op("Shape", l.body(0)), g.constant(new int[] {1}, l.pivot()));
          l.next(0, g.op("Slice", l.body(0), g.constant(new int[] {0}, l.pivot()), n));
          String sum = g.op("Sum", l.body(0), g.constant(0, l.pivot()));
          l.next(1, g.op("Add", l.body(1), sum));
          g.output(l.exit(0));
          g.output(l.exit(1));
        });
    add(
        "Loop__body_result_fixed_or_from_outside",
        g -> {
          String x = g.input(new float[] {1, 2});
          Loop l = g.loop("fixed", g.constant(0), x, g.constant(5f));
          String outside = l.invariant(g.op("Neg", x));
          l.whileLess(0, 3);
          l.count(0, 1);
          l.next(1, outside, l.pivot());
          l.next(2, g.constant(7f, l.pivot()));
          g.output(l.exit(1));
          g.output(l.exit(2));
        });
  }

  private void nesting() {
    add(
        "Loop__in_a_loop",
        g -> {
          // The inner loop runs as often as the outer one has.
          Loop outer = g.loop("outer", g.constant(0), g.input(1f));
          outer.whileLess(0, 4);
          Loop inner = g.loop("inner", g.constant(0, outer.pivot()), outer.body(1));
          String limit = inner.invariant(outer.body(0));
          inner.condition(g.op("Less", inner.value(0), limit));
          inner.count(0, 1);
          inner.next(1, g.op("Mul", inner.body(1), g.constant(1.5f, inner.pivot())));
          outer.count(0, 1);
          outer.next(1, g.op("Add", inner.exit(1), g.constant(1f, outer.pivot())));
          g.output(outer.exit(1));
        });
    add(
        "Loop__in_a_loop_with_what_lies_outside_of_both",
        g -> {
          String w = g.input(MATRIX);
          Loop outer = g.loop("outer", g.constant(0), g.input(new float[][] {{1, 2}}));
          String w1 = outer.invariant(w);
          outer.whileLess(0, 3);
          Loop inner = g.loop("inner", g.constant(0, outer.pivot()), outer.body(1));
          String w2 = inner.invariant(w1);
          inner.whileLess(0, 2);
          inner.count(0, 1);
          inner.next(1, g.op("MatMul", inner.body(1), w2));
          outer.count(0, 1);
          outer.next(1, inner.exit(1));
          g.output(outer.exit(1));
        });
    add(
        "Loop__in_the_condition_of_a_loop",
        g -> {
          Loop outer = g.loop("outer", g.constant(0), g.input(2f));
          Loop inner = g.loop("inner", g.constant(0, outer.conditionPivot()), outer.value(1));
          inner.whileLess(0, 2);
          inner.count(0, 1);
          inner.next(1, g.op("Mul", inner.body(1), inner.body(1)));
          outer.condition(g.op("Less", inner.exit(1), g.constant(1000f, outer.conditionPivot())));
          outer.count(0, 1);
          outer.next(1, g.op("Add", outer.body(1), g.constant(1f, outer.pivot())));
          g.output(outer.exit(0));
          g.output(outer.exit(1));
        });
    add(
        "Loop__choice_in_the_body",
        g -> {
          Loop l = g.loop("collatz", g.constant(0), g.input(27));
          l.condition(g.op("Greater", l.value(1), g.constant(1, l.conditionPivot())));
          l.count(0, 1);
          String x = l.body(1);
          String two = g.constant(2, l.pivot());
          String even = g.op("Equal", g.op("FloorMod", x, two), g.constant(0, l.pivot()));
          Choice c = g.choice(even);
          String half = g.op("FloorDiv", c.yes(x), g.constant(2, c.pivot(true)));
          String more = g.op("Mul", c.no(x), g.constant(3, c.pivot(false)));
          more = g.op("Add", more, g.constant(1, c.pivot(false)));
          l.next(1, c.result(half, more));
          g.output(l.exit(0));
        });
    for (boolean taken : new boolean[] {true, false}) {
      add(
          "Loop__in_a_choice_" + taken,
          g -> {
            String p = g.input(taken);
            Choice c = g.choice(p);
            String x = g.input(3f);
            Loop l = g.loop("inside", g.constant(0, c.pivot(true)), c.yes(x));
            String factor = l.invariant(c.yes(g.input(1.25f)));
            l.whileLess(0, 5);
            l.count(0, 1);
            l.next(1, g.op("Mul", l.body(1), factor));
            g.output(c.result(l.exit(1), g.op("Neg", c.no(x))));
          });
    }
    add(
        "Loop__choice_in_the_condition",
        g -> {
          Loop l = g.loop("either", g.constant(0), g.input(0.5f));
          String small = g.op("Less", l.value(1), g.constant(4f, l.conditionPivot()));
          Choice c = g.choice(small);
          String few = g.op("Less", c.yes(l.value(0)), g.constant(100, c.pivot(true)));
          l.condition(c.result(few, g.constant(false, c.pivot(false))));
          l.count(0, 1);
          l.next(1, g.op("Mul", l.body(1), g.constant(1.5f, l.pivot())));
          g.output(l.exit(0));
          g.output(l.exit(1));
        });
  }

  private void choices() {
    for (boolean outer : new boolean[] {true, false}) {
      for (boolean inner : new boolean[] {true, false}) {
        add(
            "Choice__nested_" + outer + "_" + inner,
            g -> {
              String x = g.input(new float[] {1, -2, 3});
              Choice a = g.choice(g.input(outer));
              String q = g.input(inner);
              Choice b = g.choice(a.yes(q));
              String bx = a.yes(x);
              String deep = b.result(g.op("Exp", b.yes(bx)), g.op("Neg", b.no(bx)));
              String result = a.result(deep, g.op("Square", a.no(x)));
              g.output(result);
              // A second choice on the same values that takes what only a branch of the first has.
              String again = g.op("Mul", g.op("Switch", result, a.predicate()) + ":1", deep);
              g.output(g.merge(a.no(x), again));
            });
      }
    }
    for (boolean p : new boolean[] {true, false}) {
      add(
          "Choice__values_of_a_branch_used_by_a_later_one_" + p,
          g -> {
            // As the gradient of a choice does.
            String x = g.input(new float[] {0.5f, -1, 2});
            Choice c = g.choice(g.input(p));
            String hidden = g.op("Tanh", c.yes(x));
            String yes = g.op("Mul", hidden, hidden);
            String no = g.op("Neg", c.no(x));
            String result = c.result(yes, no);
            String loss = g.op("Sum", result, g.constant(0));
            String dx = g.op("Switch", g.op("Mul", loss, x), c.predicate());
            String gradYes = g.op("Mul", dx + ":1", hidden);
            String gradNo = g.op("Neg", dx);
            g.output(result);
            g.output(g.merge(gradNo, gradYes));
          });
      add(
          "Choice__two_that_cross_" + p,
          g -> {
            String x = g.input(2f);
            Choice a = g.choice(g.input(p));
            Choice b = g.choice(g.input(true));
            String a1 = a.result(g.op("Square", a.yes(x)), g.op("Neg", a.no(x)));
            String b1 = b.result(g.op("Exp", b.yes(a1)), b.no(a1));
            String b2 = b.result(g.op("Neg", b.yes(x)), b.no(x));
            String a2 = a.result(g.op("Add", a.yes(b2), a.yes(x)), a.no(b2));
            g.output(g.op("Add", b1, a2));
          });
      add(
          "Choice__which_of_three_" + p,
          g -> {
            String x = g.input(2f);
            Choice a = g.choice(g.input(p));
            Choice b = g.choice(a.no(g.input(true)));
            String m =
                g.merge(
                    g.op("Square", a.yes(x)), g.merge(g.op("Neg", b.no(a.no(x))), b.yes(a.no(x))));
            g.output(m);
            g.output(m + ":1");
          });
      add(
          "Choice__branches_of_constants_" + p,
          g -> {
            Choice c = g.choice(g.input(p));
            g.output(c.result(g.constant(1f, c.pivot(true)), g.constant(2f, c.pivot(false))));
          });
    }
  }

  private void order() {
    for (boolean p : new boolean[] {true, false}) {
      add(
          "Choice__assigns_in_a_branch_" + p,
          g -> {
            String v = g.variable("v", new float[] {1, 2});
            Choice c = g.choice(g.input(p));
            String add =
                g.op(
                    "AssignAddVariableOp",
                    "dtype",
                    attr(F32),
                    c.yes(v),
                    g.constant(new float[] {10, 20}, c.pivot(true)));
            String yes = g.op("Identity", g.constant(true, c.pivot(true)), "^" + add);
            String done = c.result(yes, g.constant(false, c.pivot(false)));
            g.output(g.read(v, F32, "^" + done));
          });
    }
    add(
        "Loop__assigns_a_variable",
        g -> {
          String v = g.variable("v", new float[] {1, 2});
          Loop l = g.loop("assign", g.constant(0));
          String handle = l.invariant(v);
          l.whileLess(0, 3);
          String read = g.read(handle, F32, l.pivot());
          String add =
              g.op("AssignAddVariableOp", "dtype", attr(F32), handle, g.op("Square", read));
          l.count(0, 1, "^" + add);
          g.output(g.read(v, F32, "^" + l.exit(0)));
        });
    add(
        "Loop__reads_a_variable_once_outside",
        g -> {
          String v = g.variable("v", new float[] {1, 2});
          String read = g.read(v, F32);
          Loop l = g.loop("assign", g.constant(0), read);
          String handle = l.invariant(v);
          String before = l.invariant(read);
          l.whileLess(0, 3);
          String add = g.op("AssignAddVariableOp", "dtype", attr(F32), handle, l.body(1));
          l.count(0, 1, "^" + add);
          l.next(1, g.op("Mul", l.body(1), before));
          g.output(l.exit(1));
          g.output(g.read(v, F32, "^" + l.exit(0)));
        });
    add(
        "Loop__then_another_that_waits_for_it",
        g -> {
          String v = g.variable("v", 1f);
          Loop a = g.loop("first", g.constant(0));
          String first = a.invariant(v);
          a.whileLess(0, 3);
          String add =
              g.op("AssignAddVariableOp", "dtype", attr(F32), first, g.constant(2f, a.pivot()));
          a.count(0, 1, "^" + add);
          Loop b = g.loop("second", g.constant(0, "^" + a.exit(0)), g.constant(1f));
          String second = b.invariant(v);
          b.whileLess(0, 2);
          b.count(0, 1);
          b.next(1, g.op("Mul", b.body(1), g.read(second, F32, b.pivot())));
          g.output(b.exit(1));
        });
  }
}
