package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.List;

/**
 * Losses over very many classes, of which only a sample is looked at in a step, and the samplers.
 */
abstract class CandidateApi extends EmbeddingApi {
  CandidateApi(Graph graph) {
    super(graph);
  }

  // ---- samplers

  /**
   * Draws classes from 0 to {@code rangeMax - 1}, all equally likely (UniformCandidateSampler).
   *
   * @param trueClasses int64 [batch, numTrue]; they matter for their expected counts only, and may
   *     be drawn as well
   * @param numTrue how many true classes an example has
   * @param numSampled how many classes to draw
   * @param unique whether a class is drawn once at most; expected counts then are approximate
   * @param rangeMax how many classes there are; at least numSampled if unique
   * @param seed the op's seed; null for none of its own
   */
  public CandidateSample uniformCandidateSampler(
      Object trueClasses, int numTrue, int numSampled, boolean unique, long rangeMax, Long seed) {
    OpBuilder b = sampler("Uniform", trueClasses, numTrue, numSampled, unique, seed);
    return sample(b.attr("range_max", rangeMax));
  }

  /**
   * Draws class c with probability {@code log((c + 2) / (c + 1)) / log(rangeMax + 1)}
   * (LogUniformCandidateSampler): for classes numbered by falling frequency, as the words of a
   * vocabulary. Arguments as {@link #uniformCandidateSampler}'s.
   */
  public CandidateSample logUniformCandidateSampler(
      Object trueClasses, int numTrue, int numSampled, boolean unique, long rangeMax, Long seed) {
    OpBuilder b = sampler("LogUniform", trueClasses, numTrue, numSampled, unique, seed);
    return sample(b.attr("range_max", rangeMax));
  }

  /**
   * Draws classes as often as they have been true ones in earlier runs of the session, each counted
   * once in advance (LearnedUnigramCandidateSampler). Arguments as {@link
   * #uniformCandidateSampler}'s.
   */
  public CandidateSample learnedUnigramCandidateSampler(
      Object trueClasses, int numTrue, int numSampled, boolean unique, long rangeMax, Long seed) {
    OpBuilder b = sampler("LearnedUnigram", trueClasses, numTrue, numSampled, unique, seed);
    return sample(b.attr("range_max", rangeMax));
  }

  /**
   * Draws classes as often as weights say (FixedUnigramCandidateSampler); other arguments as {@link
   * #uniformCandidateSampler}'s.
   *
   * @param unigrams a weight for each class behind the reserved ones
   * @param distortion the power to which weights are raised: 1 leaves them, 0 makes all equal
   * @param numReservedIds how many classes come first that are never drawn
   */
  public CandidateSample fixedUnigramCandidateSampler(
      Object trueClasses,
      int numTrue,
      int numSampled,
      boolean unique,
      float[] unigrams,
      double distortion,
      int numReservedIds,
      Long seed) {
    OpBuilder b = sampler("FixedUnigram", trueClasses, numTrue, numSampled, unique, seed);
    return sample(
        b.attr("range_max", (long) unigrams.length + numReservedIds)
            .attr("unigrams", AttrValue.ofFloats(unigrams))
            .attr("distortion", (float) distortion)
            .attr("num_reserved_ids", numReservedIds));
  }

  /**
   * As {@link #fixedUnigramCandidateSampler(Object, int, int, boolean, float[], double, int, Long)}
   * with weights from a file, which is read when the sampler first runs.
   *
   * @param vocabFile a line for each class behind the reserved ones, its weight behind the last
   *     comma
   * @param rangeMax how many classes there are, reserved ones included
   */
  public CandidateSample fixedUnigramCandidateSampler(
      Object trueClasses,
      int numTrue,
      int numSampled,
      boolean unique,
      long rangeMax,
      String vocabFile,
      double distortion,
      int numReservedIds,
      Long seed) {
    OpBuilder b = sampler("FixedUnigram", trueClasses, numTrue, numSampled, unique, seed);
    return sample(
        b.attr("range_max", rangeMax)
            .attr("vocab_file", vocabFile)
            .attr("distortion", (float) distortion)
            .attr("num_reserved_ids", numReservedIds));
  }

