package dev.millrace.cli.loops;

import static dev.millrace.cli.loops.LoopGraph.attr;

import dev.millrace.cli.loops.LoopGraph.Choice;
import dev.millrace.cli.loops.LoopGraph.Loop;
import dev.millrace.graph.DataType;
import dev.millrace.proto.GraphDef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Graphs with loops and choices as Python's TensorFlow 1 writes them, to differentiate. */
public final class FrameGradientCases {
  private static final double[][] X = {{0.5, -0.3}, {0.8, 0.2}, {-0.6, 0.4}};
  private static final double[][] W = {{0.7, -0.4}, {0.3, 0.9}};

  private static final Map<String, Consumer<LoopGraph>> CASES = new LinkedHashMap<>();

  static {
    for (int n : new int[] {0, 1, 4}) {
      CASES.put("while_" + n, g -> products(g, n));
    }
    CASES.put("nested_while", FrameGradientCases::nested);
    CASES.put("cond_true", g -> cond(g, true));
    CASES.put("cond_false", g -> cond(g, false));
    CASES.put("cond_in_while", FrameGradientCases::condInWhile);
    CASES.put("while_in_cond_true", g -> whileInCond(g, true));
    CASES.put("while_in_cond_false", g -> whileInCond(g, false));
    CASES.put("tensor_array", FrameGradientCases::arrays);
    CASES.put("rows", FrameGradientCases::rows);
    CASES.put("variable_in_while", FrameGradientCases::variableInWhile);
    CASES.put("branch_uses_what_is_outside", FrameGradientCases::unswitched);
    CASES.put("reference_in_while", FrameGradientCases::referenceInWhile);
    CASES.put("reference_in_cond_true", g -> referenceInCond(g, true));
    CASES.put("reference_in_cond_false", g -> referenceInCond(g, false));
    CASES.put("two_outputs_of_a_switch", FrameGradientCases::bothSides);
    CASES.put("swapped_variables", FrameGradientCases::swapped);
    CASES.put("sequence_lengths", FrameGradientCases::lengths);
    CASES.put("concat_and_split", FrameGradientCases::concatAndSplit);
  }

  private FrameGradientCases() {}

  /** The names of the graphs. */
  public static List<String> names() {
    return List.copyOf(CASES.keySet());
  }

  /** A graph, in the form of the conformance cases. */
  public static GraphDef graph(String name) {
    LoopGraph g = new LoopGraph();
    CASES.get(name).accept(g);
    return g.graphDef();
  }

  private static void products(LoopGraph g, int steps) {
    String x = g.input(X);
    String w = g.input(W);
    Loop l = g.loop("while/while_context", g.constant(0), x);
    l.whileLess(0, steps);
    l.count(0, 1);
    String product = g.op("MatMul", l.body(1), l.invariant(w));
    l.next(1, g.op("Add", g.op("Tanh", product), l.invariant(x)));
    g.output(l.exit(1));
  }

  private static void nested(LoopGraph g) {
    String x = g.input(X);
    String w = g.input(W);
    Loop outer = g.loop("outer", g.constant(0), x);
    outer.whileLess(0, 3);
    String start = g.constant(0, outer.pivot());
    Loop inner = g.loop("inner", start, outer.body(1));
    String limit = inner.invariant(outer.body(0));
    inner.condition(g.op("LessEqual", inner.value(0), limit));
    inner.count(0, 1);
    String product = g.op("MatMul", inner.body(1), inner.invariant(outer.invariant(w)));
    String sum = g.op("Add", g.op("Tanh", product), inner.invariant(outer.body(1)));
    inner.next(1, g.op("Mul", sum, g.constant(0.4, inner.pivot())));
    outer.count(0, 1);
    outer.next(1, g.op("Mul", inner.exit(1), g.op("Sigmoid", outer.body(1))));
    g.output(outer.exit(1));
  }

  private static String reduced(LoopGraph g, String x, String... controls) {
    return g.op("Sum", x, g.constant(new int[] {0, 1}, controls));
  }

  private static void cond(LoopGraph g, boolean value) {
    String x = g.input(X);
    String w = g.input(W);
    Choice c = g.choice(g.input(value));
    String yes = g.op("Tanh", g.op("MatMul", c.yes(x), c.yes(w)));
    String no = g.op("Mul", g.op("Exp", c.no(x)), g.constant(2.0, c.pivot(false)));
    g.output(c.result(yes, no));
    Choice one = g.choice(g.op("LogicalNot", "in/2"));
    g.output(one.result(one.yes(w), g.constant(W, one.pivot(false))));
  }

