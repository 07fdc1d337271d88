package dev.millrace.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.autodiff.Gradients.Unconnected;
import dev.millrace.graph.Graph;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.session.Fetches;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fused recurrent cells, which know no float64, against the same written out in plain
 * operations: values, first and second derivatives.
 */
class RnnGradientsTest {
  private static final int BATCH = 3;
  private static final int IN = 2;
  private static final int UNITS = 4;

  private final Ops tf = Ops.of(new Graph());
  private final Random random = new Random(2);

  private Tensor numbers(long... dims) {
    float[] v = new float[(int) Shape.of(dims).numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = 2 * random.nextFloat() - 1;
    }
    return tf.constant(TensorValue.ofFloats(v).reshape(Shape.of(dims)));
  }

  private List<Tensor> lstmInputs() {
    return new ArrayList<>(
        List.of(
            numbers(BATCH, IN),
            numbers(BATCH, UNITS),
            numbers(BATCH, UNITS),
            numbers(IN + UNITS, 4 * UNITS),
            numbers(UNITS),
            numbers(UNITS),
            numbers(UNITS),
            numbers(4 * UNITS)));
  }

  private static OpBuilder add(OpBuilder b, List<Tensor> inputs) {
    inputs.forEach(b::input);
    return b;
  }

  private List<Tensor> outputs(Operation op) {
    return op.outputs().stream().map(tf::tensor).toList();
  }

  private List<Tensor> gradients(List<Tensor> ys, List<Tensor> xs) {
    List<Tensor> weights = new ArrayList<>();
    Random same = new Random(9);
    for (Tensor y : ys) {
      weights.add(tf.onesLike(y).mul(same.nextFloat() + 0.5).add(y.mul(0.3).stopGradient()));
    }
    return Gradients.builder(ys, xs).gradYs(weights).unconnected(Unconnected.ZERO).build().stream()
        .map(Gradient::dense)
        .toList();
  }

  private void assertEqual(List<Tensor> got, List<Tensor> want) {
    assertThat(got).hasSameSizeAs(want);
    List<Tensor> all = new ArrayList<>(got);
    all.addAll(want);
    try (Session s = new Session(tf.graph(), SessionOptions.builder().verify(true).build())) {
      Fetches f = s.runner().fetch(all);
      for (int k = 0; k < got.size(); k++) {
        TensorValue x = f.value(k);
        TensorValue y = f.value(k + got.size());
        assertThat(x.shape()).isEqualTo(y.shape());
        for (int i = 0; i < x.size(); i++) {
          assertThat(x.getDouble(i))
              .as("element %d of %s", i, got.get(k))
              .isCloseTo(
                  y.getDouble(i),
                  org.assertj.core.data.Offset.offset(
                      2e-5 * Math.max(1, Math.abs(y.getDouble(i)))));
        }
      }
    }
  }

  /** Outputs, first derivatives by the state and by all outputs, second derivatives. */
  private void compare(List<Tensor> in, Operation fused, List<Tensor> plain, int... state) {
    List<Tensor> outs = outputs(fused);
    assertEqual(outs, plain);
    List<Tensor> fusedState = new ArrayList<>();
    List<Tensor> plainState = new ArrayList<>();
    for (int i : state) {
      fusedState.add(outs.get(i));
      plainState.add(plain.get(i));
    }
    List<Tensor> first = gradients(fusedState, in);
    List<Tensor> wantFirst = gradients(plainState, in);
    assertEqual(first, wantFirst);
    assertEqual(gradients(outs, in), gradients(plain, in));
    assertEqual(gradients(first, in), gradients(wantFirst, in));
  }

  @ParameterizedTest(name = "peephole {0}")
  @CsvSource({"false", "true"})
  void lstmBlockCell(boolean peephole) {
    List<Tensor> in = lstmInputs();
    Operation op =
        add(tf.op("LSTMBlockCell", null), in)
            .attr("use_peephole", peephole)
            .attr("forget_bias", 0.5f)
            .attr("cell_clip", -1f)
            .build();
    compare(in, op, RnnFormulas.lstm(tf, in, op.attrs()), 1, 6);
    assertThat(tf.graph().operations()).anyMatch(o -> o.type().equals("LSTMBlockCellGrad"));
  }

