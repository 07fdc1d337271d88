package dev.millrace.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LoopApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, 2, 3);
  private final Tensor w = tf.placeholder("w", DataType.FLOAT32, 3, 3);
  private final Tensor zero = tf.constant("zero", 0);

  record State(Tensor i, Tensor x) {}

  // ---- while

  @Test
  void aLoopIsOneNode() {
    State s =
        tf.whileLoop(
            v -> v.i().less(5), v -> new State(v.i().add(1), v.x().matmul(w)), new State(zero, x));
    Operation loop = s.x().op();

    assertThat(loop.type()).isEqualTo("StatelessWhile");
    assertThat(loop.name()).isEqualTo("while");
    assertThat(loop.inputs()).extracting(Output::name).containsExactly("zero:0", "x:0", "w:0");
    assertThat(s.i().name()).isEqualTo("while:0");
    assertThat(s.x().shape()).isEqualTo(Shape.of(2, 3));
    assertThat(loop.attrs().getInt("parallel_iterations")).isEqualTo(10);
    assertThat(loop.attrs().getFunc("cond").name()).isEqualTo("while_cond_1");
    assertThat(loop.function("cond").parameters()).hasSize(3);
    assertThat(loop.function("body").results()).hasSize(3);
    assertThat(loop.function("body").results().get(2))
        .isEqualTo(loop.function("body").parameters().get(2));
  }

  @Test
  void variablesAreReadOnceOutside() {
    Tensor h =
        tf.whileLoop(
            v -> v.reduceSum().less(9),
            v -> v.matmul(tf.getVariable("w", 3, 3)).add(tf.getVariable("b", 3)),
            x);
    Operation loop = h.op();
    assertThat(loop.inputs())
        .extracting(Output::name)
        .containsExactly("x:0", "w_1/Read/ReadVariableOp:0", "b/Read/ReadVariableOp:0");
    assertThat(loop.type()).isEqualTo("StatelessWhile");
    assertThat(tf.globalVariables()).extracting(Variable::graph).containsOnly(graph);
  }

  @Test
  void anAssignmentInTheBodyMakesTheLoopStateful() {
    Variable count = tf.variable("count", 0);
    Tensor n =
        tf.whileLoop(
            i -> i.less(3),
            i -> {
              try (var after = tf.controlDependencies(count.assignAdd(1))) {
                return i.add(1);
              }
            },
            zero);
    assertThat(n.op().type()).isEqualTo("While");
    assertThat(n.op().inputs()).contains(count.handle());
  }

  @Test
  void theNumberOfStepsCanBeLimited() {
    Tensor n = tf.placeholder("n", DataType.INT64, new long[0]);
    Tensor a =
        tf.whileLoop(
            i -> true, i -> i.add(1), zero, new LoopOptions().maximumIterations(4).name("a"));
    Tensor b =
        tf.whileLoop(
            i -> true,
            i -> i.add(1),
            zero,
            new LoopOptions().maximumIterations(n).parallelIterations(1));

    assertThat(a.name()).isEqualTo("a:1");
    assertThat(b.op().input(0).dtype()).isEqualTo(DataType.INT64);
    assertThat(b.op().attrs().getInt("parallel_iterations")).isEqualTo(1);
    assertThatThrownBy(
            () -> tf.whileLoop(i -> true, i -> i, zero, new LoopOptions().maximumIterations(x)))
        .hasMessageContaining("maximumIterations of 'while_1' must be an integer scalar");
    assertThatThrownBy(() -> new LoopOptions().parallelIterations(0))
        .hasMessageContaining("must be 1 at least");
  }

  @Test
  void gradientsCanBeKeptOut() {
    Tensor r = tf.whileLoop(i -> i.less(3), i -> i.add(1), zero, new LoopOptions().backProp(false));
    assertThat(r.op().type()).isEqualTo("StopGradient");
  }

  @Test
  void shapesThatChangeAreDeclared() {
    State s =
        tf.whileLoop(
            v -> v.i().less(5),
            v -> new State(v.i().add(1), tf.concat(0, v.x(), x)),
            new State(zero, x),
            new LoopOptions().shapeInvariants(List.of(Shape.scalar(), Shape.of(-1, 3))));
    assertThat(s.x().shape()).isEqualTo(Shape.of(-1, 3));
    Tensor one =
        tf.whileLoop(
            v -> v.reduceSum().less(5),
            v -> tf.concat(0, v, v),
            x,
            new LoopOptions().shapeInvariants(Shape.unknown()));
    assertThat(one.shape()).isEqualTo(Shape.unknown());
  }

  @Test
  void aChangedShapeIsAnError() {
    assertThatThrownBy(
            () ->
                tf.whileLoop(
                    v -> v.i().less(5),
                    v -> new State(v.i().add(1), tf.concat(0, v.x(), x)),
                    new State(zero, x)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("loop variable .x (beginning as 'x:0') of 'while' has shape [2,3]")
        .hasMessageContaining("after one step 'concat:0' float32[4,3]")
        .hasMessageContaining("shapeInvariants(Shape.of(-1, 3))")
        .hasMessageContaining("setShape([2,3])");
    assertThatThrownBy(
            () ->
                tf.whileLoop(
                    v -> v.reduceSum().less(5),
                    v -> v,
                    x,
                    new LoopOptions().shapeInvariants(Shape.of(3, 3))))
        .hasMessageContaining("invariant [3,3] does not hold for the loop variable's first value");
    assertThatThrownBy(
            () ->
                tf.whileLoop(
                    v -> v.reduceSum().less(5),
                    v -> v,
                    x,
                    new LoopOptions().shapeInvariants(List.of())))
        .hasMessageContaining("has 0 shapes for 1 loop variables");
  }

  @Test
  void aChangedDtypeOrStructureIsAnError() {
    assertThatThrownBy(() -> tf.whileLoop(i -> i.less(5), i -> tf.cast(i, DataType.INT64), zero))
        .hasMessageContaining("loop variable (beginning as 'zero:0') of 'while' is int32")
        .hasMessageContaining("int64[]")
        .hasMessageContaining("cast it to int32 in the body, or begin with int64");
    assertThatThrownBy(
            () -> tf.whileLoop(v -> v.get(0).less(5), v -> List.of(v.get(0)), List.of(zero, x)))
        .hasMessageContaining("a value for each loop variable, [*, *], but gives [*]");
    assertThatThrownBy(() -> tf.whileLoop(i -> i, i -> i, zero))
        .hasMessageContaining("the condition of 'while_2' must be a scalar bool");
    assertThatThrownBy(() -> tf.whileLoop(i -> true, i -> i, List.of()))
        .hasMessageContaining("needs a variable");
    Variable v = tf.variable("v", 1);
    assertThatThrownBy(() -> tf.whileLoop(i -> true, i -> i, v))
        .hasMessageContaining("begins with a Tensor")
        .hasMessageContaining("value()");
  }

  @Test
  void mapsAndListsCanBeLoopVariables() {
    Map<String, Tensor> m =
        tf.whileLoop(
            v -> v.get("i").less(5),
            v -> Map.of("i", v.get("i").add(1), "x", v.get("x").neg()),
            Map.of("x", x, "i", zero));
    assertThat(m.get("x").shape()).isEqualTo(Shape.of(2, 3));
    List<Tensor> two =
        tf.whileLoop((i, s) -> i.less(5), (i, s) -> List.of(i.add(1), s.add(i)), 0, zero);
    assertThat(two).hasSize(2);
  }

  @Test
  void nestedLoopsCaptureThroughBoth() {
    Tensor h =
        tf.whileLoop(
            a -> a.reduceSum().less(5),
            a -> tf.whileLoop(b -> b.reduceMax().less(3), b -> b.matmul(w), a),
            x);
    assertThat(h.op().inputs()).extracting(Output::name).containsExactly("x:0", "w:0");
    Operation inner = h.op().function("body").graph().operation("while");
    assertThat(inner.inputs()).hasSize(2);
  }

  @Test
  void aTensorOfTheBodyIsOfNoUseOutside() {
    AtomicReference<Tensor> inside = new AtomicReference<>();
    tf.whileLoop(
        i -> i.less(3),
        i -> {
          inside.set(i.add(1));
          return inside.get();
        },
        zero);
    assertThatThrownBy(() -> inside.get().mul(2))
        .hasMessageContaining("was made in the body of the function 'while_body_1'");
  }

  // ---- map, scan, fold

  @Test
  void mapFindsOutDtypesAndShapes() {
    Tensor batch = tf.placeholder("batch", DataType.FLOAT32, -1, 3);
    Map<String, Tensor> m =
        tf.mapFn(r -> Map.of("n", tf.cast(r.reduceSum(), DataType.INT32), "r", r.mul(2)), batch);

    assertThat(m.get("n").dtype()).isEqualTo(DataType.INT32);
    assertThat(m.get("n").shape()).isEqualTo(Shape.vector(-1));
    assertThat(m.get("r").shape()).isEqualTo(Shape.of(-1, 3));
    Tensor known = tf.mapFn(r -> r.reduceMax(), x);
    assertThat(known.shape()).isEqualTo(Shape.vector(2));
    assertThat(graph.findOperation("map/while")).isNotNull();
  }

  @Test
  void mapTakesTensorsOfOneLength() {
    assertThatThrownBy(() -> tf.mapFn(s -> s.get(0), List.of(x, w)))
        .hasMessageContaining("the same first dimension, but they have 2 and 3");
    assertThatThrownBy(() -> tf.mapFn(s -> s, zero)).hasMessageContaining("has none");
    assertThatThrownBy(() -> tf.mapFn(s -> s, List.of())).hasMessageContaining("a tensor at least");
    assertThatThrownBy(() -> tf.mapFn(s -> s, "text")).hasMessageContaining("not text");
  }

  @Test
  void scanKeepsAllValuesAndFoldTheLast() {
    Tensor all = tf.scan((a, e) -> a.add(e), x);
    assertThat(all.shape()).isEqualTo(Shape.of(2, 3));
    List<Tensor> last =
        tf.foldl(
            (a, e) -> List.of(a.get(0).add(1), a.get(1).add(e)),
            x,
            List.of(zero, tf.constant(1f).add(x.get(0))));
    assertThat(last.get(0).dtype()).isEqualTo(DataType.INT32);
    assertThat(tf.foldr((a, e) -> a.mul(e), x).shape()).isEqualTo(Shape.of(3));
  }

  @Test
  void whatIsCarriedKeepsItsShapeAndDtype() {
    assertThatThrownBy(() -> tf.scan((a, e) -> tf.concat(0, a, a), x))
        .hasMessageContaining("what the function of scan carries of 'scan/while' has shape [3]");
    assertThatThrownBy(() -> tf.foldl((a, e) -> a.add(e), x, zero)).hasMessageContaining("AddV2");
    assertThatThrownBy(() -> tf.foldl((a, e) -> tf.cast(a, DataType.INT64), x, zero))
        .hasMessageContaining("cast it to int32");
  }
}
