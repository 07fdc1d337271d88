package dev.millrace.session.reference;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Parts a tensor into the groups of elements that become one element each. */
final class Reduction {
  /** The shape of the result. */
  final Shape shape;

  /** The number of groups: of elements of the result. */
  final int groups;

  /** The number of elements in a group. */
  final int groupSize;

  private final int[] groupAt;
  private final int[] memberAt;

  /**
   * @param axes the dimensions to reduce, negative ones from the end, in a tensor of any shape; one
   *     may be there twice
   * @param keepDims whether a reduced dimension stays, with size 1
   * @throws dev.millrace.graph.InvalidArgumentException if an axis is outside the shape
   */
  Reduction(Shape of, TensorValue axes, boolean keepDims) {
    boolean[] reduced = new boolean[of.rank()];
    for (long a : axes.toLongs()) {
      int axis = Dims.axis(a, of.rank());
      reduced[axis] = true;
    }
    List<int[]> kept = new ArrayList<>();
    List<int[]> gone = new ArrayList<>();
    List<Long> dims = new ArrayList<>();
    int[][] tables = Positions.tables(of);
    for (int i = 0; i < reduced.length; i++) {
      (reduced[i] ? gone : kept).add(tables[i]);
      if (!reduced[i] || keepDims) {
        dims.add(reduced[i] ? 1 : of.dim(i));
      }
    }
    shape = Shape.of(dims.stream().mapToLong(d -> d).toArray());
    groupAt = Positions.sums(kept.toArray(int[][]::new));
    memberAt = Positions.sums(gone.toArray(int[][]::new));
    groups = groupAt.length;
    groupSize = memberAt.length;
  }

  /** The element of the tensor that is member {@code k} of a group. */
  int at(int group, int k) {
    return groupAt[group] + memberAt[k];
  }
}
