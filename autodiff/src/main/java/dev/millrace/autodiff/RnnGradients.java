package dev.millrace.autodiff;

import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients of the fused recurrent cells. A cell's own gradient operation is used where the
 * gradient comes by the state; where it also comes by a gate, and for second derivatives, the cell
 * is written out ({@link RnnFormulas}).
 */
public final class RnnGradients implements GradientProvider {
  private static final int CS = 1;
  private static final int H = 6;

  /** Writes an operation out. */
  @FunctionalInterface
  private interface Formula {
    List<Tensor> apply(Ops tf, List<Tensor> inputs);
  }

  @Override
  public void register(GradientRegistry r) {
    r.add("LSTMBlockCell", RnnGradients::lstm);
    r.add(
        "LSTMBlockCellGrad",
        c -> writtenOut(c, (tf, in) -> RnnFormulas.lstmGrad(tf, in, c.attrs())));
    r.add("GRUBlockCell", RnnGradients::gru);
    r.add("GRUBlockCellGrad", c -> writtenOut(c, RnnFormulas::gruGrad));
    r.add("BlockLSTM", c -> block(c, "BlockLSTMGrad"));
    r.add("BlockLSTMV2", c -> block(c, "BlockLSTMGradV2"));
    r.notDifferentiable("GatherTree", "it moves integers");
    for (String type : new String[] {"BlockLSTMGrad", "BlockLSTMGradV2"}) {
      r.undefined(
          type,
          "TensorFlow gives no second derivative of an LSTM over time in one op; use an LSTMCell");
    }
  }

  private static List<Tensor> inputs(GradientContext c) {
    List<Tensor> in = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      in.add(c.input(i));
    }
    return in;
  }

  private static List<Gradient> writtenOut(GradientContext c, Formula formula) {
    List<Tensor> in = inputs(c);
    List<Tensor> all = formula.apply(c.tf(), in);
    List<Tensor> ys = new ArrayList<>();
    List<Tensor> grads = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (c.hasGrad(i)) {
        ys.add(all.get(i));
        grads.add(c.grad(i));
      }
    }
    return Gradients.builder(ys, in).gradYs(grads).stopGradients(in).build();
  }

  /** Whether an output other than these has a gradient. */
  private static boolean othersHaveGradients(GradientContext c, int outputs, int... but) {
    for (int i = 0; i < outputs; i++) {
      int output = i;
      if (c.hasGrad(i) && Arrays.stream(but).noneMatch(k -> k == output)) {
        return true;
      }
    }
    return false;
  }

  private static List<Gradient> lstm(GradientContext c) {
    if (othersHaveGradients(c, 7, CS, H)) {
      return writtenOut(c, (tf, in) -> RnnFormulas.lstm(tf, in, c.attrs()));
    }
    List<Tensor> all = inputs(c);
    for (int i = 0; i < H; i++) {
      all.add(c.output(i));
    }
    all.add(c.grad(CS));
    all.add(c.grad(H));
    Operation op =
        add(c.tf().op("LSTMBlockCellGrad", null), all)
            .attr("use_peephole", c.attrs().getBool("use_peephole"))
            .build();
    Tensor gates = c.tf().tensor(op.output(1));
    Tensor x = c.input(0);
    Tensor h = c.input(2);
    List<Tensor> xh = RnnFormulas.columns(c.tf(), gates.matmul(c.input(3), false, true), x, h);
    return List.of(
        Gradient.of(xh.get(0)),
        Gradient.of(c.tf().tensor(op.output(0))),
        Gradient.of(xh.get(1)),
        Gradient.of(c.tf().concat(1, x, h).matmul(gates, true, false)),
        Gradient.of(c.tf().tensor(op.output(2))),
        Gradient.of(c.tf().tensor(op.output(3))),
        Gradient.of(c.tf().tensor(op.output(4))),
        Gradient.of(Build.op(c.tf(), "BiasAddGrad", gates)));
  }

  private static OpBuilder add(OpBuilder b, List<? extends Operand> inputs) {
    inputs.forEach(b::input);
    return b;
  }

  private static List<Gradient> gru(GradientContext c) {
    if (othersHaveGradients(c, 4, 3)) {
      return writtenOut(c, RnnFormulas::gru);
    }
    List<Tensor> all = inputs(c);
    for (int i = 0; i < 3; i++) {
      all.add(c.output(i));
    }
    all.add(c.grad(3));
    Ops tf = c.tf();
    Operation op = add(tf.op("GRUBlockCellGrad", null), all).build();
    Tensor dC = tf.tensor(op.output(2));
    Tensor dRu = tf.tensor(op.output(3));
    Tensor x = c.input(0);
    Tensor h = c.input(1);
    return List.of(
        Gradient.of(tf.tensor(op.output(0))),
        Gradient.of(tf.tensor(op.output(1))),
        Gradient.of(tf.concat(1, x, h).matmul(dRu, true, false)),
        Gradient.of(tf.concat(1, x, h.mul(c.output(0))).matmul(dC, true, false)),
        Gradient.of(Build.op(tf, "BiasAddGrad", dRu)),
        Gradient.of(Build.op(tf, "BiasAddGrad", dC)));
  }

  private static List<Gradient> block(GradientContext c, String type) {
    List<Gradient> result = new ArrayList<>();
    result.add(Gradient.disconnected());
    if (othersHaveGradients(c, 7, CS, H)) {
      for (int i = 1; i < c.inputCount(); i++) {
        result.add(
            Gradient.undefined(
                "only the outputs cs and h are differentiated; for the gates use an LSTMCell"));
      }
      return result;
    }
    List<Tensor> all = inputs(c);
    for (int i = 0; i < 7; i++) {
      all.add(c.output(i));
    }
    all.add(c.grad(CS));
    all.add(c.grad(H));
    Operation op =
        add(c.tf().op(type, null), all)
            .attr("use_peephole", c.attrs().getBool("use_peephole"))
            .build();
    op.outputs().forEach(o -> result.add(Gradient.of(c.tf().tensor(o))));
    return result;
  }
}
