package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learning rates that fall, or rise again, as training goes on: TensorFlow 1.15's {@code
 * tf.train.…_decay}. Each is a scalar tensor for an optimizer to take as its rate.
 *
 * <pre>{@code
 * Variable step = GlobalStep.getOrCreate(tf);
 * Tensor rate = LearningRates.exponentialDecay(0.1, step, 1000, 0.96);
 * Operation train = new GradientDescentOptimizer(rate).minimize(loss, step);
 * }</pre>
 *
 * <p>The step is a scalar tensor, of any dtype of numbers, that is not negative: usually the global
 * step. Everything else is a number or a scalar tensor. The result is of the dtype of the rate to
 * begin with; a number there is float32, and all the others are cast to that dtype. The last
 * argument of the longest form of each is the name scope, null for TensorFlow's.
 */
public final class LearningRates {
  private static final double LEAST_RATE = 0.0001;

  private LearningRates() {}

  // ---- exponential, inverse

  /** {@code rate · decayRate^(step / decaySteps)}. */
  public static Tensor exponentialDecay(
      Object rate, Operand step, Object decaySteps, Object decayRate) {
    return exponentialDecay(rate, step, decaySteps, decayRate, false);
  }

  /** As above; with {@code staircase} the exponent is rounded down to a whole number. */
  public static Tensor exponentialDecay(
      Object rate, Operand step, Object decaySteps, Object decayRate, boolean staircase) {
    return exponentialDecay(rate, step, decaySteps, decayRate, staircase, null);
  }

  /** As above, in the name scope {@code name}. */
  public static Tensor exponentialDecay(
      Object rate,
      Operand step,
      Object decaySteps,
      Object decayRate,
      boolean staircase,
      String name) {
    Schedule s = new Schedule(step, name, "ExponentialDecay");
    try (s) {
      Tensor initial = s.initial(rate);
      Tensor steps = s.parameter(decaySteps, "the decay steps");
      Tensor base = s.parameter(decayRate, "the decay rate");
      Tensor p = fraction(s, steps, staircase);
      return s.named("Mul", initial, s.power(base, p));
    }
  }

  /** {@code rate · e^(-decayRate · step / decaySteps)}. */
  public static Tensor naturalExpDecay(
      Object rate, Operand step, Object decaySteps, Object decayRate) {
    return naturalExpDecay(rate, step, decaySteps, decayRate, false);
  }

  /** As above; with {@code staircase} the quotient of the steps is rounded down. */
  public static Tensor naturalExpDecay(
      Object rate, Operand step, Object decaySteps, Object decayRate, boolean staircase) {
    return naturalExpDecay(rate, step, decaySteps, decayRate, staircase, null);
  }

  /** As above, in the name scope {@code name}. */
  public static Tensor naturalExpDecay(
      Object rate,
      Operand step,
      Object decaySteps,
      Object decayRate,
      boolean staircase,
      String name) {
    Ops tf = Ops.of(step.asOutput().graph());
    Tensor base = tf.exp(tf.neg(realOrTensor(decayRate, "the decay rate")));
    return exponentialDecay(rate, step, decaySteps, base, staircase, name);
  }

  /** {@code rate / (1 + decayRate · step / decaySteps)}. */
  public static Tensor inverseTimeDecay(
      Object rate, Operand step, Object decaySteps, Object decayRate) {
    return inverseTimeDecay(rate, step, decaySteps, decayRate, false);
  }

  /** As above; with {@code staircase} the quotient of the steps is rounded down. */
  public static Tensor inverseTimeDecay(
      Object rate, Operand step, Object decaySteps, Object decayRate, boolean staircase) {
    return inverseTimeDecay(rate, step, decaySteps, decayRate, staircase, null);
  }

  /** As above, in the name scope {@code name}. */
  public static Tensor inverseTimeDecay(
      Object rate,
      Operand step,
      Object decaySteps,
      Object decayRate,
      boolean staircase,
      String name) {
    Schedule s = new Schedule(step, name, "InverseTimeDecay");
    try (s) {
      Tensor initial = s.initial(rate);
      Tensor steps = s.parameter(decaySteps, "the decay steps");
      Tensor factor = s.parameter(decayRate, "the decay rate");
      Tensor p = fraction(s, steps, staircase);
      Tensor one = s.tf.constant(1, s.dtype());
      return s.named("RealDiv", initial, one.add(factor.mul(p)));
    }
  }

  private static Tensor fraction(Schedule s, Tensor steps, boolean staircase) {
    Tensor p = s.step().div(steps);
    return staircase ? p.floor() : p;
  }

  // ---- pieces

