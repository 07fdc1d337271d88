package dev.millrace.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.memory.NativeMemory;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a training step of the 784-300-100-10 network allocates once it is warm. */
class SteadyStateTest {
  private static final int WARMUP = 300;
  private static final int STEPS = 200;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 784);
  private final Tensor y = tf.placeholder("y", DataType.INT32, -1);
  private final Tensor loss;
  private final Operation train;
  private final INDArray images;
  private final INDArray labels;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  SteadyStateTest() {
    tf.setRandomSeed(1);
    Tensor h1 = dense(x, 784, 300).relu();
    Tensor h2 = dense(h1, 300, 100).relu();
    loss = tf.sparseSoftmaxCrossEntropyWithLogits(y, dense(h2, 100, 10)).reduceMean();
    train = new MomentumOptimizer(0.01, 0.9).minimize(loss);
    Random r = new Random(5);
    float[][] pixels = new float[50][784];
    int[] digits = new int[50];
    for (int i = 0; i < 50; i++) {
      digits[i] = r.nextInt(10);
      for (int k = 0; k < 784; k++) {
        pixels[i][k] = r.nextFloat();
      }
    }
    images = Nd4j.createFromArray(pixels);
    labels = Nd4j.createFromArray(digits);
  }

  private Tensor dense(Tensor in, int from, int to) {
    Variable w = tf.variable("w", Initializers.glorotUniform(), from, to);
    Variable b = tf.variable("b", Initializers.zeros(), to);
    return in.matmul(w).add(b);
  }

  /**
   * Bytes off the heap and on it that a step takes, on this thread; the heap's is the least of
   * several rounds.
   */
  private long[] measure(Runnable step) {
    for (int i = 0; i < WARMUP; i++) {
      step.run();
    }
    long offHeap = offHeapBytes();
    long heap = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < STEPS; i++) {
        step.run();
      }
      heap = Math.min(heap, (threads.getCurrentThreadAllocatedBytes() - before) / STEPS);
    }
    return new long[] {offHeapBytes() - offHeap, heap};
  }

  /** What Millrace has allocated so far, and what JavaCPP, with ND4J, has. */
  private static long offHeapBytes() {
    return NativeMemory.totalAllocated() + Pointer.totalBytes();
  }

  @Test
  void aCallAllocatesNothingOffTheHeapAndUnderAKilobyteOnIt() {
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      SessionCallable step = s.callable().feed(x).feed(y).fetch(loss).target(train).build();
      float first = firstLoss(step);
      long[] bytes = measure(() -> step.set(0, images).set(1, labels).call());
      System.out.println(
          "callable: off-heap bytes " + bytes[0] + ", heap bytes a step " + bytes[1]);
      assertThat(bytes[0]).isZero();
      assertThat(bytes[1]).isLessThan(1024);
      assertThat(step.getFloat(0)).isLessThan(first);
    }
  }

  private float firstLoss(SessionCallable step) {
    step.set(0, images).set(1, labels).call();
    return step.getFloat(0);
  }

  @Test
  void aFedRunAllocatesNothingOffTheHeapAndUnderEightKilobytesOnIt() {
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      long[] bytes = measure(() -> s.feed(x, images).feed(y, labels).run(train));
      System.out.println(
          "feed … run: off-heap bytes " + bytes[0] + ", heap bytes a step " + bytes[1]);
      assertThat(bytes[0]).isZero();
      assertThat(bytes[1]).isLessThan(8 * 1024);
    }
  }
}
