package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Nodes for the fused recurrent cells, which take their gradients' inputs from their results. */
final class CellCases {
  private static final DataType F32 = DataType.FLOAT32;

  /** Time, batch, inputs and units: one row, several chunks, more units than a block, nothing. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1},
    {3, 2, 4, 3},
    {4, 50, 7, 30},
    {3, 40, 9, 150},
    {2, 38, 3, 5},
    {2, 2, 2, 1030},
    {3, 5, 0, 4},
    {3, 0, 4, 5},
    {3, 2, 4, 0},
    {0, 2, 3, 4}
  };

  private final Values v;
  private final Consumer<KernelNode> to;

  /** Gives all cases to {@code to}. */
  CellCases(Values v, Consumer<KernelNode> to) {
    this.v = v;
    this.to = to;
    for (int[] s : SIZES) {
      for (int variant = s[3] > 100 ? 3 : 0; variant < 4; variant++) {
        boolean peephole = (variant & 1) != 0;
        float clip = variant == 0 || variant == 3 ? 0.3f : -1;
        overTime(s, s[0], peephole, clip);
        if (variant == 3) {
          overTime(s, s[0] / 2, peephole, clip);
          overTime(s, 0, peephole, clip);
        }
        lstm(s, peephole, clip);
      }
      gru(s);
    }
    oddNumbers();
  }

  private TensorValue small(long... dims) {
    TensorValue x = v.normal(F32, dims);
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] *= 0.1f;
    }
    return x;
  }

  private List<TensorValue> weights(TensorValue x, int[] s) {
    return new ArrayList<>(
        List.of(
            x,
            small(s[1], s[3]),
            small(s[1], s[3]),
            small(s[2] + s[3], 4L * s[3]),
            small(s[3]),
            small(s[3]),
            small(s[3]),
            small(4L * s[3])));
  }

  private static KernelNode node(String type, List<TensorValue> inputs) {
    return KernelNode.of(type, inputs.toArray(TensorValue[]::new));
  }

  private void overTime(int[] s, int steps, boolean peephole, float clip) {
    for (String version : new String[] {"", "V2"}) {
      List<TensorValue> in = weights(v.normal(F32, s[0], s[1], s[2]), s);
      in.add(0, TensorValue.of((long) steps));
      KernelNode forward =
          node("BlockLSTM" + version, in)
              .attr("cell_clip", AttrValue.of(clip))
              .attr("use_peephole", AttrValue.of(peephole));
      if (version.isEmpty()) {
        forward.attr("forget_bias", AttrValue.of(0.7f));
      }
      to.accept(forward);
      List<TensorValue> all = new ArrayList<>(in);
      all.addAll(forward.reference());
      all.add(small(s[0], s[1], s[3]));
      all.add(small(s[0], s[1], s[3]));
      to.accept(node("BlockLSTMGrad" + version, all).attr("use_peephole", AttrValue.of(peephole)));
    }
  }

  private void lstm(int[] s, boolean peephole, float clip) {
    List<TensorValue> in = weights(v.normal(F32, s[1], s[2]), s);
    KernelNode forward =
        node("LSTMBlockCell", in)
            .attr("cell_clip", AttrValue.of(clip))
            .attr("use_peephole", AttrValue.of(peephole));
    to.accept(forward);
    List<TensorValue> all = new ArrayList<>(in);
    all.addAll(forward.reference().subList(0, 6));
    all.add(small(s[1], s[3]));
    all.add(small(s[1], s[3]));
    to.accept(node("LSTMBlockCellGrad", all).attr("use_peephole", AttrValue.of(peephole)));
  }

  private void gru(int[] s) {
    int rows = s[2] + s[3];
    List<TensorValue> in =
        Arrays.asList(
            v.normal(F32, s[1], s[2]),
            small(s[1], s[3]),
            small(rows, 2L * s[3]),
            small(rows, s[3]),
            small(2L * s[3]),
            small(s[3]));
    KernelNode forward = node("GRUBlockCell", in);
    to.accept(forward);
    List<TensorValue> all = new ArrayList<>(in);
    all.addAll(forward.reference().subList(0, 3));
    all.add(small(s[1], s[3]));
    to.accept(node("GRUBlockCellGrad", all));
  }

  /** States that are infinite or no numbers, at a row of their own each. */
  private void oddNumbers() {
    int[] s = {2, 9, 3, 4};
    List<TensorValue> in = weights(v.normal(F32, s[0], s[1], s[2]), s);
    in.set(1, v.odd(F32, s[1], s[3]));
    in.add(0, TensorValue.of(2L));
    to.accept(node("BlockLSTM", in).attr("cell_clip", AttrValue.of(3f)));
    to.accept(node("BlockLSTM", in).attr("use_peephole", AttrValue.of(true)));
    to.accept(
        node("BlockLSTM", in)
            .attr("use_peephole", AttrValue.of(true))
            .attr("cell_clip", AttrValue.of(0f)));
  }
}