  /** Takes every class once (AllCandidateSampler): the full loss, for tests of sampled ones. */
  public CandidateSample allCandidateSampler(
      Object trueClasses, int numTrue, int numClasses, Long seed) {
    return sample(sampler("All", trueClasses, numTrue, numClasses, true, seed));
  }

  private OpBuilder sampler(
      String kind, Object trueClasses, int numTrue, int numSampled, boolean unique, Long seed) {
    String type = kind + "CandidateSampler";
    long[] seeds = graph().seeds(seed);
    return begin(type, type, trueClasses)
        .attr("num_true", numTrue)
        .attr("num_sampled", numSampled)
        .attr("unique", unique)
        .attr("seed", seeds[0])
        .attr("seed2", seeds[1]);
  }

  private CandidateSample sample(OpBuilder b) {
    List<Tensor> r = tensors(b.build());
    return new CandidateSample(r.get(0), r.get(1), r.get(2));
  }

  // ---- losses

  /** As {@link #nceLoss(Object, Object, Object, Object, int, long, SampledLossOptions)}. */
  public Tensor nceLoss(
      Object weights,
      Object biases,
      Object labels,
      Object inputs,
      int numSampled,
      long numClasses) {
    return nceLoss(
        weights, biases, labels, inputs, numSampled, numClasses, new SampledLossOptions());
  }

  /**
   * The noise-contrastive estimation loss of each example: how well a logistic regression tells its
   * true classes from drawn ones; Gutmann and Hyvärinen, "Noise-contrastive estimation", 2010. The
   * sampler is log-uniform if the options have no other: classes should be numbered by falling
   * frequency.
   *
   * @param weights a vector for each class, [numClasses, dim]; or shards, as {@code
   *     embeddingLookup} takes them
   * @param biases [numClasses]
   * @param labels the true classes, integers [batch, numTrue]
   * @param inputs [batch, dim]
   * @param numSampled how many classes are drawn, for the whole batch
   * @return [batch], the sum of an example's losses
   */
  public Tensor nceLoss(
      Object weights,
      Object biases,
      Object labels,
      Object inputs,
      int numSampled,
      long numClasses,
      SampledLossOptions options) {
    try (Scope s = graph().nameScope("nce_loss")) {
      Sampled x = sampled(weights, biases, labels, inputs, numSampled, numClasses, options, false);
      return rowSums(sigmoidCrossEntropyWithLogits(x.labels(), x.logits()));
    }
  }

  /**
   * As {@link #sampledSoftmaxLoss(Object, Object, Object, Object, int, long, SampledLossOptions)}.
   */
  public Tensor sampledSoftmaxLoss(
      Object weights,
      Object biases,
      Object labels,
      Object inputs,
      int numSampled,
      long numClasses) {
    return sampledSoftmaxLoss(
        weights, biases, labels, inputs, numSampled, numClasses, new SampledLossOptions());
  }

  /**
   * The softmax cross entropy of each example among its true classes and drawn ones, which comes
   * near that among all classes; Jean et al., "On Using Very Large Target Vocabulary for Neural
   * Machine Translation", 2014. For training only: it is below the true one. Arguments as {@link
   * #nceLoss(Object, Object, Object, Object, int, long, SampledLossOptions)}'s.
   *
   * @return [batch]
   */
  public Tensor sampledSoftmaxLoss(
      Object weights,
      Object biases,
      Object labels,
      Object inputs,
      int numSampled,
      long numClasses,
      SampledLossOptions options) {
    try (Scope s = graph().nameScope("sampled_softmax_loss")) {
      Sampled x = sampled(weights, biases, labels, inputs, numSampled, numClasses, options, true);
      return softmaxCrossEntropyWithLogitsV2(stopGradient(x.labels()), x.logits());
    }
  }

  /**
   * The scores of the true classes, then of those drawn, with the probabilities they should get.
   */
  private record Sampled(Tensor logits, Tensor labels) {}

