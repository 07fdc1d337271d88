package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;

/** Carries out a {@link StridedCopy} from one region to another. */
abstract class CopyStep extends RangeStep {
  final StridedCopy copy;
  final Region x;
  final Region z;
  final Scratch scratch;

  private final int[] dims;
  private final int[] fromSteps;
  private final int[] toSteps;
  private final int[][] positions;

  /**
   * {@code outer} are the dimensions over which the items run; positions in them are kept for each
   * worker.
   */
  private CopyStep(
      BindContext node,
      StridedCopy copy,
      Region x,
      Region z,
      int[] outer,
      int items,
      double nsPerItem) {
    super(node.pool(), items, 1, nsPerItem);
    this.copy = copy;
    this.x = x;
    this.z = z;
    this.scratch = node.scratch();
    dims = new int[outer.length];
    fromSteps = new int[outer.length];
    toSteps = new int[outer.length];
    for (int i = 0; i < outer.length; i++) {
      dims[i] = copy.dims[outer[i]];
      fromSteps[i] = copy.from[outer[i]];
      toSteps[i] = copy.to[outer[i]];
    }
    positions = new int[node.pool().threads()][outer.length];
  }

  /** The step for that copy; an empty one does nothing. */
  static Step of(BindContext node, StridedCopy copy, Region x, Region z) {
    if (copy.elements() == 0) {
      return Steps.NOTHING;
    } else if (copy.copiesRuns() && (copy.inner() * copy.elementSize >= 32 || copy.rank() == 1)) {
      return new Runs(node, copy, x, z);
    } else if (copy.transposed() >= 0) {
      return new Transposed(node, copy, x, z);
    }
    return new Elements(node, copy, x, z);
  }

  /** The index in the source of outer position {@code p}, which is noted for the worker. */
  final int locateFrom(int p, int worker) {
    int[] at = positions[worker];
    int rest = p;
    int index = copy.fromBase;
    for (int i = dims.length - 1; i >= 0; i--) {
      at[i] = rest % dims[i];
      rest /= dims[i];
      index += at[i] * fromSteps[i];
    }
    return index;
  }

  /** The index in the destination of the noted position. */
  final int locateTo(int worker) {
    int[] at = positions[worker];
    int index = copy.toBase;
    for (int i = dims.length - 1; i >= 0; i--) {
      index += at[i] * toSteps[i];
    }
    return index;
  }

  /** The number of outer positions. */
  private static int count(StridedCopy copy, int[] outer) {
    int n = 1;
    for (int i : outer) {
      n *= copy.dims[i];
    }
    return n;
  }

  private static int[] allBut(StridedCopy copy, int a, int b) {
    int[] r = new int[copy.rank() - (a == b ? 1 : 2)];
    int n = 0;
    for (int i = 0; i < copy.rank(); i++) {
      if (i != a && i != b) {
        r[n++] = i;
      }
    }
    return r;
  }

  private static int[] outer(StridedCopy copy) {
    return allBut(copy, copy.rank() - 1, copy.rank() - 1);
  }

  /** Dense runs: copied from memory to memory. A long run is cut into pieces. */
  private static final class Runs extends CopyStep {
    private static final int PIECE = 1 << 16;

    private final int pieces;
    private final int bytes;

    Runs(BindContext node, StridedCopy copy, Region x, Region z) {
      super(
          node, copy, x, z, outer(copy), count(copy, outer(copy)) * pieces(copy), nsPerItem(copy));
      this.bytes = copy.inner() * copy.elementSize;
      this.pieces = pieces(copy);
    }

    private static int pieces(StridedCopy copy) {
      return (int) (((long) copy.inner() * copy.elementSize + PIECE - 1) / PIECE);
    }

    private static double nsPerItem(StridedCopy copy) {
      return 12 + Math.min((double) copy.inner() * copy.elementSize, PIECE) * 0.04;
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      ByteBuffer src = x.bytes();
      ByteBuffer dst = z.bytes();
      int size = copy.elementSize;
      for (int item = from; item < to; item++) {
        int first = item % pieces * PIECE;
        int p = locateFrom(item / pieces, worker) * size + first;
        int q = locateTo(worker) * size + first;
        dst.put(q, src, p, Math.min(PIECE, bytes - first));
      }
    }
  }

