package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.FunctionGrowth;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.proto.GraphDef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions built here run on TensorFlow 1.15.0. */
class FunctionInteropTest {
  @TempDir private Path work;

  /** x doubled as long as its sum is below 100, how often, and the sums on the way. */
  private static GraphDef loop() {
    Ops tf = Ops.of(new Graph());
    Graph graph = tf.graph();
    Tensor x = tf.constant(new float[] {1, 2, 3});
    Tensor two = tf.constant(2f);
    List<Parameter> variables =
        List.of(
            new Parameter("i", DataType.INT32, Shape.scalar()),
            new Parameter("x", DataType.FLOAT32, Shape.of(3)));
    FunctionBody cond =
        FunctionBody.build(
            graph,
            "cond",
            variables,
            p -> List.of(tf.less(tf.reduceSum(p.get(1)), 100).asOutput()));
    FunctionBody body =
        FunctionBody.build(
            graph,
            "body",
            variables,
            p -> List.of(tf.add(p.get(0), 1).asOutput(), tf.mul(p.get(1), two).asOutput()));
    cond.orderCaptures(List.of(two.asOutput()));
    body.addResults(List.of(body.parameters().get(2)));
    Operation loop =
        tf.op("While", "while")
            .inputList(List.of(tf.constant(0), x, two))
            .attr("cond", cond.toAttr())
            .attr("body", body.toAttr())
            .build();
    Tensor list =
        tf.tensor(
            tf.op("EmptyTensorList", "sums")
                .input(tf.constant(new int[0]))
                .input(tf.constant(-1))
                .attr("element_dtype", DataType.FLOAT32)
                .build()
                .output(0));
    List<Output> grown =
        FunctionGrowth.of(loop)
            .addLoopVariables(
                List.of(list.asOutput()),
                List.of(Shape.scalar()),
                p -> {
                  Tensor sum = tf.reduceSum(body.parameters().get(1));
                  return List.of(
                      tf.op("TensorListPushBack", "push")
                          .input(p.get(0))
                          .input(sum.mul(tf.reduceMax(x)))
                          .build()
                          .output(0));
                });
    Output stacked =
        tf.op("TensorListStack", "stack")
            .input(grown.get(0))
            .input(tf.constant(new int[0]))
            .attr("element_dtype", DataType.FLOAT32)
            .build()
            .output(0);
    tf.tensor(loop.output(0)).as("out/0");
    tf.tensor(loop.output(1)).as("out/1");
    tf.tensor(stacked).as("out/2");
    return graph.toGraphDef();
  }

  /** A branch that counts in a variable how often it ran. */
  private static GraphDef branches() {
    Ops tf = Ops.of(new Graph());
    Graph graph = tf.graph();
    Variable runs = tf.variable("runs", 0);
    Tensor p = tf.constant(true);
    Tensor x = tf.constant(new float[] {1, 2, 3});
    FunctionBody then =
        FunctionBody.build(
            graph,
            "then",
            List.of(),
            none -> {
              runs.assignAdd(1);
              return List.of(x.mul(10).asOutput());
            });
    FunctionBody otherwise =
        FunctionBody.build(graph, "else", List.of(), none -> List.of(x.asOutput()));
    List<Output> captured = List.of(runs.handle(), x.asOutput());
    then.orderCaptures(captured);
    otherwise.orderCaptures(captured);
    Operation cond =
        tf.op("If", "cond")
            .input(p)
            .inputList(captured)
            .attr("then_branch", then.toAttr())
            .attr("else_branch", otherwise.toAttr())
            .attr("Tout", AttrValue.ofTypes(List.of(DataType.FLOAT32)))
            .build();
    tf.group("init", tf.globalVariablesInitializer());
    tf.group("step", cond);
    tf.constant("step_count", 3);
    runs.readValue().as("out/0");
    tf.tensor(cond.output(0)).as("out/1");
    return graph.toGraphDef();
  }

  @Test
  void functionsRunOnTensorFlow() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
    Map<String, GraphDef> graphs = new LinkedHashMap<>();
    graphs.put("loop", loop());
    graphs.put("branches", branches());
    Map<String, List<TensorValue>> got = TensorFlowJudge.run(graphs, work);
    List<Object> loop = new ArrayList<>();
    got.get("loop").forEach(v -> loop.add(v.data()));
    assertThat(loop)
        .containsExactly(
            new int[] {5}, new float[] {32, 64, 96}, new float[] {18, 36, 72, 144, 288});
    assertThat(got.get("branches").get(1).floats()).containsExactly(10, 20, 30);
    assertThat(got.get("branches").get(0).toLongs()[0]).isBetween(3L, 4L);
  }
}
