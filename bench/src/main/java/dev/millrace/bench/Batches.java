package dev.millrace.bench;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * The inputs of the workloads. They come from {@code java.util.Random} with fixed seeds and {@code
 * StrictMath}, so that every runtime on every machine computes on the same numbers; the order in
 * which random numbers are drawn is part of their definition.
 */
final class Batches {
  /** How many batches a workload with data has; step s takes number s modulo this. */
  private static final int POOL = 20;

  private static final int PIXELS = 784;
  private static final int CLASSES = 10;

  private Batches() {}

  /**
   * The batches of a workload, each a value for every placeholder's name.
   *
   * @throws InvalidArgumentException if no workload has that name
   */
  static List<Map<String, TensorValue>> of(String workload) {
    return switch (workload) {
      case "softmax_mnist" -> pool(new Images(100, Shape.of(100, PIXELS), true));
      case "mlp_mnist", "mlp_mnist_momentum", "cnn_mnist" ->
          pool(new Images(50, Shape.of(50, PIXELS), false));
      case "rnn_mnist",
          "rnn_mnist_static",
          "rnn_mnist_while_infer",
          "lstm_mnist",
          "lstm_mnist_block",
          "lstm_mnist_infer",
          "lstm_mnist_while_infer" ->
          pool(new Images(150, Shape.of(150, 28, 28), false));
      case "rnn_timeseries" -> pool(new Series(50, 20));
      case "lstm_ptb" -> pool(new Tokens(20, 20, 10_000));
      case "word2vec_sgns" -> pool(new WordPairs(128, 64, 50_000));
      case "small_ops" -> List.of(Map.of("x", uniform(11, 32, 150), "s", TensorValue.of(0.37f)));
      case "elementwise_big" -> List.of(Map.of("x", uniform(12, 1024, 1024)));
      case "matmul_1024" ->
          List.of(Map.of("a", uniform(13, 1024, 1024), "b", uniform(14, 1024, 1024)));
      default -> throw new InvalidArgumentException("there are no batches for '" + workload + "'");
    };
  }

