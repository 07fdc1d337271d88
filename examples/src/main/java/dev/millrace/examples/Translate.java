package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Dense;
import dev.millrace.ops.Index;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Reuse;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.TensorArray;
import dev.millrace.ops.Variable;
import dev.millrace.rnn.DynamicRnnResult;
import dev.millrace.rnn.GRUCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.seq2seq.AttentionWrapper;
import dev.millrace.rnn.seq2seq.AttentionWrapperState;
import dev.millrace.rnn.seq2seq.BahdanauAttention;
import dev.millrace.rnn.seq2seq.BasicDecoder;
import dev.millrace.rnn.seq2seq.BasicDecoderOutput;
import dev.millrace.rnn.seq2seq.BeamSearchDecoder;
import dev.millrace.rnn.seq2seq.DynamicDecode;
import dev.millrace.rnn.seq2seq.Embedding;
import dev.millrace.rnn.seq2seq.Seq2seq;
import dev.millrace.rnn.seq2seq.TrainingHelper;
import dev.millrace.session.Runner;
import dev.millrace.session.Session;
import dev.millrace.train.AdamOptimizer;
import dev.millrace.train.Clipping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Learns to translate phrases, character by character: "the third of may 1997" into "1997-05-03".
 *
 * <p>An encoder reads the phrase from its end to its beginning; a decoder writes the translation,
 * and at each step attends to the characters that matter. It is trained on what it should have
 * written before (teacher forcing), and tested with a beam search, which keeps the best few
 * beginnings.
 */
