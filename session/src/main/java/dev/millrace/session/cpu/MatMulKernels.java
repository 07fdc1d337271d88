package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** MatMul, BatchMatMul and BatchMatMulV2 of floats and doubles. */
final class MatMulKernels {
  /** Multiplications below which a product is not cut: some microseconds of work. */
  private static final long WORTH_SPLITTING = 250_000;

  /** Rows and columns that libraries compute together: cuts between would leave them half used. */
  private static final int ROWS = 6;

  private static final int COLUMNS = 16;

  private MatMulKernels() {}

  static void register(FastKernels to) {
    to.add("MatMul", new Kernel("transpose_a", "transpose_b"));
    to.add("BatchMatMul", new Kernel("adj_x", "adj_y"));
    to.add("BatchMatMulV2", new Kernel("adj_x", "adj_y"));
  }

  private record Kernel(String transposeA, String transposeB) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.inputType(0);
      return t == DataType.FLOAT32 || t == DataType.FLOAT64;
    }

    @Override
    public Step bind(BindContext node) {
      if (node.outputShape(0).numElements() == 0) {
        return Steps.NOTHING;
      }
      boolean ta = node.attrs().getBool(transposeA);
      boolean tb = node.attrs().getBool(transposeB);
      int k = (int) node.inputShape(0).dim(ta ? -2 : -1);
      if (k == 0) {
        return new ZeroStep(node.output(0)); // sums of nothing
      }
      return new ProductStep(node, products(node, ta, tb, k), ta, tb, k);
    }
  }

  /** One product, or a part of one. */
  private record Product(Matrix a, Matrix b, Matrix c, int m, int n) {}

  private static List<Product> products(BindContext node, boolean ta, boolean tb, int k) {
    Shape a = node.inputShape(0);
    Shape b = node.inputShape(1);
    Shape z = node.outputShape(0);
    int m = (int) z.dim(-2);
    int n = (int) z.dim(-1);
    Shape batch = z.slice(0, z.rank() - 2);
    Broadcasting x = new Broadcasting(a.slice(0, a.rank() - 2), batch);
    Broadcasting y = new Broadcasting(b.slice(0, b.rank() - 2), batch);
    int count = (int) batch.numElements();
    if (!ta && y.isSingle() && x.isDense()) {
      m *= count; // one b for all: the rows of the whole batch are one matrix
      count = 1;
    }
    int parts = count > 1 || (long) m * n * k < WORTH_SPLITTING ? 1 : node.pool().threads();
    List<Product> all = new ArrayList<>();
    int lda = ta ? m : k;
    int ldb = tb ? k : n;
    for (int i = 0; i < count; i++) {
      int ai = x.at(i) * m * k;
      int bi = y.at(i) * k * n;
      int ci = i * m * n;
      boolean byColumns = n > m;
      int unit = byColumns ? COLUMNS : ROWS;
      int units = ((byColumns ? n : m) + unit - 1) / unit;
      for (int p = 0; p < parts; p++) {
        int from = units * p / parts * unit;
        int to = Math.min(byColumns ? n : m, units * (p + 1) / parts * unit);
        if (from == to) {
          continue;
        }
        Matrix left = new Matrix(node.input(0), byColumns ? ai : ai + from * (ta ? 1 : lda), lda);
        Matrix right = new Matrix(node.input(1), byColumns ? bi + from * (tb ? ldb : 1) : bi, ldb);
        Matrix out = new Matrix(node.output(0), ci + (byColumns ? from : from * n), n);
        all.add(
            new Product(left, right, out, byColumns ? m : to - from, byColumns ? to - from : n));
      }
    }
    return all;
  }

  /** Which matrix of an operand's batch belongs to a matrix of the result's. */
  private static final class Broadcasting {
    private final Shape from;
    private final Shape to;

    Broadcasting(Shape from, Shape to) {
      this.from = from;
      this.to = to;
    }

    boolean isSingle() {
      return from.numElements() == 1;
    }

    boolean isDense() {
      return from.numElements() == to.numElements();
    }

    int at(int index) {
      int rest = index;
      int at = 0;
      int size = 1;
      for (int i = 1; i <= to.rank(); i++) {
        int d = (int) to.dim(-i);
        int own = i <= from.rank() ? (int) from.dim(-i) : 1;
        at += (own == 1 ? 0 : rest % d) * size;
        rest /= d;
        size *= own;
      }
      return at;
    }
  }

  private static final class ProductStep extends ParallelJob implements Step {
    private final WorkerPool pool;
    private final Scratch scratch;
    private final Product[] products;
    private final int perChunk;
    private final boolean ta;
    private final boolean tb;
    private final int k;
    private final boolean isDouble;
    private final Gemm gemm;

    ProductStep(BindContext node, List<Product> products, boolean ta, boolean tb, int k) {
      super((products.size() + perChunk(products, k) - 1) / perChunk(products, k));
      this.pool = node.pool();
      this.scratch = node.scratch();
      this.products = products.toArray(Product[]::new);
      this.perChunk = perChunk(products, k);
      this.ta = ta;
      this.tb = tb;
      this.k = k;
      this.isDouble = node.inputType(0) == DataType.FLOAT64;
      this.gemm = isDouble ? Gemm.forDoubles() : Gemm.forFloats();
    }

    /** How many products make a chunk: small ones are done several together. */
    private static int perChunk(List<Product> products, int k) {
      Product p = products.get(0);
      long work = (long) p.m * p.n * k;
      return (int) Math.max(1, Math.min(products.size(), WORTH_SPLITTING / work));
    }

    @Override
    public void run() {
      if (products.length <= perChunk) {
        run(0, 0);
      } else {
        pool.run(this);
      }
    }

    @Override
    protected void run(int chunk, int worker) {
      try {
        int to = Math.min(products.length, (chunk + 1) * perChunk);
        for (int i = chunk * perChunk; i < to; i++) {
          Product p = products[i];
          if (isDouble) {
            gemm.f64(p.a, ta, p.b, tb, p.c, p.m, p.n, k, scratch, worker);
          } else {
            gemm.f32(p.a, ta, p.b, tb, p.c, p.m, p.n, k, scratch, worker);
          }
        }
      } finally {
        Reference.reachabilityFence(this); // which holds the regions, and they their memory
      }
    }
  }

  private record ZeroStep(Region z) implements Step {
    @Override
    public void run() {
      Regions.clear(z);
    }
  }
}
