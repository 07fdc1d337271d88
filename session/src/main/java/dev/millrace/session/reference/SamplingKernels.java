package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.random.BoundedNormalSampler;
import dev.millrace.session.random.CategorySampler;
import dev.millrace.session.random.GammaSampler;
import dev.millrace.session.random.Philox;
import dev.millrace.session.random.PhiloxStream;
import dev.millrace.session.random.PoissonSampler;

/** Random orders, indices, and numbers of distributions that are given by tensors. */
final class SamplingKernels {
  /**
   * Numbers of a truncated normal distribution that share their parameters come so many a batch.
   */
  private static final int BATCH = 100;

  private SamplingKernels() {}

  static void register(ReferenceKernels k) {
    k.add("RandomShuffle", SamplingKernels::shuffle);
    k.add("Multinomial", c -> categories(c, stateful(c)));
    k.add("StatelessMultinomial", c -> categories(c, n -> RandomKernels.mixed(c, 2)));
    k.add("RandomGamma", SamplingKernels::gamma);
    k.add("RandomGammaGrad", SamplingKernels::gammaGrad);
    k.add("RandomPoisson", SamplingKernels::poisson);
    k.add("RandomPoissonV2", SamplingKernels::poisson);
    k.add("ParameterizedTruncatedNormal", SamplingKernels::boundedNormal);
  }

  /** Where an op that puts out so many numbers has them from. */
  @FunctionalInterface
  private interface Source {
    Philox reserve(long outputs);
  }

  private static Source stateful(KernelContext c) {
    return RandomKernels.stream(c)::reserveOutputs;
  }

  /** Every row changes places with one that comes no earlier (Fisher and Yates). */
  private static void shuffle(KernelContext c) {
    TensorValue x = c.input(0);
    int rows = x.shape().rank() == 0 ? 1 : (int) x.shape().dim(0);
    if (x.size() <= 1 || rows <= 1) {
      c.output(0, x);
      return;
    }
    int blocks = (rows - 1 + Philox.BLOCK - 1) / Philox.BLOCK;
    Philox stream = RandomKernels.stream(c).reserveBlocks(blocks);
    int[] bits = new int[blocks * Philox.BLOCK];
    for (int i = 0; i < blocks; i++) {
      stream.block(i, bits, i * Philox.BLOCK);
    }
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    for (int i = 0; i < rows - 1; i++) {
      int j = i + Integer.remainderUnsigned(bits[i], rows - i);
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    Result r = new Result(x.dtype(), x.shape());
    int width = x.size() / rows;
    for (int i = 0; i < rows; i++) {
      r.copy(i * width, x, order[i] * width, width);
    }
    c.output(0, r.value());
  }

  private static void categories(KernelContext c, Source source) {
    TensorValue logits = Dims.requireRank(c.input(0), 2, "logits");
    int samples = (int) Dims.requireScalar(c.input(1), "num_samples").getLong(0);
    int rows = (int) logits.shape().dim(0);
    int classes = (int) logits.shape().dim(1);
    if (!logits.dtype().isFloating()) {
      throw Elementwise.unsupported(c, logits.dtype());
    }
    if (samples < 0) {
      throw new InvalidArgumentException("num_samples must not be negative; it is " + samples);
    }
    if (classes == 0) {
      throw new InvalidArgumentException(
          "logits must have a class to choose; their shape is " + logits.shape());
    }
    Result r = new Result(c.attrs().getType("output_dtype"), Shape.matrix(rows, samples));
    if (rows > 0 && samples > 0) {
      CategorySampler sampler =
          new CategorySampler(source.reserve(CategorySampler.outputs(rows, samples)));
      double[] row = new double[classes];
      for (int i = 0; i < rows; i++) {
        for (int k = 0; k < classes; k++) {
          row[k] = logits.getDouble(i * classes + k);
        }
        int[] drawn = sampler.draw(row, samples);
        for (int j = 0; j < samples; j++) {
          r.setLong(i * samples + j, drawn[j]);
        }
      }
    }
    c.output(0, r.value());
  }

  private static void gamma(KernelContext c) {
    Shape samples = RandomKernels.shape(c);
    TensorValue alpha = c.input(1);
    int n = Dims.count(samples);
    Philox stream = RandomKernels.stream(c).reserveOutputs((long) n * alpha.size());
    double[] drawn = GammaSampler.draw(stream, alpha.toDoubles(), n);
    c.output(0, numbers(alpha.dtype(), samples.concat(alpha.shape()), drawn));
  }

  private static void gammaGrad(KernelContext c) {
    c.output(
        0,
        Elementwise.combine(
            c.input(0),
            c.input(1),
            (alpha, sample, r) -> IncompleteGamma.sampleGrad(alpha, sample)));
  }

  private static void poisson(KernelContext c) {
    Shape samples = RandomKernels.shape(c);
    TensorValue rate = c.input(1);
    int n = Dims.count(samples);
    DataType t = c.attrs().getType("dtype");
    Shape shape = samples.concat(rate.shape());
    PoissonSampler sampler = new PoissonSampler(SpecialFunctions::lgamma);
    Philox stream = RandomKernels.stream(c).reserveOutputs((long) n * rate.size());
    c.output(0, numbers(t, shape, sampler.draw(stream, rate.toDoubles(), n)));
  }

  private static TensorValue numbers(DataType t, Shape shape, double[] values) {
    Result r = new Result(t, shape);
    for (int i = 0; i < values.length; i++) {
      if (t.isFloating()) {
        r.setDouble(i, values[i]);
      } else {
        r.setLong(i, (long) values[i]);
      }
    }
    return r.value();
  }

  /** The parameters are scalars or vectors with an element for each row of the shape. */
  private static void boundedNormal(KernelContext c) {
    Shape shape = RandomKernels.shape(c);
    DataType t = c.attrs().getType("dtype");
    if (shape.rank() == 0) {
      throw new InvalidArgumentException("shape must have at least one dimension");
    }
    int n = Dims.count(shape);
    boolean shared = c.input(3).shape().rank() == 0 && c.input(4).shape().rank() == 0;
    for (int i = 1; i <= 4; i++) {
      TensorValue p = c.input(i);
      if (p.shape().rank() > 1 || (p.size() != 1 && p.size() != shape.dim(0))) {
        throw new InvalidArgumentException(
            "the parameters must be scalars or vectors of 1 or "
                + shape.dim(0)
                + " elements, but input "
                + i
                + " is of shape "
                + p.shape());
      }
      shared &= p.size() == 1;
    }
    // Where all numbers share their parameters, the shape's own rows do not matter.
    int rows = shared ? (n + BATCH - 1) / BATCH : (int) shape.dim(0);
    int width = shared ? BATCH : n / Math.max(1, rows);
    long blocks = 2L * rows * BoundedNormalSampler.MOST_REJECTIONS * (width + 3) / 4;
    PhiloxStream stream = RandomKernels.stream(c);
    BoundedNormalSampler sampler = new BoundedNormalSampler(stream.reserveBlocks(blocks), t);
    double[] drawn = new double[n];
    for (int b = 0; b < rows; b++) {
      sampler.draw(
          parameter(c, 1, b),
          parameter(c, 2, b),
          parameter(c, 3, b),
          parameter(c, 4, b),
          drawn,
          b * width,
          Math.min(n, (b + 1) * width));
    }
    c.output(0, numbers(t, shape, drawn));
  }

  private static double parameter(KernelContext c, int i, int row) {
    TensorValue p = c.input(i);
    return p.getDouble(p.size() == 1 ? 0 : row);
  }
}
