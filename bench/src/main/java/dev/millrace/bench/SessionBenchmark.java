package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a run costs beside its arithmetic: graphs with next to nothing to compute. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SessionBenchmark {
  private Session session;
  private Operation nothing;
  private Tensor x;
  private Tensor sum;
  private INDArray one;
  private final float[] scalar = {1};
  private SessionCallable heapCall;
  private SessionCallable arrayCall;

  /** Builds {@code x + 1} for a scalar. */
  @Setup
  public void open() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    x = tf.placeholder("x", DataType.FLOAT32);
    sum = x.add(1);
    nothing = tf.noOp("nothing");
    session = new Session(graph);
    one = Nd4j.scalar(1f);
    heapCall = session.callable().feed(x).fetch(sum).build().set(0, scalar);
    arrayCall = session.callable().feed(x).fetch(sum).build().set(0, one);
  }

  @TearDown
  public void close() {
    session.close();
  }

  /** A run that does nothing. */
  @Benchmark
  public void runNothing() {
    session.run(nothing);
  }

  /** The way that programs are usually written. */
  @Benchmark
  public INDArray feedAndFetch() {
    return session.feed(x, 1f).fetch(sum);
  }

  /** A prepared run that copies its feed from a Java array. */
  @Benchmark
  public float callWithJavaArray() {
    heapCall.call();
    return heapCall.getFloat(0);
  }

  /** A prepared run that reads its feed where it lies. */
  @Benchmark
  public float callWithNd4jArray() {
    arrayCall.call();
    return arrayCall.getFloat(0);
  }
}
