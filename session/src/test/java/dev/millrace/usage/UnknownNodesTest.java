package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.ImportedGraph;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.proto.GraphDef;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Imported nodes of types that are not known here, such as the iterators of datasets. */
class UnknownNodesTest {
  /** x, ids = iterator.get_next(), and what is computed of them, as Python writes it. */
  private static final String DATASET =
      """
      node { name: "batch_size" op: "Const"
        attr { key: "dtype" value { type: DT_INT64 } }
        attr { key: "value" value { tensor { dtype: DT_INT64 tensor_shape {} int64_val: 2 } } } }
      node { name: "TensorSliceDataset" op: "TensorSliceDataset" input: "batch_size"
        attr { key: "Toutput_types" value { list { type: DT_INT64 } } }
        attr { key: "output_shapes" value { list { shape {} } } } }
      node { name: "IteratorV2" op: "IteratorV2"
        attr { key: "container" value { s: "" } }
        attr { key: "shared_name" value { s: "" } }
        attr { key: "output_types" value { list { type: DT_FLOAT type: DT_INT32 } } }
        attr { key: "output_shapes" value { list {
          shape { dim { size: -1 } dim { size: 2 } } shape { dim { size: -1 } } } } } }
      node { name: "MakeIterator" op: "MakeIterator"
        input: "TensorSliceDataset" input: "IteratorV2" }
      node { name: "IteratorGetNext" op: "IteratorGetNext" input: "IteratorV2"
        attr { key: "output_types" value { list { type: DT_FLOAT type: DT_INT32 } } }
        attr { key: "output_shapes" value { list {
          shape { dim { size: -1 } dim { size: 2 } } shape { dim { size: -1 } } } } } }
      node { name: "axis" op: "Const"
        attr { key: "dtype" value { type: DT_INT32 } }
        attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: 0 } } } }
      node { name: "twice" op: "Add" input: "IteratorGetNext" input: "IteratorGetNext"
        attr { key: "T" value { type: DT_FLOAT } } }
      node { name: "rows" op: "GatherV2" input: "twice" input: "IteratorGetNext:1" input: "axis"
        attr { key: "Tparams" value { type: DT_FLOAT } }
        attr { key: "Tindices" value { type: DT_INT32 } }
        attr { key: "Taxis" value { type: DT_INT32 } } }
      versions { producer: 27 }
      """;

  private final Graph graph = new Graph();
  private final GraphDef def = GraphFiles.parseText(DATASET);
  private final ImportedGraph imported = graph.importGraphDef(def);

  @ParameterizedTest
  @EnumSource(SessionOptions.Mode.class)
  void whatAnIteratorGivesCanBeFed(SessionOptions.Mode mode) {
    try (Session s = new Session(graph, SessionOptions.builder().mode(mode).build())) {
      assertThat(
              s.feed("IteratorGetNext:0", new float[][] {{1, 2}, {3, 4}})
                  .feed("IteratorGetNext:1", new int[] {1, 1, 0})
                  .fetchValue("rows")
                  .floats())
          .containsExactly(6, 8, 6, 8, 2, 4);
      assertThat(s.feed("IteratorGetNext", new float[][] {{5, 6}}).fetchValue("twice").floats())
          .containsExactly(10, 12);
      assertThatThrownBy(() -> s.runner().fetchValue("twice"))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("what it gives can be fed");
    }
  }

  @Test
  void whatTheyTellOfTheirOutputsIsKnown() {
    assertThat(imported.unknownOpTypes())
        .containsOnlyKeys("IteratorGetNext", "IteratorV2", "MakeIterator", "TensorSliceDataset");
    assertThat(graph.output("IteratorGetNext:0").dtype()).isEqualTo(DataType.FLOAT32);
    assertThat(graph.output("IteratorGetNext:1").dtype()).isEqualTo(DataType.INT32);
    assertThat(graph.output("rows").shape().rank()).isEqualTo(2);
    assertThat(graph.output("IteratorGetNext:0").shape()).isEqualTo(Shape.of(-1, 2));
    for (int i = 1; i < 5; i++) { // written as they were read
      assertThat(graph.toGraphDef().getNode(i)).isEqualTo(def.getNode(i));
    }
  }
}