@Command(
    name = "millrace translate",
    description = "Trains an encoder and a decoder with attention to translate dates into digits.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class Translate extends Program {
  private static final double MAX_GRADIENT_NORM = 5;
  private static final List<String> SPECIAL = List.of("<pad>", "<go>", "<eos>");
  private static final int PAD = 0;
  private static final int GO = 1;
  private static final int EOS = 2;

  /** Lengths of phrases in a batch are rounded up to a multiple of this. */
  private static final int LENGTHS = 10;

  /** How many translations are shown at the end. */
  private static final int SHOWN = 5;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = {
        "Pairs to learn from, gzipped or not, each on a line: phrase, tab, translation.",
        "Without it the program makes phrases for dates."
      })
  private Path data;

  @Option(
      names = "--pairs",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Dates to make, a tenth of them for testing (10000).")
  private int pairs;

  @Option(
      names = "--epochs",
      defaultValue = "4",
      paramLabel = "N",
      description = "Passes over the training pairs (4).")
  private int epochs;

  @Option(
      names = "--units",
      defaultValue = "128",
      paramLabel = "N",
      description = "Units of the encoder, the decoder and the attention (128).")
  private int units;

  @Option(
      names = "--embedding",
      defaultValue = "32",
      paramLabel = "N",
      description = "Size of a character's vector (32).")
  private int embeddingSize;

  @Option(
      names = "--batch",
      defaultValue = "64",
      paramLabel = "N",
      description = "Pairs in a training step (64).")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.003",
      paramLabel = "RATE",
      description = "Adam's learning rate in the first epoch (0.003).")
  private float learningRate;

  @Option(
      names = "--decay",
      defaultValue = "0.8",
      paramLabel = "FACTOR",
      description = "What an epoch leaves of the learning rate (0.8).")
  private float decay;

  @Option(
      names = "--beams",
      defaultValue = "5",
      paramLabel = "N",
      description = "Beginnings that the search keeps (5).")
  private int beams;

  @Option(
      names = "--phrase",
      paramLabel = "TEXT",
      description = "A phrase to translate at the end; may be given several times.")
  private List<String> phrases = List.of();

  @Mixin private Pictures pictures;

  /** The network, for training and for translating. */
  private final class Model {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Tensor source = tf.placeholder("source", DataType.INT32, -1, -1);
    final Tensor sourceLengths = tf.placeholder("source_lengths", DataType.INT32, -1);
    final Tensor target = tf.placeholder("target", DataType.INT32, -1, -1);
    final Tensor targetLengths = tf.placeholder("target_lengths", DataType.INT32, -1);
    final Tensor rate = tf.placeholder("learning_rate", DataType.FLOAT32);
    final Tensor batch = tf.shapeTensor(source).get(0);
    final Tensor loss;
    final Tensor attention; // [target time, batch, source time]
    final Tensor best; // [batch, time]
    final Operation trainStep;
    final Operation init;
    private final int symbols;
    private final Variable targetEmbedding;
    private final Dense projection;
    private final DynamicRnnResult encoder;

    /** The numbers of symbols of phrases and of translations, and how long these may be. */
    Model(int sourceSymbols, int targetSymbols, int longest) {
      tf.setRandomSeed(seed);
      symbols = targetSymbols;
      projection = tf.layers().newDense(symbols).name("projection");
      Variable sourceEmbedding = tf.getVariable("source_embedding", sourceSymbols, embeddingSize);
      targetEmbedding = tf.getVariable("target_embedding", targetSymbols, embeddingSize);
      Tensor reversed = tf.reverseSequence(source, sourceLengths, 1, 0);
      encoder =
          Rnn.dynamicRnn(new GRUCell(units), tf.embeddingLookup(sourceEmbedding, reversed))
              .sequenceLength(sourceLengths)
              .scope("encoder")
              .build();

      DynamicDecode.Result<BasicDecoderOutput> taught;
      try (var scope = tf.variableScope("decoding")) {
        taught = taught();
      }
      Tensor weights =
          tf.sequenceMask(targetLengths, tf.shapeTensor(target).get(1), DataType.FLOAT32);
      loss = Seq2seq.sequenceLoss(taught.outputs().rnnOutput(), target, weights).build();
      attention =
          ((TensorArray) ((AttentionWrapperState) taught.state()).alignmentHistory()).stack();
      try (var scope = tf.newVariableScope("decoding").reuse(Reuse.TRUE).open()) {
        best = searched(longest);
      }

      AdamOptimizer adam = new AdamOptimizer(rate);
      trainStep =
          adam.applyGradients(
              Clipping.gradientsByGlobalNorm(adam.computeGradients(loss), MAX_GRADIENT_NORM));
      init = tf.globalVariablesInitializer();
    }

    /** A cell that attends to what the encoder gave, each example so many times over. */
    private AttentionWrapper attending(int times) {
      return AttentionWrapper.builder(
              new GRUCell(units),
              BahdanauAttention.builder(units, Seq2seq.tileBatch(encoder.outputs(), times))
                  .memorySequenceLength(Seq2seq.tileBatch(sourceLengths, times))
                  .build())
          .attentionLayerSize(units)
          .alignmentHistory(times == 1)
          .initialCellState(Seq2seq.tileBatch(encoder.state(), times))
          .build();
    }

    /** The decoder is told what it should have written before: {@code <go>} first. */
    private DynamicDecode.Result<BasicDecoderOutput> taught() {
      AttentionWrapper cell = attending(1);
      Tensor go = tf.fill(List.of(batch, 1), GO);
      Tensor before = tf.concat(1, go, target.slice(Index.all(), Index.upTo(-1)));
      TrainingHelper helper =
          new TrainingHelper(tf.embeddingLookup(targetEmbedding, before), targetLengths);
      BasicDecoder decoder =
          new BasicDecoder(
              cell,
              helper,
              cell.zeroState(tf, batch, DataType.FLOAT32),
              projection::apply,
              symbols);
      return Seq2seq.dynamicDecode(tf, decoder).build();
    }

    /** The decoder goes on from what it wrote before. */
    private Tensor searched(int longest) {
      AttentionWrapper cell = attending(beams);
      BeamSearchDecoder decoder =
          BeamSearchDecoder.builder(
                  tf,
                  cell,
                  Embedding.of(targetEmbedding),
                  tf.fill(List.of(batch), GO),
                  EOS,
                  cell.zeroState(tf, batch.mul(beams), DataType.FLOAT32),
                  beams)
              .outputLayer(projection::apply)
              .build();
      return Seq2seq.dynamicDecode(tf, decoder)
          .maximumIterations(longest)
          .build()
          .outputs()
          .predictedIds()
          .slice(Index.all(), Index.all(), Index.at(0));
    }
  }

  /** A phrase and its translation. */
  private record Pair(String phrase, String translation) {}

  /** Pairs as the network takes them. */
  private record Batch(Padded source, Padded target) {
    static Batch of(List<Pair> pairs, Vocabulary from, Vocabulary to) {
      return new Batch(
          sources(pairs.stream().map(Pair::phrase).toList(), from),
          Padded.of(
              pairs.stream()
                  .map(p -> IntStream.concat(ids(p.translation(), to), IntStream.of(EOS)).toArray())
                  .toList(),
              PAD,
              1));
    }

    static Padded sources(List<String> phrases, Vocabulary from) {
      return Padded.of(phrases.stream().map(p -> ids(p, from).toArray()).toList(), PAD, LENGTHS);
    }

    private static IntStream ids(String text, Vocabulary vocabulary) {
      return Texts.characters(text).stream().mapToInt(vocabulary::id);
    }
  }

  @Override
  public Integer call() throws IOException {
    check(epochs > 0 && batchSize > 0, "--epochs and --batch must be at least 1");
    check(units > 0 && embeddingSize > 0, "--units and --embedding must be at least 1");
    check(beams > 0, "--beams must be at least 1");
    check(pairs > 1 && pairs <= DatePhrases.DAYS, "--pairs must be from 2 to " + DatePhrases.DAYS);
    List<Pair> all = new ArrayList<>(data == null ? dates() : read(data));
    Collections.shuffle(all, new Random(seed));
    int held = Math.max(1, all.size() / 10);
    List<Pair> test = all.subList(0, held);
    List<Pair> train = all.subList(held, all.size());
    Vocabulary from = vocabulary(all.stream().map(Pair::phrase));
    Vocabulary to = vocabulary(all.stream().map(Pair::translation));
    check(
        phrases.stream()
            .allMatch(p -> !p.isEmpty() && Texts.characters(p).stream().allMatch(from::contains)),
        "--phrase must be made of characters that the pairs have");
    print(
        "%s: %d pairs to train, %d to test",
        data == null ? "dates" : data.getFileName(), train.size(), test.size());

    Model model =
        new Model(
            from.size(),
            to.size(),
            all.stream().mapToInt(p -> p.translation().length()).max().orElse(0) + 1);
    double[] losses = new double[epochs];
    double[] right = new double[epochs];
    Random random = new Random(seed);
    try (Session session = new Session(model.graph)) {
      session.run(model.init);
      float currentRate = learningRate;
      for (int epoch = 1; epoch <= epochs; epoch++) {
        long start = System.nanoTime();
        Collections.shuffle(train, random);
        losses[epoch - 1] = train(session, model, train, from, to, currentRate, epoch);
        right[epoch - 1] = test(session, model, test, from, to);
        currentRate *= decay;
        print(
            "epoch %d: loss %.4f, right translations of held-out phrases %.4f, %.0f s",
            epoch, losses[epoch - 1], right[epoch - 1], (System.nanoTime() - start) / 1e9);
      }
      List<String> shown = new ArrayList<>(phrases);
      test.stream().limit(SHOWN).forEach(p -> shown.add(p.phrase()));
      List<String> translated = translate(session, model, shown, from, to);
      for (int i = 0; i < shown.size(); i++) {
        print("%s -> %s", shown.get(i), translated.get(i));
      }
      pictures.save(this, "translate-attention", attention(session, model, test.get(0), from, to));
    }
    pictures.save(
        this,
        "translate",
        Plots.titled("Right translations of held-out phrases", "epoch", "share")
            .line("exact", Pictures.counted(epochs), right));
    return 0;
  }

  private List<Pair> dates() {
    return DatePhrases.invented(pairs, seed).stream()
        .map(d -> new Pair(d.phrase(), d.digits()))
        .toList();
  }

  private static List<Pair> read(Path file) throws IOException {
    List<Pair> pairs = new ArrayList<>();
    int number = 0;
    for (String line : Texts.read(file).lines().toList()) {
      number++;
      String[] parts = line.split("\t", -1);
      if (parts.length != 2 || parts[0].isEmpty()) {
        throw new IOException(
            file + ", line " + number + ": not a phrase, a tab and its translation: " + line);
      }
      pairs.add(new Pair(parts[0], parts[1]));
    }
    if (pairs.size() < 2) {
      throw new IOException(file + " must have two pairs at least");
    }
    return pairs;
  }

  private static Vocabulary vocabulary(Stream<String> texts) {
    return Vocabulary.of(
        texts.flatMap(t -> Texts.characters(t).stream()).toList(), SPECIAL, Integer.MAX_VALUE);
  }

  private double train(
      Session session,
      Model model,
      List<Pair> train,
      Vocabulary from,
      Vocabulary to,
      float currentRate,
      int epoch) {
    double sum = 0;
    try (ProgressBar bar = Progress.bar("epoch " + epoch + "/" + epochs, "pairs", train.size())) {
      for (int i = 0; i < train.size(); i += batchSize) {
        List<Pair> some = train.subList(i, Math.min(i + batchSize, train.size()));
        float loss =
            feed(session, model, Batch.of(some, from, to))
                .feed(model.rate, currentRate)
                .target(model.trainStep)
                .fetch(model.loss)
                .getFloat(0);
        sum += loss * some.size();
        bar.stepBy(some.size());
      }
    }
    return sum / train.size();
  }

  private static Runner feed(Session session, Model model, Batch batch) {
    return session
        .feed(model.source, batch.source().ids())
        .feed(model.sourceLengths, batch.source().lengths())
        .feed(model.target, batch.target().ids())
        .feed(model.targetLengths, batch.target().lengths());
  }

  /** The share of pairs whose translation is right to the last character. */
  private double test(
      Session session, Model model, List<Pair> test, Vocabulary from, Vocabulary to) {
    List<String> got =
        translate(session, model, test.stream().map(Pair::phrase).toList(), from, to);
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      right += got.get(i).equals(test.get(i).translation()) ? 1 : 0;
    }
    return right / (double) test.size();
  }

  private List<String> translate(
      Session session, Model model, List<String> texts, Vocabulary from, Vocabulary to) {
    List<String> translated = new ArrayList<>();
    for (int i = 0; i < texts.size(); i += batchSize) {
      Padded batch = Batch.sources(texts.subList(i, Math.min(i + batchSize, texts.size())), from);
      TensorValue best =
          session
              .feed(model.source, batch.ids())
              .feed(model.sourceLengths, batch.lengths())
              .fetchValue(model.best);
      int time = (int) best.shape().dim(1);
      for (int row = 0; row < batch.lengths().length; row++) {
        StringBuilder text = new StringBuilder();
        for (int t = 0; t < time && best.getLong(row * time + t) != EOS; t++) {
          text.append(to.word((int) best.getLong(row * time + t)));
        }
        translated.add(text.toString());
      }
    }
    return translated;
  }

  /** Where the decoder looks while it writes. */
  private HeatMap attention(
      Session session, Model model, Pair pair, Vocabulary from, Vocabulary to) {
    List<String> read = new ArrayList<>(Texts.characters(pair.phrase()));
    Collections.reverse(read);
    List<String> written = new ArrayList<>(Texts.characters(pair.translation()));
    written.add("<eos>");
    Batch one = Batch.of(List.of(pair), from, to);
    TensorValue weights = feed(session, model, one).fetchValue(model.attention);
    int time = one.source().ids()[0].length;
    float[][] rows = new float[written.size()][read.size()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < read.size(); j++) {
        rows[i][j] = (float) weights.getDouble(i * time + j);
      }
    }
    return new HeatMap(
        "Attention: " + pair.phrase(), "read, from the end", "written", read, written, rows);
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new Translate());
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
