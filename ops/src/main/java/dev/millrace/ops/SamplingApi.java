package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;

/**
 * Random orders and choices, numbers of distributions that tensors describe, and random numbers
 * that are the same at every run.
 */
abstract class SamplingApi extends RandomApi {
  SamplingApi(Graph graph) {
    super(graph);
  }

  // ---- orders and choices

  /** The rows of x in random order (RandomShuffle). */
  public Tensor randomShuffle(Object x) {
    return randomShuffle(x, null);
  }

  /**
   * The rows of x in random order (RandomShuffle).
   *
   * @param seed the op's seed; null for none of its own
   */
  public Tensor randomShuffle(Object x, Long seed) {
    long[] seeds = graph().seeds(seed); // TensorFlow counts the operations before the inputs
    return finish(seeded(begin("RandomShuffle", "RandomShuffle", x), seeds));
  }

  /** As {@link #multinomial(Object, Object, DataType, Long)}, of int64. */
  public Tensor multinomial(Object logits, Object numSamples) {
    return multinomial(logits, numSamples, DataType.INT64, null);
  }

  /**
   * Draws {@code numSamples} classes for each row of {@code logits} (Multinomial).
   *
   * @param logits the logarithms of the classes' probabilities, each row up to a constant: [batch,
   *     classes]
   * @param numSamples a number or int32 scalar
   * @param dtype of the result: int32 or int64
   * @param seed the op's seed; null for none of its own
   * @return [batch, numSamples]
   */
  public Tensor multinomial(Object logits, Object numSamples, DataType dtype, Long seed) {
    try (Scope s = graph().nameScope("multinomial")) {
      Output l = convert(logits, null, "logits");
      long[] seeds = graph().seeds(seed);
      OpBuilder b = begin("Multinomial", "Multinomial", l, numSamples);
      return finish(seeded(b.attr("output_dtype", dtype), seeds));
    }
  }

  // ---- distributions

  /** As {@link #randomGamma(Object, Object, Object, DataType, Long)}, of scale 1 and float32. */
  public Tensor randomGamma(Object shape, Object alpha) {
    return randomGamma(shape, alpha, null, DataType.FLOAT32, null);
  }

  /**
   * Numbers of gamma distributions (RandomGamma): {@code shape} of them for each pair of
   * parameters, never 0. They can be differentiated by both parameters.
   *
   * @param shape a vector of sizes
   * @param alpha the shape parameters, above 0
   * @param beta the inverse scales, which broadcast with alpha; null for 1
   * @param dtype half, float32 or float64
   * @param seed the op's seed; null for none of its own
   * @return of shape {@code shape} followed by that of {@code alpha + beta}
   */
  public Tensor randomGamma(Object shape, Object alpha, Object beta, DataType dtype, Long seed) {
    double least =
        switch (given(dtype, "the dtype")) {
          case FLOAT16 -> 0x1p-14;
          case FLOAT32 -> Float.MIN_NORMAL;
          case FLOAT64 -> Double.MIN_NORMAL;
          default -> throw error("gamma numbers are floating point, not " + dtype);
        };
    try (Scope s = graph().nameScope("random_gamma")) {
      Output dims = sizes(shape, "shape", false);
      Output a = convert(alpha, dtype, "alpha");
      Output b = convert(beta == null ? 1 : beta, dtype, "beta");
      Tensor each = add(a, zerosLike(b));
      long[] seeds = graph().seeds(seed);
      Tensor drawn = finish(seeded(op("RandomGamma", null).input(dims).input(each), seeds));
      return maximum(constant(least, dtype), div(drawn, b));
    }
  }

  /** As {@link #randomPoisson(Object, Object, DataType, Long)}, of float32. */
  public Tensor randomPoisson(Object shape, Object rate) {
    return randomPoisson(shape, rate, DataType.FLOAT32, null);
  }

  /**
   * Numbers of Poisson distributions (RandomPoissonV2): {@code shape} of them for each rate.
   *
   * @param shape a vector of sizes
   * @param rate the means; a Java value counts as float64
   * @param dtype of the result: half, float32, float64, int32 or int64
   * @param seed the op's seed; null for none of its own
   * @return of shape {@code shape} followed by that of {@code rate}
   */
  public Tensor randomPoisson(Object shape, Object rate, DataType dtype, Long seed) {
    try (Scope s = graph().nameScope("random_poisson")) {
      Output dims = sizes(shape, "shape", false);
      long[] seeds = graph().seeds(seed);
      Output r = convert(rate, DataType.FLOAT64, "rate");
      OpBuilder b = op("RandomPoissonV2", null).input(dims).input(r).attr("dtype", dtype);
      return finish(seeded(b, seeds));
    }
  }

