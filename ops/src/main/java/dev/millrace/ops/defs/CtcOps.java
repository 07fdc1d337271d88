package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * Connectionist temporal classification: scores are [time, batch, classes], the last class being
 * the blank.
 */
final class CtcOps {
  private static final String TYPES = "T: {float, double} = float";

  private CtcOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("CTCLoss")
            .inputs(
                "inputs: T",
                "labels_indices: int64",
                "labels_values: int32",
                "sequence_length: int32")
            .outputs("loss: T", "gradient: T")
            .attrs(
                "preprocess_collapse_repeated: bool = false",
                "ctc_merge_repeated: bool = true",
                "ignore_longer_outputs_than_inputs: bool = false",
                TYPES)
            .shape(
                c -> {
                  Shape labels = c.inputOfRank(1, 2);
                  Shapes.mergeDims(labels.dim(1), 2, "the columns of labels_indices and 2");
                  Shapes.mergeDims(
                      labels.dim(0),
                      c.inputOfRank(2, 1).dim(0),
                      "the numbers of labels_indices and of labels_values");
                  long batch = batch(c, 3);
                  c.output(0, Shape.vector(batch));
                  c.output(1, c.inputOfRank(0, 3).withDim(1, batch));
                }));
    r.add(
        OpDef.named("CTCGreedyDecoder")
            .inputs("inputs: T", "sequence_length: int32")
            .outputs(
                "decoded_indices: int64",
                "decoded_values: int64",
                "decoded_shape: int64",
                "log_probability: T")
            .attrs("merge_repeated: bool = false", TYPES)
            .allValueInputs()
            .shape(c -> decoded(c, 1)));
    r.add(
        OpDef.named("CTCBeamSearchDecoder")
            .inputs("inputs: T", "sequence_length: int32")
            .outputs(
                "decoded_indices: top_paths * int64",
                "decoded_values: top_paths * int64",
                "decoded_shape: top_paths * int64",
                "log_probability: T")
            .attrs(
                "beam_width: int >= 1", "top_paths: int >= 1", "merge_repeated: bool = true", TYPES)
            .allValueInputs()
            .shape(c -> decoded(c, (int) c.attrs().getInt("top_paths"))));
  }

  private static long batch(ShapeContext c, int lengths) {
    return Shapes.mergeDims(
        c.inputOfRank(0, 3).dim(1),
        c.inputOfRank(lengths, 1).dim(0),
        "the batches of inputs and of sequence_length");
  }

  /** That many sparse matrices, and the logarithm of the probability of each. */
  private static void decoded(ShapeContext c, int paths) {
    long batch = batch(c, 1);
    for (int i = 0; i < paths; i++) {
      c.output(i, Shape.matrix(Shape.UNKNOWN, 2));
      c.output(paths + i, Shape.vector(Shape.UNKNOWN));
      c.output(2 * paths + i, Shape.vector(2));
    }
    c.output(3 * paths, Shape.matrix(batch, paths));
  }
}
