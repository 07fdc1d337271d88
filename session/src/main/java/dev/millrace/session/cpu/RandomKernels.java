package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.random.Distributions;
import dev.millrace.session.random.Philox;
import dev.millrace.session.random.PhiloxStream;

/**
 * RandomUniform, RandomUniformInt, RandomStandardNormal and TruncatedNormal of 32- and 64-bit
 * numbers: those of the reference kernels, since an element depends on its index alone. A run
 * allocates a few small objects.
 */
final class RandomKernels {
  private RandomKernels() {}

  static void register(FastKernels to) {
    to.add("RandomUniform", new Kernel());
    to.add("RandomUniformInt", new Kernel());
    to.add("RandomStandardNormal", new Kernel());
    to.add("TruncatedNormal", new Kernel());
  }

  private static final class Kernel implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.outputType(0);
      return node.opType().equals("RandomUniformInt")
          ? (t == DataType.INT32 || t == DataType.INT64)
              && node.inputShape(1).rank() == 0
              && node.inputShape(2).rank() == 0
          : t == DataType.FLOAT32 || t == DataType.FLOAT64;
    }

    @Override
    public Step bind(BindContext node) {
      return new RandomStep(node);
    }
  }

  private static final class RandomStep extends RangeStep {
    private final String op;
    private final int n;
    private final Lane lane;
    private final PhiloxStream stream;
    private final Region low;
    private final Region high;
    private final Region z;
    private final Scratch scratch;
    private Philox reserved;

    RandomStep(BindContext node) {
      super(
          node.pool(),
          (int) node.outputShape(0).numElements(),
          Scratch.BLOCK,
          node.opType().startsWith("RandomUniform") ? 4 : 40);
      this.op = node.opType();
      this.n = (int) node.outputShape(0).numElements();
      this.lane = Lane.of(node.outputType(0));
      this.stream =
          node.nodeState(
              PhiloxStream.class,
              () ->
                  PhiloxStream.ofSeeds(node.attrs().getInt("seed"), node.attrs().getInt("seed2")));
      boolean bounded = op.equals("RandomUniformInt");
      this.low = bounded ? node.input(1) : null;
      this.high = bounded ? node.input(2) : null;
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    @Override
    public void run() {
      if (low != null && bound(low) >= bound(high)) {
        throw new InvalidArgumentException(
            "minval must be below maxval; they are " + bound(low) + " and " + bound(high));
      }
      reserved = stream.reserveOutputs(n);
      super.run();
    }

    private long bound(Region r) {
      return lane == Lane.I32 ? r.ints().get(0) : r.longs().get(0);
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object block = lane.block(scratch, worker, 0, Scratch.BLOCK);
      for (int at = from; at < to; at += Scratch.BLOCK) {
        int last = Math.min(to, at + Scratch.BLOCK);
        fill(block, at, last, worker);
        lane.put(z, at, block, 0, last - at);
      }
    }

    private void fill(Object block, int from, int to, int worker) {
      if (block instanceof float[] a) {
        switch (op) {
          case "RandomUniform" -> uniform(a, from, to, scratch.temps(worker));
          case "RandomStandardNormal" -> Distributions.normal(reserved, a, 0, from, to);
          default -> Distributions.truncatedNormal(reserved, a, 0, from, to);
        }
      } else if (block instanceof double[] a) {
        switch (op) {
          case "RandomUniform" -> Distributions.uniform(reserved, a, 0, from, to);
          case "RandomStandardNormal" -> Distributions.normal(reserved, a, 0, from, to);
          default -> Distributions.truncatedNormal(reserved, a, 0, from, to);
        }
      } else if (block instanceof int[] a) {
        int first = (int) bound(low);
        Distributions.uniformInt(reserved, first, (int) bound(high), a, 0, from, to);
      } else {
        Distributions.uniformLong(reserved, bound(low), bound(high), (long[]) block, 0, from, to);
      }
    }

    /** As {@link Distributions#uniformFloat}, a block at a time; {@code from} begins a block. */
    private void uniform(float[] z, int from, int to, BlockTemps t) {
      int n = to - from;
      int[] bits = t.i;
      for (int i = 0; i < n; i += Philox.BLOCK) {
        reserved.block((from + i) / Philox.BLOCK, bits, i);
      }
      for (int i = 0; i < n; i++) {
        bits[i] = (127 << 23) | (bits[i] & 0x7fffff);
      }
      t.floats(bits, z, n);
      for (int i = 0; i < n; i++) {
        z[i] -= 1f;
      }
    }
  }
}
