package dev.millrace.ops.defs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.KnownInts;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Strided slices against Python's rule for {@code x[begin:end:stride]}. */
class StridedSliceProperties {
  @Property(tries = 3000)
  void takesWhatPythonTakes(
      @ForAll @IntRange(max = 6) int size,
      @ForAll @IntRange(min = -9, max = 9) int begin,
      @ForAll @IntRange(min = -9, max = 9) int end,
      @ForAll @IntRange(min = -4, max = 4) int stride,
      @ForAll boolean fromEdge,
      @ForAll boolean toEdge) {
    Assume.that(stride != 0);
    StridedSliceSpec s =
        StridedSliceSpec.of(
            Shape.vector(size),
            1,
            KnownInts.vector(begin),
            KnownInts.vector(end),
            KnownInts.vector(stride),
            new StridedSliceSpec.Masks(fromEdge ? 1 : 0, toEdge ? 1 : 0, 0, 0, 0));
    List<Long> got = new ArrayList<>();
    for (long k = 0; k < s.outputShape().dim(0); k++) {
      got.add(s.begin(0) + k * s.stride(0));
    }
    assertThat(got).isEqualTo(python(size, fromEdge ? null : begin, toEdge ? null : end, stride));
  }

  /** Walks from the first index, step by step, as long as there is an element before the end. */
  private static List<Long> python(int size, Integer begin, Integer end, int stride) {
    long from = begin == null ? (stride > 0 ? 0 : size - 1) : begin < 0 ? begin + size : begin;
    if (stride > 0) {
      from = Math.max(from, 0);
    } else {
      from = Math.min(from, size - 1);
    }
    long to = end == null ? (stride > 0 ? size : -1) : end < 0 ? Math.max(end + size, -1) : end;
    List<Long> r = new ArrayList<>();
    for (long i = from; i >= 0 && i < size && (stride > 0 ? i < to : i > to); i += stride) {
      r.add(i);
    }
    return r;
  }

  @Example
  void tellsWhereOutputDimensionsComeFrom() {
    // x[..., newaxis, 1] of a matrix
    StridedSliceSpec s =
        StridedSliceSpec.of(
            Shape.of(2, 3),
            3,
            KnownInts.vector(0, 0, 1),
            KnownInts.vector(0, 0, 2),
            KnownInts.vector(1, 1, 1),
            new StridedSliceSpec.Masks(0, 0, 1, 2, 4));
    assertThat(s.sources()).containsExactly(0, StridedSliceSpec.NEW_AXIS);
    assertThat(s.outputShape()).isEqualTo(Shape.of(2, 1));
    assertThat(s.processingShape()).isEqualTo(Shape.of(2, 1));
    assertThat(s.isFullyKnown()).isTrue();
    assertThat(s.begin(1)).isEqualTo(1);
    assertThat(s.inputRank()).isEqualTo(2);
  }
}
