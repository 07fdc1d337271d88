package dev.millrace.session.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.pool.WorkerPool;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fast kernel against its reference kernel. */
class FastKernelsTest {
  private static Map<String, List<KernelNode>> cases;
  private static WorkerPool one;
  private static WorkerPool two;

  @BeforeAll
  static void start() {
    cases = new Cases().all();
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
    assertThat(FastKernels.types()).containsAll(cases.keySet());
  }

  @ParameterizedTest
  @MethodSource("types")
  void agreesWithTheReference(String type) {
    assertThat(cases).containsKey(type);
    for (KernelNode n : cases.get(type)) {
      assertThat(n.isSupported()).as("a fast kernel for %s", n).isTrue();
      List<TensorValue> want = n.reference();
      List<TensorValue> got = n.bind(one).feed().run().results();
      Close.check(n.toString(), got, want, tolerance(n));
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void doesNotDependOnThreadsOrPlace(String type) {
    for (KernelNode n : cases.get(type)) {
      List<TensorValue> want = n.bind(one).feed().run().results();
      boolean sums = type.contains("MatMul");
      // A library may order the sums of a product by its size.
      List<TensorValue> split = n.bind(two).feed().run().results();
      if (sums) {
        Close.check(n + " split", split, want, tolerance(n));
      } else {
        assertThat(split).as("%s split", n).isEqualTo(want);
      }
      BoundKernel moved = n.bind(one).feed().rebind().feed();
      if (n.variablesCount() == 0) {
        assertThat(moved.run().run().results()).as("%s moved", n).isEqualTo(want);
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
  }

  private static double tolerance(KernelNode n) {
    return n.outputCount() > 0 && n.outputType(0) == dev.millrace.graph.DataType.FLOAT64
        ? 1e-9
        : 1e-5;
  }
}
