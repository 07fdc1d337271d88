package dev.millrace.graph;

import static dev.millrace.graph.GraphImportTest.def;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is written, and that it is read as it was. */
class GraphExportTest {
  private final Graph g = TestOps.graph();

  private Graph again(GraphDef d) {
    Graph other = TestOps.graph();
    other.importGraphDef(d);
    return other;
  }

  private void assertComesBack() {
    GraphDef first = g.toGraphDef();
    assertThat(again(first).toGraphDef().toByteArray()).isEqualTo(first.toByteArray());
    GraphDef fromText = GraphFiles.parseText(TextFormat.printer().printToString(first));
    assertThat(again(fromText).toGraphDef().toByteArray()).isEqualTo(first.toByteArray());
  }

  @Test
  void nodesAreWrittenAsTensorFlowWritesThem() {
    Output x = TestOps.placeholder(g, "x", DataType.FLOAT32, Shape.of(-1, 4));
    Operation split;
    try (Scope d = g.device("/gpu:0")) {
      split =
          g.opBuilder("Split", "split").input(x).attr("num_split", 2).controlInput(x.op()).build();
    }
    TestOps.add(g, "sum", split.output(0), split.output(1));
    assertThat(GraphFiles.toText(g))
        .isEqualTo(
            """
            node {
              name: "x"
              op: "Placeholder"
              attr {
                key: "dtype"
                value {
                  type: DT_FLOAT
                }
              }
              attr {
                key: "shape"
                value {
                  shape {
                    dim {
                      size: -1
                    }
                    dim {
                      size: 4
                    }
                  }
                }
              }
            }
            node {
              name: "split"
              op: "Split"
              input: "x"
              input: "^x"
              device: "/device:GPU:0"
              attr {
                key: "T"
                value {
                  type: DT_FLOAT
                }
              }
              attr {
                key: "num_split"
                value {
                  i: 2
                }
              }
            }
            node {
              name: "sum"
              op: "Add"
              input: "split"
              input: "split:1"
              attr {
                key: "T"
                value {
                  type: DT_FLOAT
                }
              }
            }
            versions {
              producer: 134
            }
            """);
    assertComesBack();
  }

  @Test
  void everyKindOfAttribute() {
    AttrValue.Func f =
        new AttrValue.Func("f", Map.of("b", AttrValue.of(1), "a", AttrValue.of("s")));
    g.opBuilder("Attributes", "a")
        .attr("tensor", TensorValue.of(new float[][] {{1, 2}, {3, 4}}))
        .attr("func", f)
        .attr("ls", AttrValue.ofStrings(List.of("a", "")))
        .attr("lf", new AttrValue.ListAttr(List.of(AttrValue.of(Float.NaN))))
        .attr("lb", new AttrValue.ListAttr(List.of(AttrValue.of(true), AttrValue.of(false))))
        .attr("lt", AttrValue.ofTypes(List.of(DataType.INT8, DataType.VARIANT)))
        .attr("lshape", AttrValue.ofShapes(List.of(Shape.unknown(), Shape.scalar(), Shape.of(-1))))
        .attr("ltensor", new AttrValue.ListAttr(List.of(AttrValue.of(TensorValue.of("x")))))
        .attr("lfunc", new AttrValue.ListAttr(List.of(f, f)))
        .attr("_class", AttrValue.ofStrings(List.of("loc:@b")))
        .build();
    assertComesBack();
    assertThat(again(g.toGraphDef()).operation("a").attrs()).isEqualTo(g.operation("a").attrs());
  }

  @Test
  void functionsAndVersions() {
    g.importGraphDef(
        def(
            "library { function { signature { name: 'f' } } function { signature { name: 'a' } } "
                + "gradient { function_name: 'f' gradient_func: 'a' } } "
                + "versions { producer: 27 min_consumer: 12 bad_consumers: 1 bad_consumers: 2 }"));
    assertComesBack();
    GraphDef d = g.toGraphDef();
    assertThat(d.getLibrary().getFunctionList())
        .extracting(f -> f.getSignature().getName())
        .containsExactly("a", "f");
    assertThat(d.getLibrary().getGradientCount()).isEqualTo(1);
    assertThat(d.getVersions().getBadConsumersList()).containsExactly(1, 2);
  }

  @Test
  void defaultsCanBeLeftOut() {
    Output x = TestOps.placeholder(g, "x", DataType.FLOAT32, Shape.of(2, 2));
    g.opBuilder("MatMul", "m").input(x).input(x).attr("transpose_b", true).attr("_m", 1).build();
    g.functions()
        .addAll(
            def("library { function { signature { name: 'f' } node_def { op: 'MatMul' "
                    + "attr { key: 'transpose_a' value { b: false } } "
                    + "attr { key: 'transpose_b' value { b: true } } } "
                    + "node_def { op: 'Other' attr { key: 'transpose_a' value { b: false } } } } }")
                .getLibrary());
    assertThat(g.toGraphDef().getNode(1).getAttrMap().keySet())
        .containsExactly("T", "_m", "transpose_a", "transpose_b");
    GraphDef d = new GraphExporter(g).stripDefaults().toGraphDef();
    assertThat(d.getNode(1).getAttrMap().keySet()).containsExactly("T", "_m", "transpose_b");
    assertThat(d.getLibrary().getFunction(0).getNodeDef(0).getAttrMap().keySet())
        .containsExactly("transpose_b");
    assertThat(d.getLibrary().getFunction(0).getNodeDef(1).getAttrMap()).hasSize(1);
    assertThat(again(d).operation("m").attrs()).isEqualTo(g.operation("m").attrs());
  }

