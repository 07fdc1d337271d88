package dev.millrace.session.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What array kernels do to random shapes, each against another kernel or one element at a time. */
class ArrayPropertiesTest {
  private static Shape shape(Random r, int rank) {
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = r.nextInt(8) == 0 ? 0 : 1 + r.nextInt(4);
    }
    return Shape.of(dims);
  }

  private static TensorValue numbered(Shape s) {
    int[] data = new int[(int) s.numElements()];
    for (int i = 0; i < data.length; i++) {
      data[i] = i + 1;
    }
    return TensorValue.wrap(DataType.INT32, s, data);
  }

  private static TensorValue permutation(Random r, int n) {
    int[] p = new int[n];
    for (int i = 0; i < n; i++) {
      int j = r.nextInt(i + 1);
      p[i] = p[j];
      p[j] = i;
    }
    return TensorValue.ofInts(p);
  }

  @Property
  void transposingBackGivesTheSame(@ForAll long seed, @ForAll @IntRange(max = 5) int rank) {
    Random r = new Random(seed);
    TensorValue x = numbered(shape(r, rank));
    TensorValue perm = permutation(r, rank);
    TensorValue back = KernelCall.of("InvertPermutation", perm).value();
    TensorValue y = KernelCall.of("Transpose", x, perm).value();
    assertThat(KernelCall.of("Transpose", y, back).value()).isEqualTo(x);
  }

  @Property
  void concatenatingTheSplitGivesTheSame(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int rank) {
    Random r = new Random(seed);
    TensorValue x = numbered(shape(r, rank));
    int axis = r.nextInt(rank);
    int size = (int) x.shape().dim(axis);
    int cut = size == 0 ? 0 : r.nextInt(size + 1);
    KernelCall parts =
        KernelCall.of("SplitV", x, TensorValue.ofInts(cut, -1), TensorValue.of(axis - rank))
            .attr("num_split", 2)
            .run();
    TensorValue joined =
        KernelCall.of("ConcatV2", parts.output(0), parts.output(1), TensorValue.of(axis)).value();
    assertThat(joined).isEqualTo(x);
  }

  @Property
  void slicingThePaddedGivesTheSame(@ForAll long seed, @ForAll @IntRange(max = 4) int rank) {
    Random r = new Random(seed);
    TensorValue x = numbered(shape(r, rank));
    int[] paddings = new int[2 * rank];
    int[] begin = new int[rank];
    for (int i = 0; i < rank; i++) {
      paddings[2 * i] = r.nextInt(3);
      paddings[2 * i + 1] = r.nextInt(3);
      begin[i] = paddings[2 * i];
    }
    TensorValue padded =
        KernelCall.of("Pad", x, TensorValue.ofInts(paddings).reshape(Shape.of(rank, 2))).value();
    TensorValue size = Dims.vector(DataType.INT32, x.shape().dims());
    assertThat(KernelCall.of("Slice", padded, TensorValue.ofInts(begin), size).value())
        .isEqualTo(x);
    int sum = Arrays.stream(padded.ints()).sum();
    assertThat(sum).isEqualTo(x.size() * (x.size() + 1) / 2);
  }

  @Property
  void tilingRepeatsEveryElement(@ForAll long seed, @ForAll @IntRange(max = 4) int rank) {
    Random r = new Random(seed);
    TensorValue x = numbered(shape(r, rank));
    int[] multiples = new int[rank];
    for (int i = 0; i < rank; i++) {
      multiples[i] = r.nextInt(3);
    }
    TensorValue y = KernelCall.of("Tile", x, TensorValue.ofInts(multiples)).value();
    for (int i = 0; i < y.size(); i++) {
      int rest = i;
      int at = 0;
      int stride = 1;
      for (int d = rank - 1; d >= 0; d--) {
        int size = (int) x.shape().dim(d);
        at += rest % (size * multiples[d]) % size * stride;
        rest /= size * multiples[d];
        stride *= size;
      }
      assertThat(y.ints()[i]).isEqualTo(x.ints()[at]);
    }
  }

  /** The sum of dy times the slice of x is that of the gradient times x. */
  @Property
  void theGradientOfAStridedSliceIsItsAdjoint(
      @ForAll long seed, @ForAll @IntRange(max = 4) int rank) {
    Random r = new Random(seed);
    TensorValue x = numbered(shape(r, rank));
    int[] begin = new int[rank];
    int[] end = new int[rank];
    int[] strides = new int[rank];
    for (int i = 0; i < rank; i++) {
      begin[i] = r.nextInt(13) - 6;
      end[i] = r.nextInt(13) - 6;
      strides[i] = r.nextBoolean() ? 1 + r.nextInt(3) : -1 - r.nextInt(3);
    }
    int beginMask = r.nextInt(1 << rank);
    int endMask = r.nextInt(1 << rank);
    TensorValue b = TensorValue.ofInts(begin);
    TensorValue e = TensorValue.ofInts(end);
    TensorValue s = TensorValue.ofInts(strides);
    TensorValue y = masked(KernelCall.of("StridedSlice", x, b, e, s), beginMask, endMask).value();
    TensorValue dy = numbered(y.shape());
    TensorValue of = Dims.vector(DataType.INT32, x.shape().dims());
    TensorValue dx =
        masked(KernelCall.of("StridedSliceGrad", of, b, e, s, dy), beginMask, endMask).value();
    assertThat(dot(dx, x)).isEqualTo(dot(dy, y));
    assertThat(dx.shape()).isEqualTo(x.shape());
  }

  private static KernelCall masked(KernelCall call, int begin, int end) {
    return call.attr("begin_mask", begin)
        .attr("end_mask", end)
        .attr("ellipsis_mask", 0)
        .attr("new_axis_mask", 0)
        .attr("shrink_axis_mask", 0);
  }

  private static long dot(TensorValue x, TensorValue y) {
    long sum = 0;
    for (int i = 0; i < x.size(); i++) {
      sum += x.getLong(i) * y.getLong(i);
    }
    return sum;
  }

  /** Adding where the axes of BroadcastGradientArgs say is the adjoint of broadcasting. */
  @Property
  void gradientAxesUndoBroadcasting(@ForAll long seed, @ForAll @IntRange(max = 4) int rank) {
    Random r = new Random(seed);
    Shape full = shape(r, rank);
    Shape x = stretched(r, full);
    Shape y = stretched(r, full);
    Shape s = x.broadcast(y);
    TensorValue axes =
        KernelCall.of(
                "BroadcastGradientArgs",
                Dims.vector(DataType.INT32, x.dims()),
                Dims.vector(DataType.INT32, y.dims()))
            .value();
    TensorValue dy = numbered(s);
    TensorValue dx = KernelCall.of("Sum", dy, axes).attr("keep_dims", false).value();
    TensorValue v = numbered(x);
    TensorValue broadcast =
        KernelCall.of("BroadcastTo", v, Dims.vector(DataType.INT32, s.dims())).value();
    assertThat(dot(dx.reshape(x), v)).isEqualTo(dot(dy, broadcast));
  }

  /** A shape that broadcasts to that one. */
  private static Shape stretched(Random r, Shape full) {
    long[] dims = full.dims();
    for (int i = 0; i < dims.length; i++) {
      if (r.nextBoolean()) {
        dims[i] = 1;
      }
    }
    Shape s = Shape.of(dims);
    int drop = 0;
    while (drop < dims.length && dims[drop] == 1 && r.nextBoolean()) {
      drop++;
    }
    return s.sliceFrom(drop);
  }
}