  private static void condInWhile(LoopGraph g) {
    String x = g.input(X);
    String w = g.input(W);
    Loop l = g.loop("while", g.constant(0), x);
    l.whileLess(0, 5);
    String two = g.constant(2, l.pivot());
    String even = g.op("Equal", g.op("FloorMod", l.body(0), two), g.constant(0, l.pivot()));
    Choice c = g.choice(even);
    String yes = g.op("Tanh", g.op("MatMul", c.yes(l.body(1)), c.yes(l.invariant(w))));
    String sum = reduced(g, c.no(l.body(1)), c.pivot(false));
    Choice in = g.choice(g.op("Less", sum, g.constant(0.1717, c.pivot(false))));
    String inner =
        in.result(
            g.op("Mul", in.yes(c.no(l.body(1))), in.yes(c.no(l.body(1)))),
            g.op("Sin", in.no(c.no(l.body(1)))));
    l.count(0, 1);
    l.next(1, c.result(yes, inner));
    g.output(l.exit(1));
  }

  private static void whileInCond(LoopGraph g, boolean value) {
    String x = g.input(X);
    String w = g.input(W);
    Choice c = g.choice(g.input(value));
    Loop l = g.loop("cond/while", g.constant(0, c.pivot(true)), c.yes(x));
    l.condition(g.op("Less", l.value(0), g.constant(3, l.conditionPivot())));
    l.count(0, 1);
    l.next(1, g.op("Tanh", g.op("MatMul", l.body(1), l.invariant(c.yes(w)))));
    g.output(c.result(l.exit(1), g.op("Neg", c.no(x))));
  }

  private static String[] array(LoopGraph g, int size) {
    String a =
        g.node("TensorArrayV3", "TensorArrayV3", g.constant(size))
            .putAttr("dtype", attr(DataType.FLOAT64))
            .getName();
    return new String[] {a, a + ":1"};
  }

  private static String typed(LoopGraph g, String type, String... inputs) {
    return g.op(type, "dtype", attr(DataType.FLOAT64), inputs);
  }

  private static void arrays(LoopGraph g) {
    String x = g.input(X);
    String w = g.input(W);
    String[] in = array(g, 3);
    String all = g.constant(new int[] {0, 1, 2});
    String unstacked = g.op("TensorArrayScatterV3", in[0], all, x, in[1]);
    String[] out = array(g, 3);
    Loop l = g.loop("while", g.constant(0), g.constant(new double[][] {{0.1, 0.2}}), out[1]);
    l.whileLess(0, 3);
    String row =
        typed(g, "TensorArrayReadV3", l.invariant(in[0]), l.body(0), l.invariant(unstacked));
    String sum = g.op("Add", row, g.op("MatMul", l.body(1), l.invariant(w)));
    String h = g.op("Tanh", sum);
    l.count(0, 1);
    l.next(1, h);
    l.next(2, g.op("TensorArrayWriteV3", l.invariant(out[0]), l.body(0), h, l.body(2)));
    g.output(typed(g, "TensorArrayGatherV3", out[0], all, l.exit(2)));
    g.output(l.exit(1));
  }

  /** Rows of a table are looked up in a loop. */
  private static void rows(LoopGraph g) {
    String table = g.input(X);
    Loop l = g.loop("while", g.constant(0), g.constant(new double[] {0.1, 0.2}));
    l.whileLess(0, 4);
    String at = g.op("FloorMod", l.body(0), g.constant(3, l.pivot()));
    String row = g.op("GatherV2", l.invariant(table), at, g.constant(0, l.pivot()));
    l.count(0, 1);
    l.next(1, g.op("Tanh", g.op("Mul", g.op("Add", l.body(1), row), row)));
    g.output(l.exit(1));
  }

  private static void variableInWhile(LoopGraph g) {
    String x = g.input(X);
    String v = g.variable("v0", W);
    Loop l = g.loop("while", g.constant(0), x);
    l.whileLess(0, 3);
    String w = g.read(l.invariant(v), DataType.FLOAT64, l.pivot());
    l.count(0, 1);
    l.next(1, g.op("Sin", g.op("MatMul", l.body(1), w)));
    g.output(l.exit(1));
  }

  /** As graphs look from which switches have been removed. */
  private static void unswitched(LoopGraph g) {
    String x = g.input(X);
    String w = g.input(W);
    Choice c = g.choice(g.input(true));
    String yes = g.op("Tanh", g.op("MatMul", c.yes(x), w));
    String no = g.op("MatMul", c.no(x), g.op("Sin", w));
    g.output(c.result(yes, no));
  }

