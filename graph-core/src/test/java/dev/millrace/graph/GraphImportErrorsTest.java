package dev.millrace.graph;

import static dev.millrace.graph.GraphImportTest.def;
import static dev.millrace.graph.GraphImportTest.floats;
import static dev.millrace.graph.GraphImportTest.identity;
import static dev.millrace.graph.GraphImportTest.node;
import static dev.millrace.graph.GraphImportTest.placeholder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Definitions that cannot be imported: the error names the node, and the graph stays as it was. */
class GraphImportErrorsTest {
  private static final String X = placeholder("x");

  static List<Arguments> broken() {
    return List.of(
        Arguments.of(X + X, "node 'x' (Placeholder): two nodes have that name"),
        Arguments.of(node("NoOp", "_n", "", ""), "node '_n' (NoOp): that is not an op name"),
        Arguments.of(node("NoOp", "", "", ""), "that is not an op name"),
        Arguments.of(node("", "n", "", ""), "node 'n' (): the node has no op type"),
        Arguments.of(node("No Op", "n", "", ""), "(No Op): that is not an op type"),
        Arguments.of(X + identity("y", "z"), "node 'y' (Identity): its input 'z' is not there"),
        Arguments.of(X + identity("y", "x", "^z"), "its input '^z' is not there"),
        Arguments.of(X + identity("y", "x:0", "^x:0"), "its input '^x:0' is not there"),
        Arguments.of(X + identity("y", "x:a"), "node 'y' (Identity): input 'x:a' is none of"),
        Arguments.of(X + identity("y", "x:"), "input 'x:' is none of"),
        Arguments.of(X + identity("y", "x:-1"), "input 'x:-1' is none of"),
        Arguments.of(X + identity("y", "x:99999999999"), "is none of"),
        Arguments.of(
            X + identity("y", "x:1"),
            "'y' (Identity): its input 'x:1': 'x' (Placeholder) has 1 outputs"),
        Arguments.of(
            X + node("NoOp", "n", "", "") + identity("y", "n"), "'n' (NoOp) has 0 outputs"),
        Arguments.of(
            X + floats("Add", "s", "x", "^x", "x"), "its input 'x' stands after a control input"),
        Arguments.of(X + floats("Add", "s", "x"), "input 'y' is missing"),
        Arguments.of(X + floats("Identity", "s", "x", "x"), "takes 1 inputs, not 2"),
        Arguments.of(
            X + node("Identity", "y", "x", "attr { key: 'T' value { type: DT_INT32 } }"),
            "input 'data' is float32, but T is int32"),
        Arguments.of(
            X + identity("y", "x").replace("}\n", "attr { key: 'odd' value { i: 1 } }}\n"),
            "there is no attribute 'odd'"),
        Arguments.of(
            X + node("Split", "s", "x", "attr { key: 'T' value { type: DT_FLOAT } }"),
            "attribute 'num_split' must be given"),
        Arguments.of(
            X + node("Identity", "y", "x", "attr { key: 'T' value { type: 77 } }"),
            "attribute 'T': no data type has the number 77"),
        Arguments.of(
            X + node("Identity", "y", "x", "attr { key: 'T' value {} }"),
            "attribute 'T': it has no value"),
        Arguments.of(
            X + node("Identity", "y", "x", "attr { key: 'T' value { placeholder: 'T' } }"), "y"),
        Arguments.of(
            node("Placeholder", "p", "", "attr { key: 'dtype' value { placeholder: 'T' } }"),
            "not of the kind Type"),
        Arguments.of(
            node("NoOp", "n", "", "device: '/disk:0'"), "node 'n' (NoOp): 'disk:0' is none of"),
        Arguments.of(
            node("NoOp", "n", "", "attr { key: '_class' value { list { s: 'x' i: 1 } } }"),
            "attribute '_class': a list holds values of one kind"),
        Arguments.of(matMul(), "the inner dimensions differ: [2,3] times [2,3]"),
        Arguments.of(
            "library { function { signature { name: 'f' input_arg { name: 'x' } } } }"
                + X
                + floats("f", "c", "x"),
            "the definition of 'f'"));
  }

  private static String matMul() {
    String shape = "attr { key: 'shape' value { shape { dim { size: 2 } dim { size: 3 } } } }";
    return X.replace("}\n", shape + "}\n") + floats("MatMul", "m", "x", "x");
  }

  @ParameterizedTest
  @MethodSource("broken")
  void errorsNameTheNode(String text, String message) {
    Graph g = TestOps.graph();
    TestOps.noOp(g, "before");
    String before = GraphFiles.toText(g);
    assertThatThrownBy(() -> g.importGraphDef(def(text)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
    assertThat(GraphFiles.toText(g)).isEqualTo(before);
  }

  @Test
  void errorsInNodesNameInputsAndShapesAsWhenBuilding() {
    assertThatThrownBy(() -> TestOps.graph().importGraphDef(def(matMul())))
        .hasMessageContaining("node:   m (MatMul)")
        .hasMessageContaining("inputs: x:0 float32[2,3], x:0 float32[2,3]")
        .satisfies(e -> assertThat(((MillraceException) e).nodeName()).isEqualTo("m"));
  }

  @Test
  void namesThatTheGraphHasAlready() {
    Graph g = TestOps.graph();
    TestOps.noOp(g, "x");
    assertThatThrownBy(() -> g.importGraphDef(def(X)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("has an operation 'x' already")
        .hasMessageContaining("prefix");
    g.importGraphDef(def(X), new ImportOptions().prefix("p/"));
    assertThat(g.findOperation("p/x")).isNotNull();
  }
}
