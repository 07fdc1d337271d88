package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Tensors of several beams for each example, [batch, width, …] or [batch · width, …]. */
final class Beams {
  private final Ops tf;
  private final Object batch;
  private final int width;

  Beams(Ops tf, Object batch, int width) {
    this.tf = tf;
    this.batch = batch;
    this.width = width;
  }

  /** [batch · width, …] as [batch, width, …]. */
  Tensor split(Tensor x) {
    return withFirst(x, 1, List.of(batch, width)).setShape(known(batch, width, x, 1));
  }

  /** [batch, width, …] as [batch · width, …]. */
  Tensor merge(Tensor x) {
    Object rows =
        batch instanceof Integer n
            ? (Object) (n * width)
            : tf.mul(tf.tensor((Operand) batch), width);
    Shape first = Shape.vector(rows instanceof Integer n ? n : Shape.UNKNOWN);
    return withFirst(x, 2, List.of(rows)).setShape(first.concat(x.shape().sliceFrom(2)));
  }

  private static Shape known(Object batch, int width, Tensor x, int drop) {
    long n = batch instanceof Integer i ? i : Shape.UNKNOWN;
    return Shape.of(n, width).concat(x.shape().sliceFrom(drop));
  }

  /** x with other sizes in place of the first {@code drop} ones. */
  private Tensor withFirst(Tensor x, int drop, List<Object> sizes) {
    List<Object> all = new ArrayList<>(sizes);
    for (int i = drop; i < x.shape().rank(); i++) {
      all.add(Sizes.of(x, i));
    }
    return tf.reshape(x, all);
  }

  /** Whether a state has beams: arrays and scalars have none. */
  private static boolean has(Tensor x) {
    return x.dtype() != DataType.VARIANT && x.shape().rank() != 0;
  }

  Object splitAll(Object structure) {
    return Nest.map(structure, x -> has((Tensor) x) ? split((Tensor) x) : x);
  }

  Object mergeAll(Object structure) {
    return Nest.map(structure, x -> has((Tensor) x) ? merge((Tensor) x) : x);
  }

  /** The beams of {@code x}, [batch, width, …], in the order {@code ids}, [batch, width]. */
  Tensor gather(Tensor x, Tensor ids) {
    return gather(x, ids, width);
  }

  /** Of x, [batch, range, …], for each example those at {@code ids}, [batch, width]. */
  Tensor gather(Tensor x, Tensor ids, Object range) {
    Tensor offsets = tf.expandDims(tf.mul(tf.range(batch), range), 1);
    Tensor rows = tf.reshape(tf.add(ids, offsets), -1);
    Tensor flat = new Beams(tf, batch, width).merge(x, range);
    Tensor picked = tf.gather(flat, rows);
    return split(picked);
  }

  private Tensor merge(Tensor x, Object range) {
    Object rows =
        batch instanceof Integer n && range instanceof Integer r
            ? (Object) (n * r)
            : tf.mul(tf.convertToTensor(batch, DataType.INT32), range);
    return withFirst(x, 2, List.of(rows));
  }

  /** A state's beams in the order {@code ids}. */
  Object gatherAll(Object structure, Tensor ids) {
    return Nest.map(structure, x -> has((Tensor) x) ? gather((Tensor) x, ids) : x);
  }
}
