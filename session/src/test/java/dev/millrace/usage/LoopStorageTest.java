package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.PlanStatistics;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What loops and lists keep in memory, and what follows from looking at values where they lie. */
class LoopStorageTest {
  /** Large enough that elements of lists are not copied. */
  private static final int WIDE = 600;

  private final Ops tf = Ops.of(new Graph());

  private List<List<TensorValue>> inBothModes(List<? extends Operand> xs, Object... initializers) {
    List<List<TensorValue>> all = new ArrayList<>();
    for (SessionOptions o : List.of(SessionOptions.plan(), SessionOptions.reference())) {
      try (Session s = new Session(tf.graph(), o)) {
        s.run(initializers);
        List<TensorValue> values = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
          Fetches f = s.runner().fetch(xs);
          for (int i = 0; i < xs.size(); i++) {
            values.add(f.value(i));
          }
        }
        all.add(values);
      }
    }
    assertThat(all.get(0)).isEqualTo(all.get(1));
    return all;
  }

  private Tensor row(float x) {
    return tf.fill(new int[] {WIDE}, tf.constant(x)).add(tf.constant(0f));
  }

  private Operation list(String type, Object... inputs) {
    var b = tf.op(type, null);
    for (Object x : inputs) {
      b.input(x instanceof Operand o ? o : tf.constant(x));
    }
    return b.attr("element_dtype", DataType.FLOAT32).build();
  }

  @Test
  void whatWasTakenFromAListStaysWhenTheListChanges() {
    Tensor start = tf.stack(List.of(row(1), row(2), row(3)));
    Operation made = list("TensorListFromTensor", start, new int[] {WIDE});
    Operation popped = list("TensorListPopBack", made.output(0), new int[] {WIDE});
    Operation pushed = list("TensorListPushBack", popped.output(0), row(7));
    Operation again = list("TensorListPushBack", pushed.output(0), row(8));
    Operation item = list("TensorListGetItem", again.output(0), 0, new int[] {WIDE});
    Operation set = list("TensorListSetItem", again.output(0), 0, row(9));
    Operation all = list("TensorListStack", set.output(0), new int[] {WIDE});
    Operation set2 = list("TensorListSetItem", set.output(0), 1, row(10));
    Operation all2 = list("TensorListStack", set2.output(0), new int[] {WIDE});
    List<TensorValue> got =
        inBothModes(
                List.of(
                    tf.tensor(popped.output(1)).mul(2),
                    tf.tensor(item.output(0)).mul(2),
                    tf.tensor(all.output(0)).mul(2),
                    tf.tensor(all2.output(0)).mul(2)))
            .get(0);
    assertThat(got.get(0).getDouble(0)).isEqualTo(6);
    assertThat(got.get(1).getDouble(0)).isEqualTo(2);
    assertThat(got.get(2).getDouble(0)).isEqualTo(18);
    assertThat(got.get(2).getDouble(WIDE)).isEqualTo(4);
    assertThat(got.get(3).getDouble(WIDE)).isEqualTo(20);
    assertThat(got.get(3).getDouble(3 * WIDE)).isEqualTo(16);
  }

  @Test
  void loopsReadWhatTheyWroteBefore() {
    TensorArray rows = tf.tensorArray(DataType.FLOAT32, 6).write(0, row(1)).write(1, row(2));
    List<Object> last =
        tf.whileLoop(
            (List<Object> v) -> ((Tensor) v.get(0)).less(6),
            v -> {
              Tensor i = (Tensor) v.get(0);
              TensorArray a = (TensorArray) v.get(1);
              return List.of(i.add(1), a.write(i, a.read(i.sub(1)).add(a.read(i.sub(2)))));
            },
            List.of(tf.constant(2), rows));
    TensorArray all = (TensorArray) last.get(1);
    List<TensorValue> got = inBothModes(List.of(all.stack(), all.read(5).neg())).get(0);
    for (int i = 0; i < 6; i++) {
      assertThat(got.get(0).getDouble(i * WIDE))
          .isEqualTo((double) List.of(1, 2, 3, 5, 8, 13).get(i));
    }
    assertThat(got.get(1).getDouble(WIDE - 1)).isEqualTo(-13);
  }

  private Tensor sumOverNothing(Tensor x) {
    return tf.tensor(tf.op("Sum", null).input(x).input(tf.constant(new int[0])).build().output(0));
  }

  @Test
  void aSumOverNoAxisOfAVariableIsItsValueBeforeTheChange() {
    Variable v = tf.newVariable("v").initialValue(new float[] {1, 2}).build();
    Tensor read = v.readValue();
    Tensor sum = sumOverNothing(read);
    Tensor made = sumOverNothing(read.add(1)).reshape(2).square();
    Operation change;
    try (Scope s = tf.controlDependencies(sum, made)) {
      change = v.assign(new float[] {10, 20}).operation();
    }
    Tensor after;
    try (Scope s = tf.controlDependencies(change)) {
      after = sum.add(made);
    }
    Tensor init = tf.zeros(DataType.FLOAT32, 1);
    try (Session s = new Session(tf.graph())) {
      s.run(v.initializer());
      Fetches f = s.runner().fetch(List.of(sum, made, after, init));
      assertThat(f.value(0).getDouble(1)).isEqualTo(2);
      assertThat(f.value(1).getDouble(1)).isEqualTo(9);
      assertThat(f.value(2).getDouble(1)).isEqualTo(11);
    }
  }

  @Test
  void whoWaitsForArithmeticWaitsForTheChangesBehindIt() {
    Variable v = tf.newVariable("v").initialValue(1f).build();
    Tensor product = tf.mul(v.assign(5f), 2f).add(1f).square();
    Tensor read;
    try (Scope s = tf.controlDependencies(product)) {
      read = v.readValue().mul(1f).add(0.5f);
    }
    assertThat(inBothModes(List.of(read), v.initializer()).get(0).get(0).getDouble(0))
        .isEqualTo(5.5);
  }

  @Test
  void aStateThatGrowsIsCompiledOnceForEachShape() {
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 1, 8);
    List<Tensor> last =
        tf.whileLoop(
            (i, v) -> i.less(300),
            (i, v) -> List.of(i.add(1), tf.concat(0, v, v.reduceMean(true, 0).add(1))),
            tf.constant(0),
            x,
            new LoopOptions().shapeInvariants(List.of(Shape.scalar(), Shape.of(-1, 8))));
    Tensor end = last.get(1).get(300);
    TensorValue one = TensorValue.of(new float[1][8]);
    try (Session s = new Session(tf.graph());
        Session reference = new Session(tf.graph(), SessionOptions.reference())) {
      TensorValue got = s.feed(x, one).fetchValue(end);
      assertThat(got.getDouble(7))
          .isCloseTo(reference.feed(x, one).fetchValue(end).getDouble(7), within(1e-4));
      PlanStatistics first = s.planStatistics();
      assertThat(first.plans()).isEqualTo(1);
      assertThat(first.specializations()).isBetween(300L, 310L);
      assertThat(s.feed(x, one).fetchValue(end)).isEqualTo(got);
      assertThat(s.planStatistics()).isEqualTo(first);
    }
  }

  @Test
  void tenThousandIterationsTakeTheMemoryOfTwo() {
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor w = tf.constant(new float[16][16]);
    List<Tensor> last =
        tf.whileLoop(
            (i, v) -> i.less(n),
            (i, v) -> List.of(i.add(1), v.matmul(w).tanh().add(1f)),
            tf.constant(0),
            tf.zeros(DataType.FLOAT32, 4, 16));
    try (Session s = new Session(tf.graph())) {
      s.feed(n, 3).fetchValue(last.get(1));
      long before = NativeMemory.totalAllocated();
      PlanStatistics made = s.planStatistics();
      assertThat(s.feed(n, 10_000).fetchValue(last.get(1)).getDouble(0)).isEqualTo(1);
      assertThat(NativeMemory.totalAllocated()).isEqualTo(before);
      assertThat(s.planStatistics()).isEqualTo(made);
    }
  }
}
