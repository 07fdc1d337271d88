package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Session;
import dev.millrace.train.GradientDescentOptimizer;
import dev.millrace.train.MomentumOptimizer;
import dev.millrace.train.Optimizer;
import java.io.IOException;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Learns to read handwritten digits: first by a softmax regression, then by a network with two
 * hidden layers. Each is a graph of its own, trained on mini-batches and tested after every epoch.
 */
@Command(
    name = "millrace mnist",
    description = "Trains a softmax regression and a 784-300-100-10 network to read digits.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class Mnist extends Example {
  private static final int PIXELS = 784;
  private static final int CLASSES = 10;

  /** Which models to train. */
  enum Choice {
    REGRESSION,
    NETWORK,
    BOTH
  }

  @Option(
      names = "--model",
      defaultValue = "both",
      paramLabel = "MODEL",
      description = "regression, network or both (the default).")
  private Choice choice;

  @Option(
      names = "--epochs",
      defaultValue = "10",
      paramLabel = "N",
      description = "Passes over the training images (10).")
  private int epochs;

  @Option(
      names = "--batch",
      defaultValue = "50",
      paramLabel = "N",
      description = "Images in a training step (50).")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "How far a step goes at first (regression 0.5, network 0.05).")
  private Float learningRate;

  @Option(
      names = "--decay",
      paramLabel = "FACTOR",
      description = "What an epoch leaves of the learning rate (regression 0.7, network 1).")
  private Float decay;

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

  /**
   * A model and how to train it.
   *
   * @param logits builds the model on the images
   * @param optimizer makes the optimizer for a learning rate, which is fed
   * @param learningRate the learning rate of the first epoch
   * @param decay what an epoch leaves of it
   */
  private record Model(
      String name,
      BiFunction<Ops, Tensor, Tensor> logits,
      Function<Tensor, Optimizer> optimizer,
      float learningRate,
      float decay) {}

  private static final Model REGRESSION =
      new Model("regression", Mnist::regression, GradientDescentOptimizer::new, 0.5f, 0.7f);

  private static final Model NETWORK =
      new Model("network", Mnist::network, rate -> new MomentumOptimizer(rate, 0.9f), 0.05f, 1);

  /** Ten logits an image: one matrix product with the pixels. */
  private static Tensor regression(Ops tf, Tensor images) {
    return dense(tf, "softmax", images, CLASSES, Initializers.zeros());
  }

  /** Ten logits an image, from two hidden layers of rectified linear units. */
  private static Tensor network(Ops tf, Tensor images) {
    Tensor hidden1 = dense(tf, "hidden1", images, 300, Initializers.heNormal()).relu();
    Tensor hidden2 = dense(tf, "hidden2", hidden1, 100, Initializers.heNormal()).relu();
    return dense(tf, "outputs", hidden2, CLASSES, Initializers.glorotUniform());
  }

  /** A fully connected layer: {@code x} times a matrix of weights, plus a bias for each unit. */
  private static Tensor dense(Ops tf, String name, Tensor x, int units, Initializer weightInit) {
    try (var scope = tf.scope(name)) {
      Variable weights = tf.variable("weights", weightInit, x.shape().dim(1), units);
      Variable bias = tf.variable("bias", Initializers.zeros(), units);
      return x.matmul(weights).add(bias);
    }
  }

  /** Builds a model's graph, trains it and returns its accuracy on the test images. */
  private double train(Model model, MnistData data) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.setRandomSeed(seed);

    Tensor images = tf.placeholder("images", DataType.FLOAT32, -1, PIXELS);
    Tensor labels = tf.placeholder("labels", DataType.INT32, -1);
    Tensor rate = tf.placeholder("learning_rate", DataType.FLOAT32, Shape.scalar());
    Tensor logits = model.logits().apply(tf, images);
    Tensor loss = tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits).reduceMean();
    Tensor accuracy = tf.inTopK(logits, labels, 1).cast(DataType.FLOAT32).reduceMean();
    Operation trainStep = model.optimizer().apply(rate).minimize(loss);
    Operation init = tf.globalVariablesInitializer();

    LabelledImages test = data.test();
    Random random = new Random(seed);
    double testAccuracy = 0;
    try (Session session = new Session(graph)) {
      session.run(init);
      float currentRate = learningRate == null ? model.learningRate() : learningRate;
      for (int epoch = 1; epoch <= epochs; epoch++) {
        LabelledImages train = data.train().shuffled(random);
        double lossSum = 0;
        int steps = 0;
        try (ProgressBar bar =
            Progress.bar(model.name() + " " + epoch + "/" + epochs, "images", train.size())) {
          for (int from = 0; from < train.size(); from += batchSize) {
            LabelledImages batch = train.range(from, Math.min(from + batchSize, train.size()));
            lossSum +=
                session
                    .feed(images, batch.pixels())
                    .feed(labels, batch.labels())
                    .feed(rate, currentRate)
                    .target(trainStep)
                    .fetch(loss)
                    .getFloat(0);
            steps++;
            bar.stepBy(batch.size());
          }
        }
        currentRate *= decay == null ? model.decay() : decay;
        testAccuracy =
            session
                .feed(images, test.pixels())
                .feed(labels, test.labels())
                .fetch(accuracy)
                .getFloat(0);
        print(
            "%s, epoch %d: loss %.4f, test accuracy %.4f",
            model.name(), epoch, lossSum / steps, testAccuracy);
      }
    }
    return testAccuracy;
  }

  @Override
  public Integer call() throws IOException {
    check(epochs > 0, "--epochs must be at least 1");
    check(batchSize > 0, "--batch must be at least 1");
    check(trainSize > 0 && testSize > 0, "--train and --test must be at least 1");
    MnistData data =
        data().isEmpty()
            ? MnistData.drawn(trainSize, testSize, seed)
            : MnistData.read(data().get()).atMost(trainSize, testSize);
    print("%s: %d to train, %d to test", data.source(), data.train().size(), data.test().size());

    if (choice != Choice.NETWORK) {
      print("regression: final test accuracy %.4f", train(REGRESSION, data));
    }
    if (choice != Choice.REGRESSION) {
      print("network: final test accuracy %.4f", train(NETWORK, data));
    }
    return 0;
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new Mnist());
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
