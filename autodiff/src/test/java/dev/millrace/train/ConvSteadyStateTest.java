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
import dev.millrace.ops.WindowOptions;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.memory.NativeMemory;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A small convolutional network learns, and a training step allocates nothing once it is warm. */
class ConvSteadyStateTest {
  private static final int BATCH = 16;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, 12, 12, 1);
  private final Tensor y = tf.placeholder("y", DataType.INT32, -1);

  private Variable weights(long... shape) {
    return tf.variable("w", Initializers.glorotUniform(), shape);
  }

  private Tensor loss() {
    tf.setRandomSeed(1);
    Tensor h = x.conv2d(weights(3, 3, 1, 8), 1, "SAME");
    Variable scale = tf.variable("scale", Initializers.ones(), 8);
    Variable offset = tf.variable("offset", Initializers.zeros(), 8);
    h = tf.fusedBatchNorm(h, scale, offset, 1e-3).get(0).relu().maxPool(2, 2, "VALID");
    h = tf.depthwiseConv2d(h, weights(3, 3, 8, 1), 1, "SAME");
    h = tf.conv2d(h, weights(3, 3, 8, 16), WindowOptions.same().strides(1, 2)).relu();
    h = h.maxPool(3, 2, "SAME").avgPool(2, 1, "SAME").reshape(-1, 3 * 2 * 16);
    Tensor logits = h.matmul(weights(96, 2));
    return tf.sparseSoftmaxCrossEntropyWithLogits(y, logits).reduceMean();
  }

  @Test
  void learnsAndAllocatesNothing() {
    Tensor loss = loss();
    Operation train = new MomentumOptimizer(0.02, 0.9).minimize(loss);
    // Horizontal and vertical bars.
    Random r = new Random(5);
    float[][][][] pixels = new float[BATCH][12][12][1];
    int[] bars = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      bars[i] = i % 2;
      int at = r.nextInt(12);
      for (int k = 0; k < 12; k++) {
        pixels[i][bars[i] == 0 ? at : k][bars[i] == 0 ? k : at][0] = 1;
      }
    }
    INDArray images = Nd4j.createFromArray(pixels);
    INDArray labels = Nd4j.createFromArray(bars);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Session s = new Session(graph)) {
      s.run(tf.globalVariablesInitializer());
      SessionCallable step = s.callable().feed(x).feed(y).fetch(loss).target(train).build();
      step.set(0, images).set(1, labels).call();
      float first = step.getFloat(0);
      for (int i = 0; i < 200; i++) {
        step.set(0, images).set(1, labels).call();
      }
      long offHeap = NativeMemory.totalAllocated() + Pointer.totalBytes();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
          step.set(0, images).set(1, labels).call();
        }
        least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 50);
      }
      assertThat(NativeMemory.totalAllocated() + Pointer.totalBytes()).isEqualTo(offHeap);
      assertThat(least).isLessThan(1024);
      assertThat(step.getFloat(0)).isLessThan(first / 10);
    }
  }
}
