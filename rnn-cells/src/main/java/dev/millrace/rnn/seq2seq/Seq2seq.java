package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sequence to sequence models: TensorFlow's tf.contrib.seq2seq. */
public final class Seq2seq {
  private Seq2seq() {}

  /**
   * Begins to run a decoder until all its sequences are over (TensorFlow's dynamic_decode).
   *
   * <pre>{@code
   * var r = Seq2seq.dynamicDecode(tf, new BasicDecoder(cell, helper, state)).build();
   * Tensor logits = r.outputs().rnnOutput();
   * }</pre>
   */
  public static <O, F> DynamicDecode<O, F> dynamicDecode(Ops tf, Decoder<O, F> decoder) {
    return new DynamicDecode<>(tf, decoder);
  }

  /**
   * Repeats each example, for the beams of a search: [batch, …] to [batch · times, …], an example's
   * copies one after the other (TensorFlow's tile_batch). Scalars stay.
   *
   * @param x a tensor or a structure of them
   */
  public static Object tileBatch(Object x, int times) {
    return Nest.map(x, leaf -> tiled((Tensor) leaf, times));
  }

  /** As {@link #tileBatch(Object, int)}, of one tensor. */
  public static Tensor tileBatch(Tensor x, int times) {
    return tiled(x, times);
  }

  private static Tensor tiled(Tensor x, int times) {
    if (times < 1) {
      throw InvalidArgumentException.atCall("tileBatch repeats once at least, not " + times);
    }
    Shape s = x.shape();
    if (!s.hasRank()) {
      throw InvalidArgumentException.atCall("tileBatch needs to know the rank of " + x);
    }
    if (s.rank() == 0) {
      return x;
    }
    Ops tf = x.ops();
    try (Scope n = tf.scope("tile_batch")) {
      int[] multiples = new int[s.rank() + 1];
      Arrays.fill(multiples, 1);
      multiples[1] = times;
      Tensor copies = tf.tile(tf.expandDims(x, 1), multiples);
      List<Object> sizes = new ArrayList<>();
      Object batch = Sizes.of(x, 0);
      sizes.add(batch instanceof Integer i ? (Object) (i * times) : tf.mul(batch, times));
      for (int i = 1; i < s.rank(); i++) {
        sizes.add(Sizes.of(x, i));
      }
      long known = s.dim(0) == Shape.UNKNOWN ? Shape.UNKNOWN : s.dim(0) * times;
      return tf.reshape(copies, sizes).setShape(s.withDim(0, known));
    }
  }

  /**
   * Follows each beam from its last step back to its beginning (GatherTree).
   *
   * @param stepIds the symbols of each step, int32 [time, batch, width]
   * @param parentIds the beams of the step before, as many
   * @param maxSequenceLengths the length of the longest beam of each example, int32 [batch]
   * @param endSymbol what stands behind a beam's end, an int32 scalar
   * @return the symbols of each beam, [time, batch, width]
   */
  public static Tensor gatherTree(
      Tensor stepIds, Tensor parentIds, Tensor maxSequenceLengths, Object endSymbol) {
    Ops tf = stepIds.ops();
    Tensor end =
        endSymbol instanceof Operand o ? tf.tensor(o) : tf.constant("end_token", endSymbol);
    return tf.tensor(
        tf.op("GatherTree", null)
            .input(stepIds)
            .input(parentIds)
            .input(maxSequenceLengths)
            .input(end)
            .build()
            .output(0));
  }

  /** Begins the weighted cross-entropy of sequences (TensorFlow's sequence_loss). */
  public static SequenceLoss sequenceLoss(Tensor logits, Object targets, Tensor weights) {
    return new SequenceLoss(logits, targets, weights);
  }
}