  private static void concatAndSplit(LoopGraph g) {
    String x = g.input(X);
    String[] in = array(g, 2);
    String lengths = g.constant(new long[] {1, 2});
    String split = g.op("TensorArraySplitV3", in[0], x, lengths, in[1]);
    String[] out = array(g, 2);
    Loop l = g.loop("while", g.constant(0), out[1]);
    l.whileLess(0, 2);
    String part = typed(g, "TensorArrayReadV3", l.invariant(in[0]), l.body(0), l.invariant(split));
    String made = g.op("Mul", part, part);
    l.count(0, 1);
    l.next(1, g.op("TensorArrayWriteV3", l.invariant(out[0]), l.body(0), made, l.body(1)));
    g.output(typed(g, "TensorArrayConcatV3", out[0], l.exit(1)));
  }

  private static String reference(LoopGraph g) {
    var shape = dev.millrace.proto.TensorShapeProto.newBuilder();
    for (int d : new int[] {2, 2}) {
      shape.addDim(dev.millrace.proto.TensorShapeProto.Dim.newBuilder().setSize(d));
    }
    String v =
        g.node("v0", "VariableV2")
            .putAttr("dtype", attr(DataType.FLOAT64))
            .putAttr("shape", dev.millrace.proto.AttrValue.newBuilder().setShape(shape).build())
            .getName();
    g.node("init", "NoOp", "^" + g.op("Assign", v, g.constant(W)));
    return v;
  }

  private static void referenceInWhile(LoopGraph g) {
    String x = g.input(X);
    String v = reference(g);
    Loop l = g.loop("while", g.constant(0), x);
    l.whileLess(0, 3);
    String ref =
        g.node("while/RefEnter", "RefEnter", v)
            .putAttr("frame_name", attr("while"))
            .putAttr("is_constant", attr(true))
            .getName();
    String read = g.op("Identity", ref, l.pivot());
    l.count(0, 1);
    l.next(1, g.op("Tanh", g.op("MatMul", l.body(1), read)));
    g.output(l.exit(1));
  }

  private static void referenceInCond(LoopGraph g, boolean side) {
    String x = g.input(X);
    String v = reference(g);
    Choice c = g.choice(g.input(side));
    String ref = g.op("RefSwitch", v, c.predicate());
    String yes = g.op("MatMul", c.yes(x), g.op("Identity", ref + ":1"));
    g.output(c.result(yes, g.op("Neg", c.no(x))));
    String merged = g.op("RefMerge", "N", attr(2), ref, ref + ":1");
    g.output(g.op("Sin", merged));
  }

  private static void bothSides(LoopGraph g) {
    String x = g.input(X);
    Choice c = g.choice(g.input(true));
    String s = g.op("Switch", x, c.predicate());
    g.output(c.result(g.op("Tanh", s + ":1"), g.op("Neg", s)));
  }

  /** A variable that is not changed, one that the other's value goes to, one started anew. */
  private static void swapped(LoopGraph g) {
    String x = g.input(X);
    String y = g.input(X);
    Loop l = g.loop("while", g.constant(0), x, y, x, y);
    l.whileLess(0, 3);
    l.count(0, 1);
    l.next(1, l.body(2));
    l.next(2, g.op("Sin", g.op("Mul", l.body(1), l.body(4))));
    l.next(3, g.op("Identity", l.invariant(y), l.pivot()));
    l.next(4, l.body(4));
    g.output(l.exit(1));
    g.output(l.exit(2));
    g.output(l.exit(3));
    g.output(l.exit(4));
  }

  /** As dynamic_rnn with sequence_length: what is past the end keeps the state, in a cond. */
  private static void lengths(LoopGraph g) {
    String x = g.input(X);
    String w = g.input(W);
    String lengths = g.constant(new int[] {1, 3, 2});
    String axis = g.constant(0);
    String least = g.op("Min", lengths, axis);
    String[] out = array(g, 4);
    Loop l = g.loop("rnn/while/while_context", g.constant(0), out[1], x);
    l.whileLess(0, 4);
    String time = l.body(0);
    String state = l.body(2);
    String product = g.op("MatMul", state, l.invariant(w));
    Choice all = g.choice(g.op("Less", time, l.invariant(least)));
    String done = g.op("GreaterEqual", all.no(time), all.no(l.invariant(lengths)));
    String kept = g.op("Select", done, all.no(state), g.op("Tanh", all.no(product)));
    String next = all.result(g.op("Tanh", all.yes(product)), kept);
    l.count(0, 1);
    l.next(1, g.op("TensorArrayWriteV3", l.invariant(out[0]), time, next, l.body(1)));
    l.next(2, next);
    String indices = g.constant(new int[] {0, 1, 2, 3});
    g.output(typed(g, "TensorArrayGatherV3", out[0], indices, l.exit(1)));
    g.output(l.exit(2));
  }
}
