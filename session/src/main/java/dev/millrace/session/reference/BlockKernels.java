package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Blocks of neighbouring elements moved to the batch or to the depth, and patches of images. All of
 * it is picking: each result's dimensions are tables of where its elements lie.
 */
final class BlockKernels {
  private BlockKernels() {}

  static void register(ReferenceKernels k) {
    k.add("SpaceToBatchND", c -> toBatch(c, blocks(c), c.input(2)));
    k.add("BatchToSpaceND", c -> toSpace(c, blocks(c), c.input(2)));
    k.add("SpaceToBatch", c -> toBatch(c, square(c), c.input(1)));
    k.add("BatchToSpace", c -> toSpace(c, square(c), c.input(1)));
    k.add("SpaceToDepth", BlockKernels::spaceToDepth);
    k.add("DepthToSpace", BlockKernels::depthToSpace);
    k.add("ExtractImagePatches", BlockKernels::patches);
  }

  private static int[] blocks(KernelContext c) {
    int[] blocks = Dims.requireRank(c.input(1), 1, "block_shape").toInts();
    for (int b : blocks) {
      if (b < 1) {
        throw new InvalidArgumentException(
            "block sizes must be at least 1, not " + Arrays.toString(blocks));
      }
    }
    return blocks;
  }

  private static int[] square(KernelContext c) {
    Dims.requireRank(c.input(0), 4, "input");
    int n = (int) c.attrs().getInt("block_size");
    return new int[] {n, n};
  }

  private static long[] borders(TensorValue x, int[] blocks, TensorValue borders, String name) {
    if (x.shape().rank() <= blocks.length) {
      throw new InvalidArgumentException(
          "a batch and "
              + blocks.length
              + " dimensions to cut in blocks need more than shape "
              + x.shape());
    }
    if (!borders.shape().equals(Shape.matrix(blocks.length, 2))) {
      throw new InvalidArgumentException(
          name + " must be of shape [" + blocks.length + ",2], not " + borders.shape());
    }
    long[] b = borders.toLongs();
    for (long n : b) {
      if (n < 0) {
        throw new InvalidArgumentException(name + " must not be negative: " + borders);
      }
    }
    return b;
  }

  /** The places in a block come first, then the batch, then the blocks, then what is left. */
  private static void toBatch(KernelContext c, int[] blocks, TensorValue pads) {
    long[] borders = borders(c.input(0), blocks, pads, "paddings");
    long[] all = new long[2 * c.input(0).shape().rank()];
    System.arraycopy(borders, 0, all, 2, borders.length);
    TensorValue x =
        PadKernels.pad(c.input(0), all, TensorValue.zeros(c.input(0).dtype(), Shape.scalar()));
    Shape s = x.shape();
    int[] strides = Dims.strides(s);
    List<int[]> tables = new ArrayList<>();
    long[] dims = s.dims();
    for (int i = 0; i < blocks.length; i++) {
      tables.add(Positions.table(blocks[i], strides[i + 1]));
      dims[0] = Math.multiplyExact(dims[0], blocks[i]);
    }
    tables.add(Positions.table(s.dim(0), strides[0]));
    for (int i = 0; i < blocks.length; i++) {
      dims[i + 1] = divided(s, i + 1, blocks[i]);
      tables.add(Positions.table(dims[i + 1], blocks[i] * strides[i + 1]));
    }
    addRest(tables, s, strides, blocks.length + 1);
    c.output(0, Elements.pick(x, Shape.of(dims), Positions.sums(tables.toArray(new int[0][]))));
  }

  private static long divided(Shape s, int i, int by) {
    if (s.dim(i) % by != 0) {
      throw new InvalidArgumentException(
          "dimension " + i + " of " + s + " does not divide by " + by);
    }
    return s.dim(i) / by;
  }

  private static void addRest(List<int[]> tables, Shape s, int[] strides, int from) {
    for (int i = from; i < s.rank(); i++) {
      tables.add(Positions.table(s.dim(i), strides[i]));
    }
  }

  private static void toSpace(KernelContext c, int[] blocks, TensorValue cropped) {
    TensorValue x = c.input(0);
    long[] crops = borders(x, blocks, cropped, "crops");
    Shape s = x.shape();
    int[] strides = Dims.strides(s);
    long[] dims = s.dims();
    for (int b : blocks) {
      if (dims[0] % b != 0) {
        throw new InvalidArgumentException(
            "the batch of " + s + " does not divide by the blocks " + Arrays.toString(blocks));
      }
      dims[0] /= b;
    }
    List<int[]> tables = new ArrayList<>();
    tables.add(Positions.table(dims[0], strides[0]));
    int place = Math.toIntExact(s.dim(0) * strides[0]);
    for (int i = 0; i < blocks.length; i++) {
      place /= blocks[i];
      int b = blocks[i];
      int from = (int) crops[2 * i];
      dims[i + 1] = s.dim(i + 1) * b - from - crops[2 * i + 1];
      if (dims[i + 1] < 0) {
        throw new InvalidArgumentException(
            "more is cropped of dimension " + (i + 1) + " than it has: " + cropped);
      }
      int[] table = new int[Math.toIntExact(dims[i + 1])];
      for (int k = 0; k < table.length; k++) {
        table[k] = (from + k) % b * place + (from + k) / b * strides[i + 1];
      }
      tables.add(table);
    }
    addRest(tables, s, strides, blocks.length + 1);
    c.output(0, Elements.pick(x, Shape.of(dims), Positions.sums(tables.toArray(new int[0][]))));
  }

