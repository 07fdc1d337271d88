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
    k.add("Tile", PadKernels::tile);
  }

  private static void pad(KernelContext c, TensorValue value) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    long[] paddings = paddings(c.input(1), s);
    Shape to = padded(s, paddings);
    int[] strides = Dims.strides(to);
    int[][] tables = new int[s.rank()][];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = Positions.table(s.dim(i), strides[i], (int) paddings[2 * i] * strides[i]);
    }
    Object data = Elements.filled(value, to).data();
    Elements.place(x, data, Positions.sums(tables));
    c.output(0, TensorValue.wrap(x.dtype(), to, data));
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

  /** REFLECT leaves the edge itself out of the mirror image, SYMMETRIC repeats it. */
  private static void mirrorPad(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    boolean reflect = c.attrs().getString("mode").equals("REFLECT");
    long[] paddings = paddings(c.input(1), s);
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
    c.output(0, Elements.pick(x, padded(s, paddings), Positions.sums(tables)));
  }

  private static void tile(KernelContext c) {
    TensorValue x = c.input(0);
    Shape s = x.shape();
    TensorValue multiples = Dims.requireRank(c.input(1), 1, "multiples");
    if (multiples.size() != s.rank()) {
      throw new InvalidArgumentException(
          "multiples " + multiples + " must have one number for each dimension of shape " + s);
    }
    int[] strides = Dims.strides(s);
    int[][] tables = new int[s.rank()][];
    long[] dims = s.dims();
    for (int i = 0; i < tables.length; i++) {
      long n = multiples.getLong(i);
      if (n < 0) {
        throw new InvalidArgumentException("multiples must not be negative: " + multiples);
      }
      int size = (int) s.dim(i);
      dims[i] = n * size;
      int[] table = new int[Math.toIntExact(dims[i])];
      for (int k = 0; k < table.length; k++) {
        table[k] = k % size * strides[i];
      }
      tables[i] = table;
    }
    c.output(0, Elements.pick(x, Shape.of(dims), Positions.sums(tables)));
  }
}
