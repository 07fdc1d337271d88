package dev.millrace.session.reference;

import static dev.millrace.graph.TensorValue.ofFloats;
import static dev.millrace.graph.TensorValue.ofInts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.state.SessionState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StateKernelsTest {
  private final SessionState state = new SessionState();

  private TensorValue handle(String name, DataType t, Shape shape) {
    return KernelCall.of("VarHandleOp")
        .in(state)
        .name(name)
        .attr("container", "")
        .attr("shared_name", "")
        .attr("dtype", t)
        .attr("shape", shape)
        .value();
  }

  private TensorValue variable(String name, TensorValue value) {
    TensorValue h = handle(name, value.dtype(), Shape.unknown());
    on("AssignVariableOp", h, value).run();
    return h;
  }

  private KernelCall on(String type, TensorValue... inputs) {
    KernelCall call = KernelCall.of(type, inputs).in(state);
    if (inputs.length > 1) {
      call.attr("dtype", inputs[1].dtype());
    }
    return call;
  }

  private TensorValue read(TensorValue handle, DataType t) {
    return KernelCall.of("ReadVariableOp", handle).attr("dtype", t).value();
  }

  @Test
  void handlesOfTheSameNameShareAVariable() {
    TensorValue x = variable("w", ofFloats(1, 2));
    TensorValue shared =
        KernelCall.of("VarHandleOp")
            .in(state)
            .name("other")
            .attr("container", "")
            .attr("shared_name", "w")
            .attr("dtype", DataType.FLOAT32)
            .attr("shape", Shape.of(2))
            .value();
    on("AssignAddVariableOp", shared, ofFloats(1, 1)).run();
    assertThat(read(x, DataType.FLOAT32)).isEqualTo(ofFloats(2, 3));
    assertThatThrownBy(() -> read(x, DataType.INT32))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("float32");
  }

  @Test
  void whatWasReadDoesNotChange() {
    TensorValue x = variable("w", ofInts(1));
    TensorValue before = read(x, DataType.INT32);
    on("AssignSubVariableOp", x, ofInts(5)).run();
    assertThat(before).isEqualTo(ofInts(1));
    assertThat(read(x, DataType.INT32)).isEqualTo(ofInts(-4));
  }

  @Test
  void variablesOfStringsAndUnknownShapeTakeWhatComes() {
    TensorValue s = variable("s", TensorValue.of(new String[] {"a", "b"}));
    on("AssignVariableOp", s, TensorValue.of("c")).run();
    assertThat(read(s, DataType.STRING).getString(0)).isEqualTo("c");
    TensorValue shape = KernelCall.of("VariableShape", s).attr("out_type", DataType.INT32).value();
    assertThat(shape.size()).isZero();
  }

  @Test
  void aVariableWithoutValueIsNotThereYet() {
    TensorValue h = handle("w", DataType.FLOAT32, Shape.of(2));
    assertThat(on("VarIsInitializedOp", h).value()).isEqualTo(TensorValue.of(false));
    assertThatThrownBy(() -> read(h, DataType.FLOAT32))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("'w'");
    assertThatThrownBy(() -> on("AssignAddVariableOp", h, ofFloats(1, 1)).run())
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> on("DestroyResourceOp", h).attr("ignore_lookup_error", false).run())
        .isInstanceOf(NotFoundException.class);
    on("DestroyResourceOp", h).attr("ignore_lookup_error", true).run();
    on("AssignVariableOp", h, ofFloats(1, 2)).run();
    assertThat(on("VarIsInitializedOp", h).value()).isEqualTo(TensorValue.of(true));
    on("DestroyResourceOp", h).attr("ignore_lookup_error", false).run();
    assertThatThrownBy(() -> read(h, DataType.FLOAT32))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void shapesMustFit() {
    TensorValue h = variable("w", ofFloats(1, 2));
    assertThatThrownBy(() -> on("AssignAddVariableOp", h, TensorValue.of(1f)).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("'w'");
    assertThatThrownBy(() -> descent(h, 0.1f, ofFloats(1)).run())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[1]");
    assertThat(read(h, DataType.FLOAT32)).isEqualTo(ofFloats(1, 2));
  }

  @Test
  void gathersRowsOfAVariable() {
    TensorValue h = variable("w", TensorValue.of(new float[][] {{1, 2}, {3, 4}}));
    KernelCall rows =
        KernelCall.of("ResourceGather", h, ofInts(1, 1)).attr("dtype", DataType.FLOAT32);
    assertThat(rows.value().floats()).containsExactly(3, 4, 3, 4);
    TensorValue perRow = TensorValue.of(new int[][] {{1}, {0}});
    KernelCall batch =
        KernelCall.of("ResourceGather", h, perRow)
            .attr("dtype", DataType.FLOAT32)
            .attr("batch_dims", 1);
    assertThat(batch.value().floats()).containsExactly(2, 3);
    assertThatThrownBy(
            () ->
                KernelCall.of("ResourceGather", h, ofInts(2)).attr("dtype", DataType.FLOAT32).run())
        .isInstanceOf(InvalidArgumentException.class);
  }

  private KernelCall descent(TensorValue handle, float alpha, TensorValue delta) {
    return KernelCall.of("ResourceApplyGradientDescent", handle, TensorValue.of(alpha), delta)
        .attr("use_locking", false);
  }

  private KernelCall momentum(
      String type, TensorValue v, TensorValue slot, boolean nesterov, float g) {
    return KernelCall.of(type, v, slot, TensorValue.of(0.5f), ofFloats(g), TensorValue.of(0.25f))
        .attr("use_locking", false)
        .attr("use_nesterov", nesterov);
  }

  @Test
  void optimizerSteps() {
    TensorValue v = variable("v", ofFloats(1));
    TensorValue m = variable("m", ofFloats(4));
    descent(v, 0.5f, ofFloats(2)).run();
    assertThat(read(v, DataType.FLOAT32)).isEqualTo(ofFloats(0));

    momentum("ResourceApplyMomentum", v, m, false, 2).run(); // accum = 4 * 0.25 + 2
    assertThat(read(m, DataType.FLOAT32)).isEqualTo(ofFloats(3));
    assertThat(read(v, DataType.FLOAT32)).isEqualTo(ofFloats(-1.5f));
    momentum("ResourceApplyMomentum", v, m, true, 1.25f).run(); // accum = 3 * 0.25 + 1.25 = 2
    assertThat(read(v, DataType.FLOAT32))
        .isEqualTo(ofFloats(-1.5f - (1.25f * 0.5f + 2 * 0.25f * 0.5f)));

    on("AssignVariableOp", v, ofFloats(0)).run();
    on("AssignVariableOp", m, ofFloats(4)).run();
    momentum("ResourceApplyKerasMomentum", v, m, false, 2).run(); // accum = 4 * 0.25 - 2 * 0.5
    assertThat(read(m, DataType.FLOAT32)).isEqualTo(ofFloats(0));
    momentum("ResourceApplyKerasMomentum", v, m, true, -4).run(); // accum = 2, then once more
    assertThat(read(v, DataType.FLOAT32)).isEqualTo(ofFloats(2 * 0.25f + 4 * 0.5f));
  }

  private static void together(List<Callable<Void>> tasks) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
    try {
      CyclicBarrier start = new CyclicBarrier(tasks.size());
      List<Future<Void>> done = new ArrayList<>();
      for (Callable<Void> t : tasks) {
        done.add(
            pool.submit(
                () -> {
                  start.await();
                  return t.call();
                }));
      }
      for (Future<Void> f : done) {
        f.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void noUpdateIsLostBetweenThreads() throws Exception {
    TensorValue h = variable("n", TensorValue.of(0L));
    TensorValue w = variable("w", ofFloats(0, 0));
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      tasks.add(
          () -> {
            for (int i = 0; i < 500; i++) {
              on("AssignAddVariableOp", h, TensorValue.of(1L)).run();
              descent(w, -1, ofFloats(1, 2)).run();
            }
            return null;
          });
    }
    together(tasks);
    assertThat(read(h, DataType.INT64)).isEqualTo(TensorValue.of(2000L));
    assertThat(read(w, DataType.FLOAT32)).isEqualTo(ofFloats(2000, 4000));
  }

  /**
   * Each of two steps takes the other's variable as its slot: in the order given they would
   * deadlock.
   */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void stepsThatShareVariablesDoNotWaitForEachOther() throws Exception {
    TensorValue a = variable("a", ofFloats(0));
    TensorValue b = variable("b", ofFloats(0));
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      boolean forward = t % 2 == 0;
      tasks.add(
          () -> {
            for (int i = 0; i < 500; i++) {
              momentum("ResourceApplyMomentum", forward ? a : b, forward ? b : a, false, 0).run();
            }
            return null;
          });
    }
    together(tasks);
    assertThat(read(a, DataType.FLOAT32)).isEqualTo(ofFloats(0));
  }
}
