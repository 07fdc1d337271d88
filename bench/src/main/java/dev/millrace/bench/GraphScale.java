package dev.millrace.bench;

import dev.millrace.autodiff.Gradients;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.train.MomentumOptimizer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long graphs of growing size take to build, to differentiate and to run for the first time, in
 * seconds of processor time. Where the last column stays the same from row to row, the time grows
 * with the size; twice the size in four times the time doubles it.
 */
@Command(
    name = "graph-scale",
    description = "Times building, differentiating and first runs of growing graphs",
    mixinStandardHelpOptions = true)
public final class GraphScale implements Callable<Integer> {
  @Option(names = "--sizes", split = ",", description = "operations to build (about)")
  private int[] sizes = {1_000, 3_000, 10_000, 20_000, 30_000, 100_000};

  @Option(names = "--shapes", split = ",", description = "which graphs; all by default")
  private List<Shape> shapes = List.of(Shape.values());

  /** What a graph looks like. */
  @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
  private enum Shape {
    /** Each operation on the result of the one before. */
    CHAIN(GraphScale::chain),
    /** Many short ways from one tensor to one sum. */
    WIDE(GraphScale::wide),
    /** Each operation on the results of the two before. */
    LADDER(GraphScale::ladder),
    /** Each operation on the one before and the first of all. */
    SKIPS(GraphScale::skips),
    /** Many small variables, and a momentum step on all. */
    VARIABLES(GraphScale::variables);

    private final ToIntFunction<Model> build;

    Shape(ToIntFunction<Model> build) {
      this.build = build;
    }

    int build(Model m) {
      return build.applyAsInt(m);
    }
  }

  /** A graph that is being measured; the loss is to be differentiated by x. */
  private static final class Model {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final int size;
    final Tensor x = tf.placeholder("x", DataType.FLOAT32, 4);
    final List<Variable> variables = new ArrayList<>();
    Tensor loss;

    Model(int size) {
      this.size = size;
    }
  }

  private static int chain(Model m) {
    Tensor t = m.x;
    for (int i = 0; i < m.size / 2; i++) {
      t = t.tanh().add(m.x);
    }
    m.loss = t.reduceSum();
    return m.graph.size();
  }

  private static int wide(Model m) {
    List<Tensor> all = new ArrayList<>();
    for (int i = 0; i < m.size / 3; i++) {
      all.add(m.x.square().tanh().neg());
    }
    m.loss = m.tf.addN(all).reduceSum();
    return m.graph.size();
  }

  private static int ladder(Model m) {
    Tensor a = m.x;
    Tensor b = m.x.neg();
    for (int i = 0; i < m.size / 2; i++) {
      Tensor c = a.mul(b).tanh();
      a = b;
      b = c;
    }
    m.loss = b.reduceSum();
    return m.graph.size();
  }

  private static int skips(Model m) {
    Tensor t = m.x;
    for (int i = 0; i < m.size; i++) {
      t = t.mul(m.x);
    }
    m.loss = t.reduceSum();
    return m.graph.size();
  }

  private static int variables(Model m) {
    Tensor t = m.x;
    for (int i = 0; i < m.size / 10; i++) {
      Variable v = m.tf.variable("v" + i, new float[4]);
      m.variables.add(v);
      t = t.add(v).tanh();
    }
    m.loss = t.reduceSum();
    return m.graph.size();
  }

  /** The processor time that this thread needs, whatever else the machine does. */
  private static double seconds(Runnable what) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    what.run();
    return (threads.getCurrentThreadCpuTime() - start) / 1e9;
  }

  private static void measure(Shape shape, int size, boolean print) {
    Model m = new Model(size);
    double build = seconds(() -> shape.build(m));
    int built = m.graph.size();
    List<Object> targets = new ArrayList<>();
    double differentiate =
        seconds(
            () ->
                targets.add(
                    m.variables.isEmpty()
                        ? Gradients.gradient(m.loss, m.x)
                        : new MomentumOptimizer(0.1, 0.9).minimize(m.loss)));
    int all = m.graph.size();
    Operation init = m.tf.globalVariablesInitializer();
    double[] runs = new double[3];
    try (Session s = new Session(m.graph)) {
      runs[0] = seconds(() -> s.run(init));
      for (int i = 1; i < 3; i++) {
        runs[i] = seconds(() -> s.feed(m.x, new float[] {1, 0.5f, -1, 0}).run(targets.get(0)));
      }
    }
    double total = build + differentiate + runs[0] + runs[1];
    if (print) {
      System.out.printf(
          Locale.ROOT,
          "%-10s %8d %8d %8.3f %8.3f %8.3f %8.3f %8.4f %10.1f%n",
          shape.name().toLowerCase(Locale.ROOT),
          built,
          all,
          build,
          differentiate,
          runs[0],
          runs[1],
          runs[2],
          total / all * 1e6);
    }
  }

  @Override
  public Integer call() {
    System.out.println(
        "graph         built      all    build    diff.     init      run    again   µs per op");
    for (Shape shape : shapes) {
      measure(shape, 2_000, false);
      for (int size : sizes) {
        measure(shape, size, true);
      }
    }
    return 0;
  }

  /** Runs the measurements; {@code --help} tells the options. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new GraphScale()).execute(args));
  }
}
