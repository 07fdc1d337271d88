package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.train.AdadeltaOptimizer;
import dev.millrace.train.AdagradOptimizer;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.FtrlOptimizer;
import dev.millrace.train.GradientAndVariable;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.MomentumOptimizer;
import dev.millrace.train.Optimizer;
import dev.millrace.train.ProximalAdagradOptimizer;
import dev.millrace.train.ProximalGradientDescentOptimizer;
import dev.millrace.train.RmsPropOptimizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Training steps of a model that looks rows up in a large table: with the gradient of the rows, as
 * it comes, and with the same gradient made dense first.
 */
@Command(
    name = "embedding-steps",
    description = "Times sparse and dense training steps of an embedding",
    mixinStandardHelpOptions = true)
public final class EmbeddingSteps implements Callable<Integer> {
  @Option(names = "--rows", description = "rows of the table (${DEFAULT-VALUE})")
  private int rows = 50_000;

  @Option(names = "--columns", description = "columns of the table (${DEFAULT-VALUE})")
  private int columns = 128;

  @Option(names = "--ids", description = "rows looked up in a step (${DEFAULT-VALUE})")
  private int ids = 512;

  @Option(names = "--steps", description = "steps to take the median of (${DEFAULT-VALUE})")
  private int steps = 100;

  private static Map<String, Supplier<Optimizer>> optimizers() {
    Map<String, Supplier<Optimizer>> all = new LinkedHashMap<>();
    all.put("gradient descent", () -> new GradientDescentOptimizer(0.1));
    all.put("momentum", () -> new MomentumOptimizer(0.1, 0.9));
    all.put("Nesterov", () -> new MomentumOptimizer(0.1, 0.9, true));
    all.put("Adagrad", () -> new AdagradOptimizer(0.1));
    all.put("Adadelta", () -> new AdadeltaOptimizer(0.1));
    all.put("RMSProp", () -> new RmsPropOptimizer(0.01));
    all.put("centered RMSProp", () -> new RmsPropOptimizer(0.01, 0.9, 0.0, 1e-3, true));
    all.put("Adam", () -> new AdamOptimizer(0.01));
    all.put("FTRL", () -> new FtrlOptimizer(0.1));
    all.put("proximal descent", () -> new ProximalGradientDescentOptimizer(0.1, 1e-4, 1e-4));
    all.put("proximal Adagrad", () -> new ProximalAdagradOptimizer(0.1, 0.1, 1e-4, 1e-4));
    return all;
  }

  /** The median time of a step in seconds. */
  private double measure(Optimizer optimizer, boolean sparse) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.setRandomSeed(1);
    Tensor at = tf.placeholder("ids", DataType.INT32, ids);
    Variable table = tf.variable("table", Initializers.randomUniform(-1, 1), rows, columns);
    Tensor loss = tf.l2Loss(table.sparseRead(at));
    List<GradientAndVariable> g = optimizer.computeGradients(loss);
    if (!sparse) {
      g = List.of(new GradientAndVariable(g.get(0).gradient().dense(), table));
    }
    Operation train = optimizer.applyGradients(g);
    Operation init = tf.globalVariablesInitializer();
    // Some words are frequent: a third of the rows are drawn from the first hundred.
    Random random = new Random(7);
    INDArray[] batches = new INDArray[16];
    for (int b = 0; b < batches.length; b++) {
      int[] batch = new int[ids];
      for (int i = 0; i < ids; i++) {
        batch[i] = random.nextInt(random.nextInt(3) == 0 ? Math.min(100, rows) : rows);
      }
      batches[b] = Nd4j.createFromArray(batch);
    }
    try (Session s = new Session(graph)) {
      s.run(init);
      SessionCallable step = s.callable().feed(at).target(train).build();
      double[] seconds = new double[steps];
      for (int i = -steps / 2; i < steps; i++) {
        step.set(0, batches[Math.floorMod(i, batches.length)]);
        long start = System.nanoTime();
        step.call();
        if (i >= 0) {
          seconds[i] = (System.nanoTime() - start) / 1e9;
        }
      }
      Arrays.sort(seconds);
      return seconds[steps / 2];
    }
  }

  @Override
  public Integer call() {
    System.out.printf(
        Locale.ROOT,
        "a table of %d x %d, %d rows a step, median of %d steps in ms%n",
        rows,
        columns,
        ids,
        steps);
    System.out.println("optimizer             sparse     dense   dense/sparse");
    optimizers()
        .forEach(
            (name, make) -> {
              double sparse = measure(make.get(), true);
              double dense = measure(make.get(), false);
              System.out.printf(
                  Locale.ROOT,
                  "%-18s %9.3f %9.3f %14.1f%n",
                  name,
                  sparse * 1e3,
                  dense * 1e3,
                  dense / sparse);
            });
    return 0;
  }

  /** Runs the measurements; {@code --help} tells the options. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EmbeddingSteps()).execute(args));
  }
}
