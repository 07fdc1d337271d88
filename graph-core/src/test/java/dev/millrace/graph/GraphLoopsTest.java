package dev.millrace.graph;

import static dev.millrace.graph.GraphImportTest.def;
import static dev.millrace.graph.GraphImportTest.floats;
import static dev.millrace.graph.GraphImportTest.identity;
import static dev.millrace.graph.GraphImportTest.node;
import static dev.millrace.graph.GraphImportTest.placeholder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Loops, circles that are none, and graphs too long for recursion. */
class GraphLoopsTest {
  static final String T = "attr { key: 'T' value { type: DT_FLOAT } }";
  static final String MERGE = T + "attr { key: 'N' value { i: 2 } }";

  /** A while loop over one variable, as TensorFlow writes it. */
  static final String LOOP =
      placeholder("x")
          + node("Enter", "enter", "x", T + "attr { key: 'frame_name' value { s: 'while' } }")
          + node("Merge", "merge", "enter next", MERGE)
          + floats("Less", "less", "merge", "merge")
          + node("LoopCond", "cond", "less", "")
          + node("Switch", "switch", "merge cond", T)
          + floats("Add", "body", "switch:1", "switch:1")
          + floats("NextIteration", "next", "body")
          + floats("Exit", "exit", "switch");

  @Test
  void aLoopIsClosed() {
    Graph g = TestOps.graph();
    g.importGraphDef(def(LOOP));
    Operation merge = g.operation("merge");
    assertThat(merge.inputs()).containsExactly(g.output("enter"), g.output("next"));
    assertThat(g.operation("next").consumers()).containsExactly(merge);
    assertThat(merge.output(0).dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(merge.output(0).shape()).isEqualTo(Shape.unknown());
    assertThat(g.operation("exit").inputs()).containsExactly(g.output("switch:0"));
  }

  @Property(tries = 200)
  void theOrderOfTheFileDoesNotMatter(@ForAll Random r) {
    GraphDef d = def(LOOP);
    List<NodeDef> nodes = new ArrayList<>(d.getNodeList());
    Collections.shuffle(nodes, r);
    Graph g = TestOps.graph();
    g.importGraphDef(d.toBuilder().clearNode().addAllNode(nodes).build());
    assertThat(g.operation("merge").inputs()).containsExactly(g.output("enter"), g.output("next"));
    // What is written is in an order that is kept from then on.
    GraphDef once = g.toGraphDef();
    Graph again = TestOps.graph();
    again.importGraphDef(once);
    assertThat(again.toGraphDef()).isEqualTo(once);
  }

  @Test
  void loopsOfReferences() {
    String ref =
        node(
                "VariableV2",
                "v",
                "",
                "attr { key: 'shape' value { shape {} } } "
                    + "attr { key: 'dtype' value { type: DT_FLOAT } }")
            + node("RefMerge", "merge", "v next", MERGE)
            + floats("RefNextIteration", "next", "merge");
    Graph g = TestOps.graph();
    g.importGraphDef(def(ref));
    assertThat(g.operation("merge").inputs()).containsExactly(g.output("v"), g.output("next"));
    assertThat(g.operation("merge").output(0).isRef()).isTrue();
    assertThatThrownBy(
            () ->
                TestOps.graph()
                    .importGraphDef(def(ref.replace("RefNextIteration", "NextIteration"))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("node 'merge' (RefMerge)")
        .hasMessageContaining("must be float32 by reference");
  }

  @Test
  void whatComesBackMustHaveTheType() {
    String loop =
        LOOP.replace(
            floats("NextIteration", "next", "body"),
            node("NextIteration", "next", "less", "attr { key: 'T' value { type: DT_BOOL } }"));
    assertThatThrownBy(() -> TestOps.graph().importGraphDef(def(loop)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("node 'merge' (Merge)")
        .hasMessageContaining("'next:0', which is bool; it must be float32");
    assertThatThrownBy(
            () ->
                TestOps.graph()
                    .importGraphDef(
                        def(
                            LOOP.replace("'next'", "'next:1'")
                                .replace("name: 'next:1'", "name: 'next'"))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("node 'merge' (Merge)")
        .hasMessageContaining("no output 1");
  }

  @Test
  void otherCirclesAreErrorsThatNameTheNodes() {
    String circle = identity("a", "c") + identity("b", "a") + identity("c", "b");
    assertThatThrownBy(
            () -> TestOps.graph().importGraphDef(def(placeholder("x"), circle, identity("d", "c"))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("depends on itself")
        .hasMessageMatching("(?s).*(a -> b -> c|b -> c -> a|c -> a -> b);.*");
    assertThatThrownBy(() -> TestOps.graph().importGraphDef(def(identity("a", "a"))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("node 'a' (Identity): it depends on itself: a;");
    assertThatThrownBy(
            () ->
                TestOps.graph()
                    .importGraphDef(def(node("NoOp", "a", "^b", ""), node("NoOp", "b", "^a", ""))))
        .hasMessageContaining("depends on itself");
    // A circle without NextIteration, though it has a Merge.
    assertThatThrownBy(
            () ->
                TestOps.graph().importGraphDef(def(LOOP.replace("'NextIteration'", "'Identity'"))))
        .hasMessageContaining("depends on itself")
        .hasMessageContaining("merge");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      many.append(identity("n" + i, "n" + (i + 1) % 50));
    }
    assertThatThrownBy(() -> TestOps.graph().importGraphDef(def(many.toString())))
        .hasMessageContaining("… (50 nodes in all)");
  }

  @Test
  void anUnknownLoopIsKeptToo() {
    OpRegistry few = new OpRegistry();
    few.add(TestOps.registry().get("Placeholder"));
    Graph g = new Graph(few);
    ImportedGraph r = g.importGraphDef(def(LOOP));
    assertThat(r.unknownOpTypes()).containsKeys("Merge", "NextIteration", "Enter", "Exit");
    assertThat(g.operation("merge").inputs()).containsExactly(g.output("enter"), g.output("next"));
  }

  @Test
  void aLoopThatIsNotClosedCannotBeWritten() {
    Graph g = TestOps.graph();
    Output x = TestOps.placeholder(g, "x");
    Operation merge =
        g.opBuilder("Merge", "merge").flatInput(x).pendingInput().attr("N", 2).build();
    assertThatThrownBy(g::toGraphDef)
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("not closed");
    merge.setInput(1, g.opBuilder("NextIteration", "next").input(x).build().output(0));
    assertThat(g.toGraphDef().getNode(1).getInputList()).containsExactly("x", "next");
  }

  @Test
  void longChainsBackwards() {
    int n = 100_000;
    GraphDef.Builder d = GraphDef.newBuilder();
    NodeDef like = def(identity("a", "b")).getNode(0);
    for (int i = 0; i < n; i++) {
      d.addNode(like.toBuilder().setName("n" + i).setInput(0, "n" + (i + 1)));
    }
    d.addNode(def(placeholder("n" + n)).getNode(0));
    Graph g = TestOps.graph();
    g.importGraphDef(d.build());
    assertThat(g.size()).isEqualTo(n + 1);
    assertThat(g.operations().get(0).name()).isEqualTo("n" + n);
    assertThat(g.operations().get(n).name()).isEqualTo("n0");
    GraphDef out = g.toGraphDef();
    assertThat(out.getNodeCount()).isEqualTo(n + 1);
    Graph again = TestOps.graph();
    again.importGraphDef(out);
    assertThat(again.toGraphDef()).isEqualTo(out);
  }

  @Test
  void oneNodeThatWaitsForManyAndManyThatWaitForOne() {
    int n = 50_000;
    StringBuilder all = new StringBuilder();
    StringBuilder text = new StringBuilder(placeholder("x"));
    for (int i = 0; i < n; i++) {
      text.append(identity("n" + i, "x"));
      all.append(i == 0 ? "" : " ").append("^n").append(i);
    }
    text.append(node("NoOp", "all", all.toString(), ""));
    Graph g = TestOps.graph();
    g.importGraphDef(def(text.toString()));
    assertThat(g.operation("all").controlInputs()).hasSize(n);
    assertThat(g.operation("x").consumers()).hasSize(n);
  }
}
