package dev.millrace.bench;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The parts that training steps are made of, at the sizes of the workloads, forward and backward.
 * Values lie in variables, so that nothing is fed, and one number is fetched.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PartsBenchmark {
  private static final String FEW = "few nodes";

  /** The part. Names end in {@code -grad} where its gradients are taken too. */
  @Param({
    FEW,
    "gates-grad",
    "row sums",
    "column sums",
    "softmax-grad",
    "cross entropy-grad",
    "product 150x28x150-grad",
    "product 150x150x600-grad",
    "product 400x200x10000-grad",
    "convolution 5x5-grad",
    "max pool-grad",
    "average pool-grad",
    "gather",
    "gather-grad"
  })
  public String part;

  private Session session;
  private SessionCallable step;
  private Ops tf;
  private final Random random = new Random(1);
  private final List<Tensor> values = new ArrayList<>();

  /** Builds the part, and runs it once. */
  @Setup
  public void open() {
    tf = Ops.of(new Graph());
    values.clear();
    boolean backward = part.endsWith("-grad");
    Tensor result = build(part.replace("-grad", ""));
    if (backward) {
      Tensor sum = result;
      for (Gradient g : Gradients.of(List.of(result), values)) {
        sum = sum.add((g.isSparse() ? g.slices().values() : g.dense()).reduceMax());
      }
      result = sum;
    }
    session = new Session(tf.graph());
    session.run(tf.globalVariablesInitializer());
    step = session.callable().fetch(result).build();
    step.call();
  }

  private Tensor build(String what) {
    if (what.startsWith("product ")) {
      String[] n = what.substring("product ".length()).split("x");
      int k = Integer.parseInt(n[1]);
      return matrix(Integer.parseInt(n[0]), k)
          .matmul(matrix(k, Integer.parseInt(n[2])))
          .reduceSum();
    }
    return switch (what) {
      case FEW -> matrix(1, 1).add(1).reduceSum();
      case "gates" -> gates(matrix(150, 150), matrix(150, 150));
      case "row sums" -> matrix(1000, 1000).square().reduceSum(1).reduceSum();
      case "column sums" -> matrix(1000, 1000).square().reduceSum(0).reduceSum();
      case "softmax" -> matrix(400, 1000).softmax().reduceSum();
      case "cross entropy" ->
          tf.sparseSoftmaxCrossEntropyWithLogits(indices(400, 10_000), matrix(400, 10_000))
              .reduceMean();
      case "convolution 5x5" ->
          tf.conv2d(images(14, 32), tensor(5, 5, 32, 64), 1, "SAME").reduceSum();
      case "max pool" -> tf.maxPool(images(28, 32), 2, 2, "SAME").reduceSum();
      case "average pool" -> tf.avgPool(images(28, 32), 2, 2, "SAME").reduceSum();
      case "gather" -> tf.gather(matrix(10_000, 200), indices(400, 10_000)).square().reduceSum();
      default -> throw new IllegalArgumentException("there is no part '" + what + "'");
    };
  }

  private static Tensor gates(Tensor a, Tensor b) {
    return a.sigmoid().mul(b).add(a.tanh().mul(b.sigmoid())).tanh().reduceSum();
  }

  private Tensor matrix(int rows, int columns) {
    return tensor(rows, columns);
  }

  private Tensor images(int size, int channels) {
    return tensor(50, size, size, channels);
  }

  private Tensor tensor(long... dims) {
    Tensor first = tf.constant(TensorValue.of(normal(dims)).reshape(Shape.of(dims)));
    Tensor value = tf.variable("v" + values.size(), first).readValue();
    values.add(value);
    return value;
  }

  private float[] normal(long... dims) {
    float[] v = new float[(int) Shape.of(dims).numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) random.nextGaussian();
    }
    return v;
  }

  private Tensor indices(int n, int below) {
    return tf.constant(random.ints(n, 0, below).toArray());
  }

  /** The number that the last step gave. */
  float result() {
    return step.getFloat(0);
  }

  @TearDown
  public void close() {
    session.close();
  }

  @Benchmark
  public void step() {
    step.call();
  }
}
