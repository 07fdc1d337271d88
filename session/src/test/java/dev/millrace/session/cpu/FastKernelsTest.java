package dev.millrace.session.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.pool.WorkerPool;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fast kernel against its reference kernel. */
class FastKernelsTest {
  private static Map<String, List<KernelNode>> cases;
  private static Set<String> types;
  private static WorkerPool one;
  private static WorkerPool two;

  @BeforeAll
  static void start() {
    cases = new Cases().all();
    types = Set.copyOf(cases.keySet());
    one = new WorkerPool(1, NativeThreads::prepare);
    two = new WorkerPool(2, NativeThreads::prepare);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
  }

  static List<String> types() {
    return FastKernels.types().stream().sorted().toList();
  }

  @Test
  void everyCaseIsOfAFastKernel() {
    assertThat(FastKernels.types()).containsAll(types);
  }

  @ParameterizedTest
  @MethodSource("types")
  void agreesWithTheReference(String type) {
    assertThat(types).contains(type);
    for (KernelNode n : cases.remove(type)) { // so that they need not all be kept
      assertThat(n.isSupported()).as("a fast kernel for %s", n).isTrue();
      List<TensorValue> got = n.bind(one).feed().run().results();
      Close.check(n.toString(), got, n.reference(), tolerance(n));
      checkThreads(n, got);
      checkPlace(n, got);
    }
  }

  private static void checkThreads(KernelNode n, List<TensorValue> want) {
    List<TensorValue> split = n.bind(two).feed().run().results();
    if (n.opType().contains("MatMul")) {
      // A library may order the sums of a product by its size.
      Close.check(n + " split", split, want, tolerance(n));
    } else {
      assertThat(split).as("%s split", n).isEqualTo(want);
    }
  }

  /**
   * Other memory than it was bound to, what a run before left, and an input's memory for output.
   */
  private static void checkPlace(KernelNode n, List<TensorValue> want) {
    if (n.variablesCount() == 0) {
      boolean draws = n.opType().startsWith("Random") || n.opType().equals("TruncatedNormal");
      BoundKernel moved = n.bind(one).feed().rebind().feed();
      assertThat((draws ? moved : moved.run()).run().results()).as("%s moved", n).isEqualTo(want);
    }
    for (int i = 0; i < n.inputCount(); i++) {
      for (int o = 0; o < n.outputCount(); o++) {
        if (BoundKernel.mayOverwrite(n, i, o)) {
          assertThat(n.bindInPlace(two, i, o).feed().run().results())
              .as("%s in place of %s", n, i)
              .isEqualTo(want);
        }
      }
    }
  }

  private static double tolerance(KernelNode n) {
    if (n.outputCount() > 0 && n.outputType(0) == DataType.FLOAT64) {
      return 1e-9;
    }
    // Of what these add up and take away, most cancels.
    boolean cancels = Stream.of("Conv", "BatchNorm", "Block").anyMatch(n.opType()::contains);
    return cancels ? 1e-4 : 1e-5;
  }
}