  /** The dimension of the depth, of the two formats with one; height and width are neighbours. */
  private static int depthDimension(KernelContext c) {
    Dims.requireRank(c.input(0), 4, "input");
    String format = c.attrs().getString("data_format");
    if (format.equals("NCHW_VECT_C")) {
      throw new UnimplementedException(c.opType() + " is not computed in the format " + format);
    }
    return format.equals("NHWC") ? 3 : 1;
  }

  private static void spaceToDepth(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    int depth = depthDimension(c);
    int height = depth == 3 ? 1 : 2;
    int b = (int) c.attrs().getInt("block_size");
    int[] strides = Dims.strides(s);
    int[] batch = Positions.table(s.dim(0), strides[0]);
    int[] rows = Positions.table(divided(s, height, b), b * strides[height]);
    int[] columns = Positions.table(divided(s, height + 1, b), b * strides[height + 1]);
    int[] below = Positions.table(b, strides[height]);
    int[] right = Positions.table(b, strides[height + 1]);
    int[] channels = Positions.table(s.dim(depth), strides[depth]);
    int[] at =
        depth == 3
            ? Positions.sums(batch, rows, columns, below, right, channels)
            : Positions.sums(batch, below, right, channels, rows, columns);
    Shape to =
        s.withDim(depth, s.dim(depth) * b * b)
            .withDim(height, rows.length)
            .withDim(height + 1, columns.length);
    c.output(0, Elements.pick(x, to, at));
  }

  private static void depthToSpace(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    int depth = depthDimension(c);
    int height = depth == 3 ? 1 : 2;
    int b = (int) c.attrs().getInt("block_size");
    int[] strides = Dims.strides(s);
    int[] batch = Positions.table(s.dim(0), strides[0]);
    int[] channels = Positions.table(divided(s, depth, b * b), strides[depth]);
    int right = channels.length * strides[depth];
    int[] rows = spread(s.dim(height), b, strides[height], b * right);
    int[] columns = spread(s.dim(height + 1), b, strides[height + 1], right);
    int[] at =
        depth == 3
            ? Positions.sums(batch, rows, columns, channels)
            : Positions.sums(batch, channels, rows, columns);
    Shape to =
        s.withDim(depth, channels.length)
            .withDim(height, rows.length)
            .withDim(height + 1, columns.length);
    c.output(0, Elements.pick(x, to, at));
  }

  /** A dimension {@code b} times as long, whose blocks lie {@code place} apart inside. */
  private static int[] spread(long size, int b, int stride, int place) {
    int[] table = new int[Math.toIntExact(size * b)];
    for (int k = 0; k < table.length; k++) {
      table[k] = k / b * stride + k % b * place;
    }
    return table;
  }

  private static void patches(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 4, "images");
    long[] sizes = c.attrs().getInts("ksizes");
    long[] strides = c.attrs().getInts("strides");
    long[] rates = c.attrs().getInts("rates");
    boolean same = c.attrs().getString("padding").equals("SAME");
    long[] pads = new long[8];
    long[] counts = new long[4];
    for (int i = 1; i <= 2; i++) {
      long in = x.shape().dim(i);
      long extent = (sizes[i] - 1) * rates[i] + 1;
      counts[i] = (same ? in + strides[i] - 1 : in - extent + strides[i]) / strides[i];
      long missing = same ? Math.max(0, (counts[i] - 1) * strides[i] + extent - in) : 0;
      pads[2 * i] = missing / 2;
      pads[2 * i + 1] = missing - missing / 2;
    }
    TensorValue padded =
        PadKernels.pad(x, pads, TensorValue.zeros(requireReal(c, x), Shape.scalar()));
    Shape s = padded.shape();
    int[] steps = Dims.strides(s);
    int[] at =
        Positions.sums(
            Positions.table(s.dim(0), steps[0]),
            Positions.table(counts[1], (int) strides[1] * steps[1]),
            Positions.table(counts[2], (int) strides[2] * steps[2]),
            Positions.table(sizes[1], (int) rates[1] * steps[1]),
            Positions.table(sizes[2], (int) rates[2] * steps[2]),
            Positions.table(s.dim(3), steps[3]));
    Shape to = Shape.of(s.dim(0), counts[1], counts[2], sizes[1] * sizes[2] * s.dim(3));
    c.output(0, Elements.pick(padded, to, at));
  }

  private static DataType requireReal(KernelContext c, TensorValue x) {
    if (!x.dtype().isFloating() && !x.dtype().isInteger()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    return x.dtype();
  }
}
