package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Recurrent cells, and loops over them, in one op each. */
final class RnnOps {
  private static final String LSTM = "T: {half, float}";
  private static final String GRU = "T: {float}";
  private static final String CLIP = "cell_clip: float = ";
  private static final String FORGET = "forget_bias: float = 1.0";
  private static final String PEEPHOLE = "use_peephole: bool";
  private static final String[] WEIGHTS = {"cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b"};
  private static final String[] GATES = {"i", "cs", "f", "o", "ci", "co", "h"};

  /** Of x over time and the weights. */
  private static final int[] RANKS = {3, 2, 2, 2, 1, 1, 1, 1};

  private RnnOps() {}

  static void register(OpRegistry r) {
    gru(r);
    r.add(
        OpDef.named("LSTMBlockCell")
            .inputs(args("x", WEIGHTS))
            .outputs(args(GATES))
            .attrs(FORGET, CLIP + "3.0", PEEPHOLE + " = false", LSTM)
            .shape(RnnOps::cellShape));
    r.add(
        OpDef.named("LSTMBlockCellGrad")
            .inputs(args("x", WEIGHTS, "i", "cs", "f", "o", "ci", "co", "cs_grad", "h_grad"))
            .outputs(args("cs_prev_grad", "dicfo", "wci_grad", "wcf_grad", "wco_grad"))
            .attrs(PEEPHOLE, LSTM)
            .shape(RnnOps::cellGradShape));
    r.add(block("BlockLSTM", FORGET, CLIP + "3.0"));
    r.add(block("BlockLSTMV2", CLIP + "0.0"));
    r.add(blockGrad("BlockLSTMGrad"));
    r.add(blockGrad("BlockLSTMGradV2"));
    r.add(
        OpDef.named("GatherTree")
            .inputs("step_ids: T", "parent_ids: T", "max_sequence_lengths: int32", "end_token: T")
            .outputs("beams: T")
            .attrs("T: {int32}")
            .shape(RnnOps::gatherTreeShape));
  }

  /** [time, batch, beam]. */
  private static void gatherTreeShape(ShapeContext c) {
    Shape steps = c.inputOfRank(0, 3);
    Shape parents = c.inputOfRank(1, 3);
    if (!steps.isCompatibleWith(parents)) {
      throw new InvalidArgumentException(
          "step_ids and parent_ids must have one shape, but are " + steps + " and " + parents);
    }
    Shape beams = steps.merge(parents);
    long batch =
        Shapes.mergeDims(
            beams.dim(1), c.inputOfRank(2, 1).dim(0), "the batch of the ids and of the lengths");
    Shapes.requireScalar(c, 3, "end_token");
    c.output(0, beams.withDim(1, batch));
  }

  /** Declarations of arguments of dtype T: the first unless null, then some, then more. */
  private static String[] args(String first, String[] some, String... more) {
    Stream<String> names = Stream.concat(Arrays.stream(some), Arrays.stream(more));
    return Stream.concat(Stream.ofNullable(first), names)
        .map(a -> a + ": T")
        .toArray(String[]::new);
  }

  private static String[] args(String... names) {
    return args(null, names, new String[0]);
  }

  private static void gru(OpRegistry r) {
    String[] inputs = {"x", "h_prev", "w_ru", "w_c", "b_ru", "b_c"};
    r.add(
        OpDef.named("GRUBlockCell")
            .inputs(args(inputs))
            .outputs(args("r", "u", "c", "h"))
            .attrs(GRU)
            .shape(
                c -> {
                  Shape out = gruState(c);
                  for (int i = 0; i < 4; i++) {
                    c.output(i, out);
                  }
                }));
    r.add(
        OpDef.named("GRUBlockCellGrad")
            .inputs(args(null, inputs, "r", "u", "c", "d_h"))
            .outputs(args("d_x", "d_h_prev", "d_c_bar", "d_r_bar_u_bar"))
            .attrs(GRU)
            .shape(
                c -> {
                  Shape state = gruState(c);
                  c.output(0, c.inputOfRank(0, 2));
                  c.output(1, state);
                  c.output(2, state);
                  c.output(3, Shape.matrix(state.dim(0), times(state.dim(1), 2)));
                }));
  }

  /** [batch, units], once the inputs are seen to fit one another. */
  private static Shape gruState(ShapeContext c) {
    Shape x = c.inputOfRank(0, 2);
    Shape h = c.inputOfRank(1, 2);
    long batch = Shapes.mergeDims(x.dim(0), h.dim(0), "the batch of x and h_prev");
    long units = h.dim(1);
    units = vector(c, 5, units, 1);
    long rows = Shapes.add(x.dim(1), units);
    matrix(c, 2, rows, times(units, 2));
    matrix(c, 3, rows, units);
    vector(c, 4, units, 2);
    return Shape.matrix(batch, units);
  }

