package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphFiles;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.LoopOptions;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LSTMStateTuple;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Session;
import dev.millrace.session.SessionCallable;
import dev.millrace.session.SessionOptions;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.train.AdamOptimizer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What loops over time cost: time, memory, and plans for shapes that vary. */
@Command(
    name = "loop-steps",
    description = "Measures recurrent networks that are unrolled by loops",
    mixinStandardHelpOptions = true)
public final class LoopSteps implements Callable<Integer> {
  @Parameters(
      description =
          "speed: loops against unrolled graphs and the workloads' own; shapes: training with"
              + " batches of random length and size; grow: a loop whose state grows; memory: by"
              + " the number of time steps; long: many iterations; export: writes the loops as"
              + " workloads")
  private List<String> what = List.of("speed", "shapes", "grow", "memory", "long");

  @Option(names = "--graphs", description = "the folder of the workloads (${DEFAULT-VALUE})")
  private Path graphs = Path.of("bench/src/test/resources/workloads");

  @Option(names = "--workloads", split = ",", description = "for speed (${DEFAULT-VALUE})")
  private List<String> workloads = List.of("rnn_mnist", "lstm_mnist", "lstm_50");

  @Option(names = "--export", description = "where the loops go as workloads")
  private Path export = Path.of("loops");

  @Option(names = "--steps", description = "steps of a round (${DEFAULT-VALUE})")
  private int steps = 40;

  @Option(names = "--rounds", description = "rounds, in which all take turns (${DEFAULT-VALUE})")
  private int rounds = 5;

  @Option(names = "--batches", description = "batches for shapes (${DEFAULT-VALUE})")
  private int batches = 2000;

  @Option(names = "--loops-only", description = "leaves out what loops are compared with")
  private boolean loopsOnly;

