package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parts of a tensor. */
abstract class SliceApi extends ReduceApi {
  SliceApi(Graph graph) {
    super(graph);
  }

  /** The element or sub-tensor at these positions: {@code x[i, j]}; see {@link Index#at}. */
  public Tensor get(Object x, Object... at) {
    return slice(x, Arrays.stream(given(at, "the positions")).map(Index::at).toArray(Index[]::new));
  }

  /** The part of x that the indices take, as Python's {@code x[...]} does (StridedSlice). */
  public Tensor slice(Object x, Index... indices) {
    Slicing s = new Slicing();
    for (Index i : given(indices, "the indices")) {
      s.take(given(i, "an index"));
    }
    return s.build(convert(x, null, "Const"));
  }

  /**
   * The block of x that starts at {@code begin} and is of {@code size}; a size of -1 reaches to the
   * end (Slice).
   */
  public Tensor slice(Object x, int[] begin, int[] size) {
    return node("Slice", "Slice", x, begin, size);
  }

  /** As {@link #slice(Object, int[], int[])}, given by tensors. */
  public Tensor slice(Object x, Operand begin, Operand size) {
    return node("Slice", "Slice", x, begin, size);
  }

  /** As {@link #slice(Object, int[], int[])}, the lists of whole numbers and scalar tensors. */
  public Tensor slice(Object x, List<?> begin, List<?> size) {
    return node("Slice", "Slice", x, begin, size);
  }

  /** {@code x[begin[0]:end[0]:strides[0], …]} (StridedSlice). */
  public Tensor stridedSlice(Object x, Object begin, Object end, Object strides) {
    return stridedSlice(x, begin, end, strides, 0, 0, 0, 0, 0);
  }

  /**
   * StridedSlice with its masks, as TensorFlow defines them: bit i of a mask is about element i of
   * {@code begin}, {@code end} and {@code strides}. {@link #slice(Object, Index...)} is easier to
   * read.
   *
   * @param beginMask where the slice starts at the dimension's end whatever {@code begin} says
   * @param endMask where it reaches to the other end
   * @param ellipsisMask the one place that stands for all dimensions left over
   * @param newAxisMask where a dimension of size 1 is put in
   * @param shrinkAxisMask where one position is taken and the dimension goes away
   */
  public Tensor stridedSlice(
      Object x,
      Object begin,
      Object end,
      Object strides,
      int beginMask,
      int endMask,
      int ellipsisMask,
      int newAxisMask,
      int shrinkAxisMask) {
    return stridedSlice(
        "strided_slice",
        new Object[] {x, begin, end, strides},
        new int[] {beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask});
  }

  private Tensor stridedSlice(String name, Object[] inputs, int[] masks) {
    return finish(
        begin("StridedSlice", name, inputs)
            .attr("begin_mask", masks[0])
            .attr("end_mask", masks[1])
            .attr("ellipsis_mask", masks[2])
            .attr("new_axis_mask", masks[3])
            .attr("shrink_axis_mask", masks[4]));
  }

  /** Turns a list of indices into StridedSlice's vectors and masks. */
  private final class Slicing {
    private final List<Object> begin = new ArrayList<>();
    private final List<Object> end = new ArrayList<>();
    private final List<Object> strides = new ArrayList<>();
    private final int[] masks = new int[5];

    void take(Index index) {
      int bit = 1 << begin.size();
      if (index instanceof Index.At at) {
        masks[4] |= bit;
        put(at.position(), next(at.position()), 1);
      } else if (index instanceof Index.Range r) {
        masks[0] |= r.from() == null ? bit : 0;
        masks[1] |= r.to() == null ? bit : 0;
        put(r.from() == null ? 0 : r.from(), r.to() == null ? 0 : r.to(), r.step());
      } else if (index instanceof Index.NewAxis) {
        masks[3] |= bit;
        put(0, 0, 1);
      } else {
        if (masks[2] != 0) {
          throw error("an ellipsis may stand only once among the indices");
        }
        masks[2] |= bit;
        put(0, 0, 1);
      }
    }

    private void put(Object from, Object to, Object step) {
      begin.add(from);
      end.add(to);
      strides.add(step);
    }

    private Object next(Object position) {
      return position instanceof Operand o
          ? (Object) SliceApi.this.add(o, 1)
          : (Object) (((Number) position).longValue() + 1);
    }

    Tensor build(Output x) {
      DataType dtype = indexType();
      try (Scope s = graph().nameScope("strided_slice")) {
        Output b = vector(begin, dtype, "stack");
        Output e = vector(end, dtype, "stack_1");
        Output st = vector(strides, dtype, "stack_2");
        return stridedSlice(s.name(), new Object[] {x, b, e, st}, masks);
      }
    }

    /** int32, unless an index is an int64 tensor or too great a number. */
    private DataType indexType() {
      for (List<Object> list : List.of(begin, end, strides)) {
        for (Object i : list) {
          boolean wide =
              i instanceof Operand o
                  ? o.asOutput().dtype() == DataType.INT64
                  : ((Number) i).longValue() != ((Number) i).intValue();
          if (wide) {
            return DataType.INT64;
          }
        }
      }
      return DataType.INT32;
    }

    private Output vector(List<Object> items, DataType dtype, String name) {
      if (!Conversions.hasOperandInside(items)) {
        long[] v = items.stream().mapToLong(i -> ((Number) i).longValue()).toArray();
        return constantNode(name, TensorValue.of(v, dtype));
      }
      List<Object> parts = new ArrayList<>();
      for (Object i : items) {
        parts.add(i instanceof Operand o ? cast(o, dtype) : i);
      }
      return convert(parts, dtype, name);
    }
  }
}