  private static void cellShape(ShapeContext c) {
    Shape x = c.inputOfRank(0, 2);
    Shape state = lstmState(c, x, 1);
    for (int i = 0; i < GATES.length; i++) {
      c.output(i, state);
    }
  }

  private static void cellGradShape(ShapeContext c) {
    Shape x = c.inputOfRank(0, 2);
    Shape state = lstmState(c, x, 1);
    c.output(0, state);
    c.output(1, Shape.matrix(state.dim(0), times(state.dim(1), 4)));
    for (int i = 2; i < 5; i++) {
      c.output(i, Shape.vector(state.dim(1)));
    }
  }

  /**
   * [batch, units], once the inputs from {@code first} on, cs_prev, h_prev, w, wci, wcf, wco and b,
   * are seen to fit x, [batch, inputs].
   */
  private static Shape lstmState(ShapeContext c, Shape x, int first) {
    Shape cs = c.inputOfRank(first, 2);
    Shape h = c.inputOfRank(first + 1, 2);
    long batch = Shapes.mergeDims(x.dim(0), cs.dim(0), "the batch of x and cs_prev");
    batch = Shapes.mergeDims(batch, h.dim(0), "the batch of x and h_prev");
    long units = Shapes.mergeDims(cs.dim(1), h.dim(1), "the units of cs_prev and h_prev");
    for (int i = first + 3; i < first + 6; i++) {
      units = vector(c, i, units, 1);
    }
    units = vector(c, first + 6, units, 4);
    matrix(c, first + 2, Shapes.add(x.dim(1), units), times(units, 4));
    return Shape.matrix(batch, units);
  }

  private static OpDef.Builder block(String op, String... attrs) {
    List<String> all = new ArrayList<>(Arrays.asList(attrs));
    all.add(PEEPHOLE + " = false");
    all.add(LSTM);
    List<String> inputs = new ArrayList<>(List.of("seq_len_max: int64"));
    inputs.addAll(Arrays.asList(args("x", WEIGHTS)));
    return OpDef.named(op)
        .inputs(inputs.toArray(String[]::new))
        .outputs(args(GATES))
        .attrs(all.toArray(String[]::new))
        .shape(RnnOps::blockShape);
  }

  private static Shape timeless(ShapeContext c) {
    Shapes.requireScalar(c, 0, "seq_len_max");
    return c.inputOfRank(1, 3).sliceFrom(1);
  }

  private static void blockShape(ShapeContext c) {
    Shape state = lstmState(c, timeless(c), 2);
    Shape all = Shape.vector(c.inputOfRank(1, 3).dim(0)).concat(state);
    for (int i = 0; i < GATES.length; i++) {
      c.output(i, all);
    }
  }

  private static OpDef.Builder blockGrad(String op) {
    List<String> inputs = new ArrayList<>(List.of("seq_len_max: int64"));
    inputs.addAll(Arrays.asList(args("x", WEIGHTS, GATES)));
    inputs.addAll(List.of("cs_grad: T", "h_grad: T"));
    List<String> outputs = new ArrayList<>(List.of("x_grad: T"));
    for (String w : WEIGHTS) {
      outputs.add(w + "_grad: T");
    }
    return OpDef.named(op)
        .inputs(inputs.toArray(String[]::new))
        .outputs(outputs.toArray(String[]::new))
        .attrs(PEEPHOLE, LSTM)
        .shape(
            c -> {
              lstmState(c, timeless(c), 2);
              for (int i = 0; i < 8; i++) {
                c.output(i, c.inputOfRank(i + 1, RANKS[i]));
              }
            });
  }

  private static long times(long units, int gates) {
    return Shapes.multiply(units, gates);
  }

  /** The units that follow from the length of input {@code i}, {@code gates} times as many. */
  private static long vector(ShapeContext c, int i, long units, int gates) {
    return merged(units, c.inputOfRank(i, 1).dim(0), gates, i);
  }

  private static long merged(long units, long length, int gates, int input) {
    if (length == Shape.UNKNOWN) {
      return units;
    }
    if (length % gates != 0) {
      throw new InvalidArgumentException(
          "input " + input + " has " + length + " columns, which must be a multiple of " + gates);
    }
    return Shapes.mergeDims(units, length / gates, "the units of the state and of input " + input);
  }

  private static void matrix(ShapeContext c, int i, long rows, long columns) {
    Shape s = c.inputOfRank(i, 2);
    Shapes.mergeDims(rows, s.dim(0), "the rows that follow from the other inputs and of w");
    Shapes.mergeDims(columns, s.dim(1), "the columns that follow from the other inputs and of w");
  }
}
