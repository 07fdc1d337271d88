package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SavedModels, and what {@link GraphTransforms} makes of graphs. */
class SavedModelTest {
  @TempDir private Path dir;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 2);
  private final Variable w = tf.variable("w", new float[][] {{1}, {2}});
  private final Tensor y = x.matmul(w).as("y");

  @Test
  void aModelComesBack() throws IOException {
    Variable name = tf.newVariable("name").initialValue("").trainable(false).build();
    Tensor file = tf.constant("unset").as("file");
    Path asset = Files.writeString(dir.resolve("words.txt"), "a b c");
    Path model = dir.resolve("model");
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      new SavedModelBuilder(s)
          .signature("serving_default", Map.of("in", x), Map.of("out", y))
          .asset(file, asset)
          .mainOp(name.assign(file).operation())
          .save(model, "serve", "cpu");
      assertThatThrownBy(() -> new SavedModelBuilder(s).save(model, "serve"))
          .isInstanceOf(AlreadyExistsException.class);
    }
    assertThat(model.resolve("saved_model.pb")).exists();
    assertThat(model.resolve("variables/variables.index")).exists();
    assertThat(model.resolve("assets/words.txt")).hasContent("a b c");
    try (SavedModel m = SavedModel.load(model, "cpu", "serve")) {
      assertThat(m.signatures()).containsOnlyKeys("serving_default");
      Fetches f = m.call("serving_default").feed("in", new float[][] {{3, 4}, {5, 6}}).fetch("out");
      assertThat(f.value(0).floats()).containsExactly(11, 17);
      Variable v = (Variable) m.graph().collection("variables").get(1);
      assertThat(m.session().fetchValue(v))
          .isEqualTo(TensorValue.of(model.resolve("assets/words.txt").toString()));
      assertThatThrownBy(() -> m.call("other"))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("[serving_default]");
      assertThatThrownBy(() -> m.call("serving_default").feed("x", 1f))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("no input 'x'");
    }
    assertThatThrownBy(() -> SavedModel.load(model, "serve"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("[cpu, serve]");
    assertThatThrownBy(() -> SavedModel.load(dir, "serve"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no model");
  }

  @Test
  void aFrozenGraphRunsWithoutACheckpoint() {
    Variable table = tf.variable("table", new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Tensor rows = table.sparseRead(tf.constant(new int[] {2, 0})).as("rows");
    var old =
        tf.op("VariableV2", "old")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(2))
            .build();
    var set =
        tf.op("Assign", "set").input(old.output(0)).input(tf.constant(new float[] {7, 8})).build();
    Tensor sum = tf.tensor(old.output(0)).add(rows).as("sum");
    GraphDef frozen;
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      s.run(set);
      frozen = GraphTransforms.freeze(s, y, sum);
      assertThatThrownBy(() -> GraphTransforms.freeze(s, List.of("set")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("'set' (Assign)");
      assertThatThrownBy(() -> GraphTransforms.freeze(s, List.of("w/Assign")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("handle");
    }
    assertThat(frozen.getNodeList())
        .extracting(NodeDef::getOp)
        .doesNotContain("VarHandleOp", "ReadVariableOp", "VariableV2", "ResourceGather", "Assign");
    Graph again = new Graph();
    again.importGraphDef(frozen);
    try (Session s = new Session(again)) {
      assertThat(s.feed("x", new float[][] {{3, 4}}).fetchValue("y").floats()).containsExactly(11);
      assertThat(s.runner().fetchValue("sum").floats()).containsExactly(12, 14, 8, 10);
    }
  }

  @Test
  void graphsAreCutAndRenamed() {
    Tensor other = x.reduceSum().as("other");
    GraphDef cut = GraphTransforms.prune(graph.toGraphDef(), List.of("other"));
    assertThat(cut.getNodeList())
        .extracting(NodeDef::getName)
        .contains("x", "other")
        .doesNotContain("w", "y");
    GraphDef named = GraphTransforms.rename(cut, n -> n.equals("x") ? "input" : "net/" + n);
    Graph again = new Graph();
    again.importGraphDef(named);
    try (Session s = new Session(again)) {
      assertThat(s.feed("input", new float[][] {{3, 4}}).fetchValue("net/other"))
          .isEqualTo(TensorValue.of(7f));
    }
    assertThat(other.shape()).isEqualTo(Shape.scalar());
    assertThatThrownBy(() -> GraphTransforms.rename(cut, n -> "same"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'same'");
    assertThatThrownBy(() -> GraphTransforms.prune(cut, List.of("none")))
        .isInstanceOf(NotFoundException.class);
  }
}
