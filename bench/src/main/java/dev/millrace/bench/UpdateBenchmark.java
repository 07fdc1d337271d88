package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
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

/** Updates of an embedding of 50,000 rows of 128: of some rows, and of all. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class UpdateBenchmark {
  private static final int ROWS = 50_000;
  private static final int WIDTH = 128;

  /** How many rows an update lists; 0 for a dense update of every row. */
  @Param({"64", "512", "0"})
  private int listed;

  /** The optimizer, or a plain addition of rows. */
  @Param({"ScatterAdd", "Momentum", "Adagrad"})
  private String rule;

  private Session session;
  private SessionCallable step;

  @Setup
  public void open() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    int n = listed == 0 ? ROWS : listed;
    Variable v = tf.variable("v", tf.zeros(DataType.FLOAT32, ROWS, WIDTH));
    Variable slot = tf.variable("slot", tf.ones(DataType.FLOAT32, ROWS, WIDTH));
    Random random = new Random(1);
    Tensor indices = tf.constant(random.ints(n, 0, ROWS).toArray());
    Variable gradient = tf.variable("gradient", tf.ones(DataType.FLOAT32, n, WIDTH));
    Operation update = update(tf, v, slot, indices, gradient.readValue());
    session = new Session(graph);
    session.run(tf.globalVariablesInitializer());
    step = session.callable().target(update).build();
  }

  private Operation update(Ops tf, Variable v, Variable slot, Tensor indices, Tensor g) {
    if (rule.equals("ScatterAdd")) {
      return tf.op("ResourceScatterAdd", null).input(v.handle()).input(indices).input(g).build();
    }
    Tensor small = tf.constant(0.01f);
    var b =
        tf.op((listed > 0 ? "ResourceSparseApply" : "ResourceApply") + rule, null)
            .input(v.handle())
            .input(slot.handle())
            .input(small)
            .input(g);
    if (listed > 0) {
      b.input(indices);
    }
    return (rule.equals("Momentum") ? b.input(small) : b).build();
  }

  @TearDown
  public void close() {
    session.close();
  }

  @Benchmark
  public void update() {
    step.call();
  }
}