  @Option(names = "--threads", description = "threads (${DEFAULT-VALUE})")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--cpu",
      description = "measure the processor time of one thread, for machines that do other things")
  void cpu(boolean on) { // set by the parser
    cpu = on;
    threads = 1;
  }

  private static boolean cpu;

  private static long clock() {
    return cpu ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() : System.nanoTime();
  }

  private Session session(Graph g) {
    return new Session(g, SessionOptions.builder().threads(threads).build());
  }

  // ---- speed

  /** One graph whose steps are timed. */
  private static final class Contender {
    private final String name;
    private final SessionCallable step;
    private final List<Object[]> feeds;
    private final List<Double> medians = new ArrayList<>();
    private double least = Double.MAX_VALUE;

    Contender(String name, Session s, List<Object[]> feeds, String... placeholders) {
      this.name = name;
      this.feeds = feeds;
      s.run("init");
      SessionCallable.Builder b = s.callable();
      for (String p : placeholders) {
        b.feed(p);
      }
      step = b.fetch("loss").target("train").build();
    }

    void round(int steps) {
      double[] micros = new double[steps];
      for (int i = 0; i < steps; i++) {
        Object[] f = feeds.get(i % feeds.size());
        long start = clock();
        for (int k = 0; k < f.length; k++) {
          step.set(k, f[k]);
        }
        step.call();
        micros[i] = (clock() - start) / 1e3;
      }
      Arrays.sort(micros);
      least = Math.min(least, micros[0]);
      medians.add(micros[steps / 2]);
    }

    double median() {
      return medians.stream().mapToDouble(m -> m).min().orElseThrow();
    }
  }

  private static Manifest manifest(Path folder, String workload) {
    try {
      return Manifest.read(folder, workload);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void speed(String workload) {
    List<Session> sessions = new ArrayList<>();
    List<Contender> all = new ArrayList<>();
    if (workload.equals("lstm_50")) {
      List<Object[]> feeds = new ArrayList<>();
      feeds.add(sequences(new Random(3), 50, 50, 64));
      for (boolean loop : new boolean[] {true, false}) {
        Session s = session(lstm(50, 64, 128, loop));
        sessions.add(s);
        all.add(new Contender(loop ? "loop" : "unrolled", s, feeds, "x", "y"));
      }
    } else {
      Manifest m = manifest(graphs, workload);
      List<Object[]> feeds = new ArrayList<>();
      for (Map<String, TensorValue> b : Batches.of(workload)) {
        feeds.add(m.placeholders().stream().<Object>map(p -> b.get(p).data()).toArray());
      }
      Graph own = new Graph();
      own.importGraphDef(GraphFiles.read(m.graph()));
      List<Graph> of =
          List.of(LoopModels.build(m, workload, true), LoopModels.build(m, workload, false), own);
      for (int i = 0; i < of.size(); i++) {
        Session s = session(of.get(i));
        sessions.add(s);
        String name = List.of("loop", "unrolled", "the workload's graph").get(i);
        all.add(new Contender(name, s, feeds, m.placeholders().toArray(String[]::new)));
      }
    }
    if (loopsOnly) {
      all.subList(1, all.size()).clear();
    }
    for (int r = 0; r <= rounds; r++) {
      for (Contender c : all) {
        c.round(steps);
        if (r == 0) {
          c.medians.clear();
          c.least = Double.MAX_VALUE;
        }
      }
    }
    for (Contender c : all) {
      print(
          "%-12s %-22s median %8.0f us, least %8.0f us, %5.2f times the loop",
          workload, c.name, c.median(), c.least, c.median() / all.get(0).median());
    }
    sessions.forEach(Session::close);
  }

  private static Object[] sequences(Random random, int batch, int time, int size) {
    float[][][] x = new float[batch][time][size];
    int[] y = new int[batch];
    for (int b = 0; b < batch; b++) {
      for (float[] step : x[b]) {
        for (int i = 0; i < size; i++) {
          step[i] = 2 * random.nextFloat() - 1;
        }
      }
      y[b] = random.nextInt(10);
    }
    return new Object[] {TensorValue.of(x), TensorValue.of(y)};
  }

  /** An LSTM whose last output is told apart into ten classes; Adam. */
  private static Graph lstm(int time, int size, int units, boolean loop) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.setRandomSeed(1);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, time, size);
    Tensor y = tf.placeholder("y", DataType.INT32, -1);
    LSTMCell cell = new LSTMCell(units);
    Object state =
        loop
            ? Rnn.dynamicRnn(cell, x).build().state()
            : Rnn.staticRnn(cell, x.unstack(1)).build().state();
    Tensor logits = tf.layers().dense(((LSTMStateTuple) state).h(), 10);
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(y, logits).reduceMean().as("loss");
    Operation train = new AdamOptimizer(0.001).minimize(loss);
    tf.group("train", train);
    tf.group("init", tf.globalVariablesInitializer());
    return graph;
  }

  // ---- shapes that vary

  private void shapes() {
    int size = 16;
    Random random = new Random(5);
    List<int[]> drawn = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      drawn.add(new int[] {1 + random.nextInt(64), 1 + random.nextInt(200)});
    }
    print("%d batches of an LSTM of 64 units, length 1 to 200, size 1 to 64", batches);
    try (Session s = session(lstm(-1, size, 64, true))) {
      s.run("init");
      SessionCallable step = s.callable().feed("x").feed("y").fetch("loss").target("train").build();
      double[] micros = new double[batches];
      double work = 0;
      for (int i = 0; i < batches; i++) {
        Object[] f = sequences(random, drawn.get(i)[0], drawn.get(i)[1], size);
        micros[i] = timed(step, f);
        if (i > 0 && (i & (i - 1)) == 0) {
          print("  after %4d: %.0f MB resident", i, residentMegabytes());
        }
      }
      print("  after %4d: %.0f MB resident", batches, residentMegabytes());
      double[] last = Arrays.copyOfRange(micros, batches / 2, batches);
      Arrays.sort(last);
      print("  median step of the second half: %.0f us, p90 %.0f us", at(last, .5), at(last, .9));
      // The same shapes again, each several times in a row: what a step of a known shape takes.
      double[] fixed = new double[Math.min(200, batches / 2)];
      double[] first = new double[fixed.length];
      for (int i = 0; i < fixed.length; i++) {
        int[] shape = drawn.get(batches - 1 - i);
        Object[] f = sequences(random, shape[0], shape[1], size);
        timed(step, f);
        timed(step, f);
        fixed[i] = Math.min(timed(step, f), timed(step, f));
        first[i] = micros[batches - 1 - i] / fixed[i];
        work += fixed[i];
      }
      Arrays.sort(fixed);
      Arrays.sort(first);
      double varying = 0;
      for (int i = 0; i < fixed.length; i++) {
        varying += micros[batches - 1 - i];
      }
      print(
          "  fixed shapes, the last %d of them: median %.0f us; varying to fixed: median %.2f, in"
              + " all %.2f",
          fixed.length, at(fixed, .5), at(first, .5), varying / work);
      print("  %s", s.planStatistics());
    }
  }

  private static double timed(SessionCallable step, Object[] feeds) {
    long start = clock();
    for (int k = 0; k < feeds.length; k++) {
      step.set(k, feeds[k]);
    }
    step.call();
    return (clock() - start) / 1e3;
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) (share * (sorted.length - 1))];
  }

  private void grow() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor x = tf.placeholder("x", DataType.FLOAT32, 1, 64);
    List<Tensor> last =
        tf.whileLoop(
            (i, v) -> i.less(300),
            (i, v) -> List.of(i.add(1), tf.concat(0, v, v.reduceMean(true, 0).tanh())),
            tf.constant(0),
            x,
            new LoopOptions().shapeInvariants(List.of(Shape.scalar(), Shape.of(-1, 64))));
    Tensor loss = last.get(1).square().reduceSum();
    try (Session s = session(graph)) {
      TensorValue one = TensorValue.of(new float[1][64]);
      for (int i = 0; i < 5; i++) {
        long start = clock();
        s.feed(x, one).fetchValue(loss);
        print(
            "a state that grows 300 times, run %d: %.1f ms, %.0f MB resident, %s",
            i, (clock() - start) / 1e6, residentMegabytes(), s.planStatistics());
      }
    }
  }

  // ---- memory

  private void memory() {
    for (int time : new int[] {25, 50, 100, 200, 400}) {
      long before = NativeMemory.totalAllocated();
      try (Session s = session(lstm(-1, 16, 64, true))) {
        s.run("init");
        SessionCallable step =
            s.callable().feed("x").feed("y").fetch("loss").target("train").build();
        Object[] f = sequences(new Random(1), 32, time, 16);
        timed(step, f);
        long first = NativeMemory.totalAllocated();
        timed(step, f);
        long second = NativeMemory.totalAllocated();
        for (int i = 0; i < 20; i++) {
          timed(step, f);
        }
        print(
            "a training step over %3d time steps: %.2f MB off the heap; the second step %d bytes"
                + " more, 20 further ones %d",
            time, (first - before) / 1e6, second - first, NativeMemory.totalAllocated() - second);
      }
    }
  }

  private void iterations() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Tensor n = tf.placeholder("n", DataType.INT32, new long[0]);
    Tensor w = tf.constant(new float[64][64]);
    List<Tensor> last =
        tf.whileLoop(
            (i, v) -> i.less(n),
            (i, v) -> List.of(i.add(1), v.matmul(w).tanh().add(1)),
            tf.constant(0),
            tf.zeros(DataType.FLOAT32, 32, 64),
            new LoopOptions());
    try (Session s = session(graph)) {
      for (int count : new int[] {10, 100, 1000, 10_000, 100_000}) {
        long before = NativeMemory.totalAllocated();
        long start = clock();
        s.feed(n, count).fetchValue(last.get(1));
        print(
            "a loop of %6d iterations: %d bytes allocated off the heap, %.2f us an iteration",
            count, NativeMemory.totalAllocated() - before, (clock() - start) / 1e3 / count);
      }
    }
  }

  private static double residentMegabytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(l -> l.startsWith("VmRSS"))
          .mapToDouble(l -> Double.parseDouble(l.replaceAll("\\D", "")) / 1e3)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private void export() {
    for (String w : workloads) {
      if (!w.equals("lstm_50")) {
        Manifest m = manifest(graphs, w);
        GraphFiles.write(export.resolve(w + ".pb"), LoopModels.build(m, w, true));
        print("wrote %s", export.resolve(w + ".pb"));
      }
    }
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  @Override
  public Integer call() {
    for (String w : what) {
      switch (w) {
        case "speed" -> workloads.forEach(this::speed);
        case "shapes" -> shapes();
        case "grow" -> grow();
        case "memory" -> memory();
        case "long" -> iterations();
        case "export" -> export();
        default -> {
          System.err.println("loop-steps: unknown measurement: " + w);
          return 2;
        }
      }
    }
    return 0;
  }

  /** Runs the measurements; {@code --help} tells the options. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new LoopSteps()).execute(args));
  }
}
