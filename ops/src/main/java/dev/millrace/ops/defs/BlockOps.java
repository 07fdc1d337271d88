package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;

/** Blocks of neighbouring elements moved to the batch or to the depth, and patches of images. */
final class BlockOps {
  private static final String INDEX_32 = "{int32, int64} = int32";
  private static final String FORMAT = "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'";

  private BlockOps() {}

  static void register(OpRegistry r) {
    batches(r);
    depths(r);
    r.add(
        OpDef.named("ExtractImagePatches")
            .inputs("images: T")
            .outputs("patches: T")
            .attrs(
                "ksizes: list(int) >= 4",
                "strides: list(int) >= 4",
                "rates: list(int) >= 4",
                "T: realnumbertype",
                "padding: {'SAME', 'VALID'}")
            .shape(BlockOps::patchesShape));
  }

  private static void batches(OpRegistry r) {
    r.add(
        OpDef.named("SpaceToBatchND")
            .inputs("input: T", "block_shape: Tblock_shape", "paddings: Tpaddings")
            .outputs("output: T")
            .attrs("T: type", "Tblock_shape: " + INDEX_32, "Tpaddings: " + INDEX_32)
            .valueInputs(1, 2)
            .shape(c -> toBatch(c, c.input(0), Shapes.allInts(c, 1), c.constant(2), c.input(2))));
    r.add(
        OpDef.named("BatchToSpaceND")
            .inputs("input: T", "block_shape: Tblock_shape", "crops: Tcrops")
            .outputs("output: T")
            .attrs("T: type", "Tblock_shape: " + INDEX_32, "Tcrops: " + INDEX_32)
            .valueInputs(1, 2)
            .shape(c -> toSpace(c, c.input(0), Shapes.allInts(c, 1), c.constant(2), c.input(2))));
    r.add(
        OpDef.named("SpaceToBatch")
            .inputs("input: T", "paddings: Tpaddings")
            .outputs("output: T")
            .attrs("T: type", "Tpaddings: " + INDEX_32, "block_size: int >= 2")
            .valueInputs(1)
            .shape(c -> toBatch(c, c.inputOfRank(0, 4), square(c), c.constant(1), c.input(1))));
    r.add(
        OpDef.named("BatchToSpace")
            .inputs("input: T", "crops: Tidx")
            .outputs("output: T")
            .attrs("T: type", "block_size: int >= 2", "Tidx: " + INDEX_32)
            .valueInputs(1)
            .shape(c -> toSpace(c, c.inputOfRank(0, 4), square(c), c.constant(1), c.input(1))));
  }

  private static long[] square(ShapeContext c) {
    long n = c.attrs().getInt("block_size");
    return new long[] {n, n};
  }

  /** How many dimensions are cut in blocks; -1 where that is not known. */
  private static long spatialRank(ShapeContext c, long[] blocks, Shape borders) {
    if (borders.hasRank() && borders.rank() != 2) {
      throw new InvalidArgumentException(
          "there must be two numbers for each dimension cut in blocks, but their shape is "
              + borders);
    }
    Shapes.mergeDims(borders.dim(1), 2, "the numbers of each dimension, and 2,");
    Shape blockShape = c.input(1);
    long given =
        blocks != null ? blocks.length : blockShape.hasRank() ? blockShape.dim(0) : Shape.UNKNOWN;
    return Shapes.mergeDims(
        given, borders.dim(0), "the dimensions that have a block size and those with borders");
  }

  /** There is a batch beside the dimensions that are cut. */
  private static void requireRank(Shape in, long spatial) {
    if (in.hasRank() && in.rank() < Math.max(1, spatial + 1)) {
      throw new InvalidArgumentException(
          "a batch and " + spatial + " dimensions to cut in blocks need more than shape " + in);
    }
  }

  private static long block(long[] blocks, int i) {
    if (blocks[i] < 1) {
      throw new InvalidArgumentException("block sizes must be at least 1, not " + blocks[i]);
    }
    return blocks[i];
  }

  private static long border(TensorValue borders, int i) {
    long n = borders.getLong(i);
    if (n < 0) {
      throw new InvalidArgumentException(
          "paddings and crops must not be negative, but are " + borders);
    }
    return n;
  }

  private static void toBatch(
      ShapeContext c, Shape in, long[] blocks, TensorValue pads, Shape padsShape) {
    long spatial = spatialRank(c, blocks, padsShape);
    requireRank(in, spatial);
    Shape s = in;
    if (!s.hasRank() || spatial == Shape.UNKNOWN) {
      c.output(0, s.hasRank() ? Shape.ofRank(s.rank()) : s);
      return;
    }
    long batch = s.dim(0);
    for (int i = 0; i < spatial; i++) {
      long size = Shape.UNKNOWN;
      if (blocks != null) {
        long b = block(blocks, i);
        batch = Shapes.multiply(batch, b);
        if (pads != null && s.dim(i + 1) != Shape.UNKNOWN) {
          long padded = s.dim(i + 1) + border(pads, 2 * i) + border(pads, 2 * i + 1);
          size = divided(padded, b, "dimension " + (i + 1) + " with its padding");
        }
      }
      s = s.withDim(i + 1, size);
    }
    c.output(0, s.withDim(0, blocks == null ? Shape.UNKNOWN : batch));
  }

