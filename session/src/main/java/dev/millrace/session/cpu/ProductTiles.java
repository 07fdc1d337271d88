package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import java.lang.ref.Reference;

/**
 * A matrix product that is made some rows at a time, for a consumer that takes them while they lie
 * in the caches. Which rows make a tile follows from the shapes alone, so that results do not
 * depend on the number of threads.
 */
final class ProductTiles {
  /** What a tile may take: a part of the caches that each thread has for itself. */
  private static final int TILE_BYTES = 512 << 10;

  /** Below this the product stays in the caches by itself. */
  private static final int LEAST_BYTES = 64 << 10;

  /** With fewer rows a tile, making the right-hand matrix ready would take too large a share. */
  private static final int LEAST_ROWS = 64;

  private final DataType type;
  private final boolean ta;
  private final boolean tb;
  private final int m;
  private final int n;
  private final int k;
  private final int count;

  private ProductTiles(NodeSpec product, Shape shape) {
    type = product.outputType(0);
    ta = product.attrs().getBool("transpose_a");
    tb = product.attrs().getBool("transpose_b");
    m = (int) shape.dim(0);
    n = (int) shape.dim(1);
    k = (int) product.inputShape(0).dim(ta ? 0 : 1);
    long bytes = (long) m * n * type.size();
    // An even number, for two threads.
    count = 2 * (int) ((bytes + 2 * TILE_BYTES - 1) / (2 * TILE_BYTES));
  }

  /** The product that a node computes; null where tiles are no use. */
  static ProductTiles of(NodeSpec node) {
    DataType t = node.outputType(0);
    if (!node.opType().equals("MatMul") || (t != DataType.FLOAT32 && t != DataType.FLOAT64)) {
      return null;
    }
    ProductTiles p = new ProductTiles(node, node.outputShape(0));
    boolean worthIt =
        (long) p.m * p.n * t.size() >= LEAST_BYTES && p.k > 0 && p.m / p.count >= LEAST_ROWS;
    return worthIt ? p : null;
  }

  /** The shape of the whole product. */
  Shape shape() {
    return Shape.of(m, n);
  }

  private int firstRow(int tile) {
    return (int) ((long) m * tile / count);
  }

  /**
   * The product of two inputs of a node.
   *
   * @param a the number of the left-hand one
   * @param b the number of the right-hand one
   */
  Bound bind(BindContext node, int a, int b) {
    return new Bound(node, a, b);
  }

  /** A product of matrices that have their places. */
  final class Bound {
    private final Matrix[] a; // by worker
    private final Matrix[] b;
    private final Matrix[] c;
    private final Region[] results;
    private final Scratch scratch;
    private final Gemm gemm;

    private Bound(BindContext node, int left, int right) {
      int threads = node.pool().threads();
      a = new Matrix[threads];
      b = new Matrix[threads];
      c = new Matrix[threads];
      results = new Region[threads];
      scratch = node.scratch();
      gemm = type == DataType.FLOAT64 ? Gemm.forDoubles() : Gemm.forFloats();
      long bytes = ((long) m + count - 1) / count * n * type.size();
      for (int i = 0; i < threads; i++) {
        a[i] = new Matrix(node.input(left), 0, ta ? m : k);
        b[i] = new Matrix(node.input(right), 0, tb ? k : n);
        results[i] = NativeMemory.allocate(bytes).region(0, bytes);
        c[i] = new Matrix(results[i], 0, n);
      }
    }

    /** Where tiles are made, by worker. */
    Region[] results() {
      return results;
    }

    /** The number of tiles. */
    int count() {
      return count;
    }

    double nsPerTile() {
      return (double) m * n * k / count / 16;
    }

    /** The place of a tile's first element in the whole product. */
    int firstElement(int tile) {
      return firstRow(tile) * n;
    }

    int elements(int tile) {
      return (firstRow(tile + 1) - firstRow(tile)) * n;
    }

    /** Makes a tile in the place of that worker. */
    void compute(int tile, int worker) {
      int from = firstRow(tile);
      int rows = firstRow(tile + 1) - from;
      Matrix left = a[worker].at(ta ? from : from * k);
      try {
        if (type == DataType.FLOAT64) {
          gemm.f64(left, ta, b[worker], tb, c[worker], rows, n, k, scratch, worker);
        } else {
          gemm.f32(left, ta, b[worker], tb, c[worker], rows, n, k, scratch, worker);
        }
      } finally {
        Reference.reachabilityFence(this); // which holds the regions, and they their memory
      }
    }
  }
}
