package dev.millrace.examples;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operation;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Index;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.train.AdagradOptimizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Learns a vector for every word from the words around it, so that words used alike lie close
 * together; Mikolov et al., "Distributed Representations of Words and Phrases and their
 * Compositionality", 2013 (the skip-gram model).
 *
 * <p>A word's vector must tell words that stand near it from words drawn by their frequency
 * (noise-contrastive estimation): a step then costs the same, however many words there are.
 */
@Command(
    name = "millrace word2vec",
    description = "Learns vectors for the words of a text, and prints which words lie close.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class Word2Vec extends Example {
  private static final int INVENTED_CHARACTERS = 300_000;
  private static final String UNKNOWN = "<unknown>";

  /** Words whose neighbours are printed if nothing else is said. */
  private static final int SHOWN = 12;

  /** Words in the picture of a text whose words have no known kinds. */
  private static final int PICTURED = 60;

  @Option(
      names = "--epochs",
      defaultValue = "5",
      paramLabel = "N",
      description = "Passes over the text (5).")
  private int epochs;

  @Option(
      names = "--words",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Words to know, the most frequent ones (10000).")
  private int words;

  @Option(
      names = "--size",
      defaultValue = "64",
      paramLabel = "N",
      description = "Size of a word's vector (64).")
  private int size;

  @Option(
      names = "--window",
      defaultValue = "3",
      paramLabel = "N",
      description = "How far from a word its neighbours are looked for, at most (3).")
  private int window;

  @Option(
      names = "--batch",
      defaultValue = "128",
      paramLabel = "N",
      description = "Pairs of words in a training step (128).")
  private int batchSize;

  @Option(
      names = "--sampled",
      defaultValue = "64",
      paramLabel = "N",
      description = "Words drawn in a training step to be told apart (64).")
  private int sampled;

  @Option(
      names = "--subsample",
      paramLabel = "SHARE",
      description = {
        "Words more frequent than this are left out by chance, the more the likelier",
        "(0.001; of invented sentences, which have few words, 0.05)."
      })
  private Double subsample;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.5",
      paramLabel = "RATE",
      description = "Adagrad's learning rate (0.5).")
  private float learningRate;

  @Option(
      names = "--ask",
      split = ",",
      paramLabel = "WORD",
      description = "Words whose neighbours are printed, with commas between them (some).")
  private List<String> ask = List.of();

  @Option(
      names = "--neighbours",
      defaultValue = "6",
      paramLabel = "N",
      description = "Neighbours to print of each (6).")
  private int neighbours;

  @Mixin private Pictures pictures;

  private final class Model {
    final Graph graph = new Graph();
    final Tensor word; // [batch]
    final Tensor context; // [batch, 1]: a word near it
    final Tensor loss;
    final Tensor asked; // [n]: words whose neighbours are asked for
    final Tensor closeness; // [n, neighbours]: cosines, falling; the word itself left out
    final Tensor closest; // [n, neighbours]
    final Tensor plane; // [n, 2]: where the words lie, seen from where they lie widest apart
    final Operation trainStep;
    final Operation init;

    Model(int vocabulary) {
      Ops tf = Ops.of(graph);
      tf.setRandomSeed(seed);
      word = tf.placeholder("word", DataType.INT32, -1);
      context = tf.placeholder("context", DataType.INT32, -1, 1);
      Variable vectors =
          tf.variable(
              "vectors", Initializers.randomUniform(-0.5 / size, 0.5 / size), vocabulary, size);
      Variable weights =
          tf.variable(
              "weights", Initializers.truncatedNormal(0, 1 / Math.sqrt(size)), vocabulary, size);
      Variable biases = tf.variable("biases", Initializers.zeros(), vocabulary);
      loss =
          tf.nceLoss(
                  weights,
                  biases,
                  context,
                  tf.embeddingLookup(vectors, word),
                  Math.min(sampled, vocabulary),
                  vocabulary)
              .reduceMean();
      trainStep = new AdagradOptimizer(learningRate).minimize(loss);

      asked = tf.placeholder("asked", DataType.INT32, -1);
      Tensor unit = tf.l2Normalize(vectors, 1);
      Tensor ofAsked = tf.gather(unit, asked);
      Tensor cosines = tf.matmul(ofAsked, unit, false, true);
      List<Tensor> top = tf.topK(cosines, Math.min(neighbours + 1, vocabulary));
      closeness = top.get(0).slice(Index.all(), Index.from(1));
      closest = top.get(1).slice(Index.all(), Index.from(1));
      Tensor centred = ofAsked.sub(tf.reduceMean(ofAsked, true, 0));
      Tensor directions = tf.svd(centred).get(2).slice(Index.all(), Index.upTo(2));
      plane = centred.matmul(directions);
      init = tf.globalVariablesInitializer();
    }
  }

  /** Words and words near them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pairs(int[] words, int[] contexts) {
    int size() {
      return words.length;
    }

    int[] wordsOf(int from, int to) {
      return Arrays.copyOfRange(words, from, to);
    }

    int[][] contextsOf(int from, int to) {
      return Arrays.stream(contexts, from, to).mapToObj(c -> new int[] {c}).toArray(int[][]::new);
    }
  }

  /** Each word with those up to a random distance from it, in random order. */
  private Pairs pairs(int[] text, double most, Random random) {
    int[] kept = withoutMany(text, most, random);
    IntStream.Builder words = IntStream.builder();
    IntStream.Builder contexts = IntStream.builder();
    for (int i = 0; i < kept.length; i++) {
      int reach = 1 + random.nextInt(window);
      for (int j = Math.max(0, i - reach); j <= Math.min(kept.length - 1, i + reach); j++) {
        if (j != i) {
          words.add(kept[i]);
          contexts.add(kept[j]);
        }
      }
    }
    return shuffled(words.build().toArray(), contexts.build().toArray(), random);
  }

  private static Pairs shuffled(int[] words, int[] contexts, Random random) {
    for (int i = words.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int w = words[i];
      words[i] = words[j];
      words[j] = w;
      int c = contexts[i];
      contexts[i] = contexts[j];
      contexts[j] = c;
    }
    return new Pairs(words, contexts);
  }

  /** Leaves out unknown words, and frequent ones by chance: they tell little about others. */
  private static int[] withoutMany(int[] text, double most, Random random) {
    int[] counts = new int[Arrays.stream(text).max().orElse(0) + 1];
    Arrays.stream(text).forEach(w -> counts[w]++);
    return Arrays.stream(text)
        .filter(
            w -> {
              double share = most * text.length / counts[w];
              return w != 0 && random.nextDouble() < Math.sqrt(share) + share;
            })
        .toArray();
  }

  @Override
  public Integer call() throws IOException {
    check(epochs > 0 && batchSize > 0, "--epochs and --batch must be at least 1");
    check(words > 2 && size > 1, "--words must be at least 3, --size at least 2");
    check(window > 0 && sampled > 0, "--window and --sampled must be at least 1");
    check(neighbours > 0, "--neighbours must be at least 1");
    double most = subsample == null ? (data().isEmpty() ? 0.05 : 0.001) : subsample;
    check(most > 0 && most <= 1, "--subsample must be above 0 and at most 1");
    check(learningRate > 0, "--learning-rate must be above 0");
    Texts.Source source = Texts.load(data(), "tinyshakespeare.txt", INVENTED_CHARACTERS, seed);
    List<String> text =
        Texts.words(source.text()).stream().filter(w -> w.matches("\\p{L}.*")).toList();
    Vocabulary vocabulary = Vocabulary.of(text, List.of(UNKNOWN), words);
    check(vocabulary.size() > 2, "the text has too few words");
    check(
        ask.stream().allMatch(vocabulary::contains),
        "--ask has words that the text has not, or too rarely: "
            + ask.stream().filter(w -> !vocabulary.contains(w)).toList());
    int[] ids = vocabulary.ids(text);
    print("%s: %d words, %d different ones", source.name(), ids.length, vocabulary.size());

    Map<String, String> kinds = data().isEmpty() ? Texts.kinds() : Map.of();
    Model model = new Model(vocabulary.size());
    try (Session session = new Session(model.graph)) {
      session.run(model.init);
      Random random = new Random(seed);
      for (int epoch = 1; epoch <= epochs; epoch++) {
        long start = System.nanoTime();
        double loss = train(session, model, pairs(ids, most, random), epoch);
        print("epoch %d: loss %.4f, %.0f s", epoch, loss, (System.nanoTime() - start) / 1e9);
      }
      List<String> asked = ask;
      if (asked.isEmpty()) {
        asked = kinds.isEmpty() ? vocabulary.some(SHOWN) : List.copyOf(kinds.keySet());
      }
      printNeighbours(session, model, vocabulary, asked, kinds);
      pictures.save(this, "word2vec", map(session, model, vocabulary, kinds));
    }
    return 0;
  }

  private double train(Session session, Model model, Pairs pairs, int epoch) {
    double sum = 0;
    try (ProgressBar bar = Progress.bar("epoch " + epoch + "/" + epochs, "pairs", pairs.size())) {
      for (int from = 0; from < pairs.size(); from += batchSize) {
        int to = Math.min(from + batchSize, pairs.size());
        float loss =
            session
                .feed(model.word, pairs.wordsOf(from, to))
                .feed(model.context, pairs.contextsOf(from, to))
                .target(model.trainStep)
                .fetch(model.loss)
                .getFloat(0);
        sum += (double) loss * (to - from);
        bar.stepTo(to);
      }
    }
    return sum / Math.max(1, pairs.size());
  }

  private void printNeighbours(
      Session session,
      Model model,
      Vocabulary vocabulary,
      List<String> asked,
      Map<String, String> kinds) {
    Fetches f =
        session.feed(model.asked, vocabulary.ids(asked)).fetch(model.closeness, model.closest);
    TensorValue closeness = f.value(model.closeness);
    TensorValue closest = f.value(model.closest);
    int columns = (int) closest.shape().dim(1);
    int alike = 0;
    for (int i = 0; i < asked.size(); i++) {
      List<String> near = new ArrayList<>();
      for (int j = 0; j < columns; j++) {
        int at = i * columns + j;
        near.add(
            String.format(
                Locale.ROOT,
                "%s %.2f",
                vocabulary.word((int) closest.getLong(at)),
                closeness.getDouble(at)));
      }
      print("%-12s %s", asked.get(i), String.join(", ", near));
      String nearest = vocabulary.word((int) closest.getLong(i * columns));
      String kind = kinds.get(asked.get(i));
      alike += kind != null && kind.equals(kinds.get(nearest)) ? 1 : 0;
    }
    if (!kinds.isEmpty()) {
      print("the nearest word is of the same kind for %d of %d words", alike, asked.size());
    }
  }

  /** Where words lie: points, with the words beside them if these have no known kinds. */
  private Plots map(
      Session session, Model model, Vocabulary vocabulary, Map<String, String> kinds) {
    List<String> all = kinds.isEmpty() ? vocabulary.some(PICTURED) : List.copyOf(kinds.keySet());
    TensorValue plane = session.feed(model.asked, vocabulary.ids(all)).fetchValue(model.plane);
    Map<String, List<double[]>> points = new TreeMap<>();
    Plots map = Plots.titled("Words by their vectors' two main directions", "first", "second");
    for (int i = 0; i < all.size(); i++) {
      double[] point = {plane.getDouble(2 * i), plane.getDouble(2 * i + 1)};
      points
          .computeIfAbsent(kinds.getOrDefault(all.get(i), "words"), k -> new ArrayList<>())
          .add(point);
      if (kinds.isEmpty()) {
        map.text(all.get(i), point[0], point[1]);
      }
    }
    points.forEach(
        (kind, p) ->
            map.points(
                kind,
                p.stream().mapToDouble(a -> a[0]).toArray(),
                p.stream().mapToDouble(a -> a[1]).toArray()));
    return map;
  }

  /** The command, for {@code main} and for tests. */
  static CommandLine commandLine() {
    return commandLine(new Word2Vec());
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