  private static void toSpace(
      ShapeContext c, Shape in, long[] blocks, TensorValue crops, Shape cropsShape) {
    long spatial = spatialRank(c, blocks, cropsShape);
    requireRank(in, spatial);
    Shape s = in;
    if (!s.hasRank() || spatial == Shape.UNKNOWN) {
      c.output(0, s.hasRank() ? Shape.ofRank(s.rank()) : s);
      return;
    }
    long batch = s.dim(0);
    for (int i = 0; i < spatial; i++) {
      long size = Shape.UNKNOWN;
      if (blocks != null) {
        long b = block(blocks, i);
        batch = batch == Shape.UNKNOWN ? batch : divided(batch, b, "the batch");
        if (crops != null && s.dim(i + 1) != Shape.UNKNOWN) {
          size = s.dim(i + 1) * b - border(crops, 2 * i) - border(crops, 2 * i + 1);
          if (size < 0) {
            throw new InvalidArgumentException(
                "more is cropped of dimension " + (i + 1) + " than it has: " + crops);
          }
        }
      }
      s = s.withDim(i + 1, size);
    }
    c.output(0, s.withDim(0, blocks == null ? Shape.UNKNOWN : batch));
  }

  private static long divided(long size, long by, String what) {
    if (size % by != 0) {
      throw new InvalidArgumentException(what + ", " + size + ", does not divide by " + by);
    }
    return size / by;
  }

  private static void depths(OpRegistry r) {
    r.add(depth("SpaceToDepth").shape(c -> depthShape(c, true)));
    r.add(depth("DepthToSpace").shape(c -> depthShape(c, false)));
  }

  private static OpDef.Builder depth(String op) {
    return OpDef.named(op)
        .inputs("input: T")
        .outputs("output: T")
        .attrs("T: type", "block_size: int >= 2", FORMAT);
  }

  private static void depthShape(ShapeContext c, boolean toDepth) {
    String format = c.attrs().getString("data_format");
    Shape s = c.inputOfRank(0, format.equals("NCHW_VECT_C") ? 5 : 4);
    int depth = format.equals("NHWC") ? 3 : 1;
    int height = format.equals("NHWC") ? 1 : 2;
    long b = c.attrs().getInt("block_size");
    s = s.withDim(depth, toDepth ? times(s.dim(depth), b * b) : part(s, depth, b * b));
    for (int i = height; i < height + 2; i++) {
      s = s.withDim(i, toDepth ? part(s, i, b) : times(s.dim(i), b));
    }
    c.output(0, s);
  }

  private static long times(long size, long n) {
    return size == Shape.UNKNOWN ? size : Math.multiplyExact(size, n);
  }

  private static long part(Shape s, int i, long by) {
    return s.dim(i) == Shape.UNKNOWN
        ? Shape.UNKNOWN
        : divided(s.dim(i), by, "dimension " + i + " of " + s);
  }

  private static void patchesShape(ShapeContext c) {
    Shape s = c.inputOfRank(0, 4);
    long[] sizes = window(c, "ksizes");
    long[] strides = window(c, "strides");
    long[] rates = window(c, "rates");
    boolean same = c.attrs().getString("padding").equals("SAME");
    long depth = times(s.dim(3), sizes[1] * sizes[2]);
    for (int i = 1; i <= 2; i++) {
      long extent = (sizes[i] - 1) * rates[i] + 1;
      long in = s.dim(i);
      if (in != Shape.UNKNOWN) {
        long n = (same ? in + strides[i] - 1 : in - extent + strides[i]) / strides[i];
        if (n < 0) {
          throw new InvalidArgumentException(
              "a patch, which spans "
                  + extent
                  + " elements of dimension "
                  + i
                  + ", does not fit into "
                  + c.input(0));
        }
        s = s.withDim(i, n);
      }
    }
    c.output(0, s.withDim(3, depth));
  }

  /** Sizes along [batch, height, width, depth], of which the outer ones must be 1. */
  private static long[] window(ShapeContext c, String attr) {
    long[] w = c.attrs().getInts(attr);
    if (w.length != 4 || w[0] != 1 || w[3] != 1 || w[1] < 1 || w[2] < 1) {
      throw new InvalidArgumentException(
          attr + " must be [1, height, width, 1], not " + Arrays.toString(w));
    }
    return w;
  }
}
