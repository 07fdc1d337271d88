package dev.millrace.session.cpu;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;

/**
 * An input of an element-wise step, broadcast to the shape of the step's result: fills blocks with
 * the elements that belong to a range of the result.
 */
abstract class Operand {
  final Lane lane;
  final Region region;
  private final Scratch scratch;
  private final int slot;

  private Operand(Lane lane, Region region, Scratch scratch, int slot) {
    this.lane = lane;
    this.region = region;
    this.scratch = scratch;
    this.slot = slot;
  }

  /**
   * The block of {@code worker} that this fills; once before the first {@link #load} of a chunk.
   */
  Object begin(int worker) {
    return lane.block(scratch, worker, slot, Scratch.BLOCK);
  }

  /** Whether {@link #begin} fills the block for the whole chunk. */
  boolean isKept() {
    return false;
  }

  /**
   * Puts the elements for the result's elements {@code at} to {@code at + n} into {@code block}.
   */
  abstract void load(Object block, int at, int n, int worker);

  /**
   * The elements of the blocks in which a step with these operands works: where it can be, a
   * multiple of the repeated rows.
   */
  static int blockFor(Shape result, Shape... operands) {
    for (Shape s : operands) {
      int p = Broadcast.of(s, result).period();
      if (p > 1 && p <= Scratch.BLOCK && p < result.numElements()) {
        return Scratch.BLOCK / p * p;
      }
    }
    return Scratch.BLOCK;
  }

  /**
   * The operand of shape {@code from} for a result of shape {@code to}.
   *
   * @param slot the number of the scratch block that it fills
   * @param block what {@link #blockFor} gave: loads begin at its multiples
   */
  static Operand of(
      Lane lane,
      Region region,
      Shape from,
      Shape to,
      int slot,
      int block,
      Scratch scratch,
      int workers) {
    return of(lane, region, Broadcast.of(from, to), to, slot, block, scratch, workers);
  }

  /** The operand that is walked so for a result of shape {@code to}. */
  static Operand of(
      Lane lane,
      Region region,
      Broadcast b,
      Shape to,
      int slot,
      int block,
      Scratch scratch,
      int workers) {
    int most = (int) Math.min(block, to.numElements());
    int at = b.offset();
    if (b.isDense() || to.numElements() == 0) {
      return new Dense(lane, region, scratch, slot, at);
    } else if (b.isScalar()) {
      return new Scalar(lane, region, scratch, slot, at, most);
    } else if (b.isRow()) {
      return block % b.inner() == 0
          ? new PackedRow(lane, region, scratch, slot, at, b.inner(), most)
          : new LongRow(lane, region, scratch, slot, at, b.inner());
    } else if (b.isColumn()) {
      return new Column(lane, region, scratch, slot, at, b.inner());
    }
    return new Strided(lane, region, scratch, slot, b, workers);
  }

  private static final class Dense extends Operand {
    private final int first;

    Dense(Lane lane, Region region, Scratch scratch, int slot, int first) {
      super(lane, region, scratch, slot);
      this.first = first;
    }

    @Override
    void load(Object block, int at, int n, int worker) {
      lane.get(region, first + at, block, 0, n);
    }
  }

  /** One element for all: the block is filled once a chunk. */
  private static final class Scalar extends Operand {
    private final int first;
    private final int block;

    Scalar(Lane lane, Region region, Scratch scratch, int slot, int first, int block) {
      super(lane, region, scratch, slot);
      this.first = first;
      this.block = block;
    }

    @Override
    boolean isKept() {
      return true;
    }

    @Override
    Object begin(int worker) {
      Object z = super.begin(worker);
      lane.fill(region, first, z, 0, block);
      return z;
    }

    @Override
    void load(Object block, int at, int n, int worker) {}
  }

  /** A short row, repeated as often as a block holds it, once a chunk. */
  private static final class PackedRow extends Operand {
    private final int first;
    private final int row;
    private final int block;

    PackedRow(Lane lane, Region region, Scratch scratch, int slot, int first, int row, int block) {
      super(lane, region, scratch, slot);
      this.first = first;
      this.row = row;
      this.block = block;
    }

    @Override
    boolean isKept() {
      return true;
    }

    @Override
    Object begin(int worker) {
      Object z = super.begin(worker);
      lane.get(region, first, z, 0, row);
      for (int done = row; done < block; ) {
        int n = Math.min(done, block - done);
        System.arraycopy(z, 0, z, done, n);
        done += n;
      }
      return z;
    }

    @Override
    void load(Object block, int at, int n, int worker) {}
  }

  /** A row longer than a block, or one whose length does not divide the block. */
  private static final class LongRow extends Operand {
    private final int first;
    private final int row;

    LongRow(Lane lane, Region region, Scratch scratch, int slot, int first, int row) {
      super(lane, region, scratch, slot);
      this.first = first;
      this.row = row;
    }

    @Override
    void load(Object block, int at, int n, int worker) {
      int p = at % row;
      for (int done = 0; done < n; ) {
        int m = Math.min(row - p, n - done);
        lane.get(region, first + p, block, done, m);
        done += m;
        p = 0;
      }
    }
  }

  /** Each element for {@code times} neighbours. */
  private static final class Column extends Operand {
    private final int first;
    private final int times;

    Column(Lane lane, Region region, Scratch scratch, int slot, int first, int times) {
      super(lane, region, scratch, slot);
      this.first = first;
      this.times = times;
    }

    @Override
    void load(Object block, int at, int n, int worker) {
      int source = first + at / times;
      int m = Math.min(n, times - at % times);
      for (int done = 0; done < n; ) {
        lane.fill(region, source++, block, done, m);
        done += m;
        m = Math.min(times, n - done);
      }
    }
  }

  /** Any other: walks the outer dimensions and copies inner runs. */
  private static final class Strided extends Operand {
    private final int[] dims;
    private final int[] strides;
    private final int inner;
    private final int step; // between neighbours
    private final int first;
    private final int[][] positions;

    Strided(Lane lane, Region region, Scratch scratch, int slot, Broadcast b, int workers) {
      super(lane, region, scratch, slot);
      int outer = b.rank() - 1;
      dims = new int[outer];
      strides = new int[outer];
      for (int i = 0; i < outer; i++) {
        dims[i] = b.dim(i);
        strides[i] = b.stride(i);
      }
      inner = b.inner();
      step = b.stride(outer);
      first = b.offset();
      positions = new int[workers][outer];
    }

    @Override
    void load(Object block, int at, int n, int worker) {
      int[] p = positions[worker];
      int skipped = at % inner;
      int source = locate(p, at / inner);
      int m = Math.min(n, inner - skipped);
      for (int done = 0; done < n; ) {
        if (step == 0) {
          lane.fill(region, source, block, done, m);
        } else if (step == 1) {
          lane.get(region, source + skipped, block, done, m);
        } else {
          lane.gather(region, source + skipped * step, step, block, done, 1, m);
        }
        done += m;
        skipped = 0;
        m = Math.min(inner, n - done);
        source = next(p, source);
      }
    }

    private int locate(int[] p, int row) {
      int rest = row;
      int source = first;
      for (int i = dims.length - 1; i >= 0; i--) {
        p[i] = rest % dims[i];
        rest /= dims[i];
        source += p[i] * strides[i];
      }
      return source;
    }

    private int next(int[] p, int from) {
      int source = from;
      for (int i = dims.length - 1; i >= 0; i--) {
        source += strides[i];
        if (++p[i] < dims[i]) {
          return source;
        }
        source -= dims[i] * strides[i];
        p[i] = 0;
      }
      return source;
    }
  }
}
