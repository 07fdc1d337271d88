package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.DropoutWrapper;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Fetches;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.Clipping;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Learns which word comes next in a text, and writes text of its own; Zaremba et al., "Recurrent
 * Neural Network Regularization", 2014.
 *
 * <p>The text is read as parallel streams, piece by piece. Gradients go back through one piece; the
 * state after it is fed as the state before the next one.
 */
@Command(
    name = "millrace word-lm",
    description = "Trains a two-layer LSTM to go on with a text, word by word.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class WordLm extends Example {
  /** How much of the text trains; the rest is held out. */
  private static final double TRAINING_SHARE = 0.9;

  private static final int INVENTED_CHARACTERS = 150_000;
  private static final int LAYERS = 2;
  private static final double MAX_GRADIENT_NORM = 5;
  private static final String UNKNOWN = "<unknown>";

  @Option(
      names = "--epochs",
      defaultValue = "10",
      paramLabel = "N",
      description = "Passes over the text (10).")
  private int epochs;

  @Option(
      names = "--units",
      defaultValue = "200",
      paramLabel = "N",
      description = "Units of each of the two layers, and size of a word's vector (200).")
  private int units;

  @Option(
      names = "--words",
      defaultValue = "5000",
      paramLabel = "N",
      description = "Words to know, the most frequent ones (5000).")
  private int words;

  @Option(
      names = "--dropout",
      defaultValue = "0.3",
      paramLabel = "RATE",
      description = "Units to leave out while training (0.3).")
  private float dropout;

  @Option(
      names = "--batch",
      defaultValue = "20",
      paramLabel = "N",
      description = "Streams that are read side by side (20).")
  private int batchSize;

  @Option(
      names = "--steps",
      defaultValue = "20",
      paramLabel = "N",
      description = "Words that gradients go back through (20).")
  private int steps;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.002",
      paramLabel = "RATE",
      description = "Adam's learning rate in the first epoch (0.002).")
  private float learningRate;

  @Option(
      names = "--decay",
      defaultValue = "0.8",
      paramLabel = "FACTOR",
      description = "What an epoch leaves of the learning rate (0.8).")
  private float decay;

  @Option(
      names = "--length",
      defaultValue = "80",
      paramLabel = "N",
      description = "Words to write at the end (80).")
  private int length;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      paramLabel = "T",
      description = "Below 1 the likely words become likelier, above 1 less likely (0.8).")
  private float temperature;

  @Mixin private Pictures pictures;

  /** The network: built once, for training on many streams and for writing one. */
  private final class Model {
    final Graph graph = new Graph();
    final Tensor words; // [batch, time]
    final Tensor next; // [batch, time]
    final Tensor rate;
    final Tensor keep; // the share of units that is kept, 1 unless it is fed
    final Object before; // the state, zeros unless it is fed
    final Object after;
    final Tensor loss; // in nats a word
    final Tensor drawn; // [batch]: a word after the last one, never the unknown one
    final Operation trainStep;
    final Operation init;

    Model(int vocabulary) {
      Ops tf = Ops.of(graph);
      tf.setRandomSeed(seed);
      words = tf.placeholder("words", DataType.INT32, -1, -1);
      next = tf.placeholder("next", DataType.INT32, -1, -1);
      rate = tf.placeholder("learning_rate", DataType.FLOAT32);
      keep = tf.placeholderWithDefault(1f, Shape.scalar());
      Tensor logits;
      try (var scope =
          tf.newVariableScope("model").initializer(Initializers.randomUniform(-0.1, 0.1)).open()) {
        Variable embedding = tf.getVariable("embedding", vocabulary, units);
        RNNCell stack = new MultiRNNCell(Stream.generate(this::layer).limit(LAYERS).toList());
        before = stack.zeroState(tf, words.shapeTensor().get(0), DataType.FLOAT32);
        Tensor inputs = tf.dropout(tf.embeddingLookup(embedding, words), tf.sub(1, keep));
        DynamicRnnResult rnn = Rnn.dynamicRnn(stack, inputs).initialState(before).build();
        after = rnn.state();
        logits = tf.layers().dense(rnn.outputs(), vocabulary);
      }
      loss = tf.sparseSoftmaxCrossEntropyWithLogits(next, logits).reduceMean();
      Tensor last = logits.transpose(1, 0, 2).get(-1);
      Tensor known = tf.sub(last, tf.oneHot(new int[] {0}, vocabulary).mul(1e9));
      drawn = tf.multinomial(known.div(temperature), 1).squeeze(1);

      AdamOptimizer adam = new AdamOptimizer(rate);
      trainStep =
          adam.applyGradients(
              Clipping.gradientsByGlobalNorm(adam.computeGradients(loss), MAX_GRADIENT_NORM));
      init = tf.globalVariablesInitializer();
    }

    private RNNCell layer() {
      return DropoutWrapper.builder(new LSTMCell(units)).outputKeepProbability(keep).build();
    }
  }

  @Override
  public Integer call() throws IOException {
    check(epochs > 0 && units > 0, "--epochs and --units must be at least 1");
    check(words > 1, "--words must be at least 2");
    check(batchSize > 0 && steps > 0, "--batch and --steps must be at least 1");
    check(dropout >= 0 && dropout < 1, "--dropout must be at least 0 and below 1");
    check(temperature > 0 && length >= 0, "--temperature must be above 0, --length not below");
    Texts.Source source = Texts.load(data(), "tinyshakespeare.txt", INVENTED_CHARACTERS, seed);
    List<String> text = Texts.words(source.text());
    int border = (int) (text.size() * TRAINING_SHARE);
    Vocabulary vocabulary = Vocabulary.of(text.subList(0, border), List.of(UNKNOWN), words);
    int[] ids = vocabulary.ids(text);
    Streams train = Streams.of(Arrays.copyOfRange(ids, 0, border), batchSize, steps);
    Streams held = Streams.of(Arrays.copyOfRange(ids, border, ids.length), batchSize, steps);
    check(
        train.pieces() > 0 && held.pieces() > 0,
        "the text is too short: its held-out tenth must have more than --batch times --steps = "
            + batchSize * steps
            + " words, and has "
            + (ids.length - border));
    print(
        "%s: %d words and marks, %d different ones, of which %.1f%% are %s",
        source.name(),
        text.size(),
        vocabulary.size(),
        100.0 * Arrays.stream(ids).filter(id -> id == 0).count() / ids.length,
        UNKNOWN);

    Model model = new Model(vocabulary.size());
    try (Session session = new Session(model.graph)) {
      session.run(model.init);
      train(session, model, train, held);
      print("%s", write(session, model, vocabulary));
    }
    return 0;
  }

  private void train(Session session, Model model, Streams train, Streams held) throws IOException {
    double[] trained = new double[epochs];
    double[] tested = new double[epochs];
    for (int epoch = 1; epoch <= epochs; epoch++) {
      long start = System.nanoTime();
      float currentRate = learningRate * (float) Math.pow(decay, epoch - 1);
      try (ProgressBar bar =
          Progress.bar("epoch " + epoch + "/" + epochs, "steps", train.pieces())) {
        trained[epoch - 1] =
            perplexity(
                session,
                model,
                train,
                run -> {
                  bar.step();
                  return run.feed(model.rate, currentRate)
                      .feed(model.keep, 1 - dropout)
                      .target(model.trainStep);
                });
      }
      tested[epoch - 1] = perplexity(session, model, held, run -> run);
      print(
          "epoch %d: perplexity %.2f, held out %.2f, %.0f s",
          epoch, trained[epoch - 1], tested[epoch - 1], (System.nanoTime() - start) / 1e9);
    }
    pictures.save(
        this,
        "word-lm",
        Plots.titled("Perplexity", "epoch", "perplexity")
            .line("training", Pictures.counted(epochs), trained)
            .line("held out", Pictures.counted(epochs), tested));
  }

  /** Reads a text to its end; the exponential of the mean loss. */
  private static double perplexity(
      Session session, Model model, Streams text, UnaryOperator<Runner> more) {
    double sum = 0;
    List<TensorValue> state = null;
    for (int i = 0; i < text.pieces(); i++) {
      Runner run =
          more.apply(session.feed(model.words, text.inputs(i)).feed(model.next, text.targets(i)));
      if (state != null) {
        run.feedAll(model.before, state);
      }
      Fetches f = run.fetchAll(model.loss, model.after);
      sum += f.getFloat(model.loss);
      state = f.values(model.after);
    }
    return Math.exp(sum / text.pieces());
  }

  /** Text that begins after the end of a line and goes on as the network draws it. */
  private String write(Session session, Model model, Vocabulary vocabulary) {
    StringBuilder text = new StringBuilder();
    int id = vocabulary.id("\n");
    List<TensorValue> state = null;
    for (int i = 0; i < length; i++) {
      Runner run = session.feed(model.words, new int[][] {{id}});
      if (state != null) {
        run.feedAll(model.before, state);
      }
      Fetches f = run.fetchAll(model.drawn, model.after);
      id = (int) f.value(model.drawn).getLong(0);
      state = f.values(model.after);
      String word = vocabulary.word(id);
      boolean apart = word.matches("\\w.*") && !text.toString().endsWith("\n");
      text.append(apart && i > 0 ? " " : "").append(word);
    }
    return text.toString();
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new WordLm());
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
