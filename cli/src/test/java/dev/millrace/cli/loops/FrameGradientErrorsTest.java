package dev.millrace.cli.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.cli.loops.LoopGraph.Loop;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Output;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be differentiated in loops of TensorFlow 1 says so; what is cut off, is. */
class FrameGradientErrorsTest {
  private static final double[] X = {0.5, -0.3};

  /** x times w, three times. */
  private static Graph loop() {
    LoopGraph g = new LoopGraph();
    String x = g.input(X);
    String w = g.input(new double[] {2, 3});
    Loop l = g.loop("while", g.constant(0), x);
    l.whileLess(0, 3);
    l.count(0, 1);
    g.node("product", "Mul", l.body(1), l.invariant(w));
    l.next(1, "product");
    g.output(l.exit(1));
    Graph graph = new Graph();
    graph.importGraphDef(g.graphDef());
    return graph;
  }

  private static double[] value(Graph g, Tensor t) {
    try (Session s = new Session(g)) {
      return s.runner().feed("in/0", X).feed("in/1", new double[] {2, 3}).fetchValue(t).doubles();
    }
  }

  @Test
  void whatIsInsideOfALoopHasNoGradient() {
    Graph g = loop();
    Output inside = g.output("product:0");
    Output x = g.output("in/0:0");
    assertThatThrownBy(() -> Gradients.of(inside, x))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("'product:0' lies inside of loop 'while'")
        .hasMessageContaining("has a value in each iteration");
    assertThatThrownBy(() -> Gradients.of(g.output("out/0:0"), inside))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("'product:0' lies inside of loop 'while'");
  }

  @Test
  void gradientsOfGradientsOfLoopsAreRefused() {
    Graph g = loop();
    Output x = g.output("in/0:0");
    Output w = g.output("in/1:0");
    Tensor first = Gradients.gradient(g.output("out/0:0"), w);
    assertThatThrownBy(() -> Gradients.of(first, x))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("second-order gradients of while loops are not supported");
  }

  @Test
  void aLoopIsDifferentiatedAsOftenAsAskedFor() {
    Graph g = loop();
    Output x = g.output("in/0:0");
    Output y = g.output("out/0:0");
    Tensor first = Gradients.gradient(y, x);
    Tensor second = Gradients.gradient(Ops.of(g).tensor(y).mul(2), x);
    assertThat(value(g, first.add(second))).containsExactly(24, 81);
  }

  @Test
  void mergesOfSeveralPredicatesAreNotDefined() {
    LoopGraph g = new LoopGraph();
    String x = g.input(X);
    String p = g.input(true);
    String q = g.input(false);
    g.output(g.merge(g.op("Switch", x, p), g.op("Neg", g.op("Switch", x, q) + ":1")));
    Graph graph = new Graph();
    graph.importGraphDef(g.graphDef());
    assertThatThrownBy(() -> Gradients.of(graph.output("out/0:0"), graph.output("in/0:0")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the gradient of 'Merge'")
        .hasMessageContaining("it does not merge the two sides of a choice by one predicate");
  }

  @Test
  void gradientsStopAndBeginWhereTheyAreTold() {
    Graph g = loop();
    Output x = g.output("in/0:0");
    Output y = g.output("out/0:0");
    List<Gradient> stopped =
        Gradients.builder(List.of(y), List.of(x)).stopGradients(List.of(y.op().input(0))).build();
    assertThat(stopped.get(0).isConnected()).isFalse();
    Tensor given = Ops.of(g).constant(new double[] {10, 100}, DataType.FLOAT64);
    List<Gradient> begun = Gradients.builder(List.of(y), List.of(x)).gradYs(List.of(given)).build();
    assertThat(value(g, begun.get(0).dense())).containsExactly(80, 2700);
    Output other = Ops.of(g).constant(X, DataType.FLOAT64).asOutput();
    assertThat(Gradients.of(y, other).get(0).isConnected()).isFalse();
  }

  @Test
  void theBackwardLoopRunsAsManyStepsAtATime() {
    Graph g = new Graph();
    var def = loop().toGraphDef().toBuilder();
    def.getNodeBuilderList().stream()
        .filter(n -> n.getOp().equals("Enter"))
        .forEach(n -> n.putAttr("parallel_iterations", LoopGraph.attr(3)));
    g.importGraphDef(def.build());
    Gradients.of(g.output("out/0:0"), g.output("in/0:0"));
    List<Long> parallel = new ArrayList<>();
    g.operations().stream()
        .filter(op -> op.type().equals("Enter"))
        .forEach(op -> parallel.add(op.attrs().getInt("parallel_iterations")));
    assertThat(parallel).hasSizeGreaterThan(5).containsOnly(3L);
  }
}
