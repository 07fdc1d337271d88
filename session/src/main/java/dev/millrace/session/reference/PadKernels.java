package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Tensors made larger: padded, mirrored at the edges, repeated. */
final class PadKernels {
  private PadKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Pad", c -> pad(c, TensorValue.zeros(c.input(0).dtype(), Shape.scalar())));
    k.add("PadV2", c -> pad(c, Dims.requireScalar(c.input(2), "constant_values")));
    k.add("MirrorPad", PadKernels::mirrorPad);
    k.add("MirrorPadGrad", PadKernels::mirrorPadGrad);
    k.add("Tile", PadKernels::tile);
    k.add("TileGrad", PadKernels::tileGrad);
  }

  private static void pad(KernelContext c, TensorValue value) {
    TensorValue x = c.input(0);
    c.output(0, pad(x, paddings(c.input(1), x.shape()), value));
  }

  /** {@code x} with the scalar {@code value} before and after every dimension. */
  static TensorValue pad(TensorValue x, long[] paddings, TensorValue value) {
    Shape s = x.shape();
    Shape to = padded(s, paddings);
    int[] strides = Dims.strides(to);
    int[][] tables = new int[s.rank()][];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = Positions.table(s.dim(i), strides[i], (int) paddings[2 * i] * strides[i]);
    }
    Object data = Elements.filled(value, to).data();
    Elements.place(x, data, Positions.sums(tables));
    return TensorValue.wrap(x.dtype(), to, data);
  }

  /** How much goes before and after every dimension, in turn. */
  private static long[] paddings(TensorValue paddings, Shape of) {
    if (!paddings.shape().equals(Shape.matrix(of.rank(), 2))) {
      throw new InvalidArgumentException(
          "paddings must be of shape ["
              + of.rank()
              + ",2] for a value of shape "
              + of
              + ", not "
              + paddings.shape());
    }
    long[] p = paddings.toLongs();
    for (long n : p) {
      if (n < 0) {
        throw new InvalidArgumentException("paddings must not be negative: " + paddings);
      }
    }
    return p;
  }

  private static Shape padded(Shape s, long[] paddings) {
    long[] dims = s.dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] += paddings[2 * i] + paddings[2 * i + 1];
    }
    return Shape.of(dims);
  }

  private static void mirrorPad(KernelContext c) {
    TensorValue x = c.input(0);
    long[] paddings = paddings(c.input(1), x.shape());
    c.output(0, Elements.pick(x, padded(x.shape(), paddings), mirrored(c, x.shape(), paddings)));
  }

  /** Every element gets the sum of what its images got. */
  private static void mirrorPadGrad(KernelContext c) {
    TensorValue x = c.input(0);
    long[] paddings = paddings(c.input(1), x.shape());
    long[] dims = x.shape().dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] -= paddings[2 * i] + paddings[2 * i + 1];
      if (dims[i] < 0) {
        throw new InvalidArgumentException(
            "paddings " + c.input(1) + " are more than there is of shape " + x.shape());
      }
    }
    Shape s = Shape.of(dims);
    c.output(0, summed(c, x, s, mirrored(c, s, paddings)));
  }

  /** Element {@code i} of {@code x} is added to element {@code at[i]} of the result. */
  private static TensorValue summed(KernelContext c, TensorValue x, Shape s, int[] at) {
    if (!x.dtype().isFloating() && !x.dtype().isInteger()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    double[] reals = new double[Dims.count(s)];
    Result r = new Result(x.dtype(), s);
    for (int i = 0; i < at.length; i++) {
      if (x.dtype().isFloating()) {
        reals[at[i]] += x.getDouble(i);
      } else {
        r.setLong(at[i], r.getLong(at[i]) + x.getLong(i));
      }
    }
    for (int i = 0; x.dtype().isFloating() && i < reals.length; i++) {
      r.setDouble(i, reals[i]);
    }
    return r.value();
  }

  /**
   * Which element of shape {@code s} stands at each element of the padded shape. REFLECT leaves the
   * edge itself out of the mirror image, SYMMETRIC repeats it.
   */
  private static int[] mirrored(KernelContext c, Shape s, long[] paddings) {
    boolean reflect = c.attrs().getString("mode").equals("REFLECT");
    int edge = reflect ? 1 : 0;
    int[] strides = Dims.strides(s);
    int[][] tables = new int[s.rank()][];
    for (int i = 0; i < tables.length; i++) {
      int size = (int) s.dim(i);
      long before = paddings[2 * i];
      long after = paddings[2 * i + 1];
      if (before > size - edge || after > size - edge) {
        throw new InvalidArgumentException(
            "dimension "
                + i
                + " of shape "
                + s
                + " can be padded by at most "
                + (size - edge)
                + " in the mode "
                + c.attrs().getString("mode")
                + "; asked for are "
                + before
                + " and "
                + after);
      }
      int[] table = new int[(int) (before + size + after)];
      for (int k = 0; k < table.length; k++) {
        int at = k - (int) before;
        if (at < 0) {
          at = -at - 1 + edge;
        } else if (at >= size) {
          at = 2 * size - at - 1 - edge;
        }
        table[k] = at * strides[i];
      }
      tables[i] = table;
    }
    return Positions.sums(tables);
  }

  private static void tile(KernelContext c) {
    TensorValue x = c.input(0);
    long[] multiples = multiples(c, x.shape());
    long[] dims = x.shape().dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Math.multiplyExact(dims[i], multiples[i]);
    }
    c.output(0, Elements.pick(x, Shape.of(dims), tiled(x.shape(), multiples)));
  }

  /** The sum of the copies. */
  private static void tileGrad(KernelContext c) {
    TensorValue x = c.input(0);
    long[] multiples = multiples(c, x.shape());
    long[] dims = x.shape().dims();
    for (int i = 0; i < dims.length; i++) {
      if (multiples[i] == 0 || dims[i] % multiples[i] != 0) {
        throw new InvalidArgumentException(
            "shape " + x.shape() + " is not tiled with multiples " + c.input(1));
      }
      dims[i] /= multiples[i];
    }
    Shape s = Shape.of(dims);
    c.output(0, summed(c, x, s, tiled(s, multiples)));
  }

  private static long[] multiples(KernelContext c, Shape s) {
    TensorValue multiples = Dims.requireRank(c.input(1), 1, "multiples");
    if (multiples.size() != s.rank()) {
      throw new InvalidArgumentException(
          "multiples " + multiples + " must have one number for each dimension of shape " + s);
    }
    long[] n = multiples.toLongs();
    for (long m : n) {
      if (m < 0) {
        throw new InvalidArgumentException("multiples must not be negative: " + multiples);
      }
    }
    return n;
  }

  /** Which element of shape {@code s} stands at each element of the tiled shape. */
  private static int[] tiled(Shape s, long[] multiples) {
    int[] strides = Dims.strides(s);
    int[][] tables = new int[s.rank()][];
    for (int i = 0; i < tables.length; i++) {
      int size = (int) s.dim(i);
      int[] table = new int[Math.toIntExact(multiples[i] * size)];
      for (int k = 0; k < table.length; k++) {
        table[k] = k % size * strides[i];
      }
      tables[i] = table;
    }
    return Positions.sums(tables);
  }
}
