package dev.millrace.session.reference;

import dev.millrace.graph.Shape;
import dev.millrace.ops.defs.PoolSpec;
import dev.millrace.ops.defs.Windows;

/** The elements of a pooling op's input that each of its windows covers. */
final class PoolWindows {
  private final Windows windows;
  private final Shape in;
  private final Shape out;
  private final int[] strides;

  PoolWindows(PoolSpec spec, Shape in) {
    this.windows = spec.windows();
    this.in = in;
    this.out = spec.output(in);
    this.strides = Dims.strides(in);
  }

  Shape outputShape() {
    return out;
  }

  /** The number of windows. */
  int outputs() {
    return Dims.count(out);
  }

  /** The positions in the input of the elements in window {@code output}, in row-major order. */
  int[] elements(int output) {
    int[][] tables = new int[in.rank()][];
    int rest = output;
    for (int d = in.rank() - 1; d >= 0; d--) {
      int size = (int) in.dim(d);
      int at = rest % (int) out.dim(d);
      rest /= (int) out.dim(d);
      int from = at * windows.stride(d) - windows.before(d, size);
      int to = Math.min(size, from + windows.size(d));
      int begin = Math.max(0, from);
      tables[d] = Positions.table(Math.max(0, to - begin), strides[d], begin * strides[d]);
    }
    return Positions.sums(tables);
  }
}