  @Test
  void shapesCanBeAdded() {
    TestOps.placeholder(g, "x", DataType.FLOAT32, Shape.of(2, -1)).setShape(Shape.of(-1, 5));
    TestOps.noOp(g, "n");
    GraphDef d = new GraphExporter(g).withShapes().toGraphDef();
    assertThat(AttrProtos.read(d.getNode(0).getAttrOrThrow("_output_shapes")))
        .isEqualTo(AttrValue.ofShapes(List.of(Shape.of(2, 5))));
    assertThat(d.getNode(1).getAttrCount()).isZero();
    assertThat(again(d).output("x").shape()).isEqualTo(Shape.of(2, 5));
  }

  @Test
  void whatCannotBeWrittenNamesTheNode() {
    TensorValue live = TensorValue.wrap(DataType.RESOURCE, Shape.scalar(), new Object[] {"live"});
    g.opBuilder("Const", "c").attr("value", live).attr("dtype", DataType.RESOURCE).build();
    assertThatThrownBy(g::toGraphDef)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("c (Const)");
  }

  /** A graph of nodes with all sorts of inputs, attributes, devices and scopes. */
  static Graph random(Random r, int size) {
    Graph g = TestOps.graph();
    List<Output> floats = new ArrayList<>();
    floats.add(TestOps.placeholder(g, "x", DataType.FLOAT32, Shape.of(2)));
    for (int i = 0; i < size; i++) {
      Output a = floats.get(r.nextInt(floats.size()));
      Output b = floats.get(r.nextInt(floats.size()));
      List<Operation> ops = g.operations();
      Operation c = ops.get(r.nextInt(ops.size()));
      try (Scope n = g.nameScope(r.nextBoolean() ? null : "s" + r.nextInt(3));
          Scope d = g.device(r.nextBoolean() ? null : "/device:CPU:" + r.nextInt(2));
          Scope w = g.controlDependencies(r.nextInt(3) > 0 ? List.of() : List.of(c));
          Scope l = r.nextInt(4) > 0 ? g.controlDependencies(List.of()) : g.colocateWith(c)) {
        switch (r.nextInt(7)) {
          case 0 -> floats.add(TestOps.add(g, "add", a, b));
          case 1 -> floats.add(TestOps.identity(g, "identity", a));
          case 2 ->
              floats.add(
                  TestOps.constant(g, "const", new float[] {r.nextFloat(), r.nextInt(2), 1})
                      .op()
                      .output(0));
          case 3 ->
              floats.addAll(
                  g.opBuilder("Split", "split").input(a).attr("num_split", 3).build().outputs());
          case 4 ->
              floats.addAll(
                  g.opBuilder("IdentityN", "n").inputList(List.of(a, b)).build().outputs());
          case 5 -> TestOps.noOp(g, "noop").setHiddenAttr("_a", AttrProtosTest.value(r, 2));
          default ->
              g.opBuilder("Attributes", "attrs")
                  .attr("tensor", TensorProtosTest.random(DataType.INT16, Shape.of(3), r))
                  .attr("func", new AttrValue.Func("f", Map.of()))
                  .attr("lf", new AttrValue.ListAttr(List.of(AttrValue.of(r.nextFloat()))))
                  .build();
        }
      } catch (InvalidArgumentException e) {
        // Shapes [2] and [3] do not add up; the graph goes on without that node.
        assertThat(e).hasMessageContaining("do not broadcast");
      }
    }
    return g;
  }

  @Property(tries = 200)
  void randomGraphsComeBackByteForByte(@ForAll Random r) {
    GraphDef d = random(r, 30).toGraphDef();
    Graph back = again(d);
    assertThat(back.toGraphDef().toByteArray()).isEqualTo(d.toByteArray());
    assertThat(GraphFiles.parse(d.toByteArray())).isEqualTo(d);
  }

  @Property(tries = 200)
  void importedShapesAreThoseOfTheGraph(@ForAll Random r) {
    Graph one = random(r, 20);
    Graph two = again(one.toGraphDef());
    for (Operation op : one.operations()) {
      Operation same = two.operation(op.name());
      assertThat(same.outputs())
          .extracting(Output::name)
          .isEqualTo(op.outputs().stream().map(Output::name).toList());
      for (int i = 0; i < op.numOutputs(); i++) {
        assertThat(same.output(i).shape()).isEqualTo(op.output(i).shape());
        assertThat(same.output(i).dtype()).isEqualTo(op.output(i).dtype());
      }
      assertThat(same.consumers())
          .extracting(Operation::name)
          .isEqualTo(op.consumers().stream().map(Operation::name).toList());
      assertThat(same.device()).isEqualTo(op.device());
      assertThat(same.colocationGroups()).isEqualTo(op.colocationGroups());
    }
  }

  @Test
  void oneNode() {
    Operation n = TestOps.noOp(g, "n");
    assertThat(new GraphExporter(g).node(n))
        .isEqualTo(NodeDef.newBuilder().setName("n").setOp("NoOp").build());
  }
}