  /** As {@link #piecewiseConstant(Operand, List, List, String)}, of numbers. */
  public static Tensor piecewiseConstant(Operand x, long[] boundaries, double[] values) {
    return piecewiseConstant(
        x, Arrays.stream(boundaries).boxed().toList(), Arrays.stream(values).boxed().toList());
  }

  /** As {@link #piecewiseConstant(Operand, List, List, String)}. */
  public static Tensor piecewiseConstant(Operand x, List<?> boundaries, List<?> values) {
    return piecewiseConstant(x, boundaries, values, null);
  }

  /**
   * {@code values[0]} up to and with {@code boundaries[0]}, {@code values[1]} above that up to and
   * with {@code boundaries[1]}, and so on; the last value above the last boundary.
   *
   * @param x a scalar, usually the global step
   * @param boundaries numbers or scalar tensors of {@code x}'s dtype that increase; at least one
   * @param values one more than boundaries, numbers or scalar tensors of one dtype
   * @throws InvalidArgumentException if there are too few or many, numbers do not increase, or a
   *     dtype is wrong
   */
  public static Tensor piecewiseConstant(
      Operand x, List<?> boundaries, List<?> values, String name) {
    if (boundaries.isEmpty() || values.size() != boundaries.size() + 1) {
      throw new InvalidArgumentException(
          "a rate in pieces needs a boundary at least and one value more than boundaries, but there"
              + " are "
              + boundaries.size()
              + " boundaries and "
              + values.size()
              + " values");
    }
    requireIncreasing(boundaries);
    Ops tf = Ops.of(x.asOutput().graph());
    Tensor at = x instanceof Variable v ? Reads.of(v) : tf.tensor(x);
    List<Tensor> bounds = new ArrayList<>();
    for (Object b : boundaries) {
      bounds.add(boundary(tf, b, at.dtype()));
    }
    List<Tensor> levels = new ArrayList<>();
    for (Object v : values) {
      Object value = realOrTensor(v, "a value");
      levels.add(value instanceof Operand o ? tf.tensor(o) : tf.constant(value));
    }
    try (Scope s = tf.scope(name == null ? "PiecewiseConstant" : name)) {
      Tensor result = levels.get(levels.size() - 1);
      for (int i = bounds.size() - 1; i >= 0; i--) {
        result = tf.where(at.lessEqual(bounds.get(i)), levels.get(i), result);
      }
      return result;
    }
  }

