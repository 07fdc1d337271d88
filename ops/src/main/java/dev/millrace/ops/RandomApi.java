package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Random numbers, fresh ones at every run.
 *
 * <p>An op draws from its own stream, which its two seeds begin: the graph's ({@link
 * #setRandomSeed}) and its own. Without a seed of its own it takes the number of operations made
 * before it, so that the same program gives the same numbers, TensorFlow's; with neither, every
 * session draws others.
 */
abstract class RandomApi extends NnApi {
  RandomApi(Graph graph) {
    super(graph);
  }

  /** Sets the graph's seed, for the random ops made from now on. */
  public void setRandomSeed(long seed) {
    graph().setSeed(seed);
  }

  /** Float32 numbers uniform in [0, 1). */
  public Tensor randomUniform(Object shape) {
    return randomUniform(shape, DataType.FLOAT32, 0, 1, null);
  }

  /** Numbers uniform in [0, 1). */
  public Tensor randomUniform(Object shape, DataType dtype) {
    return randomUniform(shape, dtype, 0, 1, null);
  }

  /** Float32 numbers uniform in [min, max). */
  public Tensor randomUniform(Object shape, double min, double max) {
    return randomUniform(shape, DataType.FLOAT32, min, max, null);
  }

  /**
   * Numbers uniform in [min, max): of a floating dtype (RandomUniform), or int32 or int64
   * (RandomUniformInt).
   *
   * @param shape sizes, a Shape, a tensor, or a list with tensors in it
   * @param min a number or scalar tensor
   * @param max a number or scalar tensor
   * @param seed the op's seed; null for none of its own
   */
  public Tensor randomUniform(Object shape, DataType dtype, Object min, Object max, Long seed) {
    try (Scope s = graph().nameScope("random_uniform")) {
      Output dims = sizes(shape, "shape", false);
      Output low = convert(min, dtype, "min");
      Output high = convert(max, dtype, "max");
      if (given(dtype, "the dtype").isInteger()) {
        return finish(seeded(begin("RandomUniformInt", s.name(), dims, low, high), seed));
      }
      Tensor unit = random("RandomUniform", dims, dtype, seed);
      return node("Add", s.name(), mul(unit, sub(high, low)), low);
    }
  }

  /** Float32 numbers of a normal distribution of mean 0 and standard deviation 1. */
  public Tensor randomNormal(Object shape) {
    return randomNormal(shape, DataType.FLOAT32, 0, 1, null);
  }

  /** Numbers of a normal distribution (RandomStandardNormal); arguments as randomUniform's. */
  public Tensor randomNormal(Object shape, DataType dtype, Object mean, Object stddev, Long seed) {
    return normal("random_normal", "RandomStandardNormal", shape, dtype, mean, stddev, seed);
  }

  /** Float32 numbers of the standard normal distribution, none beyond 2. */
  public Tensor truncatedNormal(Object shape) {
    return truncatedNormal(shape, DataType.FLOAT32, 0, 1, null);
  }

  /**
   * Numbers of a normal distribution, drawn again where they are more than two standard deviations
   * from the mean (TruncatedNormal).
   */
  public Tensor truncatedNormal(
      Object shape, DataType dtype, Object mean, Object stddev, Long seed) {
    return normal("truncated_normal", "TruncatedNormal", shape, dtype, mean, stddev, seed);
  }

  private Tensor normal(
      String name,
      String type,
      Object shape,
      DataType dtype,
      Object mean,
      Object stddev,
      Long seed) {
    try (Scope s = graph().nameScope(name)) {
      Output dims = sizes(shape, "shape", false);
      Output m = convert(mean, dtype, "mean");
      Output d = convert(stddev, dtype, "stddev");
      return node("Add", s.name(), mul(random(type, dims, dtype, seed), d), m);
    }
  }

  private Tensor random(String type, Output dims, DataType dtype, Long seed) {
    return finish(seeded(op(type, type).input(dims).attr("dtype", dtype), seed));
  }

  /** The seeds come last: TensorFlow counts the operations when the inputs stand. */
  private OpBuilder seeded(OpBuilder node, Long seed) {
    long[] seeds = graph().seeds(seed);
    return node.attr("seed", seeds[0]).attr("seed2", seeds[1]);
  }

  // ---- dropout

  /**
   * x with each element 0 with probability {@code rate}, else divided by {@code 1 - rate}, so that
   * the expectation stays.
   */
  public Tensor dropout(Object x, Object rate) {
    return dropout(x, rate, null, null);
  }

  /**
   * x with each element 0 with probability {@code rate}, else divided by {@code 1 - rate}; Hinton
   * et al., "Improving neural networks by preventing co-adaptation of feature detectors", 2012. A
   * rate known to be 0 gives x itself.
   *
   * @param rate in [0, 1), a number or scalar tensor
   * @param noiseShape the shape of the choices, broadcast to x's, so that whole rows fall together:
   *     sizes, -1 for x's own; null for one choice an element
   * @param seed the op's seed; null for none of its own
   */
  public Tensor dropout(Object x, Object rate, Object noiseShape, Long seed) {
    try (Scope s = graph().nameScope("dropout")) {
      Tensor in = tensor(convert(x, null, "x"));
      if (!in.dtype().isFloating()) {
        throw error("dropout scales its input, which must be floating point, not " + in.dtype());
      }
      if (rate instanceof Number n && !(n.doubleValue() >= 0 && n.doubleValue() < 1)) {
        throw error("dropout: the rate must be in [0, 1), not " + rate);
      }
      if (rate instanceof Number n && n.doubleValue() == 0) {
        return in;
      }
      Output r = convert(rate, in.dtype(), "rate");
      if (!r.shape().isCompatibleWith(Shape.scalar())) {
        throw error("dropout: the rate must be a scalar, but its shape is " + r.shape());
      }
      TensorValue known = r.constantValue();
      if (known != null && known.getDouble(0) == 0) {
        return in;
      }
      Object shape = noiseShape == null ? shapeTensor(in) : noise(noiseShape, in);
      Tensor random = randomUniform(shape, in.dtype(), 0, 1, seed);
      Tensor scale = div(1, sub(1, r));
      Tensor keep = greaterEqual(random, r);
      return mul(mul(in, scale), cast(keep, in.dtype())).setShape(in.shape());
    }
  }

  /** The shape of the choices, -1 replaced by x's size: a number, or what the graph finds. */
  private Object noise(Object noiseShape, Tensor x) {
    boolean sizes = noiseShape instanceof int[] || noiseShape instanceof long[];
    if (!sizes) {
      return noiseShape;
    }
    long[] dims = Conversions.value(noiseShape, null).toLongs();
    if (x.shape().rank() != dims.length) {
      return dims;
    }
    List<Object> r = new ArrayList<>();
    for (int i = 0; i < dims.length; i++) {
      long n = dims[i] == -1 ? x.shape().dim(i) : dims[i];
      r.add(n == Shape.UNKNOWN ? get(shapeTensor(x), i) : (Object) (int) n);
    }
    return r;
  }
}
