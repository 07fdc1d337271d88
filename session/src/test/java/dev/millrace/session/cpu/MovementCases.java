package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Nodes for the kernels that move, pick, fill and convert elements. */
final class MovementCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I32 = DataType.INT32;
  private static final DataType I64 = DataType.INT64;
  private static final DataType BOOL = DataType.BOOL;

  private final Values v;
  private final Consumer<KernelNode> to;

  /** Gives all cases to {@code to}. */
  MovementCases(Values v, Consumer<KernelNode> to) {
    this.v = v;
    this.to =
        n -> {
          if (isDefined(n)) {
            to.accept(n);
          }
        };
    for (DataType t : DataType.values()) {
      if (t.isDense() && !t.isQuantized()) {
        transposes(t);
        slices(t);
        repetitions(t);
        joins(t);
        gathers(t);
        rotations(t);
        fills(t);
        if (t.size() <= 8) {
          selects(t);
        }
      }
    }
    TensorValue large = v.normal(F32, 200, 500);
    to.accept(KernelNode.of("Select", v.normal(BOOL, 200, 500), large, v.normal(F32, 200, 500)));
    to.accept(KernelNode.of("Fill", ints(500, 400), v.normal(F32)));
    to.accept(KernelNode.of("Transpose", v.normal(F32, 400, 300), ints(1, 0)));
    casts();
  }

  /** Whether the op takes the dtype that its attribute T would say. */
  private static boolean isDefined(KernelNode n) {
    OpDef def = OpRegistry.global().get(n.opType());
    OpDef.AttrDef t = def.attrs().get("T");
    if (t == null || t.allowedTypes() == null) {
      return true;
    }
    for (int i = 0; i < def.inputs().size(); i++) {
      if ("T".equals(def.inputs().get(i).typeAttr())) {
        return t.allowedTypes().contains(n.value(i).dtype());
      }
    }
    return true;
  }

  private static TensorValue ints(int... x) {
    return TensorValue.ofInts(x);
  }

  private void transposes(DataType t) {
    transpose(t, new long[] {});
    transpose(t, new long[] {5}, 0);
    transpose(t, new long[] {3, 4}, 1, 0);
    transpose(t, new long[] {300, 170}, 1, 0);
    transpose(t, new long[] {0, 4}, 1, 0);
    transpose(t, new long[] {2, 3, 4}, 2, 0, 1);
    transpose(t, new long[] {2, 3, 4}, 0, 2, 1);
    transpose(t, new long[] {20, 30, 40}, 1, 0, 2);
    transpose(t, new long[] {20, 30, 40}, 2, 1, 0);
    transpose(t, new long[] {20, 30, 2}, 1, 0, 2);
    transpose(t, new long[] {4, 14, 14, 3}, 0, 3, 1, 2);
    transpose(t, new long[] {4, 3, 14, 14}, 0, 2, 3, 1);
    transpose(t, new long[] {2, 3, 4, 5, 2}, 4, 2, 0, 3, 1);
  }

  private void transpose(DataType t, long[] s, int... perm) {
    to.accept(KernelNode.of("Transpose", v.normal(t, s), ints(perm)));
  }

  private void slices(DataType t) {
    slice(t, new long[] {}, ints(), ints());
    slice(t, new long[] {7}, ints(2), ints(3));
    slice(t, new long[] {7}, ints(7), ints(0));
    slice(t, new long[] {6, 300}, ints(1, 20), ints(4, 250));
    slice(t, new long[] {300, 6}, ints(10, 1), ints(-1, 2));
    slice(t, new long[] {3, 4, 5}, ints(1, 0, 2), ints(2, 4, 1));
    strided(t, new long[] {20}, ints(2), ints(18), ints(3), 0, 0, 0, 0, 0);
    strided(t, new long[] {20}, ints(18), ints(2), ints(-3), 0, 0, 0, 0, 0);
    strided(t, new long[] {20}, ints(0), ints(0), ints(-1), 1, 1, 0, 0, 0);
    strided(t, new long[] {20}, ints(5), ints(2), ints(1), 0, 0, 0, 0, 0);
    strided(t, new long[] {9, 40}, ints(-1), ints(0), ints(1), 0, 0, 0, 0, 1);
    strided(t, new long[] {9, 40}, ints(0, 3), ints(0, 4), ints(1, 1), 1, 1, 0, 0, 2);
    strided(t, new long[] {9, 40}, ints(0, 0, 5), ints(0, 0, 39), ints(1, 1, 2), 0, 0, 1, 2, 0);
    strided(t, new long[] {4, 5, 6, 7}, ints(1, 0, 3), ints(3, 0, 6), ints(1, 1, 1), 0, 0, 2, 0, 0);
    strided(t, new long[] {4, 5, 6}, ints(0, 1, 0), ints(0, 2, 4), ints(1, 1, 2), 1, 1, 0, 1, 2);
    strided(t, new long[] {3, 4}, ints(0, 0), ints(0, 100), ints(1, 100), 3, 1, 0, 0, 0);
    for (boolean[] dims : new boolean[][] {{true, false}, {false, true}, {true, true}}) {
      to.accept(KernelNode.of("Reverse", v.normal(t, 30, 40), TensorValue.of(dims)));
    }
    to.accept(KernelNode.of("ReverseV2", v.normal(t, 3, 4, 5), ints(-1, 0)));
    to.accept(KernelNode.of("ReverseV2", v.normal(t, 3, 0), ints(1)));
    to.accept(KernelNode.of("ReverseV2", v.normal(t), ints()));
  }

  private void slice(DataType t, long[] s, TensorValue begin, TensorValue size) {
    to.accept(KernelNode.of("Slice", v.normal(t, s), begin, size));
  }

  private void strided(
      DataType t, long[] s, TensorValue begin, TensorValue end, TensorValue step, int... masks) {
    to.accept(
        KernelNode.of("StridedSlice", v.normal(t, s), begin, end, step)
            .attr("begin_mask", AttrValue.of(masks[0]))
            .attr("end_mask", AttrValue.of(masks[1]))
            .attr("ellipsis_mask", AttrValue.of(masks[2]))
            .attr("new_axis_mask", AttrValue.of(masks[3]))
            .attr("shrink_axis_mask", AttrValue.of(masks[4])));
  }

  private void repetitions(DataType t) {
    tile(t, new long[] {});
    tile(t, new long[] {5}, 3);
    tile(t, new long[] {5}, 0);
    tile(t, new long[] {1}, 3000);
    tile(t, new long[] {30, 40}, 2, 1);
    tile(t, new long[] {30, 40}, 1, 3);
    tile(t, new long[] {3, 1, 2}, 2, 4, 5);
    broadcast(t, new long[] {}, 3000);
    broadcast(t, new long[] {1}, 0);
    broadcast(t, new long[] {7}, 40, 7);
    broadcast(t, new long[] {40, 1}, 40, 7);
    broadcast(t, new long[] {2, 1, 4, 1}, 2, 3, 4, 5);
    for (int[] p : new int[][] {{0, 0, 0, 0}, {1, 0, 0, 2}, {0, 3, 2, 1}}) {
      TensorValue paddings = TensorValue.of(new int[][] {{p[0], p[1]}, {p[2], p[3]}});
      to.accept(KernelNode.of("Pad", v.normal(t, 30, 40), paddings));
      to.accept(KernelNode.of("Pad", v.normal(t, 0, 4), paddings));
      to.accept(KernelNode.of("PadV2", v.normal(t, 30, 2), paddings, v.normal(t)));
    }
  }

  private void tile(DataType t, long[] s, int... multiples) {
    to.accept(KernelNode.of("Tile", v.normal(t, s), ints(multiples)));
  }

  private void broadcast(DataType t, long[] s, int... shape) {
    to.accept(KernelNode.of("BroadcastTo", v.normal(t, s), ints(shape)));
  }

  private void joins(DataType t) {
    for (int axis = -3; axis < 3; axis++) {
      TensorValue[] x = new TensorValue[3];
      TensorValue[] alike = new TensorValue[3];
      for (int i = 0; i < 3; i++) {
        x[i] = v.normal(t, Shape.of(4, 5, 6).withDim(axis, 3L * i).dims());
        alike[i] = v.normal(t, 20, 30);
      }
      TensorValue a = TensorValue.of(axis);
      to.accept(KernelNode.of("Concat", a, x[0], x[1], x[2]));
      to.accept(KernelNode.of("ConcatV2", x[0], x[1], x[2], a));
      to.accept(KernelNode.of("Pack", alike).attr("axis", AttrValue.of(axis)));
      to.accept(
          KernelNode.of("Split", a, v.normal(t, Shape.of(4, 5, 6).withDim(axis, 30).dims()))
              .attr("num_split", AttrValue.of(3)));
      to.accept(
          KernelNode.of(
                  "SplitV",
                  v.normal(t, Shape.of(4, 5, 6).withDim(axis, 30).dims()),
                  ints(8, -1, 1),
                  a)
              .attr("num_split", AttrValue.of(3)));
      to.accept(
          KernelNode.of("Unpack", v.normal(t, Shape.of(4, 5, 60).withDim(axis, 3).dims()))
              .attr("num", AttrValue.of(3))
              .attr("axis", AttrValue.of(axis)));
    }
    to.accept(KernelNode.of("Pack", v.normal(t), v.normal(t)));
    to.accept(KernelNode.of("Unpack", v.normal(t, 2)).attr("num", AttrValue.of(2)));
    to.accept(KernelNode.of("ConcatV2", v.normal(t, 0, 3), v.normal(t, 0, 4), TensorValue.of(1)));
  }

  private void gathers(DataType t) {
    for (DataType index : new DataType[] {I32, I64}) {
      for (long[] s : new long[][] {{9}, {9, 1}, {9, 40}, {9, 3, 2}, {9, 0}}) {
        for (long[] n : new long[][] {{}, {0}, {5}, {30, 4}}) {
          to.accept(KernelNode.of("Gather", v.normal(t, s), v.below(index, 9, n)));
          to.accept(
              KernelNode.of("GatherV2", v.normal(t, s), v.below(index, 9, n), TensorValue.of(0)));
          to.accept(
              KernelNode.of("ResourceGather", v.normal(t, s), v.below(index, 9, n))
                  .attr("dtype", AttrValue.of(t))
                  .variables(0));
        }
      }
      to.accept(
          KernelNode.of("GatherV2", v.normal(t, 6, 7), v.below(index, 7, 3), TensorValue.of(-1)));
      to.accept(
          KernelNode.of(
              "GatherV2", v.normal(t, 2, 7, 30), v.below(index, 7, 3, 5), TensorValue.of(1)));
    }
  }

  private void rotations(DataType t) {
    long[][] shapes = {{4, 9}, {4, 9, 1}, {4, 9, 30}, {2, 4, 9, 3}, {4, 0, 3}, {40, 300}};
    for (long[] s : shapes) {
      for (int batch = 0; batch < s.length; batch++) {
        for (int seq = 0; seq < s.length; seq++) {
          if (seq != batch) {
            DataType lengths = seq < batch ? I32 : I64;
            to.accept(
                KernelNode.of(
                        "ReverseSequence",
                        v.normal(t, s),
                        v.below(lengths, (int) s[seq] + 1, s[batch]))
                    .attr("seq_dim", AttrValue.of(seq))
                    .attr("batch_dim", AttrValue.of(batch)));
          }
        }
      }
      for (int axis = -1; axis < s.length; axis++) {
        to.accept(KernelNode.of("Roll", v.normal(t, s), TensorValue.of(-5), TensorValue.of(axis)));
      }
      TensorValue shift = TensorValue.ofLongs(3, -1, 100);
      to.accept(KernelNode.of("Roll", v.normal(t, s), shift, ints(0, 1, -1)));
    }
    to.accept(KernelNode.of("Roll", v.normal(t, 7), TensorValue.of(2), TensorValue.of(0)));
  }

  private void fills(DataType t) {
    for (int[] s : new int[][] {{}, {0}, {5}, {30, 40}}) {
      TensorValue x = v.normal(t, Arrays.stream(s).asLongStream().toArray());
      to.accept(KernelNode.of("Fill", ints(s), v.normal(t)));
      to.accept(KernelNode.of("ZerosLike", x));
      if (List.of(F32, DataType.FLOAT64, I32, I64, BOOL).contains(t)) {
        to.accept(KernelNode.of("OnesLike", x));
      }
    }
    for (int axis = -1; axis < 3; axis++) {
      for (DataType index : new DataType[] {I32, I64}) {
        to.accept(
            KernelNode.of(
                    "OneHot", v.below(index, 9, 20, 6), TensorValue.of(7), v.normal(t), v.normal(t))
                .attr("axis", AttrValue.of(axis)));
      }
    }
    to.accept(
        KernelNode.of("OneHot", TensorValue.of(-1), TensorValue.of(3), v.normal(t), v.normal(t)));
  }

  private void selects(DataType t) {
    for (long[] s : new long[][] {{}, {0}, {7}, {40, 30}, {3, 1100}}) {
      to.accept(KernelNode.of("Select", v.normal(BOOL, s), v.normal(t, s), v.normal(t, s)));
      to.accept(KernelNode.of("Select", v.normal(BOOL), v.normal(t, s), v.normal(t, s)));
      if (s.length == 2) {
        to.accept(KernelNode.of("Select", v.normal(BOOL, s[0]), v.normal(t, s), v.normal(t, s)));
        to.accept(
            KernelNode.of("SelectV2", v.normal(BOOL, s[1]), v.normal(t, s[0], 1), v.normal(t)));
      }
    }
  }

  private void casts() {
    List<DataType> all =
        List.of(
            F32,
            DataType.FLOAT64,
            DataType.FLOAT16,
            DataType.BFLOAT16,
            DataType.INT8,
            DataType.INT16,
            I32,
            I64,
            DataType.UINT8,
            DataType.UINT16,
            BOOL);
    for (DataType from : all) {
      for (DataType to : all) {
        cast(v.normal(from, 40, 30), to);
        cast(v.normal(from), to);
        cast(v.odd(from, 3000), to);
        if (from.isFloating()) {
          cast(huge(from), to);
        }
      }
    }
  }

  private void cast(TensorValue x, DataType t) {
    to.accept(KernelNode.of("Cast", x).attr("DstT", AttrValue.of(t)));
  }

  /** Numbers around the limits of the integer types. */
  private static TensorValue huge(DataType t) {
    double[] limits = {127, 128, 255, 256, 32767, 65535, 0x1p31, 0x1p32, 0x1p63, 0x1p64, 1e30};
    double[] all = new double[4 * limits.length];
    for (int i = 0; i < limits.length; i++) {
      all[4 * i] = limits[i];
      all[4 * i + 1] = -limits[i];
      all[4 * i + 2] = limits[i] + 0.75;
      all[4 * i + 3] = -limits[i] - 0.75;
    }
    TensorValue doubles = TensorValue.ofDoubles(all);
    return KernelNode.of("Cast", doubles).attr("DstT", AttrValue.of(t)).reference().get(0);
  }
}
