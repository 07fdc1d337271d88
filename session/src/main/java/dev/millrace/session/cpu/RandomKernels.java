package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
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
 * Uniform and normal numbers of 32 and 64 bits, stateless or not: those of the reference kernels,
 * since an element depends on its index alone. A run allocates a few small objects.
 */
final class RandomKernels {
  private RandomKernels() {}

  static void register(FastKernels to) {
    for (String uniformInt : new String[] {"RandomUniformInt", "StatelessRandomUniformInt"}) {
      to.add(uniformInt, new Kernel(Kind.INTEGER));
    }
    for (String uniform : new String[] {"RandomUniform", "StatelessRandomUniform"}) {
      to.add(uniform, new Kernel(Kind.UNIFORM));
    }
    for (String normal : new String[] {"RandomStandardNormal", "StatelessRandomNormal"}) {
      to.add(normal, new Kernel(Kind.NORMAL));
    }
    for (String truncated : new String[] {"TruncatedNormal", "StatelessTruncatedNormal"}) {
      to.add(truncated, new Kernel(Kind.TRUNCATED));
    }
  }

  private enum Kind {
    INTEGER,
    UNIFORM,
    NORMAL,
    TRUNCATED
  }

  private record Kernel(Kind kind) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      if (isStateless(node) && !node.inputShape(1).equals(Shape.vector(2))) {
        return false;
      }
      DataType t = node.outputType(0);
      if (kind != Kind.INTEGER) {
        return t == DataType.FLOAT32 || t == DataType.FLOAT64;
      }
      int max = node.inputCount() - 1;
      return (t == DataType.INT32 || t == DataType.INT64)
          && node.inputShape(max - 1).rank() == 0
          && node.inputShape(max).rank() == 0;
    }

    @Override
    public Step bind(BindContext node) {
      return new RandomStep(kind, node);
    }
  }

  private static boolean isStateless(NodeSpec node) {
    return node.opType().startsWith("Stateless");
  }

  private static final class RandomStep extends RangeStep {
    private final Kind kind;
    private final int n;
    private final Lane lane;
    private final PhiloxStream stream; // null where there are seeds
    private final Region seeds;
    private final Lane seedLane;
    private final Region low;
    private final Region high;
    private final Region z;
    private final Scratch scratch;
    private Philox reserved;

    RandomStep(Kind kind, BindContext node) {
      super(
          node.pool(),
          (int) node.outputShape(0).numElements(),
          Scratch.BLOCK,
          kind == Kind.INTEGER || kind == Kind.UNIFORM ? 4 : 40);
      this.kind = kind;
      this.n = (int) node.outputShape(0).numElements();
      this.lane = Lane.of(node.outputType(0));
      boolean stateless = isStateless(node);
      this.seeds = stateless ? node.input(1) : null;
      this.seedLane = stateless ? Lane.of(node.inputType(1)) : null;
      this.stream = stateless ? null : node.nodeState(PhiloxStream.class, () -> stream(node));
      int max = node.inputCount() - 1;
      this.low = kind == Kind.INTEGER ? node.input(max - 1) : null;
      this.high = kind == Kind.INTEGER ? node.input(max) : null;
      this.z = node.output(0);
      this.scratch = node.scratch();
    }

    private static PhiloxStream stream(BindContext node) {
      return PhiloxStream.ofSeeds(node.attrs().getInt("seed"), node.attrs().getInt("seed2"));
    }

    @Override
    public void run() {
      if (low != null && number(lane, low, 0) >= number(lane, high, 0)) {
        throw new InvalidArgumentException(
            "minval must be below maxval; they are "
                + number(lane, low, 0)
                + " and "
                + number(lane, high, 0));
      }
      reserved =
          stream != null
              ? stream.reserveOutputs(n)
              : Philox.mixed(number(seedLane, seeds, 0), number(seedLane, seeds, 1));
      super.run();
    }

    private static long number(Lane lane, Region r, int i) {
      return lane == Lane.I32 ? r.ints().get(i) : r.longs().get(i);
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
        switch (kind) {
          case UNIFORM -> uniform(a, from, to, scratch.temps(worker));
          case NORMAL -> Distributions.normal(reserved, a, 0, from, to);
          default -> Distributions.truncatedNormal(reserved, a, 0, from, to);
        }
      } else if (block instanceof double[] a) {
        switch (kind) {
          case UNIFORM -> Distributions.uniform(reserved, a, 0, from, to);
          case NORMAL -> Distributions.normal(reserved, a, 0, from, to);
          default -> Distributions.truncatedNormal(reserved, a, 0, from, to);
        }
      } else if (block instanceof int[] a) {
        int first = (int) number(lane, low, 0);
        int end = (int) number(lane, high, 0);
        Distributions.uniformInt(reserved, first, end, a, 0, from, to);
      } else {
        long first = number(lane, low, 0);
        long end = number(lane, high, 0);
        Distributions.uniformLong(reserved, first, end, (long[]) block, 0, from, to);
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