  /**
   * Numbers of normal distributions cut off at two bounds (ParameterizedTruncatedNormal).
   *
   * @param shape sizes, of which the first counts the rows
   * @param means scalars or vectors with a number for each row, as all parameters
   * @param stddevs the standard deviations before cutting off, above 0
   * @param minvals the lower bounds
   * @param maxvals the upper bounds; one of the two may be infinite
   * @param dtype half, float32 or float64
   * @param seed the op's seed; null for none of its own
   */
  public Tensor parameterizedTruncatedNormal(
      Object shape,
      Object means,
      Object stddevs,
      Object minvals,
      Object maxvals,
      DataType dtype,
      Long seed) {
    try (Scope s = graph().nameScope("parameterized_truncated_normal")) {
      OpBuilder b =
          op("ParameterizedTruncatedNormal", null)
              .input(sizes(shape, "shape", false))
              .input(convert(means, dtype, "means"))
              .input(convert(stddevs, dtype, "stddevs"))
              .input(convert(minvals, dtype, "minvals"))
              .input(convert(maxvals, dtype, "maxvals"));
      return finish(seeded(b, graph().seeds(seed)));
    }
  }

  private static OpBuilder seeded(OpBuilder node, long[] seeds) {
    return node.attr("seed", seeds[0]).attr("seed2", seeds[1]);
  }

  // ---- stateless

  /**
   * Numbers uniform in [min, max) that depend on the seed alone: the same at every run and in every
   * session (StatelessRandomUniform, of integers StatelessRandomUniformInt).
   *
   * @param shape sizes
   * @param seed two whole numbers: a {@code long[]}, or an int32 or int64 vector
   * @param min a number or scalar tensor
   * @param max a number or scalar tensor
   */
  public Tensor statelessRandomUniform(
      Object shape, Object seed, DataType dtype, Object min, Object max) {
    try (Scope s = graph().nameScope("stateless_random_uniform")) {
      Output dims = sizes(shape, "shape", false);
      Output low = convert(min, dtype, "min");
      Output high = convert(max, dtype, "max");
      if (given(dtype, "the dtype").isInteger()) {
        return node("StatelessRandomUniformInt", s.name(), dims, seed, low, high);
      }
      Tensor unit = stateless("StatelessRandomUniform", dims, seed, dtype);
      return node("Add", s.name(), mul(unit, sub(high, low)), low);
    }
  }

  /**
   * Numbers of a normal distribution that depend on the seed alone (StatelessRandomNormal);
   * arguments as {@link #statelessRandomUniform}'s.
   */
  public Tensor statelessRandomNormal(
      Object shape, Object seed, DataType dtype, Object mean, Object stddev) {
    return statelessNormal(
        "stateless_random_normal", "StatelessRandomNormal", shape, seed, dtype, mean, stddev);
  }

  /**
   * Numbers of a normal distribution, none more than two standard deviations from the mean, that
   * depend on the seed alone (StatelessTruncatedNormal).
   */
  public Tensor statelessTruncatedNormal(
      Object shape, Object seed, DataType dtype, Object mean, Object stddev) {
    return statelessNormal(
        "stateless_truncated_normal", "StatelessTruncatedNormal", shape, seed, dtype, mean, stddev);
  }

  private Tensor statelessNormal(
      String name,
      String type,
      Object shape,
      Object seed,
      DataType dtype,
      Object mean,
      Object stddev) {
    try (Scope s = graph().nameScope(name)) {
      Output dims = sizes(shape, "shape", false);
      Output m = convert(mean, dtype, "mean");
      Output d = convert(stddev, dtype, "stddev");
      return node("Add", s.name(), mul(stateless(type, dims, seed, dtype), d), m);
    }
  }

  private Tensor stateless(String type, Output dims, Object seed, DataType dtype) {
    return finish(begin(type, type, dims, seed).attr("dtype", dtype));
  }

  /**
   * Draws classes as {@link #multinomial(Object, Object, DataType, Long)}, by a seed of two numbers
   * alone (StatelessMultinomial).
   */
  public Tensor statelessMultinomial(
      Object logits, Object numSamples, Object seed, DataType dtype) {
    try (Scope s = graph().nameScope("stateless_multinomial")) {
      Output l = convert(logits, null, "logits");
      OpBuilder b = begin("StatelessMultinomial", "StatelessMultinomial", l, numSamples, seed);
      return finish(b.attr("output_dtype", dtype));
    }
  }
}
