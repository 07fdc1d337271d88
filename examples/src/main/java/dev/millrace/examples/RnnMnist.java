package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.rnn.BasicRNNCell;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LSTMStateTuple;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import java.io.IOException;
import java.util.Random;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Reads handwritten digits row by row: each image is a sequence of 28 steps with 28 pixels each,
 * and a layer on the state after the last row says which digit it was.
 */
@Command(
    name = "millrace rnn-mnist",
    description = "Trains a recurrent network that reads digits as sequences of rows of pixels.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class RnnMnist extends Example {
  private static final int ROWS = 28;
  private static final int COLUMNS = 28;
  private static final int CLASSES = 10;

  /** The kinds of cells. */
  enum Cell {
    RNN,
    LSTM,
    GRU
  }

  @Option(
      names = "--cell",
      defaultValue = "rnn",
      paramLabel = "CELL",
      description = "rnn (the default), lstm or gru.")
  private Cell cell;

  @Option(
      names = "--units",
      defaultValue = "150",
      paramLabel = "N",
      description = "Units in the recurrent layer (150).")
  private int units;

  @Option(
      names = "--epochs",
      defaultValue = "10",
      paramLabel = "N",
      description = "Passes over the training images (10).")
  private int epochs;

  @Option(
      names = "--batch",
      defaultValue = "150",
      paramLabel = "N",
      description = "Images in a training step (150).")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.001",
      paramLabel = "RATE",
      description = "Adam's learning rate (0.001).")
  private float learningRate;

  @Option(
      names = "--train",
      defaultValue = "8000",
      paramLabel = "N",
      description = "Images to train on, at most (8000).")
  private int trainSize;

  @Option(
      names = "--test",
      defaultValue = "2000",
      paramLabel = "N",
      description = "Images to test on, at most (2000).")
  private int testSize;

  @Mixin private Pictures pictures;

  /** Ten logits an image, from the state after its last row. */
  private Tensor logits(Ops tf, Tensor images) {
    RNNCell layer =
        switch (cell) {
          case RNN -> new BasicRNNCell(units);
          case LSTM -> new LSTMCell(units);
          case GRU -> new GRUCell(units);
        };
    DynamicRnnResult rnn = Rnn.dynamicRnn(layer, images.reshape(-1, ROWS, COLUMNS)).build();
    Object last = rnn.state() instanceof LSTMStateTuple lstm ? lstm.h() : rnn.state();
    return tf.layers().dense(last, CLASSES);
  }

  @Override
  public Integer call() throws IOException {
    check(units > 0, "--units must be at least 1");
    check(epochs > 0, "--epochs must be at least 1");
    check(batchSize > 0, "--batch must be at least 1");
    check(learningRate > 0, "--learning-rate must be above 0");
    check(trainSize > 0 && testSize > 0, "--train and --test must be at least 1");
    MnistData data =
        data().isEmpty()
            ? MnistData.drawn(trainSize, testSize, seed)
            : MnistData.read(data().get()).atMost(trainSize, testSize);
    LabelledImages test = data.test();
    print("%s: %d to train, %d to test", data.source(), data.train().size(), test.size());

    Ops tf = Ops.of(new Graph());
    tf.setRandomSeed(seed);
    Tensor images = tf.placeholder("images", DataType.FLOAT32, -1, ROWS * COLUMNS);
    Tensor labels = tf.placeholder("labels", DataType.INT32, -1);
    Tensor logits = logits(tf, images);
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits).reduceMean();
    Tensor accuracy = tf.inTopK(logits, labels, 1).cast(DataType.FLOAT32).reduceMean();
    Operation trainStep = new AdamOptimizer(learningRate).minimize(loss);
    Operation init = tf.globalVariablesInitializer();

    Random random = new Random(seed);
    double[] onTraining = new double[epochs];
    double[] onTest = new double[epochs];
    try (Session session = new Session(tf.graph())) {
      session.run(init);
      for (int epoch = 1; epoch <= epochs; epoch++) {
        LabelledImages train = data.train().shuffled(random);
        double lossSum = 0;
        double right = 0;
        int steps = 0;
        try (ProgressBar bar =
            Progress.bar("epoch " + epoch + "/" + epochs, "images", train.size())) {
          for (int from = 0; from < train.size(); from += batchSize) {
            LabelledImages batch = train.range(from, Math.min(from + batchSize, train.size()));
            var f =
                session
                    .feed(images, batch.pixels())
                    .feed(labels, batch.labels())
                    .target(trainStep)
                    .fetch(loss, accuracy);
            lossSum += f.getFloat(0);
            right += f.getFloat(1) * batch.size();
            steps++;
            bar.stepBy(batch.size());
          }
        }
        onTraining[epoch - 1] = right / train.size();
        onTest[epoch - 1] =
            session
                .feed(images, test.pixels())
                .feed(labels, test.labels())
                .fetch(accuracy)
                .getFloat(0);
        print(
            "epoch %d: loss %.4f, training accuracy %.4f, test accuracy %.4f",
            epoch, lossSum / steps, onTraining[epoch - 1], onTest[epoch - 1]);
      }
    }
    print("final test accuracy %.4f", onTest[epochs - 1]);
    double[] x = Pictures.counted(epochs);
    pictures.save(
        this,
        "rnn-mnist",
        Plots.titled("Digits read row by row, " + cell, "epoch", "accuracy")
            .line("training (while it learns)", x, onTraining)
            .line("test", x, onTest));
    return 0;
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new RnnMnist());
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