  private static List<Map<String, TensorValue>> pool(Generator generator) {
    Random random = new Random(generator.seed());
    Function<Random, Map<String, TensorValue>> next = generator.start(random);
    List<Map<String, TensorValue>> batches = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      batches.add(next.apply(random));
    }
    return batches;
  }

  /** A matrix of numbers uniform in [-1, 1). */
  private static TensorValue uniform(long seed, int rows, int columns) {
    Random random = new Random(seed);
    float[] x = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * random.nextFloat() - 1;
    }
    return floats(x, Shape.matrix(rows, columns));
  }

  private static TensorValue floats(float[] x, Shape shape) {
    return TensorValue.wrap(DataType.FLOAT32, shape, x);
  }

  private static TensorValue ints(int[] x, Shape shape) {
    return TensorValue.wrap(DataType.INT32, shape, x);
  }

  /** A word of a vocabulary, the more likely the smaller: log-uniform, as TensorFlow samples. */
  private static int logUniform(Random random, int vocabulary) {
    double drawn = StrictMath.exp(random.nextDouble() * StrictMath.log(vocabulary + 1.0)) - 1.0;
    return Math.min(vocabulary - 1, Math.max(0, (int) drawn));
  }

  /** One kind of data. */
  private interface Generator {
    long seed();

    /** Draws what all batches have in common, and gives what draws the next batch. */
    Function<Random, Map<String, TensorValue>> start(Random random);
  }

  /**
   * Images like MNIST's. A class is a prototype, in which a fifth of the pixels is lit; an image is
   * its class's prototype with every pixel dimmed by a factor in [0.5, 1) and a twentieth of them
   * brightened by up to 1.
   */
  private record Images(int batch, Shape shape, boolean oneHot) implements Generator {
    @Override
    public long seed() {
      return 1234;
    }

    @Override
    public Function<Random, Map<String, TensorValue>> start(Random random) {
      float[][] prototypes = new float[CLASSES][PIXELS];
      for (float[] prototype : prototypes) {
        for (int k = 0; k < PIXELS; k++) {
          boolean lit = random.nextFloat() < 0.2f;
          float brightness = random.nextFloat();
          prototype[k] = lit ? brightness : 0;
        }
      }
      return r -> draw(prototypes, r);
    }

    private Map<String, TensorValue> draw(float[][] prototypes, Random random) {
      float[] pixels = new float[batch * PIXELS];
      int[] labels = new int[batch];
      for (int n = 0; n < batch; n++) {
        labels[n] = random.nextInt(CLASSES);
        for (int k = 0; k < PIXELS; k++) {
          float light = prototypes[labels[n]][k] * (0.5f + 0.5f * random.nextFloat());
          if (random.nextFloat() < 0.05f) {
            light += random.nextFloat();
          }
          pixels[n * PIXELS + k] = Math.min(1, light);
        }
      }
      TensorValue y = oneHot ? oneHot(labels) : ints(labels, Shape.vector(batch));
      return Map.of("x", floats(pixels, shape), "y", y);
    }

    private static TensorValue oneHot(int[] labels) {
      float[] y = new float[labels.length * CLASSES];
      for (int n = 0; n < labels.length; n++) {
        y[n * CLASSES + labels[n]] = 1;
      }
      return floats(y, Shape.matrix(labels.length, CLASSES));
    }
  }

  /**
   * Stretches of the curve t sin(t) / 3 + 2 sin(5t), sampled every 0.1 from a random start between
   * 0 and 30; the target is one step ahead.
   */
  private record Series(int batch, int steps) implements Generator {
    private static final double INTERVAL = 0.1;

    @Override
    public long seed() {
      return 4321;
    }

    @Override
    public Function<Random, Map<String, TensorValue>> start(Random random) {
      return this::draw;
    }

    private Map<String, TensorValue> draw(Random random) {
      float[] x = new float[batch * steps];
      float[] y = new float[batch * steps];
      for (int n = 0; n < batch; n++) {
        double start = random.nextDouble() * (30 - INTERVAL * (steps + 1));
        for (int k = 0; k < steps; k++) {
          x[n * steps + k] = curve(start + INTERVAL * k);
          y[n * steps + k] = curve(start + INTERVAL * (k + 1));
        }
      }
      Shape shape = Shape.of(batch, steps, 1);
      return Map.of("x", floats(x, shape), "y", floats(y, shape));
    }

    private static float curve(double t) {
      return (float) (t * StrictMath.sin(t) / 3 + 2 * StrictMath.sin(5 * t));
    }
  }

  /**
   * Streams of words: the next one follows from the last by a rule with four outcomes, four times
   * out of five, and is any word otherwise. The target is the next word.
   */
  private record Tokens(int batch, int steps, int vocabulary) implements Generator {
    @Override
    public long seed() {
      return 2468;
    }

    @Override
    public Function<Random, Map<String, TensorValue>> start(Random random) {
      return this::draw;
    }

    private Map<String, TensorValue> draw(Random random) {
      int[] x = new int[batch * steps];
      int[] y = new int[batch * steps];
      for (int n = 0; n < batch; n++) {
        int word = logUniform(random, vocabulary);
        for (int k = n * steps; k < (n + 1) * steps; k++) {
          x[k] = word;
          int fresh = logUniform(random, vocabulary);
          int ruled = (int) ((31L * word + 7 + random.nextInt(4)) % vocabulary);
          word = random.nextFloat() < 0.8f ? ruled : fresh;
          y[k] = word;
        }
      }
      Shape shape = Shape.matrix(batch, steps);
      return Map.of("x", ints(x, shape), "y", ints(y, shape));
    }
  }

  /** Words, for each a word of its context, which follows by a rule, and words that are not. */
  private record WordPairs(int batch, int negatives, int vocabulary) implements Generator {
    @Override
    public long seed() {
      return 1357;
    }

    @Override
    public Function<Random, Map<String, TensorValue>> start(Random random) {
      return this::draw;
    }

    private Map<String, TensorValue> draw(Random random) {
      int[] center = new int[batch];
      int[] context = new int[batch];
      for (int k = 0; k < batch; k++) {
        center[k] = logUniform(random, vocabulary);
        context[k] = (int) ((7L * center[k] + random.nextInt(5)) % vocabulary);
      }
      int[] other = new int[negatives];
      Arrays.setAll(other, k -> logUniform(random, vocabulary));
      return Map.of(
          "center", ints(center, Shape.vector(batch)),
          "context", ints(context, Shape.vector(batch)),
          "negatives", ints(other, Shape.vector(negatives)));
    }
  }
}
