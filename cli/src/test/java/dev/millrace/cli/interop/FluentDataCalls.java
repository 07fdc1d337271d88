package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.CandidateSample;
import dev.millrace.ops.Combiner;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.SparseTensor;
import dev.millrace.ops.Tensor;
import java.util.List;

/** Calls of sampling among classes, of what takes sparse tensors, and of queues. */
final class FluentDataCalls {
  private FluentDataCalls() {}

  static FluentCalls candidates() {
    FluentCalls c = new FluentCalls();
    c.add(
        "uniformCandidateSampler",
        (f, tf) -> all(tf.uniformCandidateSampler(classes(f), 2, 4, true, 9, 1L)));
    c.add(
        "logUniformCandidateSampler",
        (f, tf) -> all(tf.logUniformCandidateSampler(classes(f), 2, 4, true, 9, 2L)));
    c.add(
        "learnedUnigramCandidateSampler",
        (f, tf) -> all(tf.learnedUnigramCandidateSampler(classes(f), 2, 4, false, 9, 3L)));
    c.add(
        "fixedUnigramCandidateSampler",
        (f, tf) ->
            all(
                tf.fixedUnigramCandidateSampler(
                    classes(f), 2, 3, true, new float[] {1, 2, 3, 4, 5}, 0.75, 0, 4L)));
    c.add("allCandidateSampler", (f, tf) -> all(tf.allCandidateSampler(classes(f), 2, 5, 5L)));
    c.add("nceLoss", (f, tf) -> tf.nceLoss(f.any(9, 3), f.any(9), label(f), f.any(2, 3), 4, 9));
    c.add(
        "sampledSoftmaxLoss",
        (f, tf) -> tf.sampledSoftmaxLoss(f.any(9, 3), f.any(9), label(f), f.any(2, 3), 4, 9));
    return c;
  }

  static FluentCalls sparse() {
    FluentCalls c = new FluentCalls();
    c.add(
        "embeddingLookupSparse",
        (f, tf) -> tf.embeddingLookupSparse(f.any(5, 3), ids(f, tf), null, Combiner.MEAN));
    c.add(
        "safeEmbeddingLookupSparse",
        (f, tf) -> tf.safeEmbeddingLookupSparse(f.any(5, 3), ids(f, tf), null, Combiner.SUM, 1L));
    c.add(
        "ctcLoss",
        (f, tf) -> {
          SparseTensor s = ids(f, tf);
          Tensor labels = s.values().cast(DataType.INT32);
          return tf.ctcLoss(
              new SparseTensor(s.indices(), labels, s.denseShape()), f.any(5, 2, 6), f.ints(5, 4));
        });
    c.add("ctcGreedyDecoder", (f, tf) -> all(tf.ctcGreedyDecoder(f.any(5, 2, 4), f.ints(5, 4))));
    c.add(
        "ctcBeamSearchDecoder",
        (f, tf) -> all(tf.ctcBeamSearchDecoder(f.any(5, 2, 4), f.ints(5, 4), 8, 1)));
    return c;
  }

  static FluentCalls queues() {
    FluentCalls c = new FluentCalls();
    List<DataType> types = List.of(DataType.FLOAT32);
    List<Shape> shapes = List.of(Shape.of(2));
    c.add("fifoQueue", (f, tf) -> passed(tf, tf.fifoQueue(3, types, shapes), f.any(2)));
    c.add(
        "paddingFifoQueue", (f, tf) -> passed(tf, tf.paddingFifoQueue(3, types, shapes), f.any(2)));
    c.add(
        "randomShuffleQueue",
        (f, tf) -> passed(tf, tf.randomShuffleQueue(3, 0, types, shapes), f.any(2)));
    c.add(
        "priorityQueue",
        (f, tf) -> {
          Queue q = tf.priorityQueue(3, types, shapes);
          Tensor urgency = tf.constant(5L);
          try (Scope s = tf.controlDependencies(q.enqueue(urgency, f.any(2)))) {
            return q.dequeueTuple();
          }
        });
    return c;
  }

  private static Tensor passed(Ops tf, Queue q, Tensor x) {
    try (Scope s = tf.controlDependencies(q.enqueue(x))) {
      return q.dequeue();
    }
  }

  private static Tensor classes(FluentCalls f) {
    return f.ints(0, 3, 2, 1).reshape(2, 2).cast(DataType.INT64);
  }

  private static Tensor label(FluentCalls f) {
    return f.ints(7, 2).reshape(2, 1).cast(DataType.INT64);
  }

  private static SparseTensor ids(FluentCalls f, Ops tf) {
    return new SparseTensor(
        tf.constant(new long[][] {{0, 0}, {0, 1}, {1, 0}}),
        f.ints(3, 1, 4).cast(DataType.INT64),
        tf.constant(new long[] {2, 3}));
  }

  private static List<Tensor> all(CandidateSample s) {
    return List.of(s.sampled(), s.trueExpectedCount(), s.sampledExpectedCount());
  }

  private static List<Tensor> all(Ops.Decoded d) {
    SparseTensor first = d.labels().get(0);
    return List.of(first.indices(), first.values(), d.logProbability());
  }
}
