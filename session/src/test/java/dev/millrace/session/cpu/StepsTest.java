package dev.millrace.session.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.pool.WorkerPool;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What bound steps promise besides their results: no garbage, and errors that name the fault. */
class StepsTest {
  private static final WorkerPool POOL = new WorkerPool(2, NativeThreads::prepare);
  private static final DataType F32 = DataType.FLOAT32;
  private static final Values V = new Values(5);

  @AfterAll
  static void stop() {
    POOL.close();
  }

  static List<KernelNode> steadySteps() {
    TensorValue x = V.normal(F32, 200, 300);
    TensorValue bias = V.normal(F32, 300);
    return List.of(
        KernelNode.of("MatMul", V.normal(F32, 32, 150), V.normal(F32, 150, 150)),
        KernelNode.of("MatMul", x, V.normal(F32, 300, 200)),
        KernelNode.of(
            "MatMul", V.normal(DataType.FLOAT64, 20, 30), V.normal(DataType.FLOAT64, 30, 40)),
        KernelNode.of("BatchMatMulV2", V.normal(F32, 5, 6, 7), V.normal(F32, 5, 7, 8)),
        KernelNode.of("BiasAdd", x, bias),
        KernelNode.of("BiasAddGrad", x),
        KernelNode.of("Relu", x),
        KernelNode.of("ReluGrad", x, x),
        KernelNode.of("Tanh", x),
        KernelNode.of("Sigmoid", x),
        KernelNode.of("Exp", x),
        KernelNode.of("Log", x),
        KernelNode.of("Add", x, V.normal(F32, 200, 1)),
        KernelNode.of("Mul", V.normal(F32, 7, 1, 5, 1), V.normal(F32, 3, 1, 4)),
        KernelNode.of("Greater", x, x),
        KernelNode.of("Sum", x, TensorValue.ofInts(0, 1)),
        KernelNode.of("Sum", x, TensorValue.ofInts(0)),
        KernelNode.of("Mean", x, TensorValue.ofInts(1)),
        KernelNode.of("Max", V.normal(F32, 3, 40, 5, 60), TensorValue.ofInts(1, 3)),
        KernelNode.of("ArgMax", x, TensorValue.of(1)),
        KernelNode.of("L2Loss", x),
        KernelNode.of("Softmax", x),
        KernelNode.of("SoftmaxCrossEntropyWithLogits", x, x),
        KernelNode.of("SparseSoftmaxCrossEntropyWithLogits", x, V.below(DataType.INT32, 300, 200)),
        KernelNode.of("Select", V.normal(DataType.BOOL, 200), x, x),
        KernelNode.of("Cast", x).attr("DstT", AttrValue.of(DataType.INT32)),
        KernelNode.of("Transpose", x, TensorValue.ofInts(1, 0)),
        KernelNode.of("ConcatV2", x, x, TensorValue.of(1)),
        KernelNode.of("Split", TensorValue.of(1), x).attr("num_split", AttrValue.of(3)),
        KernelNode.of("StridedSlice", x, of(0, 0), of(100, 200), of(2, 2)),
        KernelNode.of("Gather", x, V.below(DataType.INT32, 200, 50)),
        KernelNode.of("OneHot", of(1, 2), TensorValue.of(5), V.normal(F32), V.normal(F32)),
        KernelNode.of("AddN", x, x, x),
        KernelNode.of("Fill", of(200, 300), V.normal(F32)),
        KernelNode.of("AssignVariableOp", x, x).variables(0),
        KernelNode.of("AssignAddVariableOp", x, x).variables(0),
        KernelNode.of("ResourceApplyGradientDescent", x, V.normal(F32), x).variables(0),
        KernelNode.of("ResourceApplyMomentum", x, x, V.normal(F32), x, V.normal(F32))
            .variables(0, 1));
  }

  private static TensorValue of(int... x) {
    return TensorValue.ofInts(x);
  }

  static List<KernelNode> steadyCells() {
    List<KernelNode> cells = new ArrayList<>();
    new CellCases(
        V,
        n -> {
          if (n.inputShape(1).equals(Shape.of(40, 150))
              || n.inputShape(2).equals(Shape.of(40, 150))) {
            cells.add(n);
          }
        });
    return cells;
  }

