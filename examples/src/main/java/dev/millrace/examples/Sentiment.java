package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableGetter;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.LSTMStateTuple;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.StackBidirectionalDynamicRnn;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.Clipping;
import dev.millrace.train.ExponentialMovingAverage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Learns whether tweets are friendly: words become vectors, two layers of LSTMs read them in both
 * directions, and their final states, with the largest output of each unit, tell.
 *
 * <p>The network is built twice on the same variables. The one that trains leaves out words and
 * units by chance; the one that is tested leaves out nothing, and has the moving averages of the
 * variables in their place, which a custom getter gives it.
 */
@Command(
    name = "millrace sentiment",
    description = "Trains a two-layer LSTM to tell friendly tweets from unfriendly ones.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class Sentiment extends Example {
  private static final int INVENTED = 3000;
  private static final double TRAINING_SHARE = 0.8;
  private static final double MAX_GRADIENT_NORM = 5;
  private static final List<String> SPECIAL = List.of("<unknown>", "<pad>");
  private static final int UNKNOWN = 0;
  private static final int PAD = 1;
  private static final int LAYERS = 2;

  /** How many tweets are shown at the end. */
  private static final int SHOWN = 5;

  /** Lengths of batches are multiples of this. */
  private static final int LENGTHS = 8;

  /** Batches that are made together, of tweets sorted by length. */
  private static final int POOL = 20;

  @Option(
      names = "--epochs",
      defaultValue = "6",
      paramLabel = "N",
      description = "Passes over the training tweets (6).")
  private int epochs;

  @Option(
      names = "--units",
      defaultValue = "64",
      paramLabel = "N",
      description = "Units of an LSTM; there are two directions and two layers (64).")
  private int units;

  @Option(
      names = "--embedding",
      defaultValue = "64",
      paramLabel = "N",
      description = "Size of a word's vector (64).")
  private int embeddingSize;

  @Option(
      names = "--words",
      defaultValue = "5000",
      paramLabel = "N",
      description = "Words to know, the most frequent ones (5000).")
  private int words;

  @Option(
      names = "--dropout",
      defaultValue = "0.5",
      paramLabel = "RATE",
      description = "Units to leave out while training (0.5).")
  private float dropout;

  @Option(
      names = "--word-dropout",
      defaultValue = "0.15",
      paramLabel = "RATE",
      description = "Words to leave out while training (0.15).")
  private float wordDropout;

  @Option(
      names = "--batch",
      defaultValue = "64",
      paramLabel = "N",
      description = "Tweets in a training step (64).")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.002",
      paramLabel = "RATE",
      description = "Adam's learning rate in the first epoch (0.002).")
  private float learningRate;

  @Option(
      names = "--decay",
      defaultValue = "0.7",
      paramLabel = "FACTOR",
      description = "What an epoch leaves of the learning rate (0.7).")
  private float decay;

  @Mixin private Pictures pictures;

  /** The network, for training and for testing. */
  private final class Model {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Tensor words = tf.placeholder("words", DataType.INT32, -1, -1);
    final Tensor lengths = tf.placeholder("lengths", DataType.INT32, -1);
    final Tensor labels = tf.placeholder("labels", DataType.INT32, -1);
    final Tensor rate = tf.placeholder("learning_rate", DataType.FLOAT32);
    final Tensor loss;
    final Tensor friendly; // [batch]: 1 for a tweet that is, else 0
    final Operation trainStep;
    final Operation init;

    Model(int vocabulary) {
      tf.setRandomSeed(seed);
      try (var scope = tf.variableScope("model")) {
        Tensor logits = logits(vocabulary, true);
        loss = tf.sparseSoftmaxCrossEntropyWithLogits(labels, logits).reduceMean();
      }
      AdamOptimizer adam = new AdamOptimizer(rate);
      Operation step =
          adam.applyGradients(
              Clipping.gradientsByGlobalNorm(adam.computeGradients(loss), MAX_GRADIENT_NORM));

      Variable steps = tf.newVariable("steps").initialValue(0).trainable(false).build();
      ExponentialMovingAverage averages = new ExponentialMovingAverage(0.998, steps);
      try (var after = tf.controlDependencies(step)) {
        trainStep = tf.group(averages.apply(tf), steps.assignAdd(1).operation());
      }
      VariableGetter averaged = (asked, next) -> averages.average(next.apply(asked));
      try (var scope =
          tf.newVariableScope("model").reuse(Reuse.TRUE).customGetter(averaged).open()) {
        friendly = logits(vocabulary, false).argMax(1);
      }
      init = tf.globalVariablesInitializer();
    }

    /** Scores for unfriendly and friendly, [batch, 2]. */
    private Tensor logits(int vocabulary, boolean training) {
      Variable embedding =
          tf.getVariable(
              "embedding", Initializers.randomUniform(-0.1, 0.1), vocabulary, embeddingSize);
      Tensor known = words;
      if (training && wordDropout > 0) {
        Tensor left = tf.randomUniform(tf.shapeTensor(words)).less(wordDropout);
        known = tf.where(left, tf.fill(tf.shapeTensor(words), UNKNOWN), words);
      }
      StackBidirectionalDynamicRnn.Result rnn =
          Rnn.stackBidirectionalDynamicRnn(
                  layers(training), layers(training), tf.embeddingLookup(embedding, known))
              .sequenceLength(lengths)
              .build();
      // Behind a tweet's end nothing may be the largest.
      Tensor mask = tf.sequenceMask(lengths, tf.shapeTensor(words).get(1), DataType.FLOAT32);
      Tensor inside = rnn.outputs().add(mask.sub(1).mul(2).expandDims(2));
      LSTMStateTuple forward = (LSTMStateTuple) rnn.forwardStates().get(LAYERS - 1);
      LSTMStateTuple backward = (LSTMStateTuple) rnn.backwardStates().get(LAYERS - 1);
      Tensor summary = tf.concat(1, forward.h(), backward.h(), inside.reduceMax(1));
      return tf.layers().dense(training ? tf.dropout(summary, dropout) : summary, 2);
    }

    private List<RNNCell> layers(boolean training) {
      List<RNNCell> cells = new ArrayList<>();
      for (int i = 0; i < LAYERS; i++) {
        LSTMCell cell = new LSTMCell(units);
        cells.add(
            training
                ? DropoutWrapper.builder(cell).inputKeepProbability(1 - dropout).build()
                : cell);
      }
      return cells;
    }
  }

  /**
   * Tweets as numbers of words.
   *
   * @param labels 1 for a friendly tweet, else 0
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Batch(Padded words, int[] labels) {
    static Batch of(Tweets tweets, Vocabulary vocabulary) {
      return new Batch(
          Padded.of(tweets.words().stream().map(vocabulary::ids).toList(), PAD, LENGTHS),
          tweets.positive().stream().mapToInt(p -> p ? 1 : 0).toArray());
    }
  }

  /** Batches of tweets of about the same length, in random order. */
  private List<Batch> batches(Tweets tweets, Vocabulary vocabulary, Random random) {
    Tweets shuffled = tweets.shuffled(random);
    List<Batch> batches = new ArrayList<>();
    int pool = batchSize * POOL;
    for (int from = 0; from < shuffled.size(); from += pool) {
      Tweets sorted = shuffled.range(from, Math.min(from + pool, shuffled.size())).byLength();
      for (int i = 0; i < sorted.size(); i += batchSize) {
        batches.add(Batch.of(sorted.range(i, Math.min(i + batchSize, sorted.size())), vocabulary));
      }
    }
    Collections.shuffle(batches, random);
    return batches;
  }

  /** How many tweets of each kind were taken for which: [is friendly][was taken for friendly]. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Confusion(int[][] counts) {
    double accuracy() {
      int right = counts[0][0] + counts[1][1];
      return right / (double) (right + counts[0][1] + counts[1][0]);
    }

    /** The mean over both kinds of the harmonic mean of precision and recall. */
    double macroF1() {
      double wrong = counts[0][1] + counts[1][0];
      return (f1(counts[0][0], wrong) + f1(counts[1][1], wrong)) / 2;
    }

    private static double f1(double right, double wrong) {
      return right == 0 ? 0 : 2 * right / (2 * right + wrong);
    }
  }

  @Override
  public Integer call() throws IOException {
    check(epochs > 0 && batchSize > 0, "--epochs and --batch must be at least 1");
    check(units > 0 && embeddingSize > 0, "--units and --embedding must be at least 1");
    check(words > SPECIAL.size(), "--words must be above " + SPECIAL.size());
    check(dropout >= 0 && dropout < 1, "--dropout must be at least 0 and below 1");
    check(wordDropout >= 0 && wordDropout < 1, "--word-dropout must be at least 0 and below 1");
    Tweets all =
        (data().isEmpty() ? Tweets.invented(INVENTED, seed) : Tweets.load(data().get()))
            .shuffled(new Random(seed));
    int border = (int) (all.size() * TRAINING_SHARE);
    check(border > 0 && border < all.size(), "there are too few tweets: " + all.size());
    Tweets train = all.range(0, border);
    Tweets test = all.range(border, all.size());
    Vocabulary vocabulary =
        Vocabulary.of(train.words().stream().flatMap(List::stream).toList(), SPECIAL, words);
    print(
        "%s: %d tweets to train, %d to test, %d words",
        data().isEmpty() ? "invented tweets" : "tweets from " + data().get(),
        train.size(),
        test.size(),
        vocabulary.size());

    Model model = new Model(vocabulary.size());
    double[] accuracies = new double[epochs];
    double[] scores = new double[epochs];
    Random random = new Random(seed);
    try (Session session = new Session(model.graph)) {
      session.run(model.init);
      float rate = learningRate;
      for (int epoch = 1; epoch <= epochs; epoch++) {
        long start = System.nanoTime();
        double loss = train(session, model, batches(train, vocabulary, random), rate, epoch);
        Confusion tested = test(session, model, batches(test, vocabulary, random));
        print(
            "epoch %d: loss %.4f, test accuracy %.4f, macro-F1 %.4f, %.0f s",
            epoch, loss, tested.accuracy(), tested.macroF1(), (System.nanoTime() - start) / 1e9);
        accuracies[epoch - 1] = tested.accuracy();
        scores[epoch - 1] = tested.macroF1();
        rate *= decay;
      }
      print("final test accuracy %.4f, macro-F1 %.4f", last(accuracies), last(scores));
      examples(session, model, vocabulary, test);
    }
    pictures.save(
        this,
        "sentiment",
        Plots.titled("Tweets told right", "epoch", "on held-out tweets")
            .line("accuracy", Pictures.counted(epochs), accuracies)
            .line("macro-F1", Pictures.counted(epochs), scores));
    return 0;
  }

  private static double last(double[] x) {
    return x[x.length - 1];
  }

  private double train(Session session, Model model, List<Batch> batches, float rate, int epoch) {
    double sum = 0;
    try (ProgressBar bar = Progress.bar("epoch " + epoch + "/" + epochs, "steps", batches.size())) {
      for (Batch b : batches) {
        sum +=
            session
                .feed(model.words, b.words().ids())
                .feed(model.lengths, b.words().lengths())
                .feed(model.labels, b.labels())
                .feed(model.rate, rate)
                .target(model.trainStep)
                .fetch(model.loss)
                .getFloat(0);
        bar.step();
      }
    }
    return sum / batches.size();
  }

  private static Confusion test(Session session, Model model, List<Batch> batches) {
    int[][] counts = new int[2][2];
    for (Batch b : batches) {
      boolean[] friendly = friendly(session, model, b);
      for (int i = 0; i < friendly.length; i++) {
        counts[b.labels()[i]][friendly[i] ? 1 : 0]++;
      }
    }
    return new Confusion(counts);
  }

  private static boolean[] friendly(Session session, Model model, Batch b) {
    TensorValue kinds =
        session
            .feed(model.words, b.words().ids())
            .feed(model.lengths, b.words().lengths())
            .fetchValue(model.friendly);
    boolean[] friendly = new boolean[b.labels().length];
    for (int i = 0; i < friendly.length; i++) {
      friendly[i] = kinds.getLong(i) == 1;
    }
    return friendly;
  }

  /** Some tweets, and what the network takes them for. */
  private void examples(Session session, Model model, Vocabulary vocabulary, Tweets test) {
    Tweets some = test.range(0, Math.min(SHOWN, test.size()));
    boolean[] friendly = friendly(session, model, Batch.of(some, vocabulary));
    for (int i = 0; i < some.size(); i++) {
      print(
          "%s %s: %s",
          friendly[i] ? "+" : "-",
          friendly[i] == some.positive().get(i) ? "right" : "wrong",
          String.join(" ", some.words().get(i)));
    }
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new Sentiment());
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
