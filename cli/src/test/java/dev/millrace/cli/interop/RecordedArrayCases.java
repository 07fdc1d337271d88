package dev.millrace.cli.interop;

import static dev.millrace.cli.loops.LoopGraph.attr;

import dev.millrace.cli.loops.LoopGraph;
import dev.millrace.cli.loops.LoopGraph.Choice;
import dev.millrace.cli.loops.LoopGraph.Loop;
import dev.millrace.graph.DataType;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Cases of tensor arrays and stacks, in loops and outside. */
final class RecordedArrayCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final float[][] ROWS = {{1, 2}, {3, 4}, {5, 6}};

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private RecordedArrayCases() {
    arrays();
    arraysInLoops();
    stacks();
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new RecordedArrayCases().cases;
  }

  private void add(String name, Consumer<LoopGraph> build) {
    LoopGraph g = new LoopGraph();
    build.accept(g);
    cases.put(name, g.graphDef());
  }

  private static NodeDef.Builder array(LoopGraph g, String size) {
    return g.node("TensorArrayV3", "TensorArrayV3", size).putAttr("dtype", attr(F32));
  }

  private static String read(LoopGraph g, String handle, String index, String flow) {
    return g.op("TensorArrayReadV3", "dtype", attr(F32), handle, index, flow);
  }

  private static String gather(LoopGraph g, String handle, String indices, String flow) {
    return g.op("TensorArrayGatherV3", "dtype", attr(F32), handle, indices, flow);
  }

  private void arrays() {
    add(
        "TensorArraySplitV3__unequal",
        g -> {
          String a = array(g, g.constant(3)).getName();
          String flow =
              g.op(
                  "TensorArraySplitV3",
                  a,
                  g.input(ROWS),
                  g.constant(new long[] {2, 0, 1}),
                  a + ":1");
          for (int i = 0; i < 3; i++) {
            g.output(read(g, a, g.constant(i), flow));
          }
        });
    add(
        "TensorArrayV3__dynamic_size",
        g -> {
          String a =
              array(g, g.constant(1))
                  .putAttr("dynamic_size", attr(true))
                  .putAttr("clear_after_read", attr(false))
                  .getName();
          String flow = g.op("TensorArrayWriteV3", a, g.constant(3), g.input(7f), a + ":1");
          flow = g.op("TensorArrayWriteV3", a, g.constant(0), g.input(5f), flow);
          g.output(g.op("TensorArraySizeV3", a, flow));
          g.output(read(g, a, g.constant(3), flow));
          g.output(read(g, a, g.constant(0), flow));
        });
    add(
        "TensorArrayGradWithShape__prepended",
        g -> {
          String a = array(g, g.constant(2)).getName();
          String flow =
              g.op(
                  "TensorArrayScatterV3",
                  a,
                  g.constant(new int[] {0, 1}),
                  g.input(new float[][] {{1, 2}, {3, 4}}),
                  a + ":1");
          String grad =
              g.op(
                  "TensorArrayGradWithShape",
                  "source",
                  attr("g"),
                  a,
                  flow,
                  g.constant(new int[] {3}));
          // The element that is not written has the forward element's shape after the 3.
          String given = g.input(new float[][] {{1, 2}, {3, 4}, {5, 6}});
          String f = g.op("TensorArrayWriteV3", grad, g.constant(0), given, grad + ":1");
          f = g.op("TensorArrayWriteV3", grad, g.constant(0), given, f);
          g.output(gather(g, grad, g.constant(new int[] {0, 1}), f));
        });
    add(
        "TensorArrayGradV3__read_twice_one_unused",
        g -> {
          String a = array(g, g.constant(3)).putAttr("clear_after_read", attr(false)).getName();
          String flow =
              g.op(
                  "TensorArrayScatterV3",
                  a,
                  g.constant(new int[] {0, 1, 2}),
                  g.input(ROWS),
                  a + ":1");
          String grad = g.op("TensorArrayGradV3", "source", attr("gradients"), a, flow);
          String again = g.op("TensorArrayGradV3", "source", attr("gradients"), a, flow);
          String f =
              g.op(
                  "TensorArrayWriteV3",
                  grad,
                  g.constant(2),
                  g.input(new float[] {1, 1}),
                  grad + ":1");
          f = g.op("TensorArrayWriteV3", again, g.constant(2), g.input(new float[] {2, 5}), f);
          g.output(gather(g, grad, g.constant(new int[] {0, 1, 2}), f));
        });
    add(
        "TensorArrayCloseV3__after_reading",
        g -> {
          String a = array(g, g.constant(1)).getName();
          String flow = g.op("TensorArrayWriteV3", a, g.constant(0), g.input(7f), a + ":1");
          String r = read(g, a, g.constant(0), flow);
          String close = g.node("Close", "TensorArrayCloseV3", a, "^" + r).getName();
          g.output(r, "^" + close);
        });
  }

  private void arraysInLoops() {
    add(
        "Loop__tensor_arrays_of_a_recurrence",
        g -> {
          // What tf.nn.dynamic_rnn builds.
          String xs = g.input(new float[][][] {{{1, 2}}, {{0.5f, -1}}, {{3, 0}}, {{-1, 1}}});
          String n = g.constant(4);
          String steps = g.constant(new int[] {0, 1, 2, 3});
          String in = array(g, n).getName();
          String flow = g.op("TensorArrayScatterV3", in, steps, xs, in + ":1");
          String out = array(g, n).getName();
          Loop l = g.loop("rnn", g.constant(0), out + ":1", g.input(new float[][] {{0, 0}}));
          String inHandle = l.invariant(in);
          String inFlow = l.invariant(flow);
          String outHandle = l.invariant(out);
          String w = l.invariant(g.input(new float[][] {{0.5f, -0.5f}, {0.25f, 1}}));
          String limit = l.invariant(n);
          l.condition(g.op("Less", l.value(0), limit));
          String x = read(g, inHandle, l.body(0), inFlow);
          String h = g.op("Tanh", g.op("Add", g.op("MatMul", l.body(2), w), x));
          l.count(0, 1);
          l.next(1, g.op("TensorArrayWriteV3", outHandle, l.body(0), h, l.body(1)));
          l.next(2, h);
          g.output(gather(g, out, steps, l.exit(1)));
          g.output(l.exit(2));
        });
    add(
        "Loop__tensor_array_made_in_each_iteration",
        g -> {
          Loop l = g.loop("arrays", g.constant(0), g.input(new float[] {1, 2}));
          l.whileLess(0, 3);
          String a = array(g, g.constant(2, l.pivot())).getName();
          String flow =
              g.op("TensorArrayWriteV3", a, g.constant(1, l.pivot()), l.body(1), a + ":1");
          String square = g.op("Square", l.body(1));
          flow = g.op("TensorArrayWriteV3", a, g.constant(0, l.pivot()), square, flow);
          String both = gather(g, a, g.constant(new int[] {1, 0}, l.pivot()), flow);
          l.count(0, 1);
          l.next(1, g.op("Sum", both, g.constant(0, l.pivot())));
          g.output(l.exit(1));
        });
    for (boolean p : new boolean[] {true, false}) {
      add(
          "Choice__writes_to_a_tensor_array_" + p,
          g -> {
            Choice c = g.choice(g.input(p));
            String a = array(g, g.constant(1)).getName();
            String x = g.input(3f);
            String zero = g.constant(0);
            String yes =
                g.op("TensorArrayWriteV3", c.yes(a), c.yes(zero), c.yes(x), c.yes(a + ":1"));
            String minus = g.op("Neg", c.no(x));
            String no = g.op("TensorArrayWriteV3", c.no(a), c.no(zero), minus, c.no(a + ":1"));
            g.output(read(g, a, zero, c.result(yes, no)));
          });
    }
  }

  private static String stack(LoopGraph g, String size, String... controls) {
    String[] in = new String[controls.length + 1];
    in[0] = size;
    System.arraycopy(controls, 0, in, 1, controls.length);
    return g.op("StackV2", "elem_type", attr(F32), in);
  }

  private static String pop(LoopGraph g, String handle, String... controls) {
    String[] in = new String[controls.length + 1];
    in[0] = handle;
    System.arraycopy(controls, 0, in, 1, controls.length);
    return g.op("StackPopV2", "elem_type", attr(F32), in);
  }

  private void stacks() {
    add(
        "StackCloseV2__after_popping",
        g -> {
          String s = stack(g, g.constant(-1));
          String push = g.op("StackPushV2", s, g.input(new float[] {1, 2}));
          String pop = pop(g, s, "^" + push);
          String close = g.node("Close", "StackCloseV2", s, "^" + pop).getName();
          g.output(pop, "^" + close);
        });
    add(
        "Stack__first_version",
        g -> {
          String s = g.op("Stack", "elem_type", attr(F32));
          String a = g.op("StackPush", s, g.input(1f));
          String b = g.op("StackPush", s, g.input(2f), "^" + a);
          String first = g.op("StackPop", "elem_type", attr(F32), s, "^" + b);
          String second = g.op("StackPop", "elem_type", attr(F32), s, "^" + first);
          String close = g.node("Close", "StackClose", s, "^" + second).getName();
          g.output(first);
          g.output(second, "^" + close);
        });
    add(
        "Loop__pushes_forward_and_pops_backward",
        g -> {
          // As the gradient of a loop does: values and a count forward, and back again.
          String s = stack(g, g.constant(-1));
          Loop f = g.loop("forward", g.constant(0), g.input(new float[] {0.5f, -0.25f}));
          String handle = f.invariant(s);
          f.whileLess(0, 5);
          String push = g.op("StackPushV2", handle, f.body(1));
          f.count(0, 1, "^" + push);
          f.next(1, g.op("Tanh", g.op("Mul", f.body(1), g.constant(1.5f, f.pivot()))));
          String y = f.exit(1);
          Loop b = g.loop("backward", f.exit(0), g.op("OnesLike", y));
          String back = b.invariant(s);
          b.condition(g.op("Greater", b.value(0), g.constant(0, b.conditionPivot())));
          String x = pop(g, back, b.pivot());
          String trigger = g.node("b_sync", "ControlTrigger", "^" + x).getName();
          b.count(0, -1, "^" + trigger);
          b.next(1, g.op("Mul", b.body(1), x));
          g.output(y);
          g.output(b.exit(1));
        });
    add(
        "Loop__pushes_in_a_branch",
        g -> {
          // Every other iteration pushes; the way back pops where a flag says so.
          String s = stack(g, g.constant(-1));
          Loop f = g.loop("forward", g.constant(0), g.input(3f));
          String handle = f.invariant(s);
          f.whileLess(0, 5);
          String odd =
              g.op(
                  "Equal",
                  g.op("FloorMod", f.body(0), g.constant(2, f.pivot())),
                  g.constant(1, f.pivot()));
          Choice c = g.choice(odd);
          String yes = g.op("Mul", c.yes(f.body(1)), g.constant(2f, c.pivot(true)));
          String push = g.op("StackPushV2", c.yes(handle), yes);
          String no = g.op("Add", c.no(f.body(1)), g.constant(1f, c.pivot(false)));
          String trigger = g.node("f_sync", "ControlTrigger", "^" + push).getName();
          f.count(0, 1, "^" + trigger);
          f.next(1, c.result(yes, no));
          Loop b = g.loop("backward", f.exit(0), g.constant(0f));
          String back = b.invariant(s);
          b.condition(g.op("Greater", b.value(0), g.constant(0, b.conditionPivot())));
          String even =
              g.op(
                  "Equal",
                  g.op("FloorMod", b.body(0), g.constant(2, b.pivot())),
                  g.constant(0, b.pivot()));
          Choice d = g.choice(even);
          String popped = pop(g, d.yes(back), d.pivot(true));
          String sum = g.op("Add", d.yes(b.body(1)), popped);
          String sync = g.node("b_sync", "ControlTrigger", "^" + popped).getName();
          b.count(0, -1, "^" + sync);
          b.next(1, d.result(sum, d.no(b.body(1))));
          g.output(b.exit(1));
          g.output(f.exit(1));
        });
    add(
        "Loop__stack_across_nested_loops",
        g -> {
          String s = stack(g, g.constant(-1));
          Loop outer = g.loop("outer", g.constant(0), g.input(1f), g.constant(0));
          String s1 = outer.invariant(s);
          outer.whileLess(0, 3);
          Loop inner = g.loop("inner", g.constant(0, outer.pivot()), outer.body(1), outer.body(2));
          String s2 = inner.invariant(s1);
          inner.whileLess(0, 2);
          String push = g.op("StackPushV2", s2, inner.body(1));
          inner.count(0, 1, "^" + push);
          inner.next(1, g.op("Mul", inner.body(1), g.constant(1.25f, inner.pivot())));
          inner.count(2, 1);
          outer.count(0, 1);
          outer.next(1, g.op("Add", inner.exit(1), g.constant(0.5f, outer.pivot())));
          outer.next(2, inner.exit(2));
          Loop b = g.loop("backward", outer.exit(2), g.constant(1f));
          String back = b.invariant(s);
          b.condition(g.op("Greater", b.value(0), g.constant(0, b.conditionPivot())));
          String x = pop(g, back, b.pivot());
          b.count(0, -1, "^" + x);
          b.next(1, g.op("Mul", b.body(1), x));
          g.output(b.exit(1));
        });
  }
}