  @ParameterizedTest
  @MethodSource({"steadySteps", "steadyCells"})
  void aWarmStepAllocatesNothing(KernelNode node) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Step step = node.bind(POOL).feed().step();
    for (int i = 0; i < 200; i++) {
      step.run();
    }
    // The least of several tries: compilers and class loading may add to one of them.
    long least = Long.MAX_VALUE;
    for (int trial = 0; trial < 5; trial++) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      for (int i = 0; i < 200; i++) {
        step.run();
      }
      long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      least = Math.min(least, after - before);
    }
    assertThat(least).isLessThan(200 * 8);
  }

  private static void assertFails(
      KernelNode node, Class<? extends Exception> error, String... parts) {
    BoundKernel bound = node.bind(POOL).feed();
    var fault = assertThatThrownBy(bound::run).isInstanceOf(error);
    for (String part : parts) {
      fault.hasMessageContaining(part);
    }
  }

  @Test
  void labelsOutsideTheClassesAreNamed() {
    for (int wrong : new int[] {-1, 4}) {
      assertFails(
          KernelNode.of("SparseSoftmaxCrossEntropyWithLogits", V.normal(F32, 2, 4), of(0, wrong)),
          InvalidArgumentException.class,
          Integer.toString(wrong),
          "[0, 4)");
    }
  }

  @Test
  void moreStepsThanThereAreAreNamed() {
    int[] failures = {0};
    new CellCases(
        V,
        n -> {
          if (n.opType().startsWith("BlockLSTM") && failures[0] < 8) {
            failures[0]++;
            for (long wrong : new long[] {-1, n.inputShape(1).dim(0) + 1}) {
              KernelNode m = n.with(0, TensorValue.of(wrong));
              assertFails(m, InvalidArgumentException.class, "seq_len_max", Long.toString(wrong));
            }
          }
        });
    assertThat(failures[0]).isEqualTo(8);
  }

  @Test
  void indicesOutOfRangeAreNamed() {
    assertFails(
        KernelNode.of("Gather", V.normal(F32, 5, 3), of(0, 7)),
        InvalidArgumentException.class,
        "indices[1] = 7",
        "[0, 5)");
    assertFails(
        KernelNode.of("Gather", V.normal(F32, 5), of(-1)),
        InvalidArgumentException.class,
        "indices[0] = -1");
  }

  @Test
  void integersAreNotDividedByZero() {
    for (String op : List.of("Div", "FloorDiv", "FloorMod", "Mod", "TruncateDiv")) {
      assertFails(
          KernelNode.of(op, of(1, 2), of(1, 0)),
          InvalidArgumentException.class,
          "division by zero");
    }
    assertFails(
        KernelNode.of("Pow", of(2), of(-1)), InvalidArgumentException.class, "negative integer");
  }

  @Test
  void uninitialisedVariablesAreNotFound() {
    TensorValue x = V.normal(F32, 3);
    for (KernelNode n :
        List.of(
            KernelNode.of("AssignAddVariableOp", x, x),
            KernelNode.of("AssignSubVariableOp", x, x),
            KernelNode.of("ResourceApplyGradientDescent", x, V.normal(F32), x),
            KernelNode.of("ResourceGather", x, of(0)).attr("dtype", AttrValue.of(F32)))) {
      assertFails(n.unassigned(0), NotFoundException.class, "v0", "not initialized");
    }
    assertFails(
        KernelNode.of("ResourceApplyMomentum", x, x, V.normal(F32), x, V.normal(F32))
            .variables(0)
            .unassigned(1),
        NotFoundException.class,
        "v1");
  }

  @Test
  void valuesThatDoNotFitAVariableAreRefused() {
    KernelNode n =
        KernelNode.of("AssignAddVariableOp", V.normal(F32, 3), V.normal(F32, 4)).variables(0);
    assertThatThrownBy(() -> n.bind(POOL))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[3]")
        .hasMessageContaining("[4]");
  }

  @Test
  void whatShapesTheResultMustBeConstant() {
    TensorValue x = V.normal(F32, 3, 4);
    assertThat(KernelNode.of("Sum", x, of(0)).unknown(1).isSupported()).isFalse();
    assertThat(KernelNode.of("Transpose", x, of(1, 0)).unknown(1).isSupported()).isFalse();
    assertThat(KernelNode.of("ConcatV2", x, x, TensorValue.of(0)).unknown(2).isSupported())
        .isFalse();
    assertThat(KernelNode.of("ArgMax", x, TensorValue.of(0)).unknown(1).isSupported()).isFalse();
    assertThat(KernelNode.of("Slice", x, of(0, 0), of(1, 1)).unknown(1).isSupported()).isFalse();
    assertThat(KernelNode.of("GatherV2", x, of(0), TensorValue.of(0)).unknown(2).isSupported())
        .isFalse();
  }

  @Test
  void secondDrawsGoOnWithTheStream() {
    KernelNode n =
        KernelNode.of("RandomUniform", of(1000))
            .attr("dtype", AttrValue.of(F32))
            .attr("seed", AttrValue.of(3));
    BoundKernel b = n.bind(POOL).feed();
    TensorValue first = b.run().results().get(0);
    TensorValue second = b.run().results().get(0);
    assertThat(second).isNotEqualTo(first);
    assertThat(n.bind(POOL).feed().run().results().get(0)).isEqualTo(first);
    for (float f : first.floats()) {
      assertThat(f).isBetween(0f, Math.nextDown(1f));
    }
  }
}
