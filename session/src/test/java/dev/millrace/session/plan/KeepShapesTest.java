package dev.millrace.session.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What loops save of values whose shapes alone the loop backwards asks for. */
class KeepShapesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 700);

  private Tensor op(String type, Object... inputs) {
    var b = tf.op(type, null);
    for (Object i : inputs) {
      b.input(tf.tensor(i instanceof Tensor t ? t : tf.constant(i)));
    }
    return tf.tensor(b.build().output(0));
  }

  /** In each iteration backwards, what is popped counts as the sum of its shape, or of itself. */
  private static Tensor counted(Ops tf, Tensor popped, boolean shapes) {
    return shapes ? tf.shapeTensor(popped).reduceSum() : popped.reduceSum().cast(DataType.INT32);
  }

  private Tensor throughList(boolean shapes) {
    Tensor empty =
        tf.tensor(
            tf.op("EmptyTensorList", null)
                .input(tf.constant(new int[] {-1, 700}))
                .input(tf.constant(-1))
                .attr("element_dtype", DataType.FLOAT32)
                .build()
                .output(0));
    List<Tensor> saved =
        tf.whileLoop(
            (i, l) -> i.less(3),
            (i, l) ->
                List.of(i.add(1), op("TensorListPushBack", l, x.add(i.cast(DataType.FLOAT32)))),
            tf.constant(0),
            empty);
    List<Tensor> back =
        tf.whileLoop(
            v -> v.get(0).greater(0),
            v -> {
              Operation pop =
                  tf.op("TensorListPopBack", null)
                      .input(v.get(1))
                      .input(tf.constant(new int[] {-1, 700}))
                      .attr("element_dtype", DataType.FLOAT32)
                      .build();
              Tensor n = counted(tf, tf.tensor(pop.output(1)), shapes);
              return List.of(v.get(0).sub(1), tf.tensor(pop.output(0)), v.get(2).add(n));
            },
            List.of(saved.get(0), saved.get(1), tf.constant(0)));
    return back.get(2);
  }

  private Tensor throughStack(boolean shapes) {
    Operation stack =
        tf.op("StackV2", null)
            .input(tf.constant(-1))
            .attr("elem_type", DataType.FLOAT32)
            .attr("stack_name", "s")
            .build();
    Tensor handle = tf.tensor(stack.output(0));
    Tensor pushed =
        tf.whileLoop(
            i -> i.less(3),
            i -> {
              Tensor p = op("StackPushV2", handle, x.add(i.cast(DataType.FLOAT32)));
              try (var after = tf.controlDependencies(p.op())) {
                return i.add(1);
              }
            },
            tf.constant(0));
    List<Tensor> back =
        tf.whileLoop(
            (i, n) -> i.greater(0),
            (i, n) -> {
              Operation pop =
                  tf.op("StackPopV2", null)
                      .input(handle)
                      .attr("elem_type", DataType.FLOAT32)
                      .build();
              pop.output(0).setShape(Shape.of(-1, 700));
              return List.of(i.sub(1), n.add(counted(tf, tf.tensor(pop.output(0)), shapes)));
            },
            pushed,
            tf.constant(0));
    return back.get(1);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void shapesAreKept(boolean list, boolean shapes) {
    Tensor result = list ? throughList(shapes) : throughStack(shapes);
    for (int rows : new int[] {2, 5, 0}) {
      TensorValue value = TensorValue.zeros(DataType.FLOAT32, Shape.of(rows, 700));
      int each = shapes ? rows + 700 : 0;
      int sum = shapes ? 3 * each : (0 + 1 + 2) * 700 * rows;
      for (SessionOptions o :
          List.of(
              SessionOptions.plan(),
              SessionOptions.builder().checkNumbers(true).build(),
              SessionOptions.reference())) {
        try (Session s = new Session(graph, o)) {
          for (int run = 0; run < 2; run++) {
            assertThat(s.feed(x, value).fetchValue(result).getLong(0)).isEqualTo(sum);
          }
        }
      }
    }
    try (Session s = new Session(graph)) {
      float[][] value = new float[2][700];
      s.feed(x, value).fetch(result);
      long kept =
          s.feed(x, value)
              .explain(result)
              .lines()
              .filter(l -> l.contains("the shape only"))
              .count();
      assertThat(kept).isEqualTo(shapes ? 1 : 0);
    }
  }
}