  private static void requireIncreasing(List<?> boundaries) {
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i - 1) instanceof Number a
          && boundaries.get(i) instanceof Number b
          && !(a.doubleValue() < b.doubleValue())) {
        throw new InvalidArgumentException(
            "the boundaries must increase, but " + b + " follows " + a);
      }
    }
  }

  private static Tensor boundary(Ops tf, Object b, DataType dtype) {
    Object value = Optimizer.requireNumberOrTensor(b, "a boundary");
    if (value instanceof Operand o) {
      Tensor t = tf.tensor(o);
      // Whole numbers lose nothing by it; anything else might move the boundary.
      return t.dtype() == DataType.INT32 && dtype == DataType.INT64 ? t.cast(dtype) : t;
    }
    return tf.constant(value, dtype);
  }

  // ---- polynomial

  /** To 0.0001 along a straight line. */
  public static Tensor polynomialDecay(Object rate, Operand step, Object decaySteps) {
    return polynomialDecay(rate, step, decaySteps, LEAST_RATE, 1.0, false, null);
  }

  /** With power 1. */
  public static Tensor polynomialDecay(
      Object rate, Operand step, Object decaySteps, Object endRate) {
    return polynomialDecay(rate, step, decaySteps, endRate, 1.0, false, null);
  }

  /** Stays at the end. */
  public static Tensor polynomialDecay(
      Object rate, Operand step, Object decaySteps, Object endRate, Object power) {
    return polynomialDecay(rate, step, decaySteps, endRate, power, false, null);
  }

  /**
   * {@code (rate - endRate) · (1 - step / decaySteps)^power + endRate}, and {@code endRate} from
   * {@code decaySteps} on.
   *
   * @param cycle whether the rate rises again at the end instead, with {@code decaySteps} replaced
   *     by its first multiple that is not below the step
   */
  public static Tensor polynomialDecay(
      Object rate,
      Operand step,
      Object decaySteps,
      Object endRate,
      Object power,
      boolean cycle,
      String name) {
    Schedule s = new Schedule(step, name, "PolynomialDecay");
    try (s) {
      Tensor initial = s.initial(rate);
      Tensor end = s.parameter(endRate, "the last rate");
      Tensor exponent = s.parameter(power, "the power");
      Tensor at = s.step();
      Tensor steps = s.parameter(decaySteps, "the decay steps");
      if (cycle) {
        Tensor times = s.tf.where(at.equal(0), s.tf.onesLike(at), at.div(steps).ceil());
        steps = steps.mul(times);
      } else {
        at = at.minimum(steps);
      }
      Tensor p = at.div(steps);
      Tensor left = initial.sub(end).mul(s.power(s.tf.sub(1, p), exponent));
      return s.named("AddV2", left, end);
    }
  }

  // ---- cosine

  /** To 0. */
  public static Tensor cosineDecay(Object rate, Operand step, Object decaySteps) {
    return cosineDecay(rate, step, decaySteps, 0.0);
  }

  /** As {@link #cosineDecay(Object, Operand, Object, Object, String)}. */
  public static Tensor cosineDecay(Object rate, Operand step, Object decaySteps, Object alpha) {
    return cosineDecay(rate, step, decaySteps, alpha, null);
  }

  /**
   * {@code rate · ((1 - alpha) · (1 + cos(π · step / decaySteps)) / 2 + alpha)}, and {@code rate ·
   * alpha} from {@code decaySteps} on (<a href="https://arxiv.org/abs/1608.03983">Loshchilov and
   * Hutter, 2016</a>).
   */
  public static Tensor cosineDecay(
      Object rate, Operand step, Object decaySteps, Object alpha, String name) {
    Schedule s = new Schedule(step, name, "CosineDecay");
    try (s) {
      Tensor initial = s.initial(rate);
      Tensor steps = s.parameter(decaySteps, "the decay steps");
      Tensor least = s.parameter(alpha, "alpha");
      Tensor at = s.step().minimum(steps);
      Tensor cosine = s.tf.mul(0.5, halfWave(s, at.div(steps)));
      return s.named("Mul", initial, s.tf.sub(1, least).mul(cosine).add(least));
    }
  }

  /** Periods that double, without other changes, to 0 in each. */
  public static Tensor cosineDecayRestarts(Object rate, Operand step, Object firstDecaySteps) {
    return cosineDecayRestarts(rate, step, firstDecaySteps, 2.0, 1.0, 0.0, null);
  }

  /**
   * {@link #cosineDecay} that begins again at the end of each period (<a
   * href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter, 2016</a>).
   *
   * @param firstDecaySteps the length of the first period
   * @param tMul each period's length divided by that of the one before, 1 or above
   * @param mMul each period's first rate divided by that of the one before
   * @param alpha the lowest rate as a part of {@code rate}
   */
  public static Tensor cosineDecayRestarts(
      Object rate,
      Operand step,
      Object firstDecaySteps,
      Object tMul,
      Object mMul,
      Object alpha,
      String name) {
    Schedule s = new Schedule(step, name, "SGDRDecay");
    try (s) {
      Ops tf = s.tf;
      Tensor initial = s.initial(rate);
      Tensor steps = s.parameter(firstDecaySteps, "the first decay steps");
      Tensor least = s.parameter(alpha, "alpha");
      Tensor growth = s.parameter(tMul, "tMul");
      Tensor fall = s.parameter(mMul, "mMul");
      Tensor done = s.step().div(steps);
      // Which period it is, and how much of it is done. The periods' lengths are a geometric
      // series.
      Tensor even = done.floor();
      Tensor ratio = tf.sub(1, growth);
      Tensor uneven = tf.sub(1, done.mul(ratio)).log().div(growth.log()).floor();
      Tensor power = growth.pow(uneven);
      Tensor before = tf.sub(1, power).div(ratio);
      Tensor constant = growth.equal(1);
      Tensor period = tf.where(constant, even, uneven);
      Tensor part = tf.where(constant, done.sub(even), done.sub(before).div(power));
      Tensor cosine = tf.mul(0.5, fall.pow(period)).mul(halfWave(s, part));
      return s.named("Mul", initial, tf.sub(1, least).mul(cosine).add(least));
    }
  }

  /** With half a period, alpha 0 and beta 0.001. */
  public static Tensor linearCosineDecay(Object rate, Operand step, Object decaySteps) {
    return linearCosineDecay(rate, step, decaySteps, 0.5, 0.0, 0.001, null);
  }

  /**
   * {@code rate · ((alpha + 1 - step / decaySteps) · (1 + cos(2π · periods · step / decaySteps)) /
   * 2 + beta)}, constant from {@code decaySteps} on (<a
   * href="https://arxiv.org/abs/1709.07417">Bello et al., 2017</a>).
   */
  public static Tensor linearCosineDecay(
      Object rate,
      Operand step,
      Object decaySteps,
      Object periods,
      Object alpha,
      Object beta,
      String name) {
    Schedule s = new Schedule(step, name, "LinearCosineDecay");
    try (s) {
      Tensor initial = s.initial(rate);
      Tensor steps = s.parameter(decaySteps, "the decay steps");
      Wave wave = new Wave(s, periods, alpha, beta);
      Tensor at = s.step().minimum(steps);
      Tensor linear = steps.sub(at).div(steps);
      return s.named("Mul", initial, wave.of(at.div(steps), linear));
    }
  }

  /** With variance 1, its decay 0.55, half a period, alpha 0 and beta 0.001. */
  public static Tensor noisyLinearCosineDecay(Object rate, Operand step, Object decaySteps) {
    return noisyLinearCosineDecay(rate, step, decaySteps, 1.0, 0.55, 0.5, 0.0, 0.001, null);
  }

  /**
   * {@link #linearCosineDecay} with normal noise added to its linear part, a new number at each
   * run, of variance {@code initialVariance / (1 + step)^varianceDecay}.
   */
  public static Tensor noisyLinearCosineDecay(
      Object rate,
      Operand step,
      Object decaySteps,
      Object initialVariance,
      Object varianceDecay,
      Object periods,
      Object alpha,
      Object beta,
      String name) {
    Schedule s = new Schedule(step, name, "NoisyLinearCosineDecay");
    try (s) {
      Ops tf = s.tf;
      Tensor initial = s.initial(rate);
      Tensor steps = s.parameter(decaySteps, "the decay steps");
      Tensor variance0 = s.parameter(initialVariance, "the initial variance");
      Tensor decay = s.parameter(varianceDecay, "the variance's decay");
      Wave wave = new Wave(s, periods, alpha, beta);
      Tensor at = s.step().minimum(steps);
      Tensor linear = steps.sub(at).div(steps);
      Tensor deviation = variance0.div(s.power(tf.add(1, at), decay)).sqrt();
      Tensor noise = tf.randomNormal(new int[0], s.dtype(), 0, deviation, null);
      return s.named("Mul", initial, wave.of(at.div(steps), linear.add(noise)));
    }
  }

  /** {@code 1 + cos(π · part)}. */
  private static Tensor halfWave(Schedule s, Tensor part) {
    return s.tf.add(1, s.tf.constant(Math.PI, s.dtype()).mul(part).cos());
  }

  /** The part that the linear cosine decays have in common. */
  private static final class Wave {
    private final Schedule s;
    private final Tensor periods;
    private final Tensor alpha;
    private final Tensor beta;

    Wave(Schedule s, Object periods, Object alpha, Object beta) {
      this.s = s;
      this.periods = s.parameter(periods, "the number of periods");
      this.alpha = s.parameter(alpha, "alpha");
      this.beta = s.parameter(beta, "beta");
    }

    Tensor of(Tensor done, Tensor linear) {
      Tensor part = s.tf.mul(2, periods).mul(done);
      Tensor cosine = s.tf.mul(0.5, halfWave(s, part));
      return alpha.add(linear).mul(cosine).add(beta);
    }
  }

  // ---- what they have in common

  /** Numbers without a fraction count as real ones, as a rate is one. */
  private static Object realOrTensor(Object value, String what) {
    Object x = Optimizer.requireNumberOrTensor(value, what);
    return x instanceof Number n ? (Object) n.doubleValue() : x;
  }

  /** A schedule that is being built: its name scope, open, and the dtype in which it computes. */
  private static final class Schedule implements AutoCloseable {
    private final Ops tf;
    private final Operand step;
    private final Scope scope;
    private DataType dtype;

    Schedule(Operand step, String name, String defaultName) {
      this.tf = Ops.of(step.asOutput().graph());
      this.step = step;
      this.scope = tf.scope(name == null ? defaultName : name);
    }

    /** The rate to begin with, which tells the dtype. */
    Tensor initial(Object rate) {
      Object x = realOrTensor(rate, "the learning rate");
      Tensor t =
          x instanceof Operand o
              ? tf.tensor(o)
              : tf.constant("initial_learning_rate", x, DataType.FLOAT32);
      if (!t.dtype().isFloating()) {
        throw new InvalidArgumentException(
            "a learning rate is a floating-point number, but '" + t.name() + "' is " + t.dtype());
      }
      dtype = t.dtype();
      return t;
    }

    DataType dtype() {
      return dtype;
    }

    Tensor parameter(Object value, String what) {
      return Reads.cast(tf, Optimizer.requireNumberOrTensor(value, what), dtype);
    }

    Tensor step() {
      return Reads.cast(tf, step, dtype);
    }

    /** A power under the name that TensorFlow's function gives it, which is not the operator's. */
    Tensor power(Tensor base, Tensor exponent) {
      return tf.tensor(tf.op("Pow", null).input(base).input(exponent).build().output(0));
    }

    /** The result, which has the scope's name. */
    Tensor named(String opType, Tensor x, Tensor y) {
      return tf.tensor(tf.op(opType, scope.name()).input(x).input(y).build().output(0));
    }

    @Override
    public void close() {
      scope.close();
    }
  }
}