  private Sampled sampled(
      Object weights,
      Object biases,
      Object labels,
      Object inputs,
      int numSampled,
      long numClasses,
      SampledLossOptions options,
      boolean removeByDefault) {
    int numTrue = given(options, "the options").numTrue();
    Output x = convert(inputs, null, "inputs");
    Tensor classes = cast(convert(labels, null, "labels"), DataType.INT64);
    checkRanks(x.shape(), classes.shape(), numTrue);
    CandidateSample drawn = options.sample();
    if (drawn == null) {
      drawn =
          logUniformCandidateSampler(
              classes, numTrue, numSampled, true, numClasses, options.seed());
    }
    Tensor flat = reshape(classes, -1);
    Tensor sampled = cast(stopGradient(drawn.sampled()), DataType.INT64);
    Tensor trueCount = stopGradient(drawn.trueExpectedCount());
    Tensor sampledCount = stopGradient(drawn.sampledExpectedCount());

    Tensor all = concat(0, flat, sampled);
    Tensor w = cast(embeddingLookup(weights, all, options.strategy(), null), x.dtype());
    Tensor b = cast(embeddingLookup(biases, all, options.strategy(), null), x.dtype());
    Tensor n = get(shapeTensor(flat), 0);
    Tensor trueW = slice(w, List.of(0, 0), List.of(n, -1));
    Tensor sampledW = slice(w, List.of(n, 0), List.of(-1, -1));
    Tensor trueB = reshape(slice(b, List.of(0), List.of(n)), -1, numTrue);
    Tensor sampledB = slice(b, List.of(n), List.of(-1));

    Tensor dim = get(shapeTensor(trueW), 1);
    Tensor products = mul(expandDims(x, 1), reshape(trueW, List.of(-1, numTrue, dim)));
    Tensor dots = reshape(rowSums(reshape(products, List.of(-1, dim))), -1, numTrue);
    Tensor trueLogits = add(dots, trueB);
    Tensor sampledLogits = add(matmul(x, sampledW, false, true), sampledB);

    if (options.removesAccidentalHitsOr(removeByDefault)) {
      sampledLogits = withoutHits(sampledLogits, classes, sampled, numTrue);
    }
    trueLogits = sub(trueLogits, cast(log(trueCount), x.dtype()));
    sampledLogits = sub(sampledLogits, cast(log(sampledCount), x.dtype()));
    return new Sampled(
        concat(1, trueLogits, sampledLogits),
        concat(1, div(onesLike(trueLogits), numTrue), zerosLike(sampledLogits)));
  }

  private static void checkRanks(Shape inputs, Shape labels, int numTrue) {
    if (inputs.hasRank() && inputs.rank() != 2) {
      throw error("inputs must be of shape [batch, dim], but are " + inputs);
    }
    if (!labels.isCompatibleWith(Shape.of(-1, numTrue))) {
      throw error("labels must be of shape [batch, " + numTrue + "], but are " + labels);
    }
  }

  /** The scores, that of a class which is a true one as low as can be. */
  private Tensor withoutHits(Tensor logits, Tensor classes, Tensor sampled, int numTrue) {
    long[] seeds = graph().seeds(null);
    Operation hits =
        begin("ComputeAccidentalHits", "ComputeAccidentalHits", classes, sampled)
            .attr("num_true", numTrue)
            .attr("seed", seeds[0])
            .attr("seed2", seeds[1])
            .build();
    Tensor rows = reshape(hits.output(0), -1, 1);
    Tensor columns = reshape(cast(hits.output(1), DataType.INT32), -1, 1);
    Tensor lowest = cast(hits.output(2), logits.dtype());
    // A class may be hit twice, so the values are set and not summed.
    Tensor mask =
        node(
            "TensorScatterUpdate",
            "accidental_hits",
            zerosLike(logits),
            concat(1, rows, columns),
            lowest);
    return add(logits, stopGradient(mask));
  }

  /** The sum of each row, by a product with ones as TensorFlow does it. */
  private Tensor rowSums(Tensor x) {
    Tensor columns = get(shapeTensor(x), 1);
    Tensor ones = fill(List.of(columns, 1), constant(1, x.dtype()));
    return reshape(matmul(x, ones), -1);
  }
}