  /** Two dimensions change places: in tiles that stay in the cache. */
  private static final class Transposed extends CopyStep {
    private static final int TILE = 64;

    private final Lane lane;
    private final int rows;
    private final int columns;
    private final int rowStep;
    private final int columnStep;
    private final int rowTile;
    private final int columnTile;
    private final int tiles;

    /** Rows are the innermost dimension of the destination, columns that of the source. */
    Transposed(BindContext node, StridedCopy copy, Region x, Region z) {
      super(
          node,
          copy,
          x,
          z,
          allBut(copy, copy.transposed(), copy.rank() - 1),
          count(copy, allBut(copy, copy.transposed(), copy.rank() - 1)) * tiles(copy),
          nsPerItem(copy));
      int c = copy.transposed();
      lane = Lane.moving(copy.elementSize);
      rows = copy.inner();
      columns = copy.dims[c];
      rowStep = copy.from[copy.rank() - 1];
      columnStep = copy.to[c];
      columnTile = Math.min(columns, TILE);
      rowTile = rowTile(copy);
      tiles = tiles(copy);
    }

    /** Rows of a tile: more where they are short. */
    private static int rowTile(StridedCopy copy) {
      return Math.min(copy.inner(), TILE * TILE / Math.min(copy.dims[copy.transposed()], TILE));
    }

    private static int tiles(StridedCopy copy) {
      return (copy.inner() + rowTile(copy) - 1) / rowTile(copy);
    }

    private static double nsPerItem(StridedCopy copy) {
      return (double) rowTile(copy) * copy.dims[copy.transposed()];
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object a = lane.block(scratch, worker, 0, TILE * TILE);
      Object b = lane.block(scratch, worker, 1, TILE * TILE);
      for (int item = from; item < to; item++) {
        int row = item % tiles * rowTile;
        int h = Math.min(rowTile, rows - row);
        int p = locateFrom(item / tiles, worker) + row * rowStep;
        int q = locateTo(worker) + row;
        for (int column = 0; column < columns; column += columnTile) {
          tile(
              p + column, q + column * columnStep, h, Math.min(columnTile, columns - column), a, b);
        }
      }
    }

    private void tile(int p, int q, int h, int w, Object a, Object b) {
      if (rowStep == w) {
        lane.get(x, p, a, 0, h * w);
      } else {
        for (int r = 0; r < h; r++) {
          lane.get(x, p + r * rowStep, a, r * w, w);
        }
      }
      lane.transpose(a, h, w, w, b, h);
      if (columnStep == h) {
        lane.put(z, q, b, 0, h * w);
      } else {
        for (int c = 0; c < w; c++) {
          lane.put(z, q + c * columnStep, b, c * h, h);
        }
      }
    }
  }

  /** Anything else: element by element. */
  private static final class Elements extends CopyStep {
    private final Lane lane;
    private final int n;
    private final int fromStep;
    private final int toStep;

    Elements(BindContext node, StridedCopy copy, Region x, Region z) {
      super(node, copy, x, z, outer(copy), count(copy, outer(copy)), copy.inner() * 2.0 + 10);
      lane = Lane.moving(copy.elementSize);
      n = copy.inner();
      fromStep = copy.from[copy.rank() - 1];
      toStep = copy.to[copy.rank() - 1];
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      Object block = lane.block(scratch, worker, 0, Scratch.BLOCK);
      for (int item = from; item < to; item++) {
        int p = locateFrom(item, worker);
        int q = locateTo(worker);
        for (int done = 0; done < n; done += Scratch.BLOCK) {
          int m = Math.min(Scratch.BLOCK, n - done);
          if (fromStep == 0) {
            lane.fill(x, p, block, 0, m);
          } else if (fromStep == 1) {
            lane.get(x, p + done, block, 0, m);
          } else {
            lane.gather(x, p + done * fromStep, fromStep, block, 0, 1, m);
          }
          if (toStep == 1) {
            lane.put(z, q + done, block, 0, m);
          } else {
            lane.scatter(z, q + done * toStep, toStep, block, 0, m);
          }
        }
      }
    }
  }
}
