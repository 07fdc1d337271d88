package dev.millrace.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a graph holds besides scopes: nodes, collections, seeds, attachments. */
class GraphTest {
  private final Graph g = TestOps.graph();

  @Test
  void nodesAreFoundByName() {
    Output x = TestOps.placeholder(g, "x");
    assertThat(g.operation("x")).isSameAs(x.op());
    assertThat(g.findOperation("y")).isNull();
    assertThat(g.output("x:0")).isSameAs(x);
    assertThat(g.output("x")).isSameAs(x);
    assertThat(g.operations()).containsExactly(x.op());
    assertThatThrownBy(() -> g.operation("y"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("'y'");
    assertThatThrownBy(() -> g.output("x:1"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("has 1 outputs");
    assertThatThrownBy(() -> g.output("x:a")).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> g.opBuilder("Matmul", "m"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("there is MatMul");
  }

  @Test
  void consumersAreKnownOnce() {
    Output x = TestOps.placeholder(g, "x");
    Output y = TestOps.add(g, "y", x, x);
    Output z = TestOps.add(g, "z", y, x);
    assertThat(x.op().consumers()).containsExactly(y.op(), z.op());
    assertThat(y.op().consumers()).containsExactly(z.op());
    assertThat(z.op().consumers()).isEmpty();
    assertThat(List.of(x.op().id(), y.op().id(), z.op().id())).containsExactly(0, 1, 2);
  }

  @Test
  void collectionsAreCopiesInOrder() {
    Output x = TestOps.placeholder(g, "layer1/x");
    Operation y = TestOps.noOp(g, "layer2/y");
    g.addToCollection("things", x);
    g.addToCollection("things", y);
    g.addToCollection("things", "text");
    g.addToCollection("things", x);
    List<Object> copy = g.collection("things");
    g.addToCollection("things", 5);
    assertThat(copy).containsExactly(x, y, "text", x);
    assertThat(g.collection("things", Output.class)).containsExactly(x, x);
    assertThat(g.collection("things", "layer1")).containsExactly(x, x);
    assertThat(g.collection("things", "layer.")).containsExactly(x, y, x);
    assertThat(g.collection("things", "ayer")).isEmpty();
    assertThat(g.collection("nothing")).isEmpty();
    assertThat(g.collectionKeys()).containsExactly("things");
    g.clearCollection("things");
    assertThat(g.collection("things")).isEmpty();
    assertThat(g.collectionKeys()).isEmpty();
    assertThatThrownBy(() -> copy.add(1)).isInstanceOf(UnsupportedOperationException.class);
  }

  /** The graph has two operations when the seeds are asked for. */
  @ParameterizedTest
  @CsvSource(
      value = {
        "-,           -,          0,          0",
        "-,           1,          87654321,   1",
        "-,           0,          87654321,   0",
        "1,           -,          1,          2",
        "1,           5,          1,          5",
        "0,           0,          0,          2147483647",
        "0,           -,          0,          2",
        "2147483647,  2147483647, 0,          2147483647",
        "2147483648,  4294967296, 1,          2",
        "-1,          -5,         2147483646, 2147483642",
      },
      nullValues = "-")
  void seeds(Long graphSeed, Long opSeed, long first, long second) {
    TestOps.noOp(g, "a");
    TestOps.noOp(g, "b");
    g.setSeed(graphSeed);
    assertThat(g.seeds(opSeed)).containsExactly(first, second);
    assertThat(g.seed()).isEqualTo(graphSeed);
  }

  @Test
  void aFinalizedGraphDoesNotChange() {
    Operation a = TestOps.noOp(g, "a");
    g.addToCollection("c", a);
    g.finalizeGraph();
    assertThat(g.isFinalized()).isTrue();
    assertThatThrownBy(() -> TestOps.noOp(g, "b"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("finalized");
    assertThatThrownBy(() -> g.addToCollection("c", a))
        .isInstanceOf(FailedPreconditionException.class);
    assertThatThrownBy(() -> g.clearCollection("c"))
        .isInstanceOf(FailedPreconditionException.class);
    assertThatThrownBy(() -> g.importGraphDef(TestOps.graph().toGraphDef()))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(g.operations()).containsExactly(a);
  }

  @Test
  void attachmentsAreMadeOnce() {
    StringBuilder first = g.attachment(StringBuilder.class, StringBuilder::new);
    assertThat(g.attachment(StringBuilder.class, StringBuilder::new)).isSameAs(first);
  }

  @Test
  void withoutASessionNothingIsEvaluated() {
    Output x = TestOps.placeholder(g, "x");
    assertThat(g.hasEvaluator()).isFalse();
    assertThatThrownBy(() -> x.op().run())
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("InteractiveSession");
  }

  @Test
  void shapesCanBeNarrowedButNotContradicted() {
    Output x = TestOps.placeholder(g, "x", DataType.FLOAT32, Shape.of(-1, 3));
    x.setShape(Shape.of(2, -1));
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3));
    assertThatThrownBy(() -> x.setShape(Shape.of(4, 3)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'x:0'")
        .hasMessageContaining("[4,3]")
        .hasMessageContaining("[2,3]");
    assertThat(x.shape()).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void onlyHiddenAttributesAreSetAfterwards() {
    Operation a = TestOps.noOp(g, "a");
    a.setHiddenAttr("_mark", AttrValue.of(1));
    assertThat(a.attrs().getInt("_mark")).isEqualTo(1);
    assertThatThrownBy(() -> a.setHiddenAttr("mark", AttrValue.of(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'mark'");
  }
}
