package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NativeThreads;
import dev.millrace.session.pool.ParallelJob;
import dev.millrace.session.pool.WorkerPool;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Convolutions as matrix products: the patches under the windows become rows of a matrix, which is
 * multiplied with the filter. For doubles, and for floats where oneDNN is missing; channels last,
 * without groups.
 *
 * <p>The batch is cut into parts, whose borders follow from the shape; a part takes one image after
 * the other, and its output pixels by the hundred, so that a matrix of patches stays in cache.
 */
final class PatchConv extends ParallelJob implements Step {
  private static final byte[] ZEROS = new byte[8192];

  /** The bytes that a matrix of patches may take. */
  private static final int PATCH_BYTES = 256 << 10;

  private final ConvShape shape;
  private final WorkerPool pool;
  private final Scratch scratch;
  private final boolean isDouble;
  private final int elementSize;
  private final Gemm gemm;
  private final int parts;

  /** The numbers in a patch. */
  private final int patch;

  /** Output pixels that are done together. */
  private final int tile;

  private final Region images;
  private final Region results;
  private final Region filter;

  private final Worker[] workers;

  /** The filter's gradients by the parts. */
  private final Region[] partial;

  private PatchConv(BindContext node, ConvShape shape, int parts) {
    super(parts);
    this.shape = shape;
    this.parts = parts;
    pool = node.pool();
    scratch = node.scratch();
    isDouble = node.outputType(0) == DataType.FLOAT64;
    elementSize = isDouble ? Double.BYTES : Float.BYTES;
    gemm = isDouble ? Gemm.forDoubles() : Gemm.forFloats();
    boolean toInput = shape.kind == ConvShape.Kind.TO_INPUT;
    boolean toFilter = shape.kind == ConvShape.Kind.TO_FILTER;
    images = toInput ? node.output(0) : node.input(0);
    results = shape.kind == ConvShape.Kind.FORWARD ? node.output(0) : node.input(2);
    filter = toFilter ? node.output(0) : node.input(1);
    patch = ConvShape.product(shape.taps) * shape.inChannels;
    int pixels = ConvShape.product(shape.out);
    tile = Math.max(1, Math.min(pixels, PATCH_BYTES / elementSize / patch));
    partial = new Region[toFilter && parts > 1 ? parts : 0];
    for (int i = 0; i < partial.length; i++) {
      partial[i] = memory((long) patch * shape.outChannels);
    }
    workers = new Worker[Math.min(parts, pool.threads())];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i);
    }
  }

  private Region memory(long elements) {
    long bytes = elements * elementSize;
    return NativeMemory.allocate(bytes).region(0, bytes);
  }

  static boolean supports(DataType t, ConvShape shape) {
    return (t == DataType.FLOAT32 || t == DataType.FLOAT64)
        && shape.isChannelsLast()
        && !shape.spec.isDepthwise()
        && shape.groups == 1
        && shape.input.numElements() < Integer.MAX_VALUE
        && shape.output.numElements() < Integer.MAX_VALUE;
  }

  static Step bind(BindContext node, ConvShape shape) {
    return new PatchConv(node, shape, ConvParts.count(shape));
  }

  @Override
  public void run() {
    try {
      if (parts == 1) {
        run(0, 0);
      } else {
        pool.run(this);
        for (int p = 0; p < partial.length; p++) {
          accumulate(partial[p], filter, p == 0, 0);
        }
      }
    } finally {
      Reference.reachabilityFence(this); // which holds the regions, and they their memory
    }
  }

  @Override
  protected void run(int chunk, int worker) {
    NativeThreads.prepare();
    int from = ConvParts.begin(shape.batch, parts, chunk);
    int to = ConvParts.begin(shape.batch, parts, chunk + 1);
    if (shape.kind == ConvShape.Kind.TO_INPUT) {
      clear((long) from * shape.inSize(), (long) to * shape.inSize());
    }
    int pixels = ConvShape.product(shape.out);
    boolean first = true;
    for (int image = from; image < to; image++) {
      for (int pixel = 0; pixel < pixels; pixel += tile) {
        workers[worker].run(image, pixel, Math.min(tile, pixels - pixel), chunk, first);
        first = false;
      }
    }
  }

  /** Makes a range of elements of the images zero. */
  private void clear(long from, long to) {
    ByteBuffer b = images.bytes();
    long end = to * elementSize;
    for (long at = from * elementSize; at < end; at += ZEROS.length) {
      b.put((int) at, ZEROS, 0, (int) Math.min(ZEROS.length, end - at));
    }
  }

  /** What a thread computes with; used by one at a time. */
  private final class Worker {
    private final int number;
    private final Patches patches;
    private final Region rows;
    private final Matrix rowsMatrix;
    private final Matrix resultsMatrix;
    private final Matrix filterMatrix;

    /** The filter's gradient by one tile, and the sums that it is added to. */
    private final Region product;

    private final Matrix productMatrix;
    private final Matrix[] sums;

    Worker(int number) {
      this.number = number;
      patches = new Patches(shape, isDouble, scratch, number);
      rows = memory((long) tile * patch);
      rowsMatrix = new Matrix(rows, 0, patch);
      resultsMatrix = new Matrix(results, 0, shape.outChannels);
      filterMatrix = new Matrix(filter, 0, shape.outChannels);
      boolean toFilter = shape.kind == ConvShape.Kind.TO_FILTER;
      product = toFilter ? memory((long) patch * shape.outChannels) : null;
      productMatrix = toFilter ? new Matrix(product, 0, shape.outChannels) : null;
      sums = new Matrix[partial.length];
      for (int i = 0; i < sums.length; i++) {
        sums[i] = new Matrix(partial[i], 0, shape.outChannels);
      }
    }

    /** Does {@code n} output pixels of an image. */
    void run(int image, int pixel, int n, int part, boolean first) {
      int channels = shape.outChannels;
      Matrix out = resultsMatrix.at((image * ConvShape.product(shape.out) + pixel) * channels);
      if (shape.kind == ConvShape.Kind.TO_INPUT) {
        multiply(out, false, filterMatrix, true, rowsMatrix, n, patch, channels, number);
        patches.move(images, image, pixel, n, rows, false);
        return;
      }
      patches.move(images, image, pixel, n, rows, true);
      if (shape.kind == ConvShape.Kind.FORWARD) {
        multiply(rowsMatrix, false, filterMatrix, false, out, n, channels, patch, number);
        return;
      }
      Matrix sum = sums.length == 0 ? filterMatrix : sums[part];
      Matrix to = first ? sum : productMatrix;
      multiply(rowsMatrix, true, out, false, to, patch, channels, n, number);
      if (!first) {
        accumulate(product, sum.region, false, number);
      }
    }
  }

  private void multiply(
      Matrix a, boolean ta, Matrix b, boolean tb, Matrix c, int m, int n, int k, int worker) {
    if (isDouble) {
      gemm.f64(a, ta, b, tb, c, m, n, k, scratch, worker);
    } else {
      gemm.f32(a, ta, b, tb, c, m, n, k, scratch, worker);
    }
  }

  /** {@code to += from}, or {@code to = from}. */
  private void accumulate(Region from, Region to, boolean first, int worker) {
    int n = (int) (to.size() / elementSize);
    for (int at = 0; at < n; at += Scratch.BLOCK) {
      int m = Math.min(Scratch.BLOCK, n - at);
      if (isDouble) {
        double[] x = scratch.doubles(worker, 0, Scratch.BLOCK);
        double[] y = scratch.doubles(worker, 1, Scratch.BLOCK);
        from.doubles().get(at, x, 0, m);
        if (!first) {
          to.doubles().get(at, y, 0, m);
          for (int i = 0; i < m; i++) {
            x[i] += y[i];
          }
        }
        to.doubles().put(at, x, 0, m);
      } else {
        float[] x = scratch.floats(worker, 0, Scratch.BLOCK);
        float[] y = scratch.floats(worker, 1, Scratch.BLOCK);
        from.floats().get(at, x, 0, m);
        if (!first) {
          to.floats().get(at, y, 0, m);
          for (int i = 0; i < m; i++) {
            x[i] += y[i];
          }
        }
        to.floats().put(at, x, 0, m);
      }
    }
  }
}