  @Test
  void clippingPassesTheGradientAsInTensorFlow() {
    List<Tensor> in = lstmInputs();
    Operation op =
        add(tf.op("LSTMBlockCell", null), in)
            .attr("use_peephole", true)
            .attr("cell_clip", 0.3f)
            .build();
    compare(in, op, RnnFormulas.lstm(tf, in, op.attrs()), 1, 6);
  }

  @Test
  void oneOfTheTwoStatesMayBeUnused() {
    List<Tensor> in = lstmInputs();
    Operation op = add(tf.op("LSTMBlockCell", null), in).build();
    List<Tensor> plain = RnnFormulas.lstm(tf, in, op.attrs());
    assertEqual(
        gradients(List.of(tf.tensor(op.output(6))), in), gradients(List.of(plain.get(6)), in));
  }

  @Test
  void gruBlockCell() {
    List<Tensor> in =
        List.of(
            numbers(BATCH, IN),
            numbers(BATCH, UNITS),
            numbers(IN + UNITS, 2 * UNITS),
            numbers(IN + UNITS, UNITS),
            numbers(2 * UNITS),
            numbers(UNITS));
    Operation op = add(tf.op("GRUBlockCell", null), in).build();
    compare(in, op, RnnFormulas.gru(tf, in), 3);
  }

  @ParameterizedTest(name = "{0}, peephole {1}, {2} steps")
  @CsvSource({
    "BlockLSTM, false, 3",
    "BlockLSTM, true, 3",
    "BlockLSTM, true, 2",
    "BlockLSTM, false, 0",
    "BlockLSTMV2, true, 3",
    "BlockLSTMV2, false, 1"
  })
  void blockLstm(String type, boolean peephole, int steps) {
    List<Tensor> in = lstmInputs();
    Tensor x = numbers(3, BATCH, IN);
    in.set(0, x);
    boolean second = type.equals("BlockLSTMV2");
    List<Tensor> given = new ArrayList<>(in);
    if (second) {
      given.set(3, forgetFirst(in.get(3)));
      given.set(7, forgetFirst(in.get(7)));
    }
    OpBuilder b = tf.op(type, null).input(tf.constant((long) steps));
    add(b, given).attr("use_peephole", peephole).attr("cell_clip", 0f);
    if (!second) {
      b.attr("forget_bias", 0.25f);
    }
    Operation op = b.build();
    // The same, step by step.
    var cell =
        tf.op("LSTMBlockCell", null)
            .attr("use_peephole", peephole)
            .attr("forget_bias", second ? 0f : 0.25f)
            .attr("cell_clip", 0f);
    List<Tensor> step = new ArrayList<>(in);
    step.set(0, x.get(0));
    var attrs = add(cell, step).build().attrs();
    List<Tensor> memories = new ArrayList<>();
    List<Tensor> outs = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      step.set(0, x.get(t));
      List<Tensor> r = RnnFormulas.lstm(tf, step, attrs);
      boolean runs = t < steps;
      memories.add(runs ? r.get(1) : tf.zerosLike(r.get(1)));
      outs.add(runs ? r.get(6) : tf.zerosLike(r.get(6)));
      step.set(1, r.get(1));
      step.set(2, r.get(6));
    }
    List<Tensor> got = List.of(tf.tensor(op.output(1)), tf.tensor(op.output(6)));
    List<Tensor> want = List.of(tf.stack(memories), tf.stack(outs));
    assertEqual(got, want);
    assertEqual(gradients(got, in), gradients(want, in));
  }

  /** Columns i, c, f, o as i, f, c, o. */
  private Tensor forgetFirst(Tensor w) {
    List<Tensor> p = tf.split(w, 4, -1);
    return tf.concat(-1, p.get(0), p.get(2), p.get(1), p.get(3));
  }

  @Test
  void gatesOverTimeHaveNoGradient() {
    List<Tensor> in = lstmInputs();
    in.set(0, numbers(3, BATCH, IN));
    Operation op = add(tf.op("BlockLSTM", null).input(tf.constant(3L)), in).build();
    assertThatThrownBy(() -> Gradients.of(tf.tensor(op.output(0)), in.get(0)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("LSTMCell");
    Tensor first = Gradients.gradient(tf.tensor(op.output(6)), in.get(0));
    assertThatThrownBy(() -> Gradients.of(first, in.get(0)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("second derivative");
  }
}
