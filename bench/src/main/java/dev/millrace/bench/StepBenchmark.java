package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.factory.Nd4j;
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

/** Single steps on square float32 matrices that are made beforehand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBenchmark {
  /** Rows and columns of the matrices. */
  @Param({"64", "256", "1024"})
  public int size;

  private Session session;
  private SessionCallable matMul;
  private SessionCallable dense;
  private SessionCallable gates;
  private SessionCallable reduction;

  /** Builds the steps and gives each its feeds and a place for its result. */
  @Setup
  public void open() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor a = tf.placeholder("a", DataType.FLOAT32, size, size);
    Tensor b = tf.placeholder("b", DataType.FLOAT32, size, size);
    session = new Session(graph);
    matMul = prepare(a, b, a.matmul(b));
    dense = prepare(a, b, a.matmul(b).add(b).relu());
    gates = prepare(a, b, a.sigmoid().mul(b).add(a.tanh().mul(b.sigmoid())));
    reduction = prepare(a, b, a.sub(b).square().reduceMean(1));
  }

  private SessionCallable prepare(Tensor a, Tensor b, Tensor result) {
    SessionCallable step = session.callable().feed(a).feed(b).fetch(result).build();
    return step.set(0, Nd4j.rand(size, size))
        .set(1, Nd4j.rand(size, size))
        .into(0, Nd4j.createUninitialized(result.shape().dims()));
  }

  @TearDown
  public void close() {
    session.close();
  }

  /** A matrix product. */
  @Benchmark
  public void matMul() {
    matMul.call();
  }

  /** A matrix product with a sum and a ReLU behind it. */
  @Benchmark
  public void dense() {
    dense.call();
  }

  /** An element-wise program like the gates of a recurrent cell. */
  @Benchmark
  public void gates() {
    gates.call();
  }

  /** An element-wise program that ends in the means of the rows. */
  @Benchmark
  public void reduction() {
    reduction.call();
  }
}
