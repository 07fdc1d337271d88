package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.FunctionBody;
import dev.millrace.graph.FunctionBody.Capture;
import dev.millrace.graph.FunctionBody.Parameter;
import dev.millrace.graph.FunctionCall;
import dev.millrace.graph.FunctionGrowth;
import dev.millrace.graph.Graph;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.proto.FunctionDef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FunctionBodiesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 2, 3);
  private final Tensor y = tf.placeholder("y", DataType.FLOAT32, 2, 3);

  private FunctionBody branch(String name, java.util.function.Supplier<Tensor> make) {
    return FunctionBody.build(graph, name, List.of(), p -> List.of(make.get().asOutput()));
  }

  private static List<String> names(List<Output> outputs) {
    return outputs.stream().map(Output::name).toList();
  }

  // ---- building

  @Test
  void whatIsMadeGoesIntoTheBodyAndOuterTensorsAreCapturedOnce() {
    int before = graph.size();
    FunctionBody f = branch("f", () -> x.add(y).mul(x));
    assertThat(graph.size()).isEqualTo(before);
    assertThat(f.name()).isEqualTo("f_1");
    assertThat(f.graph().outer()).isSameAs(graph);
    assertThat(f.captures()).extracting(Capture::outer).containsExactly(x.asOutput(), y.asOutput());
    assertThat(names(f.parameters())).containsExactly("x:0", "y:0");
    assertThat(f.parameters()).extracting(Output::shape).containsOnly(Shape.of(2, 3));
    assertThat(f.graph().operations())
        .extracting(Operation::toString)
        .containsExactly("x (Placeholder)", "y (Placeholder)", "add (AddV2)", "mul (Mul)");
    assertThat(names(f.results())).containsExactly("mul:0");
    assertThat(branch("f", () -> x).name()).isEqualTo("f_2");
  }

  @Test
  void aResultMayBeAnOuterTensor() {
    FunctionBody f = branch("f", () -> x);
    assertThat(f.results()).isEqualTo(f.parameters());
    assertThat(f.captures()).extracting(Capture::outer).containsExactly(x.asOutput());
  }

  @Test
  void constantsWithoutGradientAreCopiedAndOthersCaptured() {
    Tensor axis = tf.constant("axis", 1);
    Tensor scale = tf.constant("scale", 2.5f);
    FunctionBody f =
        branch(
            "f",
            () -> tf.tensor(tf.op("Sum", "s").input(x.mul(scale)).input(axis).build().output(0)));
    assertThat(f.captures()).extracting(c -> c.outer().name()).containsExactly("x:0", "scale:0");
    assertThat(f.results().get(0).shape()).isEqualTo(Shape.of(2));
  }

  @Test
  void scopesInsideApplyToTheBody() {
    try (var device = tf.device("/cpu:0");
        var outerScope = tf.scope("outer")) {
      FunctionBody f =
          branch(
              "f",
              () -> {
                try (var inner = tf.scope("inner");
                    var wait = tf.controlDependencies(tf.noOp("first"))) {
                  return x.neg();
                }
              });
      Operation neg = f.graph().operation("inner/Neg");
      assertThat(neg.device().toString()).isEqualTo("/device:CPU:0");
      assertThat(neg.controlInputs()).containsExactly(f.graph().operation("inner/first"));
      assertThat(x.neg().name()).isEqualTo("outer/Neg:0");
    }
  }

  @Test
  void outerOperationsAreWaitedForByTheCaller() {
    Operation before = tf.noOp("before");
    FunctionBody f =
        branch(
            "f",
            () -> {
              try (var wait = tf.controlDependencies(before)) {
                return x.neg();
              }
            });
    assertThat(f.controlCaptures()).containsExactly(before);
    assertThat(f.graph().operation("Neg").controlInputs()).isEmpty();
  }

  @Test
  void nestedBodiesCaptureThroughEveryLevel() {
    AtomicReference<FunctionBody> inner = new AtomicReference<>();
    FunctionBody outer =
        branch(
            "outer",
            () -> {
              Tensor z = x.add(1);
              inner.set(branch("inner", () -> z.mul(y)));
              return z;
            });
    assertThat(inner.get().graph().outer()).isSameAs(outer.graph());
    assertThat(inner.get().graph().outermost()).isSameAs(graph);
    assertThat(inner.get().captures())
        .extracting(c -> c.outer().graph())
        .containsOnly(outer.graph());
    assertThat(outer.captures()).extracting(c -> c.outer().name()).containsExactly("x:0", "y:0");
  }

  @Test
  void variablesAreMadeOutsideAndTheirReadCaptured() {
    AtomicReference<Variable> made = new AtomicReference<>();
    FunctionBody f =
        branch(
            "f",
            () -> {
              try (var s = tf.scope("layer")) {
                made.set(tf.variable("w", Initializers.zeros(), 3, 4));
              }
              Variable shared = tf.getVariable("b", 4);
              return x.matmul(made.get()).add(shared);
            });
    Variable w = made.get();
    assertThat(w.graph()).isSameAs(graph);
    assertThat(w.name()).isEqualTo("layer/w");
    assertThat(w.initialValue().graph()).isSameAs(graph);
    assertThat(tf.globalVariables()).hasSize(2);
    assertThat(f.captures())
        .extracting(c -> c.outer().name())
        .containsExactly("x:0", "layer/w/Read/ReadVariableOp:0", "b/Read/ReadVariableOp:0");
  }

  @Test
  void readsAndAssignmentsInsideCaptureTheHandle() {
    Variable w = tf.variable("w", Initializers.zeros(), 3, 4);
    FunctionBody f =
        branch(
            "f",
            () -> {
              w.assignAdd(tf.ones(DataType.FLOAT32, 3, 4));
              return w.readValue();
            });
    assertThat(f.captures()).extracting(Capture::outer).containsExactly(w.handle());
    assertThat(f.parameters().get(0).handleData())
        .isEqualTo(new HandleData(DataType.FLOAT32, Shape.of(3, 4)));
    assertThat(f.results().get(0).shape()).isEqualTo(Shape.of(3, 4));
    assertThat(f.isStateful()).isTrue();
    assertThat(f.controlOutputs())
        .extracting(Operation::type)
        .containsExactly("AssignAddVariableOp", "ReadVariableOp");
  }

  @Test
  void seedsCountTheBodysOwnOperations() {
    tf.setRandomSeed(7);
    FunctionBody f =
        branch("f", () -> tf.randomUniform(List.of(2), DataType.FLOAT32).add(x.get(0, 0)));
    Operation random =
        f.graph().operations().stream()
            .filter(o -> o.type().equals("RandomUniform"))
            .findFirst()
            .get();
    assertThat(random.attrs().getInt("seed")).isEqualTo(7);
    assertThat(random.attrs().getInt("seed2")).isEqualTo(random.id());
  }

  @Test
  void collectionsOfABodyAreSeenInItAlone() {
    graph.addToCollection("things", x);
    List<Object> inside = new ArrayList<>();
    branch(
        "f",
        () -> {
          Tensor z = x.neg();
          graph.addToCollection("things", z);
          graph.addToCollection("things", "text");
          inside.addAll(graph.collection("things"));
          return z;
        });
    assertThat(inside).hasSize(3);
    assertThat(graph.collection("things")).containsExactly(x, "text");
  }

  // ---- errors

  @Test
  void aTensorOfABodyIsNotForUseOutside() {
    AtomicReference<Tensor> leaked = new AtomicReference<>();
    branch(
        "f",
        () -> {
          leaked.set(x.neg());
          return leaked.get();
        });
    assertThatThrownBy(() -> y.add(leaked.get()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("input 'Neg:0' (Neg) was made in the body of the function 'f_1' at")
        .hasMessageContaining("and exists only there")
        .hasMessageContaining("let the body return it")
        .hasMessageContaining("node:   add (AddV2)");
    assertThatThrownBy(() -> branch("g", () -> leaked.get().neg()))
        .hasMessageContaining("'Neg:0' (Neg) was made in the body of the function 'f_1'");
    assertThatThrownBy(() -> branch("g", leaked::get))
        .hasMessageContaining("'Neg:0' (Neg) was made in the body of the function 'f_1'");
    assertThatThrownBy(() -> tf.controlDependencies(leaked.get()))
        .hasMessageContaining("'Neg' (Neg) was made in the body of the function 'f_1'");
  }

  @Test
  void aFailingBodyLeavesTheGraphAsItWas() {
    assertThatThrownBy(() -> branch("f", () -> x.matmul(x)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThat(x.neg().graph()).isSameAs(graph);
    assertThat(graph.functions().all()).isEmpty();
  }

  @Test
  void anInitialValueFromInsideIsAnError() {
    assertThatThrownBy(() -> branch("f", () -> tf.variable("w", x.add(1)).value()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("variable 'w' is made once, outside of the cond or loop");
  }

  @Test
  void aFinalizedGraphTakesNoBodies() {
    graph.finalizeGraph();
    assertThatThrownBy(() -> branch("f", () -> x)).isInstanceOf(FailedPreconditionException.class);
  }

  // ---- the wire form

  private Operation loop() {
    List<Parameter> variables =
        List.of(
            new Parameter("i", DataType.INT32, Shape.scalar()),
            new Parameter("sum", DataType.FLOAT32, Shape.of(2, 3)));
    FunctionBody cond =
        FunctionBody.build(
            graph, "loop_cond", variables, p -> List.of(tf.less(p.get(0), 5).asOutput()));
    FunctionBody body =
        FunctionBody.build(
            graph,
            "loop_body",
            variables,
            p ->
                List.of(
                    tf.add(p.get(0), 1).asOutput(), tf.tensor(p.get(1)).add(y.mul(2)).asOutput()));
    cond.orderCaptures(List.of(y.asOutput()));
    body.orderCaptures(List.of(y.asOutput()));
    body.addResults(List.of(body.parameters().get(2)));
    return tf.op("While", "while")
        .inputList(List.of(tf.constant(0), x, y))
        .attr("cond", cond.toAttr())
        .attr("body", body.toAttr())
        .attr("output_shapes", AttrValue.ofShapes(List.of(Shape.scalar(), x.shape(), y.shape())))
        .build();
  }

  @Test
  void aFunctionIsWrittenAndReadAgain() {
    Operation loop = loop();
    Graph again = new Graph();
    again.importGraphDef(graph.toGraphDef());
    Operation read = again.operation(loop.name());
    FunctionBody body = read.function("body");
    FunctionBody original = loop.function("body");
    assertThat(names(body.parameters())).containsExactly("i:0", "sum:0", "y:0");
    assertThat(body.parameters()).extracting(Output::shape).element(1).isEqualTo(Shape.of(2, 3));
    assertThat(names(body.results())).isEqualTo(names(original.results()));
    assertThat(body.results()).extracting(Output::shape).element(1).isEqualTo(Shape.of(2, 3));
    assertThat(read.function("body")).isSameAs(body);
    FunctionDef first = original.toProto();
    assertThat(body.toProto()).isEqualTo(first);
    assertThat(again.toGraphDef()).isEqualTo(graph.toGraphDef());
    assertThat(first.getNodeDefList())
        .filteredOn(n -> n.getOp().equals("Mul"))
        .allSatisfy(n -> assertThat(n.getInputList()).containsExactly("y", "mul/y:output:0"));
    assertThat(first.getRetMap()).containsEntry("add_1", "add_1:z:0").containsEntry("y", "y");
  }

  // ---- growing

  @Test
  void aLoopGainsVariablesAndCaptures() {
    Operation loop = loop();
    FunctionBody body = loop.function("body");
    Tensor scale = tf.placeholder("scale", DataType.FLOAT32, 3);
    FunctionGrowth growth = FunctionGrowth.of(loop);
    assertThat(growth.bodies()).containsExactly(loop.function("cond"), body);
    List<Output> more =
        growth.addLoopVariables(
            List.of(tf.constant("start", new float[2]).asOutput()),
            List.of(Shape.vector(-1)),
            p -> List.of(tf.tensor(p.get(0)).mul(tf.reduceSum(scale)).asOutput()));
    assertThat(names(more)).containsExactly("while:3");
    assertThat(more.get(0).shape()).isEqualTo(Shape.vector(-1));
    assertThat(loop.inputs()).extracting(Output::name).endsWith("y:0", "start:0", "scale:0");
    assertThat(loop.numOutputs()).isEqualTo(5);
    assertThat(loop.attrs().getTypes("T")).hasSize(5);
    assertThat(loop.attrs().getShapes("output_shapes")).hasSize(5);
    assertThat(names(body.parameters()))
        .containsExactly("i:0", "sum:0", "y:0", "start:0", "scale:0");
    assertThat(names(body.results())).endsWith("y:0", "mul_1:0", "scale:0");
    assertThat(loop.function("cond").parameters()).hasSize(5);
    assertThat(scale.op().consumers()).containsExactly(loop);
  }

  @Test
  void sharedBodiesAreCopiedBeforeTheyGrow() {
    Operation loop = loop();
    FunctionBody shared = loop.function("body");
    Operation other =
        tf.op("While", "other")
            .inputList(loop.inputs())
            .attr("cond", loop.attrs().get("cond"))
            .attr("body", loop.attrs().get("body"))
            .build();
    FunctionGrowth.of(other).addLoopVariables(List.of(x.asOutput()), List.of(x.shape()), p -> p);
    assertThat(loop.function("body")).isSameAs(shared);
    assertThat(shared.parameters()).hasSize(3);
    FunctionBody own = other.function("body");
    assertThat(own.parameters()).hasSize(4);
    assertThat(own.captures()).extracting(Capture::outer).containsExactly(y.asOutput());
    assertThat(own.graph().operations())
        .filteredOn(o -> o.type().equals("Mul"))
        .extracting(Operation::name)
        .containsExactly("mul");
  }

  @Test
  void importedBodiesAreCopiedBeforeTheyGrow() {
    Operation loop = loop();
    Graph again = new Graph();
    again.importGraphDef(graph.toGraphDef());
    Operation read = again.operation(loop.name());
    FunctionGrowth.of(read)
        .addLoopVariables(List.of(again.output("x:0")), List.of(Shape.of(2, 3)), p -> p);
    assertThat(read.attrs().getFunc("body").name()).isEqualTo("loop_body_1_1");
    assertThat(read.function("body").results()).hasSize(4);
    assertThat(read.numOutputs()).isEqualTo(4);
    Graph third = new Graph();
    third.importGraphDef(again.toGraphDef());
    assertThat(third.operation("while").function("body").results()).hasSize(4);
  }

  @Test
  void aBranchGainsResultsAndArguments() {
    Tensor p = tf.placeholder("p", DataType.BOOL);
    FunctionBody then = branch("then", () -> x.mul(2));
    FunctionBody otherwise = branch("else", () -> x);
    Operation cond =
        tf.op("If", "cond")
            .input(p)
            .inputList(List.of(x))
            .attr("then_branch", then.toAttr())
            .attr("else_branch", otherwise.toAttr())
            .attr("Tout", AttrValue.ofTypes(List.of(DataType.FLOAT32)))
            .build();
    FunctionGrowth growth = FunctionGrowth.of(cond);
    List<List<Output>> results = new ArrayList<>();
    for (FunctionBody b : growth.bodies()) {
      try (var s = b.reopen()) {
        results.add(
            List.of(b == then ? y.neg().asOutput() : tf.zeros(DataType.FLOAT32, 4, 3).asOutput()));
      }
    }
    List<Output> more = growth.addResults(results);
    assertThat(names(more)).containsExactly("cond:1");
    assertThat(more.get(0).shape()).isEqualTo(Shape.of(-1, 3));
    assertThat(cond.inputs()).extracting(Output::name).containsExactly("p:0", "x:0", "y:0");
    assertThat(names(otherwise.parameters())).containsExactly("x:0", "y:0");
    assertThat(cond.attrs().getTypes("Tin")).hasSize(2);
    assertThat(FunctionCall.firstArgument(cond)).isEqualTo(1);
    assertThat(FunctionCall.bodies(cond)).containsExactly(then, otherwise);
  }
}
