package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.LSTMCell;
import dev.millrace.rnn.MultiRNNCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.Clipping;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Learns which character comes next in a text, and writes text of its own.
 *
 * <p>The text is cut into parallel streams, and each stream into pieces of some steps. Gradients go
 * back through one piece (truncated backpropagation); the state after it is fed as the state before
 * the next, so that the network remembers further back than it is trained through.
 */
@Command(
    name = "millrace char-rnn",
    description = "Trains a recurrent network to go on with a text, character by character.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class CharRnn extends Example {
  /** How much of the text trains; the rest is held out. */
  private static final double TRAINING_SHARE = 0.9;

  private static final int INVENTED_CHARACTERS = 200_000;
  private static final double MAX_GRADIENT_NORM = 5;

  /**
   * After so many pieces training begins anew with a state of zeros. A state that is carried on
   * without end drifts to where the network never begins, and then it is bad at beginning.
   */
  private static final int PIECES_TO_FORGET = 20;

  /** The kinds of cells. */
  enum Cell {
    LSTM,
    GRU
  }

  @Option(
      names = "--cell",
      defaultValue = "lstm",
      paramLabel = "CELL",
      description = "lstm (the default) or gru.")
  private Cell cell;

  @Option(
      names = "--units",
      defaultValue = "256",
      paramLabel = "N",
      description = "Units in a layer (256).")
  private int units;

  @Option(
      names = "--layers",
      defaultValue = "1",
      paramLabel = "N",
      description = "Layers of cells (1).")
  private int layers;

  @Option(
      names = "--epochs",
      defaultValue = "10",
      paramLabel = "N",
      description = "Passes over the text (10).")
  private int epochs;

  @Option(
      names = "--batch",
      defaultValue = "50",
      paramLabel = "N",
      description = "Streams that are read side by side (50).")
  private int batchSize;

  @Option(
      names = "--steps",
      defaultValue = "50",
      paramLabel = "N",
      description = "Characters that gradients go back through (50).")
  private int steps;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.003",
      paramLabel = "RATE",
      description = "Adam's learning rate in the first epoch (0.003).")
  private float learningRate;

  @Option(
      names = "--decay",
      defaultValue = "0.85",
      paramLabel = "FACTOR",
      description = "What an epoch leaves of the learning rate (0.85).")
  private float decay;

  @Option(
      names = "--characters",
      defaultValue = "0",
      paramLabel = "N",
      description = "Characters of the text to use, from its beginning; 0 for all (0).")
  private int characters;

  @Option(
      names = "--begin",
      defaultValue = "The ",
      paramLabel = "TEXT",
      description = "How the text that is written begins (\"The \").")
  private String begin;

  @Option(
      names = "--length",
      defaultValue = "500",
      paramLabel = "N",
      description = "Characters to write at the end (500).")
  private int length;

  @Option(
      names = "--temperature",
      defaultValue = "0.7",
      paramLabel = "T",
      description = "Below 1 the likely characters become likelier, above 1 less likely (0.7).")
  private float temperature;

  @Mixin private Pictures pictures;

  /** The network: built once, for training on many streams and for writing one. */
  private final class Model {
    final Graph graph = new Graph();
    final Tensor characters; // [batch, time]
    final Tensor next; // [batch, time]
    final Tensor rate;
    final Tensor temperature;
    final Object before; // the state, zeros unless it is fed
    final Object after;
    final Tensor loss; // in nats a character
    final Tensor drawn; // [batch]: a character after the last one
    final Operation trainStep;
    final Operation init;

    Model(int symbols) {
      Ops tf = Ops.of(graph);
      tf.setRandomSeed(seed);
      characters = tf.placeholder("characters", DataType.INT32, -1, -1);
      next = tf.placeholder("next", DataType.INT32, -1, -1);
      rate = tf.placeholder("learning_rate", DataType.FLOAT32);
      temperature = tf.placeholder("temperature", DataType.FLOAT32);

      Variable embedding = tf.getVariable("embedding", symbols, Math.min(symbols, units));
      RNNCell stack = new MultiRNNCell(Stream.generate(this::cell).limit(layers).toList());
      before = stack.zeroState(tf, characters.shapeTensor().get(0), DataType.FLOAT32);
      DynamicRnnResult rnn =
          Rnn.dynamicRnn(stack, tf.embeddingLookup(embedding, characters))
              .initialState(before)
              .build();
      after = rnn.state();
      Tensor logits = tf.layers().dense(rnn.outputs(), symbols);
      loss = tf.sparseSoftmaxCrossEntropyWithLogits(next, logits).reduceMean();
      Tensor last = logits.transpose(1, 0, 2).get(-1);
      drawn = tf.multinomial(last.div(temperature), 1).squeeze(1);

      AdamOptimizer adam = new AdamOptimizer(rate);
      trainStep =
          adam.applyGradients(
              Clipping.gradientsByGlobalNorm(adam.computeGradients(loss), MAX_GRADIENT_NORM));
      init = tf.globalVariablesInitializer();
    }

    private RNNCell cell() {
      return cell == Cell.LSTM ? new LSTMCell(units) : new GRUCell(units);
    }
  }

  @Override
  public Integer call() throws IOException {
    check(units > 0 && layers > 0, "--units and --layers must be at least 1");
    check(epochs > 0, "--epochs must be at least 1");
    check(batchSize > 0 && steps > 0, "--batch and --steps must be at least 1");
    check(temperature > 0, "--temperature must be above 0");
    check(characters >= 0 && length >= 0, "--characters and --length must not be negative");
    check(!begin.isEmpty(), "--begin must have a character at least");
    Texts.Source source = Texts.load(data(), "tinyshakespeare.txt", INVENTED_CHARACTERS, seed);
    List<String> text = Texts.characters(source.text());
    if (characters > 0 && characters < text.size()) {
      text = text.subList(0, characters);
    }
    Vocabulary vocabulary = Vocabulary.of(text, List.of(), Integer.MAX_VALUE);
    int[] ids = vocabulary.ids(text);
    int border = (int) (ids.length * TRAINING_SHARE);
    Streams train = Streams.of(Arrays.copyOfRange(ids, 0, border), batchSize, steps);
    Streams held = Streams.of(Arrays.copyOfRange(ids, border, ids.length), batchSize, steps);
    check(
        train.pieces() > 0 && held.pieces() > 0,
        "the text is too short: its held-out tenth must have more than --batch times --steps = "
            + batchSize * steps
            + " characters, and has "
            + (ids.length - border));
    print("%s: %d characters, %d different ones", source.name(), text.size(), vocabulary.size());

    for (String c : Texts.characters(begin)) {
      check(vocabulary.contains(c), "--begin has '" + c + "', which is not in the text");
    }

    Model model = new Model(vocabulary.size());
    try (Session session = new Session(model.graph)) {
      session.run(model.init);
      train(session, model, train, held);
      print("%s", write(session, model, vocabulary));
    }
    return 0;
  }

  private void train(Session session, Model model, Streams train, Streams held) throws IOException {
    double[] onTraining = new double[epochs];
    double[] onHeld = new double[epochs];
    float currentRate = learningRate;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      long start = System.nanoTime();
      double lossSum = 0;
      List<TensorValue> state = null;
      try (ProgressBar bar =
          Progress.bar("epoch " + epoch + "/" + epochs, "steps", train.pieces())) {
        for (int i = 0; i < train.pieces(); i++) {
          if (i % PIECES_TO_FORGET == 0) {
            state = null;
          }
          var run =
              session
                  .feed(model.characters, train.inputs(i))
                  .feed(model.next, train.targets(i))
                  .feed(model.rate, currentRate)
                  .target(model.trainStep);
          if (state != null) {
            run.feedAll(model.before, state);
          }
          Fetches f = run.fetchAll(model.loss, model.after);
          lossSum += f.getFloat(model.loss);
          state = f.values(model.after);
          bar.step();
        }
      }
      currentRate *= decay;
      onTraining[epoch - 1] = lossSum / train.pieces();
      onHeld[epoch - 1] = test(session, model, held);
      print(
          "epoch %d: loss %.4f, held out %.4f nats a character, %.0f s",
          epoch, onTraining[epoch - 1], onHeld[epoch - 1], (System.nanoTime() - start) / 1e9);
    }
    double[] x = Pictures.counted(epochs);
    pictures.save(
        this,
        "char-rnn",
        Plots.titled("Which character comes next, " + cell, "epoch", "nats a character")
            .line("training (while it learns)", x, onTraining)
            .line("held out", x, onHeld));
  }

  /** The mean loss on a text, in nats a character. */
  private static double test(Session session, Model model, Streams text) {
    double lossSum = 0;
    List<TensorValue> state = null;
    for (int i = 0; i < text.pieces(); i++) {
      var run = session.feed(model.characters, text.inputs(i)).feed(model.next, text.targets(i));
      if (state != null) {
        run.feedAll(model.before, state);
      }
      Fetches f = run.fetchAll(model.loss, model.after);
      lossSum += f.getFloat(model.loss);
      state = f.values(model.after);
    }
    return lossSum / text.pieces();
  }

  /** Text that begins as asked and goes on as the network draws it. */
  private String write(Session session, Model model, Vocabulary vocabulary) {
    StringBuilder text = new StringBuilder(begin);
    int[][] input = {vocabulary.ids(Texts.characters(begin))};
    List<TensorValue> state = null;
    for (int i = 0; i < length; i++) {
      var run = session.feed(model.characters, input).feed(model.temperature, temperature);
      if (state != null) {
        run.feedAll(model.before, state);
      }
      Fetches f = run.fetchAll(model.drawn, model.after);
      int id = (int) f.value(model.drawn).getLong(0);
      text.append(vocabulary.word(id));
      input = new int[][] {{id}};
      state = f.values(model.after);
    }
    return text.toString();
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new CharRnn());
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
