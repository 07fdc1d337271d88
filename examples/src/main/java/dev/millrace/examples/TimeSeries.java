package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.rnn.BasicRNNCell;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.OutputProjectionWrapper;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Learns to predict a time series one step ahead, and then goes on with it alone, each prediction
 * being the next input.
 */
@Command(
    name = "millrace time-series",
    description = "Trains a recurrent network to predict a time series, and has it invent more.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class TimeSeries extends Program {
  private static final int BATCHES_IN_EPOCH = 100;
  private static final int TEST_PIECES = 500;
  private static final int LAYERS = 3;

  /** How the network is built. */
  enum Model {
    WRAPPER,
    RESHAPE,
    DEEP
  }

  @Option(
      names = "--model",
      defaultValue = "reshape",
      paramLabel = "MODEL",
      description = {
        "wrapper: a projection wrapped around the cell, at every step.",
        "reshape: one projection for all steps, which is faster (the default).",
        "deep: three layers, with dropout while it trains."
      })
  private Model model;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = {
        "A series of your own: a number a line.",
        "Without one it is t sin(t) / 3 + 2 sin(5t)."
      })
  private Path data;

  @Option(
      names = "--epochs",
      defaultValue = "15",
      paramLabel = "N",
      description = "Epochs of 100 batches (15).")
  private int epochs;

  @Option(
      names = "--batch",
      defaultValue = "50",
      paramLabel = "N",
      description = "Pieces of the series in a batch (50).")
  private int batchSize;

  @Option(
      names = "--steps",
      defaultValue = "20",
      paramLabel = "N",
      description = "Steps in a piece (20).")
  private int steps;

  @Option(
      names = "--units",
      defaultValue = "100",
      paramLabel = "N",
      description = "Units in a layer (100).")
  private int units;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.001",
      paramLabel = "RATE",
      description = "Adam's learning rate (0.001).")
  private float learningRate;

  @Option(
      names = "--keep",
      defaultValue = "0.8",
      paramLabel = "P",
      description =
          "The share of what the layer below gives that is kept while training deep (0.8).")
  private float keep;

  @Option(
      names = "--creative",
      defaultValue = "300",
      paramLabel = "N",
      description = "Steps to invent after a start of zeros and after a real one (300).")
  private int creative;

  @Mixin private Pictures pictures;

  /** The graph, and what is fed and fetched. */
  private final class Network {
    final Ops tf = Ops.of(new Graph());
    final Tensor x = tf.placeholder("x", DataType.FLOAT32, -1, steps, 1);
    final Tensor y = tf.placeholder("y", DataType.FLOAT32, -1, steps, 1);
    final Tensor keepProbability;
    final Tensor outputs;
    final Tensor loss;
    final Operation trainStep;
    final Operation init;

    Network() {
      tf.setRandomSeed(seed);
      keepProbability = tf.placeholderWithDefault(1f, Shape.scalar()).as("keep");
      outputs =
          switch (model) {
            case WRAPPER ->
                Rnn.dynamicRnn(new OutputProjectionWrapper(cell(), 1), x).build().outputs();
            case RESHAPE -> projected(cell());
            case DEEP -> projected(deep());
          };
      loss = outputs.sub(y).square().reduceMean();
      trainStep = new AdamOptimizer(learningRate).minimize(loss);
      init = tf.globalVariablesInitializer();
    }

    private RNNCell cell() {
      return BasicRNNCell.builder(units).activation(Tensor::relu).build();
    }

    /** Layers that drop out some of what the layer below gives, but nothing of the series. */
    private RNNCell deep() {
      List<RNNCell> layers = new ArrayList<>();
      layers.add(cell());
      while (layers.size() < LAYERS) {
        layers.add(DropoutWrapper.builder(cell()).inputKeepProbability(keepProbability).build());
      }
      return new MultiRNNCell(layers);
    }

    /** One product with the outputs of all steps and instances, as rows of one matrix. */
    private Tensor projected(RNNCell cell) {
      Tensor rows = Rnn.dynamicRnn(cell, x).build().outputs().reshape(-1, units);
      return tf.layers().dense(rows, 1).reshape(-1, steps, 1);
    }
  }

  @Override
  public Integer call() throws IOException {
    check(epochs > 0, "--epochs must be at least 1");
    check(batchSize > 0 && steps > 0, "--batch and --steps must be at least 1");
    check(units > 0, "--units must be at least 1");
    check(learningRate > 0, "--learning-rate must be above 0");
    check(keep > 0 && keep <= 1, "--keep must be above 0 and not above 1");
    check(creative >= 0, "--creative must not be negative");
    Wave wave = data == null ? Wave.formula() : Wave.read(data);
    check(
        wave.length() > steps,
        "the series has " + wave.length() + " values; it needs more than --steps = " + steps);
    Network network = new Network();
    try (Session session = new Session(network.tf.graph())) {
      session.run(network.init);
      train(session, network, wave);
      predict(session, network, wave);
      if (creative > 0) {
        float[] zeros = new float[steps];
        goOn(session, network, "zeros", zeros, wave.interval());
        float[] real = column(wave.from(steps, 0).inputs()[0]);
        goOn(session, network, "real", real, wave.interval());
      }
    }
    return 0;
  }

  private void train(Session session, Network network, Wave wave) throws IOException {
    Random random = new Random(seed);
    Wave.Pieces test = wave.random(TEST_PIECES, steps, new Random(seed + 1));
    double[] curve = new double[epochs + 1];
    curve[0] = test(session, network, test);
    print("before training: MSE %.5f", curve[0]);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      try (ProgressBar bar =
          Progress.bar("epoch " + epoch + "/" + epochs, "batches", BATCHES_IN_EPOCH)) {
        for (int i = 0; i < BATCHES_IN_EPOCH; i++) {
          Wave.Pieces batch = wave.random(batchSize, steps, random);
          session
              .feed(network.x, batch.inputs())
              .feed(network.y, batch.targets())
              .feed(network.keepProbability, keep)
              .run(network.trainStep);
          bar.step();
        }
      }
      curve[epoch] = test(session, network, test);
      print("epoch %d: MSE %.5f", epoch, curve[epoch]);
    }
    print("the MSE fell %.0f times", curve[0] / curve[epochs]);
    double[] x = new double[curve.length];
    Arrays.setAll(x, i -> i);
    pictures.save(
        this,
        "time-series-mse",
        Plots.titled("Mean square error", "epochs of 100 batches", "MSE")
            .logarithmic()
            .line("test", x, curve));
  }

  private static double test(Session session, Network network, Wave.Pieces pieces) {
    return session
        .feed(network.x, pieces.inputs())
        .feed(network.y, pieces.targets())
        .fetch(network.loss)
        .getFloat(0);
  }

  /** A picture of what the network predicts for one piece. */
  private void predict(Session session, Network network, Wave wave) throws IOException {
    double start = Math.floor(0.4 * (wave.length() - steps));
    Wave.Pieces piece = wave.from(steps, start);
    double[] predicted = new double[steps];
    double[] wanted = new double[steps];
    double[] given = new double[steps];
    double[] now = new double[steps];
    double[] next = new double[steps];
    float[][][] y = outputs(session, network, piece.inputs());
    for (int i = 0; i < steps; i++) {
      given[i] = piece.inputs()[0][i][0];
      wanted[i] = piece.targets()[0][i][0];
      predicted[i] = y[0][i][0];
      now[i] = (start + i) * wave.interval();
      next[i] = (start + i + 1) * wave.interval();
    }
    pictures.save(
        this,
        "time-series-prediction",
        Plots.titled("One step ahead", "time", "value")
            .line("input", now, given)
            .points("target", next, wanted)
            .crosses("prediction", next, predicted));
  }

  /** The network feeds itself: its last prediction is the next value. */
  private void goOn(Session session, Network network, String name, float[] start, double interval)
      throws IOException {
    float[] series = Arrays.copyOf(start, start.length + creative);
    for (int end = start.length; end < series.length; end++) {
      float[][][] x = new float[1][steps][1];
      for (int i = 0; i < steps; i++) {
        x[0][i][0] = series[end - steps + i];
      }
      series[end] = outputs(session, network, x)[0][steps - 1][0];
    }
    double[] time = new double[series.length];
    Arrays.setAll(time, i -> i * interval);
    double[] values = new double[series.length];
    Arrays.setAll(values, i -> series[i]);
    pictures.save(
        this,
        "time-series-creative-" + name,
        Plots.titled(
                "Invented after " + (name.equals("real") ? "a real start" : "zeros"),
                "time",
                "value")
            .line("start", Arrays.copyOf(time, start.length), Arrays.copyOf(values, start.length))
            .line(
                "invented",
                Arrays.copyOfRange(time, start.length - 1, time.length),
                Arrays.copyOfRange(values, start.length - 1, values.length)));
  }

  private static float[][][] outputs(Session session, Network network, float[][][] x) {
    return (float[][][]) session.feed(network.x, x).fetchValue(network.outputs).toJava();
  }

  private static float[] column(float[][] rows) {
    float[] values = new float[rows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows[i][0];
    }
    return values;
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new TimeSeries());
  }

  /**
   * Trains and exits with status 0, or 1 if the data cannot be read.
   *
   * @param args the options; {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
