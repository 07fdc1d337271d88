package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Cases for recurrent cells in one op, and what goes with them. */
final class RecordedRnnCases {
  private static final int[] STATES = {1, 6};

  private final Map<String, GraphDef> cases = new TreeMap<>();
  private final Random random = new Random(4);

  private RecordedRnnCases() {
    reverseSequence();
    gru();
    lstm();
    for (String type : new String[] {"BlockLSTM", "BlockLSTMV2"}) {
      block(type, "f32", 4, 4);
      block(type, "peephole_f32", 4, 4);
      block(type, "shorter_f32", 4, 2);
      block(type, "no_steps_f32", 4, 0);
      block(type, "f16", 3, 3);
    }
  }

  /** The cases without what they must give, by name. */
  static Map<String, GraphDef> all() {
    return new RecordedRnnCases().cases;
  }

  private TensorValue numbers(long... dims) {
    float[] v = new float[(int) Shape.of(dims).numElements()];
    for (int i = 0; i < v.length; i++) {
      v[i] = 2 * random.nextFloat() - 1;
    }
    return TensorValue.ofFloats(v).reshape(Shape.of(dims));
  }

  private void reverseSequence() {
    TensorValue x = numbers(3, 4, 2);
    cases.put(
        "ReverseSequence__last_axis_i32",
        reversed(
            TensorValue.of(new int[][] {{1, 2, 3}, {4, 5, 6}}), TensorValue.ofLongs(2, 3), 1, 0));
    cases.put("ReverseSequence__batch_last", reversed(x, TensorValue.ofLongs(3, 1), 0, 2));
  }

  private static GraphDef reversed(TensorValue x, TensorValue lengths, int seq, int batch) {
    return new CaseGraph(x, lengths)
        .op("ReverseSequence", b -> b.attr("seq_dim", seq).attr("batch_dim", batch));
  }

  private void gru() {
    TensorValue[] in = {
      numbers(3, 2),
      numbers(3, 4),
      numbers(6, 8),
      numbers(6, 4),
      numbers(8),
      numbers(4),
      numbers(3, 4),
      numbers(3, 4),
      numbers(3, 4),
      numbers(3, 4)
    };
    TensorValue[] forward = Arrays.copyOf(in, 6);
    cases.put("GRUBlockCell__batch3", new CaseGraph(forward).op("GRUBlockCell", b -> b));
    cases.put("GRUBlockCellGrad__batch3", new CaseGraph(in).op("GRUBlockCellGrad", b -> b));
  }

  /** cs_prev, h_prev, w, wci, wcf, wco and b, of 2 inputs and 3 units. */
  private List<TensorValue> weights(int batch) {
    return List.of(
        numbers(batch, 3),
        numbers(batch, 3),
        numbers(5, 12),
        numbers(3),
        numbers(3),
        numbers(3),
        numbers(12));
  }

  private void lstm() {
    List<TensorValue> in = new ArrayList<>(List.of(numbers(2, 2)));
    in.addAll(weights(2));
    UnaryOperator<OpBuilder> all =
        b -> b.attr("use_peephole", true).attr("cell_clip", 0.3f).attr("forget_bias", 0.5f);
    cases.put(
        "LSTMBlockCell__peephole_clip_f32",
        new CaseGraph(in.toArray(TensorValue[]::new)).op("LSTMBlockCell", all));
    for (int i = 0; i < 8; i++) {
      in.add(numbers(2, 3));
    }
    for (boolean peephole : new boolean[] {false, true}) {
      cases.put(
          "LSTMBlockCellGrad__" + (peephole ? "peephole_f32" : "plain_f32"),
          new CaseGraph(in.toArray(TensorValue[]::new))
              .op("LSTMBlockCellGrad", b -> b.attr("use_peephole", peephole)));
    }
  }

  /** An LSTM over time, and its gradient; past the last step TensorFlow sets the states only. */
  private void block(String type, String variant, int time, int steps) {
    boolean peephole = variant.startsWith("peephole");
    List<TensorValue> in = new ArrayList<>(List.of(numbers(time, 2, 2)));
    in.addAll(weights(2));
    in.add(0, TensorValue.of((long) steps));
    CaseGraph c = new CaseGraph(in.toArray(TensorValue[]::new));
    boolean half = variant.equals("f16");
    List<Output> inputs = new ArrayList<>(List.of(c.input(0)));
    for (int i = 1; i < in.size(); i++) {
      inputs.add(half ? cast(c, c.input(i), DataType.FLOAT16) : c.input(i));
    }
    OpBuilder b = c.graph().opBuilder(type, "op");
    inputs.forEach(b::input);
    b.attr("use_peephole", peephole).attr("cell_clip", peephole ? 0.4f : 0f);
    Operation op = b.build();
    int[] outputs = steps == time ? IntStream.range(0, 7).toArray() : STATES;
    int k = 0;
    for (int o : outputs) {
      out(c, k++, op.output(o));
    }
    String grad = type.equals("BlockLSTM") ? "BlockLSTMGrad" : "BlockLSTMGradV2";
    OpBuilder g = c.graph().opBuilder(grad, "grad");
    inputs.forEach(g::input);
    op.outputs().forEach(g::input);
    for (String of : new String[] {"cs_grad", "h_grad"}) {
      Output x = c.constant(of, numbers(time, 2, 3));
      g.input(half ? cast(c, x, DataType.FLOAT16) : x);
    }
    Operation gradient = g.attr("use_peephole", peephole).build();
    for (int o = 0; o < gradient.numOutputs(); o++) {
      out(c, k++, gradient.output(o));
    }
    if (half) {
      c.tolerance(1e-2f); // TensorFlow rounds every step of the gradient
    }
    cases.put(type + "__" + variant, c.graph().toGraphDef());
  }

  private static Output cast(CaseGraph c, Output x, DataType to) {
    return c.graph().opBuilder("Cast", null).input(x).attr("DstT", to).build().output(0);
  }

  /** TensorFlow's Java API reads no half-precision numbers. */
  private static void out(CaseGraph c, int k, Output x) {
    Output value = x.dtype() == DataType.FLOAT16 ? cast(c, x, DataType.FLOAT32) : x;
    c.graph().opBuilder("Identity", "out/" + k).input(value).build();
  }
}
