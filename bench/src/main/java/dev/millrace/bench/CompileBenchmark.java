package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
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
import org.openjdk.jmh.annotations.Warmup;

/** The first run of a graph, which compiles it, in a new session. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class CompileBenchmark {
  /** How many nodes the graph has, about. */
  @Param({"100", "1000", "10000"})
  public int nodes;

  private Graph graph;
  private Tensor x;
  private Tensor last;

  /** Builds layers of a product and element-wise nodes. */
  @Setup
  public void build() {
    graph = new Graph();
    Ops tf = Ops.of(graph);
    x = tf.placeholder("x", DataType.FLOAT32, 4, 4);
    last = x;
    for (int i = 0; i < nodes / 4; i++) {
      last = last.matmul(x).add(last).mul(x).tanh();
    }
  }

  @Benchmark
  public INDArray compile() {
    try (Session session = new Session(graph)) {
      return session.feed(x, new float[4][4]).fetch(last);
    }
  }
}
