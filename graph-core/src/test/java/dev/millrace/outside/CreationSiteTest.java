package dev.millrace.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TestOps;
import org.junit.jupiter.api.Test;

/** A user's code, outside the library's packages: nodes and errors lead to its lines. */
class CreationSiteTest {
  private final Graph g = TestOps.graph();

  private static int line() {
    return StackWalker.getInstance().walk(s -> s.skip(1).findFirst().orElseThrow()).getLineNumber();
  }

  private Output matrix(String name) {
    return g.opBuilder("Placeholder", name)
        .attr("dtype", DataType.FLOAT32)
        .attr("shape", Shape.of(2, 3))
        .build()
        .output(0);
  }

  @Test
  void aNodeKnowsTheLineThatMadeIt() {
    int here = line();
    Operation op = g.opBuilder("NoOp", "n").build();
    assertThat(op.creationSite().isKnown()).isTrue();
    assertThat(op.creationSite().frame().getLineNumber()).isEqualTo(here + 1);
    assertThat(op.creationSite().frame().getMethodName()).isEqualTo("aNodeKnowsTheLineThatMadeIt");
    assertThat(op.creationSite()).hasToString(op.creationSite().frame().toString());
  }

  @Test
  void anErrorNamesNodeTypeInputShapesAndLine() {
    Output a = matrix("a");
    int[] here = new int[1];
    Throwable e =
        catchThrowable(
            () -> {
              here[0] = line();
              g.opBuilder("MatMul", "product").input(a).input(a).build();
            });
    assertThat(e)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("product (MatMul)")
        .hasMessageContaining("a:0 float32[2,3], a:0 float32[2,3]")
        .hasMessageContaining("CreationSiteTest.java:" + (here[0] + 1));
    assertThat(((MillraceException) e).nodeName()).isEqualTo("product");
  }

  @Test
  void errorsAboutANodeMadeEarlierNameItsLine() {
    int here = line();
    Output a = matrix("a"); // the line of build() counts, which is in matrix()
    Throwable e = catchThrowable(() -> a.setShape(Shape.of(9, 9)));
    assertThat(e).hasMessageContaining("made at").hasMessageContaining("CreationSiteTest.matrix");
    assertThat(a.op().creationSite().frame().getLineNumber()).isLessThan(here);
  }

  @Test
  void importedNodesWereMadeByTheCallThatImports() {
    int here = line();
    g.importGraphDef(GraphFiles.parseText("node { name: 'n' op: 'NoOp' }"));
    assertThat(g.operation("n").creationSite().frame().getLineNumber()).isEqualTo(here + 1);
  }
}
