package dev.millrace.cli.interop;

import static dev.millrace.cli.loops.LoopGraph.attr;

import dev.millrace.cli.loops.LoopGraph;
import dev.millrace.cli.loops.LoopGraph.Choice;
import dev.millrace.cli.loops.LoopGraph.Loop;
import dev.millrace.graph.DataType;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.TensorShapeProto;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Recorded cases of loops and choices that change variables by reference. */
final class ReferenceLoopCases {
  private static final float[] INITIAL = {1, -2};

  private final Map<String, GraphDef> cases = new TreeMap<>();

  private ReferenceLoopCases() {
    add("RefEnter__loop_adds", ReferenceLoopCases::loopThatAdds);
    add("RefExit__goes_round", ReferenceLoopCases::referenceThatGoesRound);
    for (boolean side : new boolean[] {false, true}) {
      add("RefSwitch__assigns_" + side, g -> choiceThatAssigns(g, side));
      add("RefMerge__either_" + side, g -> eitherReference(g, side));
    }
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new ReferenceLoopCases().cases;
  }

  private void add(String name, Consumer<LoopGraph> build) {
    LoopGraph g = new LoopGraph();
    build.accept(g);
    cases.put(name, g.graphDef());
  }

  /** A variable by reference that the node {@code init} initialises. */
  private static String variable(LoopGraph g) {
    var shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(INITIAL.length));
    String v =
        g.node("v", "VariableV2")
            .putAttr("dtype", attr(DataType.FLOAT32))
            .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
            .getName();
    g.node("init", "NoOp", "^" + g.op("Assign", v, g.constant(INITIAL)));
    return v;
  }

  private static String enter(LoopGraph g, String v, boolean isConstant) {
    return g.node("adds/RefEnter", "RefEnter", v)
        .putAttr("frame_name", attr("adds"))
        .putAttr("is_constant", attr(isConstant))
        .getName();
  }

  private static void loopThatAdds(LoopGraph g) {
    String v = variable(g);
    Loop l = g.loop("adds", g.constant(0));
    String ref = enter(g, v, true);
    l.whileLess(0, 3);
    String add = g.op("AssignAdd", ref, g.constant(new float[] {0.5f, 2}, l.pivot()));
    l.count(0, 1, "^" + add);
    String exit = l.exit(0);
    g.output(exit);
    g.output(v, "^" + exit);
  }

  /** The reference itself is a variable of the loop. */
  private static void referenceThatGoesRound(LoopGraph g) {
    String v = variable(g);
    Loop l = g.loop("adds", g.constant(0));
    String next = "adds/RefNext";
    String merge = g.op("RefMerge", "N", attr(2), enter(g, v, false), next);
    l.whileLess(0, 3);
    String choice = g.op("RefSwitch", merge, "LoopCond");
    String add = g.op("AssignAdd", choice + ":1", g.constant(new float[] {0.5f, 2}, l.pivot()));
    g.node(next, "RefNextIteration", add);
    l.count(0, 1, "^" + add);
    g.output(g.op("RefExit", choice));
    g.output(l.exit(0));
  }

  private static void choiceThatAssigns(LoopGraph g, boolean side) {
    String v = variable(g);
    Choice c = g.choice(g.input(side));
    String ref = g.op("RefSwitch", v, c.predicate());
    String by = g.constant(new float[] {10, 20}, c.pivot(true));
    String yes = g.op("AssignAdd", ref + ":1", by);
    String no = g.op("Assign", ref, g.constant(new float[] {7, 8}, c.pivot(false)));
    String result = c.result(g.op("Neg", yes), g.op("Identity", no));
    g.output(result);
    g.output(v, "^" + result);
  }

  /** On both sides the reference is to the same variable, which is changed behind them. */
  private static void eitherReference(LoopGraph g, boolean side) {
    String v = variable(g);
    Choice c = g.choice(g.input(side));
    String ref = g.op("RefSwitch", v, c.predicate());
    String merged = g.op("RefMerge", "N", attr(2), ref, ref + ":1");
    String add = g.op("AssignAdd", merged, g.constant(new float[] {10, 20}));
    g.output(g.op("Neg", add));
    g.output(merged + ":1");
  }
}
